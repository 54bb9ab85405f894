"""Making, ageing and clearing of mitochondria, over weeks.

Scheme: biogenesis (PGC-1alpha, by habitual activity and AMPK, less with age) -> new; ROS turns new into old; mitophagy,
by AMPK, clears both. The sum of the two pools is 1 in a lean, active cell.

Sources: BIOMD0000000582 (scheme); half-lives of 10 to 20 days and the loss with age are assumed.
Left out: fission and fusion, nuclear and mitochondrial genes apart.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import michaelis

PACE = "slow"


class State(NamedTuple):
    """New and old mitochondria per cell, relative to all those of a lean cell [1]."""

    mito_new: float
    mito_old: float


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]; ``local.activity`` is 1 at the habitual activity of a lean adult, ``local.age``
    in years."""
    use = 1.0 + p.activity_to_mitochondria * p.biogenesis_activity_share * (local.activity - 1.0)
    youth = 1.0 - p.age_to_mitochondria * p.biogenesis_age_loss * (local.age - p.biogenesis_age_reference)
    oxidised = 2.0 * michaelis(cell.ros, 1.0) - 1.0
    ageing = p.k_mito_ageing * (1.0 + p.ros_to_mitochondria * oxidised) * cell.mito_new
    return State(
        mito_new=p.k_biogenesis * use * youth * cell.ampk * cell.mito_expression
        - ageing
        - p.k_mitophagy_new * cell.mito_new,
        mito_old=ageing - p.k_mitophagy_old * cell.ampk * cell.mito_old,
    )
