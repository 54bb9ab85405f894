"""Evaluations are computed once, whatever stops the work; failures are kept with their reason."""

import subprocess
import sys
from math import isnan
from pathlib import Path

import pandas as pd
import pytest

from insulattice.environment import SimulationError
from insulattice.environment.body import read_parameters
from insulattice.runs.fitting.evaluations import Answers, Evaluator, FunctionExperiment, Number, WorkLost
from insulattice.runs.parameter_space import Space, choose

TABLE = read_parameters()
SPACE = Space(TABLE, choose(TABLE, ["lipolysis_max", "vldl_half"]))
POINTS = [[0.1, 0.2], [0.3, 0.2], [0.1, 0.2], [0.5, 0.9]]


class Counted:
    """A cheap experiment that counts its calls; ``does`` may fail."""

    def __init__(self, does=None):
        self.calls = []
        self.does = does

    def __call__(self, values):
        self.calls.append(dict(values))
        if self.does is not None:
            self.does(len(self.calls))
        return {"sum": sum(dict(values).values())}


def experiment(call, reads=None):
    return FunctionExperiment("counted", call, ("sum",), reads=reads)


def sums(answers):
    """The numbers of the only experiment."""
    return [answer["sum"].value for (answer,) in answers]


def evaluator(call, folder, reads=None):
    return Evaluator(SPACE, [experiment(call, reads)], Answers(folder))


def test_equal_points_are_computed_once_and_what_is_kept_is_not_computed_again(tmp_path):
    call = Counted()
    first = evaluator(call, tmp_path)
    answers = sums(first(POINTS))
    assert len(call.calls) == 3
    assert answers[0] == answers[2]
    again = Counted()
    second = evaluator(again, tmp_path)
    assert sums(second(POINTS)) == answers
    assert again.calls == []
    assert (first.tally.computed, second.tally.computed, second.tally.kept) == (3, 0, 3)


def test_what_is_kept_is_a_table_one_can_read(tmp_path):
    evaluator(Counted(), tmp_path)(POINTS[:1])
    (file,) = tmp_path.glob("*.parquet")
    (row,) = pd.read_parquet(file).to_dict(orient="records")
    assert (row["experiment"], row["output"]) == ("counted", "sum")
    assert '"lipolysis_max"' in row["parameters"]


def test_a_failure_of_the_model_is_kept_with_its_reason(tmp_path):
    def wrong(call):
        raise SimulationError("glucose in blood is -1")

    failing = evaluator(Counted(wrong), tmp_path)
    ((answer,),) = failing(POINTS[:1])
    assert isnan(answer["sum"].value)
    assert answer["sum"].reason == "glucose in blood is -1"
    assert failing.tally.failed == {"glucose in blood is -1": 1}
    again = Counted()
    ((kept,),) = evaluator(again, tmp_path)(POINTS[:1])
    assert (kept["sum"].reason, again.calls) == ("glucose in blood is -1", [])


def test_work_that_is_lost_is_no_answer_and_what_came_before_is_kept(tmp_path):
    def stop(call):
        if call == 2:
            raise MemoryError("too little")

    with pytest.raises(WorkLost, match="MemoryError: too little"):
        evaluator(Counted(stop), tmp_path)(POINTS)
    again = Counted()
    evaluator(again, tmp_path)(POINTS)
    assert len(again.calls) == 1


def test_a_damaged_file_is_computed_again(tmp_path, caplog):
    answers = sums(evaluator(Counted(), tmp_path)(POINTS))
    damaged = sorted(tmp_path.glob("*.parquet"))[0]
    damaged.write_bytes(b"PAR1")
    again = Counted()
    assert sums(evaluator(again, tmp_path)(POINTS)) == answers
    assert len(again.calls) == 1
    assert "cannot be read" in caplog.text


def test_only_what_an_experiment_reads_makes_it_another(tmp_path):
    call = Counted()
    evaluator(call, tmp_path, frozenset({"vldl_half"}))([[0.1, 0.2], [0.7, 0.2], [0.7, 0.3]])
    assert len(call.calls) == 2


KILLED = """\
import sys, time
from pathlib import Path
from insulattice.environment.body import read_parameters
from insulattice.runs.fitting.evaluations import Evaluator, FunctionExperiment, Answers
from insulattice.runs.parameter_space import Space, choose
folder, pause = Path(sys.argv[1]), float(sys.argv[2])
def slow(values):
    with (folder / "calls").open("a") as file:
        file.write("call\\n")
    time.sleep(pause)
    return {"sum": sum(dict(values).values())}
table = read_parameters()
space = Space(table, choose(table, ["vldl_half"]))
found = Evaluator(space, [FunctionExperiment("slow", slow, ("sum",))], Answers(folder / "store"))
found([[0.1 * place] for place in range(1, 7)])
print(found.tally.computed, found.tally.kept)
"""


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen([*command, "0.2"]) as run:
        while len(list((tmp_path / "store").glob("*.parquet"))) < 2 and run.poll() is None:
            pass
        run.kill()
    kept = len(list((tmp_path / "store").glob("*.parquet")))
    assert 2 <= kept < 6
    rest = subprocess.run([*command, "0"], capture_output=True, text=True, check=True)
    assert rest.stdout.split() == [str(6 - kept), str(kept)]
    calls = len(Path(tmp_path / "calls").read_text().splitlines())
    assert calls in (6, 7)  # at most the one that was under way is done twice


def test_progress_counts_what_is_kept_too(tmp_path):
    evaluator(Counted(), tmp_path)(POINTS[:2])
    seen = []
    found = Evaluator(
        SPACE, [experiment(Counted())], Answers(tmp_path), progress=lambda *now: seen.append(now)
    )
    found.expected = 4
    found(POINTS)
    assert seen[-1] == (3, 4)
    assert Number(1.0).reason == ""
