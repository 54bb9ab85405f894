"""Meals leave the gut once, in the right order, and nothing gets lost on the way."""

import pytest

from insulattice.environment.gut import GLUCOSE_MMOL_PER_G, Gut
from insulattice.environment.parameters import read_environment_parameters


@pytest.fixture(scope="module")
def p():
    return read_environment_parameters().namespace()


def absorbed(gut: Gut, minutes: int, dt: float = 1.0) -> tuple[list[float], list[float]]:
    """Glucose and fatty acid of every step [mmol]."""
    steps = [gut.step(dt) for _ in range(round(minutes / dt))]
    return [glucose for glucose, _ in steps], [fat for _, fat in steps]


def test_an_empty_gut_gives_nothing_and_calls_for_nothing(p):
    gut = Gut(p)
    assert gut.step(1.0) == (0.0, 0.0)
    assert gut.incretin == 1.0


def test_glucose_and_fat_books_close_over_overlapping_meals(p):
    gut = Gut(p)
    glucose = fat = 0.0
    for minute in range(900):
        if minute in (0, 40, 300):
            gut.meal(glucose_g=60.0, fat_g=25.0, protein_g=20.0)
        more_glucose, more_fat = gut.step(1.0)
        glucose += more_glucose
        fat += more_fat
    assert gut.glucose_eaten == pytest.approx(180.0 * GLUCOSE_MMOL_PER_G)
    assert glucose + gut.glucose_stored + gut.glucose_lost == pytest.approx(gut.glucose_eaten, rel=1e-12)
    assert fat + gut.fat_stored + gut.fat_lost == pytest.approx(gut.fat_eaten, rel=1e-12)
    assert gut.protein_eaten == 60.0


def test_all_but_the_recorded_loss_is_absorbed_in_the_end(p):
    gut = Gut(p)
    gut.meal(75.0, fat_g=30.0)
    glucose, fat = absorbed(gut, 3000)
    assert sum(glucose) == pytest.approx(p.glucose_bioavailability * gut.glucose_eaten, rel=1e-6)
    assert sum(fat) == pytest.approx(p.fat_bioavailability * gut.fat_eaten, rel=1e-6)


def test_fat_appears_hours_after_glucose(p):
    gut = Gut(p)
    gut.meal(75.0, fat_g=40.0)
    glucose, fat = absorbed(gut, 600)
    assert glucose.index(max(glucose)) < 40
    assert 120 < fat.index(max(fat)) < 240


def test_a_drink_is_absorbed_sooner_than_solid_food(p):
    drink, food = Gut(p), Gut(p)
    drink.meal(75.0, liquid=True)
    food.meal(75.0)
    assert sum(absorbed(drink, 30)[0]) > 1.1 * sum(absorbed(food, 30)[0])


def test_a_full_stomach_empties_fast_then_slowly_and_fast_again_at_the_end(p):
    gut = Gut(p)
    gut.meal(75.0, liquid=True)
    full = gut.stomach_ground
    rates = {}
    while gut.stomach_ground > 1e-4 * full:
        before = gut.stomach_ground
        gut.step(1.0)
        rates[before / full] = (before - gut.stomach_ground) / before
    slow = [rate for share, rate in rates.items() if 0.1 < share < 0.5]
    assert rates[1.0] > 3.0 * max(slow)
    assert max(rate for share, rate in rates.items() if share < 0.005) > 3.0 * max(slow)


def test_no_pool_ever_turns_negative(p):
    gut = Gut(p)
    gut.meal(300.0, fat_g=200.0)
    for _ in range(1500):
        gut.step(1.0)
        assert (
            min(gut.stomach_solid, gut.stomach_ground, gut.intestine, gut.fat_stomach, *gut.fat_chain) >= 0.0
        )


@pytest.mark.parametrize(("coarse", "tolerance"), [(1.0, 0.01), (5.0, 0.01)])
def test_a_step_is_accurate(p, coarse, tolerance):
    rough, fine = Gut(p), Gut(p)
    rough.meal(80.0, fat_g=30.0)
    fine.meal(80.0, fat_g=30.0)
    for one, other in zip(absorbed(rough, 60, coarse), absorbed(fine, 60, 0.02), strict=True):
        assert sum(one) == pytest.approx(sum(other), rel=tolerance)


def test_more_absorption_means_more_incretin_but_not_without_end(p):
    gut = Gut(p)
    gut.absorption = 2.0
    two = gut.incretin
    gut.absorption = 4.0
    assert 1.0 < two < gut.incretin < 1.0 + p.incretin_max


def test_a_negative_meal_is_refused_with_the_amounts_named(p):
    with pytest.raises(ValueError, match="-5"):
        Gut(p).meal(-5.0)
