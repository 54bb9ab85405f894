"""Figures of parameters, from tables alone: what they change, and what data say of them.

As in :mod:`.figures`, each function returns a matplotlib figure that pyplot does not know of, in print 180 mm wide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from .identifiability import PINNED, WEAK
from .style import COLOURS, NO_VALUE, PRINT_HEIGHT, new_figure, paper, printed_unit, ticks

GREY = "#404040"
PALE = "#e6e6e6"
MOST_BARS = 12
"""Parameters that are shown of each quantity."""
MOST_NAMED = 40
"""With more parameters, their names are printed smaller."""
VERDICT_COLOURS = {"yes": COLOURS[2], "weakly": COLOURS[1], "no": COLOURS[3]}
VERDICT_WORDS = {"yes": "pinned down", "weakly": "weakly", "no": "not pinned down"}


# ---- sensitivity ----------------------------------------------------------------------------------------------------


def sensitivity_bars(table: pd.DataFrame, most: int = MOST_BARS) -> Figure:
    """Return what matters for each quantity: elementary effects on the left, shares of variance on the right.

    Parameters
    ----------
    table : DataFrame
        Columns ``quantity, unit, parameter, mu_star, mu_star_conf, sigma, S1, S1_conf, ST, ST_conf``, NaN where a
        method was not applied.
    most : int
        Parameters shown of each quantity.
    """
    quantities = list(dict.fromkeys(table["quantity"]))
    methods = [name for name in ("mu_star", "ST") if table[name].notna().any()]
    if not methods:
        raise ValueError("the table has neither elementary effects nor Sobol indices; nothing can be drawn")
    most = most if len(quantities) <= 3 else min(most, 6)
    bars = min(most, max(int(table[name].notna().groupby(table["quantity"]).sum().max()) for name in methods))
    with paper():
        figure = new_figure(len(quantities) * (20.0 + 5.0 * bars) + 8.0)
        grid = figure.subplots(len(quantities), len(methods), squeeze=False)
        for row, quantity in zip(grid, quantities, strict=True):
            part = table[table["quantity"] == quantity]
            for axes, method in zip(row, methods, strict=True):
                draw = _draw_effects if method == "mu_star" else _draw_shares
                draw(axes, part.dropna(subset=[method]).nlargest(most, method))
            row[0].set_title(fill(str(quantity), 44 if len(methods) > 1 else 80))
        handles = [handle for method in methods for handle in _LEGENDS[method]]
        figure.legend(handles=handles, loc="outside upper center", ncols=4, handlelength=1.0)
        return figure


_LEGENDS = {
    "mu_star": [
        Line2D([], [], color=COLOURS[0], linewidth=5, label="mean size of effects (µ*)"),
        Line2D(
            [], [], color=COLOURS[1], marker="D", markersize=3.5, linestyle="none", label="their spread (σ)"
        ),
    ],
    "ST": [
        Line2D([], [], color=COLOURS[2], linewidth=5, label="variance alone (S1)"),
        Line2D([], [], color=COLOURS[3], linewidth=5, label="with interactions (ST)"),
    ],
}


def _bars(axes: Axes, names: Sequence[str]) -> np.ndarray:
    """Prepare axes for horizontal bars, the first on top; return their places."""
    places = np.arange(len(names))
    axes.set_yticks(places, list(names))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=PALE, linewidth=0.6)
    axes.xaxis.set_major_locator(ticks(5))
    return places


def _draw_effects(axes: Axes, part: pd.DataFrame) -> None:
    """Draw mean sizes of elementary effects as bars, their standard deviation as diamonds."""
    places = _bars(axes, list(part["parameter"]))
    axes.barh(
        places, part["mu_star"], xerr=part["mu_star_conf"].fillna(0.0), color=COLOURS[0], height=0.65,
        error_kw={"elinewidth": 0.8, "ecolor": GREY, "capsize": 1.5},
    )  # fmt: skip
    axes.plot(part["sigma"], places, "D", color=COLOURS[1], markersize=3.5, linestyle="none")
    unit = printed_unit(str(part["unit"].iloc[0])) if len(part) else ""
    axes.set_xlabel(f"Effect over the whole range{f' [{unit}]' if unit else ''}")
    axes.set_xlim(left=0.0)


def _draw_shares(axes: Axes, part: pd.DataFrame) -> None:
    """Draw shares of variance: alone, and with all interactions."""
    places = _bars(axes, list(part["parameter"]))
    for name, shift, colour in (("S1", -0.2, COLOURS[2]), ("ST", 0.2, COLOURS[3])):
        axes.barh(
            places + shift, part[name], xerr=part[f"{name}_conf"].fillna(0.0), height=0.38, color=colour,
            error_kw={"elinewidth": 0.8, "ecolor": GREY, "capsize": 1.5},
        )  # fmt: skip
    axes.axvline(0.0, color=GREY, linewidth=0.7)
    axes.set_xlabel("Share of variance")
    axes.set_xlim(right=max(1.0, axes.get_xlim()[1]))


# ---- identifiability ------------------------------------------------------------------------------------------------


def identifiability_panels(table: pd.DataFrame, eigenvalues: ArrayLike, correlation: ArrayLike) -> Figure:
    """Return what data say of parameters: posterior deviations, eigenvalues of the information, correlations.

    Parameters
    ----------
    table : DataFrame
        Columns ``parameter, standard_error, posterior_sd, pinned_down``; deviations in parts of the range.
    eigenvalues : array_like
        Of the Fisher information, in parts of the range.
    correlation : array_like
        In the posterior, shape (parameters, parameters), in the order of the table.
    """
    order = np.argsort(table["posterior_sd"].to_numpy(float), kind="stable")
    ordered = table.iloc[order]
    with paper():
        figure = new_figure(min(max(110.0, 30.0 + 4.0 * len(table)), PRINT_HEIGHT))
        panels = figure.subplot_mosaic(
            [["left", "upper"], ["left", "lower"]], width_ratios=[1.0, 1.1], height_ratios=[1.0, 1.7]
        )
        _draw_deviations(panels["left"], ordered)
        _draw_spectrum(panels["upper"], np.asarray(eigenvalues, float))
        _draw_correlation(panels["lower"], np.asarray(correlation, float)[np.ix_(order, order)])
        figure.legend(handles=_verdict_legend(ordered), loc="outside upper center", ncols=5, handlelength=1.2)
        return figure


PRIOR_SD = 12.0**-0.5
"""Standard deviation of a coordinate of which only its range is known."""


def _draw_deviations(axes: Axes, table: pd.DataFrame) -> None:
    """Draw what the data leave of each parameter's range, what is known best on top; numbers name them elsewhere."""
    names = [f"{name}  {number}" for number, name in enumerate(table["parameter"], start=1)]
    places = _bars(axes, names)
    if len(table) > MOST_NAMED:
        axes.tick_params(axis="y", labelsize=max(3.5, 7.5 * MOST_NAMED / len(table)))
    shades = [VERDICT_COLOURS[verdict] for verdict in table["pinned_down"]]
    axes.barh(places, table["posterior_sd"], height=0.7, color=shades)
    alone = table["standard_error"].to_numpy(float)
    seen = alone <= 2.0 * PRIOR_SD
    axes.plot(alone[seen], places[seen], "|", color=GREY, markersize=6.0, markeredgewidth=1.2)
    axes.axvline(PRIOR_SD, color=GREY, linewidth=0.8, linestyle=(0, (4, 2)))
    axes.set_xlim(0.0, max(1.15 * PRIOR_SD, 1.05 * float(alone[seen].max(initial=0.0))))
    axes.set_xlabel("Standard deviation [whole range = 1]")


def _verdict_legend(table: pd.DataFrame) -> list[Line2D]:
    handles = [
        Line2D([], [], color=VERDICT_COLOURS[verdict], linewidth=5, label=VERDICT_WORDS[verdict])
        for verdict in VERDICT_COLOURS
        if (table["pinned_down"] == verdict).any()
    ]
    alone = Line2D([], [], color=GREY, marker="|", markersize=6.0, linestyle="none", label="data alone")
    return [
        *handles,
        alone,
        Line2D([], [], color=GREY, linewidth=0.8, linestyle=(0, (4, 2)), label="range alone"),
    ]


def _draw_spectrum(axes: Axes, eigenvalues: np.ndarray) -> None:
    """Draw the eigenvalues, largest first, and where the data say as much as the range."""
    ordered = np.sort(eigenvalues)[::-1]
    shown = np.maximum(ordered, max(float(ordered[0]), 1.0) * 1e-12)
    left = (1.0 + ordered * PRIOR_SD**2) ** -0.5  # share of the range's deviation that the data leave
    verdicts = np.select([left < PINNED, left < WEAK], ["yes", "weakly"], "no")
    numbers = np.arange(1, len(ordered) + 1)
    for verdict, colour in VERDICT_COLOURS.items():
        chosen = verdicts == verdict
        axes.plot(numbers[chosen], shown[chosen], "o", color=colour, markersize=3.5)
    axes.axhline(1.0 / PRIOR_SD**2, color=GREY, linewidth=0.8, linestyle=(0, (4, 2)))
    axes.set_yscale("log")
    axes.set_xlim(0.5, len(ordered) + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    axes.set(title="Eigenvalues of the information", xlabel="Direction", ylabel="1 / variance")


def _draw_correlation(axes: Axes, correlation: np.ndarray) -> None:
    """Draw the matrix of correlations, by the numbers of the parameters; the diagonal is left grey."""
    number = len(correlation)
    shown = np.ma.masked_array(correlation, np.eye(number, dtype=bool))
    ends = (0.5, number + 0.5, number + 0.5, 0.5)
    picture = axes.imshow(
        shown, cmap="RdBu_r", norm=TwoSlopeNorm(0.0, -1.0, 1.0), interpolation="nearest", extent=ends
    )
    axes.set_facecolor(NO_VALUE)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(min(8, number), integer=True, steps=[1, 2, 5, 10]))
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set(title="Correlation in the posterior", xlabel="Parameter, by its number")
    axes.figure.colorbar(picture, ax=axes, shrink=0.8, ticks=[-1.0, -0.5, 0.0, 0.5, 1.0])


def verdict_counts(table: pd.DataFrame) -> Mapping[str, int]:
    """Return how many parameters are pinned down, weakly, or not."""
    return {VERDICT_WORDS[verdict]: int((table["pinned_down"] == verdict).sum()) for verdict in VERDICT_WORDS}
