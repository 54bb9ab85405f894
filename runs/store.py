"""Results kept on disk, so that work that was interrupted or is repeated redoes only what is missing.

An entry is one Parquet file or several beside each other, written under temporary names and renamed, the first table
last: it names the others, so that an entry is whole or not there. What cannot be read is said and counts as missing.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ..agents.cache import cache_folder
from .record import save_whole

FOLDER = "validation"
OLD_TEMPORARY = 3600.0
"""Temporary files older than this were left behind by a crash [s]."""
SCHEMA = "1"

log = logging.getLogger("insulattice")


@dataclass
class Kept:
    """What is kept of one piece of work: a first table, further ones by name, and plain facts."""

    table: pd.DataFrame
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


def key_of(*facts: Any) -> str:
    """Return a hash of plain facts."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:20]


class Store:
    """Results by name and key.

    Parameters
    ----------
    folder : Path, optional
        In the cache folder, if not given.
    fresh : bool
        Whether what is kept is left unread; new results are kept nevertheless.
    """

    def __init__(self, folder: Path | None = None, fresh: bool = False) -> None:
        self.folder = cache_folder() / FOLDER if folder is None else folder
        self.fresh = fresh
        for path in self.folder.glob("*.tmp"):
            if time.time() - path.stat().st_mtime > OLD_TEMPORARY:
                path.unlink(missing_ok=True)

    def find(self, name: str, key: str) -> Kept | None:
        """Return what is kept, or None."""
        if self.fresh:
            return None
        path = self._path(name, key)
        if not path.exists():
            return None
        try:
            table = pd.read_parquet(path)
            if table.attrs["schema"] != SCHEMA:
                return None
            others = table.attrs["tables"]
            tables = {one: pd.read_parquet(_beside(path, place)) for place, one in enumerate(others)}
            return Kept(table, tables, dict(table.attrs["facts"]))
        except (OSError, ValueError, KeyError):  # cut short, a part missing, or of another kind
            log.warning("what is kept in %s cannot be read; it is done again", path)
            return None

    def keep(self, name: str, key: str, kept: Kept) -> None:
        """Keep something; where that is impossible, say so and go on."""
        path = self._path(name, key)
        table = kept.table.copy()
        table.attrs = {"schema": SCHEMA, "tables": list(kept.tables), "facts": kept.facts}
        frames = {_beside(path, place): one for place, one in enumerate(kept.tables.values())} | {path: table}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            save_whole({place: _writer(frame) for place, frame in frames.items()})
        except (OSError, ValueError, TypeError) as error:
            log.warning("the result of %s cannot be kept in %s: %s", name, self.folder, error)

    def _path(self, name: str, key: str) -> Path:
        plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")[:60]
        return self.folder / f"{plain}_{key}.parquet"


def _beside(path: Path, place: int) -> Path:
    return path.with_name(f"{path.stem}.{place}.parquet")


def _writer(frame: pd.DataFrame) -> Any:
    return lambda to: frame.to_parquet(to, compression="zstd")
