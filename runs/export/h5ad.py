"""Cells as an AnnData file, written by h5py alone: anndata itself cannot stand beside the newest pandas everywhere.

The layout is that of AnnData's documentation of its files, version 0.1.0, which anndata, scanpy, squidpy, and readers
in R and Julia share: https://anndata.readthedocs.io/en/stable/fileformat-prose.html.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

from ..record import plain
from .anndata_export import parts_of

EMPTY = ("layers", "obsp", "varm", "varp")


def write_h5ad(
    cells: pd.DataFrame, path: Path, units: Mapping[str, str], provenance: Mapping[str, Any]
) -> None:
    """Write a table of cells as .h5ad.

    Parameters
    ----------
    cells : DataFrame
        One row per cell with ``type``, ``compartment``, ``x`` and ``y`` [um], as of
        :func:`insulattice.runs.cell_table`.
    path : Path
    units : mapping of str to str
        Unit by column, as far as known; a column ``unit`` of ``var``.
    provenance : mapping
        Where the cells came from, kept as JSON in ``uns``.
    """
    obs, states = parts_of(cells)
    var = pd.DataFrame({"unit": [units.get(name, "") for name in states.columns]}, index=states.columns)
    with h5py.File(path, "w") as file:
        _mark(file, "anndata", "0.1.0")
        _array(file, "X", states.to_numpy(np.float64))
        _frame(file, "obs", obs)
        _frame(file, "var", var)
        obsm = _mark(file.create_group("obsm"), "dict", "0.1.0")
        _array(obsm, "spatial", cells[["x", "y"]].to_numpy(np.float64))
        uns = _mark(file.create_group("uns"), "dict", "0.1.0")
        text = uns.create_dataset("provenance", data=json.dumps(plain(dict(provenance)), allow_nan=False))
        _mark(text, "string", "0.2.0")
        for name in EMPTY:
            _mark(file.create_group(name), "dict", "0.1.0")


def _mark(place: Any, kind: str, version: str) -> Any:
    """Say of a place in the file what it is."""
    place.attrs["encoding-type"] = kind
    place.attrs["encoding-version"] = version
    return place


def _array(place: Any, name: str, values: Any) -> None:
    _mark(place.create_dataset(name, data=values, compression="gzip", compression_opts=4), "array", "0.2.0")


def _words(place: Any, name: str, words: Any) -> None:
    found = np.array([str(word) for word in words], dtype=object)
    _mark(place.create_dataset(name, data=found, dtype=h5py.string_dtype()), "string-array", "0.2.0")


def _frame(place: Any, name: str, frame: pd.DataFrame) -> None:
    group = _mark(place.create_group(name), "dataframe", "0.2.0")
    group.attrs["_index"] = "_index"
    group.attrs.create("column-order", list(frame.columns), dtype=h5py.string_dtype())
    _words(group, "_index", frame.index)
    for column in frame.columns:
        values = frame[column]
        if isinstance(values.dtype, pd.CategoricalDtype):
            category = _mark(group.create_group(column), "categorical", "0.2.0")
            category.attrs["ordered"] = False
            _words(category, "categories", values.cat.categories)
            _array(category, "codes", values.cat.codes.to_numpy())
        elif values.dtype.kind in "OUT" or pd.api.types.is_string_dtype(values):
            _words(group, column, values)
        else:
            _array(group, column, values.to_numpy())
