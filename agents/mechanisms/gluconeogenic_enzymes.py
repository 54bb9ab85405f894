"""FoxO1 and the enzymes of gluconeogenesis, over hours.

Scheme: Akt phosphorylates FoxO1 and drives it out of the nucleus; nuclear FoxO1 makes PEPCK and G6Pase messenger RNA,
which makes enzyme. High glucose adds to G6Pase (ChREBP); AMPK brakes the messenger of both.

Sources: Noguchi 2013 (rates of decay of messenger RNA and protein, dephosphorylation of FoxO1, FAO cells).
Left out: cyclic AMP and CREB apart from glucagon's direct effect, the enzymes one by one.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import michaelis, positive_part

PACE = "medium"


class State(NamedTuple):
    """Nuclear share of FoxO1 in [0, 1]; messenger RNA and enzyme relative to a lean overnight fast [1]."""

    foxo1: float
    pepck_mrna: float
    pepck: float


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    sugar = (
        p.glucose_to_enzymes
        * p.enzyme_glucose_gain
        * michaelis(positive_part(local.glucose / p.enzyme_glucose_reference - 1.0), 1.0)
    )
    brake = 1.0 + p.ampk_to_enzymes * p.enzyme_ampk_brake * positive_part(cell.ampk - 1.0)
    return State(
        foxo1=p.k_foxo1_in * (1.0 - cell.foxo1)
        - p.k_foxo1_out * p.akt_to_foxo1 * cell.insulin_effect * cell.foxo1,
        pepck_mrna=p.k_pepck_mrna * ((cell.foxo1 / p.foxo1_reference + sugar) / brake - cell.pepck_mrna),
        pepck=p.k_pepck * (cell.pepck_mrna - cell.pepck),
    )
