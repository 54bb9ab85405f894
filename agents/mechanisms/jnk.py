"""c-Jun N-terminal kinase (JNK), where oxidative stress, TNF-alpha and ER stress meet.

Scheme: inactive -> active by ROS, by the TNF receptor and by IRE1; DUSP phosphatases take it back;
inhibitors block a share of the activation.

Sources: doi:10.1186/1752-0509-7-41 (ROS and phosphatase rates); the gains of TNF-alpha and IRE1 are assumed.
Left out: oxidation of the phosphatases, isoforms.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import michaelis, positive_part

PACE = "medium"


class State(NamedTuple):
    """Active share of JNK, in [0, 1]."""

    jnk: float


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    oxidative = p.k_jnk_ros * (1.0 + p.ros_to_jnk * (cell.ros - 1.0))
    tumour_necrosis = p.tnf_to_jnk * p.k_jnk_tnf * michaelis(local.tnf, p.tnf_half)
    unfolded_response = p.ire1_to_jnk * p.k_jnk_ire1 * positive_part(cell.ire1 - 1.0)
    driven = oxidative + tumour_necrosis + unfolded_response
    return State(
        jnk=driven * (1.0 - local.jnk_inhibition) * (1.0 - cell.jnk) - p.k_jnk_off * cell.jnk,
    )
