"""How far a model is from what was observed, as a function of its parameters.

A residual is (predicted - observed) / standard error of what was observed; an error that depends on what is predicted
is that of the point where the fit begins, and stays. A prediction that failed counts as a residual of ``FAILED``
standard errors. Derivatives are differences between points of the parameters' ranges, computed in parallel.
"""

from __future__ import annotations

from math import nan
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ...analysis.identifiability import robust_cost
from .evaluations import Answer, Datum, Evaluator, Number

Array = NDArray[np.float64]

LOSS_SCALE = 2.0
"""Residuals beyond about this count in proportion, no longer as squares [standard errors]."""
FAILED = 10.0
"""Residual of a prediction that failed [standard errors]."""
STEP, STEP_OF_BODIES = 0.01, 0.05
"""Step of differences [1 = the whole range]: of the isolated cell, and of bodies, where cells die by chance."""


class OutOfBudget(Exception):
    """More evaluations are wanted than are allowed; the best point so far stands."""


class Row(NamedTuple):
    """One number that is compared: which experiment (by place) gives it, and what was observed."""

    experiment: int
    datum: Datum


class Objective:
    """Distances of predictions from observations.

    Parameters
    ----------
    evaluator : Evaluator
        Its space's present point is where the fit begins.
    limit : int, optional
        How many points may be evaluated.
    scale : float, optional
        Of the robust loss [standard errors]; plain squares if None.
    step : float
        Of differences [1 = the whole range].

    Attributes
    ----------
    rows : list of Row
        What is compared.
    best : array
        The point of least cost among those evaluated.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        limit: int | None = None,
        scale: float | None = LOSS_SCALE,
        step: float = STEP,
    ) -> None:
        self.evaluator, self.limit, self.scale, self.step = evaluator, limit, scale, step
        self.start = evaluator.space.present
        self.best, self.best_cost = self.start, np.inf
        self._seen: set[tuple[float, ...]] = set()
        (answers,) = evaluator([self.start])
        self.rows = [
            Row(place, datum)
            for place, (experiment, answer) in enumerate(zip(evaluator.experiments, answers, strict=True))
            for datum in experiment.data(answer)
        ]
        self.raw([self.start])

    @property
    def points(self) -> int:
        """How many points were evaluated."""
        return len(self._seen)

    def raw(self, points: ArrayLike) -> Array:
        """Return residuals, NaN where a prediction failed; shape (points, rows).

        Raises
        ------
        OutOfBudget
            If that would be more points than the limit; nothing is computed then.
        """
        places = np.round(np.atleast_2d(np.asarray(points, float)), 9)
        keys = {tuple(float(x) for x in point) for point in places}
        if self.limit is not None and len(self._seen | keys) > self.limit:
            raise OutOfBudget
        found = np.array([self._residuals(answers) for answers in self.evaluator(places)])
        self._seen |= keys
        for point, residuals in zip(places, found, strict=True):
            cost = robust_cost(filled(residuals), self.scale)
            if cost < self.best_cost:
                self.best, self.best_cost = point, cost
        return found

    def _residuals(self, answers: list[Answer]) -> list[float]:
        return [
            (answers[place].get(datum.output, Number(nan)).value - datum.observed) / datum.error
            for place, datum in self.rows
        ]

    def residuals(self, point: ArrayLike) -> Array:
        """Return residuals at a point, shape (rows,)."""
        return filled(self.raw(np.asarray(point, float))[0])

    def costs(self, points: ArrayLike) -> Array:
        """Return the cost of each point."""
        return np.array([robust_cost(filled(row), self.scale) for row in self.raw(points)])

    def jacobian(self, point: ArrayLike, central: bool = False) -> Array:
        """Return the change of each residual by each coordinate, shape (rows, parameters).

        Where a step fails, the one to the other side is taken; where both fail, the change counts as nothing.

        Parameters
        ----------
        point : array_like
        central : bool
            Take both sides, where there is room.
        """
        middle = np.asarray(point, float)
        steps = np.where(middle + self.step <= 1.0, self.step, -self.step)
        here, ahead = self._around(middle, steps)
        slopes = (ahead - here) / steps[:, None]
        behind_fits = (middle - steps >= 0.0) & (middle - steps <= 1.0)
        wanted = behind_fits if central else behind_fits & ~np.isfinite(slopes).all(axis=1)
        if wanted.any():
            _, behind = self._around(middle, np.where(wanted, -steps, 0.0))
            other = (here - behind) / steps[:, None]
            both = 0.5 * (slopes + other) if central else slopes
            usable = np.where(np.isfinite(both), both, np.where(np.isfinite(slopes), slopes, other))
            slopes = np.where(wanted[:, None], usable, slopes)
        return np.nan_to_num(slopes.T, nan=0.0)

    def _around(self, middle: Array, steps: Array) -> tuple[Array, Array]:
        """Return residuals at a point, and at a step along each coordinate that has one, shape (parameters, rows)."""
        points = middle + np.diag(steps)
        found = self.raw(np.vstack([middle, points]))
        return found[0], found[1:]

    def table(self, before: ArrayLike, after: ArrayLike) -> pd.DataFrame:
        """Return ``study, output, observed, standard_error, before, after, z_before, z_after``, a line for each row."""
        first, last = (self.raw(np.asarray(point, float))[0] for point in (before, after))
        names = [experiment.name for experiment in self.evaluator.experiments]
        lines = []
        for (place, datum), one, two in zip(self.rows, first, last, strict=True):
            head = (names[place], datum.output, datum.observed, datum.error)
            lines.append(
                (*head, datum.observed + datum.error * one, datum.observed + datum.error * two, one, two)
            )
        return pd.DataFrame(lines, columns=list(COLUMNS))


COLUMNS = ("study", "output", "observed", "standard_error", "before", "after", "z_before", "z_after")
BY_STUDY = ("study", "rows", "rms_z_before", "rms_z_after", "worst_before", "worst_after", "failed")


def filled(residuals: Array) -> Array:
    """Return residuals with a fixed number for what failed."""
    return np.where(np.isfinite(residuals), residuals, FAILED)


def by_study(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns ``BY_STUDY`` of a table of rows."""
    lines = []
    for study, part in table.groupby("study", sort=False):
        line: dict[str, object] = {"study": study, "rows": len(part)}
        for when in ("before", "after"):
            z = part[f"z_{when}"].dropna().abs()
            line[f"rms_z_{when}"] = float(np.sqrt((z**2).mean())) if len(z) else nan
            line[f"worst_{when}"] = float(z.max()) if len(z) else nan
        lines.append(line | {"failed": int(part["z_after"].isna().sum())})
    return pd.DataFrame(lines, columns=BY_STUDY)
