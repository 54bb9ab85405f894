"""The minimal model of an intravenous glucose tolerance test, fitted by least squares.

Glucose effectiveness and remote insulin bring glucose back to its basal level,

    G' = -(p1 + X) G + p1 Gb,     X' = -p2 X + p3 (I - Ib),

with measured insulin as the input; SG = p1, SI = p3 / p2. The first minutes, in which glucose mixes, are not fitted.
Source: doi:10.1152/ajpendo.1979.236.6.E667.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .measures import INSULIN_PM_PER_UU_ML

FITTED_FROM = 8.0
"""Minutes from which glucose is fitted [min]."""
AIR_MINUTES = (2.0, 10.0)
"""The acute insulin response is the mean rise between these minutes [min]."""
SI_UNIT = 1e-4

Array = NDArray[np.float64]


class MinimalModel(NamedTuple):
    """Sensitivity ``si`` [1e-4/min per uU/mL], effectiveness ``sg`` [1/min], acute insulin response ``air`` [pM]."""

    si: float
    sg: float
    air: float


def fit_minimal_model(minutes: ArrayLike, glucose_mM: ArrayLike, insulin_pM: ArrayLike) -> MinimalModel:
    """Return the minimal model fitted to an intravenous glucose tolerance test.

    Parameters
    ----------
    minutes : array_like
        From 0, before the injection, in equal steps [min].
    glucose_mM, insulin_pM : array_like
        The first of each is the basal level.

    Raises
    ------
    ValueError
        If the course is shorter than an hour, or of unequal lengths.
    """
    from scipy.optimize import least_squares

    time, glucose, insulin = (np.asarray(values, float) for values in (minutes, glucose_mM, insulin_pM))
    if not time.size == glucose.size == insulin.size or time.size < 2 or time[-1] < 60.0:
        raise ValueError(
            f"{time.size} minutes up to {time[-1:]}, allowed: glucose and insulin for an hour or more"
        )
    rise = insulin / INSULIN_PM_PER_UU_ML - insulin[0] / INSULIN_PM_PER_UU_ML
    fitted = time >= FITTED_FROM
    begin = int(np.flatnonzero(fitted)[0])

    def misfit(logs: Array) -> Array:
        p1, p2, si, start = np.exp(logs)
        course = _course(time[begin:], rise[: begin + 1], rise, p1, p2, si, start, glucose[0])
        return np.asarray(course / glucose[fitted] - 1.0)

    guess = np.log([0.02, 0.03, 5.0, max(glucose[begin], glucose[0])])
    low, high = np.log([1e-4, 1e-3, 1e-4, 0.5 * glucose[0]]), np.log([0.3, 0.5, 100.0, 60.0])
    p1, _, si, _ = np.exp(
        least_squares(misfit, np.clip(guess, low + 1e-6, high - 1e-6), bounds=(low, high)).x
    )
    return MinimalModel(float(si), float(p1), acute_response(time, insulin))


def _course(
    time: Array, early: Array, rise: Array, p1: float, p2: float, si: float, start: float, basal: float
) -> Array:
    """Return glucose from a level at the first fitted minute on [mM]; X is built up from minute 0."""
    step = float(time[1] - time[0])
    p3 = si * SI_UNIT * p2
    keep = np.exp(-p2 * step)
    remote = np.zeros(rise.size)
    middle = 0.5 * (rise[1:] + rise[:-1])
    for k in range(rise.size - 1):
        remote[k + 1] = remote[k] * keep + p3 / p2 * (1.0 - keep) * middle[k]
    offset = early.size - 1
    found = np.empty(time.size)
    found[0] = start
    for k in range(time.size - 1):
        pull = max(p1 + 0.5 * (remote[offset + k] + remote[offset + k + 1]), 1e-9)
        rest = p1 * basal / pull
        found[k + 1] = rest + (found[k] - rest) * np.exp(-pull * step)
    return found


def acute_response(minutes: ArrayLike, insulin_pM: ArrayLike) -> float:
    """Return the mean rise of insulin between minutes 2 and 10 [pM]."""
    time, insulin = np.asarray(minutes, float), np.asarray(insulin_pM, float)
    early = (time >= AIR_MINUTES[0]) & (time <= AIR_MINUTES[1])
    return float(insulin[early].mean() - insulin[0])
