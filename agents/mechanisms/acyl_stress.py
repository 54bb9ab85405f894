"""Serine kinases that answer to fatty acyl with a delay of hours, beside novel PKC.

Infusions that double plasma fatty acids already take a fifth of glucose disposal away, after hours, and larger ones add
ever less: a response that saturates little above the range of an ordinary day, unlike the fourfold rise of
diacylglycerol. It is also slow to begin: three hours of high fatty acids do little, six halve disposal. What carries it
is not known (long-chain acyl-CoA on atypical kinases, proteins that have to be made first, loss of IRS-1 protein); here
it is a chain of four steps that follows fatty acyl, whose last one acts above a threshold.

Scheme: acyl -> signal -> relay -> message -> protein, each step with the same time constant; protein -> readiness (a
steep law) -> kinases. The enzymes of diacylglycerol in muscle become ready with it (see ``lipids``), which keeps
diacylglycerol low for two hours.
Sources: Diabetes 54:1640 (2005) for the dose, doi:10.1172/JCI118742 for the delay; the law is chosen.
Left out: kinds of fatty acid.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import hill, positive_part

PACE = "medium"


class State(NamedTuple):
    """What fatty acyl sets going, three steps that pass it on, and the kinases that follow, each in [0, 1]."""

    acyl_signal: float
    acyl_relay: float
    acyl_message: float
    acyl_protein: float
    acyl_stress: float


class Signals(NamedTuple):
    """Share of the proteins that hours of high fatty acyl call up which is ready, in [0, 1]."""

    acyl_ready: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return how ready what fatty acyl calls up is."""
    return Signals(acyl_ready=hill(positive_part(cell.acyl_protein), p.acyl_ready_half, p.acyl_ready_hill))


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    acyl = positive_part(cell.acyl) / p.acyl_reference
    called = hill(acyl, p.acyl_stress_half, p.acyl_stress_hill)
    return State(
        acyl_signal=(called - cell.acyl_signal) / p.acyl_stress_tau,
        acyl_relay=(cell.acyl_signal - cell.acyl_relay) / p.acyl_stress_tau,
        acyl_message=(cell.acyl_relay - cell.acyl_message) / p.acyl_stress_tau,
        acyl_protein=(cell.acyl_message - cell.acyl_protein) / p.acyl_stress_tau,
        acyl_stress=(cell.acyl_ready - cell.acyl_stress) / p.acyl_kinase_tau,
    )
