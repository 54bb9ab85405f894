"""Fatty acids of a fat cell: uptake, esterification, breakdown and release, and with them its size.

Amounts are per kg of reference tissue, that is per 1/N of the organ at the reference size, so a larger cell simply
holds more triglyceride; what passes its membrane goes with its surface. Within a tissue breakdown goes with what a
cell holds, as measured: per lipid weight, large and small cells of one person do not differ. So a cell that takes up
more than it loses grows until the two balance, and none empties. Between tissues it does not go with size: what the
cells of its tissue hold on average, which each senses, is divided out, as blood flow per fat falls when they grow.

Scheme: triglyceride -> 3 acyl + glycerol (HSL); acyl -> release, or with glycerol phosphate from glucose (number and
traffic of GLUT4) back to triglyceride, up to a limit, more so under PPAR-gamma; free fatty acid and lipoprotein
triglyceride (LPL, insulin) -> acyl.
Ceramide and DAG are followed as relative levels only: too little to count in the mass balance.

Sources: doi:10.1371/journal.pone.0261681 (re-esterification, weaker in type 2 diabetes); doi:10.1210/jc.2011-1702
(breakdown of large and small cells); sizes: Nature 453:783 (2008) for the number of fat cells; surface law assumed.
Left out: lipogenesis in fat, kinds of fatty acid.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import power

PACE = "medium"
CONSERVED = ("acyl", "triglyceride")
EXCHANGES = {
    "ffa_uptake": ("ffa", -1),
    "ffa_output": ("ffa", +1),
    "lipoprotein_uptake": ("triglyceride", -1),
    "glycerol_output": ("glycerol", +1),
}


class State(NamedTuple):
    """Free acyl and triglyceride [mmol/kg reference tissue]; DAG and ceramide relative to lean [1 as mmol/kg]."""

    acyl: float
    dag: float
    ceramide: float
    triglyceride: float


class Signals(NamedTuple):
    """Diameter [um], surface relative to the reference cell [1], fluxes [mmol/kg/min] (glycerol as triglyceride)."""

    diameter: float
    surface: float
    ffa_uptake: float
    ffa_output: float
    lipoprotein_uptake: float
    glycerol_output: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return the size of the cell and its exchange with the surroundings."""
    volume = p.lean_volume_share + (1.0 - p.lean_volume_share) * cell.triglyceride / p.triglyceride_reference
    surface = power(volume, p.surface_exponent)
    insulin = p.lipoprotein_basal_share + (1.0 - p.lipoprotein_basal_share) * cell.akt_s473
    return Signals(
        diameter=p.diameter_reference * power(volume, 1.0 / 3.0),
        surface=surface,
        ffa_uptake=p.k_ffa_uptake * surface * local.ffa,
        ffa_output=p.k_ffa_output * cell.acyl,
        lipoprotein_uptake=p.k_lipoprotein_uptake * insulin * surface * local.triglyceride,
        glycerol_output=p.lipolysis_max * cell.hsl * cell.triglyceride / local.stored_nearby,
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [mmol/kg/min]."""
    glyceroneogenesis = 1.0 + p.ppar_gamma_to_storage * p.esterification_ppar_gain * local.ppar_gamma
    glycerol_phosphate = (
        p.esterification_basal * glyceroneogenesis
        + p.akt_to_esterification * p.esterification_insulin * cell.as160 * cell.glut4_total
    )
    fourth = (glycerol_phosphate / p.esterification_most) ** 4
    esterified = p.k_esterification * glycerol_phosphate * cell.acyl / power(1.0 + fourth**2, 0.125)
    relative = cell.acyl / p.acyl_reference
    return State(
        acyl=cell.ffa_uptake
        + 3.0 * cell.lipoprotein_uptake
        + 3.0 * cell.glycerol_output
        - cell.ffa_output
        - esterified,
        dag=(p.dag_reference * relative - cell.dag) / p.dag_tau,
        ceramide=(p.ceramide_reference * relative - cell.ceramide) / p.ceramide_tau,
        triglyceride=esterified / 3.0 - cell.glycerol_output,
    )
