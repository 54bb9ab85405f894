"""The command that exports: what it writes, and one clear line for what is wrong."""

import json
from pathlib import Path

import libsbml
import pandas as pd
import pytest
from typer.testing import CliRunner

from insulattice.runs import cli

SHORT = ("--cells", "60", "--seed", "1")


def run(*arguments):
    """Run the command line in this process."""
    return CliRunner().invoke(cli.app, list(arguments))


@pytest.mark.parametrize(
    "command", ["export", "export sbml", "export cells", "export table", "film", "doctor", "completion"]
)
def test_every_command_explains_itself_with_an_example(command):
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert f"Example: insulattice {command}" in " ".join(result.stdout.split())


@pytest.mark.usefixtures("lean_body")
def test_a_network_is_written_for_a_phenotype(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("export", "sbml", *SHORT, "--cell-type", "macrophage", "--tissue", "liver", "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["files"] == ["macrophage_lean.xml"]
    assert (found["states"], found["bytes"]) == (2, Path("macrophage_lean.xml").stat().st_size)
    assert "macrophage in liver, lean body" in found["cell"]
    assert libsbml.readSBMLFromFile("macrophage_lean.xml").getModel().getNumSpecies() == 2


@pytest.mark.usefixtures("lean_body")
def test_cells_are_written_and_converted(tmp_path):
    table, h5ad = tmp_path / "cells.parquet", tmp_path / "cells.h5ad"
    assert run("export", "cells", *SHORT, "--out", str(table)).exit_code == 0
    result = run("export", "cells", "--table", str(table), "--out", str(h5ad), "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["cells"] == len(pd.read_parquet(table))
    assert h5ad.stat().st_size > 1000


def test_a_time_series_is_made_wide(tmp_path):
    tidy = "time,compartment,quantity,value,unit\n0,blood,glucose,5,mM\n"
    (tmp_path / "run.csv").write_text(tidy)
    result = run("export", "table", str(tmp_path / "run.csv"), "--wide", "--out", str(tmp_path / "wide.csv"))
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "wide.csv").read_text() == "time,blood.glucose [mM]\n0,5\n"


BAD = {
    "form": (("export", "smbl"), "smbl"),
    "cell type": (("export", "sbml", "--cell-type", "myocit"), "'myocit'. Did you mean myocyte?"),
    "tissue": (("export", "sbml", "--tissue", "brain"), "'brain', allowed: muscle, fat, liver"),
    "not at home": (("export", "sbml", "--tissue", "fat"), "no myocyte lives in fat, allowed: muscle"),
    "cell": (
        ("export", "sbml", *SHORT, "--cell", "5000"),
        "cell 5000 is no myocyte in muscle, allowed: 0 to 23",
    ),
    "step": (("export", "sbml", "--step=-5"), "--step is -5 pM, allowed: 0 to 100000"),
    "no step": (("export", "sbml", "--cell-type", "macrophage", "--step", "5"), "does not sense insulin"),
    "minute": (("export", "sbml", "--step", "5", "--step-minute", "nan"), "--step-minute is nan, allowed: 0"),
    "phenotype": (("export", "sbml", "--phenotype", "obes"), "Did you mean obese?"),
    "ending": (("export", "sbml", "--out", "cell.json"), "the ending is '.json', allowed: .xml, .sbml"),
    "checkpoint": (("export", "sbml", "--checkpoint", "file"), "file"),
    "cells ending": (("export", "cells", "--out", "cells.xls"), "allowed: .csv, .parquet, .h5ad"),
    "two sources": (("export", "cells", "--table", "a", "--checkpoint", "b"), "are both given; give one"),
    "no table": (("export", "cells", "--table", "a.csv", "--out", "c.csv"), "cannot read a.csv"),
    "no file": (("export", "table", "a.csv", "--out", "c.csv"), "a.csv"),
    "same file": (("export", "table", "file", "--out", "file"), "is the file itself"),
    "film state": (("film", *SHORT, "--state", "glut"), "no 'glut' to be coloured by. Did you mean glut4"),
    "film test": (("film", "--test", "ogt"), "no test is called 'ogt'"),
    "film insulin": (("film", "--test", "ogtt", "--insulin", "40"), "allowed: with --test clamp only"),
    "film ending": (("film", "--out", "film.avi"), "the ending is '.avi', allowed: .gif, .mp4"),
    "film every": (("film", "--every", "0"), "--every is 0, allowed: 1 or more"),
    "film fps": (("film", "--fps", "200"), "--fps is 200, allowed: 1 to 60"),
    "film long": (
        ("film", "--test", "fasting", "--hours", "200", "--every", "1"),
        "allowed: 500; give --every 24",
    ),
    "shell": (("completion", "tcsh"), "no completion for 'tcsh', allowed: bash, zsh, fish"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line_and_status_2(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    arguments, message = BAD[case]
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert result.stderr.startswith("insulattice: ") and message in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("arguments", "package"),
    [
        (("export", "sbml"), "libsbml"),
        (("export", "cells"), "h5py"),
        (("film", "--out", "film.mp4"), "ffmpeg"),
    ],
)
def test_a_missing_package_is_named_with_what_to_install(arguments, package, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("insulattice.runs.export.needs.find_spec", lambda _: None)
    monkeypatch.setattr("insulattice.runs.export.film.find_spec", lambda _: None)
    monkeypatch.setattr("shutil.which", lambda _: None)
    result = run(*arguments)
    assert result.exit_code == 2
    assert f"needs {package}; install it with: pip install 'insulattice[" in result.stderr
