"""Many cells of one type, one array per state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cell_type import CellType
from .kernel import BLOCK, warm_up
from .mechanism import SHARED_NAMES, SITE_NAMES, evaluate, evaluate_signals
from .parameters import ParameterTable, nearest
from .variation import lognormal

Array = NDArray[np.float64]


@dataclass(frozen=True)
class StateFault:
    """A state that left its range: which, in which cell, its value and the allowed range."""

    state: str
    cell: int
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"state {self.state!r} of cell {self.cell} is {self.value:g}, allowed {self.low:g} to {self.high:g}"


class Population:
    """Cells of one type as a structure of arrays.

    Attributes
    ----------
    rows : array, shape (states + traits, capacity)
        Padded to whole blocks; the padding lives along but counts nowhere.
    count : int
        Cells that exist; the first ``count`` columns.
    sites : array of int, shape (capacity,)
        The grid site of each cell, as a flat index.
    ids : array of int, shape (capacity,)
        The number of each cell, kept for life and never given again; draws are keyed by it, columns may change.
    next_id : int
        The number that the next new cell gets.
    fluxes : array, shape (fluxes, capacity)
        Mean flux of each exchanged or audited signal over the last step.
    """

    def __init__(
        self,
        cell_type: CellType,
        table: ParameterTable,
        arrows: Mapping[str, float],
        count: int,
        compartment: str,
        seed: int,
        capacity: int = 0,
    ) -> None:
        self.cell_type = cell_type
        self.compartment = compartment
        self.seed = seed
        self.count = count
        composed = cell_type.composed
        self.names = composed.states + composed.traits
        self._row = {name: i for i, name in enumerate(self.names)}
        capacity = -(-max(count, capacity, 1) // BLOCK) * BLOCK
        starts = table.starts(cell_type.name)
        for state in composed.states:
            if state not in starts:
                raise table.missing(state, cell_type.name)
        self.ranges = {state: (starts[state].low, starts[state].high) for state in composed.states}
        self._starts = np.array([starts[state].value for state in composed.states])
        self._spreads = {trait: self._spread(table, trait) for trait in composed.traits}
        self.ids = np.arange(capacity)
        self.next_id = count
        self.rows = np.empty((len(self.names), capacity))
        self._begin(slice(0, capacity))
        self.sites = np.zeros(capacity, np.int64)
        self.fluxes = np.zeros((len(composed.fluxes), capacity))
        self.site = np.zeros((len(SITE_NAMES), capacity))
        self.set_parameters(table, arrows)
        warm_up(cell_type.name, cell_type.kernel)

    def _begin(self, columns: slice) -> None:
        """Give cells their start values, and the traits that their numbers draw."""
        self.rows[: len(self._starts), columns] = self._starts[:, None]
        for trait, spread in self._spreads.items():
            drawn = lognormal(self.seed, self.compartment, self.ids[columns], trait, spread)
            self.rows[self._row[trait], columns] = drawn

    def set_parameters(self, table: ParameterTable, arrows: Mapping[str, float]) -> None:
        """Take parameter values from a table and switches from ``arrows``."""
        values = {**table.values(self.cell_type.name), **arrows}
        for name in self.cell_type.composed.parameters:
            if name not in values:
                raise table.missing(name, self.cell_type.name)
        self.values = values
        self.parameters = np.array([values[name] for name in self.cell_type.composed.parameters])

    def _spread(self, table: ParameterTable, trait: str) -> float:
        """Return the coefficient of variation of a trait [1]."""
        values, name = table.values(self.cell_type.name), f"spread_{trait}"
        if name not in values:
            raise table.missing(name, self.cell_type.name)
        return values[name]

    def __len__(self) -> int:
        return self.count

    def set_count(self, count: int) -> None:
        """Let the first ``count`` cells exist, at most as many as there is room for."""
        self.count = min(count, self.rows.shape[1])
        self.next_id = max(self.next_id, int(self.ids[: self.count].max(initial=-1)) + 1)

    def reserve(self, capacity: int) -> None:
        """Make room for this many cells, in whole blocks."""
        more = -(-capacity // BLOCK) * BLOCK - self.rows.shape[1]
        if more <= 0:
            return
        for name in ("rows", "fluxes", "site"):
            setattr(self, name, np.pad(getattr(self, name), ((0, 0), (0, more)), "edge"))
        for name in ("sites", "ids"):
            setattr(self, name, np.pad(getattr(self, name), (0, more)))

    def add(self, number: int) -> slice:
        """Let new cells come, with start values, new ids and the traits these draw; return their columns."""
        first, last = self.count, self.count + number
        if last > self.rows.shape[1]:
            self.reserve(last + last // 4)
        columns = slice(first, last)
        self.ids[columns] = np.arange(self.next_id, self.next_id + number)
        self._begin(columns)
        self.fluxes[:, columns] = 0.0
        self.next_id += number
        self.count = last
        return columns

    def take_states(self, model: Population, kept: Iterable[str] = ()) -> None:
        """Give every cell the state of a cell of another population, in turn, but for some states that are kept."""
        if model.count:
            states = [self._row[state] for state in self.cell_type.composed.states if state not in kept]
            self.rows[states] = model.rows[states][:, np.arange(self.rows.shape[1]) % model.count]

    def remove(self, columns: NDArray[np.integer]) -> None:
        """Take cells away; the last ones move into the holes."""
        if not len(columns):
            return
        left = self.count - len(columns)
        holes = np.sort(columns[columns < left])
        fillers = np.setdiff1d(np.arange(left, self.count), columns)
        for array in (self.rows, self.fluxes, self.site, self.sites, self.ids):
            array[..., holes] = array[..., fillers]
        self.count = left

    def __getitem__(self, name: str) -> Array:
        """Return the values of one state or trait, shape (cells,), as a view."""
        if name not in self._row:
            raise KeyError(f"{self.cell_type.name} has no state {name!r}.{nearest(name, list(self._row))}")
        return self.rows[self._row[name], : self.count]

    def __setitem__(self, name: str, values: float | Array) -> None:
        self[name][:] = values

    def __contains__(self, name: str) -> bool:
        return name in self._row

    def flux(self, name: str) -> Array:
        """Return the mean flux of a signal over the last step, shape (cells,) [its unit]."""
        return self.fluxes[self.cell_type.composed.fluxes.index(name), : self.count]

    def advance(self, shared: Array, dt: float, substeps: int, start: int, stop: int) -> None:
        """Advance the blocks from ``start`` to ``stop`` by one macro step ``dt`` [min]."""
        self.cell_type.kernel.advance(
            self.rows, self.site, shared, self.parameters, self.fluxes, start, stop, dt, substeps
        )

    def signals(self, shared: Array) -> dict[str, Array]:
        """Return every signal at this moment, each shape (cells,), by the mechanisms' own functions."""
        return evaluate_signals(*self._sight(shared))

    def rates(self, shared: Array) -> dict[str, Array]:
        """Return d/dt of every state [per minute], each shape (cells,), by the mechanisms' own functions."""
        return evaluate(*self._sight(shared))[0]

    def _sight(self, shared: Array) -> tuple[Any, dict[str, Any], dict[str, Any], SimpleNamespace]:
        """Return mechanisms, states, surroundings and parameters of all cells."""
        cell = {name: self[name] for name in self.names}
        local = {name: self.site[i, : self.count] for i, name in enumerate(SITE_NAMES)}
        local |= {name: shared[i] for i, name in enumerate(SHARED_NAMES)}
        return self.cell_type.mechanisms, cell, local, SimpleNamespace(**self.values)

    def fault(self) -> StateFault | None:
        """Return the first state that is NaN or outside its range, or None."""
        if self.count == 0:
            return None
        states = len(self.cell_type.composed.states)
        low, high = self.rows[:states, : self.count].min(axis=1), self.rows[:states, : self.count].max(axis=1)
        for i, state in enumerate(self.cell_type.composed.states):
            least, most = self.ranges[state]
            margin = 1e-9 * (most - least)
            if not (low[i] >= least - margin and high[i] <= most + margin):
                values = self[state]
                cell = int(np.argmax(~((values >= least - margin) & (values <= most + margin))))
                return StateFault(state, cell, float(values[cell]), least, most)
        return None
