"""Tests of a body on the page: each runs on a copy, minute by minute, while the body itself waits.

What is read is what :func:`insulattice.runs.simulate` reads: the copy lives one resting minute first, and its numbers
come from the same summary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ...environment.interventions import LipidInfusion
from ...environment.observe import Quantity, observe_blood
from ...environment.protocols import Clamp, MixedMeal, OralGlucose, TimedRule
from ...environment.rule import Rule
from ..summary import Course, summarise
from .side import Side
from .treatments import in_words


class Reading(NamedTuple):
    """A number that a test gives: its key in the summary, words and unit."""

    key: str
    words: str
    unit: str


class BodyTest(NamedTuple):
    """A test that the page offers.

    Attributes
    ----------
    title, plain : str
        On its button, and what it is in plain words.
    words, unit : str
        Of its dose.
    usual, low, high : float
        The dose [its unit].
    make : callable
        Returns the protocol for a dose.
    readings : tuple of Reading
        What it is read for; the first is what it is done for.
    lead_minutes : float
        For how long ``lead`` acts before the protocol begins, and then on [min].
    lead : callable
        Returns the rules that act from the start, for a dose.
    """

    title: str
    plain: str
    words: str
    unit: str
    usual: float
    low: float
    high: float
    make: Callable[[float], TimedRule]
    readings: tuple[Reading, ...]
    lead_minutes: float = 0.0
    lead: Callable[[float], tuple[Rule, ...]] = lambda dose: ()


CLAMP_READINGS = (
    Reading("m_value_mg_kg_min", "M-value", "mg/kg/min"),
    Reading("egp_suppression_percent", "glucose production suppressed", "%"),
    Reading("lipolysis_suppression_percent", "lipolysis suppressed", "%"),
    Reading("plasma_insulin_pM", "plasma insulin", "pM"),
)
DRINK_READINGS = (
    Reading("glucose_2h_mM", "glucose after 2 h", "mM"),
    Reading("glucose_peak_mM", "peak of glucose", "mM"),
    Reading("insulin_peak_pM", "peak of insulin", "pM"),
    Reading("matsuda", "Matsuda index", ""),
    Reading("homa_ir", "HOMA-IR", ""),
)

TESTS: dict[str, BodyTest] = {
    "clamp": BodyTest(
        "Clamp",
        "Insulin runs into a vein at a fixed rate for 3 hours, and as much glucose as keeps blood glucose at 5 mM. "
        "The more glucose that takes (the M-value), the more sensitive the body is.",
        "insulin", "mU/m²/min", 40.0, 1.0, 1000.0, Clamp, CLAMP_READINGS,
    ),
    "ogtt": BodyTest(
        "Glucose drink (OGTT)",
        "A drink of glucose, followed for 3 hours. Above 11.1 mM after 2 hours is diabetes, from 7.8 mM prediabetes.",
        "glucose", "g", 75.0, 1.0, 300.0, lambda dose: OralGlucose(glucose_g=dose), DRINK_READINGS,
    ),
    "meal": BodyTest(
        "Meal",
        "A mixed meal with so much carbohydrate, and fat and protein to go with it, followed for 7 hours.",
        "carbohydrate", "g", 78.0, 1.0, 300.0,
        lambda dose: MixedMeal(carbohydrate_g=dose, fat_g=dose * 35.0 / 78.0, protein_g=dose * 29.0 / 78.0),
        DRINK_READINGS,
    ),
    "lipid": BodyTest(
        "Lipid infusion, then clamp",
        "Fat runs into a vein for 4 hours, and on during a clamp of 3 hours. Compare its M-value with that of a clamp "
        "alone: too much fat makes muscle resistant within hours.",
        "fatty acids", "mM", 1.5, 0.1, 10.0, lambda dose: Clamp(), CLAMP_READINGS, 240.0,
        lambda dose: (LipidInfusion(ffa_mM=dose),),
    ),
}  # fmt: skip
"""The tests by name, each as it is usually done."""


class Result(NamedTuple):
    """What a test of one body gave.

    Attributes
    ----------
    title, dose, when, side, under : str
        Which test, how much, when in the life of the body, of which body, under which treatments.
    readings : tuple of (Reading, float)
        The numbers.
    """

    title: str
    dose: str
    when: str
    side: str
    under: str
    readings: tuple[tuple[Reading, float], ...]


class RunningTest:
    """A test on its course.

    Attributes
    ----------
    test : BodyTest
    dose : float
        [its unit].
    patients : list of Side
        The copies that are tested.
    minute : float
        Time since the test began [min].
    results : list of Result
        One for each patient, once it is over.

    Raises
    ------
    ValueError
        For a dose out of range.
    """

    def __init__(self, test: BodyTest, dose: float, sides: Sequence[Side]) -> None:
        if not test.low <= dose <= test.high:
            raise ValueError(
                f"{test.words} is {dose:g} {test.unit}, allowed: {test.low:g} to {test.high:g} {test.unit}"
            )
        self.test, self.dose = test, dose
        self.protocol = test.make(dose)
        self.minute = 0.0
        self.results: list[Result] = []
        self._when = [side.day_and_time() for side in sides]
        self._under = [in_words(side.rules) for side in sides]
        self.patients = [_patient(side) for side in sides]
        for patient in self.patients:
            patient.put_under((*patient.rules, *test.lead(dose)))
        self._looks: list[list[dict[Quantity, float]]] = [[] for _ in sides]
        if not test.lead_minutes:
            self._begin()

    @property
    def minutes(self) -> float:
        """How long it takes in all [min]."""
        return self.test.lead_minutes + self.protocol.minutes

    @property
    def over(self) -> bool:
        """Whether it is done."""
        return self.minute >= self.minutes

    def course(self, minutes: int) -> Iterator[None]:
        """Let some minutes pass; gives control back after each."""
        for _ in range(minutes):
            if self.over:
                return
            for patient in self.patients:
                patient.live_minute()
            self.minute += 1.0
            if self.minute == self.test.lead_minutes:
                self._begin()
            elif self.minute > self.test.lead_minutes:
                self._note()
            if self.over:
                self._finish()
            yield

    def words(self) -> str:
        """Return how far it is."""
        dose = f"{self.dose:g} {self.test.unit} of {self.test.words}"
        return f"{self.test.title}, {dose}: minute {self.minute:g} of {self.minutes:g}"

    def _begin(self) -> None:
        for patient in self.patients:
            patient.put_under((*patient.rules, self.protocol))
        self._note()

    def _note(self) -> None:
        for patient, looks in zip(self.patients, self._looks, strict=True):
            looks.append(observe_blood(patient.body))

    def _finish(self) -> None:
        times = [float(minute) for minute in range(len(self._looks[0]))]
        for patient, looks, when, under in zip(
            self.patients, self._looks, self._when, self._under, strict=True
        ):
            summary: dict[str, Any] = summarise(self.protocol, Course(times, looks))
            readings = tuple((reading, float(summary[reading.key])) for reading in self.test.readings)
            dose = f"{self.dose:g} {self.test.unit}"
            self.results.append(Result(self.test.title, dose, when, patient.name, under, readings))


def _patient(side: Side) -> Side:
    """Return a copy of a body that fasts, one resting minute later."""
    body = side.body.branch()
    ongoing = [rule for rule in side.rules if body.memory(rule)]
    patient = Side(side.name, body, ongoing, meals=False)
    patient.live_minute()
    patient.put_under(side.rules)
    return patient
