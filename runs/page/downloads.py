"""What the page gives away as files: the run, the cells as they are now, and the tests."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ...environment.protocols import Fast
from ..provenance import describe_rule, provenance
from ..record import cell_table, plain
from .player import Player


def run_table(player: Player) -> pd.DataFrame:
    """Return all that was seen: ``body``, ``minute``, ``compartment``, ``quantity``, ``value``, ``unit``.

    While a test is shown, it is that of the test.
    """
    with player.lock:
        return _joined({side.name: side.track.table() for side in player.shown})


def cells_now(player: Player) -> pd.DataFrame:
    """Return every cell with all its states, as they are now; ``body`` says of which body."""
    with player.lock:
        bodies = {side.name: side.body.branch() for side in player.shown}
    return _joined({name: cell_table(body) for name, body in bodies.items()})


def results_table(player: Player) -> pd.DataFrame:
    """Return what the tests gave, a row for each number."""
    rows = [
        (
            number,
            result.title,
            result.dose,
            result.when,
            result.side,
            result.under,
            reading.words,
            value,
            reading.unit,
        )
        for number, result in enumerate(player.results, 1)
        for reading, value in result.readings
    ]
    names = ("number", "test", "dose", "when", "body", "treatments", "quantity", "value", "unit")
    return pd.DataFrame(rows, columns=list(names))


def _joined(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return tables one below the other, with a first column that says of which body each row is."""
    named = [
        pd.concat([pd.Series(name or "body", table.index, name="body"), table], axis=1)
        for name, table in tables.items()
    ]
    return pd.concat(named, ignore_index=True)


def as_csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV."""
    return table.to_csv(index=False).encode()


def as_parquet(table: pd.DataFrame, player: Player) -> bytes:
    """Return a table as Parquet; its metadata say where it came from, as ``insulattice_provenance``."""
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    text = json.dumps(plain(made_by(player)))
    found = (arrow.schema.metadata or {}) | {b"insulattice_provenance": text.encode()}
    file = BytesIO()
    pq.write_table(arrow.replace_schema_metadata(found), file, compression="zstd")
    return file.getvalue()


def made_by(player: Player) -> dict[str, Any]:
    """Return where a run came from."""
    with player.lock:
        treated = player.treated
        found = provenance(treated.body, Fast(), player.minute)
        del found["protocol"]
        return found | {
            "rules": [describe_rule(rule) for rule in treated.rules],
            "done": [{"minute": mark.minute, "what": mark.words} for mark in player.marks],
        }


def file_name(player: Player, what: str, ending: str) -> str:
    """Return a name for a file, such as ``insulattice_obese_3000_cells.csv``."""
    settings = player.settings
    return f"insulattice_{settings.phenotype}_{settings.cells}_{what}{ending}"
