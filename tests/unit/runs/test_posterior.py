"""The posterior as a file; studies whose intervals carry it."""

import csv
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from insulattice.environment.body import read_parameters
from insulattice.runs import posterior
from insulattice.runs.cli import app
from insulattice.runs.parameter_space import Space, choose
from insulattice.runs.posterior import Posterior, read_posterior
from insulattice.runs.study import running as study

TABLE = read_parameters()
SPACE = Space(TABLE, choose(TABLE, ["lipolysis_max", "fat_oxidation_max@hepatocyte", "acyl_stress_hill"]))
COVARIANCE = np.array([[0.01, 0.004, 0.0], [0.004, 0.02, 0.0], [0.0, 0.0, 0.08]])


@pytest.fixture
def file(tmp_path):
    """A posterior of three numbers."""
    path = tmp_path / "posterior.csv"
    Posterior.of(SPACE, COVARIANCE).write(path, ["made by a test"])
    return path


def test_it_is_read_as_it_was_written(file):
    found = read_posterior(file)
    assert (found.covariance == COVARIANCE).all()
    assert list(found.table["parameter"]) == SPACE.labels
    assert list(found.table["scale"]) == ["logarithmic", "logarithmic", "linear"]
    assert file.read_text().startswith("# made by a test\n")


def test_the_posterior_of_the_library_is_of_its_tables():
    found = read_posterior()
    assert len(found.draws(TABLE, 2, 1)) == 2
    rows = choose(TABLE, list(found.table["parameter"]))
    assert {row.kind for row in rows} == {"fitted"}


def test_draws_stay_in_their_ranges_and_leave_other_rows(file):
    draws = read_posterior(file).draws(TABLE, 40, 1)
    assert len(set(draws)) == 40
    assert draws[:3] == read_posterior(file).draws(TABLE, 3, 1)
    found = np.array(
        [
            [
                TABLE.with_values(dict(draw)).get(axis.row.name, axis.row.cell_type).value
                for axis in SPACE.axes
            ]
            for draw in draws
        ]
    )
    for values, axis in zip(found.T, SPACE.axes, strict=True):
        assert values.min() >= axis.row.low
        assert values.max() <= axis.row.high
    places = np.array(
        [[axis.place(value) for axis, value in zip(SPACE.axes, row, strict=True)] for row in found]
    )
    assert places[:, 0].mean() == pytest.approx(SPACE.present[0], abs=0.05)
    assert all(TABLE.with_values(dict(draw)).get("fat_oxidation_max").value == 0.05 for draw in draws)


def test_no_posterior_is_one_clear_line(tmp_path):
    with pytest.raises(
        ValueError, match=r"no posterior .*make one with: insulattice identifiability --write"
    ):
        read_posterior(tmp_path / "none.csv")
    (tmp_path / "bad.csv").write_text("parameter,mean\na,1\n")
    with pytest.raises(ValueError, match="cannot be used"):
        read_posterior(tmp_path / "bad.csv")


def test_a_posterior_of_other_tables_is_refused(file):
    changed = TABLE.with_values({"lipolysis_max": 0.06})
    was = re.escape(f"{TABLE.get('lipolysis_max').value:g}")
    with pytest.raises(
        ValueError, match=rf"value of lipolysis_max was {was}, now it is 0\.06; make one with"
    ):
        read_posterior(file).draws(changed, 2, 1)


# ---- studies --------------------------------------------------------------------------------------------------------

TRIAL = """\
id = "trial"
[population]
phenotype = "lean"
subjects = 4
[[arms]]
name = "as_is"
[[tests]]
name = "fasting"
protocol = "fasting"
[[expect]]
test = "fasting"
arm = "as_is"
quantity = "glucose"
observed = 10
sem = 1
"""


@pytest.fixture
def played(monkeypatch, tmp_path):
    """No bodies: glucose is 10, a bit more in each next subject, and goes with how far ``lipolysis_max`` is changed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trial.toml").write_text(TRIAL)

    def live(subject, lived, visits, cells, accelerated):
        share = dict(subject.values).get("lipolysis_max", 0.048) / 0.048
        value = 10.0 * share + 0.1 * subject.number
        return {(visit.test.name, reading): value for visit in visits for reading in visit.readings}

    monkeypatch.setattr(study, "settle_representative", lambda *given: None)
    monkeypatch.setattr(study, "settle_subject", lambda subject, cells: {})
    monkeypatch.setattr(study, "live_and_test", live)


def run(*more):
    """The rows of the command, and what it said."""
    found = CliRunner().invoke(
        app, ["study", "trial.toml", "--jobs", "1", "--out", "rows.csv", *map(str, more)]
    )
    if found.exit_code:
        return None, found
    with open("rows.csv", newline="") as rows:
        return next(csv.DictReader(rows)), found


def widths(row):
    """Predicted value and half-width."""
    low, high = float(row["predicted_low"]), float(row["predicted_high"])
    return float(row["predicted"]), 0.5 * (high - low)


def test_intervals_carry_the_parameters_and_predictions_stay(played, file):
    value, narrow = widths(run()[0])
    same, wide = widths(run("--posterior", 30, "--posterior-file", file)[0])
    assert (value, narrow) == (pytest.approx(10.15), pytest.approx(0.1291 / 2 * 3.182, rel=1e-3))
    assert same == value
    draws = read_posterior(file).draws(TABLE, 30, 1)
    means = [10.0 * dict(draw).get("lipolysis_max", 0.048) / 0.048 for draw in draws]
    assert wide == pytest.approx(np.hypot(narrow, 2.045 * np.std(means, ddof=1)), rel=1e-3)


def test_a_draw_that_fails_is_left_out_and_said(played, file, monkeypatch):
    usual = study.live_and_test

    def live(subject, *rest):
        if dict(subject.values).get("lipolysis_max", 0.0) > 0.06:
            raise ValueError("glucose in blood is -1")
        return usual(subject, *rest)

    monkeypatch.setattr(study, "live_and_test", live)
    row, found = run("--posterior", 20, "--posterior-file", file)
    assert row["error"] == ""
    assert "of 20 draws of the parameters failed and are left out: glucose in blood is -1" in found.stdout


def test_a_single_subject_carries_the_parameters_alone(played, file):
    row, found = run("--posterior", 20, "--posterior-file", file, "--subjects", 1)
    assert widths(row)[1] > 0.5
    assert "one subject: the intervals carry the parameters alone" in found.stdout


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--posterior", 5], "there is no posterior of the parameters in"),
        (["--posterior", 1], "--posterior is 1, allowed: a whole number from 2"),
        (["--posterior-file", "x.csv"], "--posterior-file is given without --posterior"),
    ],
)
def test_bad_input_is_one_line_and_status_2(played, monkeypatch, tmp_path, more, words):
    monkeypatch.setattr(posterior, "POSTERIOR", tmp_path / "none.csv")
    _, found = run(*more)
    assert found.exit_code == 2
    assert words in found.stderr
    assert len(found.stderr.strip().splitlines()) == 1
