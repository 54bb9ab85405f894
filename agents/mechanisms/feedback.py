"""Long-standing stress: it weakens the feedback from mTORC1 to IRS-1 serine 307, and above thresholds holds IRS-1 of
muscle (``irs1``) and lowers receptors and GLUT4 of fat cells (``receptor_turnover``, ``glut4_turnover``).

The diabetic adipocyte differs from the normal one by this feedback (0.15 of normal) and these numbers (0.55 and 0.5).
What brings the loss is not known. Here a remembered stress follows oxidants and JNK above their resting values, and in
fat cells CHOP, which represses GLUT4 there and tells lasting from passing ER stress: it hardly moves with the meals of
lean and obese people and rises where glucose is high all day. Memory is a week long; in muscle three, so that a diet of
some weeks frees liver and not yet muscle. The loss of numbers has a limit, which diabetic fat cells come near, so that
they gain less from a fall of stress than it falls.

Sources: doi:10.1074/jbc.M112.432062 (the size of the loss), Biochem Biophys Res Commun 362:188 (2007) (ER stress, CHOP
and GLUT4 of fat cells), doi:10.2337/diabetes.54.3.603 (muscle unchanged after a diet that freed liver); that one
remembered stress stands behind all of it is assumed.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import michaelis, positive_part

PACE = "slow"


class State(NamedTuple):
    """Remembered stress above rest [1]; 0 in a resting cell."""

    feedback_stress: float


class Signals(NamedTuple):
    """Share of the largest loss of receptors and GLUT4 that this stress brings, in [0, 1]."""

    number_stress: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return what the stress above its threshold does, up to a limit [1]."""
    excess = positive_part(cell.feedback_stress - p.number_stress_reference)
    return Signals(number_stress=michaelis(excess, p.number_stress_half))


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    oxidative = positive_part(cell.ros / p.feedback_ros_reference - 1.0)
    inflammatory = p.feedback_jnk_gain * positive_part(cell.jnk - p.feedback_jnk_reference)
    unfolded = p.chop_to_feedback * p.feedback_chop_gain * positive_part(cell.chop - 1.0)
    return State(
        feedback_stress=(oxidative + inflammatory + unfolded - cell.feedback_stress) / p.feedback_tau
    )
