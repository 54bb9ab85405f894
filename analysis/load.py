"""Read a run store: the results of many runs as tidy tables.

A folder of results holds ``manifest.parquet`` (one row for each run: what was varied, seed, status, wall time, error),
``runs/KEY.parquet`` (what each run gave) and ``tables/NAME/KEY.parquet`` (such as its cells). DuckDB and polars read
the same files: ``SELECT * FROM 'DIR/runs/*.parquet' JOIN 'DIR/manifest.parquet' USING (key)``.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

KEY = re.compile(r"[0-9a-f]{32}")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
FACTS = ("status", "error", "wall_s", "code", "parameters", "host")
HEADER = b"insulattice_run"

_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException)

log = logging.getLogger("insulattice")


def load(folder: str | Path, table: str | None = None) -> pd.DataFrame:
    """Return what the runs of a folder gave, tidy.

    Parameters
    ----------
    folder : str or Path
        Of a sweep.
    table : str, optional
        A further table of the runs, such as ``cells``, instead of their results.

    Returns
    -------
    DataFrame
        Columns ``run``, ``key``, what was varied, ``seed``, and those of the runs: ``output`` and ``value`` for
        numbers by name. Runs without a result have no rows.

    Raises
    ------
    ValueError
        If it is no folder of a sweep, or has no such table.
    """
    manifest = load_manifest(folder)
    place = Path(folder) / "runs" if table is None else Path(folder) / "tables" / _named(folder, table)
    done = set(manifest.loc[manifest["status"] == "done", "key"])
    parts = list(_parts(place, done))
    head = manifest.drop(columns=[name for name in FACTS if name in manifest])
    if not parts:
        return head.iloc[:0].assign(output=pd.Series(dtype=str), value=pd.Series(dtype=float))
    found = pd.DataFrame(pa.concat_tables(parts, promote_options="permissive").to_pandas())
    tidy = head.merge(found, on="key", how="inner", suffixes=("", "_of_run"))
    return tidy.sort_values("run", kind="stable").reset_index(drop=True)


def load_manifest(folder: str | Path) -> pd.DataFrame:
    """Return one row for each run of a folder: what was varied, seed, status, wall time, error.

    Runs that were kept after the manifest was written, because what wrote it was killed, have their status here too.

    Raises
    ------
    ValueError
        If it is no folder of a sweep.
    """
    path = Path(folder) / "manifest.parquet"
    try:
        manifest = pd.DataFrame(pq.read_table(path).to_pandas())
        _check(manifest)
    except _UNREADABLE:
        raise ValueError(
            f"{folder} is no folder of a sweep: it has no manifest.parquet that can be read"
        ) from None
    for row in manifest.index[manifest["status"] == "pending"]:
        facts = _facts(Path(folder), str(manifest.at[row, "key"]))
        for name in FACTS:
            if name in facts:
                manifest.at[row, name] = facts[name]
    return manifest


def _check(manifest: pd.DataFrame) -> None:
    """Raise a KeyError if a column is missing."""
    for name in ("run", "key", "seed", *FACTS):
        manifest[name]


def _facts(folder: Path, key: str) -> dict[str, str | float]:
    """Return what a run's file says of it; nothing if there is none that can be read."""
    for kind in ("runs", "failed") if KEY.fullmatch(key) else ():
        try:
            with pq.ParquetFile(folder / kind / f"{key}.parquet") as file:
                facts = dict(json.loads(file.schema_arrow.metadata[HEADER]))
            return {name: float(facts[name]) if name == "wall_s" else str(facts[name]) for name in FACTS}
        except _UNREADABLE:
            continue
    return {}


def _parts(place: Path, wanted: set[str]) -> Iterator[pa.Table]:
    """Give the tables of some runs; one that is damaged is said and left out."""
    for path in sorted(place.glob("*.parquet")):
        if path.stem in wanted:
            try:
                part = pq.read_table(path, partitioning=None)
                if set(part["key"].unique().to_pylist()) <= {path.stem}:
                    yield part.replace_schema_metadata(None)
            except _UNREADABLE:
                log.warning("%s cannot be read and is left out; the same sweep makes it again", path)


def _named(folder: str | Path, table: str) -> str:
    """Return the name of a table that is there."""
    place = Path(folder) / "tables"
    known = sorted(item.name for item in place.glob("*") if NAME.fullmatch(item.name))
    if table not in known:
        raise ValueError(f"{folder} has no table {table!r}, allowed: {', '.join(known) or 'none is there'}")
    return table
