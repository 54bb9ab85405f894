"""The commands fit, identifiability and sensitivity: what they show, write and refuse, with cheap experiments."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from insulattice.agents.parameters import ParameterTable
from insulattice.environment.body import read_parameters
from insulattice.runs import posterior
from insulattice.runs.cli import app
from insulattice.runs.fitting import cell_experiments, identifiability, study_experiments
from insulattice.runs.fitting import stages as fit_stages
from insulattice.runs.fitting import tables as fit_tables
from insulattice.runs.fitting.evaluations import Datum, FunctionExperiment

TABLE = read_parameters()
WANTS = {"k_s6": 300.0, "k_s6_off": 40.0}


def shares(values):
    """Logarithms of both numbers, their difference, and one that fails where ``k_s6`` is large."""
    table = TABLE.with_values(dict(values))
    one, other = (np.log(table.get(name).value) for name in WANTS)
    if one > np.log(1500.0):
        raise ValueError("S6 is used up")
    return {"one": float(one), "other": float(other), "ratio": float(one - other)}


def cheap():
    """An experiment that wants both numbers elsewhere."""
    one, other = map(float, map(np.log, WANTS.values()))
    data = (Datum("one", one, 0.01), Datum("other", other, 0.05), Datum("ratio", one - other, 0.05))
    return FunctionExperiment(
        "brannmark2013", shares, ("one", "other", "ratio"), observed=data, source="doi:10.1000/x"
    )


@pytest.fixture
def played(monkeypatch, tmp_path):
    """Cheap experiments in place of the isolated cell; tables and data in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fit_stages, "adipocyte_experiment", cheap)
    doses = FunctionExperiment("cell:normal", shares, ("one", "other", "ratio"))
    monkeypatch.setattr(study_experiments, "half_dose_experiment", lambda condition: doses)
    files = [tmp_path / f"{number}.csv" for number in range(2)]
    for path, file in zip(fit_tables.TABLES, files, strict=True):
        shutil.copy(path, file)
    monkeypatch.setattr(fit_tables, "TABLES", tuple(files))
    monkeypatch.setattr(identifiability, "DATA", tmp_path)
    monkeypatch.setattr(posterior, "POSTERIOR", tmp_path / "posterior.csv")
    return files


def called(*arguments):
    """The command line, in this process."""
    return CliRunner().invoke(app, [*map(str, arguments), "--jobs", "1", "--store", "store"])


FIT = ("fit", "--stage", "cell", "--parameters", "k_s6,k_s6_off")


@pytest.mark.parametrize("command", ["fit", "identifiability"])
def test_another_step_asks_for_other_points(played, command):
    called(command, *FIT[1:])
    same, other = called(command, *FIT[1:]), called(command, *FIT[1:], "--step", 0.02)
    assert " 0 computed" in same.stdout
    assert " 0 computed" not in other.stdout


def test_a_fit_shows_old_and_new_and_changes_nothing(played, tmp_path):
    before = [path.read_bytes() for path in played]
    run = called(*FIT, "--out", "fit.csv")
    assert run.exit_code == 0
    assert "nothing is changed; --write puts the new values into the tables" in run.stdout
    assert "rms z before" in run.stdout
    assert [path.read_bytes() for path in played] == before
    rows = pd.read_csv("fit.csv").set_index("parameter")
    assert rows["new"].to_dict() == pytest.approx(WANTS, rel=1e-3)
    assert rows["old"].to_dict() == {name: TABLE.get(name).value for name in WANTS}
    made_by = json.loads((tmp_path / "fit.csv.provenance.json").read_text())
    assert made_by["stages"][0]["cost_after"] < made_by["stages"][0]["cost_before"]


def test_what_is_fitted_is_written_when_asked_and_found_again(played):
    run = called(*FIT, "--write", "--json")
    assert run.exit_code == 0
    found = json.loads(run.stdout)
    assert found["written"] == [str(played[0])]
    row = ParameterTable.read(played[0]).get("k_s6")
    assert row.value == pytest.approx(300.0, rel=1e-3)
    assert (row.kind, row.source) == ("fitted", "doi:10.1000/x")
    assert row.note.startswith("fit of stage cell to brannmark2013; standard error ")


def test_a_fit_that_is_run_again_computes_nothing(played):
    called(*FIT)
    assert ": 0 computed, " in called(*FIT).stdout


def test_what_the_data_say_is_written_by_its_command_only(played, tmp_path):
    plain = called("identifiability", *FIT[1:], "--figure", "i.png", "--out", "i.csv")
    assert plain.exit_code == 0
    assert (tmp_path / "i.png").stat().st_size > 10_000
    assert not (tmp_path / "posterior.csv").exists()
    run = called("identifiability", *FIT[1:], "--write", "--json")
    data = json.loads(run.stdout)
    assert [row["pinned_down"] for row in data["parameters"]] == ["yes", "yes"]
    rows = pd.read_csv(tmp_path / "identifiability.csv", comment="#").set_index("parameter")
    slopes = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, -1.0]]) / np.array([[0.01], [0.05], [0.05]])
    misses = np.log([TABLE.get(name).value / value for name, value in WANTS.items()])
    left = slopes @ misses
    weights = 1.0 / np.sqrt(1.0 + (left / 2.0) ** 2)
    fisher = slopes.T @ (weights[:, None] * slopes) / (weights @ left**2 / 1.0)
    expected = np.sqrt(np.diag(np.linalg.inv(fisher))) * [TABLE.get(name).value for name in WANTS]
    assert rows["standard_error_in_unit"].to_numpy() == pytest.approx(expected, rel=0.02)
    assert (tmp_path / "identifiability_directions.csv").exists()
    kept = posterior.read_posterior(tmp_path / "posterior.csv")
    assert list(kept.table["parameter"]) == list(WANTS)
    assert len(kept.draws(TABLE, 5, 1)) == 5


def test_sensitivity_as_table_figure_and_numbers(played, tmp_path, monkeypatch):
    monkeypatch.setattr(cell_experiments, "SIGNALS", ("one", "other", "ratio"))
    arguments = ("sensitivity", "cell:normal.one", "cell:normal.ratio", "--parameters", "k_s6,k_s6_off,k_s6k")
    run = called(*arguments, "--samples", 32, "--keep", 2, "--out", "s.csv", "--figure", "s.png")
    assert run.exit_code == 0, run.stderr
    table = pd.read_csv("s.csv").set_index(["quantity", "parameter"])
    spans = {name: np.log(TABLE.get(name).high / TABLE.get(name).low) for name in WANTS}
    assert table.loc[("cell:normal.ratio", "k_s6_off"), "mu"] == pytest.approx(-spans["k_s6_off"], rel=1e-6)
    assert table.loc[("cell:normal.one", "k_s6_off"), "mu_star"] == pytest.approx(0.0, abs=1e-9)
    assert table.loc[("cell:normal.one", "k_s6"), "ST"] == pytest.approx(1.0, abs=0.2)
    assert table["ST"].notna().sum() == 4
    assert "points (Morris)" in table["failed"].iloc[0]
    assert "failed and are left out" in run.stdout
    assert "times S6 is used up" in run.stdout
    assert (tmp_path / "s.png").stat().st_size > 10_000
    again = called(*arguments, "--samples", 32, "--keep", 2, "--json")
    data = json.loads(again.stdout)
    assert (data["sobol_of"], data["evaluations"]["computed"]) == (["k_s6", "k_s6_off"], 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fit", "--stage", "organs"], "--stage is 'organs', allowed: cell, organ"),
        (["fit", "--method", "bfgs"], "--method is 'bfgs', allowed: least-squares, cma"),
        (["fit", "--parameters", "k_s66"], "no parameter is called 'k_s66'. Did you mean k_s6?"),
        (["fit", "--parameters", "glycogen"], "cannot be varied"),
        (["fit", "--parameters", "k_nothing_*"], "no parameter that can be varied is like"),
        (["fit", "--evaluations", 1], "--evaluations is 1, allowed: a whole number from 2"),
        (["fit", "--allow-worse", -1], "--allow-worse is -1, allowed: 0 to 100 %"),
        (["fit", "--step", 0], "--step is 0, allowed: 1e-05 to 0.5"),
        (["identifiability", "--step", 0.6], "--step is 0.6, allowed: 1e-05 to 0.5"),
        (["fit", "--earlier", "ignore"], "--earlier is 'ignore', allowed: check, include"),
        (["fit", "--studies", "jackson1985"], "Did you mean jackson1984?"),
        (
            ["fit", "--stage", "organ", "--studies", "jackson1984"],
            "stage organ has no expectation in these studies",
        ),
        (
            ["fit", "--stage", "cell", "--method", "cma", "--parameters", "k_s6"],
            "--method cma needs two parameters",
        ),
        (["fit", "--out", "fit.xlsx"], "allowed: .csv, .parquet"),
        (["fit", "--cells", 3], "--cells is 3, allowed"),
        (["identifiability", "--figure", "i.txt"], "i.txt"),
        (["sensitivity"], "no quantity is given"),
        (["sensitivity", "lean:clamp.rd", "--samples", 100], "--samples is 100, allowed: a power of 2"),
        (["sensitivity", "lean:clamp.rd", "--kind", "start"], "kind 'start', allowed: measured"),
        (["sensitivity", "lean:clamp.rd", "--trajectories", 1], "--trajectories is 1, allowed"),
        (["sensitivity", "lean:clamp.rd", "--subjects", 0], "--subjects is 0, allowed"),
    ],
)
def test_bad_input_is_one_line_and_status_2(played, arguments, words):
    run = called(*arguments)
    assert run.exit_code == 2
    assert words in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_a_store_that_cannot_be_made_is_said(played, tmp_path):
    (tmp_path / "file").touch()
    run = CliRunner().invoke(app, [*FIT, "--store", "file/store"])
    assert run.exit_code == 2
    assert "cannot keep evaluations in file/store" in run.stderr


@pytest.mark.slow
def test_the_isolated_cell_is_fitted_from_end_to_end(tmp_path):
    run = CliRunner().invoke(
        app, ["fit", "--stage", "cell", "--parameters", "k_s6_off", "--evaluations", "3", "--jobs", "1", "--json",
              "--store", str(tmp_path)]
    )  # fmt: skip
    assert run.exit_code == 0, run.stderr
    (stage,) = json.loads(run.stdout)["stages"]
    (study,) = stage["studies"]
    assert (study["study"], study["rows"], study["failed"]) == ("brannmark2013", 266, 0)
    assert study["rms_z_before"] == pytest.approx(1.5, abs=0.2)
    assert stage["cost_after"] <= stage["cost_before"]
    assert stage["parameters"][0]["standard_error"] > 0.0
