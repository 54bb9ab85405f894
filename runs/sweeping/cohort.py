"""Cohorts: a virtual population is drawn, each subject is given to an arm, and all are tested before and after.

Subjects are drawn as in :mod:`..subjects` (body mass index, age, activity, beta-cell ceiling, genes). In a ``parallel``
trial each lives in one arm, dealt at random in equal numbers; in a ``crossover`` the very same body lives in every arm
from the same moment, which no clinic can do. What is random is keyed by seed, subject and name.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...agents.parameters import nearest
from ...agents.variation import uniform
from ..sources import digest_of
from ..study.schema import Population
from ..study.subjects import Subject, draw_subject, settle_representative
from .body_experiment import loaded
from .design import Point

DESIGNS = ("parallel", "crossover")
PEOPLE = ("bmi", "age", "activity", "sex")


@dataclass(frozen=True)
class CohortExperiment:
    """One subject in one arm; called with both, it gives numbers before and after.

    Attributes
    ----------
    phenotype : str
        Around which subjects are drawn.
    people : tuple of (str, float or str)
        Inputs that are known of them: ``bmi``, ``age``, ``activity``, ``sex``.
    arms : tuple of (str, tuple of str)
        Rules by the name of the arm; the first is the control.
    days : float
        [days].
    cells : int
    accelerated : bool
    tests : tuple of str
    """

    phenotype: str
    people: tuple[tuple[str, Any], ...]
    arms: tuple[tuple[str, tuple[str, ...]], ...]
    days: float
    cells: int = 240
    accelerated: bool = True
    tests: tuple[str, ...] = ("clamp",)
    name: str = "cohort"

    @property
    def code(self) -> str:
        """Hash of the code behind it."""
        return digest_of("runs.sweeping.cohort")[:20]

    def __call__(
        self, *, subject: int, arm: str, seed: int, prepared: bytes | None = None
    ) -> dict[str, float]:
        """Return numbers of the tests, as ``before.clamp.m_value_mg_kg_min`` and ``after.``..."""
        from ...environment import read_rule
        from ..checkup import check_up

        body = self._subject(subject, seed).body(self.cells) if prepared is None else loaded(prepared)
        rules = [read_rule(rule) for rule in dict(self.arms)[arm]]
        found = {"before": check_up(body, self.tests)}
        body.live(self.days, rules, accelerated=self.accelerated)
        found["after"] = check_up(body, self.tests, rules)
        return {
            f"{when}.{test}.{name}": value
            for when, results in found.items()
            for test, numbers in results.items()
            for name, value in numbers.items()
        }

    def shared(self, point: Point, seed: int) -> Any:
        """Return what the settled body depends on: the subject, not the arm."""
        return [self.phenotype, [list(pair) for pair in self.people], self.cells, point["subject"], seed]

    def prepare(self, point: Point, seed: int) -> bytes:
        """Return the settled subject as the content of a checkpoint."""
        body = self._subject(point["subject"], seed).body(self.cells)
        with tempfile.TemporaryDirectory() as folder:
            return body.save(Path(folder) / "body.npz").read_bytes()

    def warm(self) -> None:
        """Compile, and have the phenotype's years lived and its body settled, once for all processes of a machine."""
        settle_representative(self.phenotype, self.cells)

    def check(self, point: Point) -> None:
        """Raise a ValueError for a subject or an arm that there is not."""
        if point["arm"] not in dict(self.arms):
            raise ValueError(
                f"no arm is called {point['arm']!r}.{nearest(str(point['arm']), list(dict(self.arms)))}"
            )

    def check_all(self) -> None:
        """Raise a ValueError for anything that cannot be run."""
        from ...environment import find_phenotype, read_rule
        from ...environment.body import FEWEST_CELLS, MOST_CELLS
        from ..checkup import find_test
        from ..life import check_life

        find_phenotype(self.phenotype)
        if not FEWEST_CELLS <= self.cells <= MOST_CELLS:
            raise ValueError(
                f"cells is {self.cells}, allowed: a whole number from {FEWEST_CELLS} to {MOST_CELLS}"
            )
        for test in self.tests:
            find_test(test)
        for _, rules in self.arms:
            check_life(self.days, 1.0, [read_rule(rule) for rule in rules])
        population(self.phenotype, self.people)

    def _subject(self, number: int, seed: int) -> Subject:
        return draw_subject(population(self.phenotype, self.people), seed, number)


def population(phenotype: str, people: tuple[tuple[str, Any], ...]) -> Population:
    """Return who is drawn.

    Raises
    ------
    ValueError
        For a number out of range.
    """
    from pydantic import ValidationError

    try:
        return Population.model_validate({"phenotype": phenotype, **dict(people)})
    except ValidationError as error:
        first = error.errors()[0]
        allowed = str(first["msg"]).removeprefix("Input should be ")
        name = ".".join(map(str, first["loc"]))
        raise ValueError(f"{name} is {first['input']!r}, allowed: {allowed}") from None


def trial_points(arms: list[str], subjects: int, design: str, seed: int) -> list[Point]:
    """Return who lives in which arm.

    Parameters
    ----------
    arms : list of str
    subjects : int
        In all.
    design : str
        One of ``DESIGNS``.
    seed : int
        Of the randomisation: subjects are put in a random order, and arms are dealt one after the other.

    Raises
    ------
    ValueError
        For an unknown design, or too few subjects for two in each arm.
    """
    if design not in DESIGNS:
        raise ValueError(
            f"design {design!r}, allowed: {', '.join(DESIGNS)}.{nearest(design, DESIGNS, listed=True)}"
        )
    least = 2 if design == "crossover" else 2 * len(arms)
    if not least <= subjects <= 1_000_000:
        raise ValueError(f"subjects is {subjects}, allowed: {least} or more, two in each arm")
    if design == "crossover":
        return [{"subject": number, "arm": arm} for number in range(subjects) for arm in arms]
    order = np.argsort(uniform(seed, "trial", subjects, "arm"))
    dealt = {int(number): arms[place % len(arms)] for place, number in enumerate(order)}
    return [{"subject": number, "arm": dealt[number]} for number in range(subjects)]
