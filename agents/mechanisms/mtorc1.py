"""mTORC1, S6 kinase and ribosomal protein S6.

Akt with both sites, and weakly Akt with T308 alone, activate mTORC1, which activates S6 kinase; S6 follows S6
kinase within seconds and is algebraic.

Sources: doi:10.1074/jbc.M112.432062 (scheme and published constants).
Left out: amino acids, Rheb and TSC2, raptor, other substrates.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import hill

PACE = "fast"


class State(NamedTuple):
    """Active shares of mTORC1 and S6 kinase, each in [0, 1]."""

    mtorc1: float
    s6k: float


class Signals(NamedTuple):
    """Phosphorylated share of ribosomal protein S6 [1]."""

    s6: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return S6 in balance with S6 kinase."""
    gain = p.k_s6 * cell.s6k
    return Signals(s6=gain / (gain + p.k_s6_off))


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    activation = p.k_mtorc1_double * cell.akt_double + p.k_mtorc1_t308 * cell.akt_t308_only
    return State(
        mtorc1=activation * (1.0 - cell.mtorc1) - p.k_mtorc1_off * cell.mtorc1,
        s6k=p.k_s6k * hill(cell.mtorc1, p.s6k_mtorc1_half, p.s6k_hill) * (1.0 - cell.s6k)
        - p.k_s6k_off * cell.s6k,
    )
