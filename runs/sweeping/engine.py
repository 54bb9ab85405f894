"""A sweep at work: what is left to be done, what became of each run, the manifest and the log."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pandas as pd

from ...analysis.load import DONE, FACTS
from . import run_store
from .design import columns_of
from .identity import Run, key_of, name_of
from .progress import Progress, Tally
from .run_store import RunStore
from .work import Prepared, Report, Work, perform, prepare

MANIFEST_EVERY = 15.0
SAY_EVERY = 60.0
"""Seconds between two manifests, and between two lines in the log."""
MANIFEST_SHARE = 0.01
"""Largest share of the time that goes into manifests."""
SHORT_WORDS = ("status", "code", "parameters", "host")
"""Facts that many runs have in common; kept once."""


class SweepStopped(RuntimeError):
    """A sweep ended before all was done; what was done is kept, and the same call goes on from there."""


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

    Attributes
    ----------
    pending : deque of Run
        Runs that are left.
    shared : dict of str to str or None
        By the key of a run, the key of the work that it shares with others.
    facts : dict of str to dict
        What became of runs, by key.
    tally : Tally
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
        self._said = time.monotonic()
        self._next_manifest = self._said + MANIFEST_EVERY

    def _shared_key(self, run: Run) -> str | None:
        call = self.work.call
        facts = call.shared(run.point, run.seed) if isinstance(call, Prepared) else None
        return None if facts is None else key_of("shared", name_of(call), facts)

    def _recall(self, retry: bool) -> None:
        """Take what is kept; where failures are tried again, forget them, and those of shared work."""
        failed = self.store.listed("failed")
        for key in (self.store.listed("runs") | failed) & self.runs.keys():
            facts = self.store.facts(key)
            if facts is not None and self.work.is_current(facts) and not (retry and facts["status"] != DONE):
                self._note(facts)
            elif key in failed:
                self.store.forget_failure(key)
        for shared in set(self.shared.values()) & failed if retry else ():
            self.store.forget_failure(str(shared))
        self.tally.kept = len(self.facts)

    def _ordered(self) -> deque[Run]:
        """Return what is to be done, runs that share work beside each other, so that it is not held for long."""
        first: dict[str, int] = {}
        for place, key in enumerate(self.runs):
            first.setdefault(self.shared[key] or key, place)
        left = [run for key, run in self.runs.items() if key not in self.facts]
        return deque(sorted(left, key=lambda run: first[self.shared[run.key] or run.key]))

    def _note(self, facts: dict[str, Any]) -> None:
        """Note what became of a run."""
        for name in SHORT_WORDS:
            facts[name] = sys.intern(facts[name])
        self.facts[facts["key"]] = facts
        self.tally.failed += facts["status"] != DONE

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
            raise SweepStopped(self._unwritten(unsaved))
        facts = report.facts
        self._note(facts)
        self.tally.done += 1
        if facts["status"] != DONE:
            self.say(f"{facts['status']}: {self.runs[facts['key']].words}: {facts['error']}")
        self._show()
        self._now_and_then()

    def work_here(self) -> None:
        """Do all in this process."""
        prepared = dict[str, Any]()
        while self.pending:
            run = self.pending.popleft()
            shared = self.shared[run.key]
            if shared is not None and shared not in prepared:
                prepared = {shared: prepare(self.work, shared, run)}
            for report in perform(self.work, [run], prepared.get(shared or "")):
                self.take(report)

    # ---- telling ------------------------------------------------------------------------------------------------

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Write log and manifest at the beginning and at the end, whatever that is."""
        self.say(f"sweep of {self.store.owner}: {self.tally.words()}")
        self._write_manifest()
        self._show()
        try:
            yield
        except KeyboardInterrupt:
            self.say("stopped by hand")
            raise
        except SweepStopped as error:
            self.say(f"stopped: {error}")
            raise
        finally:
            self.say(self.tally.words())
            self._write_manifest(at_the_end=True)

    def say(self, line: str) -> None:
        """Add a line to the log."""
        self.store.say(f"{datetime.now().astimezone().isoformat(timespec='seconds')} {line}")

    def kept_words(self) -> str:
        """Return in words what is kept."""
        kept = f"{len(self.facts)} of {self.tally.runs} runs are kept in {self.store.folder}"
        return f"{kept}, and the same call goes on from there"

    def _unwritten(self, why: str) -> str:
        return f"cannot write in {self.store.folder}: {why}; {self.kept_words()}"

    def _show(self) -> None:
        if self.progress is not None:
            self.progress(self.tally)

    def _now_and_then(self) -> None:
        """Write the manifest and a line in the log if it is time."""
        began = time.monotonic()
        if began > self._next_manifest:
            self._write_manifest()
            ended = time.monotonic()
            self._next_manifest = ended + max(MANIFEST_EVERY, (ended - began) / MANIFEST_SHARE)
        if began - self._said > SAY_EVERY:
            self.say(self.tally.words())
            self._said = began

    def _write_manifest(self, at_the_end: bool = False) -> None:
        """Write the manifest; it follows from the runs, so that it may fail while these do not."""
        try:
            self.store.write_manifest(self._manifest())
        except OSError as error:
            if not at_the_end:
                raise SweepStopped(self._unwritten(error.strerror or str(error))) from None

    def _manifest(self) -> pd.DataFrame:
        """Return a row for each run of this sweep, and after them those of others in the same folder."""
        runs = list(self.runs.values())
        head = pd.DataFrame({"key": [run.key for run in runs], "seed": [run.seed for run in runs]})
        varied = columns_of([run.point for run in runs])
        blank = run_store.blank()
        facts = pd.DataFrame([self.facts.get(run.key, blank) for run in runs])[list(FACTS[1:])]
        table = pd.concat([head, varied, facts], axis=1)
        before = self.store.manifest()
        if before is not None and "key" in before:
            others = before[~before["key"].isin(self.runs.keys())].drop(columns="run", errors="ignore")
            table = pd.concat([table, others], ignore_index=True) if len(others) else table
        table.insert(0, "run", range(len(table)))
        return table
