"""The model against published measurements: ``python -m insulattice.runs.validate``.

Every number asked of the model, and further published ones, stand in ``data/validation_targets.csv`` with their source
and, for the case of a miss, the likely reason. The experiments are those of ``trials``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from ..agents.parameters import ParameterTable
from ..analysis import compare
from ..environment import Body, SimulationError, read_phenotypes
from ..environment.body import read_parameters
from . import trials
from .console import bad_input, messages, number, progress_bar, show_table
from .listing import parameters_with

DATA = Path(__file__).with_name("data")
PROCESSES = 2
EVERYTHING = ("rest", "dose", "clamp", "steps", "ogtt", "meal")


@dataclass
class Found:
    """What was found in one body, or in several."""

    numbers: dict[tuple[str, str, str], float] = field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    def add(self, phenotype: str, test: str, numbers: trials.Numbers) -> None:
        """Keep the numbers of a test."""
        self.numbers |= {(phenotype, test, name): value for name, value in numbers.items()}

    def join(self, other: Found) -> None:
        """Take over what was found elsewhere."""
        self.numbers |= other.numbers
        self.tables |= other.tables


def targets() -> pd.DataFrame:
    """Return the table of targets."""
    return pd.read_csv(DATA / "validation_targets.csv", keep_default_na=False, na_values={"low": "", "high": ""})


def examine(phenotype: str, cells: int, seed: int, table: ParameterTable, tests: tuple[str, ...]) -> Found:
    """Settle a body and test it."""
    body = Body(phenotype, cells=cells, seed=seed, parameters=table)
    found = Found()
    rest = trials.fasting(body)
    found.add(phenotype, "fasting", rest)
    if "clamp" in tests:
        clamp = trials.clamp(body, rest)
        clamp["insulin_rise"] = clamp["plasma_insulin_pM"] - rest["blood.insulin"]
        found.add(phenotype, "clamp", clamp)
    if "ogtt" in tests:
        found.add(phenotype, "ogtt", trials.oral_glucose(body))
    if phenotype == "lean":
        _examine_lean(body, rest, tests, found)
    if phenotype == "obese" and "steps" in tests:
        levels = trials.three_steps(body, rest, trials.CONTE_LEVELS, "pM")
        found.add(phenotype, "conte_levels", levels)
        found.add(phenotype, "conte_infusions", trials.three_steps(body, rest, trials.CONTE_INFUSIONS, "mU/m2/min"))
    return found


def _examine_lean(body: Body, rest: trials.Numbers, tests: tuple[str, ...], found: Found) -> None:
    """Do what only the lean body is asked."""
    if "dose" in tests:
        numbers, curve = trials.dose_response(body, rest)
        found.add("lean", "dose", numbers)
        found.tables["dose_response"] = curve
    if "meal" in tests:
        course = trials.meal(body)
        shares = compare.within_sd(trials.measured_meal(), course)
        found.tables |= {"meal": course, "meal_shares": shares}
        found.add("lean", "meal", {f"{row.observable}_share": row.share for row in shares.itertuples()})


def examine_all(jobs: Iterable[tuple[str, int, int, ParameterTable, tuple[str, ...]]], processes: int) -> Found:
    """Examine several bodies side by side; a body that fails is left out, and the log says so."""
    found, jobs = Found(), list(jobs)
    with messages() as console, progress_bar(console, "bodies") as progress:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            waiting = {pool.submit(examine, *job): job[0] for job in jobs}
            for done, future in enumerate(as_completed(waiting), start=1):
                try:
                    found.join(future.result())
                except SimulationError as error:
                    console.print(f"{waiting[future]}: {error}", style="red")
                if progress is not None:
                    progress(done, len(jobs))
    return found


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that a reader sees."""
    return pd.DataFrame(
        {
            "what": table["what"],
            "observed": table["observed"],
            "asked": [_band(low, high) for low, high in zip(table["low"], table["high"], strict=True)],
            "model": [number(value) if value == value else "–" for value in table["predicted"]],
            "unit": table["unit"].replace("1", ""),
            "": table["verdict"],
            "misses by": [number(miss) if miss and miss == miss else "" for miss in table["miss"]],
            "role": table["role"],
            "source": table["source"],
            "if it misses, because of": table["reason"].where(table["verdict"] == "miss", ""),
        }
    )


def _band(low: float, high: float) -> str:
    if low != low or high != high:
        return f"{low:g} or more" if high != high else f"{high:g} or less"
    return f"{low:g} to {high:g}"


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return how many rows pass, by section and role."""
    ran = table[table["verdict"] != "not run"]
    rows = []
    for section, part in ran.groupby("section", sort=False):
        cells = {"section": section}
        for role in ("target", "calibration", "check"):
            own = part[part["role"] == role]
            cells[role] = f"{(own['verdict'] == 'pass').sum()} of {len(own)}" if len(own) else ""
        rows.append(cells)
    total = {"section": "all"}
    for role in ("target", "calibration", "check"):
        own = ran[ran["role"] == role]
        total[role] = f"{(own['verdict'] == 'pass').sum()} of {len(own)}"
    return pd.DataFrame([*rows, total])


def show(title: str, table: pd.DataFrame) -> None:
    """Print a table."""
    rows = [[number(value) if isinstance(value, float) else str(value) for value in row] for row in table.to_numpy()]
    show_table(title, [list(table.columns), *rows])


def main(
    cells: Annotated[int, typer.Option("--cells", help="Simulated cells of each body.")] = 600,
    seed: Annotated[int, typer.Option("--seed", help="Key of everything random.")] = 1,
    only: Annotated[str, typer.Option("--only", help="Tests, by comma, of " + ", ".join(EVERYTHING) + ".")] = "",
    phenotypes: Annotated[str, typer.Option("--phenotypes", help="Bodies, by comma.")] = "",
    values: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Another value of a parameter.")] = None,
    misses: Annotated[bool, typer.Option("--misses", help="Print only what misses.")] = False,
) -> None:
    """Compare the model with published measurements; writes docs/validation.md unless a part is asked for."""
    began = time.perf_counter()
    tests = tuple(only.split(",")) if only else EVERYTHING
    with bad_input():
        table = parameters_with(values) if values else read_parameters()
        bodies = phenotypes.split(",") if phenotypes else list(read_phenotypes())
    found = examine_all([(name, cells, seed, table, tests) for name in bodies], PROCESSES)
    compared = compare.compare(targets(), found.numbers)
    for section, part in compared[compared["verdict"] != "not run"].groupby("section", sort=False):
        part = part[part["verdict"] == "miss"] if misses else part
        show(str(section), shown(part).drop(columns=["source", "role", "if it misses, because of"]))
    for name, extra in found.tables.items():
        if name != "meal":
            show(name, extra)
    show("summary", counts(compared))
    typer.echo(f"{time.perf_counter() - began:.0f} s, {cells} cells, seed {seed}")


if __name__ == "__main__":
    typer.run(main)
