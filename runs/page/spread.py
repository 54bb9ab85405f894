"""How a quantity is spread over the cells: as it was at a moment that was kept, and as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...analysis.mosaic import robust_limits
from ...analysis.style import labelled, printed_name
from .look import Look, Sight, unit_of_look, values_at

Array = NDArray[np.float64]

BINS = 36
OUTSIDE = 0.002
"""Share of the cells at each end that may lie outside the axis; they count in the last bins."""


class Spread(NamedTuple):
    """How a quantity is spread over the cells of a tissue.

    Attributes
    ----------
    tissue, label : str
    middles : array, shape (bins,)
        Of the bins [the quantity's unit].
    shares : dict of str to array
        Share of the cells in each bin, by the name of the curve [%].
    medians : dict of str to float
        By the name of the curve.
    """

    tissue: str
    label: str
    middles: Array
    shares: dict[str, Array]
    medians: dict[str, float]


def spreads(sights: Mapping[str, Sight], look: Look) -> list[Spread]:
    """Return how a quantity is spread over the parenchymal cells of each tissue (or macrophages, if only they have it).

    Parameters
    ----------
    sights : mapping of str to Sight
        Bodies by the name of the curve.
    look : Look
    """
    tissues: list[str] = list(next(iter(sights.values())).body.compartments)
    return [_spread(tissue, sights, look) for tissue in tissues]


def _spread(tissue: str, sights: Mapping[str, Sight], look: Look) -> Spread:
    values = {name: _known(sight, tissue, look) for name, sight in sights.items()}
    first = next(iter(sights.values())).body
    label = labelled(look.label, unit_of_look(first, first.compartments[tissue], look))
    every = np.concatenate(list(values.values()))
    if not every.size:
        return Spread(printed_name(tissue), label, np.empty(0), {}, {})
    low, high = robust_limits(every, OUTSIDE)
    edges = np.linspace(low, high, BINS + 1)
    shares = {name: _shares(found, edges) for name, found in values.items() if found.size}
    medians = {name: float(np.median(found)) for name, found in values.items() if found.size}
    return Spread(printed_name(tissue), label, (edges[:-1] + edges[1:]) / 2.0, shares, medians)


def _known(sight: Sight, tissue: str, look: Look) -> Array:
    main, others = values_at(sight, sight.body.compartments[tissue], look)
    known: Array = main[np.isfinite(main)]
    return known if known.size else others[np.isfinite(others)]


def _shares(values: Array, edges: Array) -> Array:
    counts: NDArray[Any] = np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0]
    return 100.0 * counts / values.size
