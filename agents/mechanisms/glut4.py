"""AS160 and the traffic of GLUT4 between the inside of the cell and its surface.

Akt phosphorylates AS160 (with both sites proportionally, with S473 alone cooperatively); AS160 is algebraic.
Phosphorylated AS160 lets GLUT4 reach the surface, and endocytosis takes it back. In muscle PI3K also acts
beside Akt (Rac1, atypical PKC): both are needed, so that exocytosis goes with their product and is steeper than either.
Contraction and AMPK act through TBC1D1; glycogen that is used up lets more GLUT4 out, until it is refilled.

Sources: doi:10.1074/jbc.M112.432062 (AS160 and the share of GLUT4 at the surface) and
doi:10.1152/ajpendo.00571.2001 (endocytosis; the return rate of the former, 2286 per minute, is not physical).
Left out: storage vesicles, fusion and intrinsic activity of the transporter.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import hill, positive_part, power

PACE = "fast"


class State(NamedTuple):
    """GLUT4 at the surface as a share of the normal number [1]."""

    glut4_surface: float


class Signals(NamedTuple):
    """Phosphorylated share of AS160 [1]."""

    as160: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return AS160 in balance with Akt."""
    cooperative = p.k_as160_s473 * hill(cell.akt_s473_only, p.as160_s473_half, p.as160_hill)
    akt = p.k_as160_double * cell.akt_double + cooperative
    gain = p.as160_gain_resting + p.akt_to_as160 * (akt - p.as160_gain_resting)
    return Signals(as160=gain / (gain + p.k_as160_off))


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]; ``local.contraction`` in [0, 1]."""
    pi3k = 1.0 + p.pi3k_to_glut4 * (cell.pi3k - 1.0)
    beside_akt = power(pi3k, p.glut4_pi3k_power)
    ampk = p.ampk_to_glut4 * p.k_glut4_ampk * positive_part(cell.ampk - 1.0)
    contraction = p.contraction_to_glut4 * p.k_glut4_contraction * local.contraction
    as160 = p.as160_resting + p.as160_to_glut4 * (cell.as160 - p.as160_resting)
    driven = p.k_glut4_exocytosis * as160 * beside_akt + ampk + contraction
    depleted = positive_part(1.0 - cell.glycogen / p.glycogen_resting)
    exocytosis = driven * (1.0 + p.glycogen_to_glut4 * p.glut4_glycogen_gain * depleted**5)
    return State(
        glut4_surface=exocytosis * (cell.glut4_total - cell.glut4_surface)
        - p.k_glut4_endocytosis * cell.glut4_surface,
    )
