"""Serine kinases that answer to fatty acyl with a delay of hours, beside novel PKC.

Infusions that double plasma fatty acids already take a fifth of glucose disposal away, after hours, and larger ones add
ever less: a response that saturates within the range of an ordinary day, unlike the fourfold rise of diacylglycerol.
What carries it is not known (long-chain acyl-CoA on atypical kinases, loss of IRS-1 protein); here it is one state that
follows fatty acyl.

Sources: Diabetes 54:1640 (2005) for the dose, doi:10.1172/JCI118742 for the delay; the law is chosen.
Left out: kinds of fatty acid.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import michaelis, positive_part

PACE = "medium"


class State(NamedTuple):
    """Activity of the kinases, in [0, 1]."""

    acyl_stress: float


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    driven = michaelis(positive_part(cell.acyl) / p.acyl_reference, p.acyl_stress_half)
    return State(acyl_stress=(driven - cell.acyl_stress) / p.acyl_stress_tau)
