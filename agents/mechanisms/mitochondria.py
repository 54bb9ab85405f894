"""Mitochondria at work: oxidative capacity, reactive oxygen species, ATP and AMPK.

Scheme: new mitochondria leak little, old ones much; the fewer there are, the more each carries and leaks; a surplus of
acyl over what they can burn, or of glucose, adds to the leak. ROS is scavenged within minutes. ATP follows capacity
against demand; AMPK follows the fall of ATP, and adiponectin. Metformin slows complex I, uncouplers lower the leak of
electrons, antioxidants scavenge ROS, salicylate binds AMPK. Lacking mitochondria tell less in liver than in muscle:
those of fatty human livers respire more, not less, until they are inflamed.

Sources: BIOMD0000000582 (old mitochondria leak far more than new ones), doi:10.1016/j.cmet.2015.04.004 (liver); the
remaining numbers are assumed.
Left out: membrane potential, the redox couples themselves, calcium.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import hill, michaelis, positive_part

PACE = "medium"


class State(NamedTuple):
    """ATP, ROS and AMPK activity, each relative to a resting lean cell [1]."""

    atp: float
    ros: float
    ampk: float


class Signals(NamedTuple):
    """Oxidative capacity relative to lean [1], share of electrons that leak relative to lean [1]."""

    mito_capacity: float
    mito_leak: float


class Traits(NamedTuple):
    """How many mitochondria this cell makes, mean 1 (fibre types differ)."""

    mito_expression: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return capacity and leak of the pool of new and old mitochondria."""
    leak = (cell.mito_new + p.mito_old_leak * cell.mito_old) / (cell.mito_new + cell.mito_old)
    return Signals(
        mito_capacity=cell.mito_new + p.mito_old_capacity * cell.mito_old,
        mito_leak=leak / p.mito_leak_reference,
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    overload = positive_part(cell.acyl / (p.acyl_reference * cell.mito_capacity) - 1.0)
    lack = positive_part(1.0 - cell.mito_capacity)
    load = 1.0 + p.ros_capacity_gain * hill(lack, p.ros_capacity_half, p.ros_capacity_hill)
    leak = 1.0 + p.mitochondria_to_ros * (cell.mito_leak * load - 1.0)
    sugar = (
        p.glucose_to_ros * p.ros_glucose_gain * positive_part(local.glucose / p.ros_glucose_reference - 1.0)
    )
    generation = leak * (1.0 + p.acyl_to_ros * p.ros_acyl_gain * michaelis(overload, 1.0) + sugar)
    coupled = 1.0 / (1.0 + p.ros_uncoupling_brake * local.uncoupling)
    working = 1.0 - p.complex_i_atp_share * local.complex_i_inhibition
    capacity = (1.0 + p.mitochondria_to_atp * (cell.mito_capacity - 1.0)) * working
    work = 1.0 + p.atp_contraction_demand * local.contraction
    adiponectin = michaelis(local.adiponectin, p.adiponectin_half) - michaelis(
        p.adiponectin_reference, p.adiponectin_half
    )
    energy = p.atp_to_ampk * p.ampk_atp_gain * (1.0 - cell.atp)
    target = (
        1.0 + energy + p.adiponectin_to_ampk * p.ampk_adiponectin_gain * adiponectin + local.ampk_activation
    )
    return State(
        atp=p.k_atp * (capacity * (p.atp_ceiling - cell.atp) - (p.atp_ceiling - 1.0) * work * cell.atp),
        ros=(generation * coupled - (1.0 + local.antioxidant) * cell.ros) / p.ros_tau,
        ampk=(positive_part(target) - cell.ampk) / p.ampk_tau,
    )
