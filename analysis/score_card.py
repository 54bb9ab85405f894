"""The score card: how well predictions of studies do, in all, by set, level and tissue, and where they fail.

A table of rows is what all functions take: one row for each expectation, with the columns ``NEEDED``. An *effect* is a
difference, a change in percent or a ratio; *no effect* is 0, 0 or 1. Beside each figure of the model stands that of
saying that nothing ever has an effect, on the effects alone, because wide intervals flatter everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .expectations import NO_EFFECT, Outcome, Score, score, score_of_no_effect

Array = NDArray[np.float64]

NEEDED = (
    "set", "level", "tissue", "study", "as", "observed", "observed_low", "observed_high", "predicted", "agrees", "z",
)  # fmt: skip
FEWEST_RANKED = 3
"""Fewer pairs have no rank correlation."""
PERCENT_OF = {"percent_change": (1.0, 0.0), "ratio": (100.0, -100.0)}
"""Scale and offset that make a change in percent of an effect; a difference has none."""
NOTHING_POINTS = {"percent_change": 15.0, "ratio": 0.15}
"""No larger effect counts as about nothing (chosen), however wide the observed interval is."""
MODEL, ON_EFFECTS, NO_EFFECT_SAID = "model", "model, effects alone", "no effect"


class Card(NamedTuple):
    """How well some predictions do.

    Attributes
    ----------
    expectations, failed : int
        In all, and how many have no prediction; these do not agree.
    inside, inside_low, inside_high : float
        Share inside the observed 95 % interval [%], and Wilson's 95 % interval of that share, as if rows were
        independent.
    right_sign : float
        Share of effects with the sign that was observed [%]; effects observed as exactly none are left out.
    median_z : float
        Median distance from the observation in standard errors of both [1].
    rank_correlation : float
        Spearman's, of observed and predicted effects in percent [1].
    """

    expectations: int
    failed: int
    inside: float
    inside_low: float
    inside_high: float
    right_sign: float
    median_z: float
    rank_correlation: float


# ---- figures of merit -----------------------------------------------------------------------------------------------


def effects(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are effects."""
    return rows[rows["as"].isin(list(NO_EFFECT))]


def in_percent(rows: pd.DataFrame, column: str) -> Array:
    """Return a column of effects as change in percent, shape (rows,); NaN where it has none."""
    scales = rows["as"].map({kind: scale for kind, (scale, _) in PERCENT_OF.items()}).astype(float)
    offsets = rows["as"].map({kind: offset for kind, (_, offset) in PERCENT_OF.items()}).astype(float)
    return np.asarray(rows[column].astype(float) * scales + offsets, float)


def rank_correlation(observed: Array, predicted: Array) -> float:
    """Return Spearman's correlation of pairs without NaN [1]; NaN for fewer than three, or if one side is constant."""
    from scipy.stats import spearmanr

    known = np.isfinite(observed) & np.isfinite(predicted)
    one, other = observed[known], predicted[known]
    if one.size < FEWEST_RANKED or np.ptp(one) == 0.0 or np.ptp(other) == 0.0:
        return nan
    return float(spearmanr(one, other).statistic)


def share_interval(number: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share [%]; NaN of nothing."""
    from scipy.stats import binomtest

    if of == 0:
        return nan, nan
    ends = binomtest(number, of).proportion_ci(method="wilson")
    return 100.0 * float(ends.low), 100.0 * float(ends.high)


def card(rows: pd.DataFrame) -> Card:
    """Return how well the model does."""
    ranks = rank_correlation(in_percent(rows, "observed"), in_percent(rows, "predicted"))
    return _card(score(_outcomes(rows)), int(rows["predicted"].isna().sum()), ranks)


def card_of_no_effect(rows: pd.DataFrame) -> Card:
    """Return how well it would do to say that nothing has an effect; values are left out."""
    return _card(score_of_no_effect(_outcomes(rows)), 0, nan)


def _outcomes(rows: pd.DataFrame) -> list[Outcome]:
    names = ("as", "observed", "observed_low", "observed_high", "predicted", "z", "agrees")
    return [Outcome(*(row[name] for name in names)) for row in rows.to_dict("records")]


def _card(found: Score, failed: int, ranks: float) -> Card:
    share = 100.0 * found.agree / found.number if found.number else nan
    ends = share_interval(found.agree, found.number)
    return Card(found.number, failed, share, *ends, 100.0 * found.right_sign, found.median_z, ranks)


# ---- tables ---------------------------------------------------------------------------------------------------------


def score_lines(rows: pd.DataFrame) -> pd.DataFrame:
    """Return three lines for each set: the model, the model on the effects alone, and no effect.

    Returns
    -------
    DataFrame
        Columns ``set, prediction`` and those of :class:`Card`.
    """
    lines = []
    for name, own in rows.groupby("set", sort=False):
        cards = {
            MODEL: card(own),
            ON_EFFECTS: card(effects(own)),
            NO_EFFECT_SAID: card_of_no_effect(own),
        }
        lines += [{"set": name, "prediction": what} | found._asdict() for what, found in cards.items()]
    return pd.DataFrame(lines, columns=["set", "prediction", *Card._fields])


GAPS = ("inside", "right_sign", "median_z", "rank_correlation")


def gap(lines: pd.DataFrame, one: str = "calibration", other: str = "validation") -> dict[str, float]:
    """Return by how much each figure of the model is larger in one set than in another; nothing if one is missing."""
    model = lines[lines["prediction"] == MODEL].set_index("set")
    if not {one, other} <= set(model.index):
        return {}
    return {name: float(model.loc[one, name] - model.loc[other, name]) for name in GAPS}  # type: ignore[arg-type, operator]


def group_lines(rows: pd.DataFrame, by: str, order: Sequence[str]) -> pd.DataFrame:
    """Return a line for each group and set, in a given order of groups.

    Returns
    -------
    DataFrame
        Columns ``by, set``, those of :class:`Card`, ``effects`` (their number) and ``no_effect`` (share of effects that
        would agree if nothing had an effect [%]).
    """
    lines = []
    for group in order:
        for name in dict.fromkeys(rows["set"]):
            own = rows[(rows[by] == group) & (rows["set"] == name)]
            if len(own):
                none = card_of_no_effect(own)
                also = {"effects": none.expectations, "no_effect": none.inside}
                lines.append({by: group, "set": name} | card(own)._asdict() | also)
    return pd.DataFrame(lines, columns=[by, "set", *Card._fields, "effects", "no_effect"])


def study_lines(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a line for each study: columns ``set, study, expectations, agree, right_sign`` [%] and ``median_z``."""
    lines = []
    for (name, study), own in rows.groupby(["set", "study"], sort=False):
        found = score(_outcomes(own))
        line = {"set": name, "study": study, "expectations": found.number, "agree": found.agree}
        lines.append(line | {"right_sign": 100.0 * found.right_sign, "median_z": found.median_z})
    columns = ["set", "study", "expectations", "agree", "right_sign", "median_z"]
    return pd.DataFrame(lines, columns=columns)


# ---- where it fails -------------------------------------------------------------------------------------------------


def _from_none(rows: pd.DataFrame, column: str) -> pd.Series[float]:
    """Return how far a column of effects is from no effect."""
    return rows[column].astype(float) - rows["as"].map(NO_EFFECT).astype(float)


def spans_none(rows: pd.DataFrame) -> pd.Series[bool]:
    """Return whether an effect's observed interval holds no effect."""
    return (_from_none(rows, "observed_low") <= 0.0) & (_from_none(rows, "observed_high") >= 0.0)


def wrong_signs(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the effects whose observed interval excludes none and whose predicted sign is another, or none."""
    own = effects(rows)
    product = _from_none(own, "observed") * _from_none(own, "predicted")
    return own[~spans_none(own) & (product <= 0.0)]


def negative_trials(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the effects whose observed interval holds none.

    A further column ``about_nothing`` says whether the predicted effect is no larger than half of the observed
    interval's width, so that the trial could not have told it from nothing, and no larger than ``NOTHING_POINTS``.
    """
    own = effects(rows)
    own = own[spans_none(own)]
    half = 0.5 * (own["observed_high"].astype(float) - own["observed_low"].astype(float))
    most = np.minimum(half, own["as"].map(NOTHING_POINTS).astype(float).fillna(np.inf))
    return own.assign(about_nothing=_from_none(own, "predicted").abs() <= most)
