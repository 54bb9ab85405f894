"""Infusion of glucose at a constant rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..gut import GLUCOSE_MMOL_PER_G
from .infusion import infuse
from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class GlucoseInfusion(Intervention):
    """Infuse glucose.

    Parameters
    ----------
    mg_kg_min : float
        Per body mass [mg/kg/min].
    """

    name: ClassVar[str] = "glucose_infusion"
    mg_kg_min: float = number(4.0, "mg/kg/min", 0.0, 40.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Infuse."""
        infuse(body, "glucose", strength * self.mg_kg_min * 1e-3 * GLUCOSE_MMOL_PER_G * body.anatomy.weight)
