"""The run store: what many runs gave, in a folder that any tool for Parquet can read.

::

    DIR/store.json              what kind of folder this is, and whose runs it holds
    DIR/manifest.parquet        one row for each run: parameters, seed, status, wall time, code, error
    DIR/runs/KEY.parquet        what a run gave; all have the same columns
    DIR/failed/KEY.parquet      why a run failed
    DIR/tables/NAME/KEY.parquet further tables of a run, such as its cells
    DIR/sweep.log               what happened, for people

A run is one file, written under a temporary name by whoever ran it and renamed, so that many may write at once and
whatever stops a writer leaves whole files only. A file says itself which code and parameters made it; the manifest is
made of them. All is data: nothing that is read is ever run, and no name that is read becomes a path.
"""

from __future__ import annotations

import io
import json
import os
import socket
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ...analysis.load import (
    DONE,
    FACTS,
    HEADER,
    KEY,
    MANIFEST,
    NAME,
    PENDING,
    SCHEMA,
    UNREADABLE,
    facts_of,
    read_parquet,
)

KIND = "insulattice run store"
MARK = "store.json"
LOG = "sweep.log"
FAILED, TIMED_OUT, LOST = "failed", "timed out", "lost"
OLD_TEMPORARY = 3600.0
"""Temporary files older than this were left behind by a writer that was killed [s]."""

_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""A log that is a link or a pipe is not opened."""


class StoreError(ValueError):
    """A folder is no run store that can be used here; the message says why."""


@dataclass
class Outcome:
    """What became of a run.

    Attributes
    ----------
    key : str
        Of the run, see :func:`.identity.key_of`.
    status : str
        ``done``, ``failed`` (it raised), ``timed out`` or ``lost`` (its process was killed).
    error : str
        Why there is no result.
    wall_s : float
        [s].
    code, parameters : str
        Hashes of the code and of the parameter tables.
    host : str
        Where it ran.
    table : pyarrow.Table
        What it gave.
    tables : dict of str to pyarrow.Table
        Further tables by name.
    """

    key: str
    status: str = DONE
    error: str = ""
    wall_s: float = 0.0
    code: str = ""
    parameters: str = ""
    host: str = field(default_factory=socket.gethostname)
    table: pa.Table | None = None
    tables: dict[str, pa.Table] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """What is known of it beside its tables."""
        return {name: getattr(self, name) for name in FACTS}


Files = dict[str, bytes]
"""Files by their place in the store, the one that makes the run count last."""


def files_of(outcome: Outcome) -> Files:
    """Return the files of an outcome."""
    if not KEY.fullmatch(outcome.key):
        raise StoreError(f"key {outcome.key!r}, allowed: 20 hexadecimal digits")
    files: Files = {}
    if outcome.status != DONE:
        facts = pa.table({name: [value] for name, value in outcome.facts.items()})
        return {f"failed/{outcome.key}.parquet": _bytes(facts, outcome)}
    for name, table in outcome.tables.items():
        if not NAME.fullmatch(name):
            raise StoreError(f"a table is called {name!r}, allowed: letters, digits and _, a letter first")
        files[f"tables/{name}/{outcome.key}.parquet"] = _bytes(table, outcome)
    return files | {f"runs/{outcome.key}.parquet": _bytes(outcome.table, outcome)}


def _bytes(table: pa.Table | None, outcome: Outcome) -> bytes:
    """Return a table as Parquet: numbers split into bytes, which packs best, words in a dictionary."""
    table = pa.table({}) if table is None else table
    table = table.drop_columns([name for name in table.column_names if name == "key"])
    arrow = table.add_column(0, "key", pa.array([outcome.key] * len(table), pa.string()))
    header = {"schema": SCHEMA, **outcome.facts}
    arrow = arrow.replace_schema_metadata({HEADER: json.dumps(header).encode()})
    floats = [column.name for column in arrow.schema if pa.types.is_floating(column.type)]
    words = [column.name for column in arrow.schema if _is_word(column.type)]
    sink = io.BytesIO()
    pq.write_table(
        arrow, sink, compression="zstd", use_dictionary=words or False,
        column_encoding=dict.fromkeys(floats, "BYTE_STREAM_SPLIT") or None,
    )  # fmt: skip
    return sink.getvalue()


def _is_word(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind))


class RunStore:
    """A folder of runs.

    Parameters
    ----------
    folder : str or Path
        Made if missing.
    owner : str
        Whose runs they are: what is swept.

    Raises
    ------
    StoreError
        If it cannot be made, or holds something else.
    """

    def __init__(self, folder: str | Path, owner: str) -> None:
        self.folder, self.owner = Path(folder).absolute(), owner
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._claim()
            for name in ("runs", "failed", "tables"):
                (self.folder / name).mkdir(exist_ok=True)
            self._sweep_up()
        except OSError as error:
            raise StoreError(f"cannot keep runs in {folder}: {error.strerror or error}") from None
        for name in ("runs", "failed", "tables"):
            _check_inside(self.folder / name)

    def _claim(self) -> None:
        """Mark the folder as ours, or check the mark."""
        path = self.folder / MARK
        if not path.exists() and not path.is_symlink():
            other = sorted(item.name for item in self.folder.iterdir() if item.suffix != ".tmp")
            if other:
                raise StoreError(
                    f"{self.folder} holds {other[0]} and is no run store, allowed: a new or empty folder"
                )
            mark = {"kind": KIND, "schema": SCHEMA, "of": self.owner, "id": uuid.uuid4().hex}
            write_whole(path, (json.dumps(mark, indent=2) + "\n").encode())
        mark = read_mark(self.folder)
        if mark["of"] != self.owner:
            raise StoreError(
                f"{self.folder} holds runs of {mark['of']!r}, given {self.owner!r}; give another folder"
            )
        self.id = mark["id"]

    def _sweep_up(self) -> None:
        """Remove what writers that were killed left behind."""
        for path in self.folder.rglob("*.tmp"):
            with suppress(FileNotFoundError):  # another writer is done with it
                if time.time() - path.lstat().st_mtime > OLD_TEMPORARY:
                    path.unlink()

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write the files of one run, see :func:`files_of`; whole or not at all.

        Raises
        ------
        OSError
            If it cannot be written; what was kept before stays.
        """
        write_files(self.folder, files)

    def facts(self, key: str) -> dict[str, Any] | None:
        """Return what is known of a run; a result counts before a failure, a damaged file as none."""
        return facts_of(self.folder, key)

    def forget_failure(self, key: str) -> None:
        """Remove why a run failed."""
        (self.folder / "failed" / f"{key}.parquet").unlink(missing_ok=True)

    def listed(self, kind: str) -> set[str]:
        """Return the keys of the files of a kind, ``runs`` or ``failed``."""
        return {path.stem for path in (self.folder / kind).glob("*.parquet") if KEY.fullmatch(path.stem)}

    # ---- the manifest ---------------------------------------------------------------------------------------------

    def manifest(self) -> pd.DataFrame | None:
        """Return the manifest as it was last written, or None; a damaged one counts as none."""
        try:
            return pd.DataFrame(read_parquet(self.folder / MANIFEST).to_pandas())
        except UNREADABLE:
            return None

    def write_manifest(self, table: pd.DataFrame) -> None:
        """Write the manifest, whole or not at all."""
        arrow = pa.Table.from_pandas(table, preserve_index=False)
        arrow = arrow.replace_schema_metadata({b"insulattice_schema": SCHEMA.encode()})
        sink = io.BytesIO()
        pq.write_table(arrow, sink, compression="zstd")
        write_whole(self.folder / MANIFEST, sink.getvalue())

    def say(self, line: str) -> None:
        """Add a line to the log; a log that cannot be written stops nothing."""
        try:
            with open(os.open(self.folder / LOG, _APPEND, 0o644), "w", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError:
            return


# ---- files ----------------------------------------------------------------------------------------------------------


def read_mark(folder: Path) -> dict[str, str]:
    """Return the mark of a run store.

    Raises
    ------
    StoreError
        If there is none, or of another version.
    """
    try:
        mark = dict(json.loads((folder / MARK).read_text(encoding="utf-8")))
        found = {name: str(mark[name]) for name in ("kind", "schema", "of", "id")}
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(f"{folder} is no run store: it has no {MARK} that can be read") from None
    if found["kind"] != KIND or found["schema"] != SCHEMA:
        raise StoreError(
            f"{folder} is of kind {found['kind']!r}, version {found['schema']!r}, this is {KIND!r}, {SCHEMA!r}"
        )
    return found


def write_outcome(folder: Path, outcome: Outcome) -> None:
    """Write what became of a run below a store's folder."""
    write_files(folder, files_of(outcome))


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files of a run below a store's folder, in their order."""
    for place, content in files.items():
        path = folder / place
        _check_inside(folder / place.partition("/")[0])
        path.parent.mkdir(exist_ok=True)
        _check_inside(path.parent)
        write_whole(path, content)
    for place in list(files)[-1:]:
        kind, name = place.split("/")
        (folder / ("failed" if kind == "runs" else "runs") / name).unlink(missing_ok=True)  # of other code


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under a new temporary name and rename it; it never follows a link."""
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _check_inside(folder: Path) -> None:
    """Raise a StoreError if a folder of a store is a link, which could lead out of it."""
    if folder.is_symlink() or not folder.is_dir():
        raise StoreError(f"{folder} is no plain folder; the run store is damaged")


def blank() -> dict[str, Any]:
    """Return the facts of a run that is still to be done."""
    return {**Outcome("", PENDING, host="").facts}
