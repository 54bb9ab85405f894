"""Where compiled steps and settled bodies are kept."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the cache folder: ``INSULATTICE_CACHE``, else ``insulattice`` in the user's cache folder."""
    given = os.environ.get("INSULATTICE_CACHE")
    if given:
        return Path(given).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "insulattice"
