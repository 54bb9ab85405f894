"""Polarisation of a macrophage, M1 against M2, and what it secretes.

Scheme: TNF-alpha, fatty acids and endotoxin push to M1, adiponectin and PPAR-gamma to M2; each
state sustains itself and holds the other down.

Sources: BIOMD0000001060 (Frank 2021) for the switch and its constants; the gains of the inputs and the secretion are
assumed.
Left out: IL-4, IL-10, phagocytosis (a later step).
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import hill, michaelis

PACE = "medium"
EXCHANGES = {"tnf_secretion": ("tnf", +1), "il6_secretion": ("il6", +1), "mcp1_secretion": ("mcp1", +1)}


class State(NamedTuple):
    """Levels of the M1 and M2 programmes [1]."""

    m1: float
    m2: float


class Signals(NamedTuple):
    """Secretion per kg of reference tissue [pg/g/min]."""

    tnf_secretion: float
    il6_secretion: float
    mcp1_secretion: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return secretion by the M1 programme."""
    return Signals(
        tnf_secretion=p.macrophage_tnf * cell.m1,
        il6_secretion=p.macrophage_il6 * cell.m1,
        mcp1_secretion=p.macrophage_mcp1 * cell.m1,
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    to_m1 = p.tnf_to_m1 * p.m1_tnf_gain * michaelis(local.tnf, p.macrophage_tnf_half)
    lipid = p.ffa_to_m1 * p.m1_ffa_gain * michaelis(local.ffa, p.tlr4_ffa_half)
    to_m2 = p.adiponectin_to_m2 * p.m2_adiponectin_gain * michaelis(local.adiponectin, p.adiponectin_half)
    endotoxin = p.m1_endotoxin_gain * michaelis(local.endotoxin, p.endotoxin_half)
    nuclear = p.ppar_gamma_to_m2 * p.m2_ppar_gain * local.ppar_gamma
    held_by_m2 = p.m1_restraint_half / (p.m1_restraint_half + cell.m2)
    held_by_m1 = p.m2_restraint_half / (p.m2_restraint_half + cell.m1)
    m1 = (
        p.polarisation_self * hill(cell.m1, 1.0, 6.0) + to_m1 + lipid + endotoxin
    ) * held_by_m2 + p.polarisation_basal
    m2 = (p.polarisation_self * hill(cell.m2, 1.0, 6.0) + to_m2 + nuclear) * held_by_m1 + p.polarisation_basal
    return State(
        m1=p.k_polarisation * (m1 - p.polarisation_loss * cell.m1),
        m2=p.k_polarisation * (m2 - p.polarisation_loss * cell.m2),
    )
