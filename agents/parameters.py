"""The parameter tables: every number with its unit, range, kind and source."""

from __future__ import annotations

import csv
import difflib
import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from numbers import Real
from pathlib import Path
from types import SimpleNamespace

LONGEST_LIST = 30
"""Names that a message lists all of; of more, it lists the first."""
KINDS = ("measured", "derived", "fitted", "assumed", "start")


class ParameterError(ValueError):
    """A parameter table or a parameter name is wrong; the message says what is allowed."""


class MissingParameter(ParameterError, AttributeError):
    """The model reads a parameter that its table lacks; an AttributeError too, as ``copy`` and ``hasattr`` expect."""


def nearest(
    given: str, allowed: Mapping[str, object] | list[str] | tuple[str, ...], listed: bool = False
) -> str:
    """Return ``" Did you mean X?"`` for the nearest allowed name, in whatever case, one that begins with it first.

    If none is near, return the allowed names, or nothing if the message has ``listed`` them already.
    """
    names = sorted(allowed)
    wanted, plain = given.lower(), {name.lower(): name for name in names}
    longer = [name for name in plain if wanted and name.startswith(wanted)]
    close = difflib.get_close_matches(wanted, longer or plain, n=1, cutoff=0.0 if longer else 0.5)
    if close:
        return f" Did you mean {plain[close[0]]}?"
    if listed:
        return ""
    shown = names if len(names) <= LONGEST_LIST else [*names[:12], f"... ({len(names)} in all)"]
    return f" Allowed: {', '.join(shown)}."


@dataclass(frozen=True)
class Parameter:
    """One row of a parameter table.

    ``cell_type`` is empty for a value that holds for all cell types; a row with a cell type overrides it.
    """

    name: str
    cell_type: str
    value: float
    low: float
    high: float
    unit: str
    kind: str
    source: str
    where: str
    note: str


COLUMNS = tuple(column.name for column in fields(Parameter))


class Namespace(SimpleNamespace):
    """Values by name, as attributes; one that is not there is a :class:`MissingParameter`."""

    def __init__(self, values: Mapping[str, float] | None = None, file: str = "") -> None:
        super().__init__(**(values or {}))
        self._file = file

    def __getattr__(self, name: str) -> float:
        known = vars(self)
        raise _missing(name, [key for key in known if key != "_file"], known.get("_file", ""))


def _missing(name: str, known: list[str], file: str, reader: str = "") -> MissingParameter:
    """Return the error for a parameter that the model reads and its table lacks."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
    return MissingParameter(
        f"parameter {name!r}{f' of the {reader}' if reader else ''} is missing from {file or 'the table'}; "
        f"add its row{f' (the nearest name there is {near[0]})' if near else ''}"
    )


class ParameterTable:
    """A set of parameters, read from CSV; values may be replaced, which gives a new table.

    Parameters
    ----------
    rows : list of Parameter
        Unique by (name, cell_type).
    files : tuple of str
        What it was read from, the table of the cells first.

    Raises
    ------
    ParameterError
        On a duplicate, a missing unit or source, a NaN, an unknown kind or a value outside its range.
    """

    def __init__(self, rows: list[Parameter], files: tuple[str, ...] = ()) -> None:
        self.files = files
        self._rows: dict[tuple[str, str], Parameter] = {}
        for row in rows:
            _check(row)
            key = (row.name, row.cell_type)
            if key in self._rows:
                raise ParameterError(f"parameter {_label(row)} stands twice in the table; keep one row")
            self._rows[key] = row

    @classmethod
    def read(cls, path: Path | str) -> ParameterTable:
        """Read a table with the columns ``name, cell_type, value, low, high, unit, kind, source, where, note``."""
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise ParameterError(
                    f"{path}: missing column {missing[0]!r}; columns are {', '.join(COLUMNS)}"
                )
            rows = list(reader)
            for line, row in enumerate(rows, start=2):
                if None in row:
                    raise ParameterError(
                        f"{path}, line {line}: more than {len(COLUMNS)} columns; quote a text with commas"
                    )
            parsed = [_parse(row, f"{path}, line {line}") for line, row in enumerate(rows, start=2)]
            return cls(parsed, (str(path),))

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def __add__(self, other: ParameterTable) -> ParameterTable:
        return ParameterTable([*self, *other], self.files + other.files)

    def names(self) -> list[str]:
        """Return every name once, in the order of the table."""
        return list(dict.fromkeys(name for name, _ in self._rows))

    def get(self, name: str, cell_type: str = "") -> Parameter:
        """Return the row that holds for ``cell_type``.

        Raises
        ------
        ParameterError
            If there is none; names the nearest one.
        """
        row = self._rows.get((name, cell_type)) or self._rows.get((name, ""))
        if row is None:
            raise ParameterError(f"no parameter is called {name!r}.{nearest(name, self.names())}")
        return row

    def missing(self, name: str, cell_type: str) -> MissingParameter:
        """Return the error for a parameter, spread or start value that a cell type reads and the table lacks."""
        return _missing(name, self.names(), self.files[0] if self.files else "", cell_type)

    def values(self, cell_type: str = "") -> dict[str, float]:
        """Return ``{name: value}`` as it holds for a cell type (start values left out)."""
        found = {row.name: row.value for row in self if row.cell_type == "" and row.kind != "start"}
        found.update(
            {row.name: row.value for row in self if row.cell_type == cell_type and row.kind != "start"}
        )
        return found

    def namespace(self, cell_type: str = "") -> Namespace:
        """Return :meth:`values` with names as attributes; without a cell type, as the environment reads them."""
        file = self.files[0 if cell_type else -1] if self.files else ""
        return Namespace(self.values(cell_type), file)

    def starts(self, cell_type: str) -> dict[str, Parameter]:
        """Return the start row of each state, as it holds for a cell type."""
        found = {row.name: row for row in self if row.cell_type == "" and row.kind == "start"}
        found.update({row.name: row for row in self if row.cell_type == cell_type and row.kind == "start"})
        return found

    def with_values(self, values: Mapping[str, float]) -> ParameterTable:
        """Return a table with some values replaced; a key is ``name`` or ``name@cell_type``.

        A plain name replaces the value of every cell type.

        Raises
        ------
        ParameterError
            For an unknown name, or a value that is not a finite number.
        """
        rows = dict(self._rows)
        for key, value in values.items():
            name, _, cell_type = key.partition("@")
            if not isinstance(value, Real) or not math.isfinite(value):
                raise ParameterError(f"parameter {key!r}: given {value!r}, allowed: a finite number")
            self.get(name, cell_type)
            touched = [k for k in rows if k[0] == name and (not cell_type or k[1] == cell_type)]
            if not touched:
                rows[(name, cell_type)] = replace(self.get(name), cell_type=cell_type)
                touched = [(name, cell_type)]
            for k in touched:
                row = rows[k]
                rows[k] = replace(row, value=float(value), low=min(row.low, value), high=max(row.high, value))
        return ParameterTable(list(rows.values()), self.files)

    def fingerprint(self) -> str:
        """Return a hash of all names and values."""
        text = "\n".join(f"{row.name}@{row.cell_type}={row.value!r}" for row in sorted(self, key=_label))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _label(row: Parameter) -> str:
    return f"{row.name}@{row.cell_type}" if row.cell_type else row.name


def _parse(row: dict[str, str], where: str) -> Parameter:
    """Turn a CSV row into a Parameter, or say which cell is wrong."""
    numbers = {}
    for column in ("value", "low", "high"):
        try:
            numbers[column] = float(row[column])
        except (TypeError, ValueError):
            raise ParameterError(
                f"{where}: {column} of {row.get('name')!r} is {row[column]!r}, allowed: a number"
            ) from None
    texts = {column: (row[column] or "").strip() for column in COLUMNS if column not in numbers}
    parameter = Parameter(**texts, **numbers)  # type: ignore[arg-type]
    try:
        _check(parameter)
    except ParameterError as error:
        raise ParameterError(f"{where}: {error}") from None
    return parameter


def _check(row: Parameter) -> None:
    label = _label(row)
    if not row.name.isidentifier():
        raise ParameterError(f"parameter name {row.name!r} is not a plain name")
    if not row.unit:
        raise ParameterError(f"parameter {label} has no unit; give one, or 1 if it has none")
    if not row.source:
        raise ParameterError(f"parameter {label} has no source; give a doi, or 'assumed'")
    if row.kind not in KINDS:
        raise ParameterError(f"parameter {label}: kind {row.kind!r}, allowed: {', '.join(KINDS)}")
    if not all(math.isfinite(x) for x in (row.value, row.low, row.high)):
        raise ParameterError(
            f"parameter {label} is not a finite number: {row.value}, range {row.low} to {row.high}"
        )
    if not row.low <= row.value <= row.high:
        raise ParameterError(
            f"parameter {label} = {row.value:g} lies outside its range {row.low:g} to {row.high:g}"
        )


AGENT_PARAMETERS = Path(__file__).with_name("parameters.csv")


def read_agent_parameters() -> ParameterTable:
    """Return the table of the cells' parameters."""
    return ParameterTable.read(AGENT_PARAMETERS)
