"""Work on many small jobs by several processes: in order of rank, each once, results as they come."""

from __future__ import annotations

import heapq
import multiprocessing
import os
import signal
from collections.abc import Callable, Hashable
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
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

    If a process is killed, others take its place; the jobs that ran at that moment are tried once more.

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
        self._running: dict[Future[Any], tuple[int, Job]] = {}
        self._again: set[Hashable] = set()
        self._executor: Executor | None = None

    def expect(self, jobs: int) -> None:
        """Say that so many more jobs will be added in the end; fewer, if the number is negative."""
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
        self._executor = self._new_executor()
        try:
            while self._waiting or self._running:
                self._fill()
                finished, _ = wait(self._running, return_when=FIRST_COMPLETED)
                for future in sorted(finished, key=lambda item: str(self._running[item][1].key)):
                    self._finish(future)
            self._executor.shutdown()
        except BaseException:
            self._abandon(self._executor)
            raise

    def _new_executor(self) -> Executor:
        if self.jobs == 1:
            return ThreadPoolExecutor(1)
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_begin_worker)

    def _fill(self) -> None:
        """Hand over as many jobs as there are processes, so that the order stays ours."""
        while self._waiting and len(self._running) < self.jobs:
            rank, _, job = heapq.heappop(self._waiting)
            self._running[self._submitted(job)] = rank, job

    def _submitted(self, job: Job) -> Future[Any]:
        """Return the future of a job; where a process was killed, of new processes."""
        assert self._executor is not None
        try:
            return self._executor.submit(job.call, *job.arguments)
        except BrokenExecutor:
            self._executor.shutdown(wait=False)
            self._executor = self._new_executor()
            return self._executor.submit(job.call, *job.arguments)

    def _finish(self, future: Future[Any]) -> None:
        rank, job = self._running.pop(future)
        if isinstance(future.exception(), BrokenExecutor) and job.key not in self._again:
            self._again.add(job.key)
            heapq.heappush(self._waiting, (rank, next(self._number), job))
            return
        self._finished[job.key] = future
        for then in self._then.pop(job.key):
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


def _begin_worker() -> None:
    """Leave stopping by hand to the main process, and take one thread only."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["INSULATTICE_THREADS"] = "1"
