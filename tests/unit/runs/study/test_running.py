"""Running studies: what is compared with what, rows, failures, exit status; the bodies themselves only at the end."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from insulattice.environment import SimulationError
from insulattice.environment.phenotype import find_phenotype
from insulattice.runs.cli import app
from insulattice.runs.study import command as study_command
from insulattice.runs.study import running as study
from insulattice.runs.study.file import read_study
from insulattice.runs.study.life import Regime, regime
from insulattice.runs.study.running import COLUMNS, Options, run_studies, sides

HEAD = """\
id = "{name}"
[population]
phenotype = "obese_t2d"
subjects = 3
[[arms]]
name = "before"
[[arms]]
name = "week"
days = 7
rules = [{{ rule = "metformin" }}, {{ rule = "lipid_infusion", start_day = 7 }}]
[[arms]]
name = "acute"
days = 0
rules = [{{ rule = "lipid_infusion", ffa_mM = 1.5 }}]
[[tests]]
name = "fasting"
protocol = "fasting"
[[tests]]
name = "clamp"
protocol = "clamp"
steps = [{{ insulin_mU_m2_min = 20, minutes = 60 }}, {{ insulin_mU_m2_min = 80, minutes = 60 }}]
"""


def written(folder: Path, *expects: str, name: str = "trial") -> Path:
    """A study file with some expectations."""
    path = folder / f"{name}.toml"
    text = HEAD.format(name=name) + "".join(
        f"[[expect]]\n{expect.replace('; ', chr(10))}\n" for expect in expects
    )
    path.write_text(text, encoding="utf-8")
    return path


def sides_of(folder: Path, expect: str):
    """What an expectation looks at."""
    found = read_study(written(folder, expect))
    return sides(found.expect[0], found)


# ---- what is compared with what -------------------------------------------------------------------------------------

SEEN = 'test = "clamp"; quantity = "rd"; observed = 1'


def test_an_arm_without_days_is_the_body_as_it_comes(tmp_path):
    (one,) = sides_of(tmp_path, f'{SEEN}; arm = "before"')
    assert one.regime == Regime()


def test_an_arm_with_days_is_compared_with_as_many_days_at_maintenance(tmp_path):
    one, other = sides_of(tmp_path, f'{SEEN}; arm = "week"; versus = "before"')
    assert (one.regime.days, [rule.name for rule in one.regime.life]) == (7, ["metformin"])
    assert other.regime == Regime(7)
    one, other = sides_of(tmp_path, f'{SEEN}; arm = "before"; versus = "week"')
    assert (one.regime, other.regime.days) == (Regime(7), 7)


def test_a_rule_that_starts_on_the_last_day_starts_with_the_test(tmp_path):
    one, _ = sides_of(tmp_path, f'{SEEN}; arm = "week"; versus = "before"')
    assert [(rule.name, rule.start_day) for rule in one.regime.tests] == [("lipid_infusion", 0.0)]


def test_rules_without_days_act_in_the_tests_only(tmp_path):
    one, other = sides_of(tmp_path, f'{SEEN}; arm = "acute"; versus = "before"')
    assert (one.regime.days, one.regime.life, len(one.regime.tests)) == (0, (), 1)
    assert other.regime == Regime()


def test_a_part_of_a_day_is_lived_to_the_end_of_its_night():
    assert regime(6.5, ()).days == 7
    assert regime(7.0, ()).days == 7


def test_another_phenotype_comes_as_it_is_under_the_same_test(tmp_path):
    one, other = sides_of(tmp_path, f'{SEEN}; arm = "week"; versus = "phenotype:lean"; step = 2')
    assert (other.whose, other.regime, other.test, other.reading) == ("lean", Regime(), "clamp", one.reading)


def test_another_test_is_read_alike_if_it_can_be(tmp_path):
    one, other = sides_of(tmp_path, f'{SEEN}; arm = "week"; versus = "test:fasting"; step = 2')
    assert (other.test, other.reading.step, other.regime) == ("fasting", None, one.regime)


def test_own_moments(tmp_path):
    _, fasting = sides_of(tmp_path, f'{SEEN}; arm = "week"; versus = "own:fasting"; step = 2')
    _, first = sides_of(tmp_path, f'{SEEN}; arm = "week"; versus = "own:step1"; step = 2')
    assert (fasting.reading.at_minute, fasting.reading.step) == (0, None)
    assert (first.reading.at_minute, first.reading.step) == (None, 1)


# ---- rows -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def played(monkeypatch):
    """No bodies: glucose is 10 before and 8 under treatment, 5 in lean people, and a bit more in each next subject."""

    def settle(subject, cells):
        return {"fasting_glucose_mM": 10.0, "liver_fat_percent": 10.0, "muscle_lipid": 1.0}

    def live(subject, lived, visits, cells, accelerated):
        if any(rule.name == "lipid_infusion" for rule in lived.tests) and lived.days == 0:
            raise SimulationError(f"subject {subject.number + 1}: glucose in blood is -1")
        level = 5.0 if subject.phenotype.name == "lean" else 8.0 if lived.life else 10.0
        value = level * (1.0 + 0.01 * subject.number)
        return {(visit.test.name, reading): value for visit in visits for reading in visit.readings}

    monkeypatch.setattr(study, "settle_representative", lambda *given: None)
    monkeypatch.setattr(study, "settle_subject", settle)
    monkeypatch.setattr(study, "live_and_test", live)


GLUCOSE = 'test = "fasting"; quantity = "glucose"; arm = "week"; versus = "before"; as = "percent_change"'


def test_a_row_sets_prediction_beside_observation(tmp_path, played):
    path = written(
        tmp_path,
        f"{GLUCOSE}; observed = -25; sem = 4",
        'test = "fasting"; quantity = "glucose"; arm = "week"; versus = "phenotype:lean"; as = "ratio"; observed = 3',
        'test = "fasting"; quantity = "glucose"; arm = "before"; observed = 10.1; sd = 0.3; n = 9',
    )
    (result,) = run_studies([path], Options())
    assert [tuple(row) for row in result.rows] == [COLUMNS] * 3
    change, ratio, value = result.rows
    assert change["predicted"] == pytest.approx(-20.0)
    assert (change["predicted_low"], change["predicted_high"]) == (pytest.approx(-20.0), pytest.approx(-20.0))
    assert (change["observed_low"], change["agrees"], change["unit"]) == (
        pytest.approx(-32.84, abs=0.01),
        True,
        "%",
    )
    assert change["z"] == pytest.approx(5.0 / 4.0, rel=1e-3)
    assert (ratio["predicted"], ratio["agrees"]) == (pytest.approx(1.6), False)
    assert ratio["predicted_high"] > ratio["predicted"] > ratio["predicted_low"]
    assert (value["as"], value["versus"], value["unit"]) == ("value", "", "mM")
    assert result.failed is False


def test_subjects_of_the_command_line_go_before_those_of_the_file(tmp_path, played):
    path = written(tmp_path, 'test = "fasting"; quantity = "glucose"; arm = "before"; observed = 10')
    means = [run_studies([path], Options(subjects=n))[0].rows[0]["predicted"] for n in (1, 3, 5)]
    assert means == [pytest.approx(10.0), pytest.approx(10.1), pytest.approx(10.2)]


def test_an_arm_that_fails_leaves_the_others_alone(tmp_path, played):
    acute = GLUCOSE.replace('"week"', '"acute"')
    path = written(tmp_path, f"{GLUCOSE}; observed = -25", f"{acute}; observed = -25; sem = 1")
    (result,) = run_studies([path], Options())
    good, failed = result.rows
    assert good["error"] == ""
    assert (failed["predicted"], failed["agrees"]) == (None, False)
    assert failed["error"] == "subject 1: glucose in blood is -1"
    assert (failed["observed"], failed["observed_low"]) == (-25.0, pytest.approx(-26.96, abs=0.01))
    assert result.failed


def test_what_a_tissue_lacks_is_an_error_of_its_row_alone(tmp_path, played):
    glut4 = 'test = "fasting"; quantity = "liver.glut4"; arm = "week"; versus = "before"; as = "ratio"'
    path = written(tmp_path, f"{GLUCOSE}; observed = -25", f"{glut4}; observed = 1")
    (result,) = run_studies([path], Options())
    good, lacking = result.rows
    assert (good["error"], good["predicted"]) == ("", pytest.approx(-20.0))
    assert lacking["error"] == "liver.glut4 is not there: liver cells have no glut4"
    assert (lacking["predicted"], lacking["agrees"], result.failed) == (None, False, True)


def test_a_change_from_nothing_is_an_error_of_its_row(tmp_path, played, monkeypatch):
    monkeypatch.setattr(
        study, "live_and_test",
        lambda subject, lived, visits, *rest: {(v.test.name, r): 0.0 for v in visits for r in v.readings},
    )  # fmt: skip
    (result,) = run_studies([written(tmp_path, f"{GLUCOSE}; observed = -25")], Options())
    assert result.rows[0]["error"] == "percent_change is not defined: the value compared with is 0"


def test_outputs_that_match_too_few_are_a_note(tmp_path, played):
    path = written(tmp_path, f"{GLUCOSE}; observed = -25")
    path.write_text(path.read_text().replace("subjects = 3", "subjects = 3\nfasting_glucose_mM = 15"))
    (result,) = run_studies([path], Options())
    assert "0 of 3 subjects match fasting_glucose_mM 15 (taken: mean 10)" in result.notes[0]
    assert not result.failed


def glucose_of(subject):
    """What a body without cells would settle at [mM]: more with fewer beta cells and more fat."""
    inputs = subject.phenotype
    ceiling = inputs.beta_cell_ceiling / find_phenotype("obese_t2d").beta_cell_ceiling
    return 7.76 * ceiling**-0.8 * (inputs.fat_mass / 40.0) ** 0.3


@pytest.fixture
def ruled(played, monkeypatch):
    """Bodies whose glucose follows a rule; gives the subjects that settled, and those that lived."""
    settled, lived = [], []

    def settle(subject, cells):
        settled.append(subject)
        return {"fasting_glucose_mM": glucose_of(subject), "liver_fat_percent": 10.0, "muscle_lipid": 1.0}

    def live(subject, regime, visits, *rest):
        lived.append(subject)
        value = glucose_of(subject)
        return {(visit.test.name, reading): value for visit in visits for reading in visit.readings}

    monkeypatch.setattr(study, "settle_subject", settle)
    monkeypatch.setattr(study, "live_and_test", live)
    return settled, lived


def wanting(folder, glucose, *expects, name="wants", subjects=2):
    """A study of two patients with a fasting glucose [mM]."""
    path = written(folder, *(expects or (f"{GLUCOSE}; observed = -25",)), name=name)
    text = path.read_text()
    path.write_text(text.replace("subjects = 3", f"subjects = {subjects}\nfasting_glucose_mM = {glucose:g}"))
    return path


def test_a_second_round_brings_bodies_that_the_first_has_not(tmp_path, ruled):
    settled, lived = ruled
    (result,) = run_studies([wanting(tmp_path, 12.0)], Options())
    first, second = settled[:4], settled[4:]
    assert [subject.number for subject in first] == [0, 1, 2, 3]
    assert len(second) == 3
    assert all(subject.number > 3 for subject in second)
    missed = [abs(np.log(glucose_of(subject) / 12.0)) for subject in lived]
    assert max(missed) < np.log(1.15) < min(abs(np.log(glucose_of(subject) / 12.0)) for subject in first)
    assert (result.notes, result.failed) == ([], False)


def test_the_body_that_subjects_begin_like_settles_once_before_them(tmp_path, ruled, monkeypatch):
    settled, _ = ruled
    models = []
    monkeypatch.setattr(study, "settle_representative", lambda *given: models.append((*given, len(settled))))
    run_studies([wanting(tmp_path, 12.0, name=name) for name in ("one", "other")], Options(cells=200))
    assert models == [("obese_t2d", 200, (), 0)]


def test_subjects_settle_though_the_body_they_begin_like_does_not(tmp_path, ruled, monkeypatch):
    def fail(*given):
        raise SimulationError("obese_t2d: glucose in blood is -1")

    monkeypatch.setattr(study, "settle_representative", fail)
    (result,) = run_studies([wanting(tmp_path, 12.0)], Options())
    assert not result.failed


def test_the_subjects_are_the_same_in_every_study_whatever_the_order_of_work(tmp_path, ruled):
    settled, _ = ruled
    one, other = (wanting(tmp_path, 13.0, name=name) for name in ("one", "other"))
    alone, both, turned = (
        [result.rows[0]["predicted"] for result in run_studies(paths, Options())]
        for paths in ([one], [one, other], [other, one])
    )
    assert len({*alone, *both, *turned}) == 1
    assert len(settled) == 3 * 7
    assert len({subject.number for subject in settled}) == 7


def test_jobs_are_known_from_the_start_and_all_done_in_the_end(tmp_path, ruled):
    against = (
        'test = "fasting"; quantity = "glucose"; arm = "before"; versus = "phenotype:lean"; observed = 5'
    )
    paths = [wanting(tmp_path, 13.0, against, name=name) for name in ("one", "other")]
    told = []
    run_studies(paths, Options(), progress=lambda done, known: told.append((done, known)))
    each = 2 + 4 + 3 + 2 + 4  # bodies to begin like, two rounds, lean ones too, and four are tested
    assert told == [(done, 2 * each) for done in range(1, 2 * each + 1)]


def failing(settle, numbers):
    """Settle, but not the bodies of some subjects."""

    def settle_or_fail(subject, cells):
        if subject.phenotype.name != "lean" and subject.number in numbers:
            raise SimulationError("glucose in blood is 1e+06")
        return settle(subject, cells)

    return settle_or_fail


@pytest.mark.parametrize("numbers", [{1}, {0, 1, 2, 3}])
def test_a_body_that_cannot_settle_is_a_draw_that_is_not_taken(numbers, tmp_path, ruled, monkeypatch):
    _, lived = ruled
    monkeypatch.setattr(study, "settle_subject", failing(study.settle_subject, numbers))
    (result,) = run_studies([wanting(tmp_path, 9.0)], Options())
    assert not result.failed
    assert not {subject.number for subject in lived} & numbers


def test_too_few_bodies_that_settle_are_an_error_and_the_bar_of_the_others_ends(tmp_path, ruled, monkeypatch):
    monkeypatch.setattr(study, "settle_subject", failing(study.settle_subject, set(range(1000))))
    bad, good = wanting(tmp_path, 9.0), written(tmp_path, f"{GLUCOSE}; observed = -25", name="good")
    good.write_text(good.read_text().replace("obese_t2d", "lean"))
    told = []
    results = run_studies([bad, good], Options(), progress=lambda *numbers: told.append(numbers))
    assert [result.rows[0]["error"] for result in results] == ["glucose in blood is 1e+06", ""]
    assert told[-1] == (2 + 7 + 3 + 6, 2 + 7 + 3 + 6)


# ---- the command ----------------------------------------------------------------------------------------------------


def called(*arguments):
    """The command line, in this process."""
    return CliRunner().invoke(app, ["study", *map(str, arguments), "--jobs", "1"])


def test_all_ran_is_status_0_and_rows_are_written(tmp_path, played):
    path, out = written(tmp_path, f"{GLUCOSE}; observed = -25; sem = 4"), tmp_path / "rows.csv"
    run = called(path, "--out", out)
    assert run.exit_code == 0
    assert "1 of 1 agree" in run.stdout
    assert "no effect" in run.stdout
    with out.open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert tuple(row) == COLUMNS
    assert (row["agrees"], float(row["predicted"]), row["error"]) == ("True", pytest.approx(-20.0), "")
    made_by = json.loads((tmp_path / "rows.csv.provenance.json").read_text())
    assert made_by["options"]["seed"] == 1


def test_json_is_the_rows_and_nothing_else(tmp_path, played):
    run = called(written(tmp_path, f"{GLUCOSE}; observed = -22"), "--json", "--subjects", 1)
    (row,) = json.loads(run.stdout)
    assert tuple(row) == COLUMNS
    assert (row["predicted_low"], row["agrees"]) == (None, True)


def test_a_bad_file_among_good_ones_has_rows_and_status_2(tmp_path, played):
    written(tmp_path, f"{GLUCOSE}; observed = -25", name="good")
    bad = written(tmp_path, f"{GLUCOSE}; observed = -25; ci95 = [-30, -20]; sen = 1", name="bad")
    out = tmp_path / "rows.parquet"
    run = called(tmp_path, "--out", out)
    assert run.exit_code == 2
    (line,) = [text for text in run.stderr.splitlines() if "bad.toml" in text]
    assert line.startswith(f"insulattice: {bad}, line 30: unknown key expect[1].sen.")
    rows = pd.read_parquet(out)
    assert list(rows.columns) == list(COLUMNS)
    assert rows["study"].tolist() == ["bad", "good"]
    assert np.isnan(rows["predicted"][0])
    assert (rows["observed_low"][0], rows["agrees"][0], rows["test"][0]) == (-30.0, False, "fasting")
    assert rows["error"][0].endswith(line.removeprefix("insulattice: ")[-20:])
    assert rows["error"][1] == ""


def test_a_study_that_fails_is_status_1(tmp_path, played):
    run = called(written(tmp_path, f"{GLUCOSE.replace('week', 'acute')}; observed = -25"))
    assert run.exit_code == 1
    assert "insulattice: trial: subject 1: glucose in blood is -1" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.toml"], "none.toml: cannot be read: No such file"),
        (["hundal2001"], "Did you mean hundal2000?"),
        (["hundal2000", "--subjects", 0], "--subjects is 0, allowed: a whole number from 1"),
        (["hundal2000", "--cells", 3], "--cells is 3, allowed: a whole number from 40"),
        (["hundal2000", "--seed", -1], "--seed is -1"),
        (["hundal2000", "--out", "rows.xlsx"], "allowed: .csv, .parquet"),
        ([], "no study is given, allowed: files, folders"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = called(*arguments)
    assert run.exit_code == 2
    assert words in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_an_empty_folder_is_said(tmp_path):
    assert "has no study file" in called(tmp_path).stderr


def test_shipped_studies_go_by_id_by_set_and_all_together():
    shipped = study_command.shipped_studies()
    assert study_command.find_studies(["all"]) == list(shipped.values())
    assert study_command.find_studies(["hundal2000", "hundal2000"]) == [shipped["hundal2000"]]
    assert shipped["hundal2000"] in study_command.find_studies(["calibration"])


def test_a_new_study_is_a_good_one_and_overwrites_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert called("--new", "mine2024").exit_code == 0
    assert read_study(tmp_path / "mine2024.toml").id == "mine2024"
    (tmp_path / "mine2024.toml").write_text("kept")
    run = called("--new", "mine2024")
    assert (run.exit_code, (tmp_path / "mine2024.toml").read_text()) == (2, "kept")
    assert "is there already" in run.stderr
    assert called("--new", "../x").exit_code == 2


# ---- with bodies ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_study_runs_from_file_to_rows_alike_with_any_number_of_jobs(tmp_path, lean_body):
    path = tmp_path / "small.toml"
    path.write_text("""\
id = "small"
[population]
phenotype = "lean"
subjects = 2
[[arms]]
name = "before"
[[arms]]
name = "salsalate"
days = 1
rules = [{ rule = "salicylate", drug = "salsalate", dose_mg_per_day = 3000 }]
[[tests]]
name = "clamp"
protocol = "clamp"
steps = [{ insulin_mU_m2_min = 40, minutes = 60 }]
[[expect]]
test = "clamp"
arm = "before"
versus = "own:fasting"
quantity = "ffa"
as = "percent_change"
observed = -60
step = 1
[[expect]]
test = "clamp"
arm = "salsalate"
versus = "before"
quantity = "muscle.akt"
as = "ratio"
observed = 1
step = 1
""")
    rows = [run_studies([path], Options(cells=lean_body.cells, jobs=jobs))[0].rows for jobs in (1, 2)]
    assert rows[0] == rows[1]
    fall, ratio = rows[0]
    assert (fall["error"], ratio["error"]) == ("", "")
    assert -95.0 < fall["predicted"] < -20.0
    assert 0.7 < ratio["predicted"] < 1.5
    assert ratio["predicted"] != 1.0
