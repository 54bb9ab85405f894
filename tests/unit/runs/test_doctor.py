"""The doctor: a line for each check, what to do, and the exit status."""

import json
import shutil
import sys
from collections import namedtuple

import pytest
from typer.testing import CliRunner

from insulattice.agents.kernel import BLOCK
from insulattice.runs import cli, doctor, doctor_smoke
from insulattice.runs.doctor import Finding


def run(*arguments):
    """Run the command line in this process."""
    return CliRunner().invoke(cli.app, ["doctor", *arguments])


def only(check):
    """The one finding of a check."""
    (found,) = check()
    return found


def test_an_installation_for_tests_is_sound():
    result = run("--quick", "--json")
    found = json.loads(result.stdout)
    wrong = [line for line in found["checks"] if line["status"] == "fail"]
    assert (result.exit_code, wrong) == (0, [])
    assert {line["check"] for line in found["checks"]} >= {
        "Python", "packages", "tested versions", "cache", "disk", "threads", "tables", "browser", "extra sbml",
    }  # fmt: skip
    assert all(line["advice"] for line in found["checks"] if line["status"] == "warn")


def test_a_failure_is_status_1_and_says_what_to_do(monkeypatch):
    failing = {"disk": lambda: iter([Finding("disk", "fail", "0.1 GB free", "free some")])}
    monkeypatch.setattr(doctor, "CHECKS", failing)
    result = run()
    assert result.exit_code == 1
    assert "disk" in result.stdout and "0.1 GB free  -> free some" in result.stdout
    assert "0 ok, 0 warn, 1 fail" in result.stdout


@pytest.mark.parametrize(("python", "status"), [((3, 10), "fail"), ((3, 12), "ok"), ((3, 99), "warn")])
def test_pythons_are_those_that_are_tested(python, status, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (*python, 0, "final", 0))
    assert only(doctor.python).status == status


def test_a_cache_that_cannot_be_written_fails(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("INSULATTICE_CACHE", str(tmp_path / "file" / "cache"))
    found = only(doctor.cache)
    assert (found.status, "INSULATTICE_CACHE" in found.advice) == ("fail", True)


@pytest.mark.parametrize(("free", "status"), [(0.1, "fail"), (1.0, "warn"), (50.0, "ok")])
def test_space_on_the_disk_is_seen(free, status, monkeypatch, tmp_path):
    monkeypatch.setenv("INSULATTICE_CACHE", str(tmp_path))
    usage = namedtuple("usage", "total used free")(0, 0, int(free * 1e9))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert [found.status for found in doctor.cache()] == ["ok", status]


@pytest.mark.parametrize(("threads", "status"), [("none", "fail"), ("999", "warn"), ("1", "ok")])
def test_threads_are_seen(threads, status, monkeypatch):
    monkeypatch.setenv("INSULATTICE_THREADS", threads)
    assert only(doctor.threads).status == status


def test_a_missing_or_old_package_is_named(monkeypatch):
    versions = {"numpy": None, "scipy": "0.1"}
    here = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: versions.get(name, here(name)))
    found = only(doctor.packages)
    assert found.status == "fail"
    assert "numpy is missing" in found.found and "scipy is 0.1, needed >=1.15" in found.found


def test_a_missing_extra_is_a_warning_with_its_purpose(monkeypatch):
    here = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "python-libsbml" else here(name))
    lines = {found.check: found for found in doctor.extras()}
    assert lines["extra sbml"].status == "warn"
    assert "one cell as SBML" in lines["extra sbml"].advice and "[sbml]" in lines["extra sbml"].advice


def test_other_versions_than_the_tested_are_a_warning(monkeypatch, tmp_path):
    (tmp_path / "constraints.txt").write_text('numpy==0.0.1\nmesa==1 ; python_version < "3"\nmesa==2\n')
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    found = only(doctor.pins)
    assert found.status == "warn" and "numpy" in found.found and "tested 1 or 2" in found.found
    monkeypatch.setattr(doctor, "ROOT", tmp_path / "installed")
    assert only(doctor.pins).status == "ok"


def test_a_table_that_cannot_be_read_fails(monkeypatch, tmp_path):
    (tmp_path / "parameters.csv").write_text("name,value\n")
    monkeypatch.setattr("insulattice.agents.parameters.AGENT_PARAMETERS", tmp_path / "parameters.csv")
    found = only(doctor.tables)
    assert found.status == "fail" and "missing column" in found.found


@pytest.mark.parametrize(("there", "status"), [("/usr/bin/firefox", "ok"), (None, "warn")])
def test_a_browser_is_looked_for(there, status, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: there)
    monkeypatch.setattr(sys, "platform", "linux")
    assert only(doctor.browser).status == status


def test_the_smoke_run_compares_the_compiled_step_with_the_plain_one(monkeypatch):
    monkeypatch.setattr(doctor_smoke, "MINUTES", 2)
    worst, minutes, _ = doctor_smoke.compare()
    assert 0.0 < worst < 1e-9
    assert minutes == 4 * BLOCK * 2


@pytest.mark.parametrize(
    ("outcome", "status"),
    [((1e-14, 10, 0.0), "ok"), ((1e-3, 10, 0.0), "fail"), ((float("nan"), 10, 0.0), "fail")],
)
def test_a_smoke_run_that_differs_fails(outcome, status, monkeypatch):
    monkeypatch.setattr(doctor_smoke, "compare", lambda: outcome)
    assert only(doctor.smoke).status == status


def test_a_compiler_that_does_not_work_fails(monkeypatch):
    def broken():
        raise OSError("no LLVM here")

    monkeypatch.setattr(doctor_smoke, "compare", broken)
    assert only(doctor.smoke).found == "OSError: no LLVM here"
