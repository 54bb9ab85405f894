"""Figures of what changes bodies over days and hours: drivers, remedies, challenges, opposite starts. Tables in.

Each function returns a matplotlib figure that pyplot does not know of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .style import COLOURS, DASHES, PRINT_HEIGHT, new_figure, paper, printed_unit, ticks

MARKERS = ("o", "s", "^", "D", "v")
DIVERGING = "PuOr"
"""Diverging, and told apart by the colour-blind."""
SHADES = ("#9a9a9a", "#56a4d8", "#0b3c5d")
"""Of rising doses."""


def driver_shares(table: pd.DataFrame) -> Figure:
    """Return how much of a loss goes with the arrows of each driver, as a heat map for each phenotype.

    Parameters
    ----------
    table : DataFrame
        Columns ``phenotype`` (one panel each), ``quantity``, ``driver`` and ``share`` [% of the loss]; a missing share
        stays empty.
    """
    with paper():
        phenotypes = list(dict.fromkeys(table["phenotype"]))
        rows = list(dict.fromkeys(table["quantity"]))
        figure = new_figure(26.0 + 8.5 * len(rows))
        panels = figure.subplots(1, len(phenotypes), squeeze=False).flat
        for axes, phenotype in zip(panels, phenotypes, strict=True):
            part = table[table["phenotype"] == phenotype]
            shares = part.pivot(index="quantity", columns="driver", values="share")
            _heat_map(axes, shares.loc[rows, list(dict.fromkeys(part["driver"]))])
            axes.set_title(phenotype.replace("_", " "))
            if axes is not figure.axes[0]:
                axes.set_yticklabels([])
        scale = mpl.cm.ScalarMappable(mpl.colors.Normalize(-100.0, 100.0), DIVERGING)
        bar = figure.colorbar(scale, ax=list(figure.axes), shrink=0.8, pad=0.01, extend="both")
        bar.set_label("Share of the loss that goes with it [%]")
        return figure


def _heat_map(axes: Axes, shares: pd.DataFrame) -> None:
    words = shares.map(lambda share: "" if np.isnan(share) else f"{share:.0f}")
    sns.heatmap(
        shares, ax=axes, cmap=DIVERGING, vmin=-100.0, vmax=100.0, annot=words, fmt="", cbar=False, linewidths=0.8,
        linecolor="white", annot_kws={"fontsize": 8.0},
    )  # fmt: skip
    axes.set_facecolor("#eeeeee")
    axes.set(xlabel="", ylabel="")
    axes.tick_params(length=0)
    axes.set_xticklabels(axes.get_xticklabels(), rotation=25.0, ha="right")
    axes.set_yticklabels(axes.get_yticklabels(), rotation=0.0)


def rule_panels(table: pd.DataFrame, x_label: str = "", columns: int = 4, limit: float = 60.0) -> Figure:
    """Return a small panel for each rule with the change of several quantities; all panels share their scale.

    Parameters
    ----------
    table : DataFrame
        Columns ``title`` (one panel each), ``unit`` (beneath it), ``step`` (label on the axis, in order), ``quantity``
        (one line each) and ``change``.
    x_label : str
        Beneath the lowest panels; without it, each panel shows its unit there.
    columns : int
        Panels side by side.
    limit : float
        Largest change that is drawn to scale; what goes beyond is set on the edge with its number.
    """
    with paper():
        titles = list(dict.fromkeys(table["title"]))
        rows = -(-len(titles) // columns)
        figure = new_figure(min(14.0 + (33.0 if x_label else 38.0) * rows, PRINT_HEIGHT))
        grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
        largest = min(limit, 1.1 * float(table["change"].abs().max()))
        looks = quantity_looks(table["quantity"])
        for axes, title in zip(grid.flat, titles, strict=False):
            panel = table[table["title"] == title]
            _draw_rule(axes, panel, looks, largest)
            axes.set(title=title, xlabel=x_label or printed_unit(str(panel["unit"].iloc[0])))
            axes.set_ylim(-largest, largest)
        for axes in list(grid.flat)[len(titles) :]:
            axes.set_visible(False)
        for row in grid:
            row[0].set_ylabel("Change [%]")
        figure.legend(handles=list(_legend(looks)), loc="outside upper center", ncols=len(looks))
        return figure


Look = tuple[str, object, str]
"""Colour, dashes and marker."""


def quantity_looks(quantities: Sequence[str] | pd.Series) -> dict[str, Look]:
    """Return colour, dashes and marker of each quantity, in the order in which they come."""
    names = list(dict.fromkeys(quantities))
    return {name: (COLOURS[i], DASHES[i], MARKERS[i]) for i, name in enumerate(names)}


def _legend(looks: Mapping[str, Look]) -> list[Line2D]:
    return [
        Line2D([], [], color=colour, linestyle=dashes, marker=marker, label=name)  # type: ignore[arg-type]
        for name, (colour, dashes, marker) in looks.items()
    ]


def _draw_rule(axes: Axes, panel: pd.DataFrame, looks: Mapping[str, Look], largest: float) -> None:
    """Draw the lines of one rule, steps at equal distances."""
    steps = list(dict.fromkeys(panel["step"]))
    axes.axhline(0.0, color="#b0b0b0", linewidth=0.7)
    written = {-1.0: 0, 1.0: 0}
    for name, (colour, dashes, marker) in looks.items():
        line = panel[panel["quantity"] == name]
        x = np.array([steps.index(step) for step in line["step"]])
        change = line["change"].to_numpy(float)
        axes.plot(x, np.clip(change, -largest, largest), color=colour, linestyle=dashes, marker=marker,
                  markersize=3.2, linewidth=1.2, clip_on=False)  # fmt: skip
        _write_beyond(axes, x, change, largest, colour, written)
    axes.set_xticks(range(len(steps)), steps)
    axes.set_xlim(-0.25, len(steps) - 0.75)
    axes.yaxis.set_major_locator(ticks(5))


def _write_beyond(
    axes: Axes, x: np.ndarray, change: np.ndarray, largest: float, colour: str, written: dict[float, int]
) -> None:
    """Write the number of the last change that lies beyond the panel, beside those ``written`` on that side.

    Above they stand over the panel, below inside it, where no ticks are.
    """
    beyond = np.flatnonzero(np.abs(change) > 1.02 * largest)
    if beyond.size:
        k = int(beyond[-1])
        side = float(np.sign(change[k]))
        place = (-16 * written[side], 5)
        axes.annotate(f"{change[k]:+.0f}", (x[k], side * largest), place, textcoords="offset points",
                      ha="center", va="center", color=colour, fontsize=6.5, annotation_clip=False)  # fmt: skip
        written[side] += 1


def challenge_courses(table: pd.DataFrame) -> Figure:
    """Return courses over hours: a row for each challenge, a column for each quantity, a line for each dose.

    Parameters
    ----------
    table : DataFrame
        Columns ``title`` (rows), ``level`` (lines: doses in rising order), ``dose`` (their words), ``quantity``
        (columns), ``unit``, ``time`` [min] and ``value``.
    """
    with paper():
        titles, quantities = (list(dict.fromkeys(table[name])) for name in ("title", "quantity"))
        figure = new_figure(min(14.0 + 27.0 * len(titles), PRINT_HEIGHT))
        widths = [1.0] * len(quantities) + [0.6]
        grid = figure.subplots(
            len(titles), len(widths), squeeze=False, sharex="col", gridspec_kw={"width_ratios": widths}
        )
        for row, title in zip(grid, titles, strict=True):
            row[-1].set_axis_off()
            for axes, quantity in zip(row, quantities, strict=False):
                part = table[(table["title"] == title) & (table["quantity"] == quantity)]
                _draw_levels(axes, part)
            row[0].set_ylabel(title, fontweight="bold")
            lines = row[0].get_lines()
            row[-1].legend(handles=lines, loc="center left", handlelength=1.8, fontsize=7.0)
        for axes, quantity in zip(grid[0], quantities, strict=False):
            unit = printed_unit(str(table.loc[table["quantity"] == quantity, "unit"].iloc[0]))
            axes.set_title(f"{quantity}\n[{unit}]")
        for axes in grid[-1][:-1]:
            axes.set_xlabel("Time [h]")
        return figure


def _draw_levels(axes: Axes, part: pd.DataFrame) -> None:
    for k, (_, line) in enumerate(part.groupby("level", sort=False)):
        axes.plot(line["time"] / 60.0, line["value"], color=SHADES[k], linestyle=DASHES[k],
                  linewidth=1.3, label=printed_unit(str(line["dose"].iloc[0])))  # fmt: skip
    axes.set_ylim(0.0, 1.15 * float(part["value"].max()) or 1.0)
    axes.yaxis.set_major_locator(ticks(4))
    axes.xaxis.set_major_locator(ticks(6))
    axes.margins(x=0.0)


def opposite_starts(table: pd.DataFrame, columns: int = 3) -> Figure:
    """Return the courses of one body from opposite starts, a panel for each quantity.

    Parameters
    ----------
    table : DataFrame
        Columns ``start`` (one line each), ``day``, ``quantity`` (one panel each), ``unit`` and ``value``.
    columns : int
        Panels side by side.
    """
    with paper():
        quantities = list(dict.fromkeys(table["quantity"]))
        rows = -(-len(quantities) // columns)
        figure = new_figure(12.0 + 42.0 * rows)
        grid = figure.subplots(rows, columns, squeeze=False)
        looks = quantity_looks(table["start"])
        for axes, quantity in zip(grid.flat, quantities, strict=False):
            part = table[table["quantity"] == quantity]
            for start, (colour, dashes, marker) in looks.items():
                line = part[part["start"] == start]
                axes.plot(line["day"], line["value"], color=colour, linestyle=dashes, marker=marker,
                          markersize=2.8, linewidth=1.2)  # fmt: skip
            axes.set(title=quantity, ylabel=printed_unit(str(part["unit"].iloc[0])), xlabel="Time [days]")
            axes.set_ylim(0.0, 1.15 * float(part["value"].max()) or 1.0)
            axes.yaxis.set_major_locator(ticks(5))
            axes.xaxis.set_major_locator(ticks(6))
        for axes in list(grid.flat)[len(quantities) :]:
            axes.set_visible(False)
        figure.legend(handles=list(_legend(looks)), loc="outside upper center", ncols=len(looks))
        return figure
