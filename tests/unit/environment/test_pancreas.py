"""Islets: one set of parameters and one number, the capacity, for lean, obese and diabetic."""

import itertools

import pytest

from insulattice.environment.hormones import Insulin
from insulattice.environment.pancreas import Pancreas, settle_together
from insulattice.environment.parameters import read_environment_parameters


@pytest.fixture(scope="module")
def p():
    return read_environment_parameters().namespace()


def fasting_insulin(p, capacity, glucose, body_surface, clearance_factor=1.0):
    """Plasma insulin at rest [pM]."""
    return at_rest(p, capacity, glucose, body_surface, clearance_factor)[1].plasma_pM


def at_rest(p, capacity, glucose, body_surface, clearance_factor=1.0):
    """Islets and insulin in their common steady state."""
    pancreas, insulin = Pancreas(p, capacity), Insulin(p, body_surface, clearance_factor)
    settle_together(pancreas, insulin, glucose)
    return pancreas, insulin


def lived(pancreas, insulin, minutes, glucose, infusion=0.0):
    """Secretion of the last minute [pmol/min] after some minutes at a glucose [mM]."""
    for _ in range(minutes):
        insulin.step(1.0, pancreas.step(1.0, glucose, insulin=insulin.plasma_pM), infusion)
    return pancreas.secretion


def test_a_settled_pancreas_stays_at_rest(p):
    pancreas = Pancreas(p, 1.0, glucose=5.0)
    secretion, glucagon = pancreas.secretion, pancreas.glucagon_release
    for _ in range(60):
        assert pancreas.step(1.0, 5.0) == pytest.approx(secretion, rel=1e-12)
    assert pancreas.glucagon_release == pytest.approx(glucagon, rel=1e-12)


def test_secretion_rises_over_the_whole_range_of_glucose(p):
    secretion = [Pancreas(p).static_secretion(glucose) for glucose in range(3, 25)]
    assert all(later > earlier for earlier, later in itertools.pairwise(secretion))
    assert secretion[0] < 0.35 * secretion[2]


def test_secretion_scales_with_capacity(p):
    for glucose in (4.0, 9.0, 15.0):
        half = Pancreas(p, 0.5).static_secretion(glucose)
        assert half == pytest.approx(0.5 * Pancreas(p).static_secretion(glucose))


def test_one_parameter_set_gives_lean_obese_and_diabetic_fasting_insulin(p):
    assert 30.0 < fasting_insulin(p, 1.0, 5.0, 1.85) < 40.0
    assert 60.0 < fasting_insulin(p, 2.0, 5.2, 2.2) < fasting_insulin(p, 2.5, 5.2, 2.2) < 100.0
    assert 60.0 < fasting_insulin(p, 0.6, 9.5, 2.1) < 100.0
    assert 60.0 < fasting_insulin(p, 0.45, 9.5, 2.1, clearance_factor=0.6) < 100.0


@pytest.mark.parametrize(("capacity", "glucose", "body_surface"), [(1.0, 5.0, 1.85), (2.2, 5.2, 2.2)])
def test_islets_and_insulin_stay_in_their_common_steady_state(p, capacity, glucose, body_surface):
    pancreas, insulin = at_rest(p, capacity, glucose, body_surface)
    before = pancreas.secretion, insulin.plasma_pM
    lived(pancreas, insulin, 120, glucose)
    assert (pancreas.secretion, insulin.plasma_pM) == pytest.approx(before, rel=1e-9)


@pytest.mark.parametrize(("capacity", "glucose", "body_surface"), [(1.0, 5.0, 1.85), (2.2, 5.2, 2.2)])
def test_an_insulin_clamp_takes_a_part_of_the_secretion_as_published(p, capacity, glucose, body_surface):
    """C-peptide fell by 15 to 20 % at 420 pM (PubMed 7759223)."""
    pancreas, insulin = at_rest(p, capacity, glucose, body_surface)
    fasting = pancreas.secretion
    clamped = lived(pancreas, insulin, 180, glucose, infusion=40.0 * 6.0 * body_surface)
    assert 400.0 < insulin.plasma_pM < 600.0
    assert 0.15 < 1.0 - clamped / fasting < 0.30


def test_insulin_does_not_act_on_secretion_unless_given(p):
    assert Pancreas(p).permitted(0.0) == 1.0
    assert Pancreas(p).permitted(p.secretion_insulin_half) == 0.5
    assert Pancreas(p).static_secretion(8.0, 500.0) < Pancreas(p).static_secretion(8.0)


@pytest.mark.parametrize(("capacity", "body_surface", "published"), [(1.0, 1.85, 6.2), (2.2, 2.2, 5.8)])
def test_hyperglycaemia_raises_secretion_as_published(p, capacity, body_surface, published):
    """Steady secretion at 16.7 mM over fasting, normal and obese (doi:10.1172/JCI113338)."""
    pancreas, insulin = at_rest(p, capacity, 5.0, body_surface)
    fasting = pancreas.secretion
    assert lived(pancreas, insulin, 240, 16.7) / fasting == pytest.approx(published, rel=0.20)


def test_a_rise_of_glucose_gives_an_early_peak_and_a_later_plateau(p):
    pancreas = Pancreas(p, glucose=5.0)
    secretion = [pancreas.step(1.0, 10.0) for _ in range(150)]
    peak, nadir, plateau = max(secretion[:8]), min(secretion[4:20]), secretion[-1]
    assert secretion.index(max(secretion[:8])) <= 3
    assert nadir < 0.6 * peak
    assert nadir < plateau == pytest.approx(pancreas.static_secretion(10.0), rel=1e-3)


def test_a_fall_of_glucose_gives_no_dynamic_secretion(p):
    pancreas = Pancreas(p, glucose=10.0)
    start = pancreas.secretion
    assert all(pancreas.step(1.0, 5.0) < start for _ in range(30))


def test_early_secretion_does_not_depend_on_the_step(p):
    totals = []
    for dt in (1.0, 0.25):
        pancreas = Pancreas(p, glucose=5.0)
        steps = round(20 / dt)
        totals.append(sum(dt * pancreas.step(dt, 5.0 + min(dt * (k + 1), 5.0)) for k in range(steps)))
    assert totals[0] == pytest.approx(totals[1], rel=0.02)


def test_absorption_raises_secretion(p):
    plain, helped = Pancreas(p, glucose=8.0), Pancreas(p, glucose=8.0)
    for _ in range(60):
        plain.step(1.0, 8.0)
        helped.step(1.0, 8.0, incretin=1.7)
    assert helped.secretion == pytest.approx(1.7 * plain.secretion, rel=1e-6)


def test_somatostatin_stops_both_hormones_and_lets_them_return(p):
    pancreas = Pancreas(p, glucose=5.0)
    secretion = pancreas.secretion
    pancreas.silenced = True
    for _ in range(120):
        pancreas.step(1.0, 5.0)
    assert pancreas.secretion < 1e-6 * secretion
    assert pancreas.glucagon_release < 0.01 * Pancreas(p).glucagon_release
    pancreas.silenced = False
    for _ in range(200):
        pancreas.step(1.0, 5.0)
    assert pancreas.secretion == pytest.approx(secretion, rel=1e-3)


def test_hyperglycaemia_lowers_glucagon_less_where_little_insulin_is_made(p):
    falls = {}
    for capacity in (1.0, 0.3):
        pancreas = Pancreas(p, capacity, glucose=5.0)
        before = pancreas.glucagon_release
        for _ in range(120):
            pancreas.step(1.0, 10.0)
        falls[capacity] = pancreas.glucagon_release / before
    assert falls[1.0] < falls[0.3] < 1.0


def test_infused_insulin_lowers_glucagon_as_in_people_without_islet_insulin(p):
    pancreas = Pancreas(p, 1e-6, glucose=5.3)
    for _ in range(120):
        pancreas.step(1.0, 5.3, insulin=100.0)
    before = pancreas.glucagon_release
    for _ in range(120):
        pancreas.step(1.0, 5.3, insulin=480.0)
    assert 0.80 < pancreas.glucagon_release / before < 0.90  # doi:10.2337/db10-0728


def test_hypoglycaemia_raises_glucagon_and_lowers_insulin(p):
    pancreas = Pancreas(p, glucose=5.0)
    before = pancreas.glucagon_release
    for _ in range(90):
        pancreas.step(1.0, 2.8)
    assert pancreas.glucagon_release > 1.6 * before
    assert pancreas.secretion < 0.35 * Pancreas(p).static_secretion(5.0)
