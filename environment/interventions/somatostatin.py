"""Somatostatin: it silences insulin and glucagon, which may be replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..protocols import PMOL_PER_MU
from .infusion import infuse
from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body

GLUCAGON_PMOL_PER_NG = 1000.0 / 3483.0


@dataclass(frozen=True)
class Somatostatin(Intervention):
    """Silence the islets, and replace their hormones; a ramp acts on what is replaced.

    Parameters
    ----------
    insulin_mU_kg_min : float
        Insulin given instead [mU/kg/min].
    glucagon_ng_kg_min : float
        Glucagon given instead [ng/kg/min].
    """

    name: ClassVar[str] = "somatostatin"
    insulin_mU_kg_min: float = number(0.0, "mU/kg/min", 0.0, 50.0)
    glucagon_ng_kg_min: float = number(0.0, "ng/kg/min", 0.0, 50.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Silence and infuse."""
        weight = strength * body.anatomy.weight
        body.somatostatin = True
        infuse(body, "insulin", self.insulin_mU_kg_min * PMOL_PER_MU * weight)
        infuse(body, "glucagon", self.glucagon_ng_kg_min * GLUCAGON_PMOL_PER_NG * weight)
