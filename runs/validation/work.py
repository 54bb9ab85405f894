"""The work of a validation: histories, measurement parts and studies, each taken from the store or done and kept.

Histories come first and once, because two processes that both need the same one would both live it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...agents.parameters import ParameterTable
from ...analysis.expectations import Outcome
from ...environment.body import SimulationError, read_parameters
from .. import scheduler
from ..sources import digest_of
from ..store import Kept, Store, key_of
from ..study import running as study
from ..study.file import StudyError, read_study
from ..study.running import Options, StudyResult
from ..study.subjects import settle_representative
from ..study.table import NUMBERS, table_of
from .found import Found, Job

if TYPE_CHECKING:
    from rich.console import Console

PARTS_CODE, STUDIES_CODE = "runs.validation.jobs", "runs.study.running"
HISTORY = "history"
"""The module whose messages say what a history cost."""

log = logging.getLogger("insulattice")

Bar = Callable[[int, int], None]


# ---- measurement parts ----------------------------------------------------------------------------------------------


def run_parts(
    jobs: Sequence[Job], processes: int, store: Store, console: Console, bar: Bar | None = None
) -> Found:
    """Do the jobs of measurement parts that are not kept yet; what fails is said and left out.

    Parameters
    ----------
    jobs : sequence of Job
    processes : int
        With one, the work is done in this process.
    store : Store
    console : Console
        Where failures, the cost of histories and, without a bar, each finished job are told.
    bar : callable, optional
        Called with the jobs done and in all.
    """
    found, keys = Found(), {job.label: part_key(job) for job in jobs}
    kept = {job.label: store.find(job.label, keys[job.label]) for job in jobs}
    for entry in kept.values():
        if entry is not None:
            found.join(found_of(entry))

    def take(job: Job, one: Found) -> None:
        found.join(one)
        store.keep(job.label, keys[job.label], kept_of(one))

    missing = [job for job in jobs if kept[job.label] is None]
    found.failures |= _work(missing, processes, take, console, bar)
    return found


def part_key(job: Job) -> str:
    """Return the key of a job: what it is called with, parameters among it, and the code with its tables."""
    words = [_fingerprint(item) if isinstance(item, ParameterTable) else item for item in job.arguments]
    return key_of(job.label, job.work.__name__, words, digest_of(PARTS_CODE))


@cache
def _fingerprint(table: ParameterTable) -> str:
    """Return the fingerprint of a table, which all jobs share."""
    return table.fingerprint()


def kept_of(found: Found) -> Kept:
    """Return what a job found as it is kept."""
    lines = [(*place, value) for place, value in found.numbers.items()]
    table = pd.DataFrame(lines, columns=["phenotype", "test", "quantity", "value"])
    return Kept(table.astype({"value": float}), found.tables)


def found_of(kept: Kept) -> Found:
    """Return what was kept of a job."""
    lines = kept.table.itertuples(index=False, name=None)
    return Found({(str(a), str(b), str(c)): float(value) for a, b, c, value in lines}, kept.tables)


def live_histories(phenotypes: Iterable[str], cells: int, processes: int, console: Console) -> dict[str, str]:
    """Have the years of some phenotypes' representative bodies lived, and the bodies settled; return failures.

    What is on disk is taken from there. Subjects of as many ``cells`` begin like these bodies.
    """
    jobs = [Job(f"history of {name}", live_history, (name, cells)) for name in phenotypes]
    return _work(jobs, processes, lambda job, found: None, console, None, tell=False)


def live_history(phenotype: str, cells: int) -> Found:
    """Live the years of a phenotype's representative body, and let it settle; both are kept on disk."""
    settle_representative(phenotype, cells)
    return Found()


def _work(
    jobs: Sequence[Job],
    processes: int,
    take: Callable[[Job, Found], None],
    console: Console,
    bar: Bar | None,
    tell: bool = True,
) -> dict[str, str]:
    """Do jobs, hand over what each found as it comes, and return why others failed."""
    began, failures = time.perf_counter(), dict[str, str]()
    plan = scheduler.Scheduler(processes, bar)
    plan.expect(len(jobs))

    def then(job: Job, future: Future[Any]) -> None:
        error = future.exception()
        if error is not None:
            failures[job.label] = _said(error)
            console.print(f"{job.label}: {failures[job.label]}", style="red", soft_wrap=True, markup=False)
            return
        one, lines = future.result()
        take(job, one)
        for line in lines if processes > 1 else ():  # with one process the console has told them
            console.print(f"{job.label}: {line}", style="dim", markup=False, highlight=False, soft_wrap=True)
        if bar is None and tell:
            seconds = time.perf_counter() - began
            console.out(f"{plan.done} of {len(jobs)}, {seconds:.0f} s: {job.label}", highlight=False)

    for number, job in enumerate(jobs):
        plan.add(number, scheduler.Job(job.label, _do, (job,)), lambda future, job=job: then(job, future))  # type: ignore[misc]
    plan.run()
    return failures


def _said(error: BaseException) -> str:
    """Return an error in one line."""
    text = " ".join(str(error).split())
    return text if isinstance(error, SimulationError) and text else f"{type(error).__name__}: {text}"


def _do(job: Job) -> tuple[Found, list[str]]:
    """Do a job; return what it found, and what was said of histories that it lived."""
    with _heard(HISTORY) as lines:
        try:
            return job.work(*job.arguments), lines
        except SimulationError as error:
            error.record = None
            raise


@contextmanager
def _heard(module: str) -> Iterator[list[str]]:
    """Give a list that collects what a module of ours logs."""
    handler, level = _Listener(module), log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield handler.lines
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


class _Listener(logging.Handler):
    """Collects the messages of one module."""

    def __init__(self, module: str) -> None:
        super().__init__(logging.INFO)
        self.module, self.lines = module, list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        """Collect a message."""
        if record.module == self.module:
            self.lines.append(record.getMessage())


# ---- studies --------------------------------------------------------------------------------------------------------


def run_kept_studies(
    paths: Sequence[Path],
    options: Options,
    store: Store,
    report: Callable[[StudyResult], None],
    bar: Bar | None = None,
) -> list[StudyResult]:
    """Run the studies that are not kept yet, and return all in the order of their files.

    Studies in which something failed are not kept, so that a repeat tries them anew.
    """
    parameters = read_parameters().fingerprint()
    keys = {path.stem: study_key(path, options, parameters) for path in paths}
    results = {path.stem: _kept_result(path, store, keys[path.stem]) for path in paths}
    for result in results.values():
        if result is not None:
            report(result)

    def take(result: StudyResult) -> None:
        if not (result.bad or result.failed):
            facts = {"title": result.title, "notes": result.notes, "whens": result.whens}
            store.keep(f"study {result.name}", keys[result.name], Kept(table_of([result]), facts=facts))
        report(result)

    missing = [path for path in paths if results[path.stem] is None]
    done = {result.name: result for result in study.run_studies(missing, options, take, bar)}
    return [results[path.stem] or done[path.stem] for path in paths]


def study_key(path: Path, options: Options, parameters: str) -> str:
    """Return the key of a study: its file, what overrides it, the parameters' fingerprint and the code."""
    wish = {name: value for name, value in asdict(options).items() if name != "jobs"}
    text = path.read_text(encoding="utf-8", errors="replace")
    return key_of(path.stem, text, wish, parameters, digest_of(STUDIES_CODE))


def _kept_result(path: Path, store: Store, key: str) -> StudyResult | None:
    kept = store.find(f"study {path.stem}", key)
    return None if kept is None else result_of(path.stem, kept)


def result_of(name: str, kept: Kept) -> StudyResult:
    """Return the result of a study as it was kept."""
    rows = [_row(line) for line in kept.table.to_dict("records")]
    result = StudyResult(name, kept.facts["title"], rows)
    result.notes, result.whens = list(kept.facts["notes"]), list(kept.facts["whens"])
    result.outcomes = [_outcome(row) for row in rows]
    return result


def _row(line: dict[Any, Any]) -> study.Row:
    numbers = {name: None if pd.isna(line[name]) else float(line[name]) for name in NUMBERS}
    return {str(name): value for name, value in line.items()} | numbers | {"agrees": bool(line["agrees"])}


def _outcome(row: study.Row) -> Outcome:
    names = ("observed", "observed_low", "observed_high", "predicted", "z")
    observed, low, high, predicted, z = (nan if row[name] is None else row[name] for name in names)
    return Outcome(row["as"], observed, low, high, predicted, z, row["agrees"])


def phenotypes_of(paths: Iterable[Path]) -> list[str]:
    """Return the phenotypes whose bodies some studies need, each once; bad files are passed over."""
    found: dict[str, None] = {}
    for path in paths:
        try:
            one = read_study(path)
        except StudyError:
            continue
        others = [str(expect.versus) for expect in one.expect]
        found |= dict.fromkeys(
            name.removeprefix("phenotype:") for name in others if name.startswith("phenotype:")
        )
        found[one.population.phenotype] = None
    return list(found)
