"""A life of months: what a step costs by number of cells and days, what acceleration saves and costs, and memory.

python benchmarks/life.py            (a quarter of an hour; bodies of 10,000 cells are not settled, those of errors are)

A life at full resolution of half a year is reckoned from one day, and says so; the accelerated one is lived whole.
"""

from __future__ import annotations

import resource
import tempfile
import time
import tracemalloc
from pathlib import Path
from statistics import median

import numpy as np

from insulattice.environment import Body, Clamp, SimulationError, read_rule
from insulattice.environment.clock import DAY
from insulattice.environment.living import schedule
from insulattice.environment.turnover import Turnover
from insulattice.runs import live, simulate

ERROR_TABLE = Path(__file__).resolve().parents[1] / "runs" / "data" / "acceleration_errors.csv"
HALF_A_YEAR = 182
SIZES = (300, 1_000, 3_000, 10_000)
MANY = 10_000
FEW = 200
SOME = 1_000
"""Cells of the lives in which errors are measured: of fewer, chance in macrophages hides the error."""
COMPARED_DAYS = 28
DIET = "calorie_restriction percent=30"


class TimedTurnover(Turnover):
    """A turnover that knows how long it took [s]."""

    took = 0.0

    def step(self, body: Body, dt: float) -> None:
        """Live a minute."""
        began = time.perf_counter()
        super().step(body, dt)
        self.took += time.perf_counter() - began

    def hour(self, body: Body) -> None:
        """Let cells of fat die, come and crawl."""
        began = time.perf_counter()
        super().hour(body)
        self.took += time.perf_counter() - began


def step_times(sizes: tuple[int, ...] = SIZES, minutes: int = 240) -> dict[int, float]:
    """Return the median time of a minute of free living by number of cells [ms]."""
    found = {}
    for cells in sizes:
        body, took = Body("obese", cells=cells, settle=False), []

        def watch(_: Body, took: list[float] = took) -> None:
            took.append(time.perf_counter())

        body.live(minutes / DAY, watch=watch)
        found[cells] = float(1e3 * median(np.diff(took)))
    return found


def linearity(times: dict[int, float]) -> float:
    """Return how much more 10,000 cells take than the line through fewer cells says [1]."""
    sizes, values = np.array(list(times)), np.array(list(times.values()))
    slope, base = np.polyfit(sizes[:-1], values[:-1], 1)
    return float(values[-1] / (base + slope * sizes[-1]))


def days_in_turn(cells: int = 1_000, days: int = 4) -> list[float]:
    """Return the time of each day of one life, one after the other [s]."""
    body, ends = Body("obese", cells=cells, settle=False), [time.perf_counter()]
    body.live(days, progress=lambda _: ends.append(time.perf_counter()))
    return [float(day) for day in np.diff(ends)]


def turnover_share(cells: int = MANY, hours: int = 6) -> float:
    """Return the share of the time that cells which come, crawl and die take in an obese body [%]."""
    body = Body("obese", cells=cells, settle=False)
    body.live(hours / 24.0)
    body.turnover, kept = TimedTurnover(), body.turnover
    body.turnover.__dict__.update(kept.__dict__)
    began = time.perf_counter()
    body.live(hours / 24.0)
    return 100.0 * body.turnover.took / (time.perf_counter() - began)


def a_day(cells: int = MANY) -> float:
    """Return the time of a day at full resolution, once compiled [s]."""
    body = Body("obese", cells=cells, settle=False)
    body.live(0.01)
    began = time.perf_counter()
    body.live(1)
    return time.perf_counter() - began


def accelerated(cells: int = MANY, days: int = HALF_A_YEAR) -> float:
    """Return the time of half a year, accelerated, lived whole [s]."""
    body = Body("obese", cells=cells, settle=False)
    body.live(0.01)
    began = time.perf_counter()
    body.live(days, accelerated=True)
    return time.perf_counter() - began


def days_lived(days: int = HALF_A_YEAR) -> int:
    """Return how many days of an accelerated life are lived."""
    return sum(lived for lived, _ in schedule(days))


COMPARED = (
    ("obese", DIET, COMPARED_DAYS),
    ("obese_t2d", "metformin", COMPARED_DAYS),
    ("lean", "overfeeding percent=40", COMPARED_DAYS),
    ("obese", DIET, HALF_A_YEAR),
)
"""Lives in which acceleration is compared with every minute lived: phenotype, rule and days."""


def errors(cells: int = SOME, seed: int = 1) -> list[tuple[str, int, float, float, float]]:
    """Return, for each life, its name, days, M accelerated and in full [mg/kg/min], and the error of the first [%]."""
    found = []
    for phenotype, text, days in COMPARED:
        body, values = Body(phenotype, cells=cells, seed=seed), []
        hours = 6.0 if phenotype.endswith("t2d") else 3.0
        for quick in (True, False):
            living, rules = body.branch(), [read_rule(text)]
            living.live(days, rules, accelerated=quick)
            values.append(simulate(living, Clamp(hours=hours), rules=rules).m_value)
        found.append((f"{phenotype}, {text}", days, *values, 100.0 * (values[0] / values[1] - 1.0)))
    return found


def write(found: list[tuple[str, int, float, float, float]]) -> None:
    """Write the errors to the table that commands quote when they accelerate."""
    lines = ["life,days,m_accelerated,m_full,error_percent"]
    lines += [
        f'"{name}",{days},{quick:.3f},{full:.3f},{error:.2f}' for name, days, quick, full, error in found
    ]
    ERROR_TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def year(cells: int = FEW, days: int = 365) -> dict[str, float]:
    """Return memory over an accelerated year with a diary on disk [MB], and what lies there in the end [MB].

    Traced is what Python and NumPy hold after the first tenth and at the end; resident is the largest of the process.
    """
    traced: list[float] = []
    body = Body("obese", cells=cells, settle=False)
    body.live(2, accelerated=True)
    resident = [_resident()]
    tracemalloc.start()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "year.parquet"
        live(body, days, accelerated=True, out=path, progress=lambda _: traced.append(_traced()))
        disk = path.stat().st_size / 1e6
    tracemalloc.stop()
    resident.append(_resident())
    early = traced[len(traced) // 10]
    return {"early": early, "late": traced[-1], "disk": disk, "resident": resident[1] - resident[0]}


def _traced() -> float:
    return tracemalloc.get_traced_memory()[0] / 1e6


def _resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    times = step_times()
    print("a minute by number of cells [ms]:", {cells: round(ms, 3) for cells, ms in times.items()})
    print(f"10,000 cells over the line of fewer: {linearity(times):.2f}")
    print("days in turn, 1000 cells [s]:", [round(day, 2) for day in days_in_turn()])
    print(f"share of cells that come, crawl and die: {turnover_share():.1f} %")
    day = a_day()
    print(
        f"a day of {MANY} cells: {day:.1f} s; {HALF_A_YEAR} days reckoned from it: {day * HALF_A_YEAR / 60.0:.1f} min"
    )
    print(f"{HALF_A_YEAR} days accelerated ({days_lived()} are lived): {accelerated():.0f} s")
    print("memory over a year [MB]:", year())
    try:
        found = errors()
        write(found)
        for name, days, quick, full, error in found:
            print(f"{days} days, {name}: M {quick:.3f} accelerated, {full:.3f} full, error {error:+.2f} %")
    except SimulationError as error:
        print(f"a life failed: {error}")
