"""What a cell makes of interleukin-6: SOCS3, which gets between the receptor and IRS-1.

Acute IL-6 does not impair muscle, so SOCS3 follows with a delay of hours and saturates.

Sources: assumed (sign and order of magnitude); TNF-alpha is sensed directly by JNK and IKK.
Left out: STAT3 itself, IL-1 and IL-10 (a later step).
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import michaelis

PACE = "medium"


class State(NamedTuple):
    """SOCS3, 1 at saturating IL-6 [1]."""

    socs3: float


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    free = local.il6 * (1.0 - local.il6r_blockade)
    return State(socs3=(p.il6_to_socs3 * michaelis(free, p.il6_half) - cell.socs3) / p.socs3_tau)
