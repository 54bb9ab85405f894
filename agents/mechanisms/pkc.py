"""Novel protein kinase C, activated by diacylglycerol: theta in muscle, epsilon in liver.

Oxidants make it more sensitive, inhibitors block a share of it.
With the arrow ``dag->pkc`` cut, the kinase sees the diacylglycerol of a resting lean cell.

Sources: Diabetes 51:2005 (2002): total membrane PKC activity and DAG about fourfold after six hours of lipid
infusion and unchanged at two; the law is chosen to be graded, as the infusions of
Diabetes 54:1640 (2005) ask.
Left out: isoforms other than the dominant one, subcellular place of DAG.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import hill, positive_part

PACE = "medium"


class State(NamedTuple):
    """Active share of the novel PKC, in [0, 1]."""

    pkc: float


class Signals(NamedTuple):
    """Total membrane PKC activity relative to rest [1], as an assay measures it."""

    pkc_membrane: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return the measured activity: an unresponsive part and the active novel PKC."""
    resting = hill(1.0, p.pkc_dag_half, p.pkc_hill)
    return Signals(pkc_membrane=(p.pkc_other + cell.pkc) / (p.pkc_other + resting))


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    dag = 1.0 + p.dag_to_pkc * (cell.dag / p.dag_reference - 1.0)
    oxidised = 1.0 + p.ros_to_pkc * p.pkc_ros_gain * positive_part(cell.ros - 1.0)
    active = hill(dag * oxidised, p.pkc_dag_half, p.pkc_hill) * (1.0 - local.pkc_inhibition)
    return State(pkc=(active - cell.pkc) / p.pkc_tau)
