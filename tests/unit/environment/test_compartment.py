"""A tissue: cells in places, and what they give to their sites and to blood."""

import numpy as np
import pytest

from insulattice.environment import Body
from insulattice.environment.compartment import SITE


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


def test_what_has_no_field_goes_straight_to_blood():
    body = Body("lean", cells=300, settle=False)
    body.step()
    fat = body.compartments["fat"]
    assert fat.blood_output["glycerol"] == pytest.approx(fat.total_flux("glycerol_output"), rel=1e-12)
    assert fat.blood_output["triglyceride"] < 0.0


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


def test_a_flux_that_a_tissue_does_not_have_is_nothing(body):
    assert body.compartments["muscle"].total_flux("glucose_output") == 0.0
