"""In-silico trials: what arms did to an outcome, and how many subjects it takes to see it.

The outcome of a subject is its change from before to after. Arms are compared with the first one: by Welch's test
where each subject is in one arm, by the paired test where each is in all. Power is that of the two-sided test at 5 %,
with the noncentral t distribution, for the difference and the spread that were found.

Source: Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd edition 1988 (chapter 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.floating[Any]]

ALPHA = 0.05
POWERS = (0.8, 0.9)
MOST_SUBJECTS = 100_000


def compare_arms(table: pd.DataFrame, arms: Sequence[str], outcome: str, paired: bool) -> pd.DataFrame:
    """Return one row for each arm: its change, its difference from the first arm, and power.

    Parameters
    ----------
    table : DataFrame
        Columns ``subject``, ``arm``, ``output`` and ``value``; outputs are called ``before.NAME`` and ``after.NAME``.
    arms : sequence of str
        The first is the control.
    outcome : str
        NAME.
    paired : bool
        Whether each subject is in all arms.

    Returns
    -------
    DataFrame
        Columns ``arm, subjects, before, change, change_sd, difference, low, high, p, effect_size, power, needed_80,
        needed_90``; the last two are subjects in each arm (in all, if paired).
    """
    wide = table.pivot_table(index=["arm", "subject"], columns="output", values="value")
    before, after = wide[f"before.{outcome}"], wide[f"after.{outcome}"]
    changes = (after - before).dropna()
    control = _of(changes, arms[0])
    rows = []
    for arm in arms:
        own = _of(changes, arm)
        row = {
            "arm": arm,
            "subjects": len(own),
            "before": float(_of(before, arm).mean()) if len(own) else nan,
        }
        row |= {"change": float(own.mean()) if len(own) else nan, "change_sd": _sd(own.to_numpy(float))}
        rows.append(row | (_against(own, control, paired) if arm != arms[0] else {}))
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = [
    "arm", "subjects", "before", "change", "change_sd", "difference", "low", "high", "p", "effect_size", "power",
    "needed_80", "needed_90",
]  # fmt: skip


def _of(values: pd.Series[float], arm: str) -> pd.Series[float]:
    """Return the values of an arm by subject."""
    return values[values.index.get_level_values("arm") == arm].droplevel("arm")


def _sd(values: Array) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else nan


def _against(own: pd.Series[float], control: pd.Series[float], paired: bool) -> dict[str, float]:
    """Return how an arm differs from the control."""
    if paired:
        differences = (own - control).dropna().to_numpy(float)
        return _row(float(differences.mean()) if len(differences) else nan, *_one_sample(differences), paired)
    return _row(
        float(own.mean() - control.mean()), *_welch(own.to_numpy(float), control.to_numpy(float)), paired
    )


def _one_sample(values: Array) -> tuple[float, float, float, int]:
    """Return standard error, degrees of freedom, spread and number of paired differences."""
    return _sd(values) / sqrt(max(len(values), 1)), len(values) - 1.0, _sd(values), len(values)


def _welch(one: Array, other: Array) -> tuple[float, float, float, int]:
    """Return standard error, degrees of freedom, common spread and the smaller number of two groups."""
    if min(len(one), len(other)) < 2:
        return nan, nan, nan, min(len(one), len(other))
    a, b = one.var(ddof=1) / len(one), other.var(ddof=1) / len(other)
    spread = sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2.0)
    freedom = (a + b) ** 2 / max(a**2 / (len(one) - 1) + b**2 / (len(other) - 1), 1e-300)
    return sqrt(a + b), float(freedom), spread, min(len(one), len(other))


def _row(
    difference: float, error: float, freedom: float, spread: float, number: int, paired: bool
) -> dict[str, float]:
    if not (isfinite(difference) and isfinite(error) and error > 0.0):
        return {"difference": difference}
    half = float(stats.t.ppf(1.0 - ALPHA / 2.0, freedom)) * error
    size = difference / spread
    return {
        "difference": difference,
        "low": difference - half,
        "high": difference + half,
        "p": float(2.0 * stats.t.sf(abs(difference) / error, freedom)),
        "effect_size": size,
        "power": power(size, number, paired),
        **{f"needed_{round(100 * wanted)}": needed(size, wanted, paired) for wanted in POWERS},
    }


def power(effect_size: float, subjects: int, paired: bool = False) -> float:
    """Return the power of a two-sided t test at 5 % [1].

    Parameters
    ----------
    effect_size : float
        Difference over standard deviation [1]; of the differences, if paired.
    subjects : int
        In each arm; in all, if paired.
    paired : bool
    """
    if subjects < 2:
        return nan
    freedom = subjects - 1 if paired else 2 * subjects - 2
    shift = abs(effect_size) * sqrt(subjects if paired else subjects / 2.0)
    critical = stats.t.ppf(1.0 - ALPHA / 2.0, freedom)
    if shift > 35.0:
        return 1.0
    other = float(stats.nct.cdf(-critical, freedom, shift))  # NaN where it is too small to be computed
    return float(stats.nct.sf(critical, freedom, shift)) + (other if isfinite(other) else 0.0)


def needed(effect_size: float, wanted: float, paired: bool = False) -> float:
    """Return how many subjects give a power; infinite if more than 100,000."""
    low, high = 1, 2
    while power(effect_size, high, paired) < wanted:
        low, high = high, 2 * high
        if high > MOST_SUBJECTS:
            return inf
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if power(effect_size, middle, paired) < wanted else (low, middle)
    return float(high)
