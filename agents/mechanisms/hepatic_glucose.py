"""Glucose in a liver cell: glycogenolysis, gluconeogenesis, glycogen synthesis and uptake.

Glucose from gluconeogenesis is released or, when the enzymes are dephosphorylated (``hepatic_phosphorylation``), laid
down as glycogen; plasma glucose is taken up by glucokinase in proportion to the dephosphorylated share.

Glycogenolysis saturates with phosphorylation, which itself is a drive that can pass 1.

Sources: doi:10.1371/journal.pcbi.1002577 (Koenig 2012), reduced to its fluxes over glucose, glycogen and
phosphorylation state; the enzymes of ``gluconeogenic_enzymes`` control the flux of gluconeogenesis in part only
(doi:10.1016/j.cmet.2007.03.004: control coefficient of PEPCK 0.18).
Left out: lactate and pyruvate as pools, the pentose path.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import hill, michaelis, positive_part, power

PACE = "fast"
CONSERVED = ("glycogen",)
EXCHANGES = {"glucose_output": ("glucose", +1), "glucose_uptake": ("glucose", -1)}
SINKS = ("gluconeogenesis", "glycolysis")


class State(NamedTuple):
    """Glycogen (as glucose) per kg of liver [mmol/kg]."""

    glycogen: float


class Traits(NamedTuple):
    """Share of gluconeogenic capacity, mean 1: high near the portal vein, low near the central vein."""

    gluconeogenic_zone: float


class Signals(NamedTuple):
    """Fluxes of glucose [mmol/kg/min]."""

    gluconeogenesis: float
    glycogenolysis: float
    glucose_output: float
    glucose_uptake: float
    glycolysis: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return the fluxes at this phosphorylation state."""
    released = hill(cell.phosphorylation, p.release_half, p.release_hill)
    fuel = 1.0 + p.ffa_to_gluconeogenesis * p.gluconeogenesis_ffa_gain * (
        michaelis(local.ffa, p.gluconeogenesis_ffa_half)
        - michaelis(p.ffa_reference, p.gluconeogenesis_ffa_half)
    )
    substrate = 1.0 + p.glycerol_to_gluconeogenesis * p.gluconeogenesis_glycerol_gain * (
        local.glycerol / p.glycerol_reference - 1.0
    )
    energy = 1.0 + p.atp_to_gluconeogenesis * p.gluconeogenesis_atp_gain * (cell.atp - 1.0)
    redox = 1.0 - local.complex_i_inhibition
    enzymes = power(cell.pepck, p.gluconeogenesis_enzyme_control)
    gluconeogenesis = (
        p.gluconeogenesis_basal * cell.gluconeogenic_zone * enzymes * fuel * substrate * energy * redox
    )
    room = positive_part(1.0 - cell.glycogen / p.glycogen_max)
    glycogenolysis = (
        p.glycogenolysis_max
        * hill(cell.phosphorylation, p.phosphorylase_half, p.phosphorylase_hill)
        * michaelis(cell.glycogen, p.glycogenolysis_half)
        / (1.0 + (local.glucose / p.glycogenolysis_glucose_half) ** 2)
    )
    uptake = (
        p.glucokinase_max
        * positive_part(1.0 - cell.phosphorylation)
        * room
        * hill(local.glucose, p.glucokinase_half, p.glucokinase_hill)
    )
    return Signals(
        gluconeogenesis=gluconeogenesis,
        glycogenolysis=glycogenolysis,
        glucose_output=glycogenolysis + gluconeogenesis * released,
        glucose_uptake=uptake,
        glycolysis=p.liver_glycolysis * uptake + gluconeogenesis * (1.0 - released) * (1.0 - room),
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [mmol/kg/min]: what enters, less what is burnt and what leaves."""
    return State(
        glycogen=cell.gluconeogenesis + cell.glucose_uptake - cell.glucose_output - cell.glycolysis,
    )
