"""Fat cells that die and fat cells that differentiate from precursors.

A fat cell dies at a basal rate that rises with its hypoxia; what it stored becomes debris. New ones come at the rate
that balances deaths at a lean size, more when the cells are large or under PPAR-gamma. A new cell starts small, with
fat taken evenly from all others, at a free site if there is one. Each cell keeps standing for as many real ones.

Sources: Nature 453:783 (2008), a tenth of all fat cells replaced in a year; all else is assumed.
Left out: stages of precursors, and depots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..agents.variation import uniform

if TYPE_CHECKING:
    from .body import Body

Columns = NDArray[np.int64]


def mean_diameter(body: Body) -> float:
    """Return the mean diameter of the fat cells [um]."""
    return float(body.signals(body.fat.main)["diameter"].mean())


def birth_rate(body: Body, ppar_gamma: float) -> float:
    """Return the new cells per cell [1/day] at a mean activation of PPAR-gamma [1]."""
    p, arrows = body.p, body.arrows
    large = max(0.0, mean_diameter(body) / p.adipogenesis_diameter - 1.0)
    by_size = arrows["size_to_adipogenesis"] * p.adipogenesis_size_gain * large
    by_drug = arrows["ppar_gamma_to_adipogenesis"] * p.adipogenesis_ppar_gain * ppar_gamma
    return float(p.adipocyte_death * (1.0 + by_size + by_drug))


def die(body: Body, days: float, key: str) -> None:
    """Let fat cells die within some days."""
    cells, p = body.fat.main, body.p
    hypoxic = np.maximum(cells["hypoxia"], 0.0) ** p.hypoxic_death_power
    risk = p.adipocyte_death * (1.0 + p.hypoxic_death_gain * hypoxic)
    number = body.turnover.whole("adipocyte dies", float((1.0 - np.exp(-risk * days)).sum()))
    if number:
        draw = uniform(body.seed, "fat", cells.ids[: cells.count], f"adipocyte dies {key}")
        soonest = np.argsort(-np.log(draw) / risk)
        bury(body, np.sort(soonest[: min(number, cells.count - 1)]), days)


def bury(body: Body, dead: Columns, days: float = 0.0) -> None:
    """Turn fat cells into debris; of those that died within some days, each has its own age."""
    fat, cells = body.fat, body.fat.main
    stored = (cells["triglyceride"][dead] + cells["acyl"][dead] / 3.0) * fat.kg_per_cell
    age = days * uniform(body.seed, "fat", cells.ids[dead], "adipocyte death")
    body.turnover.debris.add(cells.sites[dead], stored, age)
    for account, amount in _contents(body, dead).items():
        body.accounts[account].sink("died", amount)
    fat.change_number(lambda: cells.remove(dead))


def differentiate(body: Body, days: float, ppar_gamma: float) -> None:
    """Let new fat cells come within some days."""
    expected = birth_rate(body, ppar_gamma) * body.fat.main.count * days
    number = body.turnover.whole("adipocyte comes", expected)
    if number:
        bear(body, number)


def bear(body: Body, number: int) -> None:
    """Add small fat cells, filled by all others."""
    fat, cells, p = body.fat, body.fat.main, body.p
    old = cells.count
    columns = fat.change_number(lambda: cells.add(number))
    cells.sites[columns] = _places(body, old, number)
    cells["triglyceride"][columns] = p.newborn_triglyceride
    taken = number * p.newborn_triglyceride + float(cells["acyl"][columns].sum()) / 3.0
    cells["triglyceride"][:old] *= 1.0 - taken / float(cells["triglyceride"][:old].sum())
    for account, amount in _contents(body, np.arange(columns.start, columns.stop)).items():
        body.accounts[account].source("born", amount)


def _places(body: Body, old: int, number: int) -> NDArray[np.int64]:
    """Return sites for new cells: the first free one from a random place, or that place if all are taken."""
    cells, sites = body.fat.main, body.fat.sites
    taken = np.bincount(cells.sites[:old], minlength=sites)
    draws = uniform(body.seed, "fat", cells.ids[old : old + number], "adipocyte place")
    found = (draws * sites).astype(np.int64)
    for i, place in enumerate(found):
        free = np.flatnonzero(taken == 0)
        if free.size:
            found[i] = free[np.searchsorted(free, place) % free.size]
        taken[found[i]] += 1
    return found


def _contents(body: Body, columns: Columns) -> dict[str, float]:
    """Return what some fat cells hold of each account but fatty acids, in the account's unit."""
    cells: Any = body.fat.main
    glucose = (cells["g6p"][columns] + cells["glycogen"][columns]).sum() * body.fat.kg_per_cell
    numbers = {name: float(cells[f"{name}_total"][columns].sum()) for name in ("receptor", "glut4")}
    return {"glucose": float(glucose), **numbers}
