"""Long-standing stress: it weakens the feedback from mTORC1 to IRS-1 serine 307, and above thresholds holds IRS-1 of
muscle (``irs1``) and lowers receptors and GLUT4 of fat cells (``receptor_turnover``, ``glut4_turnover``).

The diabetic adipocyte differs from the normal one by this feedback (0.15 of normal); its cause is not known.
Here it is assumed to follow oxidative stress and JNK above their resting values, with a delay of a week; in muscle of
weeks, so that a diet of some weeks frees liver and not yet muscle.

Sources: doi:10.1074/jbc.M112.432062 (the size of the loss), doi:10.2337/diabetes.54.3.603 (muscle unchanged after a
diet that freed liver); the driver is assumed.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import positive_part

PACE = "slow"


class State(NamedTuple):
    """Remembered stress above rest [1]; 0 in a resting cell."""

    feedback_stress: float


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    oxidative = positive_part(cell.ros / p.feedback_ros_reference - 1.0)
    inflammatory = p.feedback_jnk_gain * positive_part(cell.jnk - p.feedback_jnk_reference)
    return State(feedback_stress=(oxidative + inflammatory - cell.feedback_stress) / p.feedback_tau)
