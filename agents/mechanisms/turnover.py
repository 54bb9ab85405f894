"""Turnover of the insulin receptor and of GLUT4: synthesis and degradation over hours and days.

Receptors are degraded slowly at the surface and faster once internalised, so that long-standing insulin
lowers their number. With the arrow ``insulin->receptor_number`` cut, the internal share counts at its resting
value.
GLUT4 is degraded faster under inflammation (IKK), up to a limit.

Sources: doi:10.1074/jbc.M112.432062 (numbers of the diabetic adipocyte: receptor 0.55, GLUT4 0.5 of normal);
the rates are assumed (time constants of about two days; hours for receptors at saturating insulin).
Left out: regulation of either gene beyond what is said here.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import michaelis, positive_part

PACE = "slow"
CONSERVED = ("receptor_total", "glut4_total")
SINKS = ("receptor_synthesis", "receptor_degradation", "glut4_synthesis", "glut4_degradation")


class State(NamedTuple):
    """Number of receptors and of GLUT4 per cell, relative to the normal cell [1]."""

    receptor_total: float
    glut4_total: float


class Traits(NamedTuple):
    """How strongly this cell expresses the two proteins, mean 1."""

    receptor_expression: float
    glut4_expression: float


class Signals(NamedTuple):
    """Synthesis and degradation of the two proteins [1/min]."""

    receptor_synthesis: float
    receptor_degradation: float
    glut4_synthesis: float
    glut4_degradation: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return what is made and lost each minute [1/min]."""
    internal = (
        p.insulin_to_receptor_number * cell.receptor_internal
        + (1.0 - p.insulin_to_receptor_number) * p.receptor_internal_resting * cell.receptor_total
    )
    inflammation = michaelis(positive_part(cell.ikk - p.glut4_ikk_reference), p.glut4_ikk_half)
    return Signals(
        receptor_synthesis=p.k_receptor_synthesis * cell.receptor_expression,
        receptor_degradation=p.k_receptor_degradation * cell.receptor_total
        + p.k_receptor_degradation_internal * internal,
        glut4_synthesis=p.k_glut4_synthesis * cell.glut4_expression,
        glut4_degradation=p.k_glut4_degradation
        * (1.0 + p.ikk_to_glut4 * p.glut4_ikk_gain * inflammation)
        * cell.glut4_total,
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    return State(
        receptor_total=cell.receptor_synthesis - cell.receptor_degradation,
        glut4_total=cell.glut4_synthesis - cell.glut4_degradation,
    )
