"""Record: what a run kept, and where it came from."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..agents.mechanism import SITE_NAMES
from ..environment.observe import Quantity, unit_of

if TYPE_CHECKING:
    from ..environment.body import Body
    from ..environment.compartment import Compartment

SCHEMA = "1"
"""Version of the saved tables, kept in the metadata of Parquet files and in the provenance."""

ENDINGS = (".csv", ".parquet")


@dataclass
class Record:
    """What a run kept.

    Attributes
    ----------
    table : DataFrame
        Tidy time series: ``time`` [min from the start], ``compartment``, ``quantity``, ``value``, ``unit``. Levels are
        those at that minute, fluxes the mean over the minute before it.
    summary : dict
        The numbers one asks for first; their units stand in their names.
    provenance : dict
        Version, inputs, parameters and packages behind the run.
    body : Body
        As it was at the end, to look closer or to go on.
    error : str or None
        Why the run stopped early, if it did.
    """

    table: pd.DataFrame
    summary: dict[str, Any]
    provenance: dict[str, Any]
    body: Body = field(repr=False)
    error: str | None = None

    @cached_property
    def cells(self) -> pd.DataFrame:
        """One row per cell at the end.

        ``id``, ``type``, ``compartment``, place ``x``, ``y`` [um], then every state, trait and signal, and what the
        cell met at its site (``local_...``).
        """
        return cell_table(self.body)

    @property
    def m_value(self) -> float:
        """Mean glucose infusion of the last 30 minutes of a clamp [mg/kg/min]."""
        if "m_value_mg_kg_min" not in self.summary:
            raise ValueError(f"a {self.summary['protocol']} has no M-value; run a clamp")
        return float(self.summary["m_value_mg_kg_min"])

    def series(self, quantity: str, compartment: str | None = None) -> pd.Series:
        """Return one quantity over time [min]; ``compartment`` is needed only where several have it."""
        rows = self.table[self.table["quantity"] == quantity]
        if compartment is not None:
            rows = rows[rows["compartment"] == compartment]
        places = sorted(set(rows["compartment"]))
        if len(places) != 1:
            there = ", ".join(places) if places else "none"
            raise ValueError(f"compartments with {quantity!r}: {there}; name one quantity of one compartment")
        return rows.set_index("time")["value"].rename(quantity)

    def save(self, path: str | Path) -> Path:
        """Write the time series as CSV or Parquet, by the ending, and beside it ``PATH.provenance.json``."""
        return save_table(self.table, path, self._saved_provenance())

    def save_cells(self, path: str | Path) -> Path:
        """Write the cells as CSV or Parquet, by the ending, and beside it ``PATH.provenance.json``."""
        return save_table(self.cells, path, self._saved_provenance())

    def _saved_provenance(self) -> dict[str, Any]:
        return self.provenance | {"summary": self.summary, "error": self.error}


def tidy(times: Sequence[float], looks: Sequence[Mapping[Quantity, float]]) -> pd.DataFrame:
    """Return observations as a tidy table."""
    places = [place for look in looks for place in look]
    return pd.DataFrame(
        {
            "time": np.repeat(np.array(times, float), [len(look) for look in looks]),
            "compartment": [compartment for compartment, _ in places],
            "quantity": [quantity for _, quantity in places],
            "value": np.array([value for look in looks for value in look.values()], float),
            "unit": [unit_of(*place) for place in places],
        }
    )


def cell_table(body: Body) -> pd.DataFrame:
    """Return one row per cell of a body, as in :attr:`Record.cells`."""
    parts: list[pd.DataFrame] = []
    number = 0
    for compartment in body.compartments.values():
        for population in compartment.populations.values():
            values = {name: population[name] for name in population.names} | body.signals(population)
            values |= {
                f"local_{name}": population.site[i, : len(population)] for i, name in enumerate(SITE_NAMES)
            }
            x, y = _place(body, compartment, population.sites[: len(population)])
            head = {
                "id": np.arange(number, number + len(population)),
                "type": population.cell_type.name,
                "compartment": compartment.name,
                "x": x,
                "y": y,
            }
            parts.append(pd.DataFrame(head | {name: np.array(value) for name, value in values.items()}))
            number += len(population)
    return pd.concat(parts, ignore_index=True)


def _place(body: Body, compartment: Compartment[Any], sites: Any) -> tuple[Any, Any]:
    """Return the place of sites [um]; in liver x runs from the portal side to the central vein."""
    spacing = getattr(body.p, f"{compartment.name}_spacing")
    columns = compartment.grid.shape[2]
    return (sites % columns + 0.5) * spacing, (sites // columns + 0.5) * spacing


def check_path(path: str | Path, endings: Sequence[str] = ENDINGS) -> Path:
    """Return a path to which a table, or a file with one of some other ``endings``, can be written.

    Raises
    ------
    ValueError
        If the ending is unknown, it is a folder, its folder is missing, or nothing can be written there.
    """
    path = Path(path)
    if path.suffix.lower() not in endings:
        raise ValueError(f"cannot write {path}: the ending is {path.suffix!r}, allowed: {', '.join(endings)}")
    if path.is_dir():
        raise ValueError(f"cannot write {path}: it is a folder")
    if not path.parent.is_dir():
        raise ValueError(f"cannot write {path}: there is no folder {path.parent}")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror or error}") from None
    return path


def save_table(table: pd.DataFrame, path: str | Path, provenance: Mapping[str, Any]) -> Path:
    """Write a table as CSV or Parquet and its provenance beside it; both whole or not at all.

    Raises
    ------
    ValueError
        If it cannot be written there.
    """
    path = check_path(path)
    beside = path.with_name(path.name + ".provenance.json")
    text = json.dumps(plain(dict(provenance)), indent=2, allow_nan=False) + "\n"
    try:
        save_whole(
            {
                path: lambda to: _write_table(table, to, path.suffix.lower()),
                beside: lambda to: to.write_text(text, encoding="utf-8"),
            }
        )
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror or error}") from None
    return path


def save_whole(writers: Mapping[Path, Callable[[Path], object]]) -> None:
    """Write files so that a reader sees all of each or nothing; if one fails, none is left."""
    pairs = [(path.with_name(f"{path.name}.{os.getpid()}.tmp"), path) for path in writers]
    try:
        for temporary, path in pairs:
            writers[path](temporary)
        for temporary, path in pairs:
            os.replace(temporary, path)
    finally:
        for temporary, _ in pairs:
            temporary.unlink(missing_ok=True)


def _write_table(table: pd.DataFrame, path: Path, ending: str) -> None:
    if ending == ".csv":
        table.to_csv(path, index=False)
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = pa.Table.from_pandas(table, preserve_index=False)
    arrow = arrow.replace_schema_metadata(
        (arrow.schema.metadata or {}) | {b"insulattice_schema": SCHEMA.encode()}
    )
    kinds = {name: arrow.schema.field(name).type for name in arrow.column_names}
    words = [
        name for name, kind in kinds.items() if pa.types.is_string(kind) or pa.types.is_large_string(kind)
    ]
    pq.write_table(arrow, path, compression="zstd", use_dictionary=words)


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: NaN and infinity become null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value
