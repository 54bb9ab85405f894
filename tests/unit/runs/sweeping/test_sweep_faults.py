"""Faults: whatever is killed, full, raises or hangs, a sweep that is called again ends as one that was left alone.

Everything happens to real processes on loopback.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from insulattice.analysis import load, load_manifest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]

SCRIPT = '''
import os, resource, signal, sys, time
from pathlib import Path
import numpy as np
from insulattice.runs.sweeping.engine import SweepStopped
from insulattice.runs.sweeping.sweep import sweep

HERE = Path(__file__).parent


def once(flag):
    """Whether this is asked for the first time, if it was wanted."""
    try:
        (HERE / flag).rename(HERE / (flag + ".done"))
    except OSError:
        return False
    return True


def work(x, seed):
    if x == 3:
        raise ValueError("three is too many")
    if x == 13:
        time.sleep(600)
    if once("kill_worker"):
        os.kill(os.getpid(), signal.SIGKILL)
    if once("full_disk"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    time.sleep(0.1)
    return {"draw": np.random.default_rng([seed, x]).random(), "x": x}


if __name__ == "__main__":
    out, scheduler = sys.argv[1], sys.argv[2]
    last = 13 if scheduler == "here" else 14
    try:
        sweep(work, {"x": list(range(last))}, seeds=1, out=out, workers=2,
              scheduler=None if scheduler == "local" else scheduler, timeout=None if scheduler == "here" else 2.0)
    except SweepStopped as error:
        print(error, file=sys.stderr)
        sys.exit(1)
'''


@pytest.fixture
def script(tmp_path):
    """The script of a user."""
    path = tmp_path / "shaken.py"
    path.write_text(SCRIPT)
    return path


def begin(script, out, scheduler="local", **options):
    """Start a sweep in a process of its own."""
    return subprocess.Popen([sys.executable, str(script), str(out), scheduler], text=True, **options)


def finish(script, out, scheduler="local"):
    """Do a sweep to its end."""
    process = begin(script, out, scheduler, stderr=subprocess.PIPE)
    said = process.communicate(timeout=600)[1]
    return process.returncode, said


def kept(out):
    """How many runs have an outcome."""
    return len([*out.glob("runs/*.parquet"), *out.glob("failed/*.parquet")])


def wait_for(condition):
    """Wait until something is so."""
    until = time.monotonic() + 600.0
    while not condition():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.02)


def rows(out):
    """Results and what became of each run, wall time and host aside."""
    manifest = load_manifest(out).drop(columns=["wall_s", "host"])
    return load(out), manifest


def start(*arguments, cwd):
    """Start a program of Dask on loopback."""
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        cwd=cwd, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def test_a_sweep_to_which_everything_happened_equals_one_left_alone(script, tmp_path):
    calm, shaken = tmp_path / "calm", tmp_path / "shaken"
    assert finish(script, calm) == (0, "")

    client = begin(script, shaken)
    wait_for(lambda: kept(shaken) >= 2)
    os.kill(client.pid, signal.SIGKILL)
    client.wait()
    assert kept(shaken) < 14

    (tmp_path / "full_disk").touch()
    status, said = finish(script, shaken, "here")
    assert (
        status == 1 and "cannot write in" in said and "goes on from there" in said and "Traceback" not in said
    )

    address = f"{tmp_path}/scheduler.json"
    common = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
    scheduler = start("dask_scheduler", *common, "--port", "0", "--scheduler-file", address, cwd=tmp_path)
    wait_for(lambda: Path(address).exists() and Path(address).stat().st_size > 0)
    worker = start("dask_worker", *common, "--nthreads", "1", "--scheduler-file", address, cwd=tmp_path)
    before = kept(shaken)
    try:
        client = begin(
            script, shaken, json.loads(Path(address).read_text())["address"], stderr=subprocess.PIPE
        )
        wait_for(lambda: kept(shaken) >= before + 2)
        os.kill(scheduler.pid, signal.SIGKILL)
        said = client.communicate(timeout=600)[1]
        assert client.returncode == 1 and "the scheduler is gone" in said
    finally:
        for process in (worker, scheduler):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert kept(shaken) < 14

    (tmp_path / "kill_worker").touch()
    assert finish(script, shaken) == (0, "")
    assert (tmp_path / "kill_worker.done").exists()
    for found, expected in zip(rows(shaken), rows(calm), strict=True):
        pd.testing.assert_frame_equal(found, expected)
    counts = expected["status"].value_counts().to_dict()
    assert counts == {"done": 12, "failed": 1, "timed out": 1}
    assert not list(shaken.rglob("*.tmp"))
