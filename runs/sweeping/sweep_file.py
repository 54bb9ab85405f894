"""Sweep files: what is varied and what is done, as TOML, read and checked before anything runs."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...agents.parameters import nearest
from ..study.places import line_of
from .body_experiment import BodyExperiment
from .design import Point, Range, Sample, multiplied, points_of

MOST_BYTES = 10_000_000
"""A file larger than this is none that a person wrote."""

Number = Annotated[float, Field(allow_inf_nan=False)]


class SweepFileError(ValueError):
    """A sweep file is wrong; the message names file, key, what was given and what is allowed."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SampleTable(_Table):
    """Section ``[sample]``."""

    number: int = Field(ge=1, le=1_000_000)
    method: str = "latin_hypercube"
    seed: int = Field(default=1, ge=0, le=2**63 - 1)
    ranges: dict[str, Any] = Field(min_length=1)


class SweepTable(_Table):
    """A sweep file."""

    name: str = Field(min_length=1, max_length=100)
    phenotype: str = "lean"
    cells: int = 300
    days: Number = Field(default=0.0, ge=0, le=36_500)
    accelerated: bool = False
    rules: list[Any] = []
    without: list[str] = []
    tests: list[str] = ["clamp"]
    keep_cells: bool = False
    seeds: int | list[int] = 1
    timeout_s: Number | None = Field(default=None, gt=0, le=1e9)
    grid: dict[str, Any] = {}
    points: list[dict[str, Any]] = []
    sample: SampleTable | None = None


class SweepPlan(NamedTuple):
    """What a file asks for."""

    experiment: BodyExperiment
    points: list[Point]
    seeds: int | list[int]
    timeout: float | None


def read_sweep(path: str | Path) -> SweepPlan:
    """Return the sweep of a file.

    Raises
    ------
    SweepFileError
        If the file cannot be read, or something in it is wrong.
    """
    path = Path(path)
    text = _text(path)
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SweepFileError(f"{path}: is no TOML: {error}; allowed: a sweep file") from None
    try:
        table = SweepTable.model_validate(raw)
    except ValidationError as error:
        raise SweepFileError(_said(path, text, error)) from None
    try:
        return _plan(table)
    except (ValueError, RecursionError) as error:
        raise SweepFileError(f"{path}: {' '.join(str(error).split())}") from None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SweepFileError(f"{path}: {path.stat().st_size} bytes, allowed: {MOST_BYTES}")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SweepFileError(f"{path}: byte {error.start} is no UTF-8, allowed: text in UTF-8") from None
    except OSError as error:
        raise SweepFileError(f"{path}: cannot be read: {error.strerror or error}") from None


def _said(path: Path, text: str, error: ValidationError) -> str:
    """Return the first thing that is wrong, in one line."""
    first = error.errors()[0]
    place = tuple(part for part in first["loc"] if part not in ("int", "list[int]"))
    line = line_of(text, place)
    where = f"{path}{'' if line is None else f', line {line}'}"
    name = ".".join(map(str, place))
    if first["type"] == "missing":
        return f"{where}: {name} is missing"
    if first["type"] == "extra_forbidden":
        known = list(SampleTable.model_fields if place[0] == "sample" else SweepTable.model_fields)
        return f"{where}: unknown key {name!r}.{nearest(str(place[-1]), known)}"
    allowed = str(first["msg"]).removeprefix("Input should be ")
    return f"{where}: {name} is {first['input']!r:.60}, allowed: {allowed}"


def _plan(table: SweepTable) -> SweepPlan:
    experiment = BodyExperiment(
        table.name, table.phenotype, table.cells, table.days, table.accelerated, tuple(table.rules),
        tuple(table.without), tuple(table.tests), table.keep_cells,
    )  # fmt: skip
    parts = []
    if table.grid:
        parts.append(points_of(flat(table.grid)))
    if table.points:
        parts.append(points_of([flat(point) for point in table.points]))
    if table.sample is not None:
        ranges = {name: _range(name, given) for name, given in flat(table.sample.ranges, RANGE_KEYS).items()}
        sample = table.sample
        parts.append(points_of(Sample(ranges, sample.number, sample.method, sample.seed)))
    return SweepPlan(experiment, multiplied(parts), table.seeds, table.timeout_s)


RANGE_KEYS = ("low", "high", "logarithmic")


def flat(table: Mapping[str, Any], leaf: Collection[str] = ("rule",)) -> dict[str, Any]:
    """Return nested tables as one, with dotted names: TOML reads ``a.b = 1`` as a table within a table.

    A table with one of the keys of ``leaf`` is a value.
    """
    found: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, Mapping) and not set(leaf) & set(value):
            inner = {f"{name}.{key}": item for key, item in flat(value, leaf).items()}
        else:
            inner = {name: value}
        for key, item in inner.items():
            if key in found:
                raise ValueError(f"{key} is given twice, allowed: once")
            found[key] = item
    return found


def _range(name: str, given: Any) -> Any:
    """Return a range of ``[low, high]`` or ``{low, high, logarithmic}``."""
    if not isinstance(given, Mapping):
        return given
    unknown = sorted(set(given) - set(RANGE_KEYS))
    if unknown:
        raise ValueError(
            f"range of {name} has an unknown key {unknown[0]!r}.{nearest(unknown[0], RANGE_KEYS)}"
        )
    low, high, logarithmic = given.get("low"), given.get("high"), given.get("logarithmic", False)
    numbers = all(isinstance(end, (int, float)) and not isinstance(end, bool) for end in (low, high))
    if not numbers or not isinstance(logarithmic, bool):
        raise ValueError(
            f"range of {name} is {dict(given)!r}, allowed: low and high as numbers, logarithmic true or false"
        )
    return Range(float(low), float(high), logarithmic)  # type: ignore[arg-type]
