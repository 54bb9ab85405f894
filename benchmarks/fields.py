"""Implicit field solve against one explicit five-point sweep of the same arrays.

    python benchmarks/fields.py

Both compiled by numba, on one thread, medians, in turns. Target: 200 x 200 sites of 6 species in at most 10 sweeps.
"""

import time
from collections.abc import Callable
from statistics import median

import numba
import numpy as np

from insulattice.environment.fields import SUBSTEPS, Fields

SPACING = 50.0  # [um]
DIFFUSION = 18_000.0  # [um2/min], glucose in tissue


@numba.njit(error_model="numpy")
def explicit_sweep(values, coupling, moved):
    """Write values one explicit diffusion step later, borders closed, shape (species, rows, columns)."""
    last_row, last_column = values.shape[1] - 1, values.shape[2] - 1
    for k in range(values.shape[0]):
        for i in range(last_row + 1):
            here, out = values[k, i], moved[k, i]
            above, below = values[k, max(i - 1, 0)], values[k, min(i + 1, last_row)]
            for j in range(1, last_column):
                out[j] = here[j] + coupling * (
                    here[j - 1] + here[j + 1] + above[j] + below[j] - 4.0 * here[j]
                )
            out[0] = here[0] + coupling * (here[1] + above[0] + below[0] - 3.0 * here[0])
            out[last_column] = here[last_column] + coupling * (
                here[last_column - 1] + above[last_column] + below[last_column] - 3.0 * here[last_column]
            )


def example(species: int, side: int, substeps: int) -> Fields:
    """Return random fields on side x side sites."""
    random = np.random.default_rng(1)
    shape = (species, side, side)
    return Fields(
        [f"species_{number}" for number in range(species)],
        side,
        side,
        spacing=SPACING,
        diffusion=np.linspace(0.1, 1.0, species) * DIFFUSION,
        exchange=random.uniform(0.0, 1.0, shape),
        decay=np.linspace(0.0, 0.01, species),
        start=random.uniform(1.0, 2.0, shape),
        substeps=substeps,
    )


def in_turns(
    actions: dict[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Return the median time of each action [ms], measured alternately after one unmeasured round."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(rounds + 1):
        for name, action in actions.items():
            start = clock()
            action()
            if turn:
                times[name].append(1e3 * (clock() - start))
    return {name: median(taken) for name, taken in times.items()}


def measure(species: int = 6, side: int = 200, rounds: int = 101) -> dict[str, float]:
    """Return times [ms] of a sweep, a solve, a minute and a minute of a small tissue, and the ratio solve / sweep."""
    solve, minute, small = (
        example(species, side, 1),
        example(species, side, SUBSTEPS),
        example(7, 35, SUBSTEPS),
    )
    blood, small_blood = np.ones(species), np.ones(7)
    moved = np.empty(solve.shape)
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        times = in_turns(
            {
                "explicit_sweep_ms": lambda: explicit_sweep(solve.values, 0.1, moved),
                "implicit_solve_ms": lambda: solve.step(1.0, blood),
                "minute_ms": lambda: minute.step(1.0, blood),
                "small_minute_ms": lambda: small.step(1.0, small_blood),
            },
            rounds,
        )
    finally:
        numba.set_num_threads(threads)
    return {**times, "solve_per_sweep": times["implicit_solve_ms"] / times["explicit_sweep_ms"]}


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:20s} {value:8.3f}")
