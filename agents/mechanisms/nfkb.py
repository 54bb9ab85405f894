"""The IKK / NF-kB branch of inflammation.

Scheme: IKK is activated by ROS, TNF-alpha, fatty acids and endotoxin through TLR4, novel PKC and IRE1; active IKK has
IkB-alpha degraded, which sets NF-kB free. Inhibitors block a share of the activation.

Sources: doi:10.1186/1752-0509-7-41 (ROS and phosphatase rates of IKK); Diabetes 51:2005 (2002) for the fall of
IkB-alpha by 70 % at six hours of lipid infusion; the other gains are assumed.
Left out: oscillations of NF-kB (A20 and the resynthesis of IkB-alpha by NF-kB).
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import michaelis, positive_part

PACE = "medium"


class State(NamedTuple):
    """Active share of IKK in [0, 1]; IkB-alpha relative to rest [1]."""

    ikk: float
    ikba: float


class Signals(NamedTuple):
    """Free NF-kB as a share of all [1]."""

    nfkb: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return what IkB-alpha does not hold."""
    return Signals(nfkb=p.nfkb_half / (p.nfkb_half + cell.ikba))


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    oxidative = p.k_ikk_ros * (1.0 + p.ros_to_ikk * (cell.ros - 1.0))
    tumour_necrosis = p.tnf_to_ikk * p.k_ikk_tnf * michaelis(local.tnf, p.tnf_half)
    toll_like = p.ffa_to_ikk * p.k_ikk_ffa * michaelis(local.ffa, p.tlr4_ffa_half)
    lipid = p.pkc_to_ikk * p.k_ikk_pkc * cell.pkc
    unfolded_response = p.ire1_to_ikk * p.k_ikk_ire1 * positive_part(cell.ire1 - 1.0)
    endotoxin = p.k_ikk_endotoxin * michaelis(local.endotoxin, p.endotoxin_half)
    driven = oxidative + tumour_necrosis + toll_like + lipid + unfolded_response + endotoxin
    gain = driven * (1.0 - local.ikk_inhibition)
    return State(
        ikk=gain * (1.0 - cell.ikk) - p.k_ikk_off * cell.ikk,
        ikba=p.k_ikba * (1.0 - cell.ikba) - p.k_ikba_ikk * cell.ikk * cell.ikba,
    )
