"""Checkpoints: a body in a file, from which it goes on to the last bit.

A file is an npz archive of plain arrays (see :mod:`.state`) with a header, a JSON text: versions, the body's inputs and
the parameters that differ from the table. It holds data only: nothing in it is ever run, and reading writes nothing.
A body goes on exactly only under the code and the numbers that it was saved under, so that a file of another version is
refused. Rules are no part of a body; what they remember about it is.
"""

from __future__ import annotations

import glob
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..agents.parameters import read_agent_parameters
from . import state
from .parameters import read_environment_parameters
from .phenotype import Phenotype
from .settle import code_digest

if TYPE_CHECKING:
    from .body import Body

FORMAT = 1
"""Version of the file."""

HEADER = "header"
PACKAGE = "insulattice"

Notes = dict[str, Any]


def clear_unfinished(path: str | Path) -> None:
    """Remove what processes that were killed while they wrote a checkpoint to this path left beside it."""
    path = Path(path)
    for left in path.parent.glob(f"{glob.escape(path.stem)}{'[a-z0-9_]' * 8}.tmp"):
        left.unlink(missing_ok=True)


def save(body: Body, path: str | Path, notes: Mapping[str, Any] | None = None) -> Path:
    """Write a body to exactly this path, whole or not at all; an older file there stays until the new one is whole.

    Parameters
    ----------
    body : Body
    path : str or Path
    notes : mapping, optional
        Plain data of the caller to keep beside it.

    Raises
    ------
    ValueError
        If it cannot be written there.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"cannot write {path}: it is a folder")
    if not path.parent.is_dir():
        raise ValueError(f"cannot write {path}: there is no folder {path.parent}")
    header = np.array(json.dumps(_header(body) | {"notes": dict(notes or {})}))
    try:
        state.write(path, {HEADER: header} | state.pack(body))
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror or error}") from None
    return path


def load(path: str | Path, make: type[Body]) -> tuple[Body, Notes]:
    """Return the body of a file, and the notes beside it.

    Parameters
    ----------
    path : str or Path
    make : type of Body
        What makes a body of its inputs.

    Raises
    ------
    ValueError
        If there is no such file, it is damaged, no checkpoint, or of another version.
    """
    arrays, header = _open(Path(path))
    try:
        _check_finite(arrays)
        _check_sizes(arrays, header)
        body = _body(header, make)
        state.unpack(body, arrays)
        _check(body)
        return body, dict(header["notes"])
    except state.UNREADABLE as error:
        raise ValueError(f"{path} is damaged: {_one_line(error)}") from None


def read_notes(path: str | Path) -> Notes:
    """Return the notes beside the body of a file, without making the body; see :func:`load`."""
    notes = _open(Path(path))[1].get("notes")
    return dict(notes) if isinstance(notes, dict) else {}


def _open(path: Path) -> tuple[state.Arrays, dict[str, Any]]:
    """Return the arrays and the header of a checkpoint of this version."""
    if not path.is_file():
        raise ValueError(f"there is no checkpoint {path}")
    try:
        arrays = _read(path)
        header = dict(json.loads(str(arrays[HEADER])))
        kind = header["kind"]
    except state.UNREADABLE:
        raise ValueError(f"{path} is damaged, or no checkpoint of {PACKAGE}") from None
    if kind != PACKAGE:
        raise ValueError(f"{path} is no checkpoint of {PACKAGE}")
    _check_version(path, header)
    return arrays, header


def changed_parameters(body: Body) -> dict[str, float]:
    """Return the parameters whose value differs from the standard table."""
    table = read_agent_parameters() + read_environment_parameters()
    standard = {(row.name, row.cell_type): row.value for row in table}
    return {
        f"{row.name}@{row.cell_type}" if row.cell_type else row.name: row.value
        for row in body.table
        if standard.get((row.name, row.cell_type)) != row.value
    }


def _read(path: Path) -> state.Arrays:
    """Read the arrays; a packed archive, which could unfold without end, is refused."""
    with zipfile.ZipFile(path) as archive:
        if any(item.compress_type != zipfile.ZIP_STORED for item in archive.infolist()):
            raise ValueError("a packed archive")
    return state.read(path)


def _header(body: Body) -> dict[str, Any]:
    return _versions() | {
        "kind": PACKAGE,
        "phenotype": asdict(body.phenotype),
        "cells": int(body.cells),
        "seed": int(body.seed),
        "without": list(body.without),
        "parameters": body.table.fingerprint(),
        "parameters_changed": changed_parameters(body),
        "packages": {name: version(name) for name in ("numpy", "numba")},
    }


def _versions() -> dict[str, Any]:
    return {"format": FORMAT, "version": version(PACKAGE), "code": code_digest()[:12]}


def _check_version(path: Path, header: Mapping[str, Any]) -> None:
    ours = _versions()
    theirs = {name: header.get(name) for name in ours}
    if theirs != ours:
        raise ValueError(
            f"{path} is of {_printed(theirs)}, this is {_printed(ours)}; run it anew with this version"
        )


def _printed(versions: Mapping[str, Any]) -> str:
    return f"{PACKAGE} {versions['version']} (format {versions['format']}, code {versions['code']})"


def _body(header: Mapping[str, Any], make: type[Body]) -> Body:
    """Return a body of the inputs in a header, in its plain starting state."""
    body = make(
        phenotype=Phenotype(**header["phenotype"]),
        cells=header["cells"],
        seed=header["seed"],
        without=tuple(header["without"]),
        parameters=header["parameters_changed"],
        settle=False,
    )
    if body.table.fingerprint() != header["parameters"]:
        raise ValueError("it was saved with other numbers in the parameter tables")
    return body


def _check_finite(arrays: state.Arrays) -> None:
    """Raise a ValueError for an array that holds something other than numbers."""
    for name, values in arrays.items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise ValueError(f"{name} holds what is no finite number")


def _check_sizes(arrays: state.Arrays, header: dict[str, Any]) -> None:
    """Raise a ValueError for a file that asks for more memory than it holds itself."""
    room = 0
    for name, ids in arrays.items():
        if name.endswith(".ids"):
            rows = arrays[name.removesuffix("ids") + "rows"]
            if ids.dtype != np.int64 or rows.ndim != 2 or rows.shape[1] != ids.size:
                raise ValueError(f"{name} has {ids.size} cells of {ids.dtype}, its rows {rows.shape}")
            room += ids.size
    debris, grams = arrays["debris.sites"], arrays["debris.triglyceride"]
    if debris.dtype != np.int64 or debris.shape != grams.shape:
        raise ValueError(
            f"debris.sites has shape {debris.shape} of {debris.dtype}, not {grams.shape} of int64"
        )
    if not header["cells"] <= room:
        raise ValueError(f"it is of {header['cells']} cells and has room for {room}")


def _check(body: Body) -> None:
    """Raise a ValueError or SimulationError for a state that no body can be in."""
    for tissue, compartment in body.compartments.items():
        for kind, cells in compartment.populations.items():
            least = 1 if cells is compartment.main else 0
            if not least <= cells.count <= cells.sites.size:
                raise ValueError(f"{cells.count} cells of type {kind} in {tissue}")
            if cells.sites.min() < 0 or cells.sites.max() >= compartment.sites:
                raise ValueError(f"cells of type {kind} outside {tissue}")
    body.check()


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
