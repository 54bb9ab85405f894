"""Figures of the score card, from tables alone: sets are told apart by colour and by marker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import NDArray

from .score_card import in_percent
from .style import COLOURS, PRINT_HEIGHT, PRINT_WIDTH, new_figure, paper, printed_name

Array = NDArray[np.float64]

MARKERS = ("o", "D", "s", "^")
OTHER = "#606060"
BAND = "#e4e4e4"
LINEAR_TO = 20.0
"""Changes are drawn linearly to about this size, and as logarithms beyond [%]."""
PERCENT_TICKS = (-50, -20, 0, 20, 50, 100, 300, 1000, 3000, 10000)
FARTHEST = 6.0
"""What is farther from an observation is drawn at the edge [half-widths]."""
ROW_MM = 2.6
HEAD_LINES = 1.3
COLUMNS = 2


def _looks(rows: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return colour and marker of each set, the same whichever sets are there."""
    names = sorted(dict.fromkeys(rows["set"]))
    known = {"calibration": 0, "validation": 1}
    places = {name: known.get(name, len(known) + number) for number, name in enumerate(names)}
    return {name: (COLOURS[place % 5], MARKERS[place % 4]) for name, place in places.items()}


def _legend(looks: Mapping[str, tuple[str, str]], counts: Mapping[str, int] | None = None) -> list[Line2D]:
    return [
        Line2D([], [], color=colour, marker=marker, linestyle="none", markersize=5,
               label=f"{name} ({counts[name]})" if counts else name)
        for name, (colour, marker) in looks.items()
    ]  # fmt: skip


# ---- observed against predicted -------------------------------------------------------------------------------------


def observed_against_predicted(rows: pd.DataFrame) -> Figure:
    """Return predicted against observed effects as changes in percent, with both intervals.

    Parameters
    ----------
    rows : DataFrame
        Columns ``set, as, observed, observed_low, observed_high, predicted, predicted_low, predicted_high``; only
        percent changes and ratios are drawn.
    """
    shown = rows[np.isfinite(in_percent(rows, "observed")) & rows["predicted"].notna()]
    looks = _looks(shown)
    with paper():
        figure = new_figure(127.0, width=125.0 / 25.4)
        axes = figure.subplots()
        _percent_axes(axes, shown)
        for name, (colour, marker) in looks.items():
            _draw_effects(axes, shown[shown["set"] == name], colour, marker)
        axes.set(xlabel="Observed change [%]", ylabel="Predicted change [%]")
        counts = {name: int((shown["set"] == name).sum()) for name in looks}
        line = Line2D([], [], color="#404040", linewidth=0.8, label="predicted as observed")
        figure.legend(handles=[*_legend(looks, counts), line], loc="outside upper center", ncols=3)
        return figure


def _percent_axes(axes: Axes, rows: pd.DataFrame) -> None:
    """Make both axes linear near zero and logarithmic far out, mark equality, and shade what has the wrong sign."""
    values = np.concatenate([in_percent(rows, name) for name in ("observed", "predicted")])
    low, high = float(min(values.min(), -50.0)), float(max(values.max(), 50.0))
    low, high = max(1.15 * low, -115.0), 1.35 * high
    ticks = [tick for tick in PERCENT_TICKS if low <= tick <= high]
    axes.set_xscale("asinh", linear_width=LINEAR_TO)
    axes.set_yscale("asinh", linear_width=LINEAR_TO)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(lambda tick, _: f"{tick:,.0f}".replace("-", "−"))
    axes.set(xlim=(low, high), ylim=(low, high))
    axes.set_aspect("equal")
    for x, y in (((low, 0.0), (0.0, high)), ((0.0, high), (low, 0.0))):
        axes.fill_between(x, y[0], y[1], color="#f2f2f2", linewidth=0, zorder=0)
    axes.plot([low, high], [low, high], color="#404040", linewidth=0.8, zorder=1)
    axes.axhline(0.0, color="#b0b0b0", linewidth=0.6, zorder=1)
    axes.axvline(0.0, color="#b0b0b0", linewidth=0.6, zorder=1)
    axes.text(
        0.98, 0.02, "wrong sign", transform=axes.transAxes, ha="right", va="bottom", color=OTHER, fontsize=7.0
    )


def _draw_effects(axes: Axes, rows: pd.DataFrame, colour: str, marker: str) -> None:
    x, y = in_percent(rows, "observed"), in_percent(rows, "predicted")
    spans = [_arms(rows, "observed", x), _arms(rows, "predicted", y)]
    axes.errorbar(
        x, y, xerr=spans[0], yerr=spans[1], fmt="none", ecolor=colour, elinewidth=0.5, alpha=0.35, zorder=2
    )
    axes.plot(
        x, y, linestyle="none", marker=marker, color=colour, markersize=4.2, markeredgecolor="white",
        markeredgewidth=0.4, zorder=3,
    )  # fmt: skip


def _arms(rows: pd.DataFrame, name: str, value: Array) -> Array:
    """Return how far an interval reaches below and above, shape (2, rows); nothing where it has no ends."""
    low, high = (in_percent(rows, f"{name}_{end}") for end in ("low", "high"))
    return np.nan_to_num(np.maximum(np.stack([value - low, high - value]), 0.0), nan=0.0)


# ---- every expectation ----------------------------------------------------------------------------------------------


def distances(rows: pd.DataFrame) -> Figure:
    """Return how far every prediction is from its observation, study by study, in half-widths of its interval.

    Parameters
    ----------
    rows : DataFrame
        Columns ``study, label, set, agrees, observed, observed_low, observed_high, predicted, predicted_low,
        predicted_high``.
    """
    parts = _columns_of(rows)
    most = max(_lines(part) for part in parts)
    colour, marker = next(iter(_looks(rows).values()))
    with paper():
        figure = new_figure(min(16.0 + ROW_MM * most, PRINT_HEIGHT), width=PRINT_WIDTH)
        grid = figure.subplots(1, len(parts), squeeze=False)[0]
        for axes, part in zip(grid, parts, strict=True):
            _draw_distances(axes, part, colour, marker, most)
        figure.supxlabel(
            "Prediction less observation [half-widths of the observed 95 % interval]", fontsize=8.0
        )
        full, empty = (
            Line2D(
                [],
                [],
                color=colour,
                marker=marker,
                linestyle="-",
                linewidth=0.7,
                markerfacecolor=face,
                label=text,
            )
            for face, text in ((colour, "inside, with its own 95 % interval"), ("white", "outside"))
        )
        figure.legend(handles=[full, empty], loc="outside upper right", ncols=2)
        return figure


def _lines(rows: pd.DataFrame) -> float:
    """Return how many lines some studies take: a head and a line for each row, and a gap."""
    return len(rows) + HEAD_LINES * rows["study"].nunique()


def _columns_of(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the rows cut into columns of about equal length, no study cut in two."""
    if _lines(rows) <= 20:
        return [rows]
    half, taken, names = _lines(rows) / COLUMNS, 0.0, []
    for study, own in rows.groupby("study", sort=False):
        if taken + 0.5 * _lines(own) > half:
            break
        taken += _lines(own)
        names.append(study)
    first = rows["study"].isin(names)
    return [part for part in (rows[first], rows[~first]) if len(part)]


def _draw_distances(axes: Axes, rows: pd.DataFrame, colour: str, marker: str, most: float) -> None:
    axes.axvspan(-1.0, 1.0, color=BAND, linewidth=0, zorder=0)
    axes.axvline(0.0, color="#909090", linewidth=0.6, zorder=1)
    places, labels = [], []
    line = 0.0
    for study, own in rows.groupby("study", sort=False):
        axes.text(-0.02, line, str(study), transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=6.5,
                  fontweight="bold")  # fmt: skip
        for number, row in enumerate(own.to_dict("records"), start=1):
            _draw_distance(axes, row, line + number, colour, marker)
            places.append(line + number)
            labels.append(str(row["label"]))
        line += _lines(own)
    axes.set_yticks(places, labels, fontsize=6.0)
    axes.tick_params(axis="y", length=0, pad=3)
    axes.set(xlim=(-FARTHEST - 0.5, FARTHEST + 0.5), ylim=(most - 0.4, -0.8))
    axes.set_xticks([-6, -3, 0, 3, 6], ["≤ −6", "−3", "0", "3", "≥ 6"])
    axes.spines["left"].set_visible(False)


def _draw_distance(axes: Axes, row: Mapping[Any, Any], line: float, colour: str, marker: str) -> None:
    half = 0.5 * (row["observed_high"] - row["observed_low"])
    ends = [row[name] for name in ("predicted", "predicted_low", "predicted_high")]
    value, low, high = (_in_halves(float(end) - row["observed"], half) for end in ends)
    if np.isfinite([low, high]).all():
        axes.plot([low, high], [line, line], color=colour, linewidth=0.7, alpha=0.6, zorder=2)
    inside = bool(row["agrees"])
    beyond = abs(value) >= FARTHEST
    axes.plot(
        [value], [line], marker=(">" if value > 0 else "<") if beyond else marker, color=colour, markersize=3.4,
        markerfacecolor=colour if inside else "white", markeredgewidth=0.8, linestyle="none", zorder=3,
    )  # fmt: skip


def _in_halves(distance: float, half: float) -> float:
    """Return a distance in half-widths, no farther than the edge."""
    if half <= 0.0:
        return float(np.sign(distance)) * FARTHEST
    return float(np.clip(distance / half, -FARTHEST, FARTHEST))


# ---- by level and tissue --------------------------------------------------------------------------------------------


def shares_inside(panels: Mapping[str, pd.DataFrame], targets: Mapping[str, float]) -> Figure:
    """Return the share of expectations inside the observed interval by group, one panel for each way to group.

    Parameters
    ----------
    panels : mapping of str to DataFrame
        By name of the column that groups, as ``level``: that column, ``set, expectations, inside, inside_low,
        inside_high, no_effect`` [%].
    targets : mapping
        Share asked of each set [%].
    """
    looks = _looks(pd.concat(list(panels.values())))
    with paper():
        most = max(table[by].nunique() for by, table in panels.items())
        figure = new_figure(24.0 + 10.0 * most)
        grid = figure.subplots(1, len(panels), squeeze=False)[0]
        for axes, (by, table) in zip(grid, panels.items(), strict=True):
            _draw_shares(axes, table, by, looks, most)
            for name, target in targets.items():
                if name in looks:
                    axes.axvline(target, color=looks[name][0], linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
        handles = [
            *_legend(looks),
            Line2D(
                [],
                [],
                color=OTHER,
                marker="|",
                markersize=7,
                linestyle="none",
                label="if nothing had an effect",
            ),
            Line2D([], [], color=OTHER, linewidth=0.8, linestyle=(0, (4, 2)), label="asked"),
        ]
        figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
        return figure


def _draw_shares(
    axes: Axes, table: pd.DataFrame, by: str, looks: Mapping[str, tuple[str, str]], most: int
) -> None:
    groups = list(dict.fromkeys(table[by]))
    shifts = np.linspace(-0.17, 0.17, len(looks)) if len(looks) > 1 else [0.0]
    for (name, (colour, marker)), shift in zip(looks.items(), shifts, strict=True):
        for row in table[table["set"] == name].to_dict("records"):
            y = groups.index(row[by]) + shift
            axes.plot([row["inside_low"], row["inside_high"]], [y, y], color=colour, linewidth=1.0, zorder=2)
            point: dict[str, Any] = {"linestyle": "none", "clip_on": False}
            axes.plot([row["inside"]], [y], marker=marker, color=colour, markersize=5, zorder=3, **point)
            axes.plot([row["no_effect"]], [y], marker="|", color=OTHER, markersize=7, zorder=2, **point)
            axes.text(104.0, y, f"{int(row['expectations'])}", va="center", color=colour, fontsize=7.0)
    axes.set_yticks(range(len(groups)), [printed_name(str(group)) for group in groups])
    axes.set(xlim=(0.0, 100.0), ylim=(most - 0.5, -0.5), xlabel="Inside the observed 95 % interval [%]")
    axes.set_title(f"By {by}")
    axes.text(104.0, -0.5, "n", va="center", color=OTHER, fontsize=7.0)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#ececec", linewidth=0.6)
