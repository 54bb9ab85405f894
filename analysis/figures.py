"""Figures, from tables alone: time courses, tissue maps, distributions, dose-responses, effects of arrows.

Each function returns a matplotlib figure that pyplot does not know of: save it with ``figure.savefig(path)``, in print
at a width of 180 mm. Tables are those of a run: the tidy time series (``time, compartment, quantity, value, unit``) and
the cells (``id, type, compartment, x, y``, then one column per state).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor, log10
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray

from .mosaic import Fold, robust_limits, site_spacing
from .style import (
    COLOUR_MAP,
    COLOURS,
    DASHES,
    NO_VALUE,
    PRINT_HEIGHT,
    colours,
    labelled,
    minute_ticks,
    new_figure,
    paper,
    printed_name,
    printed_unit,
    ticks,
    trim,
)

Array = NDArray[np.float64]

TISSUES = ("muscle", "fat", "liver")


class Panel(NamedTuple):
    """A panel of a time course: which quantity, and its title."""

    compartment: str
    quantity: str
    title: str


CLAMP_PANELS = (
    Panel("blood", "glucose", "Plasma glucose"),
    Panel("blood", "insulin", "Plasma insulin"),
    Panel("body", "gir", "Glucose infusion"),
    Panel("body", "egp", "Glucose production"),
    Panel("body", "rd", "Glucose disposal"),
    Panel("blood", "ffa", "Plasma fatty acids"),
)


# ---- time courses -------------------------------------------------------------------------------------------


def clamp_time_course(tables: Mapping[str, pd.DataFrame], panels: Sequence[Panel] = CLAMP_PANELS) -> Figure:
    """Return time courses of several runs in common panels.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tidy time series by label, such as ``{"lean": ..., "obese": ...}``.
    panels : sequence of Panel
        What to show; a quantity that no table has is left out.
    """
    with paper():
        shown = [panel for panel in panels if any(len(_course(table, panel)) for table in tables.values())]
        if not shown:
            raise ValueError(
                "no table has any of " + ", ".join(f"{p.compartment} {p.quantity}" for p in panels)
            )
        columns = min(3, len(shown))
        rows = -(-len(shown) // columns)
        figure = new_figure(8.0 + 46.0 * rows)
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True)
        for axes, panel in zip(grid.flat, shown, strict=False):
            _draw_courses(axes, tables, panel)
        for axes in grid.flat[len(shown) :]:
            axes.set_visible(False)
        for axes in list(grid.flat)[max(0, len(shown) - columns) : len(shown)]:
            axes.set_xlabel("Time [min]")
            axes.tick_params(labelbottom=True)
        _label_ends(list(grid.flat)[: len(shown)], list(tables))
        return figure


LIFE_PANELS = (
    Panel("body", "body_mass", "Body mass"),
    Panel("blood", "glucose", "Fasting glucose"),
    Panel("blood", "insulin", "Fasting insulin"),
    Panel("blood", "ffa", "Fasting fatty acids"),
    Panel("liver", "liver_fat", "Liver fat"),
)
AT_A_LOOK = ("fasting", "mean")
"""Statistics of a diary that belong to one moment."""


def life_time_course(
    tables: Mapping[str, pd.DataFrame],
    m_values: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    panels: Sequence[Panel] = LIFE_PANELS,
) -> Figure:
    """Return the course of lives over days, one line each.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Diaries by label: ``day``, ``event``, ``compartment``, ``quantity``, ``statistic``, ``value``, ``unit``.
    m_values : mapping of str to sequence of (day, M-value), optional
        Clamps by label [mg/kg/min].
    panels : sequence of Panel
        What to show.
    """
    m_values = {label: points for label, points in (m_values or {}).items() if points}
    with paper():
        number = len(panels) + bool(m_values)
        columns = min(3, number)
        figure = new_figure(14.0 + 46.0 * -(-number // columns))
        grid = figure.subplots(-(-number // columns), columns, squeeze=False)
        shades, dashes = colours(tables), _dashes(len(tables))
        for axes, panel in zip(grid.flat, panels, strict=False):
            _draw_lives(axes, tables, panel)
        for label, shade, dash in zip(tables, shades.values(), dashes, strict=True):
            if label in m_values:
                grid.flat[len(panels)].plot(
                    *zip(*m_values[label], strict=True), "o", color=shade, linestyle=dash
                )
        days = max(float(table["day"].max()) for table in tables.values())
        for axes in list(grid.flat)[:number]:
            axes.set(xlabel="Time [days]", xlim=(-0.02 * days, 1.02 * days))
            axes.xaxis.set_major_locator(ticks(6))
            axes.yaxis.set_major_locator(ticks(5))
        if m_values:
            most = max(value for points in m_values.values() for _, value in points)
            grid.flat[len(panels)].set(
                title="M-value in a clamp", ylabel="mg/kg/min", ylim=(0.0, 1.15 * most)
            )
        for axes in list(grid.flat)[number:]:
            axes.set_visible(False)
        lines = [
            Line2D([], [], color=shades[label], linestyle=dash, label=label)
            for label, dash in zip(tables, dashes, strict=True)
        ]
        if len(lines) > 1:
            figure.legend(handles=lines, loc="outside upper center", ncols=min(5, len(lines)))
        return figure


def _draw_lives(axes: Axes, tables: Mapping[str, pd.DataFrame], panel: Panel) -> None:
    """Draw one quantity of several diaries; the axis leaves room for a change of at least a tenth."""
    shades, unit, seen = colours(tables), "", [np.nan]
    for (label, table), dashes in zip(tables.items(), _dashes(len(tables)), strict=True):
        rows = _course(table, panel)
        rows = rows[(rows["event"] == "day") & rows["statistic"].isin(AT_A_LOOK)]
        if len(rows):
            unit = str(rows["unit"].iloc[0])
            seen += [float(rows["value"].min()), float(rows["value"].max())]
            axes.plot(rows["day"], rows["value"], color=shades[label], linestyle=dashes)
    low, high = float(np.nanmin(seen)), float(np.nanmax(seen))
    margin = max(0.1 * (high - low), 0.05 * abs(high) - 0.5 * (high - low), 1e-9)
    axes.set(title=panel.title, ylabel=printed_unit(unit), ylim=(max(0.0, low - margin), high + margin))


PLASMA = (
    ("glucose", "Plasma glucose [mM]"),
    ("insulin", "Plasma insulin [pM]"),
    ("ffa", "Plasma fatty acids [mM]"),
)


def plasma_levels(table: pd.DataFrame) -> Figure:
    """Return plasma glucose, insulin and fatty acid side by side, for a screen and quick to draw.

    Parameters
    ----------
    table : DataFrame
        One row per time: ``minute``, ``glucose`` and ``ffa`` [mM], ``insulin`` [pM].
    """
    _check_columns(table, ["minute", *(name for name, _ in PLASMA)])
    with paper():
        figure = new_figure(46.0, width=9.4, layout=None)
        places = {"left": 0.045, "right": 0.985, "bottom": 0.24, "top": 0.89, "wspace": 0.2}
        last = max(float(table["minute"].iloc[-1]), 10.0)
        for axes, (name, title) in zip(
            figure.subplots(1, len(PLASMA), gridspec_kw=places), PLASMA, strict=True
        ):
            axes.plot(table["minute"], table[name], color=COLOURS[0])
            axes.plot(table["minute"].iloc[-1:], table[name].iloc[-1:], "o", color=COLOURS[0])
            axes.set(title=title, xlabel="Time [min]", xlim=(0.0, 1.02 * last))
            axes.set_ylim(0.0, 1.12 * float(table[name].max()) or 1.0)
            axes.xaxis.set_major_locator(minute_ticks(last))
            axes.yaxis.set_major_locator(ticks(5))
        return figure


def _course(table: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    return table[(table["compartment"] == panel.compartment) & (table["quantity"] == panel.quantity)]


def _draw_courses(axes: Axes, tables: Mapping[str, pd.DataFrame], panel: Panel) -> None:
    shades = colours(tables)
    unit, largest = "", 0.0
    for (label, table), dashes in zip(tables.items(), _dashes(len(tables)), strict=True):
        rows = _course(table, panel)
        if len(rows):
            unit, largest = str(rows["unit"].iloc[0]), max(largest, float(rows["value"].max()))
            sns.lineplot(
                x=rows["time"],
                y=rows["value"],
                ax=axes,
                color=shades[label],
                linestyle=dashes,
                label=label,
                legend=False,
            )
    axes.set(title=panel.title, xlabel="", ylabel=printed_unit(unit))
    axes.set_ylim(0.0, 1.16 * largest if largest > 0.0 else 1.0)
    axes.margins(x=0.0)
    axes.xaxis.set_major_locator(minute_ticks(axes.get_xlim()[1]))
    axes.yaxis.set_major_locator(ticks(5))


def _dashes(number: int) -> list[Any]:
    return [DASHES[i % len(DASHES)] for i in range(number)]


def _label_ends(panels: Sequence[Axes], labels: Sequence[str]) -> None:
    """Write each label beside its line, in the panel whose lines are farthest apart at some time."""
    best, place, farthest = panels[0], 0, -1.0
    for axes in panels:
        lines = [np.asarray(line.get_ydata(), float) for line in axes.lines]
        if len(lines) != len(labels) or len({len(line) for line in lines}) != 1:
            continue
        values = np.sort(np.array(lines) / axes.get_ylim()[1], axis=0)
        gaps = np.diff(values, axis=0).min(axis=0) if len(lines) > 1 else np.ones(values.shape[1])
        start, stop = int(0.35 * len(gaps)), max(int(0.8 * len(gaps)), 1)
        where = start + int(np.argmax(gaps[start:stop])) if stop > start else 0
        if gaps[where] > farthest:
            best, place, farthest = axes, where, float(gaps[where])
    for line in best.lines:
        x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
        k = min(place, len(x) - 1)
        best.annotate(
            str(line.get_label()),
            (x[k], y[k]),
            (0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=line.get_color(),
            fontweight="bold",
        )


# ---- maps ---------------------------------------------------------------------------------------------------


def tissue_maps(cells: pd.DataFrame, state: str, unit: str = "", fields: str | None = None) -> Figure:
    """Return the three tissues side by side, every cell in its place and coloured by a state.

    A tall tissue is folded to strips side by side, every other one turned round.

    Parameters
    ----------
    cells : DataFrame
        Columns ``type``, ``compartment``, ``x``, ``y`` [um] and ``state``. The first type of a compartment fills its
        sites; cells of other types are dots.
    state : str
        Column to show; where it is missing the cells are grey.
    unit : str
        Unit of the state; ``1`` for none.
    fields : str, optional
        Column, such as ``local_insulin``, to lay over it as lines of equal level.
    """
    _check_columns(cells, [state] if fields is None else [state, fields])
    with paper():
        figure = new_figure(76.0)
        tissues = [name for name in TISSUES if (cells["compartment"] == name).any()]
        for axes, name in zip(figure.subplots(1, len(tissues), squeeze=False).flat, tissues, strict=True):
            tissue = _Tissue(cells[cells["compartment"] == name])
            picture = _draw_tissue(axes, tissue, state)
            if fields is not None:
                _draw_contours(axes, tissue, fields)
            if picture is not None:
                _colour_bar(figure, axes, picture, labelled(state, unit))
            axes.set_title(f"{printed_name(name)}, {len(tissue.cells):,} cells", loc="center")
        return figure


def field_maps(cells: pd.DataFrame, fields: Mapping[str, str]) -> Figure:
    """Return what surrounds the cells: one row per field, the three tissues side by side.

    Parameters
    ----------
    cells : DataFrame
        As for :func:`tissue_maps`, with columns ``local_...``.
    fields : mapping of str to str
        Unit by column, such as ``{"local_insulin": "nM"}``.
    """
    _check_columns(cells, list(fields))
    with paper():
        tissues = [name for name in TISSUES if (cells["compartment"] == name).any()]
        figure = new_figure(4.0 + 70.0 * len(fields))
        grid = figure.subplots(len(fields), len(tissues), squeeze=False)
        for row, (field, unit) in zip(grid, fields.items(), strict=True):
            for axes, name in zip(row, tissues, strict=True):
                tissue = cells[cells["compartment"] == name]
                main = tissue[tissue["type"] == tissue["type"].iloc[0]]
                picture = _draw_tissue(axes, _Tissue(main), field)
                if picture is not None:
                    _colour_bar(figure, axes, picture, labelled(field.removeprefix("local_"), unit))
        for axes, name in zip(grid[0], tissues, strict=True):
            axes.set_title(printed_name(name), loc="center")
        return figure


class _Tissue:
    """The cells of a tissue in their places: ``main`` marks those of the type that fills the sites."""

    def __init__(self, cells: pd.DataFrame) -> None:
        self.cells = cells
        self.main = (cells["type"] == cells["type"].iloc[0]).to_numpy()
        x, y = cells["x"].to_numpy(float), cells["y"].to_numpy(float)
        self.spacing = site_spacing(x, y)
        self.columns, self.rows = (np.rint(v / self.spacing - 0.5).astype(int) for v in (x, y))
        self.fold = Fold.of(int(self.rows.max()) + 1, int(self.columns.max()) + 1)

    def picture(self, values: Array) -> Array:
        """Return the picture of a value of each cell; NaN where no cell of the main type stands."""
        return self.fold.picture(self.rows[self.main], self.columns[self.main], values[self.main])

    def values(self, column: str) -> Array:
        """Return a column as numbers."""
        return self.cells[column].to_numpy(float)


def _draw_tissue(axes: Axes, tissue: _Tissue, state: str) -> AxesImage | PathCollection | None:
    """Draw one tissue; return what carries its colours, or None if no cell of it has the state."""
    values = tissue.values(state)
    colour_map = mpl.colormaps[COLOUR_MAP]
    limits = robust_limits(values)
    grey = mpl.colors.ListedColormap([NO_VALUE])
    axes.imshow(tissue.picture(np.ones(len(values))), cmap=grey, interpolation="nearest")
    picture = axes.imshow(tissue.picture(values), cmap=colour_map, clim=limits, interpolation="nearest")
    dots = None if tissue.main.all() else _draw_dots(axes, tissue, values, limits)
    trim(axes)
    if tissue.cells["compartment"].iloc[0] == "liver":
        _mark_ends(axes, tissue.fold)
    _scale_bar(axes, tissue)
    if np.isfinite(values[tissue.main]).any():
        return picture
    if np.isfinite(values).any():
        return dots
    axes.text(
        0.5, 0.5, "not followed here", transform=axes.transAxes, ha="center", va="center", color="#606060"
    )
    return None


def _draw_dots(axes: Axes, tissue: _Tissue, values: Array, limits: tuple[float, float]) -> PathCollection:
    """Draw the cells that share a site with another as small dots: white if they lack the state."""
    rows, columns = tissue.fold.place(tissue.rows, tissue.columns)
    size = (1.8 * 48.0 / max(tissue.fold.shape)) ** 2
    bare, valued = ~tissue.main & ~np.isfinite(values), ~tissue.main & np.isfinite(values)
    axes.scatter(columns[bare], rows[bare], s=size, facecolor="white", edgecolor="#202020", linewidth=0.4)
    if tissue.fold.shape[1] > 0.7 * tissue.fold.shape[0]:
        kind = tissue.cells["type"].iloc[-1]
        axes.text(0.99, 0.037, f"○ {kind}", transform=axes.transAxes, ha="right", va="center", fontsize=7.0)
    return axes.scatter(
        columns[valued], rows[valued], c=values[valued], s=1.6 * size, cmap=COLOUR_MAP, vmin=limits[0], vmax=limits[1],
        edgecolor="white", linewidth=0.4,
    )  # fmt: skip


def _draw_contours(axes: Axes, tissue: _Tissue, field: str) -> None:
    image = tissue.picture(tissue.values(field))
    low, high = robust_limits(image)
    axes.contour(image, levels=np.linspace(low, high, 5)[1:-1], colors="white", linewidths=0.6, alpha=0.9)


def _mark_ends(axes: Axes, fold: Fold) -> None:
    """Say where blood enters and leaves the liver."""
    last = "central" if fold.strips % 2 == 1 else "portal"
    for text, x, side in (("portal", -0.012, "right"), (last, 1.012, "left")):
        axes.text(x, 0.55, text, transform=axes.transAxes, rotation=90, ha=side, va="center", fontsize=7.0)


def _scale_bar(axes: Axes, tissue: _Tissue) -> None:
    """Draw a bar of a round length under the picture."""
    rows, columns = tissue.fold.shape
    length = _round_length(0.3 * columns * tissue.spacing)
    end, y = -0.5 + length / tissue.spacing, rows - 0.5 + 0.045 * rows
    axes.plot([-0.5, end], [y, y], color="#202020", linewidth=1.6, solid_capstyle="butt")
    text = f"{length:g} µm" if length < 1000.0 else f"{length / 1000.0:g} mm"
    axes.annotate(text, (end, y), (3, 0), textcoords="offset points", va="center", fontsize=7.0)
    axes.set_ylim(rows - 0.5 + 0.09 * rows, -0.5)
    axes.set_xlim(-0.5, columns - 0.5)


def _round_length(most: float) -> float:
    """Return the largest of 1, 2, 5, 10, ... that is not above ``most``."""
    power = 10.0 ** floor(log10(most))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most * 1.0000001)


def _colour_bar(figure: Figure, axes: Axes, picture: AxesImage | PathCollection, label: str) -> None:
    """Draw the colour bar under a tissue; its ends are arrows where values lie outside."""
    values: Array = np.ma.compressed(np.ma.masked_invalid(np.ma.asarray(picture.get_array())))
    low, high = picture.get_clim()
    extend = EXTEND[bool(values.min() < low), bool(values.max() > high)]
    bar = figure.colorbar(
        picture, ax=axes, orientation="horizontal", extend=extend, pad=0.02, aspect=22, shrink=0.9
    )
    bar.set_label(label)
    bar.outline.set_visible(False)
    bar.locator = ticks(4)
    bar.update_ticks()


EXTEND = {(False, False): "neither", (True, False): "min", (False, True): "max", (True, True): "both"}


# ---- distributions ------------------------------------------------------------------------------------------


def cell_distributions(
    tables: Mapping[str, pd.DataFrame], states: Sequence[str], units: Mapping[str, str] | None = None
) -> Figure:
    """Return how a state is spread over the cells of each tissue: one row per state, one column per tissue.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Cells by label, such as ``{"lean": ..., "obese": ...}``.
    states : sequence of str
        Columns to show.
    units : mapping of str to str, optional
        Unit of each state.
    """
    for table in tables.values():
        _check_columns(table, states)
    units = units or {}
    columns = ["compartment", *dict.fromkeys(states)]
    cells = pd.concat(
        {label: table[columns] for label, table in tables.items()}, names=["label"]
    ).reset_index("label")
    tissues = [name for name in TISSUES if (cells["compartment"] == name).any()]
    with paper():
        figure = new_figure(10.0 + 36.0 * len(states))
        grid = figure.subplots(len(states), len(tissues), squeeze=False)
        for row, state in zip(grid, states, strict=True):
            for axes, name in zip(row, tissues, strict=True):
                _draw_distribution(axes, cells[cells["compartment"] == name], state, list(tables))
                axes.set_xlabel(labelled(state, units.get(state, "")))
            row[0].set_ylabel("Cells [%]")
        for axes, name in zip(grid[0], tissues, strict=True):
            axes.set_title(printed_name(name))
        shades = colours(tables)
        handles = [
            Line2D([], [], color=shades[label], linewidth=5, alpha=0.6, label=label) for label in tables
        ]
        median = {
            "marker": "|",
            "markersize": 9,
            "markeredgewidth": 1.4,
            "linestyle": "none",
            "label": "median",
        }
        handles.append(Line2D([], [], color="#404040", **median))  # type: ignore[arg-type]
        figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))
        return figure


def _draw_distribution(axes: Axes, cells: pd.DataFrame, state: str, labels: Sequence[str]) -> None:
    cells = cells[cells[state].notna()]
    axes.yaxis.set_major_locator(ticks(4))
    if cells.empty:
        axes.text(
            0.5, 0.5, "not followed here", transform=axes.transAxes, ha="center", va="center", color="#808080"
        )
        axes.set(xticks=[], yticks=[])
        return
    low, high = robust_limits(cells[state], 0.002)
    edges = np.linspace(low, high, 33)
    shades = colours(labels)
    for label, dashes in zip(labels, _dashes(len(labels)), strict=True):
        values = cells.loc[cells["label"] == label, state].to_numpy(float)
        if not values.size:
            continue
        sns.histplot(
            x=np.clip(values, low, high), bins=edges, stat="percent", element="step", alpha=0.35, ax=axes,
            color=shades[label], linewidth=1.0, linestyle=dashes,
        )  # fmt: skip
        axes.axvline(float(np.median(values)), color=shades[label], linewidth=1.2, linestyle=dashes)
    axes.set(ylabel="", xlabel="")
    axes.xaxis.set_major_locator(ticks(4))


# ---- dose-responses and arrows ------------------------------------------------------------------------------


def dose_response(table: pd.DataFrame, dose_label: str = "Insulin [nM]") -> Figure:
    """Return dose-responses: what was observed as points, models as lines.

    Parameters
    ----------
    table : DataFrame
        Columns ``quantity`` (one panel each), ``group`` (one colour each), ``kind`` (``observed`` or the name of a
        model), ``dose``, ``value``, ``unit``, and optionally ``error`` of the observed.
    dose_label : str
        Name and unit of the dose.
    """
    _check_columns(table, ["quantity", "group", "kind", "dose", "value", "unit"])
    with paper():
        quantities = list(dict.fromkeys(table["quantity"]))
        columns = min(3, len(quantities))
        rows = -(-len(quantities) // columns)
        figure = new_figure(14.0 + 50.0 * rows)
        grid = figure.subplots(rows, columns, squeeze=False)
        for axes, quantity in zip(grid.flat, quantities, strict=False):
            panel = table[table["quantity"] == quantity]
            _draw_response(axes, panel, table)
            axes.set(
                title=printed_name(quantity),
                xlabel=dose_label,
                ylabel=printed_unit(str(panel["unit"].iloc[0])),
            )
        for axes in grid.flat[len(quantities) :]:
            axes.set_visible(False)
        figure.legend(handles=_response_legend(table), loc="outside upper center", ncols=6)
        return figure


def _draw_response(axes: Axes, panel: pd.DataFrame, table: pd.DataFrame) -> None:
    """Draw one panel; dose 0 stands at the left end of the logarithmic axis."""
    shades, dashes = colours(dict.fromkeys(table["group"])), _model_dashes(table)
    least = float(panel.loc[panel["dose"] > 0.0, "dose"].min())
    zero = least / 10.0 ** (0.08 * max(3.0, log10(float(panel["dose"].max()) / least)) + 0.2)
    for key, rows in panel.groupby(["group", "kind"], sort=False):
        group, kind = (str(part) for part in key)
        x = np.where(rows["dose"] > 0.0, rows["dose"], zero)
        if kind != "observed":
            order = np.argsort(x)
            positive = order[x[order] > zero]
            axes.plot(
                x[positive],
                rows["value"].to_numpy(float)[positive],
                color=shades[group],
                linestyle=dashes[kind],
            )
            continue
        error = rows["error"].to_numpy(float) if "error" in rows else None
        axes.errorbar(
            x, rows["value"], error, fmt="o", color=shades[group], markeredgecolor="white", markeredgewidth=0.5,
            elinewidth=0.8, capsize=1.5, zorder=3,
        )  # fmt: skip
    axes.set_xscale("log")
    if (panel["dose"] <= 0.0).any():
        _mark_zero(axes, zero, least, float(panel["dose"].max()))
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.yaxis.set_major_locator(ticks(5))


def _mark_zero(axes: Axes, zero: float, least: float, most: float) -> None:
    """Put the tick 0 at the left end, with a gap in the axis behind it."""
    low, high = round(log10(least)), round(log10(most))
    step = max(1, -(-(high - low) // 4))
    powers = [10.0**power for power in range(low, high + 1, step)]
    axes.set_xticks([zero, *powers], ["0", *[f"{tick:g}" for tick in powers]])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(zero / 1.6, most * 1.6)
    gap = (zero * least) ** 0.5
    axes.plot([gap], [0.0], marker=(2, 0, -20), markersize=6, color="#404040", clip_on=False,
              transform=axes.get_xaxis_transform(), linestyle="none", markeredgewidth=0.8)  # fmt: skip


def _model_dashes(table: pd.DataFrame) -> dict[str, Any]:
    models = [kind for kind in dict.fromkeys(table["kind"]) if kind != "observed"]
    return dict(zip(models, _dashes(len(models)), strict=True))


def _response_legend(table: pd.DataFrame) -> list[Line2D]:
    shades = colours(dict.fromkeys(table["group"]))
    handles = [Line2D([], [], color=shades[group], linewidth=5, label=group) for group in shades]
    if (table["kind"] == "observed").any():
        handles.append(Line2D([], [], color="#404040", marker="o", linestyle="none", label="observed"))
    return handles + [
        Line2D([], [], color="#404040", linestyle=dashes, label=name)
        for name, dashes in _model_dashes(table).items()
    ]


def arrow_effects(
    table: pd.DataFrame, quantity: str = "Change of M-value by cutting the arrow", unit: str = "%"
) -> Figure:
    """Return what cutting each arrow of the causal web does, as horizontal bars.

    Parameters
    ----------
    table : DataFrame
        Columns ``arrow``, ``phenotype`` (one bar each) and ``change``.
    quantity, unit : str
        What changes, and the unit of ``change``.
    """
    _check_columns(table, ["arrow", "phenotype", "change"])
    with paper():
        phenotypes = list(dict.fromkeys(table["phenotype"]))
        order = (
            table.groupby("arrow")["change"]
            .agg(lambda change: change.abs().max())
            .sort_values(ascending=False)
            .index
        )
        figure = new_figure(
            min(20.0 + (1.2 + 2.2 * len(phenotypes)) * len(order), PRINT_HEIGHT), width=130.0 / 25.4
        )
        axes = figure.subplots()
        sns.barplot(
            table, x="change", y="arrow", hue="phenotype", order=list(order), hue_order=phenotypes, ax=axes,
            palette=colours(phenotypes), errorbar=None, saturation=1.0, width=0.8,
        )  # fmt: skip
        axes.axvline(0.0, color="#404040", linewidth=0.7)
        axes.set(xlabel=f"{quantity} [{printed_unit(unit)}]", ylabel="")
        axes.set_yticks(axes.get_yticks(), [_printed_arrow(arrow) for arrow in order])
        axes.tick_params(axis="y", length=0)
        axes.margins(y=0.005)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", color="#e6e6e6", linewidth=0.6)
        sns.move_legend(axes, "lower right", title=None)
        return figure


def _printed_arrow(arrow: str) -> str:
    driver, _, target = arrow.partition("->")
    return f"{printed_name(driver)} → {printed_name(target)}"


def _check_columns(table: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise ValueError(
            f"the table has no column {missing[0]!r}; it has {', '.join(map(str, list(table)[:12]))}, ..."
        )
