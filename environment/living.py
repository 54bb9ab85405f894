"""Free living: days of meals and nights, at full resolution or accelerated.

At full resolution every minute is lived. Accelerated, a body lives representative days and between them carries its
slow states ahead: each slow state of each cell goes on by the change of the day just lived, which fades at the pace at
which that state forgets,

    x(N days on) = x + change (q + q^2 + ... + q^N),     q = what is left of a disturbance after a day.

For mechanisms of pace "slow" q follows from the state's own loss; for the lipid stores of muscle and liver, which
recycle, it is estimated from two successive representative days (a secant). Fat mass goes on by the energy balance. The
first and the last days are lived without gaps, gaps grow from one to the next up to two weeks, and all rules keep their
clock. What this costs in accuracy is measured in docs/model.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import exp, isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..agents.population import Population
from .energy import DAYS_PER_YEAR
from .rule import Rule

if TYPE_CHECKING:
    from .body import Body

Array = NDArray[np.float64]

DAY = 1440
DAYS_MAX = 366.0 * 100.0
MEALS = {7.0 * 60.0: 0.25, 13.0 * 60.0: 0.35, 19.0 * 60.0: 0.4}
"""Share of the day's food by clock time [min]."""
CHECK_EVERY = 30
"""Minutes between looks for cells whose states are out of range; blood is looked at every minute."""

FIRST_DAYS, LAST_DAYS = 2, 2
LONGEST_GAP = 14
GAP_GROWTH = 1.5

STORES = ("triglyceride", "ceramide")
"""Slow states of muscle and liver whose mechanisms run at medium pace."""
STORE_MEMORY = exp(-1.0 / 8.0)
"""Share of a disturbance of a lipid store that is left after a day, until two days have shown it [1]."""
LONGEST_MEMORY = exp(-1.0 / 120.0)
LARGEST_CARRY = 0.5
"""A gap changes no state by more than this share."""

Slow = dict[tuple[str, str, str], Array]
ID = "id"


class DailyLife:
    """Three meals a day, by the body's conduct."""

    def act(self, body: Body, dt: float) -> None:
        """Eat if it is time."""
        share = MEALS.get(body.clock)
        if share is not None:
            conduct, p = body.conduct, body.p
            energy = share * conduct.intake
            body.eat(
                energy * conduct.carbohydrate / p.energy_of_carbohydrate,
                energy * conduct.fat / p.energy_of_fat,
                energy * conduct.protein / p.energy_of_protein,
            )


def live(
    body: Body,
    days: float,
    rules: Iterable[Rule] = (),
    accelerated: bool = False,
    progress: Callable[[float], None] | None = None,
    watch: Callable[[Body], None] | None = None,
) -> None:
    """Let a body live; see :meth:`Body.live`."""
    if not (isfinite(days) and 0.0 <= days <= DAYS_MAX):
        raise ValueError(f"days is {days:g}, allowed: 0 to {DAYS_MAX:g}")
    rules = list(rules)
    with under(body, rules):
        if accelerated:
            live_in_leaps(body, days, schedule(int(days), longest_period(rules)), progress, watch)
        else:
            live_minutes(body, round(days * DAY), progress, watch)


@contextmanager
def under(body: Body, rules: Sequence[Rule]) -> Iterator[None]:
    """Put a body under rules and three meals a day for a while; what acted up to this moment goes on as it was."""
    resume(body, rules)
    before = body.rules
    body.rules = [*before, *rules, DailyLife()]
    try:
        yield
    finally:
        body.rules = before
        for rule in rules:
            body.memory(rule)["until"] = body.minute


def longest_period(rules: Iterable[Rule]) -> int:
    """Return the days after which all rules repeat that say so, as the longest of them [days]."""
    return max([1, *(int(getattr(rule, "period_days", 1)) for rule in rules)])


def resume(body: Body, rules: Iterable[Rule]) -> None:
    """Let rules that acted up to this moment go on, and all others begin anew."""
    for rule in rules:
        if body.memory(rule).get("until") != body.minute:
            body.forget(rule)


def live_minutes(
    body: Body,
    minutes: int,
    progress: Callable[[float], None] | None = None,
    watch: Callable[[Body], None] | None = None,
    done: float = 0.0,
) -> None:
    """Live every minute."""
    for minute in range(1, minutes + 1):
        body.step()
        body.check_blood()
        if minute % CHECK_EVERY == 0 or minute == minutes:
            body.check()
        if watch is not None:
            watch(body)
        if progress is not None and minute % DAY == 0:
            progress(done + minute / DAY)


# ---- accelerated ------------------------------------------------------------------------------------------------


def schedule(days: int, period: int = 1) -> list[tuple[int, int]]:
    """Return the blocks of days to live, each with the days that are then carried over.

    Parameters
    ----------
    days : int
        In all.
    period : int
        Days after which rules repeat; blocks and gaps are whole multiples of it.
    """
    first, last = max(FIRST_DAYS, period), max(LAST_DAYS, period)
    blocks = [(min(first, days), 0)] if days else []
    left = days - min(first, days)
    gap = 1.0
    while left > last:
        skipped = min(int(gap), left - last - period, LONGEST_GAP)
        skipped = max(0, skipped // period * period)
        blocks.append((min(period, left), skipped))
        left -= min(period, left) + skipped
        gap = max(gap * GAP_GROWTH, period)
    return [*blocks, (left, 0)] if left else blocks


def live_in_leaps(
    body: Body,
    days: float,
    blocks: Sequence[tuple[int, int]],
    progress: Callable[[float], None] | None = None,
    watch: Callable[[Body], None] | None = None,
    leap: Leap | None = None,
) -> None:
    """Live blocks of days and carry the slow states over the gaps; ``leap`` knows what blocks before these showed."""
    leap = Leap() if leap is None else leap
    done = 0
    for lived, skipped in blocks:
        for _ in range(lived):
            before = slow_states(body)
            body.energy.look_anew()
            live_minutes(body, DAY, None, watch)
            leap.learn(body, before)
        if skipped:
            leap.carry(body, skipped)
        done += lived + skipped
        if progress is not None:
            progress(float(done))
    live_minutes(body, round((days - done) * DAY), None, watch)


def slow_states(body: Body) -> Slow:
    """Return a copy of every slow state, by tissue, cell type and name, and beside them the numbers of the cells."""
    found: Slow = {}
    for tissue, compartment in body.compartments.items():
        for kind, cells in compartment.populations.items():
            found |= {(tissue, kind, state): cells[state].copy() for state in _slow_names(tissue, cells)}
            found[tissue, kind, ID] = cells.ids[: cells.count].astype(float)
    return found


def _slow_names(tissue: str, cells: Population) -> list[str]:
    """Return the names of the states of a population that change over days."""
    names = [state for m in cells.cell_type.mechanisms if m.pace == "slow" for state in m.states]
    return names + [state for state in STORES if tissue != "fat" and state in cells]


class Leap:
    """Carries slow states over days that are not lived.

    Keeps, for each slow state of each tissue, its mean and mean change of the last representative day.
    """

    def __init__(self) -> None:
        self.changes: Slow = {}
        self.seen: dict[tuple[str, str, str], tuple[float, float]] = {}
        self.kept: dict[tuple[str, str, str], float] = {}

    def state(self) -> list[list[Any]]:
        """Return what is known after a gap as plain data: each state with its last level and change, and memory."""
        return [[*key, *seen, self.kept.get(key)] for key, seen in self.seen.items()]

    def restore(self, state: list[list[Any]]) -> None:
        """Go on from such data."""
        for tissue, kind, name, level, change, kept in state:
            self.seen[tissue, kind, name] = (level, change)
            if kept is not None:
                self.kept[tissue, kind, name] = kept

    def learn(self, body: Body, before: Slow) -> None:
        """Take the change of a day just lived, from the states before it, and what it tells of the pace."""
        now = slow_states(body)
        for key, old in before.items():
            if key[2] == ID:
                continue
            ids = (*key[:2], ID)
            self.changes[key] = _change(old, now[key], before[ids], now[ids])
            level, change = float(old.mean()), float(self.changes[key].mean())
            if key in self.seen and key[2] in STORES:
                self.kept[key] = _secant(self.seen[key], (level, change), self.kept.get(key, STORE_MEMORY))
            self.seen[key] = (level, change)

    def carry(self, body: Body, days: int) -> None:
        """Carry the body over some days."""
        body._sense()
        for tissue, compartment in body.compartments.items():
            for kind, cells in compartment.populations.items():
                memories = _own_memory(cells, compartment.shared, _slow_names(tissue, cells))
                for state, memory in memories.items():
                    key = (tissue, kind, state)
                    kept = self.kept.get(key, STORE_MEMORY) if state in STORES else memory
                    _go_on(cells, state, self.changes[key], kept, days)
        fat = body.anatomy.fat_mass
        change = body.energy.skip(days, fat)
        body.pancreas.adapt(float(days))
        body.fat.main["triglyceride"] *= max(0.1, 1.0 + change / fat)
        body.turnover.skip(body, float(days))
        for drug in body.drugs.values():
            skip = getattr(drug, "skip", None)
            if skip is not None:
                skip(float(days) * DAY)
        body.minute += days * float(DAY)
        body.age += days / DAYS_PER_YEAR
        body.weigh()
        body.open_books()


def _change(old: Array, new: Array, ids: Array, ids_now: Array) -> Array:
    """Return the change of a state by cells that there are now; a cell that was not there gets the mean."""
    order = np.argsort(ids)
    place = order[np.minimum(np.searchsorted(ids, ids_now, sorter=order), ids.size - 1)]
    known = ids[place] == ids_now
    change: Array = np.where(known, new - old[place], 0.0)
    change[~known] = change.sum() / max(1, np.count_nonzero(known))
    return change


def _go_on(cells: Population, state: str, change: Array, kept: float | Array, days: int) -> None:
    """Let a state go on by a day's change that fades by the factor ``kept`` each day."""
    count = min(len(cells), len(change))
    old = cells[state][:count]
    kept = kept[:count] if isinstance(kept, np.ndarray) else kept
    more = change[:count] * kept * (1.0 - kept**days) / (1.0 - kept)
    low, high = cells.ranges[state]
    bound = LARGEST_CARRY * np.abs(old) + 1e-3
    old[:] = np.clip(old + np.clip(more, -bound, bound), low, high)


def _own_memory(cells: Population, shared: Array, states: list[str]) -> dict[str, Array]:
    """Return what is left after a day of a disturbance of each state, by its own loss, shape (cells,)."""
    resting = cells.rates(shared)
    found = {}
    for state in states:
        kept = cells[state].copy()
        nudge = 1e-4 * np.maximum(np.abs(kept), 1e-3)
        cells[state] = kept + nudge
        slope = (cells.rates(shared)[state] - resting[state]) / nudge
        cells[state] = kept
        found[state] = np.clip(np.exp(slope * DAY), 0.0, LONGEST_MEMORY)
    return found


def _secant(before: tuple[float, float], now: tuple[float, float], kept: float) -> float:
    """Return what is left of a disturbance after a day, from levels and changes of two days; else ``kept``."""
    moved = now[0] - before[0]
    if abs(moved) < 1e-4 * max(abs(now[0]), 1e-9):
        return kept
    return float(min(max(1.0 + (now[1] - before[1]) / moved, 0.3), LONGEST_MEMORY))
