"""Predictions of a group mean beside an observed one: intervals, agreement, z and what no effect would give.

A change in percent and a ratio are those of the two group means, as papers print them; their standard error follows by
the delta method, from the pairs where both groups are the same subjects. Intervals of the mean are by Student's t.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

NORMAL_95 = 1.959964
DEFAULT_POINTS = {"percent_change": 5.0, "ratio": 0.05}
"""Half-width of an interval where a study gives no error."""
DEFAULT_SHARE = 0.15
"""The same as a share of the observed value, or of the value compared with for a difference; never less than this
share of what was observed."""
NO_EFFECT = {"difference": 0.0, "percent_change": 0.0, "ratio": 1.0}


class Prediction(NamedTuple):
    """A predicted mean, its 95 % interval and standard error; ends are NaN for a single subject."""

    value: float
    low: float
    high: float
    error: float


class Outcome(NamedTuple):
    """One expectation as it came out, with the observed interval; ``predicted`` is NaN where the run failed."""

    kind: str
    observed: float
    low: float
    high: float
    predicted: float
    z: float
    agrees: bool


class Score(NamedTuple):
    """How well some predictions do: number, number that agree, share with the right sign, median of abs(z)."""

    number: int
    agree: int
    right_sign: float
    median_z: float


def observed_interval(
    kind: str,
    observed: float,
    ci95: Sequence[float] | None = None,
    sem: float | None = None,
    sd: float | None = None,
    n: float | None = None,
    versus: float = nan,
) -> tuple[float, float]:
    """Return the 95 % interval of what was observed.

    A published interval or error is taken as it is. Only where there is neither, a width is assumed: 5 points, 0.05,
    15 % of the value, or 15 % of the value compared with, and at least 15 % of what was observed.

    Parameters
    ----------
    kind : str
        ``value``, ``difference``, ``percent_change`` or ``ratio``.
    observed : float
    ci95, sem, sd, n : optional
        What the study gives.
    versus : float
        Mean value compared with, for a difference without error.
    """
    if ci95 is not None:
        return float(ci95[0]), float(ci95[1])
    if sem is None and sd is not None and n is not None:
        sem = sd / sqrt(n)
    if sem is not None:
        half = NORMAL_95 * sem
    else:
        least = DEFAULT_SHARE * abs(observed)
        given = DEFAULT_SHARE * abs(versus) if kind == "difference" else DEFAULT_POINTS.get(kind, 0.0)
        half = max(least, given) if isfinite(given) else least
    return observed - half, observed + half


def predict(kind: str, group: ArrayLike, versus: ArrayLike | None = None, paired: bool = True) -> Prediction:
    """Return the prediction of a group mean, or of its change.

    Parameters
    ----------
    kind : str
        ``value``, ``difference``, ``percent_change`` or ``ratio``.
    group, versus : array_like
        A value for each subject.
    paired : bool
        Whether both are the same subjects in the same order.
    """
    one = np.asarray(group, float)
    if kind == "value" or versus is None:
        return _interval(float(one.mean()), _variance(one), one.size - 1.0)
    other = np.asarray(versus, float)
    if kind == "difference":
        return _interval(float(one.mean() - other.mean()), *_spread(one, other, paired))
    ratio = float(one.mean() / other.mean()) if other.mean() != 0.0 else nan
    variance, freedom = _spread(one, ratio * other, paired)
    scale = 100.0 if kind == "percent_change" else 1.0
    value = scale * (ratio - 1.0) if kind == "percent_change" else ratio
    return _interval(value, variance * (scale / other.mean()) ** 2 if other.mean() != 0.0 else nan, freedom)


def with_parameters(found: Prediction, draws: Sequence[Prediction]) -> Prediction:
    """Return a prediction whose interval carries the uncertainty of the parameters as well as the subjects' spread.

    By the law of total variance, Var = E[Var of the mean over subjects] + Var[mean]: the first is averaged over the
    draws of the parameters, the second is among them. The half-widths are joined likewise, each by its own Student's t.
    The value stays that of the parameters as they stand.

    Parameters
    ----------
    found : Prediction
        With the parameters as they stand.
    draws : sequence of Prediction
        With each draw of the parameters; two or more. Those of a single subject carry no spread of subjects.
    """
    from scipy.stats import t

    among = float(np.var([draw.value for draw in draws], ddof=1))
    within = [draw.error**2 for draw in draws if isfinite(draw.error)]
    widths = [(draw.high - draw.value) ** 2 for draw in draws if isfinite(draw.high)]
    subjects, width = (float(np.mean(part)) if part else 0.0 for part in (within, widths))
    half = sqrt(width + among * float(t.ppf(0.975, len(draws) - 1)) ** 2)
    return Prediction(found.value, found.value - half, found.value + half, sqrt(subjects + among))


def _variance(values: Array) -> float:
    """Return the variance of a mean; NaN for one value."""
    return float(values.var(ddof=1) / values.size) if values.size > 1 else nan


def _spread(one: Array, other: Array, paired: bool) -> tuple[float, float]:
    """Return the variance of a difference of means, and its degrees of freedom (Welch if unpaired)."""
    if paired:
        return _variance(one - other), one.size - 1.0
    parts = [_variance(one), _variance(other)]
    whole = sum(parts)
    below = sum(part**2 / max(values.size - 1, 1) for part, values in zip(parts, (one, other), strict=True))
    return whole, whole**2 / below if below > 0.0 else one.size + other.size - 2.0


def _interval(value: float, variance: float, freedom: float) -> Prediction:
    from scipy.stats import t

    error = sqrt(variance) if variance >= 0.0 else nan
    half = error * float(t.ppf(0.975, freedom)) if isfinite(error) and freedom > 0.0 else nan
    return Prediction(value, value - half, value + half, error)


def z_score(predicted: float, predicted_error: float, observed: float, low: float, high: float) -> float:
    """Return the distance of a prediction from what was observed, in standard errors of both [1]."""
    error = sqrt(
        ((high - low) / (2.0 * NORMAL_95)) ** 2 + (predicted_error**2 if isfinite(predicted_error) else 0.0)
    )
    return (predicted - observed) / error if error > 0.0 else nan


def score(outcomes: Sequence[Outcome]) -> Score:
    """Return how well predictions do; those that failed count as not agreeing."""
    ran = [item for item in outcomes if isfinite(item.predicted)]
    return _score(len(outcomes), ran, [item.agrees for item in ran])


def score_of_no_effect(outcomes: Sequence[Outcome]) -> Score:
    """Return how well it would do to say that nothing ever has an effect; values are left out."""
    changes = [item for item in outcomes if item.kind in NO_EFFECT]
    none = []
    for item in changes:
        said = NO_EFFECT[item.kind]
        z = z_score(said, 0.0, item.observed, item.low, item.high)
        none.append(item._replace(predicted=said, z=z, agrees=item.low <= said <= item.high))
    return _score(len(none), none, [item.agrees for item in none])


def _score(number: int, ran: Sequence[Outcome], agree: Sequence[bool]) -> Score:
    signs = [
        (item.predicted - NO_EFFECT[item.kind]) * (item.observed - NO_EFFECT[item.kind]) > 0.0
        for item in ran
        if item.kind in NO_EFFECT and item.observed != NO_EFFECT[item.kind]
    ]
    sizes = [abs(item.z) for item in ran if isfinite(item.z)]
    right = float(np.mean(signs)) if signs else nan
    return Score(number, int(sum(agree)), right, float(np.median(sizes)) if sizes else nan)
