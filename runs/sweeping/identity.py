"""By what a run is known again: what is swept, the code behind it, its point and its seed."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ..sources import ENDINGS, ROOT, digest_of
from .design import MOST_RUNS, Point

MOST_SEED = 2**63 - 1
PLAIN_CODE = "runs.simulation"
"""What any function may depend on beside the modules of ours, which count all."""


class Run(NamedTuple):
    """One run: its key, what is varied, and its seed."""

    key: str
    point: Point
    seed: int

    @property
    def words(self) -> str:
        """It in words."""
        return ", ".join([*(f"{name} {value}" for name, value in self.point.items()), f"seed {self.seed}"])


def key_of(*facts: Any) -> str:
    """Return a hash of plain facts."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True, allow_nan=False).encode()).hexdigest()[:20]


def runs_of(function: Any, points: Sequence[Point], seeds: Sequence[int]) -> list[Run]:
    """Return the runs of a design, each once, in its order."""
    whose = [name_of(function), settings_of(function)]
    found: dict[str, Run] = {}
    for point in points:
        for seed in seeds:
            key = key_of(whose, point, seed)
            found.setdefault(key, Run(key, point, seed))
    return list(found.values())


def seeds_of(seeds: int | Iterable[int]) -> list[int]:
    """Return seeds: so many from 1 on, or those given.

    Raises
    ------
    ValueError
        For none, a seed twice, or one that is no whole number from 0.
    """
    if isinstance(seeds, int) and not isinstance(seeds, bool):
        if not 1 <= seeds <= MOST_RUNS:
            raise ValueError(f"seeds is {seeds}, allowed: 1 to {MOST_RUNS}, or a list")
        return list(range(1, seeds + 1))
    found: list[int] = list(seeds) if isinstance(seeds, Iterable) and not isinstance(seeds, str) else [seeds]
    for seed in found:
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MOST_SEED:
            raise ValueError(f"seed {seed!r}, allowed: whole numbers from 0 to {MOST_SEED}")
    if not found or len(set(found)) < len(found):
        raise ValueError(f"seeds are {found!r:.80}, allowed: one or more, each once")
    return found


# ---- what is swept --------------------------------------------------------------------------------------------------


def name_of(function: Any) -> str:
    """Return what is swept, in a word."""
    inner = _inner(function)
    name = getattr(inner, "name", None) or getattr(inner, "__qualname__", None) or type(inner).__name__
    return str(name)


def settings_of(function: Any) -> str:
    """Return what an experiment is set to; nothing for a plain function."""
    return repr(asdict(function)) if is_dataclass(function) and not isinstance(function, type) else ""


def takes_seed(function: Callable[..., Any], point: Point, seeds: int) -> bool:
    """Return whether a function takes a seed.

    Raises
    ------
    ValueError
        If it cannot be called with a point, or there are several seeds and it takes none.
    """
    signature = inspect.signature(function)
    parameters = signature.parameters.values()
    with_seed = "seed" in signature.parameters or any(p.kind is p.VAR_KEYWORD for p in parameters)
    try:
        signature.bind(**point, **({"seed": 1} if with_seed else {}))
    except TypeError as error:
        given = ", ".join(point)
        raise ValueError(f"{name_of(function)}{signature} cannot be called with {given}: {error}") from None
    if seeds > 1 and not with_seed:
        raise ValueError(
            f"{seeds} seeds are given, but {name_of(function)}{signature} takes no seed, allowed: one seed"
        )
    return with_seed


def code_of(function: Any) -> str:
    """Return a hash of the code that a function's results depend on.

    It is that of an experiment, if it tells it; else all of ours, the function's file, and what it carries along
    (a closure, arguments that are bound) or, where it has no file, itself.
    """
    if hasattr(function, "code"):
        return str(function.code)
    text = hashlib.sha256(_all_of_ours().encode())
    file = _file_of(function)
    text.update(b"" if file is None else file.read_bytes())
    if file is None or _carries(function):
        import cloudpickle

        text.update(cloudpickle.dumps(function))
    return text.hexdigest()[:20]


def parameters_of() -> str:
    """Return a hash of the parameter tables."""
    from ...agents.parameters import read_agent_parameters
    from ...environment.parameters import read_environment_parameters

    return (read_agent_parameters() + read_environment_parameters()).fingerprint()


@cache
def _all_of_ours() -> str:
    """Return a hash of all code of ours, and of the data it computes with."""
    text = hashlib.sha256(digest_of(PLAIN_CODE).encode())
    for folder in ("runs", "analysis"):
        for path in sorted((ROOT / folder).rglob(f"*{ENDINGS[0]}")):
            text.update(path.read_bytes())
    return text.hexdigest()


def _inner(function: Any) -> Any:
    """Return the function within a wrapper or a ``functools.partial``."""
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.unwrap(function)


def _file_of(function: Any) -> Path | None:
    """Return the file in which a function or the class of an object is written, if there is one."""
    inner = _inner(function)
    try:
        file = inspect.getsourcefile(inner if inspect.isroutine(inner) else type(inner))
    except TypeError:
        return None
    return Path(file) if file and Path(file).is_file() else None


def _carries(function: Any) -> bool:
    """Whether what a function does depends on more than its file and its arguments."""
    plain = inspect.isfunction(function) and function.__closure__ is None
    return not (plain or settings_of(function))
