"""What dead fat cells leave: triglyceride that macrophages clear, and the crowns that they form around it.

A macrophage on or next to debris takes up triglyceride at a fixed pace, shared out among all the debris that it
reaches. Most of it goes back to the fat cells; the rest enters the fluid of that site as fatty acids. Debris attracts
macrophages from some way off.

Sources: paces and distances are assumed.
Left out: foam cells, and debris that moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..agents.population import Population
from .compartment import SITE, Compartment
from .parameters import Numbers

if TYPE_CHECKING:
    from .body import Body

Array = NDArray[np.float64]
Sites = NDArray[np.int64]

MINUTES_PER_HOUR, HOURS_PER_DAY = 60.0, 24.0
CROWN = 3
"""Macrophages on or next to debris that make a crown."""
CRUMB = 1e-3
"""Triglyceride below which debris is gone, relative to tissue [mmol/kg]; the rest dissolves at once."""


class Debris:
    """Debris of fat cells.

    Attributes
    ----------
    sites : array of int, shape (debris,)
        Where each lies, as a flat index.
    triglyceride : array, shape (debris,)
        What is left [mmol].
    age : array, shape (debris,)
        Time since the death of the cell [day].
    release : array, shape (debris,)
        Triglyceride that macrophages release from it as fatty acids in this hour [mmol/min].
    """

    def __init__(self) -> None:
        self.sites: Sites = np.zeros(0, np.int64)
        self.triglyceride: Array = np.zeros(0)
        self.age: Array = np.zeros(0)
        self.release: Array = np.zeros(0)

    def __len__(self) -> int:
        return int(self.sites.size)

    @property
    def total(self) -> float:
        """Triglyceride in all debris [mmol]."""
        return float(self.triglyceride.sum())

    def make_room(self, number: int) -> None:
        """Have as much debris as another, to be filled in."""
        self.sites = np.zeros(number, np.int64)
        self.triglyceride, self.age, self.release = np.zeros((3, number))

    def add(self, sites: Sites, triglyceride: Array, age: Array) -> None:
        """Let fresh debris lie at some sites."""
        self.sites = np.concatenate([self.sites, sites])
        self.triglyceride = np.concatenate([self.triglyceride, triglyceride])
        self.age = np.concatenate([self.age, age])
        self.release = np.concatenate([self.release, np.zeros(len(sites))])

    def dissolve(self, fat: Compartment[Any], dt: float) -> None:
        """Give the fatty acids that macrophages release in ``dt`` [min] to the sources of the sites."""
        if len(self):
            self.triglyceride -= self.release * dt
            _pour(fat.grid.source, fat, self.sites, self.release)

    def plan(self, fat: Compartment[Any], p: Numbers) -> None:
        """Let macrophages take up what they take in an hour: most goes back to fat cells, the rest is released."""
        if len(self):
            pace = p.debris_clearing / HOURS_PER_DAY * fat.kg_per_cell
            taken = np.minimum(self.appetite(fat) * pace, self.triglyceride)
            self.release = p.debris_release_share * taken / MINUTES_PER_HOUR
            restored = (1.0 - p.debris_release_share) * taken
            self.triglyceride -= restored
            fat.main["triglyceride"] += float(restored.sum()) / fat.kg_per_cell / fat.main.count
            self.age += 1.0 / HOURS_PER_DAY

    def sweep(self, fat: Compartment[Any]) -> None:
        """Let debris vanish of which next to nothing is left; the rest goes into the fluid of its site."""
        gone = self.triglyceride <= CRUMB * fat.kg_per_cell
        if gone.any():
            _pour(fat.grid.values, fat, self.sites[gone], self.triglyceride[gone])
            self.keep(~gone)

    def keep(self, kept: NDArray[np.bool_]) -> None:
        """Keep only some of the debris."""
        self.sites, self.triglyceride = self.sites[kept], self.triglyceride[kept]
        self.age, self.release = self.age[kept], self.release[kept]

    def near(self, fat: Compartment[Any]) -> Sites:
        """Return the number of macrophages on or next to each, shape (debris,)."""
        return around(count_at(fat, _macrophages(fat).sites[: len(_macrophages(fat))]))[self.sites]

    def appetite(self, fat: Compartment[Any]) -> Array:
        """Return the macrophages that are at work on each, each shared among what it reaches, shape (debris,)."""
        eaters = count_at(fat, _macrophages(fat).sites[: len(_macrophages(fat))])
        within_reach = np.maximum(1, around(count_at(fat, self.sites)).reshape(eaters.shape))
        shared: Array = around(eaters / within_reach)[self.sites]
        return shared

    def crowns(self, fat: Compartment[Any]) -> int:
        """Return the number of crown-like structures: debris with macrophages around it."""
        return int(np.count_nonzero(self.near(fat) >= CROWN)) if len(self) else 0

    def attraction(self, fat: Compartment[Any], p: Numbers) -> Array:
        """Return what draws macrophages to each site by debris, shape (sites,) [pg/mL of MCP-1 that draw as much]."""
        rows, columns = fat.grid.shape[1:]
        far = int(np.ceil(3.0 * p.debris_reach / p.fat_spacing))
        across, down = np.meshgrid(np.arange(-far, far + 1), np.arange(-far, far + 1))
        strength = p.debris_attraction * np.exp(-np.hypot(across, down) * p.fat_spacing / p.debris_reach)
        row = self.sites[:, None] // columns + down.ravel()
        column = self.sites[:, None] % columns + across.ravel()
        inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        drawn = np.broadcast_to(strength.ravel(), row.shape)[inside]
        found: Array = np.bincount((row * columns + column)[inside], drawn, minlength=rows * columns).astype(
            np.float64, copy=False
        )
        return found


def count_at(fat: Compartment[Any], sites: Sites) -> Sites:
    """Return how many of something stand at each site of a grid, shape (rows, columns)."""
    return np.bincount(sites, minlength=fat.sites).reshape(fat.grid.shape[1:])


def around(amounts: NDArray[Any]) -> NDArray[Any]:
    """Return the sum over each site and its eight neighbours, shape (sites,)."""
    padded = np.pad(amounts, 1)
    down = padded[:-2] + padded[1:-1] + padded[2:]
    total: NDArray[Any] = down[:, :-2] + down[:, 1:-1] + down[:, 2:]
    return total.ravel()


def crowns_per_100(body: Body) -> float:
    """Return the crown-like structures per 100 fat cells."""
    return 100.0 * body.turnover.debris.crowns(body.fat) / body.fat.main.count


def _macrophages(fat: Compartment[Any]) -> Population:
    return fat.populations["macrophage"]


def _pour(into: Array, fat: Compartment[Any], sites: Sites, triglyceride: Array) -> None:
    """Add the fatty acids of triglyceride [mmol, or mmol/min] to fluid at some sites."""
    plane = into[SITE["ffa"]].reshape(-1)
    np.add.at(plane, sites, 3.0 * triglyceride * fat.sites / fat.litres)
