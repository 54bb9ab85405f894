"""Study files: published experiments as data, read and checked.

A file says who was studied, what was done to them, how they were tested and what was seen. Everything that can be wrong
with it is found here, before anything runs, and said in one line: file, line, key, what was given and what is allowed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..agents.parameters import nearest
from ..environment.interventions.intervention import Intervention
from ..environment.interventions.registry import check_rules, read_rule
from ..environment.phenotype import find_phenotype, read_phenotypes
from ..environment.protocols import (
    GLUCOSE_RANGE,
    INSULIN_RANGES,
    Biopsy,
    Clamp,
    Fast,
    Hold,
    IntravenousGlucose,
    MixedMeal,
    OralGlucose,
    TimedRule,
)
from .study_quantities import Quantity, Reading, find_quantity

OPEN_END = 1440
"""A test without a length of its own may be read up to so many minutes after it began [min]."""

Number = Annotated[float, Field(allow_inf_nan=False)]
Place = tuple[str | int, ...]
"""Where a value stands in a file: table, its number, key."""

AS = ("value", "difference", "percent_change", "ratio")
SUMMARIES = ("mean", "auc", "peak", "minimum")
SEXES = ("male", "female", "mixed")


class StudyError(ValueError):
    """A study file is wrong; the message names file, key, what was given and what is allowed."""


class Wrong(ValueError):
    """Something is wrong at a place of a file."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Population(_Table):
    """Who was studied. Inputs narrow the draw of subjects, outputs only select among those that are drawn."""

    phenotype: str
    subjects: int = Field(default=8, ge=1, le=10_000)
    bmi: Number | None = Field(default=None, ge=12, le=90)
    body_mass_kg: Number | None = Field(default=None, ge=30, le=350)
    fat_mass_kg: Number | None = Field(default=None, ge=2, le=250)
    lean_mass_kg: Number | None = Field(default=None, ge=20, le=150)
    age: Number | None = Field(default=None, ge=18, le=100)
    sex: Literal["male", "female", "mixed"] | None = None
    activity: Number | None = Field(default=None, gt=0, le=5)
    fasting_glucose_mM: Number | None = Field(default=None, ge=2, le=35)
    liver_fat_percent: Number | None = Field(default=None, ge=0, le=80)
    muscle_lipid: Number | None = Field(default=None, gt=0, le=100)


class Arm(_Table):
    """What was done to the subjects; ``days`` is None where the file gives none."""

    name: str = Field(min_length=1)
    days: Number | None = Field(default=None, ge=0, le=36_500)
    rules: list[dict[str, Any]] = []

    @property
    def length(self) -> float:
        """Days lived before the tests [day]."""
        return self.days or 0.0

    def interventions(self) -> list[Intervention]:
        """Return the rules."""
        return [read_rule(rule) for rule in self.rules]


class Step(_Table):
    """One step of a clamp; exactly one amount of insulin."""

    insulin_mU_m2_min: Number | None = Field(default=None, ge=0, le=INSULIN_RANGES["mU/m2/min"][1])
    insulin_mU_kg_min: Number | None = Field(default=None, ge=0, le=INSULIN_RANGES["mU/kg/min"][1])
    insulin_pM: Number | None = Field(default=None, ge=1, le=INSULIN_RANGES["pM"][1])
    minutes: Number = Field(ge=1, le=14_400)

    units: ClassVar[dict[str, str]] = {
        "insulin_mU_m2_min": "mU/m2/min",
        "insulin_mU_kg_min": "mU/kg/min",
        "insulin_pM": "pM",
    }

    def given(self) -> list[str]:
        """Return the names of the amounts of insulin that are given."""
        return [name for name in self.units if getattr(self, name) is not None]

    def insulin(self) -> str:
        """Return the insulin of this step in words."""
        name = self.given()[0]
        return f"{getattr(self, name):.10g} {self.units[name]}"


class _Test(_Table):
    """How the subjects were tested."""

    name: str = Field(min_length=1)
    protocol: str
    pre_hours: Number = Field(default=0.0, ge=0, le=240)
    rules: list[dict[str, Any]] = []

    @property
    def pre_minutes(self) -> int:
        """Minutes of the test's rules before its first step [min]."""
        return round(60.0 * self.pre_hours)

    @property
    def stop(self) -> int:
        """The last minute at which it may be read [min]."""
        return OPEN_END

    @property
    def step_ends(self) -> list[tuple[int, int]]:
        """Begin and end of its steps [min]."""
        return []

    def make(self) -> TimedRule:
        """Return the protocol."""
        raise NotImplementedError(f"{type(self).__name__} needs make()")

    def interventions(self) -> list[Intervention]:
        """Return the rules of this test only."""
        return [read_rule(rule) for rule in self.rules]


class FastingTest(_Test):
    """Overnight fast."""

    def make(self) -> TimedRule:
        """Return the protocol."""
        return Fast(hours=0.0)


class BiopsyTest(_Test):
    """The cells as they are at that moment."""

    @property
    def stop(self) -> int:
        """The moment [min]."""
        return 0

    def make(self) -> TimedRule:
        """Return the protocol."""
        return Biopsy()


class ClampTest(_Test):
    """Steps of insulin, glucose kept."""

    steps: list[Step] = Field(min_length=1)
    glucose_mM: Number = Field(default=5.0, ge=GLUCOSE_RANGE[0], le=GLUCOSE_RANGE[1])

    @property
    def step_ends(self) -> list[tuple[int, int]]:
        """Begin and end of its steps [min]."""
        ends, begin = [], 0.0
        for step in self.steps:
            ends.append((round(begin), round(begin + step.minutes)))
            begin += step.minutes
        return ends

    @property
    def stop(self) -> int:
        """End of the last step [min]."""
        return self.step_ends[-1][1]

    def make(self) -> TimedRule:
        """Return the protocol."""
        lengths = [step.minutes for step in self.steps]
        return Clamp(
            [step.insulin() for step in self.steps], step_minutes=lengths, glucose_mM=self.glucose_mM
        )


class OgttTest(_Test):
    """A drink of glucose."""

    glucose_g: Number = Field(default=75.0, ge=0, le=300)

    def make(self) -> TimedRule:
        """Return the protocol."""
        return OralGlucose(glucose_g=self.glucose_g)


class MealTest(_Test):
    """A mixed meal."""

    carbohydrate_g: Number = Field(default=MixedMeal.carbohydrate_g, ge=0, le=1000)
    fat_g: Number = Field(default=MixedMeal.fat_g, ge=0, le=1000)
    protein_g: Number = Field(default=MixedMeal.protein_g, ge=0, le=1000)

    def model_post_init(self, context: Any) -> None:
        """Leave out what the file leaves out, once it says anything of the food."""
        foods = ("carbohydrate_g", "fat_g", "protein_g")
        if self.model_fields_set.intersection(foods):
            for food in set(foods) - self.model_fields_set:
                setattr(self, food, 0.0)

    def make(self) -> TimedRule:
        """Return the protocol."""
        return MixedMeal(self.carbohydrate_g, self.fat_g, self.protein_g)


class HoldTest(_Test):
    """Blood pools held at given levels."""

    pools: dict[str, Number] = Field(min_length=1)
    minutes: Number = Field(default=360.0, ge=1, le=14_400)

    @property
    def stop(self) -> int:
        """The end [min]."""
        return round(self.minutes)

    @property
    def step_ends(self) -> list[tuple[int, int]]:
        """Begin and end of its only step [min]."""
        return [(0, self.stop)]

    def make(self) -> TimedRule:
        """Return the protocol."""
        return Hold(pools=self.pools, minutes=self.minutes)


class IvgttTest(_Test):
    """Glucose into a vein."""

    glucose_g_per_kg: Number = Field(default=0.3, gt=0, le=1.0)

    def make(self) -> TimedRule:
        """Return the protocol."""
        return IntravenousGlucose(glucose_g_per_kg=self.glucose_g_per_kg)


PROTOCOLS: dict[str, type[_Test]] = {
    "fasting": FastingTest,
    "clamp": ClampTest,
    "ogtt": OgttTest,
    "meal": MealTest,
    "hold": HoldTest,
    "biopsy": BiopsyTest,
    "ivgtt": IvgttTest,
}


class Expect(_Table):
    """What was seen."""

    test: str
    arm: str
    versus: str | None = None
    quantity: str
    as_: Literal["value", "difference", "percent_change", "ratio"] | None = Field(default=None, alias="as")
    unit: str | None = None
    observed: Number
    ci95: list[Number] | None = Field(default=None, min_length=2, max_length=2)
    sem: Number | None = Field(default=None, ge=0)
    sd: Number | None = Field(default=None, ge=0)
    n: Number | None = Field(default=None, ge=1)
    at_minute: Number | None = None
    step: int | None = Field(default=None, ge=1)
    window: list[Number] | None = Field(default=None, min_length=2, max_length=2)
    summary: Literal["mean", "auc", "peak", "minimum"] | None = None
    basis: Literal["lean", "body"] | None = None

    @property
    def kind(self) -> str:
        """How it is seen: as given, else a value, or with ``versus`` a percent change."""
        return self.as_ or ("value" if self.versus is None else "percent_change")

    @property
    def reading(self) -> Reading:
        """What is read of a test."""
        window = None if self.window is None else (round(self.window[0]), round(self.window[1]))
        minute = None if self.at_minute is None else round(self.at_minute)
        summary = self.summary or "mean"
        return Reading(self.quantity, self.basis == "lean", minute, self.step, window, summary)

    @property
    def row_unit(self) -> str:
        """Unit of what is compared."""
        unit = find_quantity(self.quantity).unit
        if self.basis == "lean":
            unit = unit.replace("/kg/", "/kg lean/")
        if self.summary == "auc":
            unit = f"{unit} min"
        return {"percent_change": "%", "ratio": "1"}.get(self.kind, unit)


class Study(_Table):
    """A published experiment."""

    id: str = Field(min_length=1)
    title: str = ""
    source: str = ""
    population: Population
    arms: list[Arm] = Field(min_length=1)
    tests: list[Any] = Field(min_length=1)
    expect: list[Expect] = Field(min_length=1)

    def arm(self, name: str) -> Arm:
        """Return an arm."""
        return next(arm for arm in self.arms if arm.name == name)

    def test(self, name: str) -> Any:
        """Return a test."""
        return next(test for test in self.tests if test.name == name)


# ---- reading --------------------------------------------------------------------------------------------------------


def read_study(path: str | Path) -> Study:
    """Return the study of a file.

    Raises
    ------
    StudyError
        If the file cannot be read, or something in it is wrong.
    """
    path = Path(path)
    text = _text(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(
            f"{path}: is no TOML: {error}; allowed: a study file (insulattice study --new ID)"
        ) from None
    try:
        return _study(raw, path.stem)
    except Wrong as error:
        line = line_of(text, error.place)
        raise StudyError(f"{path}{'' if line is None else f', line {line}'}: {error}") from None


def _text(path: Path) -> str:
    """Return the text of a file."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudyError(f"{path}: byte {error.start} is no UTF-8, allowed: text in UTF-8") from None
    except OSError as error:
        raise StudyError(f"{path}: cannot be read: {error.strerror or error}") from None


def _study(raw: dict[str, Any], stem: str) -> Study:
    """Return a study of plain data, checked."""
    prepared = dict(raw)
    _plain_words(prepared)
    for key in prepared:
        if key not in Study.model_fields:
            raise Wrong((key,), f"unknown key {key!r}.{nearest(key, list(Study.model_fields))}")
    if isinstance(raw.get("tests"), list):
        prepared["tests"] = [_test(test, number) for number, test in enumerate(raw["tests"])]
    study: Study = _validated(Study, prepared, ())
    if study.id != stem:
        raise Wrong(("id",), f"id is {study.id!r}, allowed: {stem!r}, the file's name without .toml")
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
    return study


def _plain_words(raw: dict[str, Any]) -> None:
    """Take sex in any of its usual words."""
    population = raw.get("population")
    if isinstance(population, dict) and isinstance(population.get("sex"), str):
        word = population["sex"].strip().lower()
        raw["population"] = population | {"sex": SEX_WORDS.get(word, population["sex"])}


SEX_WORDS = {
    "m": "male", "man": "male", "men": "male", "male": "male", "f": "female", "woman": "female", "women": "female",
    "female": "female", "both": "mixed", "mixed": "mixed",
}  # fmt: skip


def _test(raw: Any, number: int) -> Any:
    """Return a test, by its protocol."""
    place: Place = ("tests", number)
    if not isinstance(raw, dict):
        raise Wrong(place, f"tests[{number + 1}] is {raw!r}, allowed: a table [[tests]]")
    protocol = raw.get("protocol")
    if protocol is None:
        raise Wrong(place, f"tests[{number + 1}] lacks the key 'protocol', allowed: {', '.join(PROTOCOLS)}")
    if not isinstance(protocol, str) or protocol not in PROTOCOLS:
        near = nearest(str(protocol), list(PROTOCOLS))
        raise Wrong(
            (*place, "protocol"),
            f"tests[{number + 1}].protocol is {protocol!r}, allowed: {', '.join(PROTOCOLS)}.{near}",
        )
    return _validated(PROTOCOLS[protocol], raw, place)


def _validated(model: type[BaseModel], raw: Any, place: Place) -> Any:
    """Return a validated table, or say what is wrong first."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = min(error.errors(), key=lambda item: item["type"] == "missing")
        raise _wrong(model, first, place) from None


def _wrong(model: type[BaseModel], error: Mapping[str, Any], place: Place) -> Wrong:
    """Return what pydantic found, in our words."""
    where = (*place, *error["loc"])
    key, holder = str(where[-1]), _table_of(model, error["loc"][:-1])
    context = error.get("ctx", {})
    given = error["input"]
    if error["type"] == "extra_forbidden":
        return Wrong(where, f"unknown key {named(where)}.{nearest(key, list(_keys(holder)))}")
    if error["type"] == "missing":
        return Wrong(where[:-1], f"{named(where)} is missing; {_needs(holder)}")
    if error["type"] == "literal_error":
        allowed = re.findall(r"'([^']+)'", context["expected"])
        return Wrong(
            where,
            f"{named(where)} is {given!r}, allowed: {', '.join(allowed)}.{nearest(str(given), allowed)}",
        )
    return Wrong(where, f"{named(where)} is {_shown(given)}, allowed: {_allowed(error, holder, key)}")


def _shown(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "..."


def _table_of(model: type[BaseModel], path: Sequence[Any]) -> type[BaseModel]:
    """Return the model that a place within a model belongs to."""
    inner = {"population": Population, "arms": Arm, "expect": Expect, "steps": Step}
    for part in path:
        model = inner.get(str(part), model)
    return model


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _needs(model: type[BaseModel]) -> str:
    needed = [field.alias or name for name, field in model.model_fields.items() if field.is_required()]
    return f"needed: {', '.join(needed)}"


KIND_WORDS = {
    "string": "text in quotes", "float": "a number", "int": "a whole number", "finite": "a finite number",
    "list": "a list", "dict": "a table", "model": "a table", "bool": "true or false",
}  # fmt: skip


def _allowed(error: Mapping[str, Any], model: type[BaseModel], key: str) -> str:
    """Return what is allowed at a key, in words."""
    context = error.get("ctx", {})
    limits = _limits(model, key)
    for word, text in KIND_WORDS.items():
        if str(error["type"]).startswith(word):
            return f"{text}{f', {limits}' if limits else ''}"
    if limits:
        return limits
    if "min_length" in context:
        return f"{context['min_length']} or more"
    return str(error["msg"]).removeprefix("Input should be ")


def _limits(model: type[BaseModel], key: str) -> str:
    """Return the range of a key, in words."""
    field = model.model_fields.get(key)
    found = {name: getattr(item, name) for item in (field.metadata if field else ()) for name in ("ge", "gt", "le")
             if hasattr(item, name)}  # fmt: skip
    if not found:
        return ""
    low = f"{found['ge']:g}" if "ge" in found else f"above {found['gt']:g}" if "gt" in found else ""
    return f"{low} to {found['le']:g}" if "le" in found and low else f"{low} or more" if low else ""


def named(place: Place) -> str:
    """Return a place as it is written in messages: ``expect[2].quantity``, counted from 1."""
    text = ""
    for part in place:
        if part in ("function-wrap", "tuple"):
            continue
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


# ---- what hangs together --------------------------------------------------------------------------------------------


def _check_names(study: Study) -> None:
    for table, items in (("arms", study.arms), ("tests", study.tests)):
        seen: set[str] = set()
        for number, item in enumerate(items):
            if item.name in seen:
                raise Wrong(
                    (table, number, "name"),
                    f"{table}[{number + 1}].name is {item.name!r}, given twice, allowed: once",
                )
            seen.add(item.name)


def _check_population(population: Population) -> None:
    if population.phenotype not in read_phenotypes():
        try:
            find_phenotype(population.phenotype)
        except ValueError as error:
            raise Wrong(("population", "phenotype"), f"population.phenotype: {error}") from None
    lean, fat, mass = population.lean_mass_kg, population.fat_mass_kg, population.body_mass_kg
    for key, part in (("lean_mass_kg", lean), ("fat_mass_kg", fat)):
        if part is not None and mass is not None and part >= mass:
            raise Wrong(
                ("population", key),
                f"population.{key} is {part:g}, allowed: below body_mass_kg, which is {mass:g}",
            )


def _check_rules(place: Place, whose: str, rules: Iterable[Mapping[str, Any]], days: float) -> None:
    made = []
    for number, rule in enumerate(rules):
        try:
            made.append(read_rule(rule))
        except (ValueError, TypeError) as error:
            raise Wrong((*place, number), f"{named(place)}[{number + 1}] of {whose}: {error}") from None
    try:
        check_rules(made, days)
    except ValueError as error:
        raise Wrong(place, f"{named(place)} of {whose}: {error}") from None


def _check_test(place: Place, test: Any) -> None:
    if isinstance(test, ClampTest):
        for number, step in enumerate(test.steps):
            if len(step.given()) != 1:
                given = ", ".join(step.given()) or "no insulin"
                raise Wrong(
                    (*place, "steps", number),
                    f"{named(place)}.steps[{number + 1}] has {given}, allowed: one of {', '.join(Step.units)}",
                )
    try:
        test.make()
    except ValueError as error:
        key = "pools" if isinstance(test, HoldTest) else "protocol"
        raise Wrong((*place, key), f"{named((*place, key))}: {error}") from None


def _check_expect(place: Place, expect: Expect, study: Study) -> None:
    """Check that an expectation fits the rest of its file."""
    _check_known(place, "test", expect.test, [test.name for test in study.tests])
    _check_known(place, "arm", expect.arm, [arm.name for arm in study.arms])
    quantity = _check_quantity(place, expect)
    _check_numbers(place, expect)
    test = study.test(expect.test)
    _check_moment(place, expect, test)
    _check_measurable(place, quantity, test)
    _check_versus(place, expect, study)


def _check_known(place: Place, key: str, given: str, known: list[str]) -> None:
    if given not in known:
        near = nearest(given, known).replace(" Allowed:", " Allowed:")
        raise Wrong((*place, key), f"{named((*place, key))} is {given!r}, no such {key} in this file.{near}")


def _check_quantity(place: Place, expect: Expect) -> Quantity:
    try:
        quantity = find_quantity(expect.quantity)
    except ValueError as error:
        raise Wrong((*place, "quantity"), f"{named((*place, 'quantity'))}: {error}") from None
    if expect.unit is not None and expect.unit.replace(" ", "") not in _unit_words(expect):
        where = (*place, "unit")
        raise Wrong(
            where,
            f"{named(where)} is {expect.unit!r}, allowed: {expect.row_unit!r}, the unit of {expect.quantity}",
        )
    return quantity


def _unit_words(expect: Expect) -> set[str]:
    unit = expect.row_unit.replace(" ", "")
    return {unit, unit.replace("/kglean/", "/kgFFM/"), "" if unit == "1" else unit}


def _check_numbers(place: Place, expect: Expect) -> None:
    if expect.ci95 is not None and expect.ci95[0] > expect.ci95[1]:
        raise Wrong(
            (*place, "ci95"), f"{named((*place, 'ci95'))} is {expect.ci95}, allowed: the lower end first"
        )
    if expect.sd is not None and expect.n is None:
        raise Wrong(
            (*place, "sd"),
            f"{named((*place, 'sd'))} is {expect.sd:g} without n, allowed: sd with n =, or sem =",
        )
    given = [key for key in ("at_minute", "step", "window") if getattr(expect, key) is not None]
    if len(given) > 1:
        raise Wrong((*place, given[1]), f"{named(place)} has {' and '.join(given)}, allowed: one of them")
    if expect.summary is not None and expect.window is None:
        raise Wrong(
            (*place, "summary"),
            f"{named((*place, 'summary'))} is {expect.summary!r} without window, allowed: with window = [from, to]",
        )
    if expect.window is not None and expect.window[0] >= expect.window[1]:
        raise Wrong(
            (*place, "window"), f"{named((*place, 'window'))} is {expect.window}, allowed: from below to"
        )


def _check_moment(place: Place, expect: Expect, test: Any) -> None:
    """Check that what is read lies within the test."""
    first, last = -test.pre_minutes, test.stop
    minutes = expect.window or ([] if expect.at_minute is None else [expect.at_minute])
    for minute in minutes:
        if not (isfinite(minute) and first <= minute <= last):
            key = "window" if expect.window else "at_minute"
            given = expect.window or expect.at_minute
            raise Wrong(
                (*place, key),
                f"{named((*place, key))} is {given}, allowed: {first} to {last}, the minutes of test {test.name!r}",
            )
    if expect.step is not None and expect.step > len(test.step_ends):
        steps = len(test.step_ends)
        allowed = f"1 to {steps}, the steps" if steps else "none: no step in the protocol"
        raise Wrong(
            (*place, "step"),
            f"{named((*place, 'step'))} is {expect.step}, allowed: {allowed} of test {test.name!r}",
        )


def _check_measurable(place: Place, quantity: Quantity, test: Any) -> None:
    if quantity.protocols and test.protocol not in quantity.protocols:
        raise Wrong(
            (*place, "quantity"),
            f"{named((*place, 'quantity'))} is {quantity.name!r} in a {test.protocol}, allowed: in {' or '.join(quantity.protocols)}",
        )


VERSUS = ("an arm", "phenotype:NAME", "test:NAME", "own:fasting", "own:step1")


def _check_versus(place: Place, expect: Expect, study: Study) -> None:
    """Check that a comparison makes sense."""
    where, versus = (*place, "versus"), expect.versus
    if versus is None:
        if expect.kind != "value":
            raise Wrong(
                place,
                f"{named(place)} has as = {expect.kind!r} and no versus, allowed: versus = {', '.join(VERSUS)}",
            )
        return
    if expect.kind == "value":
        raise Wrong(
            where, f"{named(where)} is {versus!r} with as = 'value', allowed: as = {', '.join(AS[1:])}"
        )
    what, colon, name = versus.partition(":")
    arms = [arm.name for arm in study.arms]
    if versus in arms:
        if versus == expect.arm:
            raise Wrong(where, f"{named(where)} is {versus!r}, the arm itself, allowed: another arm")
    elif what == "phenotype" and colon:
        if name not in read_phenotypes():
            raise Wrong(
                where,
                f"{named(where)} is {versus!r}: no phenotype is called {name!r}.{nearest(name, list(read_phenotypes()))}",
            )
    elif what == "test" and colon:
        _check_other_test(where, expect, name, study)
    elif what == "own" and colon:
        _check_own(where, expect, name, study.test(expect.test))
    else:
        known = [
            *arms,
            *(f"phenotype:{one}" for one in read_phenotypes()),
            *(f"test:{one.name}" for one in study.tests),
            "own:fasting",
            "own:step1",
        ]
        raise Wrong(
            where, f"{named(where)} is {versus!r}, allowed: {', '.join(VERSUS)}.{nearest(versus, known)}"
        )


def _check_other_test(where: Place, expect: Expect, name: str, study: Study) -> None:
    tests = [test.name for test in study.tests]
    if name not in tests:
        raise Wrong(
            where, f"{named(where)} is 'test:{name}': no such test in this file.{nearest(name, tests)}"
        )
    if name == expect.test:
        raise Wrong(where, f"{named(where)} is 'test:{name}', the test itself, allowed: another test")
    quantity, other = find_quantity(expect.quantity), study.test(name)
    if quantity.protocols and other.protocol not in quantity.protocols:
        allowed = " or ".join(quantity.protocols)
        raise Wrong(
            where,
            f"{named(where)} is 'test:{name}', a {other.protocol}, but {quantity.name} is measured in {allowed}",
        )


def _check_own(where: Place, expect: Expect, name: str, test: Any) -> None:
    steps = [f"step{number + 1}" for number in range(len(test.step_ends))] if test.protocol == "clamp" else []
    if name != "fasting" and name not in steps:
        allowed = ", ".join(f"own:{one}" for one in ("fasting", *steps))
        raise Wrong(where, f"{named(where)} is 'own:{name}', allowed: {allowed}")
    if name == "fasting" and find_quantity(expect.quantity).whole:
        raise Wrong(
            where,
            f"{named(where)} is 'own:fasting', but {expect.quantity} is of the whole test, allowed: another arm or test",
        )


# ---- lines ----------------------------------------------------------------------------------------------------------


def line_of(text: str, place: Place) -> int | None:
    """Return the line of a place of a file, as near as it can be found, counted from 1."""
    if not place:
        return None
    lines = text.splitlines()
    table = str(place[0])
    count = place[1] if len(place) > 1 and isinstance(place[1], int) else 0
    begin, stop = _section(lines, table, count)
    keys = [part for part in place if isinstance(part, str)]
    for key in reversed(keys):
        for number in range(begin, stop):
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", lines[number]):
                return number + 1
    for key in reversed(keys[1:]):
        for number in range(begin, stop):
            if re.search(rf"[{{,\s][\"']?{re.escape(key)}[\"']?\s*=", lines[number]):
                return number + 1
    return begin + 1 if begin < len(lines) and lines[begin].lstrip().startswith("[") else None


HEAD = re.compile(r"\s*\[{1,2}\s*([A-Za-z_]\w*)\s*\]{1,2}\s*(?:#.*)?$")


def _section(lines: list[str], table: str, count: int) -> tuple[int, int]:
    """Return first and last line of a table's section; of all before the first section for a plain key."""
    heads = {number: head[1] for number, line in enumerate(lines) if (head := HEAD.match(line))}
    own = [number for number, name in heads.items() if name == table]
    if count < len(own):
        after = [number for number in heads if number > own[count]]
        return own[count], after[0] if after else len(lines)
    return 0, min(heads, default=len(lines))


# ---- what can be read of a bad file ---------------------------------------------------------------------------------


def raw_expects(path: str | Path) -> list[dict[str, Any]]:
    """Return the expectations of a file as far as they can be read, plain; those of a damaged file one by one."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return []
    try:
        found = tomllib.loads(text).get("expect", [])
    except tomllib.TOMLDecodeError:
        parts = re.split(r"^\s*\[\[\s*expect\s*\]\]", text, flags=re.M)[1:]
        found = [_salvaged(re.split(r"^\s*\[", part, maxsplit=1, flags=re.M)[0]) for part in parts]
    found = found if isinstance(found, list) else [found]
    return [item if isinstance(item, dict) else {} for item in found]


def _salvaged(text: str) -> dict[str, Any]:
    """Return the lines of a table that can be read."""
    kept: dict[str, Any] = {}
    for line in text.splitlines():
        try:
            kept |= tomllib.loads(line)
        except tomllib.TOMLDecodeError:
            continue
    return kept
