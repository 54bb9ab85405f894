"""The work of a validation: what is kept is not done again, what is missing or changed is, and failures are told."""

import functools
import io
from types import SimpleNamespace

import pandas as pd
import pytest
from rich.console import Console

from insulattice.environment import SimulationError, read_phenotypes
from insulattice.environment.body import read_parameters
from insulattice.runs.store import Store
from insulattice.runs.study import running as study
from insulattice.runs.study.running import Options
from insulattice.runs.validation import work as validation_run
from insulattice.runs.validation.found import Found, Job
from insulattice.runs.validation.jobs import PARTS, plan
from insulattice.runs.validation.work import (
    live_histories,
    part_key,
    phenotypes_of,
    run_kept_studies,
    run_parts,
)

FILE = """\
id = "{name}"
title = "Metformin lowers glucose"
[population]
phenotype = "obese_t2d"
subjects = 2
{more}
[[arms]]
name = "before"
[[arms]]
name = "week"
days = 7
rules = [{{ rule = "metformin" }}]
[[tests]]
name = "fasting"
protocol = "fasting"
[[expect]]
test = "fasting"
arm = "week"
versus = "before"
quantity = "glucose"
observed = -25
[[expect]]
test = "fasting"
arm = "before"
versus = "phenotype:lean"
quantity = "glucose"
as = "difference"
observed = 4
sem = 1
"""


@pytest.fixture
def store(tmp_path):
    """An empty store."""
    return Store(tmp_path / "kept")


@pytest.fixture
def console():
    """A console that keeps what it is told."""
    return Console(record=True, file=io.StringIO(), width=200)


@pytest.fixture
def lived(monkeypatch):
    """No bodies; glucose is 8 under treatment, else 10. Gives the phenotypes that lived, one for each life."""
    lives = []

    def settle(subject, cells):
        return {"fasting_glucose_mM": 10.0, "liver_fat_percent": 10.0, "muscle_lipid": 1.0}

    def live(subject, regime, visits, cells, accelerated):
        lives.append(subject.phenotype.name)
        value = (8.0 if regime.life else 10.0) + 0.1 * subject.number
        return {(visit.test.name, reading): value for visit in visits for reading in visit.readings}

    monkeypatch.setattr(study, "settle_representative", lambda *given: None)
    monkeypatch.setattr(study, "settle_subject", settle)
    monkeypatch.setattr(study, "live_and_test", live)
    return lives


def written(folder, name, more=""):
    """A study file."""
    path = folder / f"{name}.toml"
    path.write_text(FILE.format(name=name, more=more))
    return path


def ran(paths, store, **options):
    """Results of studies, and the names of those that were reported."""
    told = []
    found = run_kept_studies(paths, Options(**options), store, lambda result: told.append(result.name))
    return found, told


# ---- studies --------------------------------------------------------------------------------------------------------


def test_kept_rows_are_those_that_were_found(tmp_path, store, lived):
    paths = [written(tmp_path, "one", "fasting_glucose_mM = 15"), written(tmp_path, "two")]
    fresh, told = ran(paths, store)
    number = len(lived)
    assert number > 0
    again, told_again = ran(paths, store)
    assert len(lived) == number
    assert sorted(told) == told_again == ["one", "two"]
    for one, other in zip(fresh, again, strict=True):
        assert one.rows == other.rows
        assert repr(one.outcomes) == repr(other.outcomes)
        assert (one.name, one.title, one.notes, one.whens) == (
            other.name,
            other.title,
            other.notes,
            other.whens,
        )
    assert fresh[0].notes


def test_results_come_in_the_order_of_the_files_whether_kept_or_not(tmp_path, store, lived):
    paths = [written(tmp_path, name) for name in ("one", "two", "three")]
    ran(paths[1:2], store)
    assert [result.name for result in ran(paths, store)[0]] == ["one", "two", "three"]


def test_a_changed_file_is_done_again_and_the_others_are_not(tmp_path, store, lived):
    paths = [written(tmp_path, "one"), written(tmp_path, "two")]
    ran(paths, store)
    lived.clear()
    written(tmp_path, "two", "bmi = 30")
    ran(paths, store)
    assert lived.count("obese_t2d") == 6  # two subjects in three arms of one study
    assert len(lived) == 8


@pytest.mark.parametrize("option", [{"subjects": 3}, {"cells": 100}, {"seed": 2}, {"full": True}])
def test_other_options_are_another_result(option, tmp_path, store, lived):
    paths = [written(tmp_path, "one")]
    ran(paths, store)
    lived.clear()
    ran(paths, store, **option)
    assert lived


def test_the_number_of_processes_is_not(tmp_path, store, lived):
    paths = [written(tmp_path, "one")]
    ran(paths, store, jobs=1)
    lived.clear()
    ran(paths, store, jobs=2)
    assert lived == []


@pytest.mark.parametrize("changed", ["parameters", "code"])
def test_a_changed_parameter_or_line_of_code_makes_all_new(changed, tmp_path, store, lived, monkeypatch):
    paths = [written(tmp_path, "one")]
    ran(paths, store)
    lived.clear()
    if changed == "parameters":
        other = SimpleNamespace(fingerprint=lambda: "other")
        monkeypatch.setattr(validation_run, "read_parameters", lambda: other)
    else:
        monkeypatch.setattr(validation_run, "digest_of", lambda module: "other")
    ran(paths, store)
    assert lived


def test_what_was_done_before_a_stop_is_kept(tmp_path, store, lived):
    paths = [written(tmp_path, "one"), written(tmp_path, "two", "bmi = 30")]

    def stop(result):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_kept_studies(paths, Options(), store, stop)
    (kept,) = store.folder.iterdir()
    assert kept.name.startswith("study_one_")
    lived.clear()
    assert [result.failed for result in ran(paths, store)[0]] == [False, False]
    assert lived.count("obese_t2d") == 6


def test_a_study_that_failed_is_not_kept_and_leaves_the_others_alone(tmp_path, store, lived, monkeypatch):
    paths = [written(tmp_path, "one"), written(tmp_path, "two")]
    live = study.live_and_test

    def failing(subject, regime, *rest):
        if regime.life:
            raise SimulationError("glucose in blood is -1")
        return live(subject, regime, *rest)

    monkeypatch.setattr(study, "live_and_test", failing)
    found, _ = ran(paths, store)
    assert [row["error"] for row in found[0].rows] == ["glucose in blood is -1", ""]
    monkeypatch.setattr(study, "live_and_test", live)
    assert not ran(paths, store)[0][0].failed


def test_a_bad_file_is_a_row_with_its_reason_and_is_not_kept(tmp_path, store, lived):
    bad = tmp_path / "bad.toml"
    bad.write_text(FILE.format(name="bad", more="bmj = 30"))
    found, told = ran([bad, written(tmp_path, "good")], store)
    assert told == ["bad", "good"]
    assert "unknown key population.bmj" in found[0].rows[0]["error"]
    assert len(list(store.folder.iterdir())) == 1


def test_the_phenotypes_of_studies_are_their_own_and_those_compared_with(tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("id = ")
    assert phenotypes_of([bad, written(tmp_path, "one")]) == ["lean", "obese_t2d"]


# ---- measurement parts ----------------------------------------------------------------------------------------------


def finds(calls, name, value):
    """Find a number and a table, and note the call."""
    calls.append(name)
    table = pd.DataFrame({"a": [value], "words": ["x"]}, index=[7])
    return Found({(name, "clamp", "m"): value}, {f"course {name}": table})


def fails(calls, name):
    """Fail as a run does."""
    calls.append(name)
    raise SimulationError("minute 3: it failed")


def breaks(calls, name):
    """Fail as code does."""
    raise KeyError(name)


@pytest.fixture
def counted(monkeypatch):
    """Calls of jobs; what a job is called with has to be plain for its key."""
    calls = []

    def job(label, work, *arguments):
        partial = functools.partial(work, calls)
        partial.__name__ = work.__name__
        return Job(label, partial, arguments)

    return calls, job


def test_a_job_is_done_once_and_found_alike(store, console, counted):
    calls, job = counted
    jobs = [job("one", finds, "lean", 2.0), job("two", finds, "obese", 3.0)]
    first = run_parts(jobs, 1, store, console)
    again = run_parts(jobs, 1, store, console)
    assert calls == ["lean", "obese"]
    assert first.numbers == again.numbers == {("lean", "clamp", "m"): 2.0, ("obese", "clamp", "m"): 3.0}
    for name, table in first.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)
    assert "1 of 2" in console.export_text()


def test_a_job_with_other_arguments_is_done_again(store, console, counted):
    calls, job = counted
    run_parts([job("one", finds, "lean", 2.0)], 1, store, console)
    assert run_parts([job("one", finds, "lean", 2.5)], 1, store, console).numbers == {
        ("lean", "clamp", "m"): 2.5
    }
    assert calls == ["lean", "lean"]


def test_a_job_that_fails_is_told_left_out_and_tried_again(store, console, counted):
    calls, job = counted
    jobs = [job("bad", fails, "lean"), job("good", finds, "obese", 3.0), job("broken", breaks, "x")]
    for _ in range(2):
        found = run_parts(jobs, 1, store, console)
        assert found.failures == {"bad": "minute 3: it failed", "broken": "KeyError: 'x'"}
        assert list(found.numbers) == [("obese", "clamp", "m")]
    assert calls == ["lean", "obese", "lean"]
    assert "bad: minute 3: it failed" in console.export_text()


def test_every_job_of_a_whole_plan_has_a_key_of_its_own():
    jobs = plan(read_phenotypes(), PARTS, 300, 1, read_parameters())
    assert len({part_key(job) for job in jobs}) == len(jobs)


def test_the_cost_of_a_history_is_told_by_another_process(console, tmp_path, monkeypatch):
    monkeypatch.setattr(validation_run, "_do", lambda job: (Found(), ["lived them in 44 s"]))
    monkeypatch.setattr(validation_run.scheduler.Scheduler, "_new_executor", thread)
    assert live_histories(["lean"], 40, 2, console) == {}
    assert "history of lean: lived them in 44 s" in console.export_text()


def thread(scheduler):
    """One thread, whatever the number of processes."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(1)


def test_what_a_history_says_is_heard_and_nothing_else():
    with validation_run._heard("history") as lines:
        for module, text in (("history", "lived them in 44 s"), ("settle", "settled")):
            record = validation_run.log.makeRecord("insulattice", 20, f"{module}.py", 1, text, (), None)
            validation_run.log.handle(record)
    assert lines == ["lived them in 44 s"]
