"""Rules by name: made, read, described and checked; what is wrong is said in one line."""

import re

import pytest

from insulattice.environment import (
    RULES,
    Antioxidant,
    Clamp,
    Diet,
    Exercise,
    Knockout,
    Metformin,
    Salicylate,
    Thiazolidinedione,
    check_rules,
    describe,
    make_rule,
    read_rule,
)  # fmt: skip

ARGUMENTS = {
    "calorie_restriction": "kcal_per_day percent", "overfeeding": "percent fat_fraction",
    "diet": "kcal_per_day fat_fraction carbohydrate_fraction", "exercise": "bouts_per_week minutes intensity",
    "inactivity": "percent_less", "salicylate": "drug dose_mg_per_day", "anti_tnf": "drug dose_mg every_days",
    "metformin": "dose_mg_per_day", "thiazolidinedione": "drug dose_mg_per_day",
    "antioxidant": "drug dose_mg_per_day route", "pkc_inhibitor": "isoform inhibition", "jnk_inhibitor": "inhibition",
    "ikk_inhibitor": "inhibition", "chemical_chaperone": "drug dose_mg_per_day", "acipimox": "dose_mg_per_day",
    "il1_blockade": "inhibition", "il6r_blockade": "inhibition", "uncoupler": "fraction",
    "lipid_infusion": "ffa_mM hold", "tnf_infusion": "tnf_pg_ml", "il6_infusion": "il6_pg_ml",
    "endotoxin": "ng_per_kg", "insulin_infusion": "mU_kg_min", "glucose_infusion": "mg_kg_min",
    "somatostatin": "insulin_mU_kg_min glucagon_ng_kg_min", "weight_loss": "percent days", "knockout": "arrow",
}  # fmt: skip
COMMON = {"start_day", "stop_day", "ramp_days", "adherence"}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_rules_take_the_arguments_that_studies_give(name):
    assert {argument.name for argument in RULES[name].arguments()} == {*ARGUMENTS[name].split(), *COMMON}


@pytest.mark.parametrize("name", RULES)
def test_every_rule_is_described(name):
    found = describe(name)
    assert found.name == name and found.text.endswith((".", ";")) and found.source
    assert all(argument.unit or argument.allowed for argument in found.arguments)
    assert describe(RULES[name]) == found


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ("metformin dose_mg_per_day=2000", Metformin(2000)),
        ("  knockout   arrow=dag->pkc stop_day=3 ", Knockout("dag->pkc", stop_day=3)),
        ({"rule": "metformin", "dose_mg_per_day": 2550}, Metformin(2550)),
        ("thiazolidinedione drug=rosiglitazone", Thiazolidinedione("rosiglitazone", 8)),
        ("antioxidant route=iv", Antioxidant(route="intravenous")),
        ("antioxidant route=p.o.", Antioxidant(route="oral")),
        ({"rule": "antioxidant", "route": "IV"}, Antioxidant(route="intravenous")),
        ("lipid_infusion ffa_mM=1.9 hold=true", make_rule("lipid_infusion", ffa_mM=1.9, hold=True)),
    ],
)
def test_a_rule_is_read_from_words_or_a_mapping(given, rule):
    assert read_rule(given) == rule
    assert repr(read_rule(given)) == repr(rule)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("metphormin", "no rule is called 'metphormin'. Did you mean metformin?"),
        ("metformin dose_mg=3", "rule 'metformin' has no argument 'dose_mg'. Did you mean dose_mg_per_day?"),
        ("metformin name=1", "rule 'metformin' has no argument 'name'. Allowed: adherence, "),
        ("metformin 3", "given '3', allowed: name=value"),
        ("metformin dose_mg_per_day=-5", "metformin: dose_mg_per_day is -5, allowed: 0 to 4000 mg/day"),
        ("metformin dose_mg_per_day=nan", "dose_mg_per_day is nan, allowed: 0 to 4000 mg/day"),
        ("metformin dose_mg_per_day=much", "dose_mg_per_day is 'much', allowed: 0 to 4000"),
        (
            "thiazolidinedione drug=rosiglitazone dose_mg_per_day=45",
            "of rosiglitazone is 45, allowed: 0 to 16 mg/day",
        ),
        (
            "salicylate drug=aspirine",
            "drug is 'aspirine', allowed: salsalate, aspirin. Did you mean aspirin?",
        ),
        ("antioxidant route=sc", "antioxidant: route is 'sc', allowed: oral, intravenous."),
        ("anti_tnf dose_mg=1e6", "allowed: 0 to 2000 mg"),
        ("metformin adherence=1.5", "adherence is 1.5, allowed: 0 to 1"),
        ("metformin start_day=5 stop_day=5", "stop_day is 5, allowed: above start_day"),
        ("metformin start_day=-1", "start_day is -1, allowed: 0 to"),
        ("exercise bouts_per_week=2.5", "bouts_per_week is 2.5, allowed: a whole number"),
        ("exercise intensity=65", "intensity is 65, allowed: 0 to 1"),
        ("calorie_restriction percent=20 kcal_per_day=600", "kcal_per_day and percent are both given"),
        ("diet fat_fraction=0.7 carbohydrate_fraction=0.6", "are 1.3, allowed: up to 1"),
        ("lipid_infusion hold=maybe", "hold is 'maybe', allowed: true, false"),
        ("knockout", "rule 'knockout' needs the argument 'arrow'"),
        ("knockout arrow=dag->pkd", "arrow is 'dag->pkd', allowed: one of"),
        ("knockout arrow=dag->pkd", "Did you mean dag->pkc?"),
        ("knockout arrow=zzz", "arrow is 'zzz', allowed: one of"),
        ("", "no rule is called ''. Allowed: acipimox, "),
        ("zzz", "uncoupler, weight_loss."),
        ({"rule": ["metformin"]}, "no rule is called ['metformin']. Did you mean metformin?"),
        ({"dose_mg_per_day": 3}, "has no key 'rule'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(given, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        read_rule(given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([Metformin(start_day=30)], "metformin: start_day is 30, allowed: 0 to 28"),
        ([Metformin(1000), Metformin(2000, start_day=10)], "two courses of metformin overlap"),
        ([Exercise(), Exercise()], "exercise is given twice"),
    ],
)
def test_courses_that_cannot_be_are_refused(rules, message):
    with pytest.raises(ValueError, match=message):
        check_rules(rules, 28)


def test_courses_that_can_be_are_let_through():
    check_rules([Metformin(1000, stop_day=10), Metformin(2000, start_day=10), Clamp(), Diet()], 28)
    check_rules([Salicylate("aspirin"), Salicylate("salsalate"), Metformin(start_day=28)], 28)
