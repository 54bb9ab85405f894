"""Fit numbers of the model to what was published, stage by stage.

The stages follow one another: cell, organ, whole body, challenges, interventions. Within each, numbers move within
their ranges towards the least robust cost: by least squares with differences as derivatives, or by CMA-ES without
derivatives. A later stage may not undo an earlier one: if the earlier stage's cost would rise, the step from old to new
values is halved until it does not, and if it always does, the old values stay.

Everything that was evaluated is kept on disk, and everything random is keyed by the seed, so that a fit that was
stopped goes on where it was. All points meet the same virtual subjects.

Sources: doi:10.1137/S1064827595289108 (trust region within bounds), doi:10.1162/106365601750190398 (CMA-ES).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...agents.parameters import Parameter, ParameterTable
from ...analysis.identifiability import Information
from ..parameter_space import Space
from .evaluations import Answers, Evaluator, Experiment, Tally
from .objective import LOSS_SCALE, STEP, STEP_OF_BODIES, Objective, OutOfBudget, by_study

Array = NDArray[np.float64]

METHODS = ("least-squares", "cma")
CELL = "cell"
"""The stage of the isolated cell; the others have bodies."""
SHARES = (1.0, 0.5, 0.25, 0.125)
"""Shares of the way from old to new values that are tried."""
STILL = 1e-9
"""Relative change of a cost that counts as none."""
FIRST_SPREAD = 0.15
"""Standard deviation of the first generation of CMA-ES [1 = the whole range]."""
EARLIER = ("check", "include")


@dataclass(frozen=True)
class Settings:
    """How a fit is done.

    Attributes
    ----------
    method : str
        Of :data:`METHODS`.
    evaluations : int
        Points that may be evaluated in each stage; standard errors come on top.
    seed : int
        Of CMA-ES.
    jobs : int
        Processes.
    earlier : str
        ``check`` earlier stages at the end, or ``include`` their data in the objective too.
    allowed_rise : float
        By how much the cost of an earlier stage may rise [%].
    scale : float or None
        Of the robust loss [standard errors].
    step : float or None
        Of differences [1 = the whole range]; :func:`usual_step` of the stage if None.
    """

    method: str = "least-squares"
    evaluations: int = 200
    seed: int = 1
    jobs: int = 1
    earlier: str = "check"
    allowed_rise: float = 0.0
    scale: float | None = LOSS_SCALE
    step: float | None = None


@dataclass
class StageFit:
    """What became of a stage.

    Attributes
    ----------
    stage : str
    space : Space
        Its numbers, as they were.
    found : array
        The point taken; the old one where none was better.
    information : Information
        What the data say of the numbers there.
    table : DataFrame
        Residuals before and after, a line for each observation.
    cost_before, cost_after : float
        Robust cost.
    guards : DataFrame
        ``stage, cost_before, cost_after`` of earlier stages.
    note : str
        What was done beside taking the best point, if anything.
    points : int
        Points evaluated.
    tally : Tally
    tellers : list of str
        The study that says most of each number.
    sources : dict of str to str
        Paper by experiment.
    """

    stage: str
    space: Space
    found: Array
    information: Information
    table: pd.DataFrame
    cost_before: float
    cost_after: float
    guards: pd.DataFrame
    note: str
    points: int
    tally: Tally
    tellers: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether any number changed."""
        return bool((self.found != self.space.present).any())

    @property
    def values(self) -> dict[str, float]:
        """New values by name."""
        return self.space.values(self.found)

    @property
    def parameters(self) -> pd.DataFrame:
        """``parameter, old, new, standard_error, unit, low, high, pinned_down, at_end, study``, a line for each number.

        ``study`` is the one that says most of it.
        """
        verdicts = self.information.table()["pinned_down"]
        lines = []
        for place, axis in enumerate(self.space.axes):
            new = axis.value(self.found[place])
            lines.append(
                {
                    "parameter": axis.label,
                    "old": axis.row.value,
                    "new": new,
                    "standard_error": axis.slope(new) * float(self.information.deviations[place]),
                    "unit": axis.row.unit,
                    "low": axis.row.low,
                    "high": axis.row.high,
                    "pinned_down": verdicts[place],
                    "at_end": bool(self.found[place] in (0.0, 1.0)),
                    "study": self.tellers[place],
                }
            )
        return pd.DataFrame(lines)

    @property
    def studies(self) -> pd.DataFrame:
        """Residuals by study."""
        return by_study(self.table)


def fit_stage(
    stage: str,
    space: Space,
    experiments: Sequence[Experiment],
    guards: Mapping[str, Sequence[Experiment]],
    settings: Settings,
    store: Answers,
    progress: Callable[[int, int], None] | None = None,
) -> StageFit:
    """Fit the numbers of a space to experiments.

    Parameters
    ----------
    stage : str
        Its name.
    space : Space
    experiments : sequence of Experiment
    guards : mapping of str to sequence of Experiment
        Experiments of earlier stages, which may not become worse.
    settings : Settings
    store : Answers
    progress : callable, optional
        Called with the evaluations done and in all.
    """
    included = [one for group in guards.values() for one in group] if settings.earlier == "include" else []
    evaluator = Evaluator(space, [*experiments, *included], store, settings.jobs, progress)
    evaluator.expected = (settings.evaluations + len(space)) * len(evaluator.experiments)
    step = usual_step([stage]) if settings.step is None else settings.step
    objective = Objective(evaluator, settings.evaluations, settings.scale, step)
    _search(objective, settings)
    objective.limit = None
    watched = _Guards(space, guards, settings, store)
    found, note = _accepted(objective, watched, settings)
    before, after = objective.costs([space.present, found])
    slopes = objective.jacobian(found)
    return StageFit(
        stage,
        space,
        found,
        Information.of(space.labels, slopes, objective.residuals(found), settings.scale),
        objective.table(space.present, found),
        float(before),
        float(after),
        watched.table(found),
        note,
        objective.points,
        evaluator.tally,
        _tellers(objective, slopes),
        {one.name: one.source for one in evaluator.experiments},
    )


def usual_step(stages: Iterable[str]) -> float:
    """Return the step of differences for the experiments of some stages [1 = the whole range]."""
    return STEP if set(stages) == {CELL} else STEP_OF_BODIES


def _tellers(objective: Objective, slopes: Array) -> list[str]:
    """Return the experiment whose predictions change most with each number, in standard errors."""
    names = [experiment.name for experiment in objective.evaluator.experiments]
    said = np.zeros((len(names), slopes.shape[1]))
    np.add.at(said, [row.experiment for row in objective.rows], slopes**2)
    return [names[place] for place in said.argmax(axis=0)]


# ---- searching ------------------------------------------------------------------------------------------------------


def _search(objective: Objective, settings: Settings) -> None:
    """Look for a better point until nothing improves or the budget is used up."""
    try:
        if settings.method == "cma":
            _evolve(objective, settings)
        else:
            _descend(objective, settings)
    except OutOfBudget:
        pass


def _descend(objective: Objective, settings: Settings) -> None:
    """Least squares with a robust loss, within bounds."""
    from scipy.optimize import least_squares

    least_squares(
        objective.residuals,
        objective.start,
        jac=objective.jacobian,
        bounds=(0.0, 1.0),
        method="trf",
        loss="linear" if objective.scale is None else "soft_l1",
        f_scale=objective.scale or 1.0,
        ftol=1e-6,
        xtol=1e-5,
        gtol=1e-8,
        max_nfev=settings.evaluations,
    )


def _evolve(objective: Objective, settings: Settings) -> None:
    """CMA-ES within bounds."""
    from cmaes import CMA

    size = len(objective.start)
    optimizer = CMA(
        mean=objective.start.copy(),
        sigma=FIRST_SPREAD,
        bounds=np.tile([0.0, 1.0], (size, 1)),
        seed=settings.seed,
    )
    while not optimizer.should_stop():
        points = [optimizer.ask() for _ in range(optimizer.population_size)]
        costs = objective.costs(points)
        optimizer.tell([(point, float(cost)) for point, cost in zip(points, costs, strict=True)])


# ---- earlier stages -------------------------------------------------------------------------------------------------


class _Guards:
    """The costs of earlier stages."""

    def __init__(
        self, space: Space, guards: Mapping[str, Sequence[Experiment]], settings: Settings, store: Answers
    ) -> None:
        self.allowed = 1.0 + settings.allowed_rise / 100.0 + STILL
        self.start = space.present
        self.objectives = {
            name: Objective(Evaluator(space, group, store, settings.jobs), scale=settings.scale)
            for name, group in guards.items()
            if group
        }

    def worse(self, point: Array) -> list[str]:
        """Return the stages whose cost would rise too far."""
        found = []
        for name, objective in self.objectives.items():
            before, after = objective.costs([self.start, point])
            if after > before * self.allowed + 1e-12:
                found.append(name)
        return found

    def table(self, point: Array) -> pd.DataFrame:
        """Return ``stage, cost_before, cost_after``."""
        lines = [(name, *objective.costs([self.start, point])) for name, objective in self.objectives.items()]
        return pd.DataFrame(lines, columns=["stage", "cost_before", "cost_after"])


def _accepted(objective: Objective, watched: _Guards, settings: Settings) -> tuple[Array, str]:
    """Return the point that is taken, and what was done."""
    start, best = objective.start, objective.best
    if not objective.best_cost < float(objective.costs([start])[0]) * (1.0 - STILL):
        return start, "no better values were found"
    worse: list[str] = []
    for share in SHARES:
        point = best if share == 1.0 else np.round(start + share * (best - start), 9)
        before, after = objective.costs([start, point])
        if after >= before:
            continue
        now = watched.worse(point)
        if not now:
            return (
                point,
                "" if share == 1.0 else f"{100 * share:g} % of the way: all of it makes {_and(worse)} worse",
            )
        worse = worse or now
    return (
        start,
        f"refused: better values make {_and(worse)} worse; the old ones stay (--earlier include seeks others)",
    )


def _and(stages: Sequence[str]) -> str:
    return "stage " + ", ".join(stages)


# ---- all stages -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """A stage to fit: its numbers, its experiments, and those of earlier stages."""

    stage: str
    rows: Sequence[Parameter]
    experiments: Sequence[Experiment]
    guards: Mapping[str, Sequence[Experiment]]


def fit(
    plans: Sequence[Plan],
    table: ParameterTable,
    settings: Settings,
    folder: Path,
    report: Callable[[StageFit], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[StageFit]:
    """Fit stages one after the other, each from what the one before found.

    Parameters
    ----------
    plans : sequence of Plan
    table : ParameterTable
        The standard one.
    settings : Settings
    folder : Path
        Where evaluations are kept.
    report : callable, optional
        Called with each stage as it comes.
    progress : callable, optional
        Called with the evaluations done and in all.
    """
    store, values, found = Answers(folder), dict[str, float](), []
    for plan in plans:
        space = Space(table, plan.rows, values)
        stage = fit_stage(plan.stage, space, plan.experiments, plan.guards, settings, store, progress)
        values |= stage.values
        found.append(stage)
        if report is not None:
            report(stage)
    return found
