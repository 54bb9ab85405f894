"""Blood: the pools that all tissues share, and the plain uptakes of brain, red cells, gut and kidney.

Glucose has a second, slower pool for all tissue that is not simulated. The hormones live in ``hormones``.

Sources: doi:10.1109/TBME.2007.893506 (volume and exchange of glucose, renal threshold); other numbers in the table.
Left out: blood flow to single organs (except the liver), haematocrit.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

SITE_POOLS = ("glucose", "ffa", "tnf", "il6", "adiponectin", "mcp1")
"""Pools that exchange with tissue fields; insulin is led by its own kinetics."""

UNITS = {
    "glucose": "mM", "ffa": "mM", "glycerol": "mM", "lactate": "mM", "triglyceride": "mM", "tnf": "pg/mL",
    "il6": "pg/mL", "adiponectin": "ug/mL", "mcp1": "pg/mL", "insulin": "pM", "glucagon": "pM",
}  # fmt: skip

PRODUCED = ("tnf", "il6", "mcp1", "lactate")
"""Pools into which tissue that is not simulated gives."""

POOLS = (*SITE_POOLS, "glycerol", "lactate", "triglyceride")
POOL = {name: i for i, name in enumerate(POOLS)}


class Blood:
    """Concentrations in blood of one body.

    Attributes
    ----------
    level : dict
        Concentration by pool, in the units of ``UNITS``.
    litres : dict
        Distribution volume by pool [L].
    glucose_rest : float
        Glucose in tissue that is not simulated [mM].
    volumes, clearances, productions : array, shape (pools,)
        Distribution volume [L], removal per concentration [L/min] and production [amount/min] by what is not
        simulated, in the order of :data:`POOLS`.
    """

    def __init__(self, p: SimpleNamespace, lean_mass: float) -> None:
        self.p = p
        self.lean_mass = lean_mass
        plasma = p.plasma_volume * lean_mass
        self.litres = dict.fromkeys(POOLS, plasma)
        self.litres["glucose"] = p.glucose_blood_volume * lean_mass
        self.litres["glycerol"] = self.litres["lactate"] = p.metabolite_volume * lean_mass
        self.rest_litres = p.glucose_rest_volume * lean_mass
        self.level = {
            "glucose": 5.0, "ffa": 0.45, "tnf": p.tnf_start, "il6": p.il6_start, "adiponectin": p.adiponectin_start,
            "mcp1": p.mcp1_start, "glycerol": 0.06, "lactate": 1.0, "triglyceride": 1.0,
        }  # fmt: skip
        self.glucose_rest = 5.0
        self.volumes: NDArray[np.float64] = np.array([self.litres[pool] for pool in POOLS])
        self.clearances: NDArray[np.float64] = lean_mass * np.array(
            [0.0 if pool == "glucose" else getattr(p, f"{pool}_clearance") for pool in POOLS]
        )
        self.productions: NDArray[np.float64] = lean_mass * np.array(
            [getattr(p, f"{pool}_production") if pool in PRODUCED else 0.0 for pool in POOLS]
        )

    def clearance(self, pool: str) -> float:
        """Return the removal of a pool by what is not simulated, per concentration [L/min]; none for glucose."""
        return float(self.clearances[POOL[pool]])

    def production(self, pool: str) -> float:
        """Return the production of a pool by what is not simulated [amount/min]."""
        return float(self.productions[POOL[pool]])

    def glucose_uses(self) -> dict[str, float]:
        """Return the uptakes of glucose by brain, red cells, the rest of the body, and loss to urine [mmol/min]."""
        p, glucose = self.p, self.level["glucose"]
        return {
            "brain": p.brain_uptake * glucose / (p.brain_glucose_half + glucose),
            "red cells": p.red_cell_uptake * self.lean_mass * glucose / (p.red_cell_glucose_half + glucose),
            "other organs": p.other_glucose_clearance * self.lean_mass * glucose,
            "urine": p.renal_clearance * max(glucose - p.renal_threshold, 0.0),
        }
