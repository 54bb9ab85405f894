"""Interventions: one rule each."""

if __name__ == "environment.interventions":
    raise ImportError("import insulattice.environment.interventions, not environment.interventions")

from .acipimox import Acipimox
from .anti_tnf import AntiTnf
from .antioxidant import Antioxidant
from .calorie_restriction import CalorieRestriction
from .chemical_chaperone import ChemicalChaperone
from .diet import Diet
from .endotoxin import Endotoxin
from .exercise import Exercise
from .glucose_infusion import GlucoseInfusion
from .glycerol_infusion import GlycerolInfusion
from .ikk_inhibitor import IkkInhibitor
from .il1_blockade import Il1Blockade
from .il6_infusion import Il6Infusion
from .il6r_blockade import Il6rBlockade
from .inactivity import Inactivity
from .insulin_infusion import InsulinInfusion
from .intervention import Intervention, choice, number
from .jnk_inhibitor import JnkInhibitor
from .knockout import Knockout
from .lipid_infusion import LipidInfusion
from .metformin import Metformin
from .overfeeding import Overfeeding
from .pkc_inhibitor import PkcInhibitor
from .registry import RULES, check_rules, describe, make_drug, make_rule, read_rule
from .salicylate import Salicylate
from .somatostatin import Somatostatin
from .thiazolidinedione import Thiazolidinedione
from .tnf_infusion import TnfInfusion
from .uncoupler import Uncoupler
from .weight_loss import WeightLoss

__all__ = [
    "RULES", "Acipimox", "AntiTnf", "Antioxidant", "CalorieRestriction", "ChemicalChaperone", "Diet",
    "Endotoxin", "Exercise", "GlucoseInfusion", "GlycerolInfusion", "IkkInhibitor", "Il1Blockade",
    "Il6Infusion", "Il6rBlockade", "Inactivity", "InsulinInfusion", "Intervention", "JnkInhibitor",
    "Knockout", "LipidInfusion", "Metformin", "Overfeeding", "PkcInhibitor", "Salicylate", "Somatostatin",
    "Thiazolidinedione", "TnfInfusion", "Uncoupler", "WeightLoss", "check_rules", "choice", "describe",
    "make_drug", "make_rule", "number", "read_rule",
]  # fmt: skip
