"""The unfolded-protein response: PERK, IRE1 and ATF6 against an unfolded load.

Scheme: load (glucose, fatty acid, ROS) raises unfolded protein, which binds BiP away from the three sensors;
PERK -> eIF2a-P -> ATF4 -> CHOP slows translation; IRE1 -> XBP1s and ATF6 -> BiP restore folding.
All states are 1 at rest.

Sources: BIOMD0000000703 (Diedrichs 2018), with its ATF6, GADD34 and messenger RNAs in balance; the drivers of the
load are assumed: mTORC1 falls in type 2 diabetes, so nutrients and ROS drive it.
Left out: calcium, apoptosis.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import positive_part

PACE = "slow"


class State(NamedTuple):
    """Unfolded protein, BiP, phosphorylated eIF2-alpha, ATF4, CHOP and spliced XBP1, relative to rest [1]."""

    unfolded: float
    bip: float
    eif2a: float
    atf4: float
    chop: float
    xbp1s: float


class Signals(NamedTuple):
    """The three arms relative to rest [1], and free BiP [1]."""

    bip_free: float
    perk: float
    ire1: float
    atf6: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return the sensors in balance with unfolded protein and free BiP."""
    free = cell.bip / (1.0 + cell.unfolded / 0.8)
    return Signals(
        bip_free=free,
        perk=50.0 * cell.unfolded / (p.perk_half * (1.0 + 100.0 * free) + cell.unfolded),
        ire1=100.0 * cell.unfolded / (p.ire1_half * (1.0 + 100.0 * free) + cell.unfolded),
        atf6=2.0 * cell.unfolded / (1.0 + cell.unfolded),
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    glucose = (
        p.glucose_to_er * p.er_glucose_gain * positive_part(local.glucose / p.er_glucose_reference - 1.0)
    )
    lipid = p.ffa_to_er * p.er_acyl_gain * positive_part(cell.acyl / p.acyl_reference - 1.0)
    oxidative = p.ros_to_er * p.er_ros_gain * positive_part(cell.ros - 1.0)
    load = p.er_load_max * (glucose + lipid + oxidative) / (1.0 + glucose + lipid + oxidative)
    splicing = 1.0 + 0.01 * (cell.ire1 - 1.0)
    translation = 1.0 + cell.eif2a / 3.0 + (cell.unfolded / 6.0) ** 4
    surplus = (cell.atf4 - 1.0) ** 2
    attenuated = 4.0 * (1.0 + 0.25 * cell.atf6) ** 2
    chop_mrna = 1.0 + p.chop_atf4_gain * (1.0 + 0.56 * cell.atf6) * surplus / (surplus + attenuated)
    folding = p.k_folding * (1.0 + local.chaperone)
    bip_mrna = 1.0 + p.bip_xbp1_gain * (cell.xbp1s - 1.0) + p.bip_atf6_gain * (cell.atf6 - 1.0)
    return State(
        unfolded=p.k_unfolded * (0.89 / splicing + load) / translation
        - folding * cell.bip_free / splicing * cell.unfolded,
        bip=p.k_bip * (bip_mrna - cell.bip),
        eif2a=p.k_eif2a * (20.0 - cell.eif2a) * cell.perk / (34.0 - cell.eif2a)
        - p.k_eif2a_off * (1.0 + p.gadd34_gain * (cell.chop - 1.0)) * cell.eif2a / (7.0 + cell.eif2a),
        atf4=p.k_atf4 * (1.0 - cell.atf4) + p.k_atf4_load * (cell.unfolded - 1.0) * cell.eif2a,
        chop=p.k_chop * (chop_mrna - cell.chop),
        xbp1s=p.k_xbp1 * cell.ire1 * (16.0 - cell.xbp1s) / (19.0 - cell.xbp1s) - p.k_xbp1_off * cell.xbp1s,
    )
