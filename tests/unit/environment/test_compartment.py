"""A tissue: cells in places, and what they give to their sites and to blood."""

import numpy as np
import pytest

from insulattice.agents.arrows import switches
from insulattice.agents.cell_type import MYOCYTE
from insulattice.agents.population import Population
from insulattice.environment import Body
from insulattice.environment.blood import POOL
from insulattice.environment.compartment import SITE, give_fibre_types, is_type_1


@pytest.fixture(scope="module")
def body():
    living = Body("lean", cells=300, settle=False)
    for _ in range(5):
        living.step()
    return living


@pytest.mark.parametrize("name", ["muscle", "fat", "liver"])
def test_each_cell_of_the_tissue_has_a_site_of_its_own(body, name):
    tissue = body.compartments[name]
    sites = tissue.main.sites[: len(tissue.main)]
    assert len(set(sites)) == len(sites)
    assert sites.max() < tissue.sites


def test_macrophages_stand_anywhere_in_their_tissue(body):
    for name in ("fat", "liver"):
        tissue = body.compartments[name]
        sites = tissue.populations["macrophage"].sites
        assert 0 <= sites.min() <= sites.max() < tissue.sites


def test_the_cells_of_a_tissue_stand_for_its_whole_mass(body):
    for tissue in body.compartments.values():
        assert tissue.kg_per_cell * len(tissue.main) == pytest.approx(tissue.kg)


def test_each_cell_senses_its_own_site(body):
    tissue = body.compartments["muscle"]
    tissue.grid.values = np.arange(tissue.grid.values.size, dtype=float).reshape(tissue.grid.values.shape)
    tissue.look()
    flat = tissue.grid.values.reshape(len(SITE), -1)
    sites = tissue.main.sites[: len(tissue.main)]
    assert np.array_equal(tissue.main.site[:, : len(tissue.main)], flat[:, sites])


@pytest.mark.parametrize(("name", "field", "fluxes"), [
    ("muscle", "glucose", {"glucose_uptake": -1}),
    ("fat", "ffa", {"ffa_output": 1, "ffa_uptake": -1}),
    ("fat", "tnf", {"tnf_secretion": 1}),
])  # fmt: skip
def test_what_cells_exchange_arrives_at_their_sites(name, field, fluxes):
    body = Body("lean", cells=300, settle=False)
    body.step()
    tissue = body.compartments[name]
    tissue.grid.source[:] = 0.0
    tissue.deposit(tissue.sites / tissue.main.count * tissue.kg / tissue.litres)
    arrived = tissue.grid.source[SITE[field]].mean() * tissue.litres
    given = sum(sign * tissue.total_flux(flux) for flux, sign in fluxes.items())
    assert arrived == pytest.approx(given, rel=1e-9)


def test_what_two_kinds_of_cells_make_is_summed_over_both():
    body = Body("lean", cells=300, settle=False)
    body.step()
    fat = body.compartments["fat"]
    made = [cells.flux("tnf_secretion").sum() for cells in fat.populations.values()]
    assert min(made) > 0.0
    assert fat.total_flux("tnf_secretion") == pytest.approx(sum(made) * fat.kg_per_cell, rel=1e-12)


def test_what_has_no_field_goes_straight_to_blood():
    body = Body("lean", cells=300, settle=False)
    body.step()
    fat = body.compartments["fat"]
    assert fat.to_blood[POOL["glycerol"]] == pytest.approx(fat.total_flux("glycerol_output"), rel=1e-12)
    assert fat.to_blood[POOL["triglyceride"]] < 0.0


def test_capillaries_differ_from_site_to_site_but_not_on_average(body):
    exchange = body.compartments["muscle"].grid.exchange[SITE["insulin"]]
    assert exchange.std() > 0.05 * exchange.mean()
    assert exchange.mean() == pytest.approx(body.p.muscle_insulin_exchange, rel=0.1)


def test_gluconeogenesis_is_stronger_near_the_portal_vein(body):
    liver = body.compartments["liver"]
    columns = liver.main.sites[: len(liver.main)] % liver.grid.shape[2]
    zone = liver.main["gluconeogenic_zone"]
    assert zone[columns < 5].mean() > 1.5 * zone[columns >= 15].mean()
    assert zone.mean() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("ratio", [1.0, 3.0])
def test_the_gradient_along_the_liver_is_the_parameter_and_keeps_the_mean(ratio):
    given = {"gluconeogenic_portal_ratio": ratio, "spread_gluconeogenic_zone": 0.0}
    liver = Body("lean", cells=300, parameters=given, settle=False).compartments["liver"]
    columns = liver.grid.shape[2]
    zone = liver.main["gluconeogenic_zone"][:columns]
    step = (zone[0] - zone[-1]) / (columns - 1)
    assert (zone[0] + step / 2) / (zone[-1] - step / 2) == pytest.approx(ratio)
    assert zone.mean() == pytest.approx(1.0)


def test_fibres_of_type_1_have_more_glut4_and_mitochondria_and_the_mean_stays(body):
    plain, typed = (Population(MYOCYTE, body.table, switches(), 6400, "muscle", 1) for _ in range(2))
    give_fibre_types(typed, body.p)
    slow = is_type_1(typed, body.p)
    assert slow.mean() == pytest.approx(body.p.type_1_share, abs=0.03)
    for trait, ratio in {
        "glut4_expression": body.p.type_1_glut4,
        "mito_expression": body.p.type_1_mitochondria,
        "receptor_expression": 1.0,
    }.items():
        factor = typed[trait] / plain[trait]
        assert factor[slow].min() / factor[~slow].max() == pytest.approx(ratio)
        assert factor.mean() == pytest.approx(1.0, abs=0.01)


def test_a_fibre_keeps_its_type_whatever_the_number_of_cells(body):
    few, many = (Population(MYOCYTE, body.table, switches(), count, "muscle", 1) for count in (100, 1000))
    assert np.array_equal(is_type_1(few, body.p)[:100], is_type_1(many, body.p)[:100])


def test_the_muscle_of_a_body_has_both_fibre_types(body):
    muscle = body.compartments["muscle"].main
    slow = is_type_1(muscle, body.p)[: len(muscle)]
    assert 0.35 < slow.mean() < 0.75
    assert muscle["mito_expression"][slow].mean() > 1.3 * muscle["mito_expression"][~slow].mean()


def test_a_flux_that_a_tissue_does_not_have_is_nothing(body):
    assert body.compartments["muscle"].total_flux("glucose_output") == 0.0
