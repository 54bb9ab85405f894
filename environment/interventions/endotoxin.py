"""Endotoxin: one injection into a vein; cells answer through TLR4, macrophages with TNF-alpha and interleukin-6.

Left out: tolerance to a second dose, fever, binding to lipoproteins.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING, ClassVar

from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


class EndotoxinPool:
    """Endotoxin in the plasma of a body, which all cells sense.

    Attributes
    ----------
    amount, dosed, eliminated : float
        What is in plasma, and running sums [ng].
    """

    def __init__(self, litres: float, half_life: float) -> None:
        self.litres = litres
        self.half_life = half_life
        self.amount = self.dosed = self.eliminated = 0.0

    def take(self, nanograms: float) -> None:
        """Take a dose [ng]."""
        self.amount += nanograms
        self.dosed += nanograms

    def act(self, body: Body, dt: float) -> None:
        """Be cleared for ``dt`` minutes, and show cells what is left [ng/mL]."""
        self.skip(dt)
        body.affect("endotoxin", self.amount / self.litres / 1e3)

    def skip(self, minutes: float) -> None:
        """Be cleared for some minutes."""
        left = self.amount * exp(-log(2.0) * minutes / self.half_life)
        self.eliminated += self.amount - left
        self.amount = left


@dataclass(frozen=True)
class Endotoxin(Intervention):
    """Inject endotoxin once, when the rule starts.

    Parameters
    ----------
    ng_per_kg : float
        Per body mass [ng/kg].
    """

    name: ClassVar[str] = "endotoxin"
    ng_per_kg: float = number(0.6, "ng/kg", 0.0, 4.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Inject, if that has not been done."""
        memory = body.memory(self)
        if memory.get("given"):
            return
        memory["given"] = 1.0
        pool = body.drugs.get("endotoxin")
        if not isinstance(pool, EndotoxinPool):
            pool = body.drugs["endotoxin"] = make_pool(body)
        pool.take(self.ng_per_kg * body.anatomy.weight)


def make_pool(body: Body) -> EndotoxinPool:
    """Return the pool for a body that has none yet."""
    return EndotoxinPool(body.blood.litres["tnf"], body.p.endotoxin_half_life)
