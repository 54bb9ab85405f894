"""Time courses and distributions as options for ECharts, and in words for those who do not see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...analysis.measures import GLUCOSE_MG_PER_UMOL
from ...analysis.style import COLOURS
from ...environment.observe import Quantity
from .spread import Spread
from .track import Track

Array = NDArray[np.float64]
Option = dict[str, Any]

POINTS = 400
"""The most points of a line that are sent."""
GREY, DARK, OTHER = "#757575", "#212121", COLOURS[1]
TISSUES = ("muscle", "fat", "liver")
COLUMNS = 3


TISSUE_WORDS = {
    tissue: {"fontSize": 12, "color": colour} for tissue, colour in zip(TISSUES, COLOURS, strict=False)
}
"""How the names of tissues are written beside a title, each in the colour of its line."""


class Line(NamedTuple):
    """A line of a panel: what it shows, in words, its colour, and what a value is multiplied by."""

    quantity: Quantity
    words: str
    colour: str
    factor: float = 1.0


class Panel(NamedTuple):
    """A panel of time courses."""

    title: str
    unit: str
    plain: str
    lines: tuple[Line, ...]


GLUCOSE_INFUSION = Panel(
    "Glucose infusion", "mg/kg/min", "Its mean over the last half hour of a clamp is the M-value.",
    (Line(("body", "gir"), "glucose infusion", COLOURS[0], GLUCOSE_MG_PER_UMOL),),
)  # fmt: skip
HOMA = Panel(
    "HOMA-IR", "", "Fasting glucose times insulin; it means something in the morning, before breakfast.",
    (Line(("body", "homa_ir"), "HOMA-IR", COLOURS[0]),),
)  # fmt: skip
RESISTANT = Panel(
    "Resistant cells", "%", "Cells whose Akt answers to insulin less than half as much as that of a normal cell.",
    tuple(Line((tissue, "resistant"), tissue, colour) for tissue, colour in zip(TISSUES, COLOURS, strict=False)),
)  # fmt: skip
PANELS = (
    Panel("Plasma glucose", "mM", "", (Line(("blood", "glucose"), "glucose", COLOURS[0]),)),
    Panel("Plasma insulin", "pM", "", (Line(("blood", "insulin"), "insulin", COLOURS[0]),)),
    Panel("Plasma fatty acids", "mM", "", (Line(("blood", "ffa"), "fatty acids", COLOURS[0]),)),
    Panel("Plasma TNF-α", "pg/mL", "", (Line(("blood", "tnf"), "TNF-α", COLOURS[0]),)),
)


class Mark(NamedTuple):
    """Something that was done: at which minute of the page, when in the life, and what."""

    minute: float
    when: str
    words: str


class Chart(NamedTuple):
    """A chart for the page, and the same in words; ``notes`` stand below it."""

    option: Option
    spoken: str
    notes: tuple[str, ...] = ()


def panels(testing: bool) -> tuple[Panel, ...]:
    """Return the panels of a life, or of a test."""
    return (*PANELS, GLUCOSE_INFUSION if testing else HOMA, RESISTANT)


def time_chart(tracks: Mapping[str, Track], testing: bool, marks: Sequence[Mark] = ()) -> Chart:
    """Return time courses of one body or of two; the first of two is drawn in dashes.

    Parameters
    ----------
    tracks : mapping of str to Track
        By name of the body.
    testing : bool
        Whether they are of a test.
    marks : sequence of Mark
        What was done; each has an upright line with a number, and a note.
    """
    shown = panels(testing)
    last = max(track.minutes[-1] for track in tracks.values())
    unit, minutes = _time_unit(last)
    option = _frame(len(shown), [_title(panel) + _named(panel) for panel in shown])
    for i, panel in enumerate(shown):
        for j, (side, track) in enumerate(tracks.items()):
            dashed = len(tracks) > 1 and j == 0
            option["series"] += [_line(i, line, side, track, minutes, dashed) for line in panel.lines]
        option["series"] += [_marks(i, marks, minutes)] if marks else []
        option["xAxis"].append(_time_axis(i, unit, max(last, 10.0) / minutes))
        option["yAxis"].append(_value_axis(i, len(panel.lines) > 1))
    spoken = ". ".join(_spoken(panel, tracks) for panel in shown)
    notes = tuple(f"{number}: {mark.when}, {mark.words}" for number, mark in enumerate(marks, 1))
    return Chart(_with_words(option, spoken), spoken, notes)


def spread_chart(spreads: Sequence[Spread]) -> Chart:
    """Return distributions over the cells: grey as it was, coloured as it is."""
    option = _frame(len(spreads), [f"{spread.tissue}: cells [%]" for spread in spreads])
    for i, spread in enumerate(spreads):
        for j, (name, shares) in enumerate(spread.shares.items()):
            option["series"].append(_area(i, spread, name, shares, _curve_colour(j, len(spread.shares))))
        title = spread.label if spread.shares else f"{spread.label} is not followed here"
        option["xAxis"].append(_axis(i) | {"type": "value", "scale": True, "name": title, "nameGap": 28})
        option["yAxis"].append(_value_axis(i, False))
    words = [
        f"{spread.tissue}, {spread.label}: "
        + ", ".join(f"{name} median {m:.3g}" for name, m in spread.medians.items())
        for spread in spreads
        if spread.medians
    ]
    return Chart(_with_words(option, ". ".join(words)), ". ".join(words))


# ---- parts ----------------------------------------------------------------------------------------------------


def _frame(panels: int, titles: Sequence[str]) -> Option:
    """Return an option with a grid for each panel, and nothing in it yet."""
    rows = -(-panels // COLUMNS)
    grids, heads = [], []
    for i, title in enumerate(titles):
        left, top = 100.0 / COLUMNS * (i % COLUMNS), 100.0 / rows * (i // COLUMNS)
        width, high, below = 100.0 / COLUMNS - 5.5, 100.0 / rows * 0.66, 15.0 / rows
        grids.append(
            {
                "left": f"{left + 4.0:.2f}%", "top": f"{top + below:.2f}%", "width": f"{width:.2f}%",
                "height": f"{high:.2f}%",
            }
        )  # fmt: skip
        style = {"fontSize": 14, "fontWeight": 600, "color": DARK, "rich": TISSUE_WORDS}
        heads.append({"text": title, "left": f"{left + 4.0:.2f}%", "top": f"{top:.2f}%", "textStyle": style})
    return {
        "animation": False, "title": heads, "grid": grids, "xAxis": [], "yAxis": [], "series": [],
        "tooltip": {"trigger": "axis", "confine": True, "textStyle": {"fontSize": 13}},
        "textStyle": {"fontFamily": "Roboto, 'DejaVu Sans', sans-serif"},
    }  # fmt: skip


def _with_words(option: Option, spoken: str) -> Option:
    return option | {"aria": {"enabled": True, "label": {"description": spoken}}}


def _axis(i: int) -> Option:
    return {
        "gridIndex": i, "nameLocation": "middle", "splitNumber": 4, "axisLabel": {"fontSize": 12, "color": "#424242"},
        "nameTextStyle": {"fontSize": 12, "color": "#424242"}, "axisLine": {"lineStyle": {"color": "#606060"}},
        "splitLine": {"show": False},
    }  # fmt: skip


def _time_axis(i: int, unit: str, last: float) -> Option:
    return _axis(i) | {"type": "value", "min": 0, "max": last, "name": f"Time [{unit}]", "nameGap": 24}


def _value_axis(i: int, is_share: bool) -> Option:
    ends: Option = {"min": 0, "max": 100, "interval": 25} if is_share else {"min": 0}
    lines = {"splitLine": {"show": True, "lineStyle": {"color": "#eeeeee"}}, "nameLocation": "end"}
    return (
        _axis(i)
        | {"type": "value", "axisLine": {"show": True, "lineStyle": {"color": "#606060"}}}
        | lines
        | ends
    )


def _title(panel: Panel) -> str:
    return f"{panel.title} [{panel.unit}]" if panel.unit else panel.title


def _named(panel: Panel) -> str:
    """Return the names of the lines, if there are several, each in its colour."""
    if len(panel.lines) == 1:
        return ""
    return "   " + "  ".join(f"{{{line.words}|{line.words}}}" for line in panel.lines)


def _line(i: int, line: Line, side: str, track: Track, minutes: float, dashed: bool) -> Option:
    """Return a line; a single point is marked."""
    times, values = np.array(track.minutes) / minutes, track[line.quantity] * line.factor
    chosen = np.unique(np.linspace(0, len(times) - 1, POINTS).round().astype(int))
    points = [[_round(times[k]), _round(values[k])] for k in chosen]
    name = ", ".join(word for word in (line.words, side.lower()) if word)
    several = line.words in TISSUES
    colour = OTHER if dashed and not several else line.colour
    style: Option = {"color": colour, "width": 2, "type": "dashed" if dashed else "solid"}
    return {
        "type": "line", "name": name, "xAxisIndex": i, "yAxisIndex": i, "data": points, "lineStyle": style,
        "showSymbol": len(points) == 1, "symbol": "circle", "symbolSize": 7, "itemStyle": {"color": colour},
    }  # fmt: skip


def _marks(i: int, marks: Sequence[Mark], minutes: float) -> Option:
    """Return upright lines where something was done, with numbers."""
    numbers: dict[float, list[str]] = {}
    for number, mark in enumerate(marks, 1):
        numbers.setdefault(_round(mark.minute / minutes), []).append(str(number))
    data = [{"xAxis": at, "name": ", ".join(found)} for at, found in numbers.items()]
    line = {"color": "#9e9e9e", "type": "dotted", "width": 1.5}
    label = {"formatter": "{b}", "fontSize": 11, "color": "#616161", "distance": 1, "align": "left"}
    return {
        "type": "line", "xAxisIndex": i, "yAxisIndex": i, "data": [],
        "markLine": {"silent": True, "symbol": "none", "lineStyle": line, "data": data, "label": label},
    }  # fmt: skip


def _area(i: int, spread: Spread, name: str, shares: Array, colour: str) -> Option:
    points = [[_round(x), _round(y)] for x, y in zip(spread.middles, shares, strict=True)]
    median = {"xAxis": _round(spread.medians[name])}
    return {
        "type": "line", "name": name, "step": "middle", "xAxisIndex": i, "yAxisIndex": i, "data": points,
        "showSymbol": False, "lineStyle": {"color": colour, "width": 1.5}, "itemStyle": {"color": colour},
        "areaStyle": {"color": colour, "opacity": 0.25},
        "markLine": {
            "silent": True, "symbol": "none", "data": [median], "label": {"show": False},
            "lineStyle": {"color": colour, "width": 1.5, "type": "solid"},
        },
    }  # fmt: skip


def _curve_colour(number: int, curves: int) -> str:
    """Return the colour of a curve: that before, the untreated one if there is one, and the treated one."""
    return (GREY, OTHER, COLOURS[0])[number if curves == 3 else 2 * number]


def _round(value: float) -> float:
    """Return a number as it is sent: four digits are more than a screen shows."""
    return float(f"{value:.5g}")


def _time_unit(last: float) -> tuple[str, float]:
    """Return the unit of a time axis, and its length [min]."""
    if last <= 360.0:
        return "min", 1.0
    return ("h", 60.0) if last <= 4320.0 else ("days", 1440.0)


def _spoken(panel: Panel, tracks: Mapping[str, Track]) -> str:
    found = []
    for side, track in tracks.items():
        for line in panel.lines:
            values = track[line.quantity] * line.factor
            who = " ".join(
                word for word in (side.lower(), line.words if line.words in TISSUES else "") if word
            )
            found.append(
                f"{who} {values[-1]:.3g} now, {values.min():.3g} to {values.max():.3g} so far".strip()
            )
    return f"{_title(panel)}: {'; '.join(found)}"
