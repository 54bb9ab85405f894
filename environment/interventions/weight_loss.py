"""Losing a share of body mass over some days by eating less, whatever that takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..clock import DAY
from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class WeightLoss(Intervention):
    """Eat so that body mass falls in a straight line, and then keep it.

    Each step plans the intake that the energy balance asks for; a lag behind the line is made up over a few days.

    Parameters
    ----------
    percent : float
        Of body mass at the start [%].
    days : float
        How long that takes [day].
    """

    name: ClassVar[str] = "weight_loss"
    percent: float = number(7.0, "percent", 0.0, 40.0)
    days: float = number(90.0, "day", 1.0, 3660.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Plan the intake at which body mass follows the line."""
        memory, p = body.memory(self), body.p
        start = memory.setdefault("weight", body.anatomy.weight)
        done = (self.elapsed(body) - self.start_minute) / DAY / self.days
        pace = start * self.percent / 100.0 / self.days
        goal = start - pace * self.days * min(done, 1.0)
        gain = (goal - body.anatomy.weight) / p.weight_loss_correction_days - (pace if done < 1.0 else 0.0)
        spent = body.energy.living(body.anatomy.weight, body.conduct.activity)
        wanted = (spent + gain * energy_of_weight(body)) / (1.0 - p.digestion_share)
        least, most = p.weight_loss_least_intake * body.energy.maintenance, 1.5 * body.energy.maintenance
        body.conduct.prescribe(min(max(wanted, least), most), strength)


def energy_of_weight(body: Body) -> float:
    """Return the energy in a kilogram that a body gains or loses, fat and lean together [kcal/kg]."""
    p, lean = body.p, body.energy.lean_share(body.anatomy.fat_mass)
    kg_per_kcal = lean / p.energy_of_lean_mass + (1.0 - lean) / (p.energy_of_fat * 1000.0)
    return float(1.0 / kg_per_kcal)
