"""What a sweep costs beside its runs: overhead, two workers against one, memory of client and workers.

Run by hand: python benchmarks/sweep.py --runs 1000 --milliseconds 200
Each run keeps a core busy for a given time of its own clock, or sleeps (--sleep), where cores are shared with others.
One worker and two are measured one after the other, in one go. ``--here`` gives what a run costs without Dask.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from distributed import Client

from insulattice.runs.sweeping.cluster import connected
from insulattice.runs.sweeping.sweep import sweep


def busy(x: int, milliseconds: float) -> dict[str, float]:
    """Keep a core busy for so long of this process's time; give the memory it has [MB]."""
    until = time.process_time() + milliseconds / 1000.0
    total = 0.0
    while time.process_time() < until:
        total += x * 1e-9
    return {"total": total, "memory_MB": memory()}


def sleep(x: int, milliseconds: float) -> dict[str, float]:
    """Do nothing for so long; give the memory that the process has [MB]."""
    time.sleep(milliseconds / 1000.0)
    return {"total": x, "memory_MB": memory()}


def memory() -> float:
    """Return the memory of this process [MB]."""
    return psutil.Process().memory_info().rss / 1e6


def cpu() -> float:
    """Return the time that this process has computed [s]."""
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)


def measure(client: Client | str, workers: int, runs: int, milliseconds: float, run: Any) -> dict[str, float]:
    """Return wall time, overhead and memory of a sweep on a cluster that is up."""

    def worker_cpu() -> float:
        return 0.0 if isinstance(client, str) else sum(client.run(cpu).values())

    client_MB: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        before = cpu(), worker_cpu()
        began = time.perf_counter()
        result = sweep(
            run, {"x": list(range(runs)), "milliseconds": [milliseconds]}, out=Path(folder) / "out",
            scheduler=client, progress=lambda tally: client_MB.append(memory()),
        )  # fmt: skip
        wall = time.perf_counter() - began
        own, theirs = cpu() - before[0], worker_cpu() - before[1]
        compute = float(result.manifest["wall_s"].sum())
        began = time.perf_counter()
        table = result.table
        load_s = time.perf_counter() - began
    order = table[table["output"] == "memory_MB"]["value"].to_numpy()
    tenth = max(runs // 10, 1)
    burnt = runs * milliseconds / 1000.0 if run is busy else 0.0
    if isinstance(client, str):
        own -= burnt
    return {
        "workers": workers, "runs": runs, "milliseconds": milliseconds, "wall_s": wall, "compute_s": compute,
        "overhead_percent": 100.0 * (workers * wall / compute - 1.0), "runs_per_s": runs / wall,
        "cpu_of_client_and_scheduler_ms_per_run": 1e3 * own / runs,
        "cpu_of_workers_beside_the_runs_ms_per_run": 0.0 if isinstance(client, str) else 1e3 * (theirs - burnt) / runs,
        "client_MB_first_tenth": sum(client_MB[:tenth]) / tenth,
        "client_MB_last_tenth": sum(client_MB[-tenth:]) / tenth,
        "worker_MB_first_tenth": float(order[:tenth].mean()),
        "worker_MB_last_tenth": float(order[-tenth:].mean()),
        "load_s": load_s,
    }  # fmt: skip


def main() -> None:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--milliseconds", type=float, default=200.0)
    parser.add_argument("--sleep", action="store_true", help="runs that sleep instead of computing")
    parser.add_argument("--here", action="store_true", help="in this process, without Dask")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    run = sleep if options.sleep else busy
    found = []
    if options.here:
        found.append(measure("here", 1, options.runs, options.milliseconds, run))
    for workers in [] if options.here else options.workers:
        with connected(None, workers) as client:
            client.wait_for_workers(workers)
            measure(client, workers, 4 * workers, options.milliseconds, run)  # imports
            found.append(measure(client, workers, options.runs, options.milliseconds, run))
    report: dict[str, Any] = {"measured": found}
    if len(found) > 1:
        report["last_against_first"] = found[0]["wall_s"] / found[-1]["wall_s"]
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
