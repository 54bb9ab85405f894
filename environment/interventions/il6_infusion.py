"""Infusion of interleukin-6 into a vein."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .infusion import infuse_to_level
from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class Il6Infusion(Intervention):
    """Infuse interleukin-6 at the constant rate that brings its level in plasma to another in steady state.

    Parameters
    ----------
    il6_pg_ml : float
        Level in plasma [pg/mL].
    """

    name: ClassVar[str] = "il6_infusion"
    il6_pg_ml: float = number(150.0, "pg/mL", 0.0, 10000.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Infuse."""
        before = body.memory(self).setdefault("level", body.blood.level["il6"])
        infuse_to_level(body, "il6", self.il6_pg_ml, before, strength)
