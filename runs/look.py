"""What can be seen of a tissue: any state, a choice of signals, any field, as a picture of small numbers.

A picture has one byte per site, an index into a palette: it costs next to nothing to make, to send and to draw.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from ..agents.mechanism import SITE_NAMES
from ..agents.population import Population
from ..analysis.mosaic import Fold, robust_limits
from ..analysis.style import COLOUR_MAP, NO_VALUE, labelled, printed_name
from ..environment.blood import UNITS as POOL_UNITS
from ..environment.body import Body
from ..environment.compartment import Compartment

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


class Look(NamedTuple):
    """A quantity to colour cells by: a ``state``, a ``signal`` or a ``field``."""

    kind: str
    name: str

    @property
    def label(self) -> str:
        """Its printed name."""
        return printed_name(f"local_{self.name}" if self.kind == "field" else self.name)


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
    low, high : float
        What the ends of the colours stand for; equal if nothing here has the quantity.
    cells : int
        Number of cells.
    spacing : float
        Distance of sites [um].
    ends : str
        What stands at the left and right side, such as ``portal|central``, or empty.
    """

    name: str
    label: str
    rows: int
    columns: int
    pixels: bytes
    dots: bytes
    low: float
    high: float
    cells: int
    spacing: float
    ends: str


def looks(body: Body) -> dict[str, Look]:
    """Return everything that can be looked at, by its printed name."""
    mains = [compartment.main.cell_type.composed for compartment in body.compartments.values()]
    every = [p.cell_type.composed for c in body.compartments.values() for p in c.populations.values()]
    signals = [Look("signal", name) for name in SIGNALS if any(name in main.signal_names for main in mains)]
    states = [Look("state", name) for composed in every for name in composed.states]
    fields = [Look("field", name) for name in SITE_NAMES]
    return {look.label: look for look in (*signals, *states, *fields)}


def look_at(body: Body, look: Look, widest: dict[str, tuple[float, float]]) -> tuple[TissuePicture, ...]:
    """Return a picture of each tissue.

    Parameters
    ----------
    widest : dict
        Colour limits by tissue, widened here when values leave them, so that colours keep their meaning from one
        picture to the next.
    """
    return tuple(_picture(body, compartment, look, widest) for compartment in body.compartments.values())


def _picture(
    body: Body, compartment: Compartment[Any], look: Look, widest: dict[str, tuple[float, float]]
) -> TissuePicture:
    values, dotted = _values(body, compartment, look)
    if np.isfinite(values).any() or np.isfinite(dotted).any():
        widest[compartment.name] = _widened(np.append(values, dotted), widest.get(compartment.name))
    low, high = widest.get(compartment.name, (0.0, 0.0))
    _, rows, columns = compartment.grid.shape
    fold = Fold.of(rows, columns)
    return TissuePicture(
        name=printed_name(compartment.name),
        label=labelled(look.label, _unit(body, compartment, look)),
        rows=fold.shape[0],
        columns=fold.shape[1],
        pixels=_pixels(compartment, fold, _indices(values, low, high)),
        dots=_dots(compartment, fold, _indices(dotted, low, high)),
        low=low,
        high=high,
        cells=sum(len(population) for population in compartment.populations.values()),
        spacing=float(getattr(body.p, f"{compartment.name}_spacing")),
        ends=_ends(fold) if compartment.name == "liver" else "",
    )


def _values(body: Body, compartment: Compartment[Any], look: Look) -> tuple[Array, Array]:
    """Return the quantity in each cell of the parenchyma, and in each of the others; NaN where it does not exist."""
    main, *others = (_values_of(body, compartment, p, look) for p in compartment.populations.values())
    return main, np.concatenate([*others, np.empty(0)])


def _values_of(body: Body, compartment: Compartment[Any], population: Population, look: Look) -> Array:
    if look.kind == "field" and population is compartment.main:
        return np.asarray(compartment.grid[look.name].ravel()[population.sites[: len(population)]])
    if look.kind == "state" and look.name in population:
        return population[look.name]
    if look.kind == "signal" and look.name in population.cell_type.composed.signal_names:
        return np.broadcast_to(body.signals(population)[look.name], len(population))
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


def _ends(fold: Fold) -> str:
    return "portal|central" if fold.strips % 2 == 1 else "portal|portal"


def _unit(body: Body, compartment: Compartment[Any], look: Look) -> str:
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
