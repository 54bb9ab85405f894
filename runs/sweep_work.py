"""What a worker of a sweep does: one run, or what several runs share, each with a deadline.

Nothing here knows of the scheduler. A run that raises gives an outcome with its reason. One that takes too long cannot
be stopped from inside its process: its reason is put on disk, and the process ends, which the scheduler makes good.
"""

from __future__ import annotations

import faulthandler
import inspect
import os
import pickle
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from ..agents.cache import cache_folder
from . import run_store
from .design import Point
from .run_store import Files, Outcome, StoreError

GRACE = 20.0
"""So long after its deadline a process ends in any case, should it not even be able to say why [s]."""
LONGEST_ERROR = 500


@runtime_checkable
class Prepared(Protocol):
    """An experiment some of whose work is shared by several runs."""

    def shared(self, point: Point, seed: int) -> Any:
        """Return plain facts that are equal where the shared work is; None where there is none."""

    def prepare(self, point: Point, seed: int) -> Any:
        """Do the shared work; its result goes to the runs, as their argument ``prepared``."""


@dataclass(frozen=True)
class Work:
    """What all runs of a sweep have in common.

    Attributes
    ----------
    call : callable
        Called with the values of a point, and ``seed`` if it takes one.
    with_seed : bool
    code, parameters : str
        Hashes of the code and the parameter tables.
    folder, store : str
        The run store, and its mark.
    timeout : float or None
        Longest run [s].
    """

    call: Callable[..., Any]
    with_seed: bool
    code: str
    parameters: str
    folder: str
    store: str
    timeout: float | None

    def is_current(self, facts: Mapping[str, Any]) -> bool:
        """Whether something kept was made by this code and these parameters, and not lost."""
        same = facts["code"] == self.code and facts["parameters"] == self.parameters
        return bool(same and facts["status"] != run_store.LOST)


class Report(NamedTuple):
    """What a worker tells of a run: what became of it, files it could not write itself, and why, if that is bad."""

    facts: dict[str, Any]
    files: Files | None = None
    unsaved: str = ""


class Unprepared(NamedTuple):
    """Why shared work failed."""

    status: str
    error: str


def perform(blob: bytes, key: str, point: Point, seed: int, prepared: Any = None) -> Report:
    """Do one run and keep what it gave, unless it is kept already.

    Parameters
    ----------
    blob : bytes
        The :class:`Work`, packed.
    key : str
        Of the run.
    point : dict
        Values by name.
    seed : int
    prepared : object, optional
        What :func:`prepare` gave.
    """
    work = unpacked(blob)
    seen = sees_store(work.folder, work.store)
    found = _kept(work, key) if seen else None
    if found is not None:
        return Report(found)
    if isinstance(prepared, Unprepared):
        outcome = Outcome(key, prepared.status, prepared.error)
    else:
        with deadline(work, key):
            outcome = run_one(work, key, point, seed, prepared)
    return _handed_over(work, replace(outcome, code=work.code, parameters=work.parameters), seen)


def prepare(blob: bytes, key: str, point: Point, seed: int) -> Any:
    """Do what several runs share."""
    work = unpacked(blob)
    found = _kept(work, key) if sees_store(work.folder, work.store) else None
    if found is not None:
        return Unprepared(found["status"], found["error"])
    assert isinstance(work.call, Prepared)
    with deadline(work, key), Caught() as caught:
        warm(work.call)
        return work.call.prepare(point, seed)
    return Unprepared(run_store.FAILED, caught.words)


def run_one(work: Work, key: str, point: Point, seed: int, prepared: Any = None) -> Outcome:
    """Return what became of a run; what it raises is its reason."""
    began = time.perf_counter()
    arguments: dict[str, Any] = dict(point)
    if work.with_seed:
        arguments["seed"] = seed
    if prepared is not None:
        arguments["prepared"] = prepared
    outcome = Outcome(key, run_store.FAILED)
    with Caught() as caught:
        warm(work.call)
        table, tables = tables_of(work.call(**arguments))
        outcome = Outcome(key, table=table, tables=tables)
        run_store.files_of(outcome)  # what cannot be written fails here
    if caught.words:
        outcome = Outcome(key, run_store.FAILED, caught.words)
    return replace(outcome, wall_s=time.perf_counter() - began)


def _handed_over(work: Work, outcome: Outcome, seen: bool) -> Report:
    """Write an outcome, or give its files to the client where the store is out of reach."""
    files = run_store.files_of(outcome)
    if not seen:
        return Report(outcome.facts, files)
    try:
        run_store.write_files(Path(work.folder), files)
    except (OSError, StoreError) as error:
        return Report(outcome.facts, None, getattr(error, "strerror", None) or str(error))
    return Report(outcome.facts)


def _kept(work: Work, key: str) -> dict[str, Any] | None:
    """Return the facts of what is kept of this very run, by this or another worker, or before its process ended."""
    for kind in ("runs", "failed"):
        facts = run_store.read_facts(Path(work.folder) / kind / f"{key}.parquet")
        if facts is not None and facts["key"] == key and work.is_current(facts):
            return facts
    return None


@cache
def sees_store(folder: str, mark: str) -> bool:
    """Whether this process has the run store on its own disks."""
    try:
        return run_store.read_mark(Path(folder))["id"] == mark
    except StoreError:
        return False


@lru_cache(8)
def unpacked(blob: bytes) -> Work:
    """Return the work that the client sent; it comes by the scheduler, never from a file."""
    work = pickle.loads(blob)
    assert isinstance(work, Work)
    return work


_WARM: set[type] = set()


def warm(call: Any) -> None:
    """Have an experiment compile what it needs, once in a process, and one process of a machine after the other."""
    if type(call) in _WARM or not hasattr(call, "warm"):
        return
    import platform

    from filelock import FileLock

    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    host = "".join(letter for letter in platform.node() if letter.isalnum() or letter in "-_")
    with FileLock(folder / f"compile-{host}.lock"):
        call.warm()
    _WARM.add(type(call))


# ---- what a function gives ------------------------------------------------------------------------------------------


def tables_of(found: Any) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return what a function gave as a table, and further tables by name.

    A number becomes the output ``value``; numbers by name become outputs; a table stays one; tables among named
    numbers are kept beside them.

    Raises
    ------
    ValueError
        If it gave something else.
    """
    if isinstance(found, pd.DataFrame):
        return found, {}
    if _is_number(found):
        found = {"value": found}
    if not isinstance(found, Mapping) or not found:
        raise ValueError(f"it gave {found!r:.80}, allowed: a number, numbers by name, or a table")
    tables = {str(name): item for name, item in found.items() if isinstance(item, pd.DataFrame)}
    numbers = {str(name): item for name, item in found.items() if not isinstance(item, pd.DataFrame)}
    for name, item in numbers.items():
        if not _is_number(item):
            raise ValueError(f"it gave {item!r:.80} as {name}, allowed: a number or a table")
    values = np.array([float(item) for item in numbers.values()])
    return pd.DataFrame({"output": pd.Series(list(numbers), dtype=str), "value": values}), tables


def _is_number(found: Any) -> bool:
    return isinstance(found, (bool, int, float, np.number, np.bool_)) and not isinstance(
        found, np.complexfloating
    )


class Caught:
    """Holds an error that a run raises, whatever it is, in words; to be used by ``with``."""

    words = ""

    def __enter__(self) -> Caught:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, (Exception, SystemExit)):
            return False
        self.words = words_of(error)
        return True


def words_of(error: BaseException) -> str:
    """Return an error in one line, with the place it came from."""
    text = " ".join(str(error).split())[:LONGEST_ERROR]
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}{f': {text}' if text else ''}{where}"


# ---- deadline -------------------------------------------------------------------------------------------------------


@contextmanager
def deadline(work: Work, key: str) -> Iterator[None]:
    """End this process if what follows takes too long, after its reason was put on disk."""
    if work.timeout is None:
        yield
        return
    lock, over = threading.Lock(), threading.Event()

    def end() -> None:
        with lock:
            if not over.is_set():
                _give_up(work, key)

    timer = threading.Timer(work.timeout, end)
    timer.daemon = True
    faulthandler.dump_traceback_later(work.timeout + GRACE, exit=True)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        faulthandler.cancel_dump_traceback_later()
        with lock:
            over.set()


def _give_up(work: Work, key: str) -> None:
    """Keep that a run took too long, and end this process."""
    reason = f"took longer than {work.timeout:g} s"
    outcome = Outcome(
        key, run_store.TIMED_OUT, reason, float(work.timeout or 0.0), work.code, work.parameters
    )
    try:
        if sees_store(work.folder, work.store):
            run_store.write_files(Path(work.folder), run_store.files_of(outcome))
    finally:
        os._exit(1)


# ---- functions ------------------------------------------------------------------------------------------------------


def name_of(function: Any) -> str:
    """Return what is swept, in a word."""
    name = (
        getattr(function, "name", None) or getattr(function, "__qualname__", None) or type(function).__name__
    )
    return str(name)


def takes(function: Callable[..., Any], point: Point, seeds: int) -> bool:
    """Return whether a function takes a seed.

    Raises
    ------
    ValueError
        If it cannot be called with a point, or there are several seeds and it takes none.
    """
    if isinstance(function, Prepared):
        return True
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
