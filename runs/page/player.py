"""What stands behind the page: bodies that live, and snapshots of them that never change.

The page reads snapshots only. A snapshot is made in a worker thread, under a lock, from the arrays; the next one is
made when the browser has drawn the last, so that a slow browser slows the model down and nothing piles up. However much
is to be lived until the next picture, the lock is given back every quarter of a second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...environment.body import Body, SimulationError
from ...environment.clock import DAY
from ...environment.living import longest_period
from ...environment.observe import Quantity
from ...environment.rule import Rule
from ...environment.settle import settle
from .chain import CellCard, cell_card
from .charts import Chart, Mark, spread_chart, time_chart
from .look import Look, Marked, Sight, TissuePicture, find_cell, look_at, looks
from .pace import TEST_MINUTES, Leaps, Pace
from .side import Side
from .spread import spreads
from .testing import TESTS, Result, RunningTest
from .treatments import in_words

NOBODY_LOOKS = 10.0
"""Seconds after which a browser that does not answer is taken as gone."""
BEAT = 0.25
"""Seconds for which the model lives before it gives the word back."""
CHARTS_EVERY = 0.5
"""Seconds between two drawings of the time courses while the model plays; they cost more than the tissues."""
MOST_MARKS = 12
"""Things done that are marked on the time axis; of more, the last."""

UNTREATED, AS_BEFORE, TREATED = "Untreated", "As before", "Treated"


@dataclass(frozen=True)
class Settings:
    """What a body is built from."""

    phenotype: str = "lean"
    cells: int = 3000
    seed: int = 1


@dataclass(frozen=True)
class Gaze:
    """What the visitor looks at: what colours the cells, the layer over them, and the cell that was chosen."""

    look: Look
    layer: str = ""
    side: int = 0
    marked: Marked | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What the page shows of one moment.

    Attributes
    ----------
    number : int
        Counts the snapshots of a player.
    words : str
        When in the life, or in the test, this is.
    minute : float
        Minutes since the body was built, or since the test began [min].
    pictures : dict of str to tuple of TissuePicture
        By name of the body.
    seen : dict of str to dict
        Everything that is observed, by name of the body.
    courses, spread : Chart
    cell : CellCard or None
        The cell that was chosen, if it is still there.
    test : str
        Title of the test that is shown; empty in life.
    over : bool
        Whether that test is done.
    results : tuple of Result
        Of all tests so far.
    """

    number: int
    words: str
    minute: float
    pictures: dict[str, tuple[TissuePicture, ...]]
    seen: dict[str, dict[Quantity, float]]
    courses: Chart
    spread: Chart
    cell: CellCard | None
    test: str
    over: bool
    results: tuple[Result, ...]


Extras = tuple[Chart, Chart, CellCard | None]
"""Time courses, distributions, and the cell that was chosen."""


def build_body(settings: Settings, progress: Callable[[float], None] | None = None) -> Body:
    """Return a settled body.

    Parameters
    ----------
    settings : Settings
    progress : callable, optional
        Called with the share of the settling that is done, in [0, 1].
    """
    body = Body(settings.phenotype, cells=settings.cells, seed=settings.seed, settle=False)
    settle(body, progress)
    return body


class Player:
    """Lets bodies live and takes snapshots of them.

    Parameters
    ----------
    settings : Settings
    body : Body, optional
        A body that there is already; else it is built.

    Attributes
    ----------
    looks : dict of str to Look
        What cells can be coloured by, by printed name.
    sides : list of Side
        The body alone, or the one that goes on as it was and the one that is treated.
    minute : float
        Time since the body was built [min].
    test : RunningTest or None
        The test that is shown.
    results : list of Result
        Of all tests so far.
    """

    def __init__(self, settings: Settings, body: Body | None = None) -> None:
        self.settings = settings
        self.sides = [Side("", build_body(settings) if body is None else body)]
        self.looks = looks(self.treated.body)
        self.gaze = Gaze(next(iter(self.looks.values())))
        self.minute = 0.0
        self.test: RunningTest | None = None
        self.results: list[Result] = []
        self.marks: list[Mark] = []
        self._wanted: tuple[tuple[Rule, ...], bool] = ((), True)
        self._leaps = Leaps()
        self._frame: tuple[Pace, Iterator[None]] | None = None
        self._limits: dict[Look, dict[str, tuple[float, float]]] = {}
        self._before = Sight(self.treated.body.branch())
        self._number, self._drawn = 0, 0
        self._kept: tuple[tuple[Any, ...], Extras] | None = None
        self._kept_at = 0.0
        self.lock = threading.Lock()
        self._news = threading.Condition()
        self.treated.look(0.0)

    @property
    def treated(self) -> Side:
        """The body that the switches act on."""
        return self.sides[-1]

    @property
    def shown(self) -> list[Side]:
        """The bodies that are shown: those in a test, else those that live."""
        return self.sides if self.test is None else self.test.patients

    # ---- what the visitor does ----------------------------------------------------------------------------------

    def want(self, rules: Sequence[Rule], meals: bool) -> None:
        """Let rules act from the next minute on, with or without meals."""
        self._wanted = (tuple(rules), meals)

    def branch(self) -> None:
        """Let a copy go on as the body is now, beside the one that the switches act on."""
        with self.lock:
            self._forget_frame()
            self._obey()
            name = AS_BEFORE if self.treated.rules else UNTREATED
            self.treated.name = TREATED
            self.sides = [self.treated.branch(name), self.treated]
            self._before = Sight(self.treated.body.branch())
            self._mark("branch")

    def unite(self) -> None:
        """Go on with the treated body alone."""
        with self.lock:
            self._forget_frame()
            self.sides = [self.treated]
            self.treated.name = ""

    def keep_as_before(self) -> None:
        """Take the moment that is shown as the one that distributions are compared with."""
        with self.lock:
            self._before = Sight(self.shown[-1].body.branch())
            self._kept = None

    def begin_test(self, name: str, dose: float) -> None:
        """Begin a test on copies of the bodies.

        Raises
        ------
        ValueError
            For a dose out of range.
        """
        with self.lock:
            self._obey()
            self.test = RunningTest(TESTS[name], dose, self.sides)
            self._forget_frame()
            for patient in self.shown:
                patient.look(0.0)

    def leave_test(self) -> None:
        """Go back to the bodies as they were before the test."""
        with self.lock:
            self.test = None
            self._forget_frame()

    def choose(self, side: int, tissue: int, row: int, column: int) -> Marked | None:
        """Return the cell at a place of a picture, and look at it from now on."""
        with self.lock:
            if side >= len(self.shown):
                return None
            body = self.shown[side].body
            found = find_cell(body, list(body.compartments)[tissue], row, column)
            if found is not None:
                self.gaze = Gaze(self.gaze.look, self.gaze.layer, side, found)
            return found

    # ---- time ---------------------------------------------------------------------------------------------------

    def beat(self, pace: Pace) -> Snapshot | str:
        """Live on for a moment; return a snapshot if that was all until the next picture, else how far it is.

        Raises
        ------
        SimulationError
            If a state left its range.
        """
        with self.lock:
            if self._frame is None or self._frame[0] != pace:
                self._frame = (pace, self._course(pace))
            until = time.monotonic() + BEAT
            try:
                for _ in self._frame[1]:
                    if time.monotonic() > until:
                        return self.words()
            except (ArithmeticError, ValueError) as error:
                raise SimulationError(f"{self.words()}: {error}") from error
            self._forget_frame()
            return self._snapshot(CHARTS_EVERY)

    def look(self) -> Snapshot:
        """Look without letting time pass; the charts are up to date."""
        with self.lock:
            return self._snapshot(0.0)

    def words(self) -> str:
        """Return when in the life, or in the test, it is."""
        return self.treated.day_and_time().capitalize() if self.test is None else self.test.words()

    def _forget_frame(self) -> None:
        self._frame = None
        self._kept = None

    def _course(self, pace: Pace) -> Iterator[None]:
        """Live until the next picture; gives control back after each minute."""
        if self.test is not None:
            yield from self.test.course(min(pace.minutes or TEST_MINUTES, TEST_MINUTES))
            if self.test.over and not set(self.test.results) <= set(self.results):
                self.results += self.test.results
        elif pace.days:
            yield from self._days(pace.days)
        else:
            for _ in range(pace.minutes):
                self._live_minute()
                yield

    def _days(self, days: int) -> Iterator[None]:
        """Live days, from one morning to another; a day that has begun is lived to its end."""
        if self.treated.body.minute % DAY:
            while self.treated.body.minute % DAY:
                self._live_minute()
                yield
            return
        self._obey()
        period = longest_period([rule for side in self.sides for rule in side.rules])
        for lived, skipped in self._leaps.blocks(days, period):
            for side in self.sides:
                side.begin_days()
            for _ in range(lived * DAY):
                self._live_minute()
                yield
            for side in self.sides:
                side.end_days(skipped)
            self.minute += skipped * DAY

    def _live_minute(self) -> None:
        self._obey()
        for side in self.sides:
            side.live_minute()
        self.minute += 1.0

    def _obey(self) -> None:
        """Let what is wanted act on the treated body, and meals on all."""
        rules, meals = self._wanted
        for side in self.sides:
            if side.meals != meals:
                side.meals, self._leaps = meals, Leaps()
        if rules != self.treated.rules:
            before, now = in_words(self.treated.rules), in_words(rules)
            self.treated.put_under(rules)
            self._leaps = Leaps()
            if before != now:
                self._mark(now or "all off")

    def _mark(self, words: str) -> None:
        """Mark on the time axis that something was done."""
        self.marks = [*self.marks[-MOST_MARKS + 1 :], Mark(self.minute, self.treated.day_and_time(), words)]

    # ---- looking ------------------------------------------------------------------------------------------------

    def _snapshot(self, charts_every: float) -> Snapshot:
        self._number += 1
        sides, gaze, test = self.shown, self.gaze, self.test
        minute = self.minute if test is None else test.minute
        seen = {side.name: side.look(minute) for side in sides}
        sights = {side.name: Sight(side.body) for side in sides}
        limits = self._limits.setdefault(gaze.look, {})
        pictures = {
            name: look_at(sight, gaze.look, limits, gaze.layer, gaze.marked if i == gaze.side else None)
            for i, (name, sight) in enumerate(sights.items())
        }
        extras = self._extras(sights, charts_every)
        return Snapshot(
            self._number, self.words(), minute, pictures, seen, *extras,
            "" if test is None else test.test.title, test is not None and test.over, tuple(self.results),
        )  # fmt: skip

    def _extras(self, sights: dict[str, Sight], every: float) -> Extras:
        """Return charts and the chosen cell; while the model plays they may lag behind."""
        gaze = self.gaze
        key = (gaze.look, gaze.marked, gaze.side, self.test, len(self.sides))
        if self._kept is None or self._kept[0] != key or time.monotonic() - self._kept_at >= every:
            tracks = {side.name: side.track for side in self.shown}
            courses = time_chart(tracks, self.test is not None, [] if self.test is not None else self.marks)
            named = {"before": self._before} | {name or "now": sight for name, sight in sights.items()}
            watched = list(sights.values())[gaze.side : gaze.side + 1] if gaze.marked is not None else []
            cell = cell_card(watched[0], gaze.marked) if watched and gaze.marked is not None else None
            self._kept = key, (courses, spread_chart(spreads(named, gaze.look)), cell)
            self._kept_at = time.monotonic()
        return self._kept[1]

    def note_drawn(self, number: int) -> None:
        """Take note that the browser has drawn a snapshot."""
        with self._news:
            self._drawn = number
            self._news.notify_all()

    def wait_until_drawn(self, number: int) -> bool:
        """Wait until the browser has drawn a snapshot; False if it does not answer."""
        with self._news:
            return self._news.wait_for(lambda: self._drawn >= number, NOBODY_LOOKS)
