"""Runs on their way through a cluster: a few at once, short ones several in a task, results as they come.

A run whose process was killed several times may be to blame or not: it is tried again at the end, alone.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress
from math import ceil, inf
from typing import TYPE_CHECKING, Any

from .cluster import address_of, check_nannies, threads_of, timed_out_on
from .engine import Sweeping, SweepStopped
from .identity import Run
from .run_store import LOST, Outcome, files_of
from .work import Report, perform_packed, prepare_packed

if TYPE_CHECKING:
    from distributed import Client, Future

LEAST_WAITING = 16
"""So many tasks at least are with the scheduler at once; more only if the cluster is large."""
TASK_S = 1.0
MOST_IN_TASK = 1000
"""Short runs go together in one task of about so long [s], at most twice as long, and no more than so many."""
THREADS_EVERY = 5.0
"""Seconds between two looks at the size of the cluster, because it may grow."""


class Flow:
    """The runs of a sweep on a cluster.

    Parameters
    ----------
    sweeping : Sweeping
    client : distributed.Client
    """

    def __init__(self, sweeping: Sweeping, client: Client) -> None:
        import cloudpickle

        self.sweeping, self.client = sweeping, client
        self.blob = cloudpickle.dumps(sweeping.work)
        self.waiting: dict[Future[Any], list[Run]] = {}
        self.prepared: dict[str, Future[Any]] = {}
        self.suspects: deque[Run] = deque()
        self.tried = 0
        self.threads, self.asked = 1, -inf
        self.run_s = inf

    def run(self) -> None:
        """Work until nothing is left.

        Raises
        ------
        NoCluster
            If a timeout is wanted and a worker has no nanny.
        SweepStopped
            If the scheduler is gone, or nothing can be written.
        """
        from distributed import as_completed
        from distributed.client import ClosedClientError

        if self.sweeping.work.timeout is not None:
            check_nannies(self.client)
        self.sweeping.say(f"scheduler {address_of(self.client)}, dashboard {self.client.dashboard_link}")
        stream = as_completed(loop=self.client.loop, with_results=True, raise_errors=False)
        try:
            self._fill(stream)
            while self.waiting:
                self._finish(*next(stream))
                self._fill(stream)
        except (ClosedClientError, OSError):
            raise SweepStopped(self._gone()) from None
        finally:
            with suppress(ClosedClientError):
                self.client.cancel([*self.waiting, *self.prepared.values()])

    # ---- handing over -------------------------------------------------------------------------------------------

    def _fill(self, stream: Any) -> None:
        """Hand over runs, as many as keep the cluster busy; at the end suspects, one by one."""
        pending = self.sweeping.pending
        if not pending and not self.waiting and self.suspects:
            self._submit([self.suspects.popleft()], stream, alone=True)
            return
        self._look_at_size()
        while pending and len(self.waiting) < max(LEAST_WAITING, 3 * self.threads):
            self._submit(self._next_task(), stream)

    def _look_at_size(self) -> None:
        """Ask now and then how many runs the cluster does at once."""
        if time.monotonic() - self.asked > THREADS_EVERY:
            self.threads, self.asked = max(threads_of(self.client), 1), time.monotonic()

    def _next_task(self) -> list[Run]:
        """Return the runs of the next task: one, or several short ones that share the same work."""
        pending, shared = self.sweeping.pending, self.sweeping.shared
        fair = ceil(len(pending) / (4 * self.threads))  # so that all workers end at about the same time
        most = min(max(int(TASK_S / max(self.run_s, 1e-9)), 1), fair, MOST_IN_TASK)
        runs = [pending.popleft()]
        while len(runs) < most and pending and shared[pending[0].key] == shared[runs[0].key]:
            runs.append(pending.popleft())
        return runs

    def _submit(self, runs: list[Run], stream: Any, alone: bool = False) -> None:
        self.tried += 1
        arguments: list[Any] = [self.blob, runs, 2.0 * TASK_S]
        shared = self.sweeping.shared[runs[0].key]
        if shared is not None:
            arguments.append(self._prepared(shared, runs[0]))
        name = f"{'alone' if alone else 'run'}-{runs[0].key}-{self.tried}"
        future = self.client.submit(perform_packed, *arguments, key=name, pure=False)
        self.waiting[future] = runs
        stream.add(future)

    def _prepared(self, shared: str, run: Run) -> Future[Any]:
        """Return the work that a run shares; what the runs before it shared is let go."""
        if shared not in self.prepared:
            name = f"shared-{shared}-{self.tried}"
            future = self.client.submit(prepare_packed, self.blob, shared, run, key=name, pure=False)
            self.prepared = {shared: future}
        return self.prepared[shared]

    # ---- taking back --------------------------------------------------------------------------------------------

    def _finish(self, future: Future[Any], found: Any) -> None:
        """Take what became of the runs of a task."""
        from distributed.scheduler import KilledWorker

        runs = self.waiting.pop(future)
        error = found[1] if isinstance(found, tuple) else found
        if isinstance(found, list):
            for report in found:
                self.sweeping.take(report)
            self.run_s = sum(report.facts["wall_s"] for report in found) / len(found)
            self.sweeping.pending.extendleft(reversed(runs[len(found) :]))  # there was no time for them
        elif isinstance(error, KilledWorker):
            self._killed(runs, alone=str(future.key).startswith("alone"))
        else:
            if type(error).__name__ in ("CancelledError", "FutureCancelledError"):
                raise SweepStopped(self._gone())
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise SweepStopped(f"{said}; {self.sweeping.kept_words()}")

    def _gone(self) -> str:
        return f"the scheduler is gone; {self.sweeping.kept_words()}"

    def _killed(self, runs: list[Run], alone: bool) -> None:
        """Try runs again whose process was killed; one that was alone, or known to take too long, ends so."""
        work, late = self.sweeping.work, timed_out_on(self.client)
        for run in runs:
            shared = self.sweeping.shared[run.key] or ""
            self.prepared.pop(shared, None)  # it may be what was killed
            if late & {run.key, shared}:
                self._end(work.timed_out(run.key))
            elif alone:
                self._end(work.outcome(run.key, LOST, "its process was killed each time it was tried"))
            else:
                self.suspects.append(run)

    def _end(self, outcome: Outcome) -> None:
        self.sweeping.take(Report(outcome.facts, files_of(outcome)))
