"""Global sensitivity of quantities to parameters: Morris over many, then Sobol over those that matter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...agents.parameters import Parameter, ParameterTable
from ...analysis.sensitivity import (
    morris_design,
    morris_indices,
    sobol_design,
    sobol_indices,
    survivors,
)
from ..parameter_space import Space, label_of
from .evaluations import Answers, Evaluator, Experiment, Tally
from .study_experiments import Named

Array = NDArray[np.float64]

METHODS = ("morris", "sobol", "both")
COLUMNS = (
    "quantity", "unit", "parameter", "low", "high", "scale", "mu", "mu_star", "mu_star_conf", "sigma", "effects", "S1",
    "S1_conf", "ST", "ST_conf", "blocks", "failed",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """How an analysis is done; ``keep`` is how many parameters go on from Morris to Sobol."""

    method: str = "both"
    trajectories: int = 10
    samples: int = 64
    keep: int = 6
    seed: int = 1
    jobs: int = 1


@dataclass
class Found:
    """What an analysis found.

    Attributes
    ----------
    table : DataFrame
        A line for each quantity and parameter, columns ``COLUMNS``; NaN where a method was not applied.
    tally : Tally
    kept : list of str
        Parameters of the Sobol analysis.
    failed : dict of str to str
        By quantity, how many points failed in each method.
    """

    table: pd.DataFrame
    tally: Tally
    kept: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


class Analysis:
    """A sensitivity analysis on its course.

    Parameters
    ----------
    quantities : sequence of Named
    table : ParameterTable
    rows : sequence of Parameter
        What is varied.
    plan : Plan
    folder : Path
        Where evaluations are kept.
    progress : callable, optional
        Called with the evaluations done and in all.
    """

    def __init__(
        self,
        quantities: Sequence[Named],
        table: ParameterTable,
        rows: Sequence[Parameter],
        plan: Plan,
        folder: Path,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.quantities, self.table, self.rows, self.plan = list(quantities), table, list(rows), plan
        self.experiments: list[Experiment] = []
        for quantity in quantities:
            if not any(quantity.experiment is one for one in self.experiments):
                self.experiments.append(quantity.experiment)
        self.store, self.progress = Answers(folder), progress
        self.tally = Tally()
        self.failed: dict[str, list[str]] = {quantity.label: [] for quantity in quantities}

    @property
    def evaluations(self) -> int:
        """How many points are looked at."""
        number, plan = len(self.rows), self.plan
        morris = plan.trajectories * (number + 1) if plan.method != "sobol" else 0
        kept = number if plan.method == "sobol" else min(plan.keep, number)
        return morris + (plan.samples * (kept + 2) if plan.method != "morris" else 0)

    def run(self) -> Found:
        """Do the analysis."""
        names = [label_of(row) for row in self.rows]
        morris: dict[str, pd.DataFrame] = {}
        sobol: dict[str, pd.DataFrame] = {}
        kept = names if self.plan.method == "sobol" else []
        if self.plan.method != "sobol":
            morris = self._morris(names)
            kept = survivors(morris, self.plan.keep) if self.plan.method == "both" else []
        if kept:
            sobol = self._sobol(kept)
        failed = {label: ", ".join(texts) for label, texts in self.failed.items()}
        return Found(self._table(morris, sobol), self.tally, kept, failed)

    def _morris(self, names: Sequence[str]) -> dict[str, pd.DataFrame]:
        plan = self.plan
        design = morris_design(len(names), plan.trajectories, plan.seed)
        answers = self._answers(self.rows, design, "Morris")
        return {label: morris_indices(names, design, values) for label, values in answers.items()}

    def _sobol(self, names: Sequence[str]) -> dict[str, pd.DataFrame]:
        plan = self.plan
        rows = [row for row in self.rows if label_of(row) in names]
        design = sobol_design(len(rows), plan.samples, plan.seed)
        answers = self._answers(rows, design, "Sobol")
        return {label: sobol_indices(names, values, plan.seed) for label, values in answers.items()}

    def _answers(self, rows: Sequence[Parameter], design: Array, method: str) -> dict[str, Array]:
        """Return what each quantity is at each point, NaN where it failed."""
        evaluator = Evaluator(
            Space(self.table, rows), self.experiments, self.store, self.plan.jobs, self.progress
        )
        evaluator.tally = self.tally
        evaluator.expected = self.evaluations * len(self.experiments)
        found = evaluator(design)
        places = {id(one): place for place, one in enumerate(self.experiments)}
        answers = {}
        for quantity in self.quantities:
            place = places[id(quantity.experiment)]
            values = np.array([point[place][quantity.output].value for point in found])
            lost = int((~np.isfinite(values)).sum())
            if lost:
                self.failed[quantity.label].append(f"{lost} of {len(values)} points ({method})")
            answers[quantity.label] = values
        return answers

    def _table(self, morris: dict[str, pd.DataFrame], sobol: dict[str, pd.DataFrame]) -> pd.DataFrame:
        space = Space(self.table, self.rows)
        head = pd.DataFrame(
            [
                (axis.label, axis.row.low, axis.row.high, "logarithmic" if axis.logarithmic else "linear")
                for axis in space.axes
            ],
            columns=["parameter", "low", "high", "scale"],
        )
        parts = []
        for quantity in self.quantities:
            part = head.assign(quantity=quantity.label, unit=quantity.unit)
            for found in (morris, sobol):
                if quantity.label in found:
                    part = part.merge(found[quantity.label], on="parameter", how="left")
            part["failed"] = ", ".join(self.failed[quantity.label])
            parts.append(part)
        return pd.concat(parts, ignore_index=True).reindex(columns=list(COLUMNS))


def ranked(table: pd.DataFrame, most: int | None = None) -> pd.DataFrame:
    """Return the lines of one quantity, what matters most first: by ``ST`` where there is one, then by ``mu_star``."""
    order = table.sort_values(["ST", "mu_star"], ascending=False, na_position="last", kind="stable")
    return order if most is None else order.head(most)
