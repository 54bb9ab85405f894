"""Completion: what a shell is offered, and how."""

import os
import shutil
import subprocess
import sys

import pytest

from insulattice.agents.arrows import read_arrows
from insulattice.environment import RULES, read_phenotypes
from insulattice.environment.body import read_parameters
from insulattice.runs.commands import completion
from insulattice.runs.commands.completion import BASH_ENDS, SHELLS, offers, script


def names(find):
    """The words that are offered."""
    return [word for word, _ in find()]


def test_what_is_offered_is_what_there_is():
    assert names(completion.phenotypes) == list(read_phenotypes())
    assert names(completion.arrows) == list(read_arrows())
    assert sorted(names(completion.rules)) == sorted(RULES)
    table = {row.name for row in read_parameters() if row.kind != "start"}
    assert {word.rstrip("=") for word in names(completion.parameters)} == table
    assert {"glut4_surface", "dag", "m1"} <= set(names(completion.states))
    assert {"hundal2000", "adams2004"} <= set(names(completion.studies))


def test_only_what_begins_so_is_offered():
    assert [word for word, _ in offers(completion.phenotypes)("obese")] == ["obese", "obese_t2d"]


def test_a_table_that_cannot_be_read_offers_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(completion, "ROOMS", tmp_path)
    assert offers(completion.phenotypes)("") == []


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_asks_our_command(shell):
    assert f"_INSULATTICE_COMPLETE=complete_{shell}" in script(shell)
    assert (BASH_ENDS in script(shell)) == (shell == "bash")


def answer(shell, *typed):
    """What our command answers a shell."""
    told = {"bash": {"COMP_WORDS": "\n".join(typed), "COMP_CWORD": str(len(typed) - 1)}}
    asked = {"_TYPER_COMPLETE_ARGS": " ".join(typed), "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    environment = os.environ | told.get(shell, asked) | {"_INSULATTICE_COMPLETE": f"complete_{shell}"}
    code = "import sys; sys.argv[0] = 'insulattice'; from insulattice.runs.cli import main; main()"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_an_answer(shell):
    found = answer(shell, "insulattice", "clamp", "--phenotype", "obese_")
    assert "obese_t2d" in found and "prediabetic" not in found


@pytest.mark.skipif(shutil.which("bash") is None, reason="NO BASH: its script was not run")
def test_bash_quotes_an_arrow_and_leaves_room_for_a_value(tmp_path):
    fake = tmp_path / "insulattice"
    fake.write_text("#!/bin/sh\necho 'dag->pkc'\n")
    fake.chmod(0o755)
    ask = 'COMP_WORDS=(insulattice clamp --without "$1"); COMP_CWORD=3; _insulattice_completion insulattice'
    for typed, expected in (("dag", "'dag->pkc'"), ("'dag", "dag->pkc")):
        run = subprocess.run(
            ["bash", "-c", f'{script("bash")}\n{ask}\necho "${{COMPREPLY[0]}}"', "bash", typed],
            env=os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
        )
        assert run.stdout.strip() == expected, run.stderr
