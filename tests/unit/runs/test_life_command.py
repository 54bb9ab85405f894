"""The commands live, compare and rules: what they print and write, and that nothing is lost when one is stopped."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial

import pandas as pd
import pytest
from typer.testing import CliRunner

from insulattice.environment import RULES, Body
from insulattice.runs import cli

SHORT = ("--cells", "60", "--days", "1")
METFORMIN = ("--rule", "metformin dose_mg_per_day=2000")


def run(*arguments):
    """Run the command line in this process."""
    return CliRunner().invoke(cli.app, list(arguments))


def refused(*arguments):
    """Return the one line that a command is refused with."""
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert len(result.stderr.strip().splitlines()) == 1
    return result.stderr


@pytest.fixture(scope="module", autouse=True)
def settled(shared_cache):
    """The body of these tests is in the cache."""
    return Body("lean", cells=60)


def test_a_life_with_tests_before_and_after(tmp_path):
    files = ("--out", str(tmp_path / "life.csv"), "--figure", str(tmp_path / "life.png"))
    result = run("live", *SHORT, *METFORMIN, "--test", "clamp", "--test", "fasting", "--json", *files)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["mode"] == "full"
    for when in ("before", "after"):
        assert 1.0 < found[when]["clamp"]["m_value_mg_kg_min"] < 12.0
        assert set(found[when]) == {"now", "clamp", "fasting"}
    assert found["files"] == [str(tmp_path / "life.csv"), str(tmp_path / "life.png")]
    assert "metformin" in set(pd.read_csv(tmp_path / "life.csv")["quantity"])
    assert json.loads((tmp_path / "life.csv.provenance.json").read_text())["rules"][0]["rule"] == "Metformin"


def test_the_table_says_how_it_was_lived():
    shown = run("live", *SHORT, "--accelerated").stdout
    assert "accelerated" in shown
    assert re.search(r"M came within \d+\.\d % of every minute lived in 3 lives", shown)
    assert "full resolution" in run("live", *SHORT).stdout
    assert "body mass" in shown


def test_arms_start_from_one_moment(tmp_path):
    arms = ("--arm", "control", "--arm", "same:", "--arm", "drug: metformin dose_mg_per_day=2000; exercise")
    files = ("--out", str(tmp_path / "arms.parquet"), "--figure", str(tmp_path / "arms.pdf"))
    result = run("compare", *SHORT, *arms, "--test", "fasting", "--json", *files)
    assert result.exit_code == 0, result.stderr
    after = json.loads(result.stdout)["after"]
    assert {k: v for k, v in after["control"]["fasting"].items()} == after["same"]["fasting"]
    assert after["control"]["fasting"] != after["drug"]["fasting"]
    diaries = pd.read_parquet(tmp_path / "arms.parquet")
    assert list(dict.fromkeys(diaries["arm"])) == ["control", "same", "drug"]
    first = diaries[diaries["day"] == 0.0]
    first = first[first["event"] == "day"].groupby("arm")["value"].sum()
    assert first["control"] == first["drug"]


def test_arms_come_from_a_file(tmp_path):
    (tmp_path / "arms.toml").write_text('[arms]\ncontrol = []\ndrug = ["metformin"]\n')
    result = run("compare", *SHORT, "--arms", str(tmp_path / "arms.toml"))
    assert result.exit_code == 0, result.stderr
    assert "control" in result.stdout
    (tmp_path / "arms.toml").write_text("arms = 3\n")
    assert "allowed: a section [arms]" in refused("compare", *SHORT, "--arms", str(tmp_path / "arms.toml"))


def test_rules_are_listed_with_arguments_defaults_and_sources():
    rows = json.loads(run("rules", "--json").stdout)
    assert {row["rule"] for row in rows} == set(RULES)
    assert all(
        set(row) == {"rule", "what", "argument", "default", "unit", "allowed", "source"} for row in rows
    )
    assert "bouts_per_week" in run("rules", "--search", "exercise").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--rule", "metformn"), "Did you mean metformin?"),
        (("--rule", "metformin dose_mg_per_day=-1"), "allowed: 0 to 4000"),
        (("--rule", "metformin dose_mg_per_day=1e9"), "allowed: 0 to 4000"),
        (("--rule", "metformin stop_day=0.5", "--rule", "metformin dose_mg_per_day=500"), "overlap"),
        (("--rule", "metformin start_day=3"), "start_day is 3"),
        (("--rule", "knockout arrow=dag->pkd"), "dag->pkc"),
        (("--test", "clmp"), "Did you mean clamp?"),
        (("--days", "-1"), "days is -1"),
        (("--days", "nan"), "days is nan"),
        (("--every-days", "0", "--out", "life.csv"), "every_days is 0"),
        (("--out", "none/life.csv"), "there is no folder none"),
        (("--figure", "none/life.png"), "there is no folder none"),
        (("--figure", "life.xyz"), "the ending is '.xyz', allowed: .png, .pdf, .svg"),
        (("--resume",), "--resume needs --checkpoint"),
        (("--checkpoint", "c"), "--checkpoint needs --out"),
        (("--resume", "--checkpoint", "bad", "--out", "life.csv"), "bad is damaged, or no checkpoint"),
    ],
    ids=lambda item: " ".join(item) if isinstance(item, tuple) else "",
)
def test_bad_input_is_one_line(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad").write_bytes(b"not a body")
    assert message in refused("live", *SHORT, *arguments)
    assert [path.name for path in tmp_path.iterdir()] == ["bad"]


def test_a_figure_that_cannot_be_written_at_the_end_loses_no_results(tmp_path, monkeypatch):
    from matplotlib.figure import Figure

    def full(figure, to, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", full)
    result = run("live", *SHORT, "--figure", str(tmp_path / "life.png"))
    assert result.exit_code == 1
    assert "body mass" in result.stdout
    assert "life.png: No space left on device" in result.stderr


def test_a_folder_that_is_gone_is_not_said_to_hold_what_came_before(tmp_path, monkeypatch):
    from insulattice.environment import SimulationError
    from insulattice.runs import life as lives

    def gone(stream, rows):
        raise SimulationError(stream._failure(OSError(2, "No such file or directory")))

    monkeypatch.setattr(lives.Stream, "add", gone)
    result = run("live", *SHORT, "--out", str(tmp_path / "a.csv"), "--checkpoint", str(tmp_path / "a"))
    assert result.exit_code == 1
    assert "a.csv: No such file or directory" in result.stderr
    assert "came before" not in result.stderr
    assert "--resume" not in result.stderr


@pytest.mark.parametrize(
    "arms", [(), ("--arm", "one"), ("--arm", "a", "--arm", "a"), ("--arm", ": metformin", "--arm", "b")]
)
def test_arms_that_make_no_comparison_are_one_line(arms):
    assert "arm" in refused("compare", *SHORT, *arms)


LONG = ("--cells", "60", "--days", "4", "--every-days", "0.25", *METFORMIN)


def long_life(folder, *arguments):
    """The arguments of a life of some days with its files in a folder."""
    files = ("--out", str(folder / "life.parquet"), "--checkpoint", str(folder / "life.checkpoint"))
    return ["live", *LONG, *files, *arguments]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder with a life that nobody stopped, and what it printed."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, json.loads(run(*long_life(folder, "--json")).stdout)


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_a_life_that_was_stopped_goes_on_as_if_nothing_had_been(tmp_path, whole, stop):
    command = [sys.executable, "-m", "insulattice.runs.cli", *long_life(tmp_path)]
    # Where the tests run in the background, Ctrl-C is ignored and children inherit that.
    listens = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=listens)
    deadline = time.monotonic() + 120.0
    while len(list((tmp_path / "life.parquet.parts").glob("part-*.parquet"))) < 3:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(process.pid, stop)
    error = process.communicate(timeout=60)[1]
    assert process.returncode != 0
    if stop == signal.SIGINT:
        assert process.returncode == 130
        assert error.strip().splitlines()[-1] == "insulattice: stopped by hand (go on with --resume)"
    assert not (tmp_path / "life.parquet").exists()
    assert len(pd.read_parquet(tmp_path / "life.parquet.parts")) > 150
    assert "add --resume" in refused(*long_life(tmp_path))
    assert "is of a life with seed 1, given 2" in refused(*long_life(tmp_path, "--resume", "--seed", "2"))
    found, (folder, wanted) = json.loads(run(*long_life(tmp_path, "--resume", "--json")).stdout), whole
    assert found["after"] == wanted["after"]
    assert found["before"] == wanted["before"]
    tables = [pd.read_parquet(place / "life.parquet") for place in (tmp_path, folder)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in folder.iterdir())
