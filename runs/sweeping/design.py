"""Designs: which values what is swept takes, as a list of points.

A design is a grid (values by name), a list of points, a table with a row for each point, a sample of ranges, or
several of these multiplied.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...agents.parameters import nearest

Point = dict[str, Any]
"""Values by name."""

METHODS = ("latin_hypercube", "sobol", "saltelli", "random")
MOST_RUNS = 1_000_000
MOST_VALUES = 20_000_000
"""Values of a sample; more fill the memory."""
RESERVED = (
    "run",
    "key",
    "seed",
    "status",
    "error",
    "wall_s",
    "code",
    "parameters",
    "host",
    "output",
    "value",
)
"""Columns of the tables of a sweep, which no varied thing can be called."""


@dataclass(frozen=True)
class Range:
    """From where to where something is varied; over its logarithm if so wanted."""

    low: float
    high: float
    logarithmic: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(
                f"range {self.low:g} to {self.high:g}, allowed: two numbers, the lower one first"
            )
        if self.logarithmic and self.low <= 0.0:
            raise ValueError(f"logarithmic range from {self.low:g}, allowed: from above 0")

    def value(self, place: float) -> float:
        """Return the value at a coordinate in [0, 1]."""
        if self.logarithmic:
            return float(self.low * math.exp(place * math.log(self.high / self.low)))
        return float(self.low + place * (self.high - self.low))


@dataclass(frozen=True)
class Sample:
    """Points drawn from ranges.

    Attributes
    ----------
    ranges : mapping of str to Range, or to (low, high)
    number : int
        Points; for ``sobol`` a power of 2. ``saltelli``, for sensitivity by SALib, draws ``number * (2 d + 2)``.
    method : str
        One of ``METHODS``.
    seed : int
        The same seed draws the same points.
    """

    ranges: Mapping[str, Any]
    number: int
    method: str = "latin_hypercube"
    seed: int = 1

    def points(self) -> list[Point]:
        """Return the points.

        Raises
        ------
        ValueError
            For no range, an unknown method, or a number that is not allowed.
        """
        ranges = {str(name): _range(str(name), given) for name, given in self.ranges.items()}
        if not ranges:
            raise ValueError("a sample has no ranges, allowed: one or more")
        if self.method not in METHODS:
            near = nearest(str(self.method), METHODS, listed=True)
            raise ValueError(f"method {self.method!r}, allowed: {', '.join(METHODS)}.{near}")
        if not 1 <= self.number <= MOST_RUNS:
            raise ValueError(f"number of a sample is {self.number}, allowed: 1 to {MOST_RUNS}")
        runs = self.number * (2 * len(ranges) + 2 if self.method == "saltelli" else 1)
        if runs * len(ranges) > MOST_VALUES or runs > MOST_RUNS:
            raise ValueError(
                f"the sample has {runs} points of {len(ranges)} values, allowed: {MOST_RUNS} or fewer"
            )
        cube = self._cube(len(ranges))
        return [
            {name: one.value(float(place)) for (name, one), place in zip(ranges.items(), row, strict=True)}
            for row in cube
        ]

    def _cube(self, axes: int) -> NDArray[np.float64]:
        """Return coordinates in [0, 1], shape (points, axes)."""
        from scipy.stats import qmc

        if self.method == "random":
            return np.random.default_rng(self.seed).random((self.number, axes))
        if self.method == "latin_hypercube":
            return np.asarray(qmc.LatinHypercube(axes, rng=self.seed).random(self.number))
        power = self.number.bit_length() - 1
        if self.number != 2**power:
            raise ValueError(
                f"number of a {self.method} sample is {self.number}, allowed: a power of 2, such as {2**power}"
            )
        if self.method == "sobol":
            return np.asarray(qmc.Sobol(axes, rng=self.seed).random_base2(power))
        return _saltelli(axes, self.number, self.seed)


def _saltelli(axes: int, number: int, seed: int) -> NDArray[np.float64]:
    from importlib.util import find_spec

    if find_spec("SALib") is None:
        raise ValueError("SALib is not installed; install it with: pip install 'insulattice[fit]'")
    from SALib.sample import sobol

    problem = {
        "num_vars": axes,
        "names": [f"x{i}" for i in range(axes)],
        "bounds": [[0.0, 1.0]] * axes,
    }
    return np.asarray(sobol.sample(problem, number, seed=seed))


def _range(name: str, given: Any) -> Range:
    if isinstance(given, Range):
        return given
    try:
        low, high = (float(end) for end in given)
        return Range(low, high)
    except (TypeError, ValueError) as error:
        said = f" ({error})" if "range" in str(error) else ""
        raise ValueError(f"range of {name} is {given!r}, allowed: [low, high]{said}") from None


Design = Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]] | pd.DataFrame | Sample


def points_of(design: Design) -> list[Point]:
    """Return the points of a design, in order; of plain values only.

    Raises
    ------
    ValueError
        For a design that is none, has no point, or holds what is no plain value.
    """
    if isinstance(design, Sample):
        points = design.points()
    elif isinstance(design, pd.DataFrame):
        points = [
            dict(zip(map(str, design.columns), row, strict=True)) for row in design.itertuples(index=False)
        ]
    elif isinstance(design, Mapping):
        points = _grid(design)
    elif isinstance(design, Iterable) and not isinstance(design, (str, bytes)):
        points = [_named(item) for item in design]
    else:
        raise ValueError(f"design is {design!r}, allowed: a grid, a list of points, a table or a Sample")
    if not points:
        raise ValueError("the design has no point, allowed: one or more")
    return [plain_point(point) for point in points]


def _named(item: Any) -> Point:
    if not isinstance(item, Mapping):
        raise ValueError(f"a point of the design is {item!r}, allowed: values by name")
    return dict(item)


def _grid(grid: Mapping[str, Sequence[Any]]) -> list[Point]:
    for name, values in grid.items():
        if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
            raise ValueError(f"{name} of the grid is {values!r}, allowed: a list of values")
    lists = [list(values) for values in grid.values()]
    number = math.prod(len(values) for values in lists)
    if number > MOST_RUNS:
        raise ValueError(f"the grid has {number} points, allowed: {MOST_RUNS} or fewer")
    return [dict(zip(grid, values, strict=True)) for values in product(*lists)]


def multiplied(parts: Sequence[Sequence[Point]]) -> list[Point]:
    """Return every point of one part with every point of the others.

    Raises
    ------
    ValueError
        If two parts have the same name, or it would be too many.
    """
    number = math.prod(len(part) for part in parts)
    if number > MOST_RUNS:
        raise ValueError(f"the design has {number} points, allowed: {MOST_RUNS} or fewer")
    found: list[Point] = [{}]
    for part in parts:
        for one, other in ((found[0], point) for point in part):
            twice = sorted(set(one) & set(other))
            if twice:
                raise ValueError(f"{twice[0]} is varied twice, allowed: once")
        found = [one | other for one in found for other in part]
    return found


# ---- plain values ---------------------------------------------------------------------------------------------------


def plain_point(point: Mapping[str, Any]) -> Point:
    """Return a point of plain values: finite numbers, words, truth values, and lists and tables of them."""
    for name in point:
        if name in RESERVED:
            raise ValueError(
                f"{name!r} cannot be varied, it is a column of the results: {', '.join(RESERVED)}"
            )
        if not (str(name).strip() and _is_text(str(name))):
            raise ValueError(f"{name!r} cannot be varied, allowed: a name")
    return {str(name): _plain(str(name), value) for name, value in point.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool) or (isinstance(value, str) and _is_text(value)):
        return value
    if (isinstance(value, int) and abs(value) < 2**63) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(name, item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(name, item) for key, item in value.items()}
    raise ValueError(f"{name} is {value!r}, allowed: finite numbers, words, true or false, and lists of them")


def _is_text(words: str) -> bool:
    """Whether words can be written in UTF-8."""
    return not any("\ud800" <= letter <= "\udfff" for letter in words)


def columns_of(points: Sequence[Point]) -> pd.DataFrame:
    """Return points as a table: a column of numbers or truth values where all are, else of words."""
    names = list(dict.fromkeys(name for point in points for name in point))
    return pd.DataFrame({name: _column([point.get(name) for point in points]) for name in names})


def _column(values: list[Any]) -> pd.Series[Any]:
    given = [value for value in values if value is not None]
    if given and all(isinstance(value, bool) for value in values):
        return pd.Series(values, dtype=bool)
    if given and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in given):
        if all(isinstance(value, int) and abs(value) < 2**63 for value in values):
            return pd.Series(values, dtype="int64")
        return pd.Series([math.nan if value is None else float(value) for value in values], dtype=float)
    return pd.Series([value if isinstance(value, str) else json.dumps(value) for value in values], dtype=str)
