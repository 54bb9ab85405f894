"""Drugs in a body: mass, half-lives and levels against published ones, and TNF-alpha free and bound."""

from math import log

import numpy as np
import pytest

from insulattice.environment import Body, make_drug, make_rule
from insulattice.environment.interventions.registry import _DRUGS
from insulattice.environment.pharmacology import BLOOD, Substance, exponential, occupancy

DAY = 1440


@pytest.fixture(scope="module")
def body():
    """A lean body; nobody changes it."""
    return Body(cells=60, settle=False)


def dosed(drug, mg, hours, every, place="depot", bioavailability=1.0):
    """Dose a drug every so many hours, for some hours; return its level in blood each hour [mg/L]."""
    levels = []
    for hour in range(hours):
        if hour % every == 0:
            drug.take(mg, bioavailability, place)
        drug.pass_time(60.0)
        levels.append(drug.level())
    return np.array(levels)


def half_life(drug, wait, hours):
    """Terminal half-life of what is in the body [h]."""
    drug.pass_time(wait * 60.0)
    before = drug.level()
    drug.pass_time(hours * 60.0)
    return hours * log(2.0) / log(before / drug.level())


SUBSTANCES = [name for name in _DRUGS if not name.startswith("knockout ") and name != "endotoxin"]


@pytest.mark.parametrize("name", SUBSTANCES)
def test_what_was_dosed_is_in_the_body_eliminated_or_lost(body, name):
    drug = make_drug(name, body)
    for minute in range(500):
        if minute % 100 == 0:
            drug.take(50.0, 0.7)
        drug.move(1.0)
    drug.pass_time(777.5)
    assert drug.dosed == 250.0 and drug.lost == pytest.approx(75.0)
    assert abs(drug.audit()) < 1e-9
    assert all(amount >= 0.0 for amount in drug.amount.values())


@pytest.mark.parametrize(
    ("name", "hours"),
    [("metformin", 5.0), ("pioglitazone", 9.0), ("rosiglitazone", 3.5), ("n_acetylcysteine", 2.27),
     ("alpha_lipoic_acid", 0.48), ("acipimox", 2.0), ("etanercept", 115.0), ("infliximab", 216.0)],
)  # fmt: skip
def test_half_lives_are_the_published_ones(body, name, hours):
    drug = make_drug(name, body)
    drug.take(10.0, place=BLOOD)
    assert half_life(drug, 2.0 * hours, hours) == pytest.approx(hours, rel=0.15)


@pytest.mark.parametrize(
    ("name", "mg", "every", "bioavailability", "level", "rel"),
    [("metformin", 1000.0, 12, 0.55, 1.22, 0.1), ("etanercept", 50.0, 168, 0.58, 3.0, 0.1)],
)
def test_steady_levels_are_the_published_ones(body, name, mg, every, bioavailability, level, rel):
    drug = make_drug(name, body)
    levels = dosed(drug, mg, 10 * every, every, bioavailability=bioavailability)
    assert levels[-every:].mean() == pytest.approx(level, rel=rel)


def test_alpha_lipoic_acid_exposure_is_the_published_one(body):
    drug = make_drug("alpha_lipoic_acid", body)
    drug.take(200.0, 0.291)
    exposure = 0.0
    for _ in range(600):
        drug.move(1.0)
        exposure += drug.level()
    assert exposure == pytest.approx(46.8, rel=0.1)


def test_infliximab_is_cleared_at_a_quarter_of_a_litre_a_day(body):
    drug = make_drug("infliximab", body)
    assert drug.clearance() * DAY == pytest.approx(0.26, rel=0.05)


def test_the_half_life_of_salicylate_rises_with_its_level(body):
    low, high = make_drug("salicylate", body), make_drug("salicylate", body)
    low.take(10.0, place=BLOOD)
    assert half_life(low, 1.0, 2.0) == pytest.approx(3.5, rel=0.15)
    dosed(high, 1250.0, 240, 8)
    assert half_life(high, 2.0, 2.0) > 10.0


@pytest.mark.parametrize("mg", [3000.0, 4000.0])
def test_salicylate_is_therapeutic_at_full_doses(body, mg):
    levels = dosed(make_drug("salicylate", body), mg / 3.0 * 1.07 * 0.85, 240, 8)
    assert 130.0 < levels[-24:].mean() < 300.0


def test_at_equilibrium_every_pool_shows_the_level_of_blood(body):
    drug = make_drug("metformin", body)
    drug.clearance = lambda: 0.0
    drug.take(100.0)
    drug.pass_time(3000.0)
    assert drug.eliminated == 0.0
    for tissue in ("muscle", "fat", "liver"):
        assert drug.level(tissue) == pytest.approx(drug.level(), rel=1e-6)


def test_what_is_swallowed_meets_the_liver_first(body):
    drug = make_drug("metformin", body)
    drug.take(1000.0, 0.55)
    drug.pass_time(30.0)
    assert drug.level("liver") > 2.0 * drug.level()


def test_a_long_step_is_stable_and_close_to_short_ones(body):
    long, short = make_drug("pioglitazone", body), make_drug("pioglitazone", body)
    for drug in (long, short):
        drug.take(45.0, 0.83)
    for _ in range(60):
        long.move(10.0)
    for _ in range(600):
        short.move(1.0)
    assert long.level() == pytest.approx(short.level(), rel=3e-3)
    long.move(1e6)
    assert 0.0 <= long.stored < 0.5 * 45.0 and abs(long.audit()) < 1e-9


def test_the_exponential_of_a_matrix_is_exact():
    rates = np.array([[-3.0, 0.5, 0.0], [3.0, -0.7, 0.1], [0.0, 0.2, -0.1]])
    found = exponential(rates)
    assert found.sum(axis=0) == pytest.approx([1.0, 1.0, 1.0], abs=1e-14)
    halves = exponential(0.5 * rates)
    assert found == pytest.approx(halves @ halves, abs=1e-14)
    assert exponential(np.zeros((2, 2))) == pytest.approx(np.eye(2))


def test_occupancy_is_half_at_the_half_concentration():
    assert occupancy(2.0, 2.0) == 0.5
    assert occupancy(0.0, 2.0) == 0.0


def test_a_substance_needs_clearance_and_work(body):
    plain = Substance(body.p, {BLOOD: 1.0}, {}, 0.1)
    with pytest.raises(NotImplementedError, match="clearance"):
        plain.move(1.0)
    with pytest.raises(NotImplementedError, match="work"):
        plain.work(body, 1.0)


def test_an_unknown_drug_names_the_nearest(body):
    with pytest.raises(ValueError, match="Did you mean metformin"):
        make_drug("metphormin", body)


# ---- TNF-alpha ------------------------------------------------------------------------------------------------------


def tnf(body):
    """Free TNF-alpha in muscle, fat and blood [ng]."""
    tissues = sum(tissue.mean("tnf") * tissue.litres for tissue in (body.muscle, body.fat))
    return tissues + body.blood.level["tnf"] * body.blood.litres["tnf"]


@pytest.mark.parametrize("name", ["etanercept", "infliximab"])
def test_binding_keeps_the_mass_of_tnf(body, name):
    one = body.branch()
    drug = make_drug(name, one)
    drug.take(50.0, place=BLOOD)
    drug.pass_time(600.0)
    before = tnf(one)
    drug.work(one, 1.0)
    held = sum(drug.bound[place] * litres for place, litres in drug.places.items())
    assert tnf(one) + held == pytest.approx(before, rel=1e-12)
    assert drug.taken == pytest.approx(held, rel=1e-12)
    drug.pass_time(500.0)
    assert abs(drug.tnf_audit()) < 1e-9


def test_free_tnf_falls_and_all_of_it_in_plasma_rises(body):
    one, other = body.branch(), body.branch()
    one.live(1.0, [make_rule("anti_tnf", drug="etanercept")])
    other.live(1.0)
    drug = one.drugs["etanercept"]
    assert one.blood.level["tnf"] < 0.5 * other.blood.level["tnf"]
    assert one.blood.level["tnf"] + drug.bound[BLOOD] > 1.5 * other.blood.level["tnf"]
    assert one.fat.mean("tnf") < other.fat.mean("tnf")
    assert abs(drug.tnf_audit()) < 1e-9


def test_what_is_bound_is_let_go_when_the_drug_is_gone(body):
    one = body.branch()
    drug = make_drug("infliximab", one)
    drug.bound[BLOOD] = 10.0
    one.blood.level["tnf"] = 0.0
    drug.work(one, 60.0)
    assert one.blood.level["tnf"] > 1.0
    assert one.blood.level["tnf"] + drug.bound[BLOOD] == pytest.approx(10.0)


def test_over_days_not_lived_tnf_is_bound_as_it_was(body):
    one = body.branch()
    drug = make_drug("etanercept", one)
    drug.binding = {BLOOD: 0.01, "muscle": 0.0, "fat": -5.0}
    drug.pass_time(1000.0)
    assert drug.bound["fat"] == 0.0
    assert 5.0 < drug.bound[BLOOD] < 10.0
