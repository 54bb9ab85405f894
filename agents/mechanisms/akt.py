"""Akt (PKB): threonine 308 by PI3K and PDK1, serine 473 by mTORC2, and the phosphatases.

Akt first gains T308 (fast, algebraic), then S473. Akt with S473 (``akt_s473_pool``) keeps T308 or loses it,
and IRS-1 that carries S307 adds it back. mTORC2 follows the internal active receptor. Ceramide speeds up the
loss of T308 and S473 (protein phosphatase 2A, PKC-zeta).

Sources: doi:10.1074/jbc.M112.432062 (scheme and published constants).
Left out: isoforms of Akt, PIP3 and PTEN, the membrane.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import positive_part

PACE = "fast"


class State(NamedTuple):
    """Active share of mTORC2 and share of Akt with S473, each in [0, 1]."""

    mtorc2: float
    akt_s473_pool: float


class Signals(NamedTuple):
    """Forms of Akt as shares of its pool [1]: only one site, both sites, and each site whatever the other.

    ``akt_phosphatase`` is the activity of the phosphatases, 1 at rest. The two ``_share`` signals are T308
    among Akt without S473, and missing T308 among Akt with S473.
    """

    akt_phosphatase: float
    akt_t308_share: float
    akt_s473_only_share: float
    akt_t308_only: float
    akt_s473_only: float
    akt_double: float
    akt_t308: float
    akt_s473: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return the forms of Akt that equilibrate within seconds."""
    excess = positive_part(cell.ceramide / p.ceramide_reference - 1.0)
    loss = 1.0 + p.ceramide_to_akt * p.akt_ceramide_gain * excess
    irs1 = p.irs1_resting + p.irs1_to_akt * (cell.irs1_active - p.irs1_resting)
    gain_t308 = p.k_akt_t308 * irs1 / (p.k_akt_t308_off * loss + p.k_akt_s473 * cell.mtorc2)
    t308_share = gain_t308 / (1.0 + gain_t308)
    t308_only = t308_share * (1.0 - cell.akt_s473_pool)
    regain = p.k_akt_t308_regain * cell.irs1_s307_ratio * irs1 / (p.k_akt_t308_loss * loss)
    s473_only_share = 1.0 / (1.0 + regain)
    s473_only = s473_only_share * cell.akt_s473_pool
    double = cell.akt_s473_pool - s473_only
    return Signals(
        akt_phosphatase=loss,
        akt_t308_share=t308_share,
        akt_s473_only_share=s473_only_share,
        akt_t308_only=t308_only,
        akt_s473_only=s473_only,
        akt_double=double,
        akt_t308=t308_only + double,
        akt_s473=cell.akt_s473_pool,
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    return State(
        mtorc2=p.k_mtorc2 * cell.receptor_internal_active * (1.0 - cell.mtorc2)
        - p.k_mtorc2_off * cell.mtorc2,
        akt_s473_pool=p.k_akt_s473 * cell.mtorc2 * cell.akt_t308_share * (1.0 - cell.akt_s473_pool)
        - p.k_akt_s473_off * cell.akt_phosphatase * cell.akt_s473_only_share * cell.akt_s473_pool,
    )
