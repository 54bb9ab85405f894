"""Insulin receptor: binding, autophosphorylation, internalisation and recycling.

Scheme: a free receptor binds insulin, the bound receptor phosphorylates itself, the phosphorylated surface
receptor either returns or is internalised while active, and the internal active receptor is released by a
feedback protein (the recycler) that active IRS-1 switches on. Receptors here are shares of the normal number.

The phosphorylated surface receptor turns over a thousand times a minute, so it is algebraic, and the free
receptor is what is left of the total. PKC-epsilon blocks the kinase of the bound receptor; a blocked receptor
lets insulin go again instead of being activated, so that the block counts at low insulin as well.

Sources: doi:10.1074/jbc.M112.432062 (scheme and published constants), doi:10.1172/JCI86013 (PKC-epsilon in liver).
Left out: hybrid and IGF-1 receptors, cooperative binding, dissociation of insulin from an unblocked receptor.
"""

from typing import NamedTuple

from ..mechanism import Names

PACE = "fast"


class State(NamedTuple):
    """Receptors as shares of the normal number [1], and the active share of the recycler [1]."""

    receptor_bound: float
    receptor_internal_active: float
    receptor_internal: float
    receptor_recycler: float


class Signals(NamedTuple):
    """Free and active surface receptors, and all tyrosine-phosphorylated receptors [shares, 1]."""

    receptor_free: float
    receptor_active_surface: float
    receptor_tyr: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return the algebraic members of the receptor pool."""
    brake = 1.0 + p.pkc_to_receptor * p.receptor_pkc_brake * cell.pkc
    leaving = p.k_receptor_internalisation + p.k_receptor_dephosphorylation
    basal = p.k_receptor_basal / brake
    kinase = p.k_receptor_kinase / brake
    internal = cell.receptor_internal_active + cell.receptor_internal
    resting = cell.receptor_total - cell.receptor_bound - internal
    free = (resting * leaving - kinase * cell.receptor_bound) / (leaving + basal)
    surface = (basal * free + kinase * cell.receptor_bound) / leaving
    return Signals(
        receptor_free=free,
        receptor_active_surface=surface,
        receptor_tyr=surface + cell.receptor_internal_active,
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]; ``local.insulin`` in nM."""
    others = cell.receptor_internal_active + cell.receptor_internal + cell.receptor_active_surface
    free = cell.receptor_total - cell.receptor_bound - others
    release = p.k_receptor_release * cell.receptor_recycler
    degradation = p.insulin_to_receptor_number * p.k_receptor_degradation_internal
    return State(
        receptor_bound=p.k_receptor_binding * local.insulin * free
        - p.k_receptor_kinase * cell.receptor_bound,
        receptor_internal_active=p.k_receptor_internalisation * cell.receptor_active_surface
        - release * cell.receptor_internal_active,
        receptor_internal=release * cell.receptor_internal_active
        - (p.k_receptor_recycling + degradation) * cell.receptor_internal,
        receptor_recycler=p.k_recycler_on * cell.irs1_active * (1.0 - cell.receptor_recycler)
        - p.k_recycler_off * cell.receptor_recycler,
    )
