"""What a worker of a sweep does: some runs one after the other, or what they share, each with a deadline.

Nothing here but the last words of a process knows of a scheduler. A run that raises gives an outcome with its reason,
and one that takes too long is put down as such before its process ends, which the scheduler makes good.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from ...agents.cache import cache_folder
from ...analysis.load import DONE, facts_of
from . import run_store
from .cluster import last_words
from .deadline import deadline
from .design import Point
from .failures import Caught
from .identity import Run
from .outputs import tables_of
from .run_store import Files, Outcome, StoreError


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

    def outcome(self, key: str, status: str, error: str = "", wall_s: float = 0.0) -> Outcome:
        """Return what became of a run, without a result yet."""
        return Outcome(key, status, error, wall_s, self.code, self.parameters)

    def timed_out(self, key: str) -> Outcome:
        """Return that a run took too long."""
        limit = self.timeout or 0.0
        return self.outcome(key, run_store.TIMED_OUT, f"took longer than {limit:g} s", limit)


class Report(NamedTuple):
    """What a worker tells of a run: what became of it, files it could not write itself, and why, if that is bad."""

    facts: dict[str, Any]
    files: Files | None = None
    unsaved: str = ""


class Unprepared(NamedTuple):
    """Why shared work failed."""

    status: str
    error: str


def perform_packed(blob: bytes, runs: Iterable[Run], seconds: float, prepared: Any = None) -> list[Report]:
    """Do runs of a :class:`Work` that was packed, see :func:`perform`, until so much time [s] is used up."""
    until = time.perf_counter() + seconds
    reports = []
    for report in perform(_unpacked(blob), runs, prepared):
        reports.append(report)
        if time.perf_counter() > until:
            break
    return reports


def prepare_packed(blob: bytes, key: str, run: Run) -> Any:
    """Do what several runs of a :class:`Work` that was packed share; see :func:`prepare`."""
    return prepare(_unpacked(blob), key, run)


def perform(work: Work, runs: Iterable[Run], prepared: Any = None) -> Iterator[Report]:
    """Do runs and keep what they gave, unless it is kept already; give a report of each.

    Parameters
    ----------
    work : Work
    runs : iterable of Run
    prepared : object, optional
        What :func:`prepare` gave.
    """
    seen = sees_store(work.folder, work.store)
    for run in runs:
        found = _kept(work, run.key) if seen else None
        yield _performed(work, run, prepared, seen) if found is None else Report(found)


def prepare(work: Work, key: str, run: Run) -> Any:
    """Do what several runs share, of which one is given; why it failed, if it did."""
    found = _kept(work, key) if sees_store(work.folder, work.store) else None
    if found is not None:
        return Unprepared(found["status"], found["error"])
    assert isinstance(work.call, Prepared)
    with Caught() as caught:
        warm(work.call)
        with _deadline(work, key):
            return work.call.prepare(run.point, run.seed)
    return Unprepared(run_store.FAILED, caught.words)


def _performed(work: Work, run: Run, prepared: Any, seen: bool) -> Report:
    """Do a run and keep what it gave; where the store is out of reach, its files go to the client."""
    if isinstance(prepared, Unprepared):
        outcome = work.outcome(run.key, prepared.status, prepared.error)
        files = run_store.files_of(outcome)
    else:
        outcome, files = run_one(work, run, prepared)
    if not seen:
        return Report(outcome.facts, files)
    try:
        run_store.write_files(Path(work.folder), files)
    except (OSError, StoreError) as error:
        return Report(outcome.facts, None, getattr(error, "strerror", None) or str(error))
    return Report(outcome.facts)


def run_one(work: Work, run: Run, prepared: Any = None) -> tuple[Outcome, Files]:
    """Return what became of a run, and its files; what it raises is its reason."""
    began = time.perf_counter()
    arguments = run.point | ({"seed": run.seed} if work.with_seed else {})
    arguments |= {} if prepared is None else {"prepared": prepared}
    with Caught() as caught:
        warm(work.call)
        began = time.perf_counter()
        with _deadline(work, run.key):
            table, tables = tables_of(work.call(**arguments))
        done = work.outcome(run.key, DONE, wall_s=time.perf_counter() - began)
        done = replace(done, table=table, tables=tables)
        return done, run_store.files_of(done)  # what cannot be written fails here
    failed = work.outcome(run.key, run_store.FAILED, caught.words, time.perf_counter() - began)
    return failed, run_store.files_of(failed)


def _deadline(work: Work, key: str) -> AbstractContextManager[None]:
    """Return the deadline of a run."""
    if work.timeout is None:
        return nullcontext()
    if sees_store(work.folder, work.store):
        return deadline(
            work.timeout, partial(run_store.write_outcome, Path(work.folder), work.timed_out(key))
        )
    return deadline(work.timeout, last_words(key))


def _kept(work: Work, key: str) -> dict[str, Any] | None:
    """Return the facts of what is kept of this very run, by this or another worker, or before its process ended."""
    facts = facts_of(Path(work.folder), key)
    return facts if facts is not None and work.is_current(facts) else None


@cache
def sees_store(folder: str, mark: str) -> bool:
    """Whether this process has the run store on its own disks."""
    try:
        return run_store.read_mark(Path(folder))["id"] == mark
    except StoreError:
        return False


@lru_cache(8)
def _unpacked(blob: bytes) -> Work:
    """Return the work that the client sent; it comes by the scheduler, never from a file."""
    work = pickle.loads(blob)
    assert isinstance(work, Work)
    return work


_WARM: list[Any] = []


def warm(call: Any) -> None:
    """Have an experiment compile what it needs, once in a process, and one process of a machine after the other.

    It is no part of a run, so that no deadline counts it.
    """
    if call in _WARM or not hasattr(call, "warm"):
        return
    import platform

    from filelock import FileLock

    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    host = "".join(letter for letter in platform.node() if letter.isalnum() or letter in "-_")
    with FileLock(folder / f"compile-{host}.lock"):
        call.warm()
    _WARM.append(call)
