"""A body's state as plain arrays: what a saved or settled body consists of."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .body import Body

_GLANDS = ("pancreas", "insulin", "glucagon", "sympathetic", "gut", "energy")


def pack(body: Body) -> dict[str, NDArray[Any]]:
    """Return all that changes with time as arrays by name."""
    arrays: dict[str, NDArray[Any]] = {
        "minute": np.array(body.minute),
        "glucose_rest": np.array(body.blood.glucose_rest),
    }
    arrays["blood"] = np.array(list(body.blood.level.values()))
    for gland in _GLANDS:
        arrays[gland] = np.array(_numbers(getattr(body, gland)))
    for tissue, compartment in body.compartments.items():
        arrays[f"{tissue}.fields"] = compartment.grid.values
        for name, population in compartment.populations.items():
            arrays[f"{tissue}.{name}.rows"] = population.rows
            arrays[f"{tissue}.{name}.sites"] = population.sites
            arrays[f"{tissue}.{name}.count"] = np.array(population.count)
    return arrays


def unpack(body: Body, arrays: dict[str, NDArray[Any]]) -> None:
    """Put a packed state into a body of the same inputs and size, and open its books."""
    body.minute = float(arrays["minute"])
    body.blood.glucose_rest = float(arrays["glucose_rest"])
    body.blood.level = dict(zip(body.blood.level, map(float, arrays["blood"]), strict=True))
    for gland in _GLANDS:
        _put_numbers(getattr(body, gland), list(map(float, arrays[gland])))
    for tissue, compartment in body.compartments.items():
        compartment.grid.values = arrays[f"{tissue}.fields"]
        for name, population in compartment.populations.items():
            population.set_count(int(arrays[f"{tissue}.{name}.count"]))
            population.rows[:] = arrays[f"{tissue}.{name}.rows"]
            population.sites[:] = arrays[f"{tissue}.{name}.sites"]
    body.open_books()


def _numbers(gland: object) -> list[float]:
    """Return the numbers that a gland keeps, lists flattened, in the order of its attributes."""
    found: list[float] = []
    for value in vars(gland).values():
        if isinstance(value, list):
            found += value
        elif isinstance(value, (int, float)):
            found.append(float(value))
    return found


def _put_numbers(gland: object, numbers: list[float]) -> None:
    left = iter(numbers)
    for name, value in list(vars(gland).items()):
        if isinstance(value, list):
            setattr(gland, name, [next(left) for _ in value])
        elif isinstance(value, bool):
            setattr(gland, name, bool(next(left)))
        elif isinstance(value, (int, float)):
            setattr(gland, name, next(left))


def write(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write arrays so that another process sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def read(path: Path) -> dict[str, NDArray[Any]]:
    """Read arrays that :func:`write` wrote; no pickled object is ever loaded."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
