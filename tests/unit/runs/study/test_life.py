"""What a subject lives through: days, rules that go on or begin with a test, and tests that disturb nothing."""

import numpy as np
import pytest

from insulattice.environment import Body, Exercise, LipidInfusion, Metformin, SimulationError
from insulattice.environment.clock import DAY
from insulattice.environment.state import pack
from insulattice.runs.study import life
from insulattice.runs.study.life import (
    Regime,
    Visit,
    check_survived,
    keep_last_bout,
    live_and_test,
    live_days,
    regime,
    take_test,
)
from insulattice.runs.study.quantities import Reading, read
from insulattice.runs.study.schema import ClampTest, FastingTest, HoldTest, IvgttTest, Population
from insulattice.runs.study.subjects import Subject, draw_subject

FEW = 60


@pytest.fixture
def body(shared_cache):
    """A body in a plain state."""
    return Body("lean", cells=FEW, settle=False)


def visit(test, *readings):
    """A test with what is read of it."""
    return Visit(test, readings)


def test_a_test_leaves_the_body_as_it_was(body):
    before = {name: array.copy() for name, array in pack(body).items()}
    clamp = ClampTest(name="c", protocol="clamp", steps=[{"insulin_pM": 400.0, "minutes": 5.0}])
    course = take_test(body, visit(clamp, Reading("rd", step=1)), Regime(), [(0.0, 5.0)])
    assert sorted(course.looks) == list(range(6))
    assert all(np.array_equal(array, before[name]) for name, array in pack(body).items())


def test_a_test_ends_with_what_is_read_of_it(body):
    clamp = ClampTest(name="c", protocol="clamp", steps=[{"insulin_pM": 400.0, "minutes": 90.0}])
    course = take_test(body, visit(clamp, Reading("insulin", at_minute=2)), Regime(), [(0.0, 5.0)])
    assert max(course.looks) == 2
    assert read(course, Reading("insulin", at_minute=0), []) < 100.0
    assert read(course, Reading("insulin", at_minute=2), []) == pytest.approx(400.0)


def test_rules_of_a_test_begin_with_pre_hours_and_before_its_protocol(body):
    lipid = {"rule": "lipid_infusion", "ffa_mM": 3.0}
    test = FastingTest(name="f", protocol="fasting", pre_hours=0.5, rules=[lipid])
    plain = FastingTest(name="f", protocol="fasting", pre_hours=0.5)
    with_lipid, without = (
        take_test(body, visit(one, Reading("ffa")), Regime(), [(0.0, 5.0)]) for one in (test, plain)
    )
    first, last = Reading("ffa", at_minute=-30), Reading("ffa")
    assert read(with_lipid, first, []) == read(without, first, [])
    assert read(with_lipid, last, []) > 1.5 * read(without, last, [])


def test_minute_0_is_before_rules_that_begin_with_the_test(body):
    lipid = Regime(tests=(LipidInfusion(ffa_mM=3.0),))
    test = FastingTest(name="f", protocol="fasting")
    readings = (Reading("ffa"), Reading("ffa", at_minute=20))
    courses = [take_test(body, visit(test, *readings), lived, [(0.0, 5.0)]) for lived in (lipid, Regime())]
    zero, later = ([read(course, reading, []) for course in courses] for reading in readings)
    assert zero[0] == zero[1]
    assert later[0] > 1.3 * later[1]


def test_a_rule_of_arm_and_test_acts_once(body):
    rule = {"rule": "lipid_infusion", "ffa_mM": 3.0}
    test = FastingTest(name="f", protocol="fasting", pre_hours=0.2, rules=[rule])
    lipid = Regime(tests=(LipidInfusion(ffa_mM=3.0),))
    both, one = (
        take_test(body, visit(test, Reading("ffa")), lived, [(0.0, 5.0)]) for lived in (lipid, Regime())
    )
    assert read(both, Reading("ffa"), []) == read(one, Reading("ffa"), [])


def test_pools_are_held_and_cells_are_looked_at(body):
    readings = (Reading("ffa"), Reading("muscle.akt"), Reading("muscle.akt", at_minute=0))
    found = []
    for insulin in (30.0, 3000.0):
        pools = {"ffa_mM": 1.9, "insulin_pM": insulin}
        hold = HoldTest(name="h", protocol="hold", pools=pools, minutes=15.0)
        course = take_test(body, visit(hold, *readings), Regime(), [(0.0, 5.0)])
        found.append([read(course, reading, hold.step_ends) for reading in readings])
        assert sorted(course.cell_looks) == [0, 5, 15]
    (ffa, low, rest), (_, high, _) = found
    assert ffa == pytest.approx(1.9)
    assert high > 1.2 * rest
    assert low < rest


def test_glucose_into_a_vein_is_there_within_a_minute(body):
    test = IvgttTest(name="i", protocol="ivgtt")
    course = take_test(body, visit(test, Reading("glucose", at_minute=2)), Regime(), [(0.0, 5.0)])
    mmol = 0.3 * body.anatomy.weight * 1000.0 / 180.156
    levels = [read(course, Reading("glucose", at_minute=minute), []) for minute in (0, 1, 2)]
    assert levels[1] - levels[0] == pytest.approx(mmol / body.blood.litres["glucose"], rel=0.35)
    assert levels[2] < levels[1]


@pytest.mark.parametrize(
    ("glucose", "mass", "words"),
    [
        (116.0, 70.0, "nobody survives 116 mM glucose in blood, allowed 1 to 60"),
        (0.04, 70.0, "nobody survives 0.04 mM glucose in blood, allowed 1 to 60"),
        (4.0, 29.0, "nobody survives a body mass index of 9.47, allowed 10 or more"),
    ],
)
def test_a_state_that_nobody_survives_is_said(glucose, mass, words):
    seen = {("blood", "glucose"): glucose, ("body", "body_mass"): mass}
    with pytest.raises(SimulationError, match=words):
        check_survived(seen, 1.75, "test 'c', minute 0")


@pytest.mark.parametrize(("glucose", "mass"), [(1.0, 70.0), (60.0, 70.0), (5.0, 31.0), (5.0, 300.0)])
def test_what_people_survive_is_let_through(glucose, mass):
    check_survived({("blood", "glucose"): glucose, ("body", "body_mass"): mass}, 1.75, "test 'c', minute 0")


def test_a_subject_that_does_not_survive_its_test_fails_with_its_reason(body, monkeypatch):
    subject = draw_subject(Population(phenotype="lean"), 1, 0)
    monkeypatch.setattr(Subject, "body", lambda subject, cells: body)
    monkeypatch.setattr(life, "GLUCOSE_SURVIVED", (8.0, 60.0))
    fast = FastingTest(name="f", protocol="fasting")
    with pytest.raises(SimulationError, match=r"^subject 1: test 'f', minute 0: nobody survives 4.91 mM"):
        live_and_test(subject, Regime(), [visit(fast, Reading("glucose"))])


@pytest.mark.parametrize(("days", "bouts"), [(10, 3), (1, 3), (120, 4), (14, 2)])
def test_the_last_bout_falls_on_the_last_day(body, days, bouts):
    rule = Exercise(bouts_per_week=bouts, minutes=30, intensity=0.6)
    keep_last_bout(body, rule, days)
    began = body.memory(rule)["began"]
    last_day = (body.minute + (days - 1) * DAY - began) // DAY
    assert rule.bout(last_day, 8 * 60.0) is not None
    assert body.minute - 7 * DAY < began <= body.minute


def test_an_exercise_with_its_own_days_keeps_them(body):
    rule = Exercise(bouts_per_week=3, start_day=2)
    keep_last_bout(body, rule, 10)
    assert body.memory(rule) == {}


def test_days_are_lived_and_their_glucose_is_known(body):
    days = live_days(body, regime(1.0, (Metformin(), LipidInfusion(start_day=1.0))), accelerated=True)
    assert body.minute == DAY
    assert [day for day, _ in days] == [-1.0, 0.0]
    assert 4.0 < days[1][1] < 9.0
    assert body.drugs["metformin"].dosed > 0.2
    assert "ffa" not in body.infusions


def test_without_days_nothing_is_lived(body):
    assert live_days(body, Regime(), accelerated=True) == [(0.0, body.blood.level["glucose"])]
    assert body.minute == 0.0
