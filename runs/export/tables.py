"""Tables on their way to other programs: cells as table or AnnData, time series with a column for each quantity."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...agents.cell_type import CELL_TYPES
from ...agents.parameters import read_agent_parameters
from ..record import ENDINGS, cell_table, check_path, save_table, save_whole
from .needs import need
from .surroundings import SURROUNDING_UNITS

if TYPE_CHECKING:
    from ...environment.body import Body

CELL_ENDINGS = (*ENDINGS, ".h5ad")
LONG = ("compartment", "quantity", "value", "unit")
"""Columns that a tidy table has for what becomes one column each."""


def read_table(path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a table and what stands beside it as its provenance.

    Raises
    ------
    ValueError
        If it is no table that can be read.
    """
    if path.suffix.lower() not in ENDINGS:
        raise ValueError(f"cannot read {path}: the ending is {path.suffix!r}, allowed: {', '.join(ENDINGS)}")
    try:
        table = pd.read_csv(path) if path.suffix.lower() == ".csv" else pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's and pandas' errors of a damaged file are ValueErrors
        raise ValueError(f"cannot read {path}: {error}") from None
    beside = path.with_name(path.name + ".provenance.json")
    try:
        made_by = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
    except ValueError:
        made_by = {}
    return table, made_by if isinstance(made_by, dict) else {}


def cells_of(body: Body) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the cells of a body as they are now, and where they come from."""
    from ..provenance import our_version

    made_by = {
        "insulattice": our_version(),
        "phenotype": body.phenotype.name,
        "cells": body.cells,
        "seed": body.seed,
        "without": list(body.without),
        "minute": body.minute,
        "parameters": body.table.fingerprint(),
    }
    return cell_table(body), made_by


def units_of_cells() -> dict[str, str]:
    """Return the units of columns of a table of cells, where the tables of parameters or of blood say them."""
    table = read_agent_parameters()
    units: dict[str, str] = {}
    for name, cell_type in CELL_TYPES.items():
        starts = table.starts(name)
        units |= {state: starts[state].unit for state in cell_type.composed.states}
        units |= {trait: "1" for trait in cell_type.composed.traits}
    return units | {f"local_{name}": unit for name, unit in SURROUNDING_UNITS.items()}


def check_cells_file(path: Path) -> Path:
    """Return a path to which cells can be written; raise a ValueError if they cannot."""
    check_path(path, CELL_ENDINGS)
    if path.suffix.lower() == ".h5ad":
        need("h5py", "h5ad", "an .h5ad file")
    return path


def save_cells(cells: pd.DataFrame, path: Path, made_by: Mapping[str, Any]) -> Path:
    """Write cells as .csv, .parquet or .h5ad, by the ending.

    Raises
    ------
    ValueError
        If it is no table of cells, or cannot be written there.
    """
    missing = [name for name in ("type", "compartment", "x", "y") if name not in cells]
    if missing:
        raise ValueError(f"the table has no column {missing[0]}, allowed: a table of cells")
    if path.suffix.lower() != ".h5ad":
        return save_table(cells, path, made_by)
    from .h5ad import write_h5ad

    try:
        save_whole({path: lambda to: write_h5ad(cells, to, units_of_cells(), made_by)})
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror or error}") from None
    return path


def widened(table: pd.DataFrame) -> pd.DataFrame:
    """Return a tidy table with one column for each quantity, called ``compartment.quantity [unit]``.

    Parameters
    ----------
    table : DataFrame
        ``compartment``, ``quantity``, ``value``, ``unit``, and what else tells rows apart: ``time`` of a run, or
        ``day``, ``event`` and ``statistic`` of a diary.

    Raises
    ------
    ValueError
        If it is no tidy table, or two rows would fall on one place.
    """
    missing = [name for name in LONG if name not in table]
    if missing:
        raise ValueError(f"the table has no column {missing[0]}, allowed: a time series or a diary")
    keys = [name for name in table.columns if name not in LONG]
    names = table["compartment"] + "." + table["quantity"] + " [" + table["unit"].astype(str) + "]"
    long = table[keys].assign(column=names, value=table["value"])
    if long.duplicated([*keys, "column"]).any():
        raise ValueError("the table has several values of one quantity at one time, and cannot be made wide")
    wide = long.pivot(index=keys, columns="column", values="value")
    return wide[list(dict.fromkeys(names))].reset_index().rename_axis(columns=None)
