"""Level and tissue of an expectation follow from its rules, test and quantity."""

import pytest

from insulattice.environment.interventions.registry import RULES
from insulattice.runs.study.command import shipped_studies
from insulattice.runs.study.file import read_study
from insulattice.runs.study.quantities import QUANTITIES
from insulattice.runs.validation.score_groups import (
    CHALLENGES,
    LEVELS,
    OF_ORGANS,
    SETS,
    TISSUES,
    level_of,
    set_of,
    tissue_of,
)

FILE = """\
id = "trial"
[population]
phenotype = "obese"
[[arms]]
name = "before"
[[arms]]
name = "treated"
days = 7
rules = [{ rule = "metformin" }]
[[arms]]
name = "burdened"
days = 0
rules = [{ rule = "lipid_infusion", ffa_mM = 1.5 }]
[[arms]]
name = "both"
days = 7
rules = [{ rule = "metformin" }, { rule = "lipid_infusion", start_day = 7 }]
[[tests]]
name = "fasting"
protocol = "fasting"
[[tests]]
name = "clamp"
protocol = "clamp"
steps = [{ insulin_mU_m2_min = 0, minutes = 60 }, { insulin_mU_m2_min = 40, minutes = 60 }]
[[tests]]
name = "pancreatic"
protocol = "clamp"
steps = [{ insulin_mU_m2_min = 40, minutes = 60 }]
rules = [{ rule = "somatostatin" }]
[[tests]]
name = "lipid_clamp"
protocol = "clamp"
steps = [{ insulin_mU_m2_min = 40, minutes = 60 }]
rules = [{ rule = "lipid_infusion", ffa_mM = 1.5 }]
[[tests]]
name = "hold"
protocol = "hold"
pools = { insulin_pM = 400, glucose_mM = 5 }
"""
VALUE = "observed = 1"
CHANGE = 'observed = 1\nversus = "before"'


def groups(folder, test, arm, quantity, rest=VALUE):
    """Level and tissue of an expectation."""
    path = folder / "trial.toml"
    head = f'[[expect]]\ntest = "{test}"\narm = "{arm}"\nquantity = "{quantity}"\n'
    path.write_text(f"{FILE}{head}{rest}\n")
    study = read_study(path)
    return level_of(study.expect[0], study), tissue_of(study.expect[0], study)


@pytest.mark.parametrize(
    ("test", "quantity", "level", "tissue"),
    [
        ("fasting", "glucose", "body", "blood"),
        ("fasting", "rd", "body", "blood"),
        ("fasting", "egp", "organ", "liver"),
        ("fasting", "liver_fat", "organ", "liver"),
        ("fasting", "muscle_lipid", "organ", "muscle"),
        ("fasting", "adipo_ir", "organ", "fat"),
        ("fasting", "muscle.uptake", "organ", "muscle"),
        ("fasting", "muscle.dag", "cell", "muscle"),
        ("fasting", "fat.macrophages", "cell", "fat"),
        ("pancreatic", "rd", "organ", "muscle"),
        ("pancreatic", "ffa", "body", "blood"),
        ("hold", "gir", "organ", "muscle"),
        ("lipid_clamp", "m_value", "challenge", "muscle"),
    ],
)
def test_without_a_rule_the_quantity_and_the_test_decide(test, quantity, level, tissue, tmp_path):
    assert groups(tmp_path, test, "before", quantity) == (level, tissue)


@pytest.mark.parametrize(
    ("rest", "tissue"),
    [("step = 1", "blood"), ("step = 2", "muscle"), ("at_minute = 0", "blood"), ("at_minute = 90", "muscle"),
     ("window = [60, 120]", "muscle"), ("window = [0, 60]", "blood")],
)  # fmt: skip
def test_disposal_is_that_of_muscle_while_insulin_is_infused(rest, tissue, tmp_path):
    assert groups(tmp_path, "clamp", "before", "rd", f"{VALUE}\n{rest}")[1] == tissue


@pytest.mark.parametrize(
    ("arm", "level"), [("treated", "intervention"), ("burdened", "challenge"), ("both", "intervention")]
)
def test_a_rule_goes_before_the_quantity_and_a_treatment_before_a_burden(arm, level, tmp_path):
    assert groups(tmp_path, "fasting", arm, "muscle.dag", CHANGE) == (level, "muscle")


def test_a_rule_of_the_arm_compared_with_counts(tmp_path):
    rest = 'observed = 1\nversus = "treated"'
    assert groups(tmp_path, "fasting", "before", "glucose", rest) == ("intervention", "blood")


def test_another_test_that_is_compared_with_counts(tmp_path):
    rest = 'observed = 1\nversus = "test:lipid_clamp"'
    assert groups(tmp_path, "pancreatic", "before", "rd", rest) == ("challenge", "muscle")


def test_every_shipped_expectation_has_a_level_a_tissue_and_a_set():
    seen = set()
    for path in shipped_studies().values():
        study = read_study(path)
        assert set_of(path) in SETS
        seen |= {(level_of(expect, study), tissue_of(expect, study)) for expect in study.expect}
    assert {level for level, _ in seen} == set(LEVELS)
    assert {tissue for _, tissue in seen} == set(TISSUES)


def test_names_in_the_rules_are_names_of_the_model():
    assert set(RULES) >= CHALLENGES
    assert set(QUANTITIES) >= set(OF_ORGANS)
