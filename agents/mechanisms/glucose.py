"""Glucose in a muscle or fat cell: transport, hexokinase, glycogen, glycolysis.

Transport (GLUT1 and surface GLUT4) and phosphorylation are in series, and glucose 6-phosphate holds hexokinase back;
insulin opens the way out of glucose 6-phosphate through glycogen synthase. So uptake needs both ends.

Scheme: glucose -> G6P <-> glycogen, G6P -> glycolysis; contraction opens glycogenolysis and glycolysis.
Sources: BIOMD0000000356 (two transporters with Michaelis constants).
Capacities are fitted to whole-body disposal (Am J Physiol 240:E630, 1981).
Left out: free glucose inside the cell (in balance), lactate apart from other ends of glycolysis.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import michaelis, positive_part

PACE = "fast"
CONSERVED = ("g6p", "glycogen")
EXCHANGES = {"glucose_uptake": ("glucose", -1)}
SINKS = ("glycolysis",)


class State(NamedTuple):
    """Glucose 6-phosphate and glycogen (as glucose) per kg of tissue [mmol/kg]."""

    g6p: float
    glycogen: float


class Signals(NamedTuple):
    """Fluxes of glucose [mmol/kg/min] and activity of glycogen synthase [1]."""

    glycogen_synthase: float
    glucose_uptake: float
    glycolysis: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return transport and phosphorylation in series, and glycolysis."""
    synthase = p.glycogen_synthase_basal + p.akt_to_glycogen * p.glycogen_synthase_gain * cell.as160
    transport = p.glut1_uptake + p.glut4_uptake * cell.glut4_surface
    inward = transport * michaelis(local.glucose, p.glucose_transport_half)
    hexokinase = p.hexokinase_max / (1.0 + cell.g6p / p.hexokinase_g6p_half)
    work = 1.0 + p.contraction_to_glycolysis * p.glycolysis_contraction_gain * local.contraction
    return Signals(
        glycogen_synthase=synthase,
        glucose_uptake=inward * hexokinase / (inward + hexokinase),
        glycolysis=p.k_glycolysis * (1.0 + p.glycolysis_insulin_gain * cell.as160) * work * cell.g6p,
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [mmol/kg/min]."""
    store = p.glycogen_resting + p.glycogen_to_synthase * (cell.glycogen - p.glycogen_resting)
    room = positive_part(1.0 - store / p.glycogen_max)
    synthesis = (
        p.glycogen_synthesis_max * cell.glycogen_synthase * room * michaelis(cell.g6p, p.glycogen_g6p_half)
    )
    work = p.contraction_to_glycolysis * p.glycogenolysis_contraction_gain * local.contraction
    breakdown = p.k_glycogenolysis * (1.0 + work) * cell.glycogen
    return State(
        g6p=cell.glucose_uptake + breakdown - synthesis - cell.glycolysis,
        glycogen=synthesis - breakdown,
    )
