"""A body's state as plain arrays and numbers: what a saved or settled body consists of.

Everything that a body carries from one minute to the next is here, so that a body put together from it goes on bit by
bit as the one it was taken from: the cells' arrays, the fields, and, as one JSON text, all that is a number (blood,
glands, gut, energy, drugs, what rules remember, flows, books).
"""

from __future__ import annotations

import json
import os
import tempfile
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .conduct import Conduct, Effects
from .energy import Anatomy
from .ledger import Account

if TYPE_CHECKING:
    from .body import Body

Arrays = dict[str, NDArray[Any]]

_OF_BODY = ("minute", "age", "contraction", "somatostatin", "infusions", "holds", "courses", "flows")
_PARTS = ("blood", "pancreas", "insulin", "glucagon", "sympathetic", "gut", "energy", "turnover")
_FIXED = ("parameters", "values", "seed", "_row", "_starts", "_spreads", "_moves", "_places")
"""What a tissue, a population or a drug keeps, and its inputs say."""
_SENSED = ("site", "shared")
"""What cells sense; it is looked up anew in every step."""

UNREADABLE = (
    OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, ArithmeticError, RuntimeError, MemoryError,
    zipfile.BadZipFile, zlib.error, tokenize.TokenError,
)  # fmt: skip
"""What a damaged or foreign file may raise somewhere on the way."""

NUMBERS = "numbers"
"""Name of the JSON text among the arrays."""


def pack(body: Body) -> Arrays:
    """Return all that changes with time as arrays by name."""
    arrays = dict(_arrays(body))
    arrays[NUMBERS] = np.array(json.dumps(_numbers(body)))
    return arrays


def unpack(body: Body, arrays: Arrays) -> None:
    """Put a packed state into a body of the same inputs and size.

    Raises
    ------
    KeyError, ValueError
        If something is missing, or of another size or kind; the body may then hold a part of the state.
    """
    _make_room(body, arrays)
    for name, array in _arrays(body):
        given = arrays[name]
        if given.shape != array.shape or given.dtype != array.dtype:
            raise ValueError(
                f"{name} has shape {given.shape} of {given.dtype}, not {array.shape} of {array.dtype}"
            )
        array[...] = given
    _put_numbers(body, json.loads(str(arrays[NUMBERS])))


# ---- arrays -------------------------------------------------------------------------------------------------------


def _arrays(body: Body) -> Iterator[tuple[str, NDArray[Any]]]:
    """Give the arrays of a body by name, themselves and not copies."""
    for tissue, compartment in body.compartments.items():
        yield f"{tissue}.fields", compartment.grid.values
        yield f"{tissue}.source", compartment.grid.source
        for name, array in _own_arrays(compartment):
            yield f"{tissue}.{name}", array
        for kind, population in compartment.populations.items():
            for name, array in _own_arrays(population):
                yield f"{tissue}.{kind}.{name}", array
    for name, array in _own_arrays(body.turnover.debris):
        yield f"debris.{name}", array


def _make_room(body: Body, arrays: Arrays) -> None:
    """Make room for as many cells and as much debris as were packed."""
    for tissue, compartment in body.compartments.items():
        for kind, population in compartment.populations.items():
            population.reserve(arrays[f"{tissue}.{kind}.ids"].size)
    body.turnover.debris.make_room(arrays["debris.sites"].size)


def _own_arrays(thing: object) -> Iterator[tuple[str, NDArray[Any]]]:
    for name, value in vars(thing).items():
        if isinstance(value, np.ndarray) and name not in _FIXED + _SENSED:
            yield name, value


# ---- numbers ------------------------------------------------------------------------------------------------------


def _numbers(body: Body) -> dict[str, Any]:
    """Return all numbers of a body by part and name."""
    found: dict[str, Any] = {"body": {name: getattr(body, name) for name in _OF_BODY}}
    found |= {name: numbers_of(part) for name, part in _parts(body)}
    found["anatomy"] = asdict(body.anatomy)
    found["conduct"] = {name: getattr(body.conduct, name) for name in Conduct.__slots__}
    found["effects"] = [[*key, amount] for key, amount in body.effects.items()]
    found["accounts"] = {name: asdict(account) for name, account in body.accounts.items()}
    found["drugs"] = {name: numbers_of(drug) for name, drug in body.drugs.items()}
    return found


def _put_numbers(body: Body, found: dict[str, Any]) -> None:
    for name in _OF_BODY:
        setattr(body, name, found["body"][name])
    for name, part in _parts(body):
        put_numbers(part, found[name])
    body.anatomy = Anatomy(**found["anatomy"])
    for name in Conduct.__slots__:
        setattr(body.conduct, name, found["conduct"][name])
    body.effects = Effects({(tissue, target): amount for tissue, target, amount in found["effects"]})
    body.accounts = {name: Account(**account) for name, account in found["accounts"].items()}
    body.drugs = {name: _drug(body, name, state) for name, state in found["drugs"].items()}


def _parts(body: Body) -> Iterator[tuple[str, object]]:
    """Give what keeps numbers: glands and other organs, tissues and their populations."""
    for name in _PARTS:
        yield name, getattr(body, name)
    for tissue, compartment in body.compartments.items():
        yield tissue, compartment
        for kind, population in compartment.populations.items():
            yield f"{tissue}.{kind}", population


def _drug(body: Body, name: str, state: dict[str, Any]) -> Any:
    """Return a drug of the registry in a state."""
    from .interventions.registry import make_drug

    drug = make_drug(name, body)
    put_numbers(drug, state)
    return drug


def numbers_of(thing: object) -> dict[str, Any]:
    """Return the attributes of a thing that are numbers, or lists or dictionaries of them."""
    return {name: value for name, value in vars(thing).items() if name not in _FIXED and _is_plain(value)}


def put_numbers(thing: object, numbers: dict[str, Any]) -> None:
    """Put back what :func:`numbers_of` returned.

    Raises
    ------
    ValueError
        If the thing keeps other numbers than these.
    """
    odd = sorted(numbers_of(thing).keys() ^ numbers.keys())
    if odd:
        raise ValueError(f"{type(thing).__name__} does not keep the same numbers: {', '.join(odd)}")
    for name, value in numbers.items():
        setattr(thing, name, value)


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(name, str) and _is_plain(item) for name, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    return isinstance(value, (bool, int, float))


# ---- files --------------------------------------------------------------------------------------------------------


def write(path: Path, arrays: Arrays) -> None:
    """Write arrays so that another process sees the whole file or none, and that a crash leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def read(path: Path) -> Arrays:
    """Read arrays that :func:`write` wrote; no pickled object is ever loaded."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
