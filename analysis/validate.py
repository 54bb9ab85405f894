"""Figures of validation, from tables alone."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .style import COLOURS, new_figure, paper, printed_unit

TITLES = {
    "glucose": "Plasma glucose",
    "insulin": "Plasma insulin",
    "EGP": "Glucose production",
    "Ra": "Appearance of meal glucose",
    "U": "Glucose utilisation",
    "insulin_secretion": "Insulin secretion",
}


def course_with_spread(measured: pd.DataFrame, course: pd.DataFrame) -> Figure:
    """Return measured time courses as points with a band of one standard deviation, and the predicted as lines.

    Parameters
    ----------
    measured : DataFrame
        Columns ``observable`` (one panel each), ``time_min, mean, sd, unit``.
    course : DataFrame
        Columns ``observable, time`` [min] and ``value``.
    """
    with paper():
        names = [
            name for name in dict.fromkeys(measured["observable"]) if (course["observable"] == name).any()
        ]
        columns = min(3, len(names))
        rows = -(-len(names) // columns)
        figure = new_figure(12.0 + 48.0 * rows)
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True)
        for axes, name in zip(grid.flat, names, strict=False):
            _draw(axes, measured[measured["observable"] == name], course[course["observable"] == name])
            axes.set_title(TITLES.get(name, name))
        for axes in list(grid.flat)[len(names) :]:
            axes.set_visible(False)
        for axes in grid[-1]:
            axes.set_xlabel("Time [min]")
        handles, labels = grid.flat[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
        return figure


def _draw(axes: Axes, points: pd.DataFrame, line: pd.DataFrame) -> None:
    time, mean, sd = (points[name].to_numpy(float) for name in ("time_min", "mean", "sd"))
    axes.fill_between(time, mean - sd, mean + sd, color="#d0d0d0", linewidth=0, label="measured, 1 SD")
    axes.plot(time, mean, "o", color="#404040", markersize=3.0, label="measured, mean")
    axes.plot(line["time"], line["value"], color=COLOURS[0], label="model")
    axes.set_ylabel(printed_unit(str(points["unit"].iloc[0])))
    axes.set_ylim(bottom=min(0.0, float((mean - sd).min())))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 1.5, 2, 3, 6, 10]))
    axes.margins(x=0.01)
