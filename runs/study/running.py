"""Run studies: each expectation of a study file beside what the simulated subjects show.

Work is cut into jobs: settling the body that subjects begin like, settling a subject, and one subject in one arm with
all tests that are read there. Arms that live alike, and phenotypes that are compared with under the same test, are done
once. Where outputs are wanted, subjects settle in two rounds (:mod:`.selection`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil, isfinite, nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...analysis.expectations import (
    Outcome,
    Prediction,
    observed_interval,
    predict,
    with_parameters,
    z_score,
)
from ..scheduler import Job, Scheduler
from .file import StudyError, raw_expects, read_study
from .life import Numbers, Regime, Visit, live_and_test, regime, settle_subject
from .quantities import Reading, find_quantity
from .schema import Arm, Expect, Population, Study
from .selection import predicted_nearest, rounds, select, wanted_outputs
from .subjects import CELLS, Subject, draw_subjects, settle_representative

COLUMNS = (
    "study", "test", "arm", "versus", "quantity", "as", "unit", "observed", "observed_low", "observed_high",
    "predicted", "predicted_low", "predicted_high", "agrees", "z", "error",
)  # fmt: skip

Row = dict[str, Any]


Values = tuple[tuple[str, float], ...]
"""Parameters that stand at another value than in the tables, as ``ParameterTable.with_values`` takes them."""


@dataclass(frozen=True)
class Options:
    """What overrides the files: subjects, cells over all tissues, seed, processes; every minute lived or not.

    ``values`` are parameters that stand at another value. ``draws`` are further sets of such values: the study is
    repeated with each of them, and the intervals of its predictions carry what that changes.
    """

    subjects: int | None = None
    cells: int = CELLS
    seed: int = 1
    jobs: int = 1
    full: bool = False
    values: Values = ()
    draws: tuple[Values, ...] = ()


class Seen(NamedTuple):
    """What became of an expectation: prediction, mean value compared with, or why there is none."""

    expect: Expect
    found: Prediction | None
    compared: float
    error: str


@dataclass
class StudyResult:
    """What became of a study file.

    Attributes
    ----------
    name : str
    title : str
    rows : list of dict
        One for each expectation, with the keys ``COLUMNS``.
    outcomes : list of Outcome
        The same as numbers.
    notes : list of str
        Remarks.
    whens : list of str
        When each was read, in words.
    seen : list of Seen
        The same as predicted, for those who go on from there.
    bad : str
        What is wrong with the file, if something is.
    lost : str
        What stopped the work itself, such as a process that was killed, if something did.
    """

    name: str
    title: str = ""
    rows: list[Row] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    whens: list[str] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    bad: str = ""
    lost: str = ""

    @property
    def failed(self) -> bool:
        """Whether something failed while it ran."""
        return not self.bad and any(row["error"] for row in self.rows)


class Side(NamedTuple):
    """One side of a comparison: whose bodies (a phenotype's; the study's own if empty), how they live, what is read."""

    whose: str
    regime: Regime
    test: str
    reading: Reading


def sides(expect: Expect, study: Study) -> list[Side]:
    """Return what an expectation looks at, and what it is compared with."""
    arm, versus, reading = study.arm(expect.arm), expect.versus, expect.reading
    own = Side("", _regime(arm), expect.test, reading)
    if versus is None:
        return [own]
    what, _, name = versus.partition(":")
    if versus in [one.name for one in study.arms]:
        other = study.arm(versus)
        return [
            own._replace(regime=_regime(arm, other.length)),
            own._replace(regime=_regime(other, arm.length)),
        ]
    if what == "phenotype":
        return [own, Side(name, Regime(), expect.test, reading)]
    if what == "test":
        return [own, own._replace(test=name, reading=_other_reading(reading, study, expect.test, name))]
    there = Reading(reading.quantity, reading.per_lean)
    fasting = name == "fasting"
    moment = there._replace(at_minute=0) if fasting else there._replace(step=int(name.removeprefix("step")))
    return [own, own._replace(reading=moment)]


def _regime(arm: Arm, other_days: float = 0.0) -> Regime:
    """Return how an arm lives; one without days, compared with one that has some, lives as long at maintenance."""
    if arm.length == 0.0 and other_days > 0.0:
        return Regime(ceil(other_days - 1e-9), (), tuple(arm.interventions()))
    return regime(arm.length, arm.interventions())


TIMED = ("clamp", "hold", "ogtt", "meal", "ivgtt")


def _other_reading(reading: Reading, study: Study, test: str, other: str) -> Reading:
    """Return the same reading in another test; where that has no such moment, its usual one."""
    one, two = study.test(test), study.test(other)
    fits = two.protocol in TIMED or one.protocol == two.protocol
    moments = reading.window or (() if reading.at_minute is None else (reading.at_minute,))
    fits = fits and all(-two.pre_minutes <= minute <= two.stop for minute in moments)
    fits = fits and (reading.step is None or reading.step <= len(two.step_ends))
    return reading if fits else Reading(reading.quantity, reading.per_lean)


# ---- one study on its course ----------------------------------------------------------------------------------------


class _Group:
    """Virtual subjects of one population: settled in rounds, then taken."""

    def __init__(self, population: Population, number: int, seed: int, values: Values = ()) -> None:
        self.number = number
        self.wanted = wanted_outputs(population)
        self.rounds = rounds(number, self.wanted)
        self.drawn = draw_subjects(population, seed, self.rounds.drawn, values)
        self.pool = self.drawn[self.rounds.first :]
        self.outputs: dict[int, Mapping[str, float]] = {}
        self.taken: list[Subject] = []
        self.errors: list[str] = []
        self.left = self.rounds.first

    def first_round(self) -> list[Subject]:
        """Return the subjects that settle as they come."""
        return self.drawn[: self.rounds.first]

    def next_round(self) -> list[Subject]:
        """Return the subjects that settle when those before have; after the second round, none."""
        pool, self.pool = self.pool, []
        if not pool:
            return []
        settled = self._settled()
        found = [self.outputs[subject.number] for subject in settled]
        more = predicted_nearest(pool, settled, found, self.wanted, self.rounds.second)
        self.left = len(more)
        return more

    def choose(self) -> str:
        """Take the subjects; return a remark if too few match."""
        settled = self._settled()
        if not self.wanted:
            self.taken = settled
            return ""
        found = [self.outputs[subject.number] for subject in settled]
        places, note = select(found, self.wanted, self.number, len(self.drawn))
        self.taken = [settled[place] for place in places]
        return note

    def _settled(self) -> list[Subject]:
        """Return the subjects whose bodies have settled, in the order of their numbers."""
        return [subject for subject in self.drawn if subject.number in self.outputs]

    @property
    def failure(self) -> str:
        """Why there are too few subjects, if there are."""
        return self.errors[0] if self.errors and len(self.taken) < self.number else ""


class StudyRun:
    """A study on its course.

    Parameters
    ----------
    study : Study
    options : Options
    rank : int
        Its place among the studies.
    finished : callable
        Called with the result.
    """

    def __init__(
        self, study: Study, options: Options, rank: int, finished: Callable[[StudyResult], None]
    ) -> None:
        self.study, self.options, self.rank, self.finished = study, options, rank, finished
        self.sides = [sides(expect, study) for expect in study.expect]
        self.number = options.subjects or study.population.subjects
        self.result = StudyResult(study.id, study.title)
        self.groups: dict[str, _Group] = {}
        self.visits: dict[tuple[str, Regime], dict[str, set[Reading]]] = {}
        self.found: dict[tuple[str, Regime, int], Numbers] = {}
        self.errors: dict[tuple[str, Regime], str] = {}
        self.left = 0
        for side in (side for pair in self.sides for side in pair):
            readings = self.visits.setdefault((side.whose, side.regime), {})
            readings.setdefault(side.test, set()).add(side.reading)

    def begin(self, scheduler: Scheduler) -> None:
        """Draw the subjects, and have them settled."""
        for whose in dict.fromkeys(whose for whose, _ in self.visits):
            population = Population(phenotype=whose) if whose else self.study.population
            self.groups[whose] = _Group(population, self.number, self.options.seed, self.options.values)
        groups = self.groups.values()
        self.left = sum(group.rounds.first + group.rounds.second for group in groups)
        scheduler.expect(len(groups) + self.left + len(self.visits) * self.number)
        for group in groups:
            self._prepare(scheduler, group)

    def _prepare(self, scheduler: Scheduler, group: _Group) -> None:
        """Have one process settle the body that a group's subjects begin like, then settle the first of them."""

        def then(_: Future[Any]) -> None:  # a failure is one of each subject, with its number
            for subject in group.first_round():
                self._settle(scheduler, group, subject)

        model = (group.drawn[0].phenotype.name, self.options.cells, self.options.values)
        scheduler.add(2 * self.rank + 1, Job(("alike", *model), settle_representative, model), then)

    def _settle(self, scheduler: Scheduler, group: _Group, subject: Subject) -> None:
        cells = self.options.cells

        def then(future: Future[Any]) -> None:
            error = future.exception()
            if error is None:
                group.outputs[subject.number] = future.result()
            else:
                group.errors.append(self._failed(error))
            self.left -= 1
            group.left -= 1
            more = [] if group.left else group.next_round()
            for one in more:
                self._settle(scheduler, group, one)
            if self.left == 0 and not more:
                self._live(scheduler)

        job = Job(("settle", subject, cells), settle_subject, (subject, cells))
        scheduler.add(2 * self.rank + 1, job, then)

    def _live(self, scheduler: Scheduler) -> None:
        """Have the subjects live and be tested."""
        for group in self.groups.values():
            note = group.choose()
            if note:
                self.result.notes.append(note)
        plans = [
            (place, subject)
            for place in self.visits
            for subject in self.groups[place[0]].taken
            if not self.groups[place[0]].failure
        ]
        self.left = len(plans)
        scheduler.expect(self.left - len(self.visits) * self.number)
        for place, subject in plans:
            self._visit(scheduler, place, subject)
        if not plans:
            self._close()

    def _visit(self, scheduler: Scheduler, place: tuple[str, Regime], subject: Subject) -> None:
        whose, lived = place
        options = self.options
        visits = tuple(
            Visit(self.study.test(name), tuple(sorted(readings, key=repr)))
            for name, readings in self.visits[place].items()
        )

        def then(future: Future[Any]) -> None:
            error = future.exception()
            if error is None:
                self.found[whose, lived, subject.number] = future.result()
            else:
                self.errors.setdefault(place, self._failed(error))
            self.left -= 1
            if self.left == 0:
                self._close()

        words = tuple((visit.test.model_dump_json(), visit.readings) for visit in visits)
        key = ("live", subject, repr(lived), words, options.cells, options.full)
        arguments = (subject, lived, visits, options.cells, not options.full)
        scheduler.add(2 * self.rank, Job(key, live_and_test, arguments), then)

    def _close(self) -> None:
        pairs = zip(self.study.expect, self.sides, strict=True)
        fill(self.result, [self._seen(expect, pair) for expect, pair in pairs])
        self.found.clear()
        self.finished(self.result)

    def _failed(self, error: BaseException) -> str:
        """Return an error in one line; remember one that is not the model's."""
        if not of_the_model(error):
            self.result.lost = _words(error)
        return _words(error)

    def _seen(self, expect: Expect, pair: Sequence[Side]) -> Seen:
        """Return what became of one expectation."""
        missing = find_quantity(expect.quantity).missing
        error = missing or next((text for text in map(self._failure, pair) if text), "")
        values = [] if error else [self._values(side) for side in pair]
        if not error and not all(np.isfinite(group).all() for group in values):
            error = "what is read is no number: the quantity is not defined at that moment"
        return seen_of(expect, values, len({side.whose for side in pair}) == 1, error)

    def _failure(self, side: Side) -> str:
        return self.groups[side.whose].failure or self.errors.get((side.whose, side.regime), "")

    def _values(self, side: Side) -> list[float]:
        """Return what is read of each subject."""
        place = (side.test, side.reading)
        taken = self.groups[side.whose].taken
        return [self.found[side.whose, side.regime, subject.number][place] for subject in taken]


def _words(error: BaseException) -> str:
    """Return an error in one line."""
    text = " ".join(str(error).split())
    plain = of_the_model(error)
    return text if text and plain else f"{type(error).__name__}: {text}" if text else type(error).__name__


def of_the_model(error: BaseException) -> bool:
    """Whether an error is the model's own, which would come again, not one of the machine."""
    return isinstance(error, (ValueError, ArithmeticError)) or type(error).__name__ == "SimulationError"


# ---- rows -----------------------------------------------------------------------------------------------------------


def seen_of(expect: Expect, values: Sequence[Sequence[float]], paired: bool, error: str) -> Seen:
    """Return what became of one expectation.

    Parameters
    ----------
    expect : Expect
    values : sequence of sequence of float
        What is read of each subject, and of each that is compared with; nothing if that failed.
    paired : bool
        Whether both are the same subjects.
    error : str
        Why there is no prediction, or nothing.
    """
    kind = expect.kind
    compared = float(np.mean(values[1])) if len(values) > 1 else nan
    found = None if error else predict(kind, values[0], values[1] if len(values) > 1 else None, paired)
    if found is not None and not isfinite(found.value):
        error, found = f"{kind} is not defined: the value compared with is {compared:g}", None
    return Seen(expect, found, compared, error)


def fill(result: StudyResult, seen: Sequence[Seen]) -> None:
    """Fill in what became of the expectations, in place of what is there."""
    pairs = [filled_row(result.name, one) for one in seen]
    result.seen = list(seen)
    result.rows = [row for row, _ in pairs]
    result.outcomes = [outcome for _, outcome in pairs]
    result.whens = [one.expect.when for one in seen]


def filled_row(study: str, seen: Seen) -> tuple[Row, Outcome]:
    """Return one expectation of a study, by its id, as a row and as numbers."""
    expect, found, compared, error = seen
    kind = expect.kind
    low, high = observed_interval(
        kind, expect.observed, expect.ci95, expect.sem, expect.sd, expect.n, compared
    )
    row = dict.fromkeys(COLUMNS) | _head(study, expect) | {"observed_low": low, "observed_high": high}
    row |= {"agrees": False, "error": error}
    z, agrees = nan, False
    if found is not None:
        z = z_score(found.value, found.error, expect.observed, low, high)
        agrees = low <= found.value <= high
        row |= {
            "predicted": found.value,
            "predicted_low": _number(found.low),
            "predicted_high": _number(found.high),
            "agrees": agrees,
            "z": _number(z),
        }
    predicted = nan if found is None else found.value
    return row, Outcome(kind, expect.observed, low, high, predicted, z, agrees)


def _head(study: str, expect: Expect) -> Row:
    return {
        "study": study,
        "test": expect.test,
        "arm": expect.arm,
        "versus": expect.versus or "",
        "quantity": expect.quantity,
        "as": expect.kind,
        "unit": expect.row_unit,
        "observed": expect.observed,
    }


def _number(value: float) -> float | None:
    return value if isfinite(value) else None


def bad_rows(path: Path, error: str) -> list[Row]:
    """Return a row for each expectation of a bad file, as far as it can be read."""
    rows = []
    for raw in raw_expects(path):
        words = {key: _word(raw.get(key)) for key in ("test", "arm", "versus", "quantity", "as", "unit")}
        row = dict.fromkeys(COLUMNS) | words | {"study": path.stem, "agrees": False, "error": error}
        rows.append(row | _raw_numbers(raw))
    return rows


def _word(given: Any) -> str:
    return given if isinstance(given, str) else ""


def _raw_numbers(raw: Mapping[str, Any]) -> Row:
    """Return what was observed, as far as it can be read."""
    observed, ends = raw.get("observed"), raw.get("ci95")
    found: Row = {"observed": _real(observed)}
    if isinstance(ends, list) and len(ends) == 2:
        found |= {"observed_low": _real(ends[0]), "observed_high": _real(ends[1])}
    return found


def _real(given: Any) -> float | None:
    real = isinstance(given, (int, float)) and not isinstance(given, bool) and isfinite(given)
    return float(given) if real else None


# ---- many studies ---------------------------------------------------------------------------------------------------


def run_studies(
    paths: Iterable[Path],
    options: Options,
    report: Callable[[StudyResult], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[StudyResult]:
    """Run the studies of some files; bad files and failures leave the others alone.

    Parameters
    ----------
    paths : iterable of Path
    options : Options
    report : callable, optional
        Called with each result as it comes.
    progress : callable, optional
        Called with the jobs done and in all.

    Returns
    -------
    list of StudyResult
        In the order of the files.
    """
    results: dict[int, StudyResult] = {}
    scheduler = Scheduler(options.jobs, progress)

    def finish(rank: int, result: StudyResult) -> None:
        results[rank] = result
        if report is not None:
            report(result)

    runs: list[StudyRun] = []
    for rank, path in enumerate(paths):
        try:
            study = read_study(path)
        except StudyError as error:
            finish(rank, StudyResult(path.stem, rows=bad_rows(path, str(error)), bad=str(error)))
        else:
            runs += _repeated(study, options, rank, partial(finish, rank))
    for run in runs:
        run.begin(scheduler)
    scheduler.run()
    return [results[rank] for rank in sorted(results)]


def _repeated(
    study: Study, options: Options, rank: int, finish: Callable[[StudyResult], None]
) -> list[StudyRun]:
    """Return a study's run, and its runs with each draw of parameters; ``finish`` is called when all are done."""
    done: dict[int, StudyResult] = {}

    def one(place: int, result: StudyResult) -> None:
        done[place] = result
        if len(done) == 1 + len(options.draws):
            carry(done[0], [done[number + 1] for number in range(len(options.draws))])
            finish(done[0])

    sets = [options, *(replace(options, values=draw, draws=()) for draw in options.draws)]
    return [StudyRun(study, one_set, rank, partial(one, place)) for place, one_set in enumerate(sets)]


def carry(result: StudyResult, draws: Sequence[StudyResult]) -> None:
    """Let the intervals of predictions carry what other draws of the parameters give; leave the predictions."""
    if not draws:
        return
    seen = []
    for place, one in enumerate(result.seen):
        others = [draw.seen[place].found for draw in draws]
        ran = [found for found in others if found is not None]
        wide = one.found is not None and len(ran) > 1
        seen.append(one._replace(found=with_parameters(one.found, ran)) if wide and one.found else one)
    fill(result, seen)
    failed = [next(one.error for one in draw.seen if one.error) for draw in draws if draw.failed]
    if failed:
        text = f"{len(failed)} of {len(draws)} draws of the parameters failed and are left out: {failed[0]}"
        result.notes.append(text)
    if any(one.found is not None and not isfinite(one.found.error) for one in draws[0].seen):
        result.notes.append("one subject: the intervals carry the parameters alone")
