"""The common phosphorylation state of the interconvertible enzymes of liver (phosphorylase, glycogen synthase, L-PK).

Glucagon and adrenaline drive it, fatty acids hold it up, glucose holds it back, and insulin undoes it through Akt
with both sites. It follows within minutes. Reference levels (a lean overnight fast) count as 1, so each drive is a
difference from there.

Sources: doi:10.1371/journal.pcbi.1002577 (one common state for all interconvertible enzymes);
Am J Physiol 240:E630 (1981) for half-maximum and steepness of insulin; Diabetes Care 35:1316 (2012) for the way through
fatty acids; doi:10.2337/diabetes.52.11.2748 for glucose at held hormones.
Left out: the enzymes one by one, fructose 2,6-bisphosphate.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import hill, michaelis, positive_part

PACE = "fast"


class State(NamedTuple):
    """Phosphorylation of the enzymes [1]; about 0.8 in an overnight fast, 0 under full insulin."""

    phosphorylation: float


class Signals(NamedTuple):
    """What insulin undoes, in [0, 1]."""

    insulin_effect: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return the effect of insulin."""
    return Signals(insulin_effect=hill(cell.akt_double, p.liver_akt_half, p.liver_akt_hill))


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    glucagon = michaelis(local.glucagon, p.glucagon_half) - michaelis(p.glucagon_reference, p.glucagon_half)
    adrenaline = michaelis(local.catecholamine, p.liver_catecholamine_half) - michaelis(
        1.0, p.liver_catecholamine_half
    )
    fatty = michaelis(local.ffa, p.liver_ffa_half) - michaelis(p.ffa_reference, p.liver_ffa_half)
    steatosis = michaelis(cell.triglyceride, p.liver_fat_half) - michaelis(
        p.liver_fat_reference, p.liver_fat_half
    )
    sugar = michaelis(local.glucose, p.liver_glucose_half) - michaelis(
        p.glucose_reference, p.liver_glucose_half
    )
    driven = (
        1.0
        + p.glucagon_to_liver * p.liver_glucagon_gain * glucagon
        + p.catecholamine_to_liver * p.liver_catecholamine_gain * adrenaline
        + p.ffa_to_liver * p.liver_ffa_gain * fatty
        + p.fat_to_liver * p.liver_fat_gain * steatosis
        - p.glucose_to_liver * p.liver_glucose_gain * sugar
    )
    target = p.phosphorylation_basal * positive_part(driven) * (1.0 - cell.insulin_effect)
    return State(phosphorylation=p.k_phosphorylation * (target - cell.phosphorylation))
