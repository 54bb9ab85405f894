"""Insulin, glucagon and sympathetic tone in blood."""

import itertools

import pytest

from insulattice.environment.hormones import Glucagon, Insulin, SympatheticTone
from insulattice.environment.parameters import read_environment_parameters

BODY_SURFACE = 1.85  # [m2]
BASAL = 97.0  # lean fasting secretion [pmol/min]


@pytest.fixture(scope="module")
def p():
    return read_environment_parameters().namespace()


def settled(p, secretion=BASAL, infusion=0.0, clearance_factor=1.0):
    """Insulin at its steady state."""
    insulin = Insulin(p, BODY_SURFACE, clearance_factor)
    insulin.settle(secretion, infusion)
    return insulin


@pytest.mark.parametrize(
    ("secretion", "infusion"), [(BASAL, 0.0), (0.0, 450.0), (600.0, 0.0), (100.0, 2000.0)]
)
def test_stepping_leads_to_the_steady_state_and_stays_there(p, secretion, infusion):
    insulin = settled(p)
    for _ in range(400):
        insulin.step(1.0, secretion, infusion)
    goal = settled(p, secretion, infusion)
    assert insulin.plasma_pM == pytest.approx(goal.plasma_pM, rel=1e-9)
    assert insulin.portal_pM == pytest.approx(goal.portal_pM, rel=1e-9)


def test_insulin_books_close(p):
    insulin = settled(p)
    start = insulin.stored
    for minute in range(300):
        insulin.step(1.0, 100.0 + 5.0 * (minute % 60), 400.0 if minute > 150 else 0.0)
    gained = insulin.secreted + insulin.infused
    spent = insulin.removed_by_liver + insulin.removed_elsewhere
    assert start + gained == pytest.approx(spent + insulin.stored, rel=1e-12)


def test_a_clamp_infusion_raises_insulin_as_published(p):
    rise = settled(p, BASAL, 40.0 * 6.0 * BODY_SURFACE).plasma_pM - settled(p).plasma_pM
    assert 400.0 < rise < 480.0


def test_clearance_falls_slowly_with_insulin(p):
    clearance = [
        settled(p, BASAL, 6.0 * infusion * BODY_SURFACE).clearance / BODY_SURFACE
        for infusion in (0, 20, 40, 80, 200)
    ]
    assert all(later < earlier for earlier, later in itertools.pairwise(clearance))
    assert 0.5 < clearance[2] < 0.73
    assert clearance[3] == pytest.approx(0.511, abs=0.074)


def test_the_liver_takes_half_or_more_at_rest_and_less_when_loaded(p):
    assert 0.53 < settled(p).hepatic_extraction < 0.62
    assert 0.3 < settled(p, 700.0).hepatic_extraction < 0.45


def test_the_liver_sees_more_insulin_than_the_periphery(p):
    insulin = settled(p)
    assert insulin.portal_pM > 2.5 * insulin.plasma_pM
    assert settled(p, 0.0, 450.0).portal_pM == pytest.approx(settled(p, 0.0, 450.0).plasma_pM)


def test_fewer_hepatic_receptors_mean_more_insulin(p):
    assert settled(p, clearance_factor=0.6).plasma_pM > 1.3 * settled(p).plasma_pM
    assert settled(p, clearance_factor=0.6).clearance < settled(p).clearance


def test_a_minute_step_is_accurate_after_an_insulin_step(p):
    rough, fine = settled(p), settled(p)
    for _ in range(30):
        rough.step(1.0, 800.0, 500.0)
        for _ in range(50):
            fine.step(0.02, 800.0, 500.0)
        assert rough.plasma_pM == pytest.approx(fine.plasma_pM, rel=0.01)


def test_halving_the_step_quarters_the_error(p):
    def after_two_minutes(dt):
        insulin = settled(p)
        for _ in range(round(2 / dt)):
            insulin.step(dt, 800.0, 500.0)
        return insulin.plasma_pM

    exact = after_two_minutes(0.005)
    errors = [abs(after_two_minutes(dt) - exact) for dt in (0.5, 0.25, 0.125)]
    assert errors[0] / errors[1] > 3.5
    assert errors[1] / errors[2] > 3.5


def test_insulin_disappears_within_minutes(p):
    insulin = settled(p, 0.0, 450.0)
    start = insulin.plasma_pM
    minutes = 0
    while insulin.plasma_pM > 0.5 * start:
        insulin.step(1.0, 0.0)
        minutes += 1
    assert 2 <= minutes <= 8


def test_glucagon_follows_release_with_a_half_life_of_about_four_minutes(p):
    glucagon = Glucagon(p, release=30.8)
    assert 20.0 < glucagon.plasma_pM < 23.0
    start = glucagon.plasma_pM
    for _ in range(4):
        glucagon.step(1.0, 0.0)
    assert glucagon.plasma_pM == pytest.approx(0.5 * start, rel=0.05)


def test_infused_glucagon_counts_like_released(p):
    one, other = Glucagon(p), Glucagon(p)
    for _ in range(60):
        one.step(1.0, 20.0, 10.0)
        other.step(1.0, 30.0)
    assert one.plasma_pM == pytest.approx(other.plasma_pM)


def test_sympathetic_tone_is_one_at_rest_and_rises_in_hypoglycaemia(p):
    tone = SympatheticTone(p)
    for _ in range(60):
        tone.step(1.0, 5.0)
    assert tone.tone == pytest.approx(1.0, abs=0.03)
    for _ in range(60):
        tone.step(1.0, 3.0)
    assert tone.tone > 5.0


def test_exercise_can_call_for_more_tone(p):
    tone = SympatheticTone(p)
    for _ in range(120):
        tone.step(1.0, 9.0, call=2.0)
    assert tone.tone == pytest.approx(3.0, abs=0.01)
