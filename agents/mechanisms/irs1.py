"""IRS-1: tyrosine phosphorylation, and its two serine sites, which do opposite things.

* ``irs1_tyr``: tyrosine-phosphorylated IRS-1, with or without phosphorylated serine 307. mTORC1 adds serine
  307 within a second, so the split between the two forms is algebraic.
* ``irs1_s307``: IRS-1 with *human* serine 307 phosphorylated and tyrosine not. Human S307 (302 in rodents)
  lies in a positive feedback from mTORC1: it protects tyrosine phosphorylation and falls in type 2 diabetes.
* ``irs1_s312``: IRS-1 held by the *inhibitory* serine 312 (307 in rodents), the site of JNK, IKK, PKC-theta
  and, hours after fatty acyl has risen, of others (see ``acyl_stress``); kinases that lasting oxidative stress
  switches on add to them, as in muscle that has lost mitochondria or lived long under high glucose. These
  kinases also reach IRS-1 that carries other phosphates, at ``s312_on_phosphorylated`` of the speed for free
  IRS-1: at 0 a high insulin shields its own signal from them, at 1 it does not.

The receptor phosphorylates what is free of all three; SOCS3 gets in its way. The feedback weakens under
long-standing oxidative and inflammatory stress (see ``feedback``); ``feedback_factor`` sets it by hand and is
1 except where the published diabetic adipocyte is repeated.

Sources: doi:10.1074/jbc.M112.432062 (tyrosine, S307), doi:10.1186/1752-0509-7-41 (serine kinases and PP2A),
doi:10.2337/diabetes.52.1.1 (oxidative stress; the law is chosen).
Left out: degradation of IRS-1, IRS-2, other serine sites.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import michaelis, positive_part

PACE = "fast"


class State(NamedTuple):
    """Shares of the IRS-1 pool, each in [0, 1]."""

    irs1_tyr: float
    irs1_s307: float
    irs1_s312: float


class Signals(NamedTuple):
    """IRS-1 by form, and PI3K bound to IRS-1 [1].

    ``irs1_active`` is tyrosine-phosphorylated IRS-1 without S307, which drives Akt; ``pi3k`` is PI3K bound to
    phosphotyrosine on either form, 1 in a normal cell at 10 nM insulin.
    """

    irs1_s307_ratio: float
    irs1_active: float
    irs1_s307_all: float
    pi3k: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return the two forms of tyrosine-phosphorylated IRS-1 and what follows from them."""
    stress = p.stress_to_feedback * p.feedback_stress_gain * cell.feedback_stress
    feedback = p.feedback_factor / (1.0 + stress)
    mtorc1 = p.mtorc1_resting + p.mtorc1_to_irs1 * (cell.mtorc1 - p.mtorc1_resting)
    ratio = p.k_irs1_s307 * mtorc1 * feedback / (p.k_irs1_s307_off + p.k_irs1_tyr_off_s307)
    active = cell.irs1_tyr / (1.0 + ratio)
    return Signals(
        irs1_s307_ratio=ratio,
        irs1_active=active,
        irs1_s307_all=cell.irs1_s307 + ratio * active,
        pi3k=p.pi3k_gain * cell.irs1_tyr,
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    free = 1.0 - cell.irs1_tyr - cell.irs1_s307 - cell.irs1_s312
    active = cell.irs1_tyr / (1.0 + cell.irs1_s307_ratio)
    with_s307 = cell.irs1_s307_ratio * active
    k_tyr = p.k_irs1_tyr / (1.0 + p.il6_to_irs1 * p.irs1_socs3_brake * cell.socs3)
    jnk = p.jnk_to_irs1 * p.k_s312_jnk * cell.jnk
    ikk = p.ikk_to_irs1 * p.k_s312_ikk * cell.ikk
    pkc = p.pkc_to_irs1 * p.k_s312_pkc * cell.pkc
    acyl = p.acyl_to_irs1 * p.k_s312_acyl * cell.acyl_stress
    excess = positive_part(cell.feedback_stress - p.s312_stress_reference)
    lasting = p.stress_to_irs1 * p.k_s312_stress * michaelis(excess, p.s312_stress_half)
    s312 = jnk + ikk + pkc + acyl + lasting
    s312_beside = p.s312_on_phosphorylated * s312
    receptor = p.receptor_resting + p.receptor_to_irs1 * (cell.receptor_internal_active - p.receptor_resting)
    return State(
        irs1_tyr=k_tyr * receptor * free
        - p.k_irs1_tyr_off * active
        - p.k_irs1_tyr_off_s307 * with_s307
        - s312_beside * cell.irs1_tyr,
        irs1_s307=p.k_irs1_tyr_off_s307 * with_s307
        + p.k_irs1_s307_basal * free
        - (p.k_irs1_s307_reset + s312_beside) * cell.irs1_s307,
        irs1_s312=s312 * free
        + s312_beside * (cell.irs1_tyr + cell.irs1_s307)
        - p.k_s312_off * cell.irs1_s312,
    )
