"""Figures of one record: where glucose goes, and how two states go together in single cells.

As in :mod:`.figures`, each function takes tables and returns a matplotlib figure that pyplot does not know of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .figures import TISSUES
from .style import colours, labelled, minute_ticks, new_figure, paper, printed_name, ticks

Array = NDArray[np.float64]

TAKERS = {
    "brain": "#595959",
    "red cells": "#8c8c8c",
    "other organs": "#bfbfbf",
    "liver": "#a65628",
    "fat": "#de8f05",
    "muscle": "#0173b2",
}
"""Who takes up glucose, from the bottom of the pile, with its colour."""

SOURCES = {"egp": "produced", "gir": "with what is infused", "ra_meal": "with what is eaten"}
"""What brings glucose into blood, each on top of the one before."""


def glucose_balance(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Return where glucose goes and where it comes from, a panel for each run on a common scale.

    Uptake by organ is piled up; lines show production, and on top of it infusion and absorption from the gut. Where
    the upper line lies above the pile, glucose in blood rises, or is lost in urine.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tidy time series by label.

    Raises
    ------
    ValueError
        If a table has no uptake of glucose.
    """
    with paper():
        figure = new_figure(66.0)
        grid = figure.subplots(1, len(tables), squeeze=False, sharey=True)[0]
        for axes, (label, table) in zip(grid, tables.items(), strict=True):
            _draw_balance(axes, table, label)
        grid[0].set_ylabel("Glucose [µmol/kg/min]")
        handles, names = grid[0].get_legend_handles_labels()
        figure.legend(handles[::-1], names[::-1], loc="outside right center")
        return figure


def _draw_balance(axes: Axes, table: pd.DataFrame, label: str) -> None:
    uptake = table[table["quantity"] == "glucose_uptake"]
    if uptake.empty:
        raise ValueError(f"the table of {label!r} has no glucose_uptake; give the table of a record")
    wide = uptake.pivot(index="time", columns="compartment", values="value")
    names = [name for name in TAKERS if name in wide]
    piles = axes.stackplot(
        wide.index, wide[names].to_numpy(float).T, colors=[TAKERS[name] for name in names], alpha=0.85
    )
    for name, pile in zip(names, piles, strict=True):
        pile.set(label=printed_name(name), linewidth=0.0)
    level: Any = 0.0
    for (quantity, words), dashes in zip(SOURCES.items(), ("-", "--", ":"), strict=True):
        rows = table[(table["quantity"] == quantity) & (table["compartment"] == "body")]
        if rows["value"].max() > 0.01:
            level = level + rows.set_index("time")["value"]
            axes.plot(
                level.index, level, color="black", linestyle=dashes, linewidth=1.3, label=words.capitalize()
            )
    last = float(wide.index[-1])
    axes.set(title=label, xlabel="Time [min]", xlim=(0.0, last))
    axes.set_ylim(bottom=0.0)
    axes.xaxis.set_major_locator(minute_ticks(last))
    axes.yaxis.set_major_locator(ticks(6))


MOST_DOTS = 2000
"""Cells drawn of each group and tissue; of more, every so many-th."""


def cell_relation(
    cells: Mapping[str, pd.DataFrame], x: str, y: str, units: Mapping[str, str] | None = None
) -> Figure:
    """Return two states of single cells against each other, a panel for each tissue in which both exist.

    Parameters
    ----------
    cells : mapping of str to DataFrame
        Cells by label of a group, one row each.
    x, y : str
        Names of states.
    units : mapping, optional
        Their units.

    Raises
    ------
    ValueError
        If no tissue has cells with both states.
    """
    units, shades = units or {}, colours(cells)
    found = {tissue: {g: _both(table, tissue, x, y) for g, table in cells.items()} for tissue in TISSUES}
    shown = [tissue for tissue in TISSUES if any(len(rows) for rows in found[tissue].values())]
    if not shown:
        raise ValueError(f"no tissue has cells with both {x!r} and {y!r}")
    with paper():
        figure = new_figure(62.0)
        for axes, tissue in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
            for (group, rows), marker in zip(found[tissue].items(), "os^Dv" * len(cells), strict=False):
                _draw_cells(axes, rows, shades[group], marker, group)
            axes.set(title=tissue.capitalize(), xlabel=labelled(x, units.get(x, "1")))
            axes.xaxis.set_major_locator(ticks(5))
            axes.yaxis.set_major_locator(ticks(5))
        figure.axes[0].set_ylabel(labelled(y, units.get(y, "1")))
        handles, names = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper center", ncols=len(cells))
        return figure


def _both(table: pd.DataFrame, tissue: str, x: str, y: str) -> Array:
    """Both states of the cells of a tissue, shape (cells, 2)."""
    if x not in table or y not in table:
        return np.empty((0, 2))
    rows = table.loc[table["compartment"] == tissue, [x, y]].dropna().to_numpy(float)
    return rows[:: -(-len(rows) // MOST_DOTS) or 1]


def _draw_cells(axes: Axes, rows: Array, colour: str, marker: str, group: str) -> None:
    """Draw cells as dots, and their mean as a large one."""
    axes.plot(*rows.T, marker, color=colour, markersize=2.2, alpha=0.35, markeredgewidth=0.0)
    mean = rows.mean(axis=0) if len(rows) else np.full(2, np.nan)
    axes.plot(
        *mean, marker, color=colour, markersize=7.0, markeredgecolor="white", label=f"{group}, and its mean"
    )
