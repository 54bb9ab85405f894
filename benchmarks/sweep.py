"""What a sweep costs beside its runs: overhead, two workers against one, memory of client and workers.

Run by hand: python benchmarks/sweep.py --runs 1000 --milliseconds 200
Each run keeps a core busy for a given time of its own clock. One worker and two are measured in turns, in one go.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import psutil
from distributed import Client

from insulattice.runs.cluster import connected
from insulattice.runs.sweeps import sweep


def busy(x: int, milliseconds: float) -> dict[str, float]:
    """Keep a core busy for so long of this process's time; give the memory it has [MB]."""
    until = time.process_time() + milliseconds / 1000.0
    total = 0.0
    while time.process_time() < until:
        total += x * 1e-9
    return {"total": total, "memory_MB": psutil.Process().memory_info().rss / 1e6}


def measure(client: Client, workers: int, runs: int, milliseconds: float) -> dict[str, float]:
    """Return wall time, overhead and memory of a sweep on a cluster that is up."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        began = time.perf_counter()
        design = {"x": list(range(runs)), "milliseconds": [milliseconds]}
        result = sweep(busy, design, out=Path(folder) / "out", scheduler=client)
        wall = time.perf_counter() - began
        compute = float(result.manifest["wall_s"].sum())
        table = result.table
        memory = table[table["output"] == "memory_MB"]["value"].to_numpy()
    return {
        "workers": workers,
        "runs": runs,
        "wall_s": wall,
        "compute_s": compute,
        "overhead_percent": 100.0 * (workers * wall / compute - 1.0),
        "runs_per_s": runs / wall,
        "worker_MB_first_tenth": float(memory[: max(runs // 10, 1)].mean()),
        "worker_MB_last_tenth": float(memory[-max(runs // 10, 1) :].mean()),
        "client_MB_before": before,
        "client_MB_after": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


def main() -> None:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--milliseconds", type=float, default=200.0)
    options = parser.parse_args()
    found = []
    for workers in (1, 2):
        with connected(None, workers) as client:
            client.wait_for_workers(workers)
            measure(client, workers, 4 * workers, options.milliseconds)  # imports
            found.append(measure(client, workers, options.runs, options.milliseconds))
    ratio = found[0]["wall_s"] / found[1]["wall_s"]
    print(json.dumps({"measured": found, "two_against_one": ratio}, indent=2))


if __name__ == "__main__":
    main()
