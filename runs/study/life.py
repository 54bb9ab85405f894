"""What one virtual subject lives through in one arm of a study: its days, then each test from the same morning.

Every arm starts from the same settled body. It lives the arm's days under the arm's rules, to the end of the last
night; each test is done on a branch of that morning. A rule that starts on the last moment starts with the test, as
all rules do where no day is lived: at the start of ``pre_hours``. Minute 0 of a test is its last moment before its
protocol begins; without ``pre_hours``, before any rule that begins with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from ...environment.body import Body, SimulationError
from ...environment.clock import DAY
from ...environment.interventions.exercise import WEEK, Exercise
from ...environment.interventions.intervention import Intervention
from ...environment.living import CHECK_EVERY
from ...environment.observe import Quantity, observe_blood, observe_cells
from ...environment.rule import Rule
from .quantities import Course, Reading, needed_minutes, read
from .subjects import CELLS, Subject, muscle_lipid_reference, outputs_of

LEAST_BMI = 10.0
"""Body mass index below which nobody is tested [kg/m2]; assumed, wide: about the lowest that adults survive."""
GLUCOSE_SURVIVED = (1.0, 60.0)
"""Glucose in blood outside which nobody is tested [mM]; assumed, wide: coma comes well inside both."""


@dataclass(frozen=True)
class Regime:
    """How the subjects of an arm live: whole days, the rules of these days, and those that begin with a test."""

    days: int = 0
    life: tuple[Intervention, ...] = ()
    tests: tuple[Intervention, ...] = ()


def regime(days: float, rules: Sequence[Intervention]) -> Regime:
    """Return how an arm lives; a part of a day is lived to the end of its night."""
    whole = ceil(days - 1e-9)
    if whole == 0:
        return Regime(0, (), tuple(rules))
    late = [rule for rule in rules if rule.start_day >= days]
    life = tuple(rule for rule in rules if rule not in late)
    return Regime(whole, life, tuple(_from_now(rule) for rule in late))


def _from_now(rule: Intervention) -> Intervention:
    """Return a rule that starts at once, and stops as long after."""
    stop = None if rule.stop_day is None else rule.stop_day - rule.start_day
    return dataclasses.replace(rule, start_day=0.0, stop_day=stop)


@dataclass(frozen=True)
class Visit:
    """A test as it is done with one subject: the file's test, and what is read of it."""

    test: Any
    readings: tuple[Reading, ...]


Numbers = dict[tuple[str, Reading], float]
"""What was read, by test and reading."""


def settle_subject(subject: Subject, cells: int = CELLS) -> dict[str, float]:
    """Settle a subject, so that it is kept on disk; return the outputs by which subjects are selected."""
    return outputs_of(subject.body(cells))


def live_and_test(
    subject: Subject, regime: Regime, visits: Sequence[Visit], cells: int = CELLS, accelerated: bool = True
) -> Numbers:
    """Return what is read of the tests of one subject in one arm.

    Raises
    ------
    SimulationError
        If a state left its range, or what people survive during a test; names the subject.
    """
    try:
        body = subject.body(cells)
        days = live_days(body, regime, accelerated)
        found: Numbers = {}
        for visit in visits:
            course = take_test(body, visit, regime, days)
            ends = visit.test.step_ends
            found |= {(visit.test.name, reading): read(course, reading, ends) for reading in visit.readings}
        return found
    except (SimulationError, ArithmeticError, ValueError) as error:
        raise SimulationError(f"subject {subject.number + 1}: {error}") from None


def live_days(body: Body, regime: Regime, accelerated: bool) -> list[tuple[float, float]]:
    """Live the days of an arm; return the mean glucose of days, counted back from now [day, mM]."""
    before = body.pancreas.glucose_mean or body.blood.level["glucose"]
    if regime.days == 0:
        return [(0.0, before)]
    began = body.minute
    seen: dict[int, list[float]] = {}

    def watch(living: Body) -> None:
        day = int((living.minute - began - 1.0) // DAY)
        total = seen.setdefault(day, [0.0, 0.0])
        total[0] += living.blood.level["glucose"]
        total[1] += 1.0

    for rule in regime.life:
        keep_last_bout(body, rule, regime.days)
    body.live(regime.days, regime.life, accelerated=accelerated, watch=watch)
    means = [(day - regime.days + 1.0, total / count) for day, (total, count) in seen.items()]
    return [(-float(regime.days), before), *means]


def keep_last_bout(body: Body, rule: Intervention, days: int) -> None:
    """Let the weeks of an exercise end with the last day, so that a bout falls on it, 24 h before the tests."""
    if isinstance(rule, Exercise) and rule.start_day == 0.0 and rule.stop_day is None:
        missing = -days % WEEK
        body.memory(rule).update(began=body.minute - missing * DAY, until=body.minute)


# ---- tests ----------------------------------------------------------------------------------------------------------


def take_test(body: Body, visit: Visit, regime: Regime, days: Sequence[tuple[float, float]]) -> Course:
    """Return what is seen of a test, done on a branch of a body."""
    test = visit.test
    needs = [needed_minutes(reading, test.step_ends) for reading in visit.readings]
    last = max([0, *(minute for minute, _ in needs)])
    cells = set().union(*(minutes for _, minutes in needs))
    living = body.branch()
    living.rules = list(regime.life)
    living.step()
    living.rules += _beginning(regime, test)
    course = Course({}, {}, days, muscle_lipid_reference())
    protocol: Rule = test.make()
    for minute in range(-test.pre_minutes, last + 1):
        course.looks[minute] = seen = look(living)
        check_survived(seen, body.phenotype.height, f"test {test.name!r}, minute {minute}")
        if minute in cells:
            course.cell_looks[minute] = observe_cells(living)
        if minute == 0:
            living.forget(protocol)
            living.rules.append(protocol)
        if minute < last:
            _step(living, minute)
    living.check()
    return course


def look(body: Body) -> dict[Quantity, float]:
    """Return what is observed of blood and body every minute, fat mass and fat-free mass too [kg]."""
    masses = {"fat_mass": body.anatomy.fat_mass, "lean_mass": body.energy.lean_mass}
    return observe_blood(body) | {("body", name): mass for name, mass in masses.items()}


def check_survived(seen: Mapping[Quantity, float], height: float, when: str) -> None:
    """Raise a SimulationError for a body of a height [m] in a state that people do not survive."""
    low, high = GLUCOSE_SURVIVED
    glucose, bmi = seen["blood", "glucose"], seen["body", "body_mass"] / height**2
    if bmi < LEAST_BMI:
        raise SimulationError(
            f"{when}: nobody survives a body mass index of {bmi:.3g}, allowed {LEAST_BMI:g} or more"
        )
    if not low <= glucose <= high:
        raise SimulationError(
            f"{when}: nobody survives {glucose:.3g} mM glucose in blood, allowed {low:g} to {high:g}"
        )


def _beginning(regime: Regime, test: Any) -> list[Intervention]:
    """Return the rules that begin with a test; one that both arm and test have acts once."""
    rules = list(regime.tests)
    return rules + [rule for rule in test.interventions() if rule not in (*regime.life, *rules)]


def _step(body: Body, minute: int) -> None:
    """Live a minute of a test."""
    body.step()
    body.check_blood()
    if minute % CHECK_EVERY == 0:
        body.check()
