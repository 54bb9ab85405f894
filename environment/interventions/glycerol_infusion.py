"""Infusion of glycerol at a constant rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .infusion import infuse
from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class GlycerolInfusion(Intervention):
    """Infuse glycerol.

    Parameters
    ----------
    umol_kg_min : float
        Per body mass [umol/kg/min].
    """

    name: ClassVar[str] = "glycerol_infusion"
    umol_kg_min: float = number(5.0, "umol/kg/min", 0.0, 100.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Infuse."""
        infuse(body, "glycerol", strength * self.umol_kg_min * 1e-3 * body.anatomy.weight)
