"""Fatty acids inside a muscle or liver cell: entry, long-chain acyl-CoA, oxidation, DAG, ceramide, triglyceride.

Amounts are per kg of tissue, and every flux leaves one pool and enters another, so that fatty acid is conserved:
acyl + 2 DAG + ceramide + 3 triglyceride changes only by entry, lipogenesis, oxidation and export.

Scheme: free fatty acid and lipoprotein triglyceride -> acyl <-> DAG -> triglyceride -> acyl;
acyl <-> ceramide; acyl -> oxidation (by mitochondrial capacity, braked by insulin through malonyl-CoA; in liver
more when the body eats less than it spends, as ketone bodies for other organs);
liver: glucose -> acyl (de novo lipogenesis, braked by AMPK through acetyl-CoA carboxylase), triglyceride -> VLDL.
In muscle the enzymes that make DAG of much acyl become ready within hours (see ``acyl_stress``); what little acyl makes
nearly saturates at the levels of an ordinary day.

Sources: Diabetes 51:2005 (2002), Diabetes 54:1640 (2005), doi:10.1172/JCI118742 for the time course and the dose
of lipid infusion; pool sizes and turnover are assumed at their usual order of magnitude.
Left out: kinds of fatty acid, place of the droplets, carnitine.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import hill, michaelis, positive_part

PACE = "medium"
CONSERVED = ("acyl", "dag", "ceramide", "triglyceride")
EXCHANGES = {
    "ffa_uptake": ("ffa", -1),
    "lipoprotein_uptake": ("triglyceride", -1),
    "vldl_output": ("triglyceride", +1),
}
SINKS = ("fat_oxidation", "lipogenesis")


class State(NamedTuple):
    """Pools per kg of tissue [mmol/kg]: fatty acyl, diacylglycerol, ceramide, triglyceride."""

    acyl: float
    dag: float
    ceramide: float
    triglyceride: float


class Signals(NamedTuple):
    """Fluxes of fatty acid, and of triglyceride for lipoproteins [mmol/kg/min]."""

    ffa_uptake: float
    lipoprotein_uptake: float
    vldl_output: float
    fat_oxidation: float
    lipogenesis: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return the fluxes between the cell and its surroundings, and oxidation."""
    capacity = 1.0 + p.mitochondria_to_oxidation * p.oxidation_capacity_share * (cell.mito_capacity - 1.0)
    malonyl = 1.0 + p.oxidation_insulin_brake * cell.akt_s473
    mtorc1 = p.mtorc1_resting + p.mtorc1_to_lipogenesis * (cell.mtorc1 - p.mtorc1_resting)
    work = 1.0 + p.contraction_to_oxidation * p.oxidation_contraction_gain * local.contraction
    demand = (
        1.0
        + p.ampk_to_oxidation * p.oxidation_ampk_gain * positive_part(cell.ampk - 1.0)
        + p.oxidation_uncoupling_gain * local.uncoupling
        + p.store_to_oxidation * p.oxidation_store_gain * cell.triglyceride
    ) * work
    ketogenesis = 1.0 + p.energy_to_ketogenesis * p.oxidation_deficit_gain * positive_part(
        local.energy_deficit
    )
    return Signals(
        ffa_uptake=p.k_ffa_uptake * local.ffa,
        lipoprotein_uptake=p.k_lipoprotein_uptake * local.triglyceride,
        vldl_output=p.vldl_max
        * michaelis(cell.triglyceride, p.vldl_half)
        / (1.0 + p.vldl_insulin_brake * cell.akt_s473),
        fat_oxidation=p.fat_oxidation_max
        * capacity
        * demand
        * ketogenesis
        / malonyl
        * michaelis(cell.acyl, p.oxidation_acyl_half),
        lipogenesis=p.lipogenesis_max
        * mtorc1
        * hill(local.glucose, p.lipogenesis_glucose_half, p.lipogenesis_glucose_hill)
        / (1.0 + p.ampk_to_lipogenesis * p.lipogenesis_ampk_brake * positive_part(cell.ampk - 1.0)),
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [mmol/kg/min]."""
    relative = cell.acyl / p.acyl_reference
    enzymes = 1.0 + p.dag_relay_share * (cell.acyl_ready - 1.0)
    basal = p.dag_synthesis_basal * (1.0 + p.dag_basal_half) * michaelis(relative, p.dag_basal_half)
    dag_synthesis = basal + p.dag_synthesis_max * enzymes * hill(relative, p.dag_acyl_half, p.dag_hill)
    dag_breakdown = p.k_dag_breakdown * cell.dag
    storage = p.k_dag_storage * cell.dag * michaelis(relative, p.storage_acyl_half)
    mobilisation = p.k_triglyceride_breakdown * cell.triglyceride
    inflamed = 1.0 + p.ikk_to_ceramide * p.ceramide_ikk_gain * cell.ikk
    ceramide_synthesis = p.k_ceramide_synthesis * michaelis(relative, p.ceramide_acyl_half) * inflamed
    ceramidase = 1.0 + p.adiponectin_to_ceramide * p.ceramide_adiponectin_gain * (
        michaelis(local.adiponectin, p.adiponectin_half)
        - michaelis(p.adiponectin_reference, p.adiponectin_half)
    )
    ceramide_breakdown = p.k_ceramide_breakdown * ceramidase * cell.ceramide
    entry = cell.ffa_uptake + 3.0 * cell.lipoprotein_uptake + cell.lipogenesis
    return State(
        acyl=entry
        + 2.0 * dag_breakdown
        + 3.0 * mobilisation
        + ceramide_breakdown
        - cell.fat_oxidation
        - 2.0 * dag_synthesis
        - storage
        - ceramide_synthesis,
        dag=dag_synthesis - dag_breakdown - storage,
        ceramide=ceramide_synthesis - ceramide_breakdown,
        triglyceride=storage - mobilisation - cell.vldl_output,
    )
