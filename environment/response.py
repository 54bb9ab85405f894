"""How cells would answer to insulin now: each is stimulated aside, and its Akt is compared with that of a normal cell.

The body itself is left alone. A cell counts as resistant if, after half an hour at an insulin that saturates a normal
cell, less than half as much of its Akt carries S473 as in a normal cell: one of average traits in its starting state,
in surroundings as blood has them at the start.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..agents.kernel import BLOCK
from ..agents.mechanism import SITE_NAMES
from ..agents.population import Population
from .blood import Blood
from .compartment import SITE
from .observe import Quantity

if TYPE_CHECKING:
    from .body import Body

Array = NDArray[np.float64]

STIMULUS_NM, STIMULUS_MINUTES = 10.0, 30
RESISTANT_BELOW = 0.5
"""Response under which a cell counts as resistant, relative to a normal cell [1]."""


def akt_response(body: Body, tissue: str) -> Array:
    """Return Akt S473 of each parenchymal cell after stimulation, relative to a normal cell, shape (cells,) [1]."""
    home = body.compartments[tissue]
    home.look()
    response: Array = _stimulate(home.main, home.shared) / _normal_response(body, home.main, home.shared)
    return response


def resistant(body: Body, tissue: str) -> NDArray[np.bool_]:
    """Return which parenchymal cells of a tissue are resistant, shape (cells,)."""
    return akt_response(body, tissue) < RESISTANT_BELOW


def observe_response(body: Body) -> dict[Quantity, float]:
    """Return the mean response [1] and the share of resistant cells [%] of each tissue.

    Stimulating all cells costs as much as living for half an hour, so this is not part of :func:`.observe.observe`.
    """
    found: dict[Quantity, float] = {}
    for tissue in body.compartments:
        response = akt_response(body, tissue)
        found[tissue, "akt_response"] = float(response.mean())
        found[tissue, "resistant"] = 100.0 * float(np.mean(response < RESISTANT_BELOW))
    return found


def _stimulate(cells: Population, shared: Array) -> Array:
    """Return Akt S473 of a copy of some cells after stimulation, shape (cells,) [1]."""
    aside = copy.copy(cells)
    aside.rows, aside.site, aside.fluxes = cells.rows.copy(), cells.site.copy(), cells.fluxes.copy()
    aside.site[SITE["insulin"]] = STIMULUS_NM
    stop = -(-aside.count // BLOCK)
    for _ in range(STIMULUS_MINUTES):
        aside.advance(shared, 1.0, 4, 0, stop * BLOCK)
    return aside["akt_s473_pool"].copy()


def _normal_response(body: Body, like: Population, shared: Array) -> float:
    """Return Akt S473 of a normal cell after stimulation [1]."""
    one = Population(like.cell_type, body.table, body.arrows, 1, like.compartment, body.seed)
    for trait in like.cell_type.composed.traits:
        one[trait] = 1.0
    level = Blood(body.p, body.phenotype.lean_mass).level
    for name in SITE_NAMES[1:]:
        one.site[SITE[name]] = level[name]
    return float(_stimulate(one, shared)[0])
