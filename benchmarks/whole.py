"""The whole model: what the cells cost and what the rest costs, a clamp of three hours, memory of a cell.

python benchmarks/whole.py
"""

from __future__ import annotations

import time
import tracemalloc
from statistics import median

from insulattice.environment import Body, Clamp
from insulattice.runs import simulate

CELLS = 10_000


class TimedBody(Body):
    """A body that knows how long its cells took [s]."""

    cells_took = 0.0

    def _cells(self) -> None:
        began = time.perf_counter()
        super()._cells()
        self.cells_took += time.perf_counter() - began


def shares(cells: int = CELLS, minutes: int = 60) -> dict[str, float]:
    """Return medians over minutes [ms]: the cells, and fields, blood and bookkeeping together."""
    body = TimedBody(cells=cells, settle=False)
    inside, outside = [], []
    for _ in range(minutes):
        body.cells_took, began = 0.0, time.perf_counter()
        body.step()
        whole = time.perf_counter() - began
        inside.append(1e3 * body.cells_took)
        outside.append(1e3 * (whole - body.cells_took))
    return {"cells_ms": median(inside[5:]), "rest_ms": median(outside[5:])}


def clamp_seconds(cells: int = CELLS, rounds: int = 3) -> float:
    """Return the median time of a clamp of three hours, steps compiled and body made [s]."""
    body = Body(cells=cells, settle=False)
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        simulate(body, Clamp(insulin="40 mU/m2/min", hours=3))
        took.append(time.perf_counter() - began)
    return median(took)


def bytes_per_cell(few: int = 2_000, many: int = 20_000) -> float:
    """Return the memory that one more cell takes in a living body [bytes], without Mesa agents."""
    held = []
    for cells in (few, many):
        Body(cells=cells, settle=False).step()
        tracemalloc.start()
        body = Body(cells=cells, settle=False)
        body.step()
        held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        del body
    return (held[1] - held[0]) / (many - few)


if __name__ == "__main__":
    print(shares(), clamp_seconds(), bytes_per_cell())
