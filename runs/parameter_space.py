"""Parameters that are varied: rows of the tables, each on a coordinate from 0 to 1 over its range.

A row is called ``NAME``, or ``NAME@cell_type`` if it holds for one cell type; ``NAME`` is the row without a cell type
and leaves those of cell types as they are. The coordinate is logarithmic where the range lies above 0 and its high end
is ten times its low end or more, else linear. Starting values of states are not varied, because a settled body forgets
them, nor are rows whose range is a point.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from math import exp, log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..agents.parameters import KINDS, Parameter, ParameterError, ParameterTable, nearest

Array = NDArray[np.float64]
Values = tuple[tuple[str, float], ...]

LOGARITHMIC_FROM = 10.0
"""Ratio of the ends of a range from which its coordinate is logarithmic."""
GRID = 9
"""Decimals of a coordinate."""
DIGITS = 12
"""Significant digits of a value that follows from a coordinate."""
VARIED_KINDS = tuple(kind for kind in KINDS if kind != "start")


def label_of(row: Parameter) -> str:
    """Return ``NAME`` or ``NAME@cell_type``."""
    return f"{row.name}@{row.cell_type}" if row.cell_type else row.name


@dataclass(frozen=True)
class Axis:
    """One varied parameter."""

    row: Parameter

    @property
    def label(self) -> str:
        """``NAME`` or ``NAME@cell_type``."""
        return label_of(self.row)

    @property
    def logarithmic(self) -> bool:
        """Whether its coordinate is the logarithm."""
        return self.row.low > 0.0 and self.row.high >= LOGARITHMIC_FROM * self.row.low

    def place(self, value: float) -> float:
        """Return the coordinate of a value."""
        low, high = self.row.low, self.row.high
        share = log(value / low) / log(high / low) if self.logarithmic else (value - low) / (high - low)
        return round(min(max(share, 0.0), 1.0), GRID)

    def value(self, place: float) -> float:
        """Return the value at a coordinate; at the coordinate of the table's value, that very number."""
        place = round(min(max(float(place), 0.0), 1.0), GRID)
        low, high = self.row.low, self.row.high
        if place == self.place(self.row.value):
            return self.row.value
        if place in (0.0, 1.0):
            return low if place == 0.0 else high
        found = low * exp(place * log(high / low)) if self.logarithmic else low + place * (high - low)
        return min(max(float(f"{found:.{DIGITS}g}"), low), high)

    def slope(self, value: float) -> float:
        """Return the change of the value by the coordinate [unit of the parameter]."""
        low, high = self.row.low, self.row.high
        return value * log(high / low) if self.logarithmic else high - low


class Space:
    """Some parameters of the model, and the cube of their ranges.

    Parameters
    ----------
    table : ParameterTable
        The standard one.
    rows : sequence of Parameter
        Of that table; where they begin is their value.
    fixed : mapping, optional
        Values of other rows, by name, that differ from the table's.
    """

    def __init__(
        self, table: ParameterTable, rows: Sequence[Parameter], fixed: Mapping[str, float] | None = None
    ) -> None:
        self.table = table
        self.fixed = dict(fixed or {})
        begin = [self.fixed.pop(label_of(row), row.value) for row in rows]
        self.axes = [Axis(replace(row, value=value)) for row, value in zip(rows, begin, strict=True)]

    def __len__(self) -> int:
        return len(self.axes)

    @property
    def labels(self) -> list[str]:
        """Names of the parameters."""
        return [axis.label for axis in self.axes]

    @property
    def present(self) -> Array:
        """Coordinates of where they begin, shape (parameters,)."""
        return np.array([axis.place(axis.row.value) for axis in self.axes])

    def values(self, places: ArrayLike) -> dict[str, float]:
        """Return the values at a point, by name."""
        pairs = zip(self.axes, np.asarray(places, float), strict=True)
        return {axis.label: axis.value(place) for axis, place in pairs}

    def changes(self, places: ArrayLike) -> Values:
        """Return what has to be changed in the standard table for a point, as ``with_values`` takes it."""
        return changes(self.table, {**self.fixed, **self.values(places)})

    def at(self, places: ArrayLike) -> ParameterTable:
        """Return the table of a point."""
        return self.table.with_values(dict(self.changes(places)))


def changes(table: ParameterTable, values: Mapping[str, float]) -> Values:
    """Return what ``table.with_values`` needs so that rows, by name, get these values and all others keep theirs."""
    own = {label_of(row): row.value for row in table}
    plain = {label: value for label, value in values.items() if "@" not in label and value != own[label]}
    kept = {label_of(row): row.value for row in table if row.cell_type and row.name in plain}
    special = {label: value for label, value in values.items() if "@" in label and value != own[label]}
    return tuple({**plain, **kept, **special}.items())


# ---- choosing -------------------------------------------------------------------------------------------------------


def choose(table: ParameterTable, names: Iterable[str] = (), kinds: Iterable[str] = ()) -> list[Parameter]:
    """Return rows by name, or else by kind, in the order of the table.

    Parameters
    ----------
    table : ParameterTable
    names : iterable of str
        ``NAME`` or ``NAME@cell_type``; ``*`` stands for any letters.
    kinds : iterable of str
        Of :data:`VARIED_KINDS`.

    Raises
    ------
    ParameterError
        For a name or kind that is unknown, a row that cannot be varied, and if nothing is left.
    """
    rows = {label_of(row): row for row in table}
    chosen = [label for name in names for label in _found(name, rows)]
    if chosen:
        return [row for label, row in rows.items() if label in set(chosen)]
    wanted = [_kind(kind) for kind in kinds]
    found = [row for row in rows.values() if row.kind in wanted and row.low < row.high]
    if not found:
        raise ParameterError(
            f"no parameter of kind {', '.join(wanted)} can be varied; name some: --parameters"
        )
    return found


def _found(name: str, rows: Mapping[str, Parameter]) -> list[str]:
    """Return the rows that a name stands for."""
    if "*" in name:
        found = [label for label, row in rows.items() if fnmatchcase(label, name) and not _fixed(row)]
        if not found:
            raise ParameterError(
                f"no parameter that can be varied is like {name!r}; insulattice parameters lists them"
            )
        return found
    if name not in rows:
        plain, _, cell_type = name.partition("@")
        like = [label for label in rows if label.partition("@")[0] == plain]
        if like:
            where = f"for {cell_type}" if cell_type else "for all cell types"
            raise ParameterError(f"parameter {plain} has no row {where}, allowed: {', '.join(like)}")
        raise ParameterError(f"no parameter is called {name!r}.{nearest(name, list(rows))}")
    fixed = _fixed(rows[name])
    if fixed:
        raise ParameterError(f"parameter {name} cannot be varied: {fixed}")
    return [name]


def _fixed(row: Parameter) -> str:
    """Return why a row cannot be varied, or nothing."""
    if row.kind == "start":
        return "it is the starting value of a state, which a settled body forgets"
    return f"its range is the point {row.low:g}" if row.low >= row.high else ""


def _kind(kind: str) -> str:
    if kind not in VARIED_KINDS:
        raise ParameterError(
            f"kind {kind!r}, allowed: {', '.join(VARIED_KINDS)}.{nearest(kind, VARIED_KINDS, listed=True)}"
        )
    return kind


def split(texts: Iterable[str] | None) -> list[str]:
    """Return the words of texts that are lists with commas."""
    return [word.strip() for text in texts or () for word in text.split(",") if word.strip()]
