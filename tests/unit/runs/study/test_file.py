"""Study files: what is read of them, and the one line that says what is wrong."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from insulattice.runs.study.command import STUDIES, TEMPLATE, shipped_studies
from insulattice.runs.study.file import StudyError, raw_expects, read_study

GOOD = """\
id = "good"
title = "A study"
source = "doi:10.1/1"

[population]
phenotype = "obese_t2d"
subjects = 2
bmi = 32
fasting_glucose_mM = 9

[[arms]]
name = "before"

[[arms]]
name = "treated"
days = 28
rules = [{ rule = "metformin", dose_mg_per_day = 2000, start_day = 7 }]

[[tests]]
name = "fasting"
protocol = "fasting"

[[tests]]
name = "clamp"
protocol = "clamp"
pre_hours = 2
steps = [{ insulin_mU_m2_min = 20, minutes = 60 }, { insulin_pM = 600, minutes = 90 }]
rules = [{ rule = "lipid_infusion", ffa_mM = 1.5 }]

[[expect]]
test = "fasting"
arm = "treated"
versus = "before"
quantity = "glucose"
as = "percent_change"
observed = -20
sem = 5

[[expect]]   # the second
test = "clamp"
arm = "before"
quantity = "rd"
observed = 30
step = 2
"""


def written(folder: Path, text: str, name: str = "good") -> Path:
    """A study file."""
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def said(folder: Path, old: str, new: str) -> str:
    """What is said of the good file with one thing changed."""
    assert old in GOOD
    path = written(folder, GOOD.replace(old, new, 1))
    with pytest.raises(StudyError) as error:
        read_study(path)
    text = str(error.value)
    assert "\n" not in text
    assert text.startswith(str(path))
    return text.removeprefix(str(path))


def test_a_good_file_is_read(tmp_path):
    study = read_study(written(tmp_path, GOOD))
    assert (study.id, study.population.subjects, study.arm("before").days) == ("good", 2, None)
    assert study.test("clamp").step_ends == [(0, 60), (60, 150)]
    assert [expect.kind for expect in study.expect] == ["percent_change", "value"]
    assert study.expect[1].row_unit == "umol/kg/min"


WRONG = [
    ('phenotype = "obese_t2d"', 'phenotype = "obese_t3d"', ["line 6", "obese_t3d", "Did you mean obese_t2d?"]),
    ("subjects = 2", "subject = 2", ["line 7", "population.subject", "Did you mean subjects?"]),
    ("subjects = 2", "subjects = 0", ["line 7", "population.subjects is 0", "allowed: 1 to 10000"]),
    ("subjects = 2", 'subjects = "2"', ["population.subjects is '2'", "allowed: a whole number"]),
    ("subjects = 2", "subjects = 2.5", ["population.subjects is 2.5", "allowed: a whole number"]),
    ("bmi = 32", "bmi = nan", ["line 8", "population.bmi is nan", "a finite number"]),
    ("bmi = 32", "bmi = 320", ["population.bmi is 320", "12 to 90"]),
    ("bmi = 32", 'sex = "other"', ["population.sex is 'other'", "male, female, mixed"]),
    ("bmi = 32", "lean_mass_kg = 70\nbody_mass_kg = 60", ["population.lean_mass_kg is 70", "below body_mass_kg"]),
    (
        "bmi = 32", "body_mass_kg = 70\nlean_mass_kg = 50\nfat_mass_kg = 30",
        ["line 8", "population.body_mass_kg is 70", "lean_mass_kg 50 and fat_mass_kg 30 are 80", "within 1 %"],
    ),
    ("bmi = 32", "body_mass_kg = 70\nlean_mass_kg = 49\nfat_mass_kg = 20", ["69 together"]),
    ("bmi = 32", "BMI = 32", ["unknown key population.BMI. Did you mean bmi?"]),
    ("bmi = 32", '"" = 32', ["unknown key population.''", "Allowed: activity"]),
    ("bmi = 32", "weight = 32", ["unknown key population.weight"]),
    ("[population]", "[populaton]", ["unknown key 'populaton'", "Did you mean population?"]),
    ('id = "good"', 'id = "bad"', ["line 1", "id is 'bad'", "'good'", "the file's name"]),
    ('id = "good"', "", ["id is missing"]),
    ("days = 28", "days = -1", ["line 16", "arms[2].days is -1", "0 to 36500"]),
    ("days = 28", 'days = "28"', ["arms[2].days is '28'", "a number"]),
    ('name = "treated"', 'name = "before"', ["arms[2].name is 'before'", "given twice"]),
    ('rule = "metformin"', 'rule = "metfornin"', ["line 17", "metfornin", "Did you mean metformin?"]),
    ("dose_mg_per_day", "dose_mg", ["metformin", "dose_mg", "Did you mean dose_mg_per_day?"]),
    ('name = "treated"', 'name = ""', ["arms[2].name is ''", "allowed: text that is not empty"]),
    ("= 2000", "= 200000", ["metformin", "200000", "allowed: 0 to"]),
    ("= 2000", '= "2000"', ["metformin", "'2000'"]),
    ("start_day = 7", "start_day = 29", ["start_day is 29", "allowed: 0 to 28"]),
    ("start_day = 7", "stop_day = 0", ["stop_day is 0", "above start_day"]),
    ('protocol = "fasting"', 'protocol = "fast"', ["line 21", "tests[1].protocol is 'fast'", "Did you mean fasting?"]),
    ('protocol = "fasting"', 'protocol = "fasting"\nglucose_g = 75', ["unknown key tests[1].glucose_g"]),
    ('protocol = "fasting"', "", ["tests[1] lacks the key 'protocol'"]),
    ("insulin_pM = 600, ", "", ["tests[2].steps[2] has no insulin", "one of insulin_mU_m2_min"]),
    ("insulin_pM = 600", "insulin_pM = 600, insulin_mU_kg_min = 1", ["steps[2] has insulin_mU_kg_min and insulin_pM"]),
    ("insulin_pM = 600", "insulin_uU_mL = 100", ["unknown key tests[2].steps[2].insulin_uU_mL"]),
    (", minutes = 90", "", ["tests[2].steps[2].minutes is missing"]),
    ("minutes = 90", "minutes = 0", ["tests[2].steps[2].minutes is 0", "1 to 14400"]),
    ("pre_hours = 2", "pre_hours = 2\nglucose_mM = 90", ["tests[2].glucose_mM is 90", "2 to 30"]),
    ("ffa_mM = 1.5", "ffa_uM = 1.5", ["lipid_infusion", "Did you mean ffa_mM?"]),
    ('test = "fasting"', 'test = "fastin"', ["line 31", "expect[1].test is 'fastin'", "Did you mean fasting?"]),
    ('arm = "treated"', 'arm = "treatd"', ["line 32", "expect[1].arm is 'treatd'", "Did you mean treated?"]),
    ('arm = "treated"', "", ["expect[1].arm is missing"]),
    ('"glucose"', '"glucos"', ["line 34", "expect[1].quantity", "Did you mean glucose?"]),
    ('"glucose"', '"muscle.akkt"', ["Did you mean muscle.akt?"]),
    ('"glucose"', '"muscle.irs1"', ["Did you mean muscle.irs1_tyr?"]),
    ('"glucose"', '"matsuda"', ["expect[1].quantity is 'matsuda' in test 'fasting'", "in ogtt or meal"]),
    ('"glucose"', '"glucose"\nunit = "mg/dL"', ["expect[1].unit is 'mg/dL'", "'%', the unit of glucose"]),
    ('"percent_change"', '"percent"', ["expect[1].as is 'percent'", "Did you mean percent_change?"]),
    ('"percent_change"', '"value"', ["expect[1].as is 'value' with versus", "difference"]),
    ('versus = "before"\n', "", ["expect[1].as is 'percent_change' without versus"]),
    ('versus = "before"', 'versus = "befor"', ["expect[1].versus is 'befor'", "Did you mean before?"]),
    ('versus = "before"', 'versus = "treated"', ["the arm itself"]),
    ('versus = "before"', 'versus = "phenotype:leen"', ["phenotype:leen", "Did you mean lean?"]),
    ('versus = "before"', 'versus = "test:clmp"', ["test:clmp", "Did you mean clamp?"]),
    ('versus = "before"', 'versus = "test:fasting"', ["the test itself"]),
    ('versus = "before"', 'versus = "own:step1"', ["own:step1", "own:fasting"]),
    ("observed = -20", "observed = inf", ["expect[1].observed is inf", "a finite number"]),
    ("observed = -20", 'observed = "-20"', ["expect[1].observed is '-20'", "a number"]),
    ("observed = -20\n", "", ["expect[1].observed is missing"]),
    ("sem = 5", "sem = -5", ["expect[1].sem is -5", "0 or more"]),
    ("sem = 5", "sd = 5", ["expect[1].sd is 5 without n"]),
    ("sem = 5", "ci95 = [-10, -30]", ["expect[1].ci95 is [-10.0, -30.0]", "the lower end first"]),
    ("sem = 5", "ci95 = [-10]", ["line 37", "expect[1].ci95 is [-10], allowed: two numbers, low then high"]),
    ("sem = 5", "ci95 = [-30, -20, -10]", ["is [-30, -20, -10], allowed: two numbers, low then high"]),
    ("sem = 5", "ci95 = -10", ["is -10, allowed: two numbers, low then high"]),
    ("sem = 5", 'ci95 = ["-30", -10]', ["expect[1].ci95[1] is '-30', allowed: a number"]),
    ("sem = 5", "sem = 5\nci95 = [-30, -10]", ["expect[1].sem is given beside ci95", "one of ci95, sem and sd"]),
    ("sem = 5", "sd = 15\nn = 9\nci95 = [-30, -10]", ["expect[1].sd is given beside ci95"]),
    ("sem = 5", "sem = 5\nsd = 15\nn = 9", ["expect[1].sd is given beside sem"]),
    ("sem = 5", "error = 5", ["unknown key expect[1].error"]),
    ("step = 2", "step = 3", ["expect[2].step is 3", "1 to 2, the steps of test 'clamp'"]),
    ("sem = 5", "step = 1", ["expect[1].step is 1", "no step in a fasting"]),
    ("step = 2", "at_minute = 151", ["line 44", "expect[2].at_minute is 151", "-120 to 150"]),
    ("step = 2", "at_minute = -121", ["expect[2].at_minute is -121", "-120 to 150"]),
    ("step = 2", "step = 2\nat_minute = 5", ["one of at_minute, step and window"]),
    ("step = 2", "window = [0, 200]", ["expect[2].window is [0.0, 200.0]", "-120 to 150"]),
    ("step = 2", "window = [60]", ["expect[2].window is [60], allowed: two minutes, first then last"]),
    ("step = 2", "window = [60, 0]", ["from before to"]),
    ("step = 2", 'window = [0, 60]\nsummary = "mode"', ["expect[2].summary is 'mode'", "Did you mean"]),
    ("step = 2", 'summary = "mean"', ["expect[2].summary is 'mean' without window"]),
    ("step = 2", 'basis = "fat"', ["expect[2].basis is 'fat'", "lean"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("bmi = 32", 'sex = "boys"'),
        ("step = 2", 'basis = "ffm"'),
        ('rule = "metformin", dose_mg_per_day = 2000', 'rule = "antioxidant", route = "sc"'),
        ('rule = "metformin", dose_mg_per_day = 2000', 'rule = "knockout", arrow = "zzz"'),
        ('protocol = "fasting"', 'protocol = "zzz"'),
        ('arm = "treated"', 'arm = "zzz"'),
        ('versus = "before"', 'versus = "zzz"'),
        ('versus = "before"', 'versus = "phenotype:zzz"'),
        ('versus = "before"', 'versus = "test:zzz"'),
        ('versus = "before"', 'versus = "own:zzz"'),
    ],
    ids=lambda text: text.rpartition("= ")[2],
)
def test_what_is_allowed_is_said_once(tmp_path, old, new):
    assert said(tmp_path, old, new).lower().count("allowed") == 1


@pytest.mark.parametrize(
    ("old", "new", "words"), WRONG, ids=[new.partition("\n")[0] or old for old, new, _ in WRONG]
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, old, new, words):
    text = said(tmp_path, old, new)
    for word in words:
        assert word in text


def test_broken_toml_is_said_with_its_line(tmp_path):
    assert re.search(r"is no TOML: .*line 7", said(tmp_path, "subjects = 2", "subjects ="))


def test_a_missing_file_and_one_that_is_no_text_are_said(tmp_path):
    with pytest.raises(StudyError, match="cannot be read: No such file"):
        read_study(tmp_path / "none.toml")
    path = tmp_path / "good.toml"
    path.write_bytes(b'id = "\xff"')
    with pytest.raises(StudyError, match="no UTF-8"):
        read_study(path)


def test_a_file_without_expectations_is_wrong(tmp_path):
    path = written(tmp_path, GOOD[: GOOD.index("[[expect]]")])
    with pytest.raises(StudyError, match="expect is missing"):
        read_study(path)


@pytest.mark.parametrize("versus", ["before", "phenotype:lean", "test:fasting", "own:fasting", "own:step1"])
def test_every_form_of_versus_is_allowed(tmp_path, versus):
    text = GOOD.replace(
        'arm = "before"\nquantity = "rd"', f'arm = "treated"\nversus = "{versus}"\nquantity = "rd"'
    )
    assert read_study(written(tmp_path, text)).expect[1].kind == "percent_change"


def test_masses_that_add_up_as_they_are_rounded_are_allowed(tmp_path):
    masses = "body_mass_kg = 70\nlean_mass_kg = 50.5\nfat_mass_kg = 20"
    assert read_study(written(tmp_path, GOOD.replace("bmi = 32", masses))).population.body_mass_kg == 70.0


@pytest.mark.parametrize(("given", "taken"), [("men", "male"), ("F", "female"), ("both", "mixed")])
def test_sex_is_taken_in_its_usual_words(tmp_path, given, taken):
    study = read_study(written(tmp_path, GOOD.replace("bmi = 32", f'sex = "{given}"')))
    assert study.population.sex == taken


def test_a_meal_holds_what_the_file_says_and_nothing_else(tmp_path):
    text = GOOD.replace('protocol = "fasting"', 'protocol = "meal"\ncarbohydrate_g = 60')
    meal = read_study(written(tmp_path, text)).test("fasting").make()
    assert (meal.carbohydrate_g, meal.fat_g, meal.protein_g) == (60.0, 0.0, 0.0)


# ---- what comes with the package ------------------------------------------------------------------------------------


def test_every_shipped_study_is_good():
    for path in shipped_studies().values():
        assert read_study(path).source


def test_the_sets_do_not_share_an_id():
    names = [path.name for path in STUDIES.rglob("*.toml")]
    assert len(names) == len(set(names)) > 20


def test_the_template_is_a_good_study(tmp_path):
    shutil.copy(TEMPLATE, tmp_path)
    assert read_study(tmp_path / TEMPLATE.name).expect


# ---- what is read of a bad file -------------------------------------------------------------------------------------


def test_the_expectations_of_a_bad_file_are_read_all_the_same(tmp_path):
    path = written(tmp_path, GOOD.replace("subjects = 2", "subjects = 0"))
    assert [raw["observed"] for raw in raw_expects(path)] == [-20, 30]


def test_the_expectations_of_broken_toml_are_read_as_far_as_they_go(tmp_path):
    path = written(
        tmp_path, GOOD.replace('quantity = "glucose"', "quantity = glucose").replace("subjects = 2", "=")
    )
    found = raw_expects(path)
    assert [raw.get("quantity") for raw in found] == [None, "rd"]
    assert [raw["observed"] for raw in found] == [-20, 30]
    assert tomllib.loads(GOOD)["expect"][1] == found[1]
