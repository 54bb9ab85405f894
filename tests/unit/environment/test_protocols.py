"""Protocols on a stand-in body, whose glucose is one pool with a given demand."""

import itertools
from types import SimpleNamespace

import pytest

from insulattice.environment.blood import UNITS
from insulattice.environment.protocols import (
    HOLDABLE,
    Biopsy,
    Clamp,
    Fast,
    Hold,
    MixedMeal,
    OralGlucose,
    read_insulin,
)

WEIGHT, SURFACE, LITRES = 75.0, 1.9, 8.0


def stand_in(glucose=5.0):
    """A body with what protocols touch; it writes down what it ate, and remembers one rule."""
    memory, eaten = {}, []
    return SimpleNamespace(
        minute=0.0,
        infusions={},
        holds={},
        eaten=eaten,
        eat=lambda *amounts, liquid=False: eaten.append((*amounts, liquid)),
        memory=lambda rule: memory,
        anatomy=SimpleNamespace(weight=WEIGHT, body_surface=SURFACE),
        blood=SimpleNamespace(level={"glucose": glucose}, litres={"glucose": LITRES}),
    )


def live(protocol, demand, minutes, glucose=5.0):
    """Let a pool with a demand [mmol/min] of the minute and the glucose live; return glucose and infusion."""
    body = stand_in(glucose)
    levels, infusions = [], []
    for _ in range(minutes):
        body.infusions, body.holds = {}, {}
        protocol.act(body, 1.0)
        infused = body.infusions.get("glucose", 0.0)
        now = body.blood.level["glucose"]
        body.blood.level["glucose"] = max(0.0, now + (infused - demand(body.minute, now)) / LITRES)
        body.minute += 1.0
        levels.append(body.blood.level["glucose"])
        infusions.append(infused)
    return levels, infusions


def mmol(mg_per_kg):
    """mg/kg/min as mmol/min."""
    return mg_per_kg / 180.156 * WEIGHT


@pytest.mark.parametrize(
    ("given", "amount", "unit"),
    [
        ("40 mU/m2/min", 40.0, "mU/m2/min"),
        ("40 mU/m²/min", 40.0, "mU/m2/min"),
        (" 1.5mU/kg/min ", 1.5, "mU/kg/min"),
        ("600 pM", 600.0, "pM"),
        ("6e2 pm", 600.0, "pM"),
        ("80", 80.0, "mU/m2/min"),
        (80, 80.0, "mU/m2/min"),
        (0, 0.0, "mU/m2/min"),
    ],
)
def test_insulin_is_read_with_its_unit(given, amount, unit):
    assert read_insulin(given) == (amount, unit)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("40 mU/L", "insulin unit 'mU/L' is unknown, allowed: mU/m2/min, mU/kg/min, pM"),
        ("much", "insulin is 'much', allowed: a number with a unit"),
        ("4.5.6 pM", "allowed: a number with a unit"),
        ("-3", r"insulin \[mU/m2/min\] is -3, allowed: 0 to 2000"),
        ("5000", "is 5000, allowed: 0 to 2000"),
        ("0 pM", "is 0, allowed: 1 to 100000"),
        (float("nan"), "allowed: a number with a unit"),
    ],
)
def test_wrong_insulin_says_what_is_allowed(given, message):
    with pytest.raises(ValueError, match=message):
        Clamp(insulin=given)


def test_steps_follow_one_another_in_half_open_intervals():
    clamp = Clamp(insulin=["10", "1 mU/kg/min", "600 pM"], step_minutes=[60, 90, 30])
    assert [(step.start, step.stop) for step in clamp.steps] == [(0, 60), (60, 150), (150, 180)]
    assert clamp.minutes == 180
    body = stand_in()
    given = []
    for _ in range(200):
        body.infusions, body.holds = {}, {}
        clamp.act(body, 1.0)
        given.append((body.infusions.get("insulin"), body.holds.get("insulin")))
        body.minute += 1.0
    assert given[59] == (pytest.approx(10 * 6 * SURFACE), None)
    assert given[60][0] > given[149][0] == pytest.approx(6 * WEIGHT)
    assert given[150] == given[199] == (None, 600.0)


def test_insulin_is_primed_for_ten_minutes():
    body, clamp = stand_in(), Clamp(insulin="40")
    factors = []
    for _ in range(12):
        body.infusions = {}
        clamp.act(body, 1.0)
        factors.append(body.infusions["insulin"] / (40 * 6 * SURFACE))
        body.minute += 1.0
    assert factors[0] == pytest.approx(2.55)
    assert all(a > b for a, b in itertools.pairwise(factors[:11]))
    assert factors[10:] == pytest.approx([1.0, 1.0])


def test_no_insulin_leaves_the_own_pancreas_to_answer():
    body = stand_in()
    Clamp(insulin=0, glucose_mM=10).act(body, 1.0)
    assert "insulin" not in body.infusions | body.holds


@pytest.mark.parametrize("need", [1, 4, 8, 14])
@pytest.mark.parametrize("tau", [15, 60])
def test_glucose_stays_within_3_percent_in_the_last_half_hour_without_swings(need, tau):
    def demand(minute, glucose):
        return mmol(need) * (1 - 2.7 ** (-minute / tau)) * glucose / 5.0

    levels, infusions = live(Clamp(), demand, 180)
    assert all(abs(level / 5.0 - 1) < 0.03 for level in levels[-30:])
    assert max(infusions) < 1.15 * mmol(need)
    assert infusions[-1] == pytest.approx(demand(180, 5.0), rel=0.03)
    assert min(levels) > 4.0


def test_a_higher_glucose_is_reached_within_the_hour_without_overshoot():
    levels, _ = live(Clamp(insulin=0, glucose_mM=11), lambda minute, glucose: mmol(0.4) * glucose, 180)
    assert max(levels) < 11.3
    assert levels[59] > 10.4


def test_nothing_is_infused_while_glucose_is_well_above_its_target():
    levels, infusions = live(Clamp(), lambda minute, glucose: 0.05 * LITRES, 200, glucose=12.0)
    assert all(infused == 0.0 for level, infused in zip(levels, infusions, strict=True) if level > 6.5)
    assert min(levels) > 4.7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hours": 0}, "hours is 0, allowed"),
        ({"hours": 3, "step_minutes": 30}, "in hours or in minutes, not both"),
        ({"insulin": []}, "no step"),
        ({"insulin": ["10", "40"], "step_minutes": [60]}, "1 lengths for 2 steps"),
        ({"glucose_mM": 100}, "glucose_mM is 100, allowed: 2 to 30"),
    ],
)
def test_a_clamp_that_cannot_be_says_why(arguments, message):
    with pytest.raises(ValueError, match=message):
        Clamp(**arguments)


def test_a_drink_and_a_meal_are_taken_once():
    for protocol, eaten in ((OralGlucose(75), (75, True)), (MixedMeal(78, 35, 29), (78, 35, 29, False))):
        body = stand_in()
        protocol.act(body, 1.0)
        protocol.act(body, 1.0)
        assert body.eaten == [eaten]


def test_negative_food_is_refused():
    with pytest.raises(ValueError, match="glucose_g is -1, allowed: 0 to 300"):
        OralGlucose(-1)
    with pytest.raises(ValueError, match="fat_g is -1"):
        MixedMeal(10, -1, 0)


def test_fasting_and_a_biopsy_touch_nothing():
    body = stand_in()
    for protocol, minutes in ((Fast(hours=2), 120), (Biopsy(), 0)):
        protocol.act(body, 1.0)
        assert protocol.minutes == minutes
    assert (body.infusions, body.holds, body.eaten) == ({}, {}, [])


def test_every_pool_can_be_held_by_its_name_with_unit():
    assert set(HOLDABLE.values()) == set(UNITS)
    assert {"ffa_mM", "insulin_pM", "glucose_mM", "tnf_pg_ml", "adiponectin_ug_ml"} <= set(HOLDABLE)
    body = stand_in()
    Hold({"ffa_mM": 1.9, "insulin": 400}, minutes=60).act(body, 1.0)
    assert body.holds == {"ffa": 1.9, "insulin": 400.0}


@pytest.mark.parametrize(
    ("pools", "message"),
    [
        ({"fa_mM": 1}, "no blood pool is called 'fa_mM'. Did you mean ffa_mM?"),
        ({"ffa_mM": -1}, r"ffa_mM is held at -1, allowed: a number, 0 or more \[mM\]"),
        ({"insulin_pM": float("nan")}, "insulin_pM is held at nan"),
    ],
)
def test_a_hold_that_cannot_be_says_why(pools, message):
    with pytest.raises(ValueError, match=message):
        Hold(pools)
