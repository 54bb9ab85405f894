"""Cells of fat that come, move and go: macrophages and fat cells, hour by hour.

Each simulated cell stands for a great many, of which as many come and go as are expected. So the numbers of cells that
come and go follow the expected ones: what is left of a whole cell waits until it has become one. Chance only says which
cell it is, by the number of the cell and the hour. See :mod:`.macrophages`, :mod:`.adipocytes` and :mod:`.debris`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import adipocytes, macrophages
from .debris import CRUMB, Debris

if TYPE_CHECKING:
    from .body import Body

HOUR = 1.0 / 24.0
"""[day]"""
HOURS_CRAWLED = 24
"""Hours for which macrophages crawl at the end of a gap."""


class Turnover:
    """The turnover of cells in fat.

    Attributes
    ----------
    debris : Debris
        What dead fat cells left.
    ppar_gamma : float
        Activation of PPAR-gamma in fat, a running mean over about a day [1].
    due : dict of str to float
        What has become due of an event, and is less than a whole one [1].
    """

    def __init__(self) -> None:
        self.debris = Debris()
        self.ppar_gamma = 0.0
        self.due: dict[str, float] = {}

    def whole(self, event: str, expected: float) -> int:
        """Return how often an event happens of which ``expected`` more have become due, and keep the rest."""
        due = self.due.get(event, 0.5) + float(expected)
        number = int(due)
        self.due[event] = due - number
        return number

    def step(self, body: Body, dt: float) -> None:
        """Live ``dt`` [min]: debris dissolves, and what acts on PPAR-gamma is remembered."""
        now = body.effects.get(("fat", "ppar_gamma"), 0.0)
        self.ppar_gamma += (now - self.ppar_gamma) * dt * HOUR / 60.0
        self.debris.dissolve(body.fat, dt)

    def hour(self, body: Body) -> None:
        """Let cells of fat die, come and crawl; call at every full hour."""
        key = f"in hour {body.minute / 60.0:.0f}"
        self.debris.sweep(body.fat)
        adipocytes.die(body, HOUR, key)
        adipocytes.differentiate(body, HOUR, self.ppar_gamma)
        strength = macrophages.attraction(body)
        macrophages.crawl(body, strength, key)
        macrophages.come_and_go(body, strength, HOUR, key)
        self.debris.plan(body.fat, body.p)

    def skip(self, body: Body, days: float) -> None:
        """Let happen at once what happens within some days that are not lived, by the state at their start."""
        key = f"in {days:g} days from minute {body.minute:.0f}"
        self.debris.age += days
        adipocytes.die(body, days, key)
        adipocytes.differentiate(body, days, self.ppar_gamma)
        strength = macrophages.attraction(body)
        macrophages.polarise_alike(body, macrophages.come_and_go(body, strength, days, key))
        for hour in range(HOURS_CRAWLED):
            macrophages.crawl(body, strength, f"{key}, hour {hour}")
        self._clear(body, days)
        self.debris.plan(body.fat, body.p)

    def _clear(self, body: Body, days: float) -> None:
        """Let macrophages clear debris for some days; what they release goes evenly to all fat cells."""
        debris, fat = self.debris, body.fat
        most = debris.appetite(fat) * body.p.debris_clearing * fat.kg_per_cell * np.minimum(days, debris.age)
        taken = np.where(debris.triglyceride - most > CRUMB * fat.kg_per_cell, most, debris.triglyceride)
        debris.triglyceride = debris.triglyceride - taken
        fat.main["triglyceride"] *= 1.0 + float(taken.sum()) / fat.total("triglyceride")
        debris.keep(debris.triglyceride > 0.0)
