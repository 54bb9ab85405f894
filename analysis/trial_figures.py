"""The figure of a trial: how its arms differ from the first, with intervals."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from .style import COLOURS, new_figure, paper, printed_unit, ticks


def trial_effects(table: pd.DataFrame, outcome: str, unit: str = "") -> Figure:
    """Return the differences of arms from the control with their 95 % intervals, as a forest plot.

    Parameters
    ----------
    table : DataFrame
        Rows of :func:`.trial.compare_arms`: ``arm, subjects, change, difference, low, high, p``; the first row is the
        control.
    outcome : str
        What was measured, in words.
    unit : str
        Its unit.

    Raises
    ------
    ValueError
        If there is no arm beside the control.
    """
    arms = table.iloc[1:]
    if arms.empty:
        raise ValueError("the table has one arm, allowed: a control and one arm or more")
    control = table.iloc[0]
    shown = printed_unit(unit)
    with paper():
        figure = new_figure(24.0 + 9.0 * len(arms), width=140.0 / 25.4)
        axes = figure.subplots()
        places = range(len(arms) - 1, -1, -1)
        for place, (_, arm) in zip(places, arms.iterrows(), strict=True):
            axes.plot([arm["low"], arm["high"]], [place, place], color=COLOURS[0], linewidth=1.5)
            axes.plot(arm["difference"], place, "s", color=COLOURS[0], markersize=6.0)
            words = f"{arm['difference']:+.3g} ({arm['low']:+.3g} to {arm['high']:+.3g}), p {_p(arm['p'])}"
            axes.text(1.03, place, words, transform=axes.get_yaxis_transform(), va="center")
        axes.axvline(0.0, color="#404040", linewidth=0.8)
        axes.set_yticks(
            list(places), [f"{arm['arm']}, n {arm['subjects']:.0f}" for _, arm in arms.iterrows()]
        )
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(-0.6, len(arms) - 0.4)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_locator(ticks(6))
        versus = f"Difference from {control['arm']} in the change of {outcome}"
        axes.set_xlabel(f"{versus} [{shown}]" if shown else versus)
        return figure


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.2g}"
