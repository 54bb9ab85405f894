"""Turnover of the insulin receptor: synthesis and degradation over hours and days.

Receptors are degraded slowly at the surface and faster once internalised, so that long-standing insulin lowers their
number. In fat cells lasting stress (``feedback``) above a threshold degrades them faster, up to a
limit. With the arrow
``insulin->receptor_number`` cut, the internal share counts at its resting value.

Sources: doi:10.1074/jbc.M112.432062 (number in the diabetic adipocyte: 0.55 of normal); the rates are assumed (a time
constant of about a day; hours at saturating insulin).
Left out: regulation of the gene.
"""

from typing import NamedTuple

from ..mechanism import Names

PACE = "slow"
CONSERVED = ("receptor_total",)
SINKS = ("receptor_synthesis", "receptor_degradation")


class State(NamedTuple):
    """Number of receptors per cell, relative to the normal cell [1]."""

    receptor_total: float


class Traits(NamedTuple):
    """How strongly this cell expresses the receptor, mean 1."""

    receptor_expression: float


class Signals(NamedTuple):
    """Synthesis and degradation [1/min]."""

    receptor_synthesis: float
    receptor_degradation: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return what is made and lost each minute [1/min]."""
    internal = (
        p.insulin_to_receptor_number * cell.receptor_internal
        + (1.0 - p.insulin_to_receptor_number) * p.receptor_internal_resting * cell.receptor_total
    )
    stress = p.receptor_stress_gain * cell.number_stress
    return Signals(
        receptor_synthesis=p.k_receptor_synthesis * cell.receptor_expression,
        receptor_degradation=p.k_receptor_degradation
        * (1.0 + p.stress_to_receptor_number * stress)
        * cell.receptor_total
        + p.k_receptor_degradation_internal * internal,
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    return State(receptor_total=cell.receptor_synthesis - cell.receptor_degradation)
