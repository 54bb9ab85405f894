"""Cells as AnnData: the table that scanpy and squidpy read.

Each cell is an observation, each state or signal a variable; ``obs`` has type and compartment, and what else is no
number, ``obsm["spatial"]`` the place [um]. A variable that a type of cell does not have is NaN there.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

HEAD = ("run", "key", "seed", "id", "type", "compartment", "x", "y")
"""Columns of a table of cells that describe a cell and are no state."""


def to_anndata(cells: pd.DataFrame) -> Any:
    """Return a table of cells as an ``anndata.AnnData``.

    Parameters
    ----------
    cells : DataFrame
        One row per cell with ``type``, ``compartment``, ``x`` and ``y`` [um], as of
        :func:`insulattice.runs.cell_table` or ``insulattice.analysis.load(DIR, "cells")``.

    Raises
    ------
    ValueError
        If a column is missing, or anndata is not installed.
    """
    missing = [name for name in ("type", "compartment", "x", "y") if name not in cells]
    if missing:
        raise ValueError(f"the table has no column {missing[0]}, allowed: a table of cells")
    if find_spec("anndata") is None:
        raise ValueError("anndata is not installed; install it with: pip install 'insulattice[anndata]'")
    from anndata import AnnData

    obs, states = parts_of(cells)
    found = AnnData(
        X=states.to_numpy(np.float64), obs=obs, var=pd.DataFrame(index=pd.Index(states.columns, dtype=object))
    )
    found.obsm["spatial"] = cells[["x", "y"]].to_numpy(np.float64)
    return found


def parts_of(cells: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what describes each cell, and its states; words become categories."""
    numbers = set(cells.select_dtypes("number").columns)
    states = [name for name in cells.columns if name not in HEAD and name in numbers]
    about = [name for name in cells.columns if name not in states and name not in ("x", "y")]
    obs = cells[about].copy()
    for name in obs.columns:
        if name not in numbers:
            obs[name] = obs[name].astype(str).astype("category")
    obs.index = pd.Index([f"cell{i}" for i in range(len(cells))], dtype=object)
    return obs, cells[states]
