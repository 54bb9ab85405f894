"""The compiled step against plain Python, against C, and with more and more cells.

    python benchmarks/cells.py

Every comparison runs in turns, so that what else the machine does falls on all alike.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mesa
import numpy as np
from c_step import CStep
from fields import in_turns
from plain_agent import FlatAgent, MechanismAgent, model_of

from insulattice.agents.arrows import switches
from insulattice.agents.cell_type import CELL_TYPES
from insulattice.agents.kernel import BLOCK, warm_up
from insulattice.agents.mechanism import SHARED_NAMES, SITE_NAMES
from insulattice.agents.parameters import read_agent_parameters
from insulattice.agents.population import Population
from insulattice.agents.variation import uniform

TISSUE_CELLS = ("myocyte", "adipocyte", "hepatocyte")
MINUTES = 20
"""Minutes that a measurement against C lasts: long enough for other work on the machine to fall on both."""
CELLS = 10_000 // BLOCK * BLOCK
SITE = {
    "insulin": 0.06,
    "glucose": 5.0,
    "ffa": 0.5,
    "tnf": 2.0,
    "il6": 1.0,
    "adiponectin": 8.0,
    "mcp1": 100.0,
}
SHARED = {"glucagon": 20.0, "catecholamine": 1.0, "lactate": 1.0, "glycerol": 0.06, "triglyceride": 1.0}
SHARED = dict.fromkeys(SHARED_NAMES, 0.0) | SHARED | {"activity": 1.0, "age": 30.0, "stored_nearby": 900.0}
AROUND = np.array([SHARED[name] for name in SHARED_NAMES])


def population_of(name: str, count: int = CELLS) -> Population:
    """Return cells in surroundings that differ from site to site."""
    population = Population(CELL_TYPES[name], read_agent_parameters(), switches(), count, "muscle", 1)
    warm_up(name, CELL_TYPES[name].kernel)
    for i, species in enumerate(SITE_NAMES):
        population.site[i] = SITE[species] * (0.5 + uniform(3, "muscle", population.rows.shape[1], species))
    return population


def live(population: Population, threads: ThreadPoolExecutor | None = None) -> None:
    """Live one minute, on one thread or two."""
    cells = population.rows.shape[1]
    if threads is None:
        population.advance(AROUND, 1.0, 4, 0, cells)
        return
    middle = cells // BLOCK // 2 * BLOCK
    list(
        threads.map(lambda edges: population.advance(AROUND, 1.0, 4, *edges), [(0, middle), (middle, cells)])
    )


def against_python(name: str, rounds: int = 5, agents: int = 50, cells: int = CELLS) -> dict[str, float]:
    """Return microseconds per cell and minute: compiled, flat Python, the mechanisms' own functions."""
    population = population_of(name, cells)
    flat: mesa.Model = model_of(FlatAgent, population, AROUND, agents)
    plain: mesa.Model = model_of(MechanismAgent, population, AROUND, max(1, agents // 10))
    times = in_turns(
        {
            "compiled": lambda: live(population),
            "flat Python": lambda: flat.agents.do("step"),
            "mechanisms in Python": lambda: plain.agents.do("step"),
        },
        rounds,
    )
    counts = {"compiled": cells, "flat Python": agents, "mechanisms in Python": max(1, agents // 10)}
    return {kind: 1e3 * times[kind] / count for kind, count in counts.items()}


def against_c(name: str, rounds: int = 9) -> dict[str, float]:
    """Return milliseconds per minute of the same cells: compiled and C, on one thread and on two.

    ``..._cpu`` is processor time on one thread, which other work on the machine disturbs less.
    """
    ours, theirs = population_of(name), population_of(name)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as threads:
        c = CStep(CELL_TYPES[name].composed, Path(folder))
        alone = {
            "ours_1": lambda: [live(ours) for _ in range(MINUTES)],
            "c_1": lambda: [c.advance(theirs, AROUND, 1) for _ in range(MINUTES)],
        }
        times = {f"{kind}_cpu": took for kind, took in in_turns(alone, rounds, time.process_time).items()}
        times |= in_turns(
            alone
            | {
                "ours_2": lambda: [live(ours, threads) for _ in range(MINUTES)],
                "c_2": lambda: [c.advance(theirs, AROUND, 2) for _ in range(MINUTES)],
            },
            rounds,
        )
    return {kind: milliseconds / MINUTES for kind, milliseconds in times.items()}


def by_number(name: str = "myocyte", rounds: int = 5) -> dict[int, float]:
    """Return microseconds per cell and minute for 10 thousand to a million cells, on one thread."""
    populations = {count: population_of(name, count) for count in (10_000, 100_000, 1_000_000)}
    times = in_turns({str(n): lambda p=p: live(p) for n, p in populations.items()}, rounds)
    return {
        count: 1e3 * times[str(count)] / population.rows.shape[1] for count, population in populations.items()
    }


if __name__ == "__main__":
    for cell in TISSUE_CELLS:
        print(cell, against_python(cell), against_c(cell))
    print(by_number())
