"""Sweep: the same thing done at many points, on this machine or a cluster, with nothing lost.

Each run is kept by whoever did it (see :mod:`.run_store`), so that whatever is killed, the same call again does only
what is missing, or was made by other code or other parameter tables. A run that raises or takes too long is a row with
its reason, and the others go on. What a run gives depends on its point and seed alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...analysis.load import load, load_manifest
from ..study.command import usable_cores
from .cluster import connected
from .design import MOST_RUNS, Design, Point, points_of
from .engine import Sweeping
from .flow import Flow
from .identity import code_of, name_of, parameters_of, runs_of, seeds_of, takes_seed
from .progress import Progress, Tally
from .run_store import RunStore
from .work import Work

if TYPE_CHECKING:
    from distributed import Client

HERE = "here"
"""The scheduler that is none: one run after the other, in this process."""
MOST_WORKERS = 1000

log = logging.getLogger("insulattice")


@dataclass
class SweepResult:
    """What a sweep gave.

    Attributes
    ----------
    folder : Path
        The run store.
    tally : Tally
    keys : list of str
        Runs of this sweep, in the order of the design.
    """

    folder: Path
    tally: Tally
    keys: list[str] = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """Results, tidy: run, what was varied, seed, and what each run gave; see :func:`insulattice.analysis.load`."""
        return self._own(load(self.folder))

    @property
    def manifest(self) -> pd.DataFrame:
        """One row for each run: what was varied, status, wall time, error."""
        return self._own(load_manifest(self.folder))

    def _own(self, table: pd.DataFrame) -> pd.DataFrame:
        return table[table["key"].isin(set(self.keys))].reset_index(drop=True)


def sweep(
    function: Callable[..., Any],
    design: Design,
    seeds: int | Iterable[int] = 1,
    *,
    out: str | Path,
    scheduler: str | Client | None = None,
    workers: int | None = None,
    timeout: float | None = None,
    retry: bool = False,
    progress: Progress | None = None,
) -> SweepResult:
    """Do the same at many points, each with some seeds.

    Parameters
    ----------
    function : callable or experiment
        Called with the values of a point by name, and ``seed`` if it takes one. It gives a number, numbers by name, or
        a table; tables among named numbers, such as cells, are kept beside them.
    design : mapping, sequence of mapping, DataFrame or Sample
        A grid (lists by name), points, a table with a row for each point, or a sample of ranges.
    seeds : int or iterable of int
        That many seeds (1, 2, ...), or these.
    out : str or Path
        The folder of results. If it has some of them, only what is missing is done.
    scheduler : str or Client, optional
        An address such as ``tcp://HOST:8786``, a client of Dask, or ``"here"`` for this process; else processes of this
        machine start by themselves.
    workers : int, optional
        Processes of this machine; as many as cores if not given.
    timeout : float, optional
        Longest run [s].
    retry : bool
        Do runs again that failed or took too long.
    progress : callable, optional
        Called with the tally after each run.

    Raises
    ------
    ValueError
        For a design, seeds, folder or scheduler that cannot be used; nothing has been run then.
    SweepStopped
        If the scheduler is gone or the disk is full.
    """
    points, numbers = points_of(design), seeds_of(seeds)
    _check_options(len(points) * len(numbers), workers, timeout, scheduler)
    with_seed = _check_calls(function, points, len(numbers))
    store = RunStore(out, name_of(function))
    work = Work(function, with_seed, code_of(function), parameters_of(), str(store.folder), store.id, timeout)
    sweeping = Sweeping(store, work, runs_of(function, points, numbers), retry, progress)
    with sweeping.watched():
        if scheduler == HERE:
            sweeping.work_here()
        elif sweeping.pending:
            with connected(scheduler, usable_cores() if workers is None else workers) as client:
                log.info("dashboard: %s", client.dashboard_link)
                Flow(sweeping, client).run()
    return SweepResult(store.folder, sweeping.tally, list(sweeping.runs))


def _check_options(runs: int, workers: int | None, timeout: float | None, scheduler: Any) -> None:
    """Raise a ValueError for options that cannot be."""
    if runs > MOST_RUNS:
        raise ValueError(f"{runs} runs, allowed: {MOST_RUNS} or fewer; divide the sweep")
    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        raise ValueError(f"workers is {workers}, allowed: 1 to {MOST_WORKERS}")
    if timeout is not None and not 0.0 < timeout < 1e9:
        raise ValueError(f"timeout is {timeout:g}, allowed: seconds above 0")
    if timeout is not None and scheduler == HERE:
        raise ValueError("a timeout needs processes of its own, allowed: no timeout with scheduler 'here'")


def _check_calls(function: Any, points: Sequence[Point], seeds: int) -> bool:
    """Return whether a function takes a seed; raise a ValueError if it cannot be called with every point."""
    if not callable(function):
        raise ValueError(f"{function!r} cannot be called, allowed: a function or an experiment")
    by_names = {tuple(point): point for point in points}
    with_seed = [takes_seed(function, point, seeds) for point in by_names.values()]
    if hasattr(function, "check"):
        for point in points:
            function.check(point)
    return with_seed[0]
