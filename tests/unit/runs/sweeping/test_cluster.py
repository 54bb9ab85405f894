"""Sweeps on two processes of this machine: the same results as here, whatever is shared, short, lost or far away."""

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import cloudpickle
import numpy as np
import pandas as pd
import pytest

from insulattice.analysis import load, load_manifest
from insulattice.runs.sweeping import flow
from insulattice.runs.sweeping.body_experiment import BodyExperiment
from insulattice.runs.sweeping.cluster import NoCluster, connected
from insulattice.runs.sweeping.sweep import sweep
from insulattice.runs.sweeping.work import Work

pytestmark = pytest.mark.slow


def draw(x, seed):
    """A run that is quick."""
    if x == 3:
        raise ValueError("three is too many")
    return {"draw": np.random.default_rng([seed, x]).random(), "cells": pd.DataFrame({"x": [x]})}


def hang_or_die(x):
    """A run that hangs, or ends its process."""
    if x == 1:
        time.sleep(600)
    if x == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return float(x)


@dataclass(frozen=True)
class Warmed:
    """An experiment that notes when it compiles, and from when to when."""

    folder: str
    code: str = "1"

    def warm(self):
        """Compile, as it were."""
        began = time.time()
        time.sleep(0.3)
        Path(self.folder, f"{os.getpid()}").write_text(f"{began} {time.time()}")

    def __call__(self, x):
        """Take some time, so that both processes have something to do."""
        time.sleep(0.1)
        return float(x)


@pytest.fixture(scope="module")
def client():
    """A cluster of two processes; this file is sent to them."""
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with connected(None, 2) as client:
        yield client
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


@pytest.fixture
def far_away(monkeypatch):
    """Workers do not see the run store."""

    def work(call, with_seed, code, parameters, folder, *others):
        return Work(call, with_seed, code, parameters, f"{folder}/nowhere", *others)

    monkeypatch.setattr("insulattice.runs.sweeping.sweep.Work", work)


def rows(folder):
    """Results, cells and what became of each run, wall time and host aside."""
    return load(folder), load(folder, "cells"), load_manifest(folder).drop(columns=["wall_s", "host"])


def test_two_processes_give_what_one_gives_wherever_the_store_is(client, tmp_path, request):
    design = {"x": list(range(40))}
    for where, scheduler in (("here", "here"), ("near", client)):
        sweep(draw, design, 2, out=tmp_path / where, scheduler=scheduler)
    request.getfixturevalue("far_away")
    sweep(draw, design, 2, out=tmp_path / "far", scheduler=client)
    for where in ("near", "far"):
        for found, expected in zip(rows(tmp_path / where), rows(tmp_path / "here"), strict=True):
            pd.testing.assert_frame_equal(found, expected)


def test_short_runs_go_together_and_long_ones_alone(client, tmp_path, monkeypatch):
    tasks = []
    submit = flow.Flow._submit
    monkeypatch.setattr(
        flow.Flow,
        "_submit",
        lambda self, runs, *rest, **kw: (tasks.append(len(runs)), submit(self, runs, *rest, **kw)),
    )
    sweep(draw, {"x": list(range(4, 304))}, out=tmp_path / "short", scheduler=client)
    assert tasks[0] == 1 and max(tasks) > 10
    tasks.clear()
    monkeypatch.setattr(flow, "TASK_S", 0.0)
    sweep(draw, {"x": list(range(4, 34))}, out=tmp_path / "long", scheduler=client)
    assert set(tasks) == {1}


@pytest.mark.usefixtures("far_away")
def test_a_run_that_hangs_or_dies_has_its_reason_and_the_others_go_on(client, tmp_path):
    manifest = sweep(
        hang_or_die, {"x": [1, 2, 3, 4]}, out=tmp_path / "out", scheduler=client, timeout=0.5
    ).manifest
    assert list(manifest["status"]) == ["timed out", "lost", "done", "done"]
    assert manifest.loc[0, "error"] == "took longer than 0.5 s"


def test_processes_of_a_machine_compile_one_after_the_other_and_once_each(client, tmp_path):
    (tmp_path / "compiled").mkdir()
    design = {"x": list(range(16))}
    client.wait_for_workers(2)
    sweep(Warmed(str(tmp_path / "compiled")), design, out=tmp_path / "out", scheduler=client)
    found = sorted(tuple(map(float, path.read_text().split())) for path in (tmp_path / "compiled").iterdir())
    assert len(found) == 2 and found[0][1] <= found[1][0]


def test_everything_that_listens_does_so_on_loopback(client):
    addresses = [client.scheduler_info()["address"], client.dashboard_link]
    addresses += list(client.scheduler_info(n_workers=-1)["workers"])
    assert all("127.0.0.1:" in address for address in addresses)


def test_bodies_on_two_processes_are_those_of_this_one_to_the_last_bit(client, tmp_path, lean_body):
    experiment = BodyExperiment(cells=lean_body.cells, tests=("fasting",), keep_cells=True)
    design = {"rule.metformin.dose_mg_per_day": [500, 2000], "days": [0, 0.25]}
    for where, scheduler in (("here", "here"), ("near", client)):
        result = sweep(experiment, design, out=tmp_path / where, scheduler=scheduler)
        assert set(result.manifest["status"]) == {"done"}
    for found, expected in zip(rows(tmp_path / "near"), rows(tmp_path / "here"), strict=True):
        pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_a_scheduler_that_is_none_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("insulattice.runs.sweeping.cluster.CONNECT_S", 0.5)
    for scheduler, said in (
        ("tcp://127.0.0.1:9", "no scheduler at 'tcp://127.0.0.1:9'"),
        (3, "scheduler is 3"),
    ):
        with pytest.raises(NoCluster, match=said):
            sweep(draw, {"x": [1]}, out=tmp_path / "out", scheduler=scheduler)
