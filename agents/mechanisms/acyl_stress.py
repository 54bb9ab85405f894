"""Serine kinases that answer to fatty acyl with a delay of hours, beside novel PKC.

Infusions that double plasma fatty acids already take a fifth of glucose disposal away, after hours, and larger ones add
ever less: a response that saturates little above the range of an ordinary day, unlike the fourfold rise of
diacylglycerol. It is also slow to begin: three hours of high fatty acids do next to nothing, six halve disposal. What
carries it is not known (long-chain acyl-CoA on atypical kinases, loss of IRS-1 protein); here it is a chain of three
steps that follows fatty acyl.

Scheme: acyl -> signal -> relay -> kinases, each step with the same time constant.

Sources: Diabetes 54:1640 (2005) for the dose, doi:10.1172/JCI118742 for the delay; the law is chosen.
Left out: kinds of fatty acid.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import hill, positive_part

PACE = "medium"


class State(NamedTuple):
    """What fatty acyl sets going, what passes it on, and the activity of the kinases that follow, each in [0, 1]."""

    acyl_signal: float
    acyl_relay: float
    acyl_stress: float


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    driven = hill(positive_part(cell.acyl) / p.acyl_reference, p.acyl_stress_half, p.acyl_stress_hill)
    return State(
        acyl_signal=(driven - cell.acyl_signal) / p.acyl_stress_tau,
        acyl_relay=(cell.acyl_signal - cell.acyl_relay) / p.acyl_stress_tau,
        acyl_stress=(cell.acyl_relay - cell.acyl_stress) / p.acyl_stress_tau,
    )
