"""What can be seen of a tissue: any state, a choice of signals, any field, as a picture of small numbers.

A picture has one byte per site, an index into a palette: it costs next to nothing to make, to send and to draw.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import contourpy
import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from ...agents.mechanism import SITE_NAMES
from ...agents.population import Population
from ...analysis.mosaic import Fold, robust_limits
from ...analysis.style import COLOUR_MAP, NO_VALUE, labelled, printed_name, printed_unit
from ...environment.blood import UNITS as POOL_UNITS
from ...environment.body import Body
from ...environment.compartment import Compartment
from ...environment.debris import CROWN

Array = NDArray[np.float64]

SIGNALS = {
    "akt_s473": "1",
    "akt_t308": "1",
    "irs1_active": "1",
    "pi3k": "1",
    "mito_capacity": "1",
    "diameter": "um",
    "glucose_uptake": "mmol/kg/min",
    "glucose_output": "mmol/kg/min",
    "ffa_uptake": "mmol/kg/min",
    "ffa_output": "mmol/kg/min",
    "fat_oxidation": "mmol/kg/min",
}
"""Signals that can be looked at, and their units."""

FIELD_UNITS = {name: "nM" if name == "insulin" else POOL_UNITS[name] for name in SITE_NAMES}

NOTHING, GREY, FIRST, LAST = 0, 1, 2, 255
"""Indices: no cell, a cell without the quantity, and the ends of the colours."""

CONTOURS = 3
"""Lines of a layer in each tissue, at equal distances between its robust limits."""
LEVEL = 0.02
"""A layer that differs by less than this share within a tissue is taken as level, and no line is drawn."""
STEPS_PER_SITE = 64
"""Places on contours are whole numbers of so many steps a site."""


class Look(NamedTuple):
    """A quantity to colour cells by: a ``state``, a ``signal`` or a ``field``."""

    kind: str
    name: str

    @property
    def label(self) -> str:
        """Its printed name."""
        return printed_name(f"local_{self.name}" if self.kind == "field" else self.name)


class Marked(NamedTuple):
    """A cell that was chosen: by tissue, cell type and the number that it keeps for life."""

    compartment: str
    cell_type: str
    cell: int


class TissuePicture(NamedTuple):
    """A tissue as it is sent to be drawn.

    Attributes
    ----------
    name, label : str
        Of the tissue; of the colour bar, with unit.
    rows, columns : int
        Size [sites].
    pixels : bytes
        An index for each site, row by row.
    dots : bytes
        Row, column and index of each cell that shares a site, as little-endian 16-bit numbers.
    crowns : bytes
        Row and column of each crown-like structure, likewise.
    contours : tuple of bytes
        Lines of equal level of a layer: column and row of points, as little-endian signed 16-bit numbers in
        ``STEPS_PER_SITE`` of a site.
    levels : str
        What the lines stand for, with unit; empty without a layer.
    low, high : float
        What the ends of the colours stand for; equal if nothing here has the quantity.
    cells : int
        Number of cells.
    spacing : float
        Distance of sites [um].
    ends : str
        What stands at the left and right side, such as ``portal|central``, or empty.
    mark : tuple of int
        Row and column of the chosen cell; empty if it is not here.
    spoken : str
        The picture in words.
    """

    name: str
    label: str
    rows: int
    columns: int
    pixels: bytes
    dots: bytes
    crowns: bytes
    contours: tuple[bytes, ...]
    levels: str
    low: float
    high: float
    cells: int
    spacing: float
    ends: str
    mark: tuple[int, ...]
    spoken: str


class Sight:
    """A body at one moment, whose signals are computed once, however often they are looked at."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self._signals: dict[int, dict[str, Array]] = {}

    def signals(self, cells: Population) -> dict[str, Array]:
        """Return every signal of the cells of one population, each shape (cells,)."""
        if id(cells) not in self._signals:
            each = self.body.signals(cells)
            self._signals[id(cells)] = {
                name: np.broadcast_to(found, len(cells)) for name, found in each.items()
            }
        return self._signals[id(cells)]


def looks(body: Body) -> dict[str, Look]:
    """Return everything that can be looked at, by its printed name."""
    mains = [compartment.main.cell_type.composed for compartment in body.compartments.values()]
    every = [p.cell_type.composed for c in body.compartments.values() for p in c.populations.values()]
    signals = [Look("signal", name) for name in SIGNALS if any(name in main.signal_names for main in mains)]
    states = [Look("state", name) for composed in every for name in composed.states]
    fields = [Look("field", name) for name in SITE_NAMES]
    return {look.label: look for look in (*signals, *states, *fields)}


def look_at(
    sight: Sight,
    look: Look,
    widest: dict[str, tuple[float, float]],
    layer: str = "",
    marked: Marked | None = None,
) -> tuple[TissuePicture, ...]:
    """Return a picture of each tissue.

    Parameters
    ----------
    sight : Sight
    look : Look
        What colours the cells.
    widest : dict
        Colour limits by tissue, widened here when values leave them, so that colours keep their meaning from one
        picture to the next.
    layer : str
        A field to draw as lines of equal level over the cells, such as ``insulin``; empty for none.
    marked : Marked, optional
        A cell to mark.
    """
    return tuple(
        _picture(sight, compartment, look, widest, layer, marked)
        for compartment in sight.body.compartments.values()
    )


def _picture(
    sight: Sight,
    compartment: Compartment[Any],
    look: Look,
    widest: dict[str, tuple[float, float]],
    layer: str,
    marked: Marked | None,
) -> TissuePicture:
    body = sight.body
    values, dotted = values_at(sight, compartment, look)
    every = np.append(values, dotted)
    if np.isfinite(every).any():
        widest[compartment.name] = _widened(every, widest.get(compartment.name))
    low, high = widest.get(compartment.name, (0.0, 0.0))
    fold = fold_of(compartment)
    contours, levels = contours_of(compartment, fold, layer) if layer else ((), "")
    label = labelled(look.label, unit_of_look(body, compartment, look))
    crowns = _crowns(body, compartment, fold)
    return TissuePicture(
        name=printed_name(compartment.name),
        label=label,
        rows=fold.shape[0],
        columns=fold.shape[1],
        pixels=_pixels(compartment, fold, _indices(values, low, high)),
        dots=_dots(compartment, fold, _indices(dotted, low, high)),
        crowns=crowns,
        contours=contours,
        levels=levels,
        low=low,
        high=high,
        cells=sum(len(population) for population in compartment.populations.values()),
        spacing=float(getattr(body.p, f"{compartment.name}_spacing")),
        ends=_ends(fold) if compartment.name == "liver" else "",
        mark=_place_of(compartment, fold, marked),
        spoken=_spoken(compartment, label, values, dotted, len(crowns) // 4),
    )


def fold_of(compartment: Compartment[Any]) -> Fold:
    """Return how the grid of a tissue is laid out as a picture."""
    _, rows, columns = compartment.grid.shape
    return Fold.of(rows, columns)


def _spoken(compartment: Compartment[Any], label: str, values: Array, dotted: Array, crowns: int) -> str:
    """Return a picture in words, for those who do not see it."""
    name, cells = printed_name(compartment.name), len(compartment.main)
    found = values[np.isfinite(values)]
    found = found if found.size else dotted[np.isfinite(dotted)]
    if not found.size:
        return f"{name}: {label} is not followed here"
    low, middle, high = np.quantile(found, (0.05, 0.5, 0.95))
    text = (
        f"{name}, {cells:,} cells coloured by {label}: median {middle:.3g}, 90 % from {low:.3g} to {high:.3g}"
    )
    others = sum(len(cells) for cells in compartment.populations.values()) - cells
    return text + (f", {others} macrophages" if others else "") + (f", {crowns} crowns" if crowns else "")


def find_cell(body: Body, compartment: str, row: int, column: int) -> Marked | None:
    """Return the cell at a place of a tissue's picture; a macrophage comes before the cell that it sits on."""
    tissue = body.compartments[compartment]
    place = fold_of(tissue).site(row, column)
    if place is None:
        return None
    site = place[0] * tissue.grid.shape[2] + place[1]
    for kind, cells in reversed(tissue.populations.items()):
        there = np.flatnonzero(cells.sites[: len(cells)] == site)
        if there.size:
            return Marked(compartment, kind, int(cells.ids[there[0]]))
    return None


def column_of(body: Body, marked: Marked) -> int | None:
    """Return the column in which a cell stands now; None if it is gone."""
    cells = body.compartments[marked.compartment].populations[marked.cell_type]
    there = np.flatnonzero(cells.ids[: len(cells)] == marked.cell)
    return int(there[0]) if there.size else None


def _place_of(compartment: Compartment[Any], fold: Fold, marked: Marked | None) -> tuple[int, ...]:
    if marked is None or marked.compartment != compartment.name:
        return ()
    cells = compartment.populations[marked.cell_type]
    sites = cells.sites[: len(cells)][cells.ids[: len(cells)] == marked.cell]
    return tuple(int(place[0]) for place in _places(sites, fold)) if sites.size else ()


def contours_of(compartment: Compartment[Any], fold: Fold, field: str) -> tuple[tuple[bytes, ...], str]:
    """Return lines of equal level of a field, and what they stand for."""
    values = np.asarray(compartment.grid[field])
    unit = printed_unit(FIELD_UNITS[field])
    low, high = (float(limit) for limit in np.quantile(values, (0.01, 0.99)))
    if high - low < LEVEL * abs(high):
        return (), f"{np.mean(values):.3g} {unit} everywhere"
    levels = np.linspace(low, high, CONTOURS + 2)[1:-1]
    rows, columns = np.indices(values.shape)
    image = np.ma.masked_invalid(fold.picture(rows.ravel(), columns.ravel(), values.ravel()))
    if min(image.shape) < 2:
        return (), ""
    lines = contourpy.contour_generator(z=image, line_type=contourpy.LineType.Separate)
    drawn = [line for level in levels for line in lines.lines(float(level))]
    steps = tuple(np.rint(STEPS_PER_SITE * np.asarray(line)).astype("<i2").tobytes() for line in drawn)
    return steps, f"{', '.join(f'{level:.3g}' for level in levels)} {unit}"


def values_at(sight: Sight, compartment: Compartment[Any], look: Look) -> tuple[Array, Array]:
    """Return the quantity in each cell of the parenchyma, and in each of the others; NaN where it does not exist."""
    main, *others = (_values_of(sight, compartment, p, look) for p in compartment.populations.values())
    return main, np.concatenate([*others, np.empty(0)])


def _values_of(sight: Sight, compartment: Compartment[Any], population: Population, look: Look) -> Array:
    if look.kind == "field" and population is compartment.main:
        return np.asarray(compartment.grid[look.name].ravel()[population.sites[: len(population)]])
    if look.kind == "state" and look.name in population:
        return population[look.name]
    if look.kind == "signal" and look.name in population.cell_type.composed.signal_names:
        return sight.signals(population)[look.name]
    return np.full(len(population), np.nan)


def _widened(values: Array, before: tuple[float, float] | None) -> tuple[float, float]:
    low, high = robust_limits(values)
    return (low, high) if before is None else (min(low, before[0]), max(high, before[1]))


def _indices(values: Array, low: float, high: float) -> NDArray[np.uint8]:
    """Return the palette index of each value."""
    known = np.isfinite(values)
    share = np.clip((np.where(known, values, low) - low) / max(high - low, 1e-300), 0.0, 1.0)
    return np.where(known, FIRST + np.rint(share * (LAST - FIRST)), GREY).astype(np.uint8)


def _places(population_sites: NDArray[np.int64], fold: Fold) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return fold.place(population_sites // fold.columns, population_sites % fold.columns)


def _pixels(compartment: Compartment[Any], fold: Fold, indices: NDArray[np.uint8]) -> bytes:
    image = np.full(fold.shape, NOTHING, np.uint8)
    image[_places(compartment.main.sites[: len(compartment.main)], fold)] = indices
    return image.tobytes()


def _dots(compartment: Compartment[Any], fold: Fold, indices: NDArray[np.uint8]) -> bytes:
    others = [p for p in compartment.populations.values() if p is not compartment.main]
    if not others:
        return b""
    sites = np.concatenate([population.sites[: len(population)] for population in others])
    return np.column_stack([*_places(sites, fold), indices]).astype("<u2").tobytes()


def _crowns(body: Body, compartment: Compartment[Any], fold: Fold) -> bytes:
    """Return row and column of each crown-like structure of a tissue."""
    debris = body.turnover.debris
    if compartment is not body.fat or not len(debris):
        return b""
    sites = debris.sites[debris.near(body.fat) >= CROWN]
    return np.column_stack(_places(sites, fold)).astype("<u2").tobytes()


def _ends(fold: Fold) -> str:
    return "portal|central" if fold.strips % 2 == 1 else "portal|portal"


def unit_of_look(body: Body, compartment: Compartment[Any], look: Look) -> str:
    """Return the unit of a quantity."""
    if look.kind == "field":
        return FIELD_UNITS[look.name]
    if look.kind == "signal":
        return SIGNALS[look.name]
    for population in compartment.populations.values():
        if look.name in population:
            return body.table.starts(population.cell_type.name)[look.name].unit
    return ""


@cache
def palette() -> bytes:
    """Return red, green, blue and opacity for each index."""
    colours = mpl.colormaps[COLOUR_MAP](np.linspace(0.0, 1.0, LAST - FIRST + 1))
    table = np.vstack([np.zeros(4), mpl.colors.to_rgba(NO_VALUE), colours])
    return np.rint(255.0 * table).astype(np.uint8).tobytes()
