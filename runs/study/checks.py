"""What hangs together in a study file: names, rules, moments, and comparisons that make sense."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from ...agents.parameters import nearest
from ...environment.interventions.registry import check_rules, read_rule
from ...environment.phenotype import find_phenotype, read_phenotypes
from .places import Place, Wrong, named, wrong
from .quantities import Quantity, find_quantity
from .schema import AS, ClampTest, Expect, HoldTest, Population, Step, Study

MASS_ROUNDING = 0.01
"""By how much fat and lean mass together may miss body mass, as a share of it, since all three are rounded."""


def check_study(study: Study, stem: str) -> None:
    """Raise a Wrong for the first thing in a study that does not fit the rest."""
    if study.id != stem:
        raise wrong(("id",), repr(study.id), f"{stem!r}, the file's name without .toml")
    _check_names(study)
    _check_population(study.population)
    for number, arm in enumerate(study.arms):
        _check_rules(("arms", number, "rules"), f"arm {arm.name!r}", arm.rules, arm.length)
    for number, test in enumerate(study.tests):
        length = (test.pre_minutes + test.stop) / 1440.0
        _check_test(("tests", number), test)
        _check_rules(("tests", number, "rules"), f"test {test.name!r}", test.rules, length)
    for number, expect in enumerate(study.expect):
        _check_expect(("expect", number), expect, study)


def _check_names(study: Study) -> None:
    tables: dict[str, list[Any]] = {"arms": [*study.arms], "tests": study.tests}
    for table, items in tables.items():
        names = [item.name for item in items]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise wrong((table, number, "name"), f"{name!r}, which is given twice", "once")


def _check_population(population: Population) -> None:
    if population.phenotype not in read_phenotypes():
        try:
            find_phenotype(population.phenotype)
        except ValueError as error:
            raise Wrong(("population", "phenotype"), f"population.phenotype: {error}") from None
    mass = population.body_mass_kg
    for key in ("lean_mass_kg", "fat_mass_kg"):
        part = getattr(population, key)
        if part is not None and mass is not None and part >= mass:
            raise wrong(("population", key), f"{part:g}", f"below body_mass_kg, which is {mass:g}")
    _check_sum(mass, population.lean_mass_kg, population.fat_mass_kg)


def _check_sum(mass: float | None, lean: float | None, fat: float | None) -> None:
    """Check that fat and lean mass [kg] make up body mass, where all three are given."""
    if mass is None or lean is None or fat is None:
        return
    if abs(lean + fat - mass) > MASS_ROUNDING * mass:
        given = f"{mass:g}, but lean_mass_kg {lean:g} and fat_mass_kg {fat:g} are {lean + fat:g} together"
        raise wrong(("population", "body_mass_kg"), given, "their sum within 1 %, or only two of the three")


def _check_rules(place: Place, whose: str, rules: Iterable[Mapping[str, Any]], days: float) -> None:
    made = []
    for number, rule in enumerate(rules):
        try:
            made.append(read_rule(rule))
        except (ValueError, TypeError) as error:
            where = (*place, number)
            raise Wrong(where, f"{named(where)} of {whose}: {error}") from None
    try:
        check_rules(made, days)
    except ValueError as error:
        raise Wrong(place, f"{named(place)} of {whose}: {error}") from None


def _check_test(place: Place, test: Any) -> None:
    if isinstance(test, ClampTest):
        for number, step in enumerate(test.steps):
            if len(step.given()) != 1:
                given = " and ".join(step.given()) or "no insulin"
                raise wrong((*place, "steps", number), given, f"one of {', '.join(Step.units)}", "has")
    try:
        test.make()
    except ValueError as error:
        where = (*place, "pools" if isinstance(test, HoldTest) else "protocol")
        raise Wrong(where, f"{named(where)}: {error}") from None


def _check_expect(place: Place, expect: Expect, study: Study) -> None:
    """Check that an expectation fits the rest of its file."""
    _check_known(place, "test", expect.test, [test.name for test in study.tests])
    _check_known(place, "arm", expect.arm, [arm.name for arm in study.arms])
    quantity = _check_quantity(place, expect)
    _check_numbers(place, expect)
    test = study.test(expect.test)
    _check_moment(place, expect, test)
    _check_measurable((*place, "quantity"), quantity, test)
    _check_versus(place, expect, study)


def _check_known(place: Place, key: str, given: str, known: list[str]) -> None:
    if given not in known:
        where, near = (*place, key), nearest(given, known, listed=True)
        raise Wrong(
            where, f"{named(where)} is {given!r}, no {key} of this file, allowed: {', '.join(known)}.{near}"
        )


def _check_quantity(place: Place, expect: Expect) -> Quantity:
    where = (*place, "quantity")
    try:
        quantity = find_quantity(expect.quantity)
    except ValueError as error:
        raise Wrong(where, f"{named(where)}: {error}") from None
    if expect.unit is not None and expect.unit.replace(" ", "") not in _unit_words(expect):
        unit = f"{expect.row_unit!r}, the unit of {expect.quantity} as {expect.kind}"
        raise wrong((*place, "unit"), repr(expect.unit), unit)
    return quantity


def _unit_words(expect: Expect) -> set[str]:
    unit = expect.row_unit.replace(" ", "")
    return {unit, unit.replace("/kglean/", "/kgFFM/"), "" if unit == "1" else unit}


def _check_numbers(place: Place, expect: Expect) -> None:
    """Check what an expectation says of its errors and moments."""
    if expect.ci95 is not None and expect.ci95[0] > expect.ci95[1]:
        raise wrong((*place, "ci95"), expect.ci95, "the lower end first")
    if expect.sd is not None and expect.n is None:
        raise wrong((*place, "sd"), f"{expect.sd:g} without n", "sd = with n =, or sem =")
    for keys in (("ci95", "sem", "sd"), ("at_minute", "step", "window")):
        given = [key for key in keys if getattr(expect, key) is not None]
        if len(given) > 1:
            allowed = f"one of {', '.join(keys[:-1])} and {keys[-1]}"
            raise wrong((*place, given[1]), f"given beside {given[0]}", allowed)
    if expect.summary is not None and expect.window is None:
        raise wrong((*place, "summary"), f"{expect.summary!r} without window", "with window = [from, to]")
    if expect.window is not None and expect.window[0] >= expect.window[1]:
        raise wrong((*place, "window"), expect.window, "[from, to] with from before to")


def _check_moment(place: Place, expect: Expect, test: Any) -> None:
    """Check that what is read lies within the test."""
    first, last = -test.pre_minutes, test.stop
    for key in ("at_minute", "window"):
        given = getattr(expect, key)
        minutes = given if isinstance(given, list) else [] if given is None else [given]
        if not all(isfinite(minute) and first <= minute <= last for minute in minutes):
            shown = given if isinstance(given, list) else f"{given:g}"
            raise wrong((*place, key), shown, f"{first} to {last}, the minutes of test {test.name!r}")
    steps = len(test.step_ends)
    if expect.step is not None and expect.step > steps:
        allowed = (
            f"1 to {steps}, the steps of test {test.name!r}" if steps else f"no step in a {test.protocol}"
        )
        raise wrong((*place, "step"), expect.step, allowed)


def _check_measurable(where: Place, quantity: Quantity, test: Any) -> None:
    if quantity.protocols and test.protocol not in quantity.protocols:
        given = f"{quantity.name!r} in test {test.name!r}, a {test.protocol}"
        raise wrong(where, given, f"in {' or '.join(quantity.protocols)}")


VERSUS = "an arm, phenotype:NAME, test:NAME, own:fasting, own:step1"


def _check_versus(place: Place, expect: Expect, study: Study) -> None:
    """Check that a comparison makes sense."""
    where, versus = (*place, "versus"), expect.versus
    if versus is None:
        if expect.kind != "value":
            raise wrong((*place, "as"), f"{expect.kind!r} without versus", f"versus = {VERSUS}")
        return
    if expect.kind == "value":
        raise wrong((*place, "as"), f"'value' with versus = {versus!r}", f"{', '.join(AS[1:])}, or no versus")
    what, _, name = versus.partition(":")
    if versus in [arm.name for arm in study.arms]:
        if versus == expect.arm:
            raise wrong(where, f"{versus!r}, the arm itself", "another arm")
    elif what == "phenotype" and name:
        phenotypes = list(read_phenotypes())
        if name not in phenotypes:
            raise wrong(where, repr(versus), f"phenotype: with {_one_of(name, phenotypes)}")
    elif what == "test" and name:
        _check_other_test(where, expect, name, study)
    elif what == "own" and name:
        _check_own(where, expect, name, study.test(expect.test))
    else:
        raise wrong(where, repr(versus), f"{VERSUS}.{nearest(versus, _all_versus(study), listed=True)}")


def _one_of(given: str, known: list[str]) -> str:
    """Return the names that are allowed, and which of them is near."""
    return f"{', '.join(known)}.{nearest(given, known, listed=True)}"


def _all_versus(study: Study) -> list[str]:
    found = [arm.name for arm in study.arms] + [f"phenotype:{name}" for name in read_phenotypes()]
    return [*found, *(f"test:{test.name}" for test in study.tests), "own:fasting", "own:step1"]


def _check_other_test(where: Place, expect: Expect, name: str, study: Study) -> None:
    tests = [test.name for test in study.tests]
    if name not in tests:
        raise wrong(where, f"'test:{name}'", f"test: with {_one_of(name, tests)}")
    if name == expect.test:
        raise wrong(where, f"'test:{name}', the test itself", "another test")
    _check_measurable(where, find_quantity(expect.quantity), study.test(name))


def _check_own(where: Place, expect: Expect, name: str, test: Any) -> None:
    steps = [f"step{number + 1}" for number in range(len(test.step_ends))] if test.protocol == "clamp" else []
    known = [f"own:{one}" for one in ("fasting", *steps)]
    if f"own:{name}" not in known:
        raise wrong(where, f"'own:{name}'", _one_of(f"own:{name}", known))
    if find_quantity(expect.quantity).whole:
        raise wrong(
            where, f"'own:{name}' of {expect.quantity}, a figure of the whole test", "another arm or test"
        )
