"""Macrophages of fat as single cells: they come with MCP-1, crawl up what attracts them, and leave or die.

As many come as leave when their share of the cells of fat is ``macrophage_share_max`` times a Hill law of the mean
MCP-1. A new one is not polarised, and arrives where attraction is high. Attraction is MCP-1 and debris. A crawling one
tries a neighbouring site, and goes there surely if attraction is higher, else with a chance that falls with the ratio
of attractions; so over time the density of macrophages goes with the power ``chemotaxis_power`` of attraction.

Sources: Diabetes 54:2277 (2005) for the shares; stay, speed and power are assumed.
Left out: division of macrophages in place, and crowding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..agents.population import Population
from ..agents.variation import uniform

if TYPE_CHECKING:
    from .body import Body

Array = NDArray[np.float64]

ROW_STEP, COLUMN_STEP = np.array([-1, 1, 0, 0, 0]), np.array([0, 0, -1, 1, 0])
"""Up, down, left, right, and stay."""
FAINT = 1e-6
"""Least attraction that a site has [pg/mL]."""


def macrophages(body: Body) -> Population:
    """Return the macrophages of fat."""
    return body.fat.populations["macrophage"]


def expected_number(body: Body) -> float:
    """Return the number of macrophages that the mean MCP-1 of fat keeps there [1]."""
    fat, p = body.fat, body.p
    power = (max(0.0, fat.mean("mcp1")) / p.macrophage_mcp1_half) ** p.macrophage_hill
    share = p.macrophage_share_max * power / (1.0 + power)
    return float(fat.main.count * share / (1.0 - share))


def attraction(body: Body) -> Array:
    """Return how strongly each site of fat draws macrophages, shape (sites,) [1]."""
    fat, p = body.fat, body.p
    drawn = fat.grid["mcp1"].ravel()
    if len(body.turnover.debris):
        drawn = drawn + body.turnover.debris.attraction(fat, p)
    relative = np.maximum(drawn, FAINT) / p.macrophage_mcp1_half
    strength: Array = relative**p.chemotaxis_power
    return strength


def come_and_go(body: Body, strength: Array, days: float, key: str) -> slice:
    """Let macrophages leave and come within some days; return the columns of those that came."""
    cells, p, whole = macrophages(body), body.p, body.turnover.whole
    left = 1.0 - np.exp(-days / p.macrophage_stay)
    number = whole("macrophage leaves", cells.count * left)
    if number:
        draw = uniform(body.seed, "fat", cells.ids[: cells.count], f"macrophage leaves {key}")
        cells.remove(np.sort(np.argsort(draw)[:number]))
    number = whole("macrophage comes", expected_number(body) * left)
    columns = cells.add(number)
    if number:
        arrive(body, strength, columns)
    return columns


def arrive(body: Body, strength: Array, columns: slice) -> None:
    """Place new macrophages: the more a site attracts, the more likely."""
    cells = macrophages(body)
    sums = np.cumsum(strength)
    draw = uniform(body.seed, "fat", cells.ids[columns], "macrophage arrives") * sums[-1]
    cells.sites[columns] = np.minimum(np.searchsorted(sums, draw), sums.size - 1)


def crawl(body: Body, strength: Array, key: str) -> None:
    """Let every macrophage crawl for an hour."""
    cells, p = macrophages(body), body.p
    ids, here = cells.ids[: cells.count], cells.sites[: cells.count]
    chance = min(1.0, p.macrophage_speed * 60.0 / p.fat_spacing)
    draw = uniform(body.seed, "fat", ids, f"macrophage crawls {key}") / max(chance, 1e-12)
    there = _neighbour(here, np.minimum(4.0 * draw, 4.0).astype(np.int64), body.fat.grid.shape)
    dares = uniform(body.seed, "fat", ids, f"macrophage dares {key}") * strength[here] < strength[there]
    cells.sites[: cells.count] = np.where(dares, there, here)


def _neighbour(
    sites: NDArray[np.int64], direction: NDArray[np.int64], shape: tuple[int, int, int]
) -> NDArray[np.int64]:
    """Return the sites next to some, or the same where that would leave the grid."""
    _, rows, columns = shape
    row, column = sites // columns + ROW_STEP[direction], sites % columns + COLUMN_STEP[direction]
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    return np.where(inside, row * columns + column, sites)


def polarise_alike(body: Body, columns: slice) -> None:
    """Give macrophages that came some days ago the state of one that was there already."""
    cells = macrophages(body)
    if 0 < columns.start < columns.stop:
        draw = uniform(body.seed, "fat", cells.ids[columns], "macrophage alike")
        cells.rows[:, columns] = cells.rows[:, (draw * columns.start).astype(np.int64)]
