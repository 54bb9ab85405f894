"""What a study file may hold: tables, keys, and what is allowed in each."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from ...environment.interventions.intervention import Intervention
from ...environment.interventions.registry import read_rule
from ...environment.protocols import (
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
from .quantities import Reading, find_quantity

OPEN_END = 1440
"""A test without a length of its own may be read up to so many minutes after it began [min]."""

Number = Annotated[float, Field(allow_inf_nan=False)]

AS = ("value", "difference", "percent_change", "ratio")


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
    def when(self) -> str:
        """When it was seen, in words."""
        if self.window is not None:
            return f"{self.summary or 'mean'} {self.window[0]:g} to {self.window[1]:g} min"
        if self.at_minute is not None:
            return f"{self.at_minute:g} min"
        return "" if self.step is None else f"step {self.step}"

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
