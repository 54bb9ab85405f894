"""A run as moving pictures: the three tissues, a clock, and plasma as it was until then.

A film is one figure that is changed from frame to frame. Colours keep their meaning throughout: their limits are those
of all frames together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from .mosaic import Fold, robust_limits, site_spacing
from .style import (
    COLOUR_MAP,
    COLOURS,
    NO_VALUE,
    minute_ticks,
    paper,
    printed_name,
    printed_unit,
    ticks,
    trim,
)

Array = NDArray[np.float64]

TISSUES = ("muscle", "fat", "liver")
PLASMA = (("glucose", "Plasma glucose"), ("insulin", "Plasma insulin"), ("ffa", "Plasma fatty acids"))
SIZE = (9.6, 6.0)
"""Width and height [inch]; 960 by 600 points at 100 dots per inch."""
FAINT = "#b8b8b8"


class Script(NamedTuple):
    """What a film shows.

    Attributes
    ----------
    times : sequence of float
        Of the frames [min].
    frames : sequence of DataFrame
        One table of cells for each time: ``type``, ``compartment``, ``x``, ``y`` [um] and the state. The first type of
        a compartment fills its sites; cells of other types are dots.
    plasma : DataFrame
        Tidy time series of the run; of it blood glucose, insulin and fatty acid are shown.
    state : str
        Column that colours the cells; where it is missing they are grey.
    units : mapping of str to str
        Its unit by tissue.
    title : str
    """

    times: Sequence[float]
    frames: Sequence[pd.DataFrame]
    plasma: pd.DataFrame
    state: str
    units: Mapping[str, str]
    title: str


class Film:
    """A figure that shows one frame at a time.

    Parameters
    ----------
    script : Script

    Attributes
    ----------
    figure : Figure

    Raises
    ------
    ValueError
        If there is no frame, or a table lacks a column.
    """

    def __init__(self, script: Script) -> None:
        _check(script)
        self.script = script
        with paper():
            self.figure = Figure(figsize=SIZE, dpi=100, facecolor="white")
            self.figure.text(0.03, 0.955, script.title, fontsize=12, fontweight="bold", va="center")
            self.clock = self.figure.text(
                0.97, 0.955, "", fontsize=12, fontweight="bold", ha="right", va="center"
            )
            places = self.figure.add_gridspec(
                2, 3, height_ratios=(2.6, 1.0), left=0.06, right=0.97, top=0.89, bottom=0.085, wspace=0.2, hspace=0.42
            )  # fmt: skip
            self.tissues = [
                _TissueView(self.figure.add_subplot(places[0, i]), name, script)
                for i, name in enumerate(TISSUES)
                if any((frame["compartment"] == name).any() for frame in script.frames)
            ]
            self.curves = [
                _Curve(self.figure.add_subplot(places[1, i]), name, title, script.plasma)
                for i, (name, title) in enumerate(PLASMA)
            ]

    def __len__(self) -> int:
        return len(self.script.frames)

    def show(self, number: int) -> Figure:
        """Return the figure as it is in one frame, counted from 0."""
        minute = self.script.times[number]
        self.clock.set_text(clock(minute))
        for tissue in self.tissues:
            tissue.show(self.script.frames[number])
        for curve in self.curves:
            curve.show(minute)
        return self.figure


def clock(minute: float) -> str:
    """Return a time as hours and minutes, such as ``1 h 05 min``."""
    hours, minutes = divmod(round(minute), 60)
    return f"{hours} h {minutes:02d} min"


def _check(script: Script) -> None:
    if not script.frames or len(script.frames) != len(script.times):
        raise ValueError(
            f"{len(script.frames)} frames at {len(script.times)} times, allowed: one or more, as many"
        )
    for frame in script.frames:
        missing = [name for name in ("type", "compartment", "x", "y", script.state) if name not in frame]
        if missing:
            raise ValueError(f"a table of cells has no column {missing[0]!r}")


class _TissueView:
    """One tissue of a film."""

    def __init__(self, axes: Axes, name: str, script: Script) -> None:
        self.name, self.state = name, script.state
        cells = pd.concat([frame[frame["compartment"] == name] for frame in script.frames])
        self.kind = str(cells["type"].iloc[0])
        x, y = cells["x"].to_numpy(float), cells["y"].to_numpy(float)
        self.spacing = site_spacing(x, y)
        rows, columns = self._sites(y), self._sites(x)
        self.fold = Fold.of(int(rows.max()) + 1, int(columns.max()) + 1)
        values = cells[self.state].to_numpy(float)
        self.limits = robust_limits(values, 0.005)
        self.grey = axes.imshow(
            np.full(self.fold.shape, np.nan), cmap=mpl.colors.ListedColormap([NO_VALUE]), clim=(0.0, 1.0)
        )
        self.picture = axes.imshow(
            np.full(self.fold.shape, np.nan), cmap=COLOUR_MAP, clim=self.limits, interpolation="nearest"
        )
        size = (1.6 * 48.0 / max(self.fold.shape)) ** 2
        self.bare = axes.scatter([], [], s=size, facecolor="white", edgecolor="#202020", linewidth=0.4)
        self.dots = axes.scatter(
            [], [], s=1.4 * size, c=[], cmap=COLOUR_MAP, vmin=self.limits[0], vmax=self.limits[1],
            edgecolor="white", linewidth=0.4,
        )  # fmt: skip
        trim(axes)
        self.title = axes.set_title("", loc="center")
        if name == "liver":
            _mark_ends(axes, self.fold)
        self._key(axes, values, script.units.get(name, ""))

    def _sites(self, places: Array) -> NDArray[np.int64]:
        return np.rint(places / self.spacing - 0.5).astype(np.int64)

    def _key(self, axes: Axes, values: Array, unit: str) -> None:
        """Draw the colour bar, or say that this tissue has no such quantity."""
        if not np.isfinite(values).any():
            behind = {"facecolor": NO_VALUE, "edgecolor": "none", "pad": 2.0}
            axes.text(0.5, 0.5, "not followed here", transform=axes.transAxes, ha="center", bbox=behind)
            return
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        ends = {(False, False): "neither", (True, False): "min", (False, True): "max", (True, True): "both"}
        beneath = axes.inset_axes((0.05, -0.075, 0.9, 0.035))
        bar = axes.figure.colorbar(
            self.picture,
            cax=beneath,
            orientation="horizontal",
            extend=ends[low < self.limits[0], high > self.limits[1]],
        )
        bar.set_label(f"{printed_name(self.state)} [{printed_unit(unit) or 1}]", labelpad=1)
        bar.outline.set_visible(False)
        bar.locator = ticks(4)
        bar.update_ticks()

    def show(self, frame: pd.DataFrame) -> None:
        """Show the cells of a frame."""
        cells = frame[frame["compartment"] == self.name]
        main = (cells["type"] == self.kind).to_numpy()
        rows, columns = self._sites(cells["y"].to_numpy(float)), self._sites(cells["x"].to_numpy(float))
        values = cells[self.state].to_numpy(float)
        self.grey.set_data(self.fold.picture(rows[main], columns[main], np.ones(int(main.sum()))))
        self.picture.set_data(self.fold.picture(rows[main], columns[main], values[main]))
        place = np.column_stack(self.fold.place(rows, columns)[::-1])
        known = np.isfinite(values)
        self.bare.set_offsets(place[~main & ~known])
        self.dots.set_offsets(place[~main & known])
        self.dots.set_array(values[~main & known])
        others = sorted({str(kind) for kind in cells["type"][~main]})
        beside = f", {int((~main).sum())} {others[0]}s (dots)" if others else ""
        self.title.set_text(f"{printed_name(self.name)}: {int(main.sum()):,} cells{beside}")


def _mark_ends(axes: Axes, fold: Fold) -> None:
    """Say where blood enters and leaves the liver."""
    last = "central" if fold.strips % 2 == 1 else "portal"
    for text, x, side in (("portal", -0.012, "right"), (last, 1.012, "left")):
        axes.text(x, 0.5, text, transform=axes.transAxes, rotation=90, ha=side, va="center", fontsize=7.0)


class _Curve:
    """A quantity of plasma: faint over the whole run, dark until now."""

    def __init__(self, axes: Axes, name: str, title: str, table: pd.DataFrame) -> None:
        rows = table[(table["compartment"] == "blood") & (table["quantity"] == name)]
        self.times, self.values = rows["time"].to_numpy(float), rows["value"].to_numpy(float)
        unit = printed_unit(str(rows["unit"].iloc[0])) if len(rows) else ""
        axes.plot(self.times, self.values, color=FAINT, linewidth=1.0)
        self.line: Line2D = axes.plot([], [], color=COLOURS[0], linewidth=1.8)[0]
        self.now: Line2D = axes.plot([], [], "o", color=COLOURS[0])[0]
        last = max(float(self.times.max()) if self.times.size else 0.0, 1.0)
        axes.set(title=title, ylabel=unit, xlabel="Time [min]", xlim=(0.0, 1.02 * last))
        axes.set_ylim(0.0, 1.15 * float(self.values.max()) if self.values.size else 1.0)
        axes.xaxis.set_major_locator(minute_ticks(last))
        axes.yaxis.set_major_locator(ticks(4))

    def show(self, minute: float) -> None:
        """Show the course until a time [min]."""
        past = self.times <= minute + 1e-9
        self.line.set_data(self.times[past], self.values[past])
        self.now.set_data(self.times[past][-1:], self.values[past][-1:])
