"""The command ``validate``: what is chosen, what is written, and one line for what is wrong."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from insulattice.runs.cli import app
from insulattice.runs.study.command import shipped_studies
from insulattice.runs.validation import command as validate
from insulattice.runs.validation.found import Found
from insulattice.runs.validation.jobs import PARTS, SLOW
from insulattice.runs.validation.plan import Wish, chosen, planned

NAMES = ("hundal2000", "abbasi1997")


def called(*arguments):
    """The command line, in this process."""
    return CliRunner().invoke(app, ["validate", *map(str, arguments)])


@pytest.fixture
def done(monkeypatch, result_of):
    """Nothing runs: studies show what was observed, and a lean body has a glucose of 5 mM."""

    def do(todo, store, console):
        found = Found()
        if todo.jobs:
            found.add("lean", "fasting", {"blood.glucose": 5.0})
        return found, [result_of(path) for path in todo.paths]

    monkeypatch.setattr(validate, "do", do)


# ---- what is chosen -------------------------------------------------------------------------------------------------


def ids(wish):
    """Measurement parts and ids of studies."""
    parts, paths = chosen(wish)
    return parts, [path.stem for path in paths]


def test_everything_is_chosen_if_nothing_is_said():
    assert ids(Wish()) == (list(PARTS), list(shipped_studies()))
    assert Wish().whole
    assert Wish(subjects=8, cells=600, sets="validation, calibration").whole


@pytest.mark.parametrize(
    "wish",
    [
        Wish(only="cell"),
        Wish(sets="validation"),
        Wish(quick=True),
        Wish(phenotypes="lean"),
        Wish(values=("a=1",)),
    ],
)
def test_less_is_not_whole_and_goes_nowhere_unless_asked(wish):
    assert not wish.whole


def test_parts_and_studies_are_chosen_by_name():
    assert ids(Wish(only="meal, hundal2000,cell")) == (["cell", "meal"], ["hundal2000"])
    assert ids(Wish(only="parts")) == (list(PARTS), [])
    assert ids(Wish(only="studies,meal")) == (["meal"], list(shipped_studies()))


def test_sets_are_those_of_the_folders():
    assert ids(Wish(sets="validation", only="studies"))[1] == [
        name for name, path in shipped_studies().items() if path.parent.name == "validation"
    ]


def test_a_quick_run_leaves_out_what_is_slow():
    parts, names = ids(Wish(quick=True))
    assert not set(parts) & set(SLOW)
    assert "roden1996" in names
    assert "larson_meyer2006" not in names


def test_numbers_of_cells_and_subjects_have_their_own_usual_values():
    todo = planned(Wish(only="hundal2000,meal", jobs=1))
    assert (todo.options.subjects, todo.options.cells, todo.jobs[0].arguments[1]) == (2, 240, 300)
    todo = planned(Wish(only="hundal2000,meal", cells=90, subjects=5))
    assert (todo.options.subjects, todo.options.cells, todo.jobs[0].arguments[1]) == (5, 90, 90)
    assert todo.folder is None


# ---- what is wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "clmp"], "--only: no part or study is called 'clmp'. Did you mean clamp?"),
        (["--only", "hundal2001"], "Did you mean hundal2000?"),
        (["--only", ","], "--only is ',', allowed: parts, studies, cell"),
        (["--sets", "calibratoin"], "--sets: no set is called 'calibratoin'. Did you mean calibration?"),
        (["--sets", ""], "--sets is '', allowed: calibration, validation"),
        (["--phenotypes", "leen"], "--phenotypes: no phenotype is called 'leen'. Did you mean lean?"),
        (["--only", "hundal2000", "--sets", "validation"], "nothing is left of --only 'hundal2000'"),
        (["--subjects", 0], "--subjects is 0, allowed: a whole number from 1"),
        (["--cells", 3], "--cells is 3, allowed: a whole number from 40"),
        (["--seed", -1], "--seed is -1, allowed"),
        (["--jobs", 0], "--jobs is 0, allowed"),
        (["--set", "k_akt_s473=300"], "--set changes the bodies of measurement parts only"),
        (["--set", "k_akt=300", "--only", "meal"], "no parameter is called 'k_akt'"),
        (["--only", "meal", "--out", "rows.csv"], "takes rows of studies, but none are asked for"),
        (["--only", "hundal2000", "--out", "rows.xlsx"], "allowed: .csv, .parquet"),
        (["--only", "hundal2000", "--folder", "file"], "--folder file cannot be written to"),
        (["--bogus"], "No such option"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, words, tmp_path, monkeypatch, done):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("kept")
    run = called(*arguments)
    assert run.exit_code == 2
    assert words in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_reason_of_nothing_is_bad_input(tmp_path, monkeypatch, done):
    def wrong(paths):
        raise ValueError("study_misses.csv, line 2 (a, b, all arms): no study is called 'a'.")

    monkeypatch.setattr("insulattice.runs.validation.study_scores.read_reasons", wrong)
    run = called("--only", "hundal2000")
    assert (run.exit_code, run.stderr.startswith("insulattice: study_misses.csv, line 2")) == (2, True)


# ---- what is written ------------------------------------------------------------------------------------------------


def test_a_folder_gets_the_document_and_all_its_figures(tmp_path, done):
    out = tmp_path / "rows.parquet"
    run = called("--only", "meal," + ",".join(NAMES), "--folder", tmp_path / "new", "--out", out)
    assert run.exit_code == 0, run.output
    text = (tmp_path / "new" / "validation.md").read_text(encoding="utf-8")
    assert "2 studies with 2 subjects of 240 cells; 5 bodies of 300 cells" in text
    assert text.index("## Score card of studies") < text.index("## Measurements")
    shown = {path.name for path in (tmp_path / "new" / "figures").iterdir()}
    assert shown == {f"score_{name}.png" for name in ("effects", "groups", "calibration", "validation")}
    assert all(f"](figures/{name})" in text for name in shown)
    rows = pd.read_parquet(out)
    assert rows["study"].tolist() == ["hundal2000", "hundal2000", "abbasi1997"]
    assert {"set", "level", "tissue", "reason"} <= set(rows)
    assert (tmp_path / "rows.parquet.provenance.json").exists()
    assert f"written: {out}" in run.stdout


def test_a_whole_run_goes_to_docs(tmp_path, monkeypatch, done):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("insulattice.runs.validation.score_report.figures", lambda rows: {})
    assert called().exit_code == 0
    text = (tmp_path / "docs" / "validation.md").read_text(encoding="utf-8")
    assert all(f"### {name} (" in text for name in shipped_studies())


def test_the_screen_shows_the_card_by_set_level_and_tissue(done):
    shown = called("--only", ",".join(NAMES)).stdout
    for words in (
        "score card by level",
        "score card by tissue",
        "Fitted parameters:",
        "Gap, calibration less validation",
    ):
        assert words in shown


def test_json_is_everything_and_nothing_else(done):
    run = called("--only", "meal,hundal2000", "--json")
    found = json.loads(run.stdout)
    assert found["score"]["sets"][0]["expectations"] == 2
    assert [row["study"] for row in found["rows"]] == ["hundal2000"] * 2
    assert [row["predicted"] for row in found["measurements"] if row["what"] == "glucose, lean"] == [5.0]
    assert set(found["data"]) == {
        "fitted",
        "expectations",
        "studies",
        "targets",
        "cell_fitted",
        "cell_points",
    }


def test_parts_alone_have_no_score(done):
    assert json.loads(called("--only", "meal", "--json").stdout)["score"] is None


def test_a_study_that_fails_is_status_1_and_its_row_says_why(tmp_path, monkeypatch, result_of):
    def do(todo, store, console):
        results = [
            result_of(path, error="it failed" if path.stem == "hundal2000" else "") for path in todo.paths
        ]
        return Found(), results

    monkeypatch.setattr(validate, "do", do)
    monkeypatch.setattr("insulattice.runs.validation.score_report.figures", lambda rows: {})
    run = called("--only", ",".join(NAMES), "--out", tmp_path / "rows.csv", "--folder", tmp_path)
    assert run.exit_code == 1
    assert pd.read_csv(tmp_path / "rows.csv")["error"].tolist()[0] == "it failed"
    assert "* hundal2000 (1): it failed" in (tmp_path / "validation.md").read_text(encoding="utf-8")


def test_a_disk_that_fills_up_leaves_the_old_document(tmp_path, monkeypatch, done):
    def full(self, *arguments, **options):
        raise OSError(28, "No space left on device")

    (tmp_path / "validation.md").write_text("old")
    monkeypatch.setattr("matplotlib.figure.Figure.savefig", full)
    run = called("--only", "hundal2000", "--folder", tmp_path)
    assert run.exit_code == 1
    assert "No space left on device" in run.stderr
    assert (tmp_path / "validation.md").read_text() == "old"
    assert list((tmp_path / "figures").iterdir()) == []


def test_a_stop_says_how_to_go_on(monkeypatch):
    def do(todo, store, console):
        raise KeyboardInterrupt

    monkeypatch.setattr(validate, "do", do)
    run = called("--only", "hundal2000")
    assert (run.exit_code, "stopped by hand; what is done is kept" in run.stderr) == (130, True)


def test_the_teller_says_failures_agreement_and_remarks(capsys, result_of):
    from insulattice.runs.console import messages

    result = result_of(shipped_studies()["hundal2000"], error="it failed")
    result.notes.append("1 of 2 match")
    with messages() as console:
        validate.teller(console, 3)(result)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "insulattice: hundal2000: it failed"
    assert lines[1].startswith("1 of 3 studies, 0 s: hundal2000, 1 of 2 agree")
    assert lines[2] == "note: hundal2000: 1 of 2 match"
