"""Simulate: let a body live through a test, and keep what was seen."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterable
from math import ceil
from typing import Any

from ..environment.body import MINUTE, SUBSTEPS, Body, SimulationError
from ..environment.observe import Quantity, observe_blood, observe_cells
from ..environment.protocols import check_range
from ..environment.rule import Rule
from .provenance import provenance
from .record import Record, tidy
from .summary import Course, summarise

CELLS_EVERY = 10
"""Means over cells are kept every so many minutes, and at both ends."""

LONGEST_HOURS = 24.0 * 366.0


def simulate(
    body: Body,
    protocol: Rule,
    hours: float | None = None,
    every: int = 1,
    progress: Callable[[int, int], None] | None = None,
    rules: Iterable[Rule] = (),
) -> Record:
    """Test a copy of a body; the body itself stays as it was.

    Parameters
    ----------
    body : Body
        It lives one resting minute before the test, so that fluxes at time 0 are those of this moment.
    protocol : Rule
        Such as ``Clamp(...)``; any rule will do if ``hours`` is given.
    hours : float, optional
        Length of the run [h]; that of the protocol if not given. The last step of a clamp then goes on.
    every : int
        Minutes between the rows of the table [min].
    progress : callable, optional
        Called after each minute with the minutes done and the minutes in all.
    rules : iterable of Rule
        What else acts during the test; a rule that the body has been living under goes on.

    Raises
    ------
    SimulationError
        If a state left its range; the error has the record of what came before as ``record``.
    ValueError
        For a length or an ``every`` that is not allowed.
    """
    steps = _steps(protocol, hours)
    if every < 1 or every != int(every):
        raise ValueError(f"every is {every}, allowed: a whole number of minutes, 1 or more")
    began = time.perf_counter()
    living, test = body.branch(), copy.deepcopy(protocol)
    also = copy.deepcopy(list(rules))
    ongoing = [rule for rule in also if living.memory(rule)]
    living.rules += ongoing
    living.step()
    living.rules += [rule for rule in also if rule not in ongoing]
    made_by = provenance(living, protocol, steps * MINUTE)
    living.forget(test)
    living.rules.append(test)
    diary = _Diary(living, every)
    error = _live(living, steps, diary, progress)
    made_by["wall_s"] = time.perf_counter() - began
    record = diary.record(test, made_by)
    if error is not None:
        record.error = str(error)
        error.record = record
        raise error
    return record


def _steps(protocol: Rule, hours: float | None) -> int:
    """Return the length of a run in steps."""
    if hours is not None:
        check_range("hours", hours, 0.0, LONGEST_HOURS)
        return ceil(60.0 * hours / MINUTE - 1e-9)
    minutes: float | None = getattr(protocol, "minutes", None)
    if minutes is None:
        raise ValueError(f"{type(protocol).__name__} has no length of its own; give hours")
    return ceil(minutes / MINUTE - 1e-9)


def _live(
    body: Body, steps: int, diary: _Diary, progress: Callable[[int, int], None] | None
) -> SimulationError | None:
    """Live through the test; return why it stopped early, if it did."""
    diary.look(0, last=steps == 0)
    for done in range(1, steps + 1):
        try:
            body.step()
            body.check()
        except (SimulationError, ArithmeticError) as error:
            return SimulationError(f"stopped {done * MINUTE:g} min into the test: {error}")
        diary.look(done, last=done == steps)
        if progress is not None:
            progress(done, steps)
    return None


class _Diary:
    """Looks at a body, minute by minute."""

    def __init__(self, body: Body, every: int) -> None:
        self.body, self.every = body, every
        self.minutes: list[float] = []
        self.looks: list[dict[Quantity, float]] = []
        self.cell_looks: dict[int, dict[Quantity, float]] = {}

    def look(self, minute: int, last: bool) -> None:
        """Look at blood, and now and then at the cells."""
        self.minutes.append(minute * MINUTE)
        self.looks.append(observe_blood(self.body))
        if last or minute % CELLS_EVERY == 0:
            self.cell_looks[minute] = observe_cells(self.body)

    def record(self, protocol: Rule, made_by: dict[str, Any]) -> Record:
        """Return all that was seen."""
        body = self.body
        course = Course(self.minutes, self.looks)
        steps = len(self.looks) - 1
        shown = {k for k in range(steps + 1) if k % self.every == 0} | {steps}
        kept = sorted(shown | set(self.cell_looks))
        rows = [(self.looks[k] if k in shown else {}) | self.cell_looks.get(k, {}) for k in kept]
        present = sum(
            len(cells) for tissue in body.compartments.values() for cells in tissue.populations.values()
        )
        summary = {
            "phenotype": body.phenotype.name,
            "cells": body.cells,
            "cells_present": present,
            "seed": body.seed,
            "without": list(body.without),
        }
        summary |= summarise(protocol, course)
        summary |= {
            "audit_gap": body.audit(),
            "cell_steps": present * steps * SUBSTEPS,
            "wall_s": made_by["wall_s"],
        }
        body.rules = [rule for rule in body.rules if rule is not protocol]
        return Record(tidy([self.minutes[k] for k in kept], rows), summary, made_by, body)
