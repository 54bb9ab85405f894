"""Work on many small jobs by several processes: in order of rank, each once, results as they come."""

from __future__ import annotations

import heapq
import multiprocessing
import os
import signal
from collections.abc import Callable, Hashable
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from itertools import count
from typing import Any, NamedTuple


class Job(NamedTuple):
    """A function and what it is called with; equal keys are done once."""

    key: Hashable
    call: Callable[..., Any]
    arguments: tuple[Any, ...]


Then = Callable[["Future[Any]"], None]
"""Called with what became of a job; it may add others."""


class Scheduler:
    """Runs jobs, the lowest rank first.

    Parameters
    ----------
    jobs : int
        Processes; with one, the work is done in this process.
    progress : callable, optional
        Called with the jobs done and the jobs known of.
    """

    def __init__(self, jobs: int, progress: Callable[[int, int], None] | None = None) -> None:
        self.jobs = jobs
        self.progress = progress
        self.expected = 0
        self.done = 0
        self._waiting: list[tuple[int, int, Job]] = []
        self._number = count()
        self._then: dict[Hashable, list[Then]] = {}
        self._finished: dict[Hashable, Future[Any]] = {}
        self._running: dict[Future[Any], Hashable] = {}

    def expect(self, jobs: int) -> None:
        """Say that so many more jobs will be added in the end."""
        self.expected += jobs

    def add(self, rank: int, job: Job, then: Then) -> None:
        """Add a job; if it is done already, or waits, that is shared."""
        if job.key in self._finished:
            self._tell(then, self._finished[job.key])
        elif job.key in self._then:
            self._then[job.key].append(then)
        else:
            self._then[job.key] = [then]
            heapq.heappush(self._waiting, (rank, next(self._number), job))

    def run(self) -> None:
        """Work until nothing is left."""
        with self._executor() as executor:
            try:
                while self._waiting or self._running:
                    self._fill(executor)
                    finished, _ = wait(self._running, return_when=FIRST_COMPLETED)
                    for future in sorted(finished, key=lambda item: str(self._running[item])):
                        self._finish(future)
            except BaseException:
                self._abandon(executor)
                raise

    def _executor(self) -> Executor:
        if self.jobs == 1:
            return ThreadPoolExecutor(1)
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_begin_worker)

    def _fill(self, executor: Executor) -> None:
        """Hand over as many jobs as there are processes, so that the order stays ours."""
        while self._waiting and len(self._running) < self.jobs:
            _, _, job = heapq.heappop(self._waiting)
            self._running[_submitted(executor, job)] = job.key

    def _finish(self, future: Future[Any]) -> None:
        key = self._running.pop(future)
        self._finished[key] = future
        for then in self._then.pop(key):
            self._tell(then, future)

    def _tell(self, then: Then, future: Future[Any]) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, max(self.expected, self.done))
        then(future)

    def _abandon(self, executor: Executor) -> None:
        """Leave the rest undone, at once."""
        executor.shutdown(wait=False, cancel_futures=True)
        if self.jobs > 1:
            for process in multiprocessing.active_children():
                process.terminate()


def _submitted(executor: Executor, job: Job) -> Future[Any]:
    """Return the future of a job; one that has failed if the processes are gone."""
    try:
        return executor.submit(job.call, *job.arguments)
    except RuntimeError as error:  # a process was killed: those that are left cannot be done
        lost: Future[Any] = Future()
        lost.set_exception(error)
        return lost


def _begin_worker() -> None:
    """Leave stopping by hand to the main process, and take one thread only."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["INSULATTICE_THREADS"] = "1"
