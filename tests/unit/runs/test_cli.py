"""The command line: what it prints, what it writes, and one clear line for what is wrong."""

import importlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from insulattice.environment import phenotype
from insulattice.runs import cli, demo, serve

COMMANDS = (
    "clamp", "ogtt", "meal", "fasting", "demo", "live", "compare", "rules", "parameters", "arrows", "sources", "info",
    "validate", "serve",
)  # fmt: skip
SHORT = ("--cells", "60", "--seed", "1")


def run(*arguments):
    """Run the command line in this process."""
    return CliRunner().invoke(cli.app, list(arguments))


def start(*arguments, **options):
    """Run the command line in a process of its own."""
    command = [sys.executable, "-m", "insulattice.runs.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, **options)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: insulattice {command}" in " ".join(result.stdout.split())
    options = ("--port",) if command == "serve" else ("--json", "--out", "--seed", "--cells")
    assert all(option in result.stdout for option in options)


def test_help_starts_at_once():
    began = time.perf_counter()
    assert start("--help").returncode == 0
    assert time.perf_counter() - began < 2.0  # 0.2 s on an idle machine


def test_the_version_is_printed():
    assert run("--version").stdout.startswith("insulattice ")


CLAMP_KEYS = {
    "phenotype",
    "m_value_mg_kg_min",
    "gir_umol_kg_min",
    "rd_umol_kg_min",
    "egp_umol_kg_min",
    "egp_suppression_percent",
    "lipolysis_suppression_percent",
    "plasma_insulin_pM",
    "plasma_glucose_mM",
    "plasma_ffa_mM",
    "cells",
    "seed",
    "wall_s",
    "cell_steps",
    "cells_present",
}


@pytest.mark.usefixtures("lean_body")
def test_a_clamp_prints_json_only_and_writes_table_and_provenance(tmp_path):
    out, cells = tmp_path / "clamp.csv", tmp_path / "cells.parquet"
    result = start("clamp", *SHORT, "--hours", "0.5", "--json", "--out", str(out), "--cells-out", str(cells))
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert set(found) >= CLAMP_KEYS
    assert found["cells"] == 60
    assert found["cells_present"] == len(pd.read_parquet(cells))
    assert found["error"] is None
    assert found["files"] == [str(out), str(cells)]
    assert "\r" not in result.stderr and "\x1b" not in result.stderr  # no bar, no colours in a pipe
    assert "cache" in result.stderr or "settl" in result.stderr
    table = pd.read_csv(out)
    assert table["time"].max() == 30
    kept = json.loads(Path(f"{out}.provenance.json").read_text())["summary"]
    assert kept["m_value_mg_kg_min"] == found["m_value_mg_kg_min"]
    assert {path.name for path in tmp_path.iterdir()} == {
        "clamp.csv", "clamp.csv.provenance.json", "cells.parquet", "cells.parquet.provenance.json"}  # fmt: skip


@pytest.mark.usefixtures("lean_body")
@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (("clamp", "--insulin", "20", "--insulin", "1 mU/kg/min"), {"steps", "m_value_mg_kg_min"}),
        (("ogtt",), {"homa_ir", "matsuda", "glucose_2h_mM"}),
        (("meal",), {"homa_ir", "matsuda", "glucose_peak_mM"}),
        (("fasting",), {"homa_ir", "adipo_ir", "fasting_egp_umol_kg_min"}),
    ],
)
def test_each_test_gives_its_own_numbers(command, keys):
    result = run(*command, *SHORT, "--hours", "0.2", "--json")
    assert result.exit_code == 0, result.stderr
    assert keys <= set(json.loads(result.stdout))


@pytest.mark.usefixtures("lean_body")
def test_without_json_a_table_is_shown():
    result = run("clamp", *SHORT, "--hours", "0.2")
    assert "M-value" in result.stdout
    assert "mg/kg/min" in result.stdout


BAD = {
    "phenotype": (("clamp", "--phenotype", "obes"), "no phenotype is called 'obes'. Did you mean obese?"),
    "arrow": (("clamp", "--without", "dag->pk"), "no arrow is called 'dag->pk'. Did you mean dag->pkc?"),
    "arrow of the list": (("arrows", "--without", "nothing"), "no arrow is called 'nothing'"),
    "parameter": (("clamp", "--set", "brain_uptak=1"), "no parameter is called 'brain_uptak'. Did you mean"),
    "cell type": (("parameters", "--set", "k_akt_t308@fat=1e6"), "no cell type is called 'fat'"),
    "cell type without it": (
        ("clamp", "--set", "k_jnk_off@macrophage=0.05"),
        "no mechanism of a macrophage reads",
    ),
    "environment": (
        ("parameters", "--set", "brain_uptake@myocyte=1"),
        "no mechanism of a myocyte reads brain_uptake",
    ),
    "range": (("clamp", "--set", "brain_uptake=1e6"), "parameter brain_uptake is 1e+06 mmol/min, allowed:"),
    "no value": (("clamp", "--set", "brain_uptake"), "--set 'brain_uptake', allowed: NAME=VALUE"),
    "no number": (("parameters", "--set", "brain_uptake=much"), "allowed: NAME=VALUE with a number"),
    "twice": (("parameters", "--set", "brain_uptake=.5", "--set", "brain_uptake=.6"), "given twice"),
    "no finite number": (("clamp", "--set", "brain_uptake=nan"), "allowed: NAME=VALUE with a number"),
    "infinite": (("clamp", "--set", "brain_uptake=inf"), "allowed: a finite number"),
    "unit": (("clamp", "--insulin", "40 mU/L"), "insulin unit 'mU/L' is unknown, allowed: mU/m2/min"),
    "insulin": (("clamp", "--insulin", "5000"), "is 5000, allowed: 0 to 2000"),
    "far too much insulin": (("clamp", "--insulin", "1e9"), "is 1e+09, allowed: 0 to 2000"),
    "far too high insulin": (("clamp", "--insulin", "1e9 pM"), "is 1e+09, allowed: 1 to 100000"),
    "insulin no number": (("clamp", "--insulin", "nan"), "allowed: a number with a unit"),
    "negative insulin": (("clamp", "--insulin=-1"), "is -1, allowed: 0 to 2000"),
    "option": (("clamp", "--cels", "60"), "--cels"),
    "command": (("clmp",), "clmp"),
    "argument": (("clamp", "obese"), "obese"),
    "number": (("clamp", "--cells", "many"), "--cells"),
    "cells": (("clamp", "--cells", "-5"), "cells is -5, allowed"),
    "too many cells": (("clamp", "--cells", "99999999999999"), "allowed: a whole number from 40 to 10000000"),
    "seed": (("clamp", "--seed", "-5"), "seed is -5, allowed"),
    "hours": (("clamp", "--hours", "0"), "hours is 0, allowed"),
    "glucose": (("clamp", "--glucose", "90"), "glucose_mM is 90, allowed: 2 to 30"),
    "every": (("clamp", "--every", "0"), "--every is 0, allowed: 1 or more"),
    "drink": (("ogtt", "--glucose-g", "-5"), "glucose_g is -5, allowed"),
    "folder": (("clamp", "--out", "nowhere/run.csv"), "there is no folder nowhere"),
    "below a file": (("clamp", "--out", "file/run.csv"), "there is no folder file"),
    "cells below a file": (("clamp", "--cells-out", "file/cells.csv"), "there is no folder file"),
    "a folder": (("clamp", "--out", "."), "cannot write ."),
    "ending": (("clamp", "--out", "run.xls"), "the ending is '.xls', allowed: .csv, .parquet"),
    "same file": (("clamp", "--out", "a.csv", "--cells-out", "a.csv"), "give two files"),
    "list out": (("info", "--out", "nowhere/info.csv"), "there is no folder nowhere"),
    "demo out": (("demo", "--folder", "file/results"), "cannot make the folder"),
    "demo cells": (("demo", "--folder", "new", "--cells", "-5"), "cells is -5, allowed"),
    "demo hours": (("demo", "--folder", "new", "--hours", "-1"), "hours is -1, allowed"),
    "port": (("serve", "--port", "99999"), "--port"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line_and_status_2(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    arguments, message = BAD[case]
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("insulattice: ")
    assert message in lines[0]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_bad_input_is_the_same_in_a_process_of_its_own():
    result = start("clamp", "--phenotype", "obes")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "insulattice: no phenotype is called 'obes'. Did you mean obese?\n"


def without_row(monkeypatch, folder, target, name):
    """Let a table be read without one of its rows."""
    module, _, attribute = target.rpartition(".")
    path = getattr(importlib.import_module(module), attribute)
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(f"{name},")]
    copy = folder / path.parent.name / path.name
    copy.parent.mkdir()
    copy.write_text("\n".join(kept) + "\n", encoding="utf-8")
    monkeypatch.setattr(target, copy)


def one_line(result):
    """What a command that ended with status 2 said."""
    assert (result.exit_code, result.stdout) == (2, "")
    return next(line for line in result.stderr.splitlines() if line.startswith("insulattice: "))


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("insulattice.agents.parameters.AGENT_PARAMETERS", "k_jnk_off"),
        ("insulattice.environment.parameters.ENVIRONMENT_PARAMETERS", "muscle_spacing"),
        (
            "insulattice.environment.parameters.ENVIRONMENT_PARAMETERS",
            "k_grinding",
        ),  # first read while it settles
    ],
)
def test_a_row_that_a_table_lacks_is_one_line_and_status_2(table, name, monkeypatch, tmp_path):
    without_row(monkeypatch, tmp_path, table, name)
    said = one_line(run("fasting", *SHORT))
    assert f"parameter {name!r}" in said
    assert f"is missing from {tmp_path}" in said


def test_a_wrong_file_of_phenotypes_is_one_line_and_status_2(monkeypatch, tmp_path):
    (tmp_path / "phenotypes.toml").write_text("[lean]\nheigth = 1.75\n", encoding="utf-8")
    monkeypatch.setattr(phenotype, "PHENOTYPES_FILE", tmp_path / "phenotypes.toml")
    phenotype.read_phenotypes.cache_clear()
    said = one_line(run("fasting", *SHORT))
    assert "phenotypes.toml: phenotype 'lean' has an unknown key 'heigth'. Did you mean height?" in said


@pytest.mark.parametrize("command", ["clamp", "parameters"])
def test_a_mechanism_without_rates_is_one_line_and_status_2(command):
    broken = "from insulattice.agents.mechanisms import jnk; del jnk.rates"
    code = f"{broken}; from insulattice.runs.cli import main; main()"
    result = subprocess.run([sys.executable, "-c", code, command], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "insulattice: mechanism 'jnk' has no 'rates'; it needs State and rates(cell, local, p)\n"
    )


def test_an_unwritable_file_is_found_before_the_run(monkeypatch):
    monkeypatch.setattr("insulattice.runs.console.record_of", lambda *_: pytest.fail("the run began"))
    result = run("clamp", "--out", "/proc/run.csv")
    assert result.exit_code == 2
    assert "cannot write /proc/run.csv" in result.stderr


def test_a_cache_that_cannot_be_used_is_one_line_and_status_2(tmp_path):
    (tmp_path / "file").touch()
    environment = os.environ | {"INSULATTICE_CACHE": str(tmp_path / "file" / "cache")}
    result = start("clamp", *SHORT, env=environment)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"insulattice: cannot use {tmp_path / 'file'}")
    assert len(result.stderr.splitlines()) == 1


@pytest.fixture
def failing(monkeypatch):
    """Bodies fall ill after five minutes."""
    from insulattice.environment import Body, SimulationError

    def check(self):
        if self.minute % 60 == 5:
            raise SimulationError(
                f"minute {self.minute:g}: muscle, state 'dag' of cell 7 is nan, allowed 0 to 50"
            )

    monkeypatch.setattr(Body, "check", check)


@pytest.mark.usefixtures("lean_body", "failing")
def test_a_failed_run_has_status_1_and_keeps_what_came_before(tmp_path):
    out = tmp_path / "run.csv"
    result = run("fasting", *SHORT, "--json", "--out", str(out))
    assert result.exit_code == 1
    assert "state 'dag' of cell 7 is nan" in json.loads(result.stdout)["error"]
    assert "state 'dag' of cell 7 is nan" in result.stderr.splitlines()[-1]
    assert 0 < pd.read_csv(out)["time"].max() < 60
    assert "dag" in json.loads((tmp_path / "run.csv.provenance.json").read_text())["error"]


@pytest.mark.usefixtures("lean_body", "failing")
def test_a_demonstration_that_fails_has_status_1_and_keeps_what_came_before(tmp_path):
    folder = tmp_path / "results"
    result = run("demo", *SHORT, "--folder", str(folder))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "lean: " in result.stderr and "state 'dag' of cell 7 is nan" in result.stderr
    assert str(folder / "clamp_lean_obese.csv") in result.stderr.splitlines()[-1]
    assert 0 < pd.read_csv(folder / "clamp_lean_obese.csv")["time"].max() < 60


@pytest.mark.usefixtures("lean_body")
def test_a_disk_that_is_full_after_the_run_is_one_line_and_status_1(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("insulattice.runs.record._write_table", full)
    result = run("fasting", *SHORT, "--hours", "0.1", "--out", str(tmp_path / "run.csv"))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].endswith("No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_parameters_can_be_searched(tmp_path):
    found = json.loads(run("parameters", "--search", "receptor", "--json").stdout)
    assert found and all("receptor" in " ".join(map(str, row.values())).lower() for row in found)
    out = tmp_path / "parameters.csv"
    assert run("parameters", "--out", str(out)).exit_code == 0
    everything = pd.read_csv(out, keep_default_na=False)
    assert len(everything) > len(found)
    assert {"name", "value", "low", "high", "unit", "kind", "source", "where"} <= set(everything.columns)


def test_arrows_say_which_are_cut():
    found = json.loads(run("arrows", "--without", "dag->pkc", "--json").stdout)
    assert [row["arrow"] for row in found if not row["active"]] == ["dag->pkc"]


def test_sources_name_the_papers_and_count_the_kinds():
    found = json.loads(run("sources", "--json").stdout)
    assert "doi:10.1074/jbc.M112.432062" in {row["source"] for row in found["sources"]}
    assert sum(row["parameters"] for row in found["sources"]) == sum(found["parameters_by_kind"].values())


def test_info_tells_versions_threads_and_cache(shared_cache):
    found = json.loads(run("info", "--json").stdout)
    assert found["cache_folder"] == str(shared_cache)
    assert found["threads"] >= 1
    assert "numba" in found["engine"]
    assert "lean" in found["phenotypes"]


def test_the_demonstration_writes_table_and_figures_and_prints_both_m_values(tmp_path, monkeypatch):
    from matplotlib.figure import Figure

    drawn = {}
    monkeypatch.setattr(demo, "figures", lambda records: drawn.update(records) or {"": Figure()})
    folder = tmp_path / "results"
    bodies = ("--cells", "300", "--seed", "1")  # those of the tests of literature
    result = run("demo", *bodies, "--hours", "0.2", "--folder", str(folder), "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert {"lean", "obese", "m_ratio_obese_lean", "files"} <= set(found)
    assert set(drawn) == {"lean", "obese"}
    table = pd.read_parquet(folder / "clamp_lean_obese.parquet")
    assert set(table["phenotype"]) == {"lean", "obese"}
    assert {path.name for path in folder.iterdir()} >= {"clamp_lean_obese.csv", "clamp_lean_obese.png"}
    assert not list(folder.glob("*.tmp"))


def test_the_page_is_served_on_this_machine_only_and_a_taken_port_is_named():
    command = serve.serve_command(8765, open_page=False)
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert "--no-open" in command and "--production" in command
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("serve", "--port", str(port), "--no-open")
    assert result.exit_code == 2
    assert f"port {port} cannot be used" in result.stderr


def test_serving_without_its_packages_says_what_to_install(monkeypatch):
    monkeypatch.setattr(serve, "find_spec", lambda name: None)
    result = run("serve", "--no-open")
    assert result.exit_code == 2
    assert "pip install 'insulattice[serve]'" in result.stderr


def test_the_installed_command_is_this_one():
    command = Path(sys.executable).with_name("insulattice")
    if not command.exists():
        pytest.skip("insulattice is not installed beside this Python")
    result = subprocess.run([command, "--version"], capture_output=True, text=True, env=os.environ)
    assert result.stdout.startswith("insulattice ")
