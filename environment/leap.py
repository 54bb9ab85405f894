"""What carries a body over days that are not lived: each slow state of each cell goes on by itself.

It goes on by the change of the day just lived, which fades at the pace at which that state forgets,

    x(N days on) = x + change (q + q^2 + ... + q^N),     q = what is left of a disturbance after a day.

So it comes to rest at x + change / (1 - q). Where that aim moved since the representative days before, as it does in a
body that goes on losing weight, it is taken to move on, ever more slowly, and the state to follow.

For mechanisms of pace "slow", and for triglyceride and ceramide of fat cells, q follows from the state's own loss; for
the lipid stores of muscle and liver, which recycle, it is estimated from two successive representative days (a secant).
Fat cells share out a change of fat mass as on the day lived; their sum goes on by the energy balance.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..agents.population import Population
from .clock import DAY, DAYS_PER_YEAR

if TYPE_CHECKING:
    from .body import Body

Array = NDArray[np.float64]

STORES = ("triglyceride", "ceramide")
"""Slow states whose mechanisms run at medium pace."""
STORE_MEMORY = exp(-1.0 / 8.0)
"""Share of a disturbance of a lipid store that is left after a day, until two days have shown it [1]."""
LONGEST_MEMORY = exp(-1.0 / 120.0)
LARGEST_CARRY = 0.5
"""A gap changes no state by more than this share."""
DRIFT_KEPT = 0.97
"""Share of the speed of a moving aim that is left after a day."""
LARGEST_DRIFT = 0.03
"""No aim is taken to move by a larger share a day, and none below ``LEAST_AIM`` to move at all."""
LEAST_AIM = 1e-3

Key = tuple[str, str, str]
"""Tissue, cell type and name of a state."""
Slow = dict[Key, Array]
ID = "id"


def slow_states(body: Body) -> Slow:
    """Return a copy of every slow state, by tissue, cell type and name, and beside them the numbers of the cells."""
    found: Slow = {}
    for tissue, compartment in body.compartments.items():
        for kind, cells in compartment.populations.items():
            found |= {(tissue, kind, state): cells[state].copy() for state in _slow_names(tissue, cells)}
            found[tissue, kind, ID] = cells.ids[: cells.count].astype(float)
    return found


def _recycles(key: Key) -> bool:
    """Return whether a state is a lipid store that fills and empties all the time, as those of muscle and liver do."""
    return key[2] in STORES and key[0] != "fat"


def _stores_fat(key: Key) -> bool:
    """Return whether a state is a lipid store, or the triglyceride of fat cells, which goes by the energy balance."""
    return _recycles(key) or key[2] == "triglyceride"


def _slow_names(tissue: str, cells: Population) -> list[str]:
    """Return the names of the states of a population that change over days."""
    names = [state for m in cells.cell_type.mechanisms if m.pace == "slow" for state in m.states]
    return names + [state for state in STORES if state in cells]


class Shown(NamedTuple):
    """What representative days showed of a state.

    When they began [min], its mean level then, its mean change a day, the level at which it would come to rest, and the
    share by which that aim has moved a day since the representative days before.
    """

    began: float
    level: float
    change: float
    aim: float
    moved: float


class Leap:
    """Carries slow states over days that are not lived.

    Call :meth:`begin` before a day or some days that represent those to come, :meth:`learn` after them, and then
    :meth:`carry`. Keeps, for each slow state of each tissue, what the last such days showed.
    """

    def __init__(self) -> None:
        self.before: Slow = {}
        self.began = 0.0
        self.changes: Slow = {}
        self.memories: Slow = {}
        self.days = 1.0
        self.shown: dict[Key, Shown] = {}
        self.kept: dict[Key, float] = {}
        self.drift: dict[Key, float] = {}

    def state(self) -> list[list[Any]]:
        """Return what is known after a gap as plain data: each state with what days showed of it, and its memory."""
        return [[*key, self.kept.get(key), *shown] for key, shown in self.shown.items()]

    def restore(self, state: list[list[Any]]) -> None:
        """Go on from such data."""
        for tissue, kind, name, kept, *shown in state:
            self.shown[tissue, kind, name] = Shown(*shown)
            if kept is not None:
                self.kept[tissue, kind, name] = kept

    def begin(self, body: Body) -> None:
        """Look at a body before days that represent those to come."""
        self.before, self.began = slow_states(body), body.minute
        body.energy.look_anew()

    def learn(self, body: Body) -> None:
        """Take the change of the days just lived, and what it tells of the pace."""
        now, self.days = slow_states(body), (body.minute - self.began) / DAY
        self.memories = _own_memories(body)
        for key, old in self.before.items():
            if key[2] == ID:
                continue
            ids = (*key[:2], ID)
            self.changes[key] = _change(old, now[key], self.before[ids], now[ids])
            level, change = float(old.mean()), float(self.changes[key].mean()) / self.days
            aim = level + change / (1.0 - float(self.memories[key].mean()))
            before = self.shown.get(key)
            moved = 0.0 if before is None or _stores_fat(key) else _moved(before, self.began, aim)
            shown = Shown(self.began, level, change, aim, moved)
            if before is not None and _recycles(key):
                self.kept[key] = _secant(before, shown, self.kept.get(key, STORE_MEMORY))
            self.drift[key] = 0.0 if before is None else _slower(before.moved, moved)
            self.shown[key] = shown

    def carry(self, body: Body, days: int, steady: bool = False) -> None:
        """Carry the body over some days; a ``steady`` one keeps fat and lean mass, and nothing drifts."""
        stored, held = body.fat.total("triglyceride"), body.anatomy.fat_mass
        for tissue, compartment in body.compartments.items():
            for kind, cells in compartment.populations.items():
                for state in _slow_names(tissue, cells):
                    key = (tissue, kind, state)
                    kept = self.kept.get(key, STORE_MEMORY) if _recycles(key) else self.memories[key]
                    drift = 0.0 if steady else self.drift[key]
                    _go_on(cells, state, self.changes[key] * _last_of(self.days, kept), kept, drift, days)
        if not steady:
            stored *= max(0.1, 1.0 + body.energy.skip(days, held) / held)
        body.fat.main["triglyceride"] *= stored / body.fat.total("triglyceride")
        body.pancreas.adapt(float(days))
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


def _last_of(days: float, kept: float | Array) -> float | Array:
    """Return the share of a change over some days that falls on the last of them."""
    return kept ** (days - 1.0) * (1.0 - kept) / (1.0 - kept**days)


def _go_on(
    cells: Population, state: str, change: Array, kept: float | Array, drift: float, days: int
) -> None:
    """Let a state go on by a day's change that fades by the factor ``kept`` each day, after an aim that drifts.

    ``drift`` is the share by which the aim moves on the first day.
    """
    count = min(len(cells), len(change))
    old = cells[state][:count]
    kept = kept[:count] if isinstance(kept, np.ndarray) else kept
    more = change[:count] * kept * (1.0 - kept**days) / (1.0 - kept)
    if drift:
        more = more + drift * np.abs(old) * _followed(kept, days)
    low, high = cells.ranges[state]
    bound = LARGEST_CARRY * np.abs(old) + 1e-3
    old[:] = np.clip(old + np.clip(more, -bound, bound), low, high)


def _followed(kept: float | Array, days: int) -> float | Array:
    """Return how far a state follows an aim that moves by 1 on the first of some days, and ever less after that."""
    return sum((DRIFT_KEPT**day * (1.0 - kept ** (days - day)) for day in range(days)), start=0.0)


def _own_memories(body: Body) -> Slow:
    """Return what is left after a day of a disturbance of each slow state of each cell, by its own loss."""
    body._sense()
    return {
        (tissue, kind, state): memory
        for tissue, compartment in body.compartments.items()
        for kind, cells in compartment.populations.items()
        for state, memory in _own_memory(cells, compartment.shared, _slow_names(tissue, cells)).items()
    }


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


def _moved(before: Shown, began: float, aim: float) -> float:
    """Return the share by which the aim of a state has moved in a day, since days that showed it before."""
    if abs(aim) < LEAST_AIM:
        return 0.0
    share = (aim - before.aim) / (began - before.began) * DAY / abs(aim)
    return float(min(max(share, -LARGEST_DRIFT), LARGEST_DRIFT))


def _slower(one: float, other: float) -> float:
    """Return the slower of two speeds of the same direction, else 0: what moved to and fro does not go on."""
    return min(one, other, key=abs) if one * other > 0.0 else 0.0


def _secant(before: Shown, now: Shown, kept: float) -> float:
    """Return what is left of a disturbance after a day, from what two days showed; else ``kept``."""
    moved = now.level - before.level
    if abs(moved) < 1e-4 * max(abs(now.level), 1e-9):
        return kept
    return float(min(max(1.0 + (now.change - before.change) / moved, 0.3), LONGEST_MEMORY))
