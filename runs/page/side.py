"""One of the bodies that live on the page: what acts on it, and what is seen of it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...agents.kernel import BLOCK
from ...agents.population import Population
from ...analysis.measures import homa_ir
from ...environment.body import DAWN, Body
from ...environment.clock import DAY
from ...environment.compartment import Compartment
from ...environment.leap import Leap
from ...environment.living import DailyLife
from ...environment.observe import Quantity
from ...environment.response import observe_response
from ...environment.rule import Rule
from ..mesa_model import TissueModel
from .track import Track

SAMPLE = 512
"""Cells of each tissue that are stimulated aside to count the resistant ones; more would hold up the picture."""
RESPONSE_EVERY = 10.0
"""Minutes that have to pass before they are counted again [min]."""
CHECK_EVERY = 30
"""Minutes between looks for cells whose states are out of range; blood is looked at every minute."""


class Side:
    """A body on the page, with what acts on it.

    Attributes
    ----------
    name : str
        As the picture calls it; empty for a body alone.
    model : TissueModel
        The body as a Mesa model.
    rules : tuple of Rule
        What acts.
    meals : bool
        Whether it eats by the clock.
    track : Track
        What was seen, by minutes since the page began with this body.
    """

    def __init__(self, name: str, body: Body, rules: Sequence[Rule] = (), meals: bool = True) -> None:
        self.name = name
        self.model = TissueModel(body=body)
        self.rules: tuple[Rule, ...] = tuple(rules)
        self.meals = meals
        self.track = Track()
        self.first_dawn = body.minute - body.minute % DAY
        self.leap = Leap()
        self._response: dict[Quantity, float] = {}
        self._response_at = -np.inf

    @property
    def body(self) -> Body:
        """The body itself."""
        return self.model.body

    def put_under(self, rules: Sequence[Rule]) -> None:
        """Let other rules act from now on; one that acts already goes on."""
        for rule in rules:
            if rule not in self.rules:
                self.body.forget(rule)
        if tuple(rules) != self.rules:
            self.leap = Leap()
            self.leap.begin(self.body)
        self.rules = tuple(rules)

    def live_minute(self) -> None:
        """Live a minute.

        Raises
        ------
        SimulationError
            If a state left its range.
        """
        body = self.body
        body.rules = [*self.rules, DailyLife()] if self.meals else list(self.rules)
        body.step()
        body.check_blood()
        if body.minute % CHECK_EVERY == 0:
            body.check()

    def begin_days(self) -> None:
        """Look at the body before days that represent those to come."""
        self.leap.begin(self.body)

    def end_days(self, skipped: int) -> None:
        """Learn from the days just lived, and carry slow states over some more [days]."""
        self.leap.learn(self.body)
        if skipped:
            self.leap.carry(self.body, skipped)

    def look(self, minute: float, keep: bool = True) -> dict[Quantity, float]:
        """Return everything that is observed now; ``keep`` it under a minute of the page [min]."""
        self.model.catch_up()
        seen: dict[Quantity, float] = dict(self.model.observed)
        seen["body", "homa_ir"] = homa_ir(seen["blood", "glucose"], seen["blood", "insulin"])
        if self.body.minute - self._response_at >= RESPONSE_EVERY or not self._response:
            self._response, self._response_at = observe_response(sample(self.body)), self.body.minute
        seen |= self._response
        if keep:
            self.track.add(minute, seen)
        return seen

    def branch(self, name: str) -> Side:
        """Return a body that goes on from here by itself, with the same past."""
        other = Side(name, self.body.branch(), self.rules, self.meals)
        other.track, other.leap = copy.deepcopy(self.track), copy.deepcopy(self.leap)
        other.first_dawn = self.first_dawn
        return other

    def day_and_time(self) -> str:
        """Return the day of this life, and the time of day."""
        day = int((self.body.minute - self.first_dawn + DAWN) // DAY) + 1
        return f"day {day}, {int(self.body.clock // 60):02d}:{int(self.body.clock % 60):02d}"


def sample(body: Body, most: int = SAMPLE) -> Body:
    """Return a body aside that has at most so many cells in each tissue, evenly taken; only to be looked at."""
    aside = copy.copy(body)
    aside.compartments = {name: _thinned(home, most) for name, home in body.compartments.items()}
    return aside


def _thinned(home: Compartment[Any], most: int) -> Compartment[Any]:
    thinned = copy.copy(home)
    thinned.main = _some(home.main, most)
    thinned.populations = {thinned.main.cell_type.name: thinned.main}
    return thinned


def _some(cells: Population, most: int) -> Population:
    """Return a copy of some cells, in whole blocks."""
    some = copy.copy(cells)
    some.count = min(most, cells.count)
    chosen = np.linspace(0, cells.count - 1, some.count).round().astype(np.int64)
    places = np.resize(chosen, -(-some.count // BLOCK) * BLOCK)
    for name in ("rows", "fluxes", "site", "sites", "ids"):
        setattr(some, name, getattr(cells, name)[..., places].copy())
    return some
