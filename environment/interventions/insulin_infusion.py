"""Infusion of insulin at a constant rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..protocols import PMOL_PER_MU
from .infusion import infuse
from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class InsulinInfusion(Intervention):
    """Infuse insulin.

    Parameters
    ----------
    mU_kg_min : float
        Per body mass [mU/kg/min].
    """

    name: ClassVar[str] = "insulin_infusion"
    mU_kg_min: float = number(0.25, "mU/kg/min", 0.0, 50.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Infuse."""
        infuse(body, "insulin", strength * self.mU_kg_min * PMOL_PER_MU * body.anatomy.weight)
