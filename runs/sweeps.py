"""Sweep: the same thing done at many points, on this machine or a cluster, with nothing lost.

Each run is kept by whoever did it (see :mod:`.run_store`), so that whatever is killed, the same call again does only
what is missing, or was made by other code or other parameter tables. A run that raises or takes too long is a row with
its reason, and the others go on. What a run gives depends on its point and seed alone.
"""

from __future__ import annotations

import hashlib
import inspect
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import datetime
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from ..analysis.load import load, load_manifest
from . import run_store
from .cluster import address_of, check_nannies, connected, threads_of
from .design import MOST_RUNS, Design, Point, columns_of, points_of
from .run_store import DONE, LOST, RunStore, key_of
from .sources import digest_of
from .study.command import usable_cores
from .sweep_work import Prepared, Report, Work, name_of, perform, prepare, takes

if TYPE_CHECKING:
    from distributed import Client, Future

HERE = "here"
"""The scheduler that is none: one run after the other, in this process."""
LEAST_WAITING = 64
"""So many runs at least are with the scheduler at once; more only if the cluster is large."""
MANIFEST_EVERY = 15.0
SAY_EVERY = 60.0
THREADS_EVERY = 5.0
"""Seconds between two manifests, between two lines in the log, and between two looks at the size of the cluster."""
MOST_SEED = 2**63 - 1

log = logging.getLogger("insulattice")


class SweepStopped(RuntimeError):
    """A sweep ended before all was done; what was done is kept, and the same call goes on from there."""


class Run(NamedTuple):
    """One run: its key, what is varied, and its seed."""

    key: str
    point: Point
    seed: int


@dataclass
class Tally:
    """How a sweep stands: runs in all, taken from the store, done now, and failed."""

    runs: int = 0
    kept: int = 0
    done: int = 0
    failed: int = 0
    began: float = field(default_factory=time.perf_counter)

    @property
    def finished(self) -> int:
        """Runs with an outcome."""
        return self.kept + self.done

    @property
    def rate(self) -> float:
        """Runs per second, since the start of this call [1/s]."""
        return self.done / max(time.perf_counter() - self.began, 1e-9)

    @property
    def left_s(self) -> float:
        """Time left at this rate [s]; infinite before the first run."""
        return (self.runs - self.finished) / self.rate if self.done else inf

    def words(self) -> str:
        """Return it in words."""
        text = f"{self.finished} of {self.runs} runs, {self.failed} failed"
        if self.kept:
            text += f", {self.kept} taken from the store"
        if self.done:
            text += f"; {self.rate:.3g} runs/s, {_clock(self.left_s)} left"
        return text


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


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


Progress = Callable[[Tally], None]


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
    _check(function, points, numbers, workers, timeout, scheduler)
    runs = runs_of(function, points, numbers)
    store = RunStore(out, name_of(function))
    work = Work(
        function, takes(function, points[0], len(numbers)), code_of(function), parameters_of(),
        str(store.folder), store.id, timeout,
    )  # fmt: skip
    sweeping = Sweeping(store, work, runs, retry, progress)
    with sweeping.watched():
        if not sweeping.pending:
            pass
        elif scheduler == HERE:
            sweeping.work_here()
        else:
            with connected(scheduler, usable_cores() if workers is None else workers) as client:
                sweeping.work_on(client)
    return SweepResult(store.folder, sweeping.tally, [run.key for run in runs])


# ---- what is asked for ----------------------------------------------------------------------------------------------


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


def _check(
    function: Any,
    points: Sequence[Point],
    seeds: Sequence[int],
    workers: int | None,
    timeout: float | None,
    scheduler: Any,
) -> None:
    """Raise a ValueError for what cannot be run, before anything is."""
    if not callable(function):
        raise ValueError(f"{function!r} cannot be called, allowed: a function or an experiment")
    if len(points) * len(seeds) > MOST_RUNS:
        raise ValueError(f"{len(points) * len(seeds)} runs, allowed: {MOST_RUNS} or fewer; divide the sweep")
    if workers is not None and not 1 <= workers <= 1000:
        raise ValueError(f"workers is {workers}, allowed: 1 to 1000")
    if timeout is not None and not 0.0 < timeout < 1e9:
        raise ValueError(f"timeout is {timeout:g}, allowed: seconds above 0")
    if timeout is not None and scheduler == HERE:
        raise ValueError("a timeout needs processes of its own, allowed: no timeout with scheduler 'here'")
    check = getattr(function, "check", None)
    for point in points:
        takes(function, point, len(seeds))
        if check is not None:
            check(point)


def runs_of(function: Any, points: Sequence[Point], seeds: Sequence[int]) -> list[Run]:
    """Return the runs of a design, each once, in its order."""
    whose = [name_of(function), settings_of(function)]
    found: dict[str, Run] = {}
    for point in points:
        for seed in seeds:
            key = key_of(whose, point, seed)
            found.setdefault(key, Run(key, point, seed))
    return list(found.values())


def settings_of(function: Any) -> str:
    """Return what an experiment is set to; nothing for a plain function."""
    return repr(asdict(function)) if is_dataclass(function) and not isinstance(function, type) else ""


def code_of(function: Any) -> str:
    """Return a hash of the code that a function's results depend on: its file, or itself, and the model's."""
    if hasattr(function, "code"):
        return str(function.code)
    text = hashlib.sha256(digest_of("runs.simulation").encode())
    inner = inspect.unwrap(getattr(function, "func", function))
    try:
        file = inspect.getsourcefile(inner)
        text.update(Path(file).read_bytes() if file else b"")
    except (OSError, TypeError):
        compiled = getattr(inner, "__code__", None)
        text.update(repr((compiled.co_code, compiled.co_consts) if compiled else type(inner)).encode())
    return text.hexdigest()[:20]


def parameters_of() -> str:
    """Return a hash of the parameter tables."""
    from ..agents.parameters import read_agent_parameters
    from ..environment.parameters import read_environment_parameters

    return (read_agent_parameters() + read_environment_parameters()).fingerprint()


# ---- the work -------------------------------------------------------------------------------------------------------


class Sweeping:
    """A sweep at work.

    Parameters
    ----------
    store : RunStore
    work : Work
    runs : sequence of Run
    retry : bool
        Do again what failed.
    progress : callable, optional
    """

    def __init__(
        self, store: RunStore, work: Work, runs: Sequence[Run], retry: bool, progress: Progress | None
    ) -> None:
        self.store, self.work, self.progress = store, work, progress
        self.runs = {run.key: run for run in runs}
        self.facts: dict[str, dict[str, Any]] = {}
        self.tally = Tally(len(runs))
        self.shared = {run.key: self._shared_key(run) for run in runs}
        self._recall(retry)
        self.pending = self._ordered()
        self._written = self._said = time.monotonic()

    def _shared_key(self, run: Run) -> str | None:
        """Return the key of the work that a run shares with others."""
        call = self.work.call
        facts = call.shared(run.point, run.seed) if isinstance(call, Prepared) else None
        return None if facts is None else key_of("shared", name_of(call), facts)

    def _recall(self, retry: bool) -> None:
        """Take what is kept."""
        there = {kind: set(run_store.listed(self.store.folder, kind)) for kind in ("runs", "failed")}
        for key in self.runs:
            facts = self.store.facts(key) if key in there["runs"] or key in there["failed"] else None
            if facts is not None and self.work.is_current(facts) and not (retry and facts["status"] != DONE):
                self.facts[key] = facts
                self.tally.failed += facts["status"] != DONE
            elif key in there["failed"]:
                (self.store.folder / "failed" / f"{key}.parquet").unlink(missing_ok=True)
        if retry:
            for shared in set(self.shared.values()) & there["failed"]:
                (self.store.folder / "failed" / f"{shared}.parquet").unlink(missing_ok=True)
        self.tally.kept = len(self.facts)

    def _ordered(self) -> deque[Run]:
        """Return what is to be done, runs that share work beside each other, so that it is not held for long."""
        first: dict[str, int] = {}
        for place, key in enumerate(self.runs):
            first.setdefault(self.shared[key] or key, place)
        left = [run for key, run in self.runs.items() if key not in self.facts]
        return deque(sorted(left, key=lambda run: first[self.shared[run.key] or run.key]))

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Write log and manifest at the beginning and at the end, whatever that is."""
        self._say(f"sweep of {self.store.owner}: {self.tally.words()}")
        self._write_manifest()
        self._show()
        try:
            yield
        except KeyboardInterrupt:
            self._say("stopped by hand")
            raise
        except SweepStopped as error:
            self._say(f"stopped: {error}")
            raise
        finally:
            self._say(self.tally.words())
            self._write_manifest(at_the_end=True)

    def take(self, report: Report) -> None:
        """Take what became of a run.

        Raises
        ------
        SweepStopped
            If it cannot be kept.
        """
        unsaved = report.unsaved
        if report.files is not None and not unsaved:
            try:
                self.store.write(report.files)
            except OSError as error:
                unsaved = error.strerror or str(error)
        if unsaved:
            raise SweepStopped(f"cannot write in {self.store.folder}: {unsaved}; {self.kept_words()}")
        facts = report.facts
        self.facts[facts["key"]] = facts
        self.tally.done += 1
        if facts["status"] != DONE:
            self.tally.failed += 1
            run = self.runs[facts["key"]]
            self._say(f"{facts['status']}: {_described(run)}: {facts['error']}")
        self._show()
        self._now_and_then()

    def kept_words(self) -> str:
        """Return in words what is kept."""
        kept = f"{len(self.facts)} of {self.tally.runs} runs are kept in {self.store.folder}"
        return f"{kept}, and the same call goes on from there"

    # ---- here ---------------------------------------------------------------------------------------------------

    def work_here(self) -> None:
        """Do all in this process."""
        import cloudpickle

        blob, prepared = cloudpickle.dumps(self.work), dict[str, Any]()
        while self.pending:
            run = self.pending.popleft()
            shared = self.shared[run.key]
            if shared is not None and shared not in prepared:
                prepared = {shared: prepare(blob, shared, run.point, run.seed)}
            self.take(perform(blob, run.key, run.point, run.seed, prepared.get(shared or "")))

    # ---- a cluster ----------------------------------------------------------------------------------------------

    def work_on(self, client: Client) -> None:
        """Do all on a cluster."""
        if self.work.timeout is not None:
            check_nannies(client)
        self._say(f"scheduler {address_of(client)}, dashboard {client.dashboard_link}")
        log.info("dashboard: %s", client.dashboard_link)
        Flow(self, client).run()

    # ---- telling ------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if self.progress is not None:
            self.progress(self.tally)

    def _now_and_then(self) -> None:
        """Write the manifest and a line in the log if it is time."""
        now = time.monotonic()
        if now - self._written > MANIFEST_EVERY:
            self._write_manifest()
            self._written = time.monotonic()
        if now - self._said > SAY_EVERY:
            self._say(self.tally.words())
            self._said = now

    def _say(self, line: str) -> None:
        self.store.say(f"{datetime.now().astimezone().isoformat(timespec='seconds')} {line}")

    def _write_manifest(self, at_the_end: bool = False) -> None:
        """Write the manifest; it follows from the runs, so that it may fail while these do not."""
        try:
            self.store.write_manifest(self._manifest())
        except OSError as error:
            if not at_the_end:
                raise SweepStopped(
                    f"cannot write in {self.store.folder}: {error.strerror or error}; {self.kept_words()}"
                ) from None

    def _manifest(self) -> pd.DataFrame:
        """Return a row for each run of this sweep, and after them those of others in the same folder."""
        runs = list(self.runs.values())
        head = pd.DataFrame({"key": [run.key for run in runs], "seed": [run.seed for run in runs]})
        varied = columns_of([run.point for run in runs])
        blank = run_store.blank()
        facts = pd.DataFrame([self.facts.get(run.key, blank) for run in runs])[list(run_store.FACTS[1:])]
        table = pd.concat([head, varied, facts], axis=1)
        before = self.store.manifest()
        if before is not None and "key" in before:
            others = before[~before["key"].isin(set(self.runs))].drop(columns="run", errors="ignore")
            table = pd.concat([table, others], ignore_index=True) if len(others) else table
        table.insert(0, "run", range(len(table)))
        return table


def _described(run: Run) -> str:
    words = ", ".join(f"{name} {value}" for name, value in run.point.items())
    return f"{words}, seed {run.seed}" if words else f"seed {run.seed}"


class Flow:
    """Runs on their way through a cluster: a few at once, results as they come.

    A run whose process was killed several times may be to blame or not: it is tried again at the end, alone.
    """

    def __init__(self, sweeping: Sweeping, client: Client) -> None:
        import cloudpickle

        self.sweeping, self.client = sweeping, client
        self.blob = cloudpickle.dumps(sweeping.work)
        self.waiting: dict[Future[Any], Run] = {}
        self.prepared: dict[str, Future[Any]] = {}
        self.suspects: deque[Run] = deque()
        self.tried = 0
        self.threads, self.asked = 0, -inf

    def run(self) -> None:
        """Work until nothing is left."""
        from distributed import as_completed

        stream = as_completed(loop=self.client.loop, with_results=True, raise_errors=False)
        try:
            self._fill(stream)
            while self.waiting:
                self._finish(*next(stream))
                self._fill(stream)
        finally:
            self.client.cancel([*self.waiting, *self.prepared.values()])

    def _fill(self, stream: Any) -> None:
        """Hand over runs, as many as keep the cluster busy; at the end suspects, one by one."""
        pending = self.sweeping.pending
        if not pending and not self.waiting and self.suspects:
            self._submit(self.suspects.popleft(), stream, alone=True)
            return
        most = max(LEAST_WAITING, 3 * self._threads())
        while pending and len(self.waiting) < most:
            self._submit(pending.popleft(), stream)

    def _threads(self) -> int:
        """Return how many runs the cluster does at once, asked for now and then, because it may grow."""
        if time.monotonic() - self.asked > THREADS_EVERY:
            self.threads, self.asked = threads_of(self.client), time.monotonic()
        return self.threads

    def _submit(self, run: Run, stream: Any, alone: bool = False) -> None:
        self.tried += 1
        arguments: list[Any] = [self.blob, run.key, run.point, run.seed]
        shared = self.sweeping.shared[run.key]
        if shared is not None:
            arguments.append(self._prepared(shared, run))
        name = f"{'alone' if alone else 'run'}-{run.key}-{self.tried}"
        future = self.client.submit(perform, *arguments, key=name, pure=False)
        self.waiting[future] = run
        stream.add(future)

    def _prepared(self, shared: str, run: Run) -> Future[Any]:
        """Return the work that a run shares; what the runs before it shared is let go."""
        if shared not in self.prepared:
            self.prepared = {
                shared: self.client.submit(
                    prepare, self.blob, shared, run.point, run.seed, key=f"shared-{shared}", pure=False
                )
            }
        return self.prepared[shared]

    def _finish(self, future: Future[Any], found: Any) -> None:
        from distributed.scheduler import KilledWorker

        run = self.waiting.pop(future)
        if isinstance(found, Report):
            self.sweeping.take(found)
            return
        error = found[1] if isinstance(found, tuple) else found
        if isinstance(error, KilledWorker):
            self._killed(run, alone=str(future.key).startswith("alone"))
            return
        gone = type(error).__name__ in ("CancelledError", "FutureCancelledError")
        said = "the scheduler is gone" if gone else f"{type(error).__name__}: {error}"
        raise SweepStopped(f"{' '.join(said.split())}; {self.sweeping.kept_words()}")

    def _killed(self, run: Run, alone: bool) -> None:
        """Try a run again whose process was killed; if it was alone, take that as its end."""
        if not alone:
            self.suspects.append(run)
            return
        work = self.sweeping.work
        outcome = run_store.Outcome(
            run.key, LOST, "its process was killed each time it was tried", 0.0, work.code, work.parameters
        )
        self.sweeping.take(Report(outcome.facts, run_store.files_of(outcome)))
