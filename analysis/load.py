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
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA = "1"
"""Version of the files."""
MANIFEST = "manifest.parquet"
HEADER = b"insulattice_run"
"""Name of the facts of a run in its file's metadata, as JSON."""
FACTS = ("key", "status", "error", "wall_s", "code", "parameters", "host")
KEY = re.compile(r"[0-9a-f]{20}")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
"""What keys of runs and names of tables look like; nothing else becomes a path."""
DONE, PENDING = "done", "pending"

UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException)
"""What a file that is damaged or foreign may raise."""

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
    done = set(manifest.loc[manifest["status"] == DONE, "key"])
    parts = list(_parts(place, done))
    head = manifest.drop(columns=list(FACTS[1:]))
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
    try:
        manifest = pd.DataFrame(read_parquet(Path(folder) / MANIFEST).to_pandas())
        manifest[["run", "seed", *FACTS]]
    except UNREADABLE:
        raise ValueError(f"{folder} is no folder of a sweep: it has no {MANIFEST} that can be read") from None
    for row in manifest.index[manifest["status"] == PENDING]:
        for name, value in (facts_of(folder, str(manifest.at[row, "key"])) or {}).items():
            manifest.at[row, name] = value
    return manifest


def facts_of(folder: str | Path, key: str) -> dict[str, Any] | None:
    """Return what a run's file says of it, result before failure; None if there is none that can be read.

    Returns
    -------
    dict or None
        ``FACTS`` by name.
    """
    for kind in ("runs", "failed") if KEY.fullmatch(key) else ():
        try:
            with _opened(Path(folder) / kind / f"{key}.parquet") as file:
                found = json.loads(file.schema_arrow.metadata[HEADER])
            facts = {name: float(found[name]) if name == "wall_s" else str(found[name]) for name in FACTS}
            if found["schema"] == SCHEMA and facts["key"] == key:
                return facts
        except UNREADABLE:
            continue
    return None


def read_parquet(path: Path) -> pa.Table:
    """Return the table of a file.

    Raises
    ------
    OSError or ArrowException
        If there is no file, or it cannot be read.
    """
    with _opened(path) as file:
        return file.read()


def _opened(path: Path) -> pq.ParquetFile:
    """Open a file; what is none, such as a pipe on which one would wait, is refused."""
    if not path.is_file():
        raise FileNotFoundError(path)
    return pq.ParquetFile(path)


def _parts(place: Path, wanted: set[str]) -> Iterator[pa.Table]:
    """Give the tables of some runs; one that is damaged is said and left out."""
    for path in sorted(place.glob("*.parquet")):
        if path.stem in wanted:
            try:
                part = read_parquet(path)
                if set(part["key"].unique().to_pylist()) <= {path.stem}:
                    yield part.replace_schema_metadata(None)
            except UNREADABLE:
                log.warning("%s cannot be read and is left out; the same sweep makes it again", path)


def _named(folder: str | Path, table: str) -> str:
    """Return the name of a table that is there."""
    place = Path(folder) / "tables"
    known = sorted(item.name for item in place.glob("*") if NAME.fullmatch(item.name))
    if table not in known:
        raise ValueError(f"{folder} has no table {table!r}, allowed: {', '.join(known) or 'none is there'}")
    return table
