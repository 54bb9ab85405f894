"""What a model gives for many sets of parameters: computed once, kept on disk, whatever stops the work.

An experiment is something that can be done with the model under given values of its parameters, and that gives numbers
by name. An answer is kept as one small Parquet file, named by a hash of everything that it depends on: the experiment,
the values of all parameters it can depend on, the code. Failures of the model are kept too, with their reason; a
process that was killed is no answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, nan
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...agents.cache import cache_folder
from ...agents.parameters import ParameterTable
from ..parameter_space import Space, Values
from ..scheduler import Job, Scheduler
from ..store import Kept, Store, key_of
from ..study.running import of_the_model


class Number(NamedTuple):
    """One number that an experiment gives; NaN with a reason if it failed.

    ``error`` is the standard error over subjects, ``compared`` the mean value that a change is relative to.
    """

    value: float
    error: float = nan
    compared: float = nan
    reason: str = ""


Answer = dict[str, Number]
"""What an experiment gave, by name of the number."""


class Datum(NamedTuple):
    """What was observed of a number, and its standard error."""

    output: str
    observed: float
    error: float


class Experiment(Protocol):
    """Something that can be done with the model under given parameters."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def source(self) -> str:
        """Its paper."""

    @property
    def outputs(self) -> Sequence[str]:
        """Names of the numbers that it gives."""

    def key(self, table: ParameterTable) -> str:
        """Return everything that its answer depends on, the code too."""

    def begin(
        self, scheduler: Scheduler, rank: int, values: Values, then: Callable[[Answer, str], None]
    ) -> None:
        """Hand over its work; ``then`` is called with the answer, and with what stopped the work, if something did."""

    def data(self, answer: Answer) -> list[Datum]:
        """Return what was observed; errors that depend on what is predicted are those of ``answer``."""


class WorkLost(RuntimeError):
    """The work was stopped by something that is not the model's own failure."""


# ---- a function as an experiment ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FunctionExperiment:
    """A function of the changed parameters that returns an answer; it may fail as the model does.

    Attributes
    ----------
    name : str
    call : callable
        Called with the changes and ``arguments``.
    outputs : tuple of str
        The numbers that it returns.
    arguments : tuple
    reads : frozenset of str, optional
        Names of the parameters that it reads; all of them if not given.
    observed : tuple of Datum
    source : str
    code : str
        Hash of the code behind it.
    """

    name: str
    call: Callable[..., Mapping[str, float]]
    outputs: tuple[str, ...]
    arguments: tuple[Any, ...] = ()
    reads: frozenset[str] | None = None
    observed: tuple[Datum, ...] = ()
    source: str = ""
    code: str = ""

    def key(self, table: ParameterTable) -> str:
        """Return what it is and the parameters it reads."""
        if self.reads is not None:
            table = ParameterTable([row for row in table if row.name in self.reads])
        return json.dumps([self.name, repr(self.arguments), self.code, table.fingerprint()])

    def begin(
        self, scheduler: Scheduler, rank: int, values: Values, then: Callable[[Answer, str], None]
    ) -> None:
        """Hand over the call."""

        def finished(future: Any) -> None:
            error = future.exception()
            if error is None:
                answer, lost = {name: Number(float(value)) for name, value in future.result().items()}, ""
            else:
                words = " ".join(str(error).split()) or type(error).__name__
                answer = {name: Number(nan, reason=words) for name in self.outputs}
                lost = "" if of_the_model(error) else f"{type(error).__name__}: {words}"
            then(answer, lost)

        scheduler.add(
            rank, Job((self.name, self.arguments, values), self.call, (values, *self.arguments)), finished
        )

    def data(self, answer: Answer) -> list[Datum]:
        """Return what was observed."""
        return list(self.observed)


# ---- on disk --------------------------------------------------------------------------------------------------------


NAME = "evaluation"
COLUMNS = ("output", "value", "standard_error", "compared", "reason")


def default_store() -> Path:
    """Return the folder of evaluations in the cache."""
    return cache_folder() / "evaluations"


class Answers:
    """A folder of answers, each one table that can be read alone.

    Parameters
    ----------
    folder : Path
        Made if missing.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._store = Store(folder)

    def find(self, key: str) -> Answer | None:
        """Return an answer that is kept; a damaged file counts as none."""
        kept = self._store.find(NAME, key_of(key))
        if kept is None:
            return None
        lines = kept.table[list(COLUMNS)].itertuples(index=False)
        return {
            str(name): Number(float(value), float(error), float(compared), str(reason))
            for name, value, error, compared, reason in lines
        }

    def keep(self, key: str, experiment: str, values: Mapping[str, float], answer: Answer) -> None:
        """Keep an answer, whole or not at all."""
        table = pd.DataFrame([(name, *number) for name, number in answer.items()], columns=list(COLUMNS))
        table = table.assign(experiment=experiment, parameters=json.dumps(dict(values)))
        self._store.keep(NAME, key_of(key), Kept(table))


# ---- many sets of parameters ----------------------------------------------------------------------------------------


@dataclass
class Tally:
    """How the work went: answers asked for, taken from the store, computed, and failures by reason."""

    asked: int = 0
    kept: int = 0
    computed: int = 0
    failed: dict[str, int] = field(default_factory=dict)

    def count(self, answer: Answer, fresh: bool) -> None:
        """Count an answer."""
        self.asked += 1
        self.computed += fresh
        self.kept += not fresh
        reasons = list(
            dict.fromkeys(number.reason for number in answer.values() if not isfinite(number.value))
        )
        if reasons:
            text = reasons[0] or "what is read is no number"
            self.failed[text] = self.failed.get(text, 0) + 1


class Evaluator:
    """Does experiments at points of a space of parameters.

    Parameters
    ----------
    space : Space
    experiments : sequence of Experiment
    store : Answers
    jobs : int
        Processes.
    progress : callable, optional
        Called with the answers there are, and with how many are known to be wanted.
    """

    def __init__(
        self,
        space: Space,
        experiments: Sequence[Experiment],
        store: Answers,
        jobs: int = 1,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.space, self.experiments, self.store = space, list(experiments), store
        self.jobs, self.progress = jobs, progress
        self.expected = 0
        self.tally = Tally()
        self._known: dict[str, Answer] = {}

    def __call__(self, points: ArrayLike) -> list[list[Answer]]:
        """Return the answers of each experiment at each point.

        Parameters
        ----------
        points : array_like
            Coordinates in [0, 1], shape (points, parameters).

        Returns
        -------
        list of list of Answer
            By point, then by experiment.

        Raises
        ------
        WorkLost
            If a process was killed, or the like; what is done is kept.
        """
        batch = _Batch(self)
        keys = [batch.ask(point) for point in np.atleast_2d(np.asarray(points, float))]
        batch.run()
        return [[self._known[key] for key in row] for row in keys]

    def recall(self, key: str) -> Answer | None:
        """Return an answer that is known or kept."""
        if key not in self._known:
            found = self.store.find(key)
            if found is not None:
                self._known[key] = found
                self.tally.count(found, fresh=False)
        return self._known.get(key)

    def remember(self, key: str, experiment: Experiment, values: Mapping[str, float], answer: Answer) -> None:
        """Keep a fresh answer."""
        self._known[key] = answer
        self.tally.count(answer, fresh=True)
        self.store.keep(key, experiment.name, values, answer)

    def show(self) -> None:
        """Move the progress bar."""
        if self.progress is not None:
            self.progress(self.tally.asked, max(self.expected, self.tally.asked))


class _Batch:
    """The points of one call."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.waiting: dict[str, tuple[Experiment, Values, dict[str, float]]] = {}
        self.lost = ""

    def ask(self, point: Any) -> list[str]:
        """Note what has to be computed at a point; return the key of each experiment."""
        evaluator = self.evaluator
        values, changed = evaluator.space.values(point), evaluator.space.changes(point)
        table = evaluator.space.at(point)
        keys = []
        for experiment in evaluator.experiments:
            key = experiment.key(table)
            if evaluator.recall(key) is None:
                self.waiting.setdefault(key, (experiment, changed, values))
            keys.append(key)
        return keys

    def run(self) -> None:
        """Compute what is missing."""
        evaluator = self.evaluator
        evaluator.show()
        if not self.waiting:
            return
        experiments = [experiment for experiment, _, _ in self.waiting.values()]
        alone = len(experiments) == 1 and isinstance(experiments[0], FunctionExperiment)
        scheduler = Scheduler(1 if alone else evaluator.jobs)  # one call needs no processes
        for rank, (key, (experiment, changed, values)) in enumerate(self.waiting.items()):
            experiment.begin(scheduler, rank, changed, self._then(key, experiment, values))
        scheduler.run()
        if self.lost:
            raise WorkLost(self.lost)

    def _then(
        self, key: str, experiment: Experiment, values: Mapping[str, float]
    ) -> Callable[[Answer, str], None]:
        def then(answer: Answer, lost: str) -> None:
            if lost:
                self.lost = self.lost or lost
                return
            self.evaluator.remember(key, experiment, values, answer)
            self.evaluator.show()

        return then
