"""Infusion of TNF-alpha into a vein."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .infusion import infuse_to_level
from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class TnfInfusion(Intervention):
    """Infuse TNF-alpha at the constant rate that brings its level in plasma to another in steady state.

    Parameters
    ----------
    tnf_pg_ml : float
        Level in plasma [pg/mL].
    """

    name: ClassVar[str] = "tnf_infusion"
    tnf_pg_ml: float = number(17.0, "pg/mL", 0.0, 1000.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Infuse."""
        before = body.memory(self).setdefault("level", body.blood.level["tnf"])
        infuse_to_level(body, "tnf", self.tnf_pg_ml, before, strength)
