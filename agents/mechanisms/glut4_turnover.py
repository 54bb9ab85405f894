"""Turnover of GLUT4: synthesis and degradation over days, faster under inflammation (IKK), up to a limit;
habitual activity raises synthesis in muscle, lasting stress (``feedback``) above a threshold lowers it in fat cells,
up to a limit.

Sources: doi:10.1074/jbc.M112.432062 (number in the diabetic adipocyte: 0.5 of normal); the rates are assumed (a time
constant of two days).
Left out: regulation of the gene by insulin.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import michaelis, positive_part

PACE = "slow"
CONSERVED = ("glut4_total",)
SINKS = ("glut4_synthesis", "glut4_degradation")


class State(NamedTuple):
    """Number of GLUT4 per cell, relative to the normal cell [1]."""

    glut4_total: float


class Traits(NamedTuple):
    """How strongly this cell expresses GLUT4, mean 1."""

    glut4_expression: float


class Signals(NamedTuple):
    """Synthesis and degradation [1/min]."""

    glut4_synthesis: float
    glut4_degradation: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return what is made and lost each minute [1/min]."""
    inflammation = michaelis(positive_part(cell.ikk - p.glut4_ikk_reference), p.glut4_ikk_half)
    stress = 1.0 + p.stress_to_glut4 * p.glut4_stress_gain * cell.number_stress
    use = 1.0 + p.activity_to_glut4 * p.glut4_activity_share * (local.activity - 1.0)
    return Signals(
        glut4_synthesis=p.k_glut4_synthesis * cell.glut4_expression * use / stress,
        glut4_degradation=p.k_glut4_degradation
        * (1.0 + p.ikk_to_glut4 * p.glut4_ikk_gain * inflammation)
        * cell.glut4_total,
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    return State(glut4_total=cell.glut4_synthesis - cell.glut4_degradation)
