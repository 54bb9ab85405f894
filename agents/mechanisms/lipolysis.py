"""Lipolysis of a fat cell: cyclic AMP, PDE3B and hormone-sensitive lipase.

Scheme: catecholamines (up to a limit) -> cAMP -> HSL-P -> breakdown of triglyceride; Akt (S473) -> PDE3B -> cAMP down;
TNF-alpha lifts the brake (Gi, perilipin); acipimox acts through Gi on cAMP.

Sources: doi:10.1371/journal.pone.0261681 (scheme);
J Clin Endocrinol Metab 93:543 (2008) for the size of the TNF-alpha effect.
Left out: ATGL apart from HSL, receptor desensitisation.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import hill, michaelis, positive_part

PACE = "medium"


class State(NamedTuple):
    """Active PDE3B in [0, 1], cyclic AMP relative to rest without insulin [1], phosphorylated HSL in [0, 1]."""

    pde3b: float
    camp: float
    hsl: float


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    excess = local.catecholamine - 1.0
    drive = excess / (1.0 + positive_part(excess) / p.lipolysis_catecholamine_half)
    stimulus = (1.0 + p.catecholamine_to_lipolysis * drive) * (1.0 - local.antilipolysis)
    inflammation = 1.0 + p.tnf_to_lipolysis * p.lipolysis_tnf_gain * michaelis(
        local.tnf, p.lipolysis_tnf_half
    )
    akt = p.akt_to_pde3b * hill(cell.akt_s473, p.pde3b_akt_half, p.pde3b_akt_hill)
    return State(
        pde3b=(akt - cell.pde3b) / p.pde3b_tau,
        camp=p.k_camp * (stimulus * inflammation - (1.0 + p.camp_pde3b_gain * cell.pde3b) * cell.camp),
        hsl=p.k_hsl
        * (hill(cell.camp, p.hsl_camp_half, p.hsl_hill) * (1.0 - cell.hsl) - p.hsl_off * cell.hsl),
    )
