"""Infusion of lipid with heparin: triglyceride that is split at once, so fatty acids enter the blood.

The rate for a level is that of a lean fasting body in steady state: its clearance of fatty acids by all tissues, times
how far the level lies above its own fasting level. Other bodies get the same rate, as with a pump that is set in mL/h.
Left out: the glycerol of the emulsion, chylomicron-like remnants.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, ClassVar

from ..energy import liver_mass, muscle_mass
from ..phenotype import find_phenotype
from .infusion import infuse
from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class LipidInfusion(Intervention):
    """Raise fatty acids in blood.

    Parameters
    ----------
    ffa_mM : float
        Level of fatty acids [mM] that the constant rate would give a lean fasting body in steady state.
    hold : bool
        Hold this level instead, whatever it takes.
    """

    name: ClassVar[str] = "lipid_infusion"
    ffa_mM: float = number(1.5, "mM", 0.0, 10.0)
    hold: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.hold, bool):
            raise ValueError(f"{self.name}: hold is {self.hold!r}, allowed: true, false")

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Infuse fatty acids, or hold their level."""
        if self.hold:
            before = body.memory(self).setdefault("level", body.blood.level["ffa"])
            body.holds["ffa"] = before + strength * (self.ffa_mM - before)
        else:
            memory = body.memory(self)
            if "rate" not in memory:
                above = max(self.ffa_mM - body.p.lipid_infusion_fasting_ffa, 0.0)
                memory["rate"] = above * lean_clearance(body)
            infuse(body, "ffa", strength * memory["rate"])


def lean_clearance(body: Body) -> float:
    """Return the clearance of fatty acids by all tissues of a lean body [L/min], with this body's parameters.

    Muscle: capillaries and uptake in series; liver: extraction along the sinusoid; fat: as muscle, and only the share
    that its cells esterify in a fast; other organs: their clearance when energy is owed.
    """
    p, lean = body.p, find_phenotype("lean")
    values = {kind: body.table.values(kind) for kind in ("myocyte", "adipocyte", "hepatocyte")}
    uptake = {kind: found["k_ffa_uptake"] for kind, found in values.items()}
    fat_cell = values["adipocyte"]
    stored = fat_cell["k_esterification"] * fat_cell["esterification_basal"]
    kept = stored / (stored + fat_cell["k_ffa_output"])
    flow = p.hepatic_plasma_flow * p.blood_flow_share * body.insulin.body_surface
    liver_kg = liver_mass(lean.lean_mass, p)
    liver = flow * (1.0 - exp(-uptake["hepatocyte"] * liver_kg / flow))
    muscle = _in_series(p.muscle_ffa_exchange * p.muscle_interstitium, uptake["myocyte"])
    fat = kept * _in_series(p.fat_ffa_exchange * p.fat_interstitium, uptake["adipocyte"])
    fat_kg = lean.adipocyte_number * p.reference_cell_mass
    muscle_kg = muscle_mass(lean.lean_mass, lean.fat_mass, p)
    others = p.lipid_infusion_demand * p.ffa_clearance * lean.lean_mass
    return float(others + liver + muscle * muscle_kg + fat * fat_kg)


def _in_series(one: float, other: float) -> float:
    """Return what two clearances in series come to."""
    return one * other / (one + other)
