"""Life: a body lives for days under rules, while a diary goes to a file, and it can be interrupted at any time.

A life is lived in stretches. At the end of each the rows of the diary are put on disk and then, if asked for, the body
is (see :mod:`insulattice.environment.checkpoint`); whatever ends a run, at most a stretch is lost. A life that is
resumed gives the very rows of one that was not interrupted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from ..environment import checkpoint as checkpoints
from ..environment.body import Body, SimulationError
from ..environment.clock import DAY, DAYS_MAX
from ..environment.interventions import check_rules
from ..environment.leap import Leap
from ..environment.living import (
    DailyLife,
    live_in_leaps,
    live_minutes,
    longest_period,
    schedule,
    under,
)
from ..environment.rule import Rule
from .diary import COLUMNS, Diary
from .provenance import describe_rule, provenance
from .stream import Stream

KINDS = {name: "number" if name in {"day", "value"} else "word" for name in COLUMNS}

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Plan:
    """What a life is to be: days, rules in words, how it is lived, and where its diary goes."""

    days: float
    rules: list[str]
    accelerated: bool
    every_days: float
    out: str | None


class Stretch(NamedTuple):
    """A piece of a life: minutes that are lived, and days over which slow states are then carried."""

    minutes: int
    skipped: int


@dataclass
class Life:
    """What was lived.

    Attributes
    ----------
    body : Body
        As it is at the end.
    path : Path or None
        The diary on disk, if it was to be kept there.
    notes : dict
        What the caller had kept with the checkpoint.
    """

    body: Body
    path: Path | None
    notes: dict[str, Any]
    rows: list[tuple[Any, ...]] = field(repr=False)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The diary; see :mod:`.diary` for its columns."""
        if self.path is None:
            return pd.DataFrame(self.rows, columns=list(COLUMNS))
        if self.path.suffix.lower() == ".csv":
            return pd.read_csv(self.path, keep_default_na=False, na_values={"value": [""]})
        return pd.read_parquet(self.path)


def live(
    body: Body,
    days: float,
    rules: Iterable[Rule] = (),
    accelerated: bool = False,
    out: str | Path | None = None,
    checkpoint: str | Path | None = None,
    every_days: float = 1.0,
    progress: Progress | None = None,
    notes: Mapping[str, Any] | None = None,
) -> Life:
    """Let a body live, and keep a diary.

    Parameters
    ----------
    body : Body
        It is changed: at the end it is so many days older.
    days : float
        How long [days].
    rules : iterable of Rule
        What acts; one that acted up to this moment goes on.
    accelerated : bool
        Live representative days only.
    out : str or Path, optional
        The diary, ``.csv`` or ``.parquet``; it is streamed there. Without it, the rows stay in memory.
    checkpoint : str or Path, optional
        Where the body is kept as it lives, and at the end; needs ``out``.
    every_days : float
        Length of a stretch at full resolution [days]; accelerated, a stretch ends with each gap.
    progress : callable, optional
        Called with the days done.
    notes : mapping, optional
        Plain data to keep in the checkpoint.

    Raises
    ------
    ValueError
        For days out of range, rules that do not go together, or a file that cannot be written.
    SimulationError
        If a state left its range, or the disk is full; what came before is kept.
    """
    rules = list(rules)
    check_life(days, every_days, rules)
    if checkpoint is not None and out is None:
        raise ValueError("a checkpoint is kept only of a life whose diary goes to a file; give out as well")
    place = None if out is None else str(Path(out).absolute())
    plan = Plan(float(days), [repr(rule) for rule in rules], accelerated, float(every_days), place)
    stream = None if out is None else Stream(out, KINDS)
    run = Living(body, plan, rules, stream, checkpoint, dict(notes or {}))
    run.begin()
    return run.finish(0, progress)


def resume(
    checkpoint: str | Path, rules: Iterable[Rule], progress: Progress | None = None, plan: Plan | None = None
) -> Life:
    """Go on with a life from its last checkpoint.

    Parameters
    ----------
    checkpoint : str or Path
        What :func:`live` kept.
    rules : iterable of Rule
        The rules of that life.
    progress : callable, optional
        Called with the days done.
    plan : Plan, optional
        What the life is thought to be; checked against what it is.

    Raises
    ------
    ValueError
        If the checkpoint cannot be used, or is of another life.
    """
    body, notes = checkpoints.load(checkpoint, Body)
    rules = list(rules)
    if "plan" not in notes:
        raise ValueError(f"{checkpoint} holds a body, but no life that was interrupted")
    kept = Plan(**notes["plan"])
    wanted = plan or Plan(**(asdict(kept) | {"rules": [repr(rule) for rule in rules]}))
    for name, value in asdict(kept).items():
        if getattr(wanted, name) != value:
            raise ValueError(
                f"{checkpoint} is of a life with {name} {value!r}, given {getattr(wanted, name)!r}"
            )
    checkpoints.clear_unfinished(checkpoint)
    stream = Stream(str(kept.out), KINDS, parts=notes["parts"])
    run = Living(body, kept, rules, stream, checkpoint, notes["notes"])
    run.diary.restore(notes["diary"])
    run.leap.restore(notes["leap"])
    return run.finish(notes["stretch"], progress)


def stretches(plan: Plan, rules: Sequence[Rule]) -> list[Stretch]:
    """Return the pieces of a life."""
    whole = round(plan.days * DAY)
    if plan.accelerated:
        blocks = schedule(int(plan.days), longest_period(rules))
        found = [Stretch(lived * DAY, skipped) for lived, skipped in blocks]
        left = whole - sum(lived * DAY + skipped * DAY for lived, skipped in blocks)
        return [*found, Stretch(left, 0)] if left else found
    step = max(1, round(plan.every_days * DAY))
    return [Stretch(min(step, whole - done), 0) for done in range(0, whole, step)]


class Living:
    """A life on its course.

    Parameters
    ----------
    body : Body
    plan : Plan
    rules : list of Rule
    stream : Stream or None
        Where the diary goes; without it, the rows stay in memory.
    checkpoint : str or Path, optional
        Where the body is kept.
    notes : dict, optional
        What is kept with it.
    label : tuple of str
        What every row begins with.
    """

    def __init__(
        self,
        body: Body,
        plan: Plan,
        rules: list[Rule],
        stream: Stream | None,
        checkpoint: str | Path | None = None,
        notes: dict[str, Any] | None = None,
        label: tuple[str, ...] = (),
    ) -> None:
        self.body, self.plan, self.rules = body, plan, rules
        self.stream, self.checkpoint, self.notes = stream, checkpoint, notes or {}
        self.label = label
        self.diary = Diary(body.minute)
        self.leap = Leap()
        self.rows: list[tuple[Any, ...]] = []

    def begin(self) -> None:
        """Look at the body before anything is done to it."""
        self.diary.open(self.body)
        self._keep(0)

    def go_on(self, done: int, progress: Progress | None) -> None:
        """Live what is left after so many stretches."""
        pieces = stretches(self.plan, self.rules)
        for number, piece in enumerate(pieces[done:], done + 1):
            try:
                self._live(piece, progress)
                if number == len(pieces):
                    self.diary.close(self.body)
            finally:
                self._write()
            self._keep(number)

    def finish(self, done: int, progress: Progress | None) -> Life:
        """Live what is left, and close the diary."""
        self.go_on(done, progress)
        path = None if self.stream is None else self.stream.close(self.provenance())
        if self.checkpoint is not None:
            checkpoints.save(self.body, self.checkpoint)
        return Life(self.body, path, self.notes, self.rows)

    def provenance(self) -> dict[str, Any]:
        """Return where the diary came from."""
        found = provenance(self.body, DailyLife(), self.plan.days * DAY)
        return found | {
            "rules": [describe_rule(rule) for rule in self.rules],
            "days": self.plan.days,
            "accelerated": self.plan.accelerated,
        }

    def _live(self, piece: Stretch, progress: Progress | None) -> None:
        """Live one stretch under the rules."""

        def watch(body: Body) -> None:
            self.diary.watch(body)
            if progress is not None and body.minute % DAY == 0.0:
                progress((body.minute - self.diary.began) / DAY)

        leaps = self.plan.accelerated and piece.minutes % DAY == 0
        days = piece.minutes // DAY
        try:
            with under(self.body, self.rules):
                if leaps:
                    blocks = [(days, piece.skipped)]
                    live_in_leaps(self.body, days + piece.skipped, blocks, None, watch, self.leap)
                else:
                    live_minutes(self.body, piece.minutes, None, watch)
        except (ArithmeticError, ValueError) as error:
            raise SimulationError(f"minute {self.body.minute:g}: {error}") from error

    def _write(self) -> None:
        """Hand the rows over, to the disk or to memory."""
        rows = [(*self.label, *row) for row in self.diary.take()]
        if self.stream is None:
            self.rows += rows
        else:
            self.stream.add(rows)

    def _keep(self, stretch: int) -> None:
        """Write a checkpoint after so many stretches, if one is wanted."""
        self._write()
        if self.checkpoint is None or self.stream is None:
            return
        notes = {
            "plan": asdict(self.plan),
            "stretch": stretch,
            "parts": self.stream.parts,
            "diary": self.diary.state(),
            "leap": self.leap.state(),
            "notes": self.notes,
        }
        try:
            checkpoints.save(self.body, self.checkpoint, notes)
        except ValueError as error:
            raise SimulationError(f"{error}{self.stream.kept()}") from None


def check_life(days: float, every_days: float, rules: Sequence[Rule]) -> None:
    """Raise a ValueError for days out of range, and for rules that do not go together."""
    if not (isfinite(days) and 0.0 < days <= DAYS_MAX):
        raise ValueError(f"days is {days:g}, allowed: above 0 to {DAYS_MAX:g}")
    if not (isfinite(every_days) and every_days > 0.0):
        raise ValueError(f"every_days is {every_days:g}, allowed: above 0")
    check_rules(rules, days)
