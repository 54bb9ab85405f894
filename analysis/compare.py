"""Predicted against observed: tables in, tables out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

KEY = ["phenotype", "versus", "test", "quantity"]
"""What names a prediction; with ``versus``, the ratio of two phenotypes."""


def compare(targets: pd.DataFrame, predicted: Mapping[tuple[str, str, str], float]) -> pd.DataFrame:
    """Return the targets with what was predicted and by how much it misses.

    Parameters
    ----------
    targets : DataFrame
        Columns of ``KEY``, ``low`` and ``high`` (an empty limit is open).
    predicted : mapping
        Value by phenotype, test and quantity.

    Returns
    -------
    DataFrame
        Further columns ``predicted``, ``miss`` (distance from the nearer limit, 0 within, NaN if not predicted) and
        ``verdict`` (``pass``, ``miss`` or ``not run``).
    """
    found = targets.copy()
    found["predicted"] = [_prediction(row, predicted) for row in targets[KEY].itertuples(index=False)]
    low, high = found["low"].fillna(-np.inf), found["high"].fillna(np.inf)
    value = found["predicted"]
    found["miss"] = (value - value.clip(low, high)).where(value.notna())
    found["verdict"] = np.where(value.isna(), "not run", np.where(found["miss"] == 0.0, "pass", "miss"))
    return found


def _prediction(row: tuple[str, str, str, str], predicted: Mapping[tuple[str, str, str], float]) -> float:
    phenotype, versus, test, quantity = row
    value = predicted.get((phenotype, test, quantity), np.nan)
    if not isinstance(versus, str) or not versus:
        return value
    other = predicted.get((versus, test, quantity), np.nan)
    return value / other if other else np.nan


def change(now: float, before: float) -> float:
    """Return a change [%]; NaN if there was nothing before."""
    return 100.0 * (now / before - 1.0) if before else float("nan")


def dose_of_level(dose: ArrayLike, effect: ArrayLike, level: float) -> float:
    """Return the dose at which an effect first passes a level, between doses on a logarithmic scale; NaN if never.

    Parameters
    ----------
    dose : array_like
        Ascending, above 0.
    effect : array_like
        Of each dose.
    level : float
        [unit of the effect].
    """
    doses, side = np.log(np.asarray(dose, float)), np.sign(np.asarray(effect, float) - level)
    effects = np.asarray(effect, float)
    passed = np.flatnonzero(side != side[0])
    if not passed.size:
        return float("nan")
    k = int(passed[0])
    share = (level - effects[k - 1]) / (effects[k] - effects[k - 1])
    return float(np.exp(doses[k - 1] + share * (doses[k] - doses[k - 1])))


def within_sd(measured: pd.DataFrame, course: pd.DataFrame) -> pd.DataFrame:
    """Return, for each observable, the share of measured points that a course meets within one standard deviation.

    Parameters
    ----------
    measured : DataFrame
        Columns ``observable, time_min, mean, sd``; points without a spread are left out.
    course : DataFrame
        Columns ``observable, time, value``.

    Returns
    -------
    DataFrame
        Columns ``observable, points, share`` [%] and ``rms_z`` (root mean square distance in standard deviations).
    """
    rows = []
    for name, points in measured[measured["sd"] > 0.0].groupby("observable", sort=False):
        own = course[course["observable"] == name]
        if own.empty:
            continue
        z = (np.interp(points["time_min"], own["time"], own["value"]) - points["mean"]) / points["sd"]
        rows.append((name, len(z), 100.0 * float((z.abs() <= 1.0).mean()), float(np.sqrt((z**2).mean()))))
    return pd.DataFrame(rows, columns=["observable", "points", "share", "rms_z"])


def short(value: float) -> str:
    """Return a number in three significant digits, or whole from 1000 on."""
    return f"{value:.0f}" if 1e3 <= abs(value) < 1e6 else f"{value:.3g}"


def markdown(table: pd.DataFrame, number: Callable[[float], str] = short) -> str:
    """Return a table as markdown; numbers are written by ``number``, missing ones as a dash."""
    right = [pd.api.types.is_numeric_dtype(table[name]) for name in table]
    lines = [_line(list(table.columns)), "|" + "|".join("---:" if side else "---" for side in right) + "|"]
    for row in table.itertuples(index=False):
        lines.append(_line([_written(value, number) for value in row]))
    return "\n".join(lines)


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _written(value: object, number: Callable[[float], str]) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, np.integer)):
        return str(value)
    return "–" if value is None or pd.isna(value) else number(value)  # type: ignore[arg-type, call-overload]
