"""The jobs of validation: what one process does, and what several found together."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import pandas as pd

from ...agents.arrows import read_arrows
from ...agents.parameters import ParameterTable
from ...analysis.compare import within_sd
from ...environment import Body, SimulationError, read_phenotypes
from ..console import messages, progress_bar
from . import life_jobs, trials
from .found import Found, Job

PARTS = (
    "cell",
    "dose",
    "clamp",
    "steps",
    "ogtt",
    "meal",
    "challenges",
    "numerics",
    "arrows",
    *life_jobs.PARTS,
)
"""Parts of a validation; levels and cells after a night are always looked at."""

SLOW = ("numerics", "arrows", *life_jobs.PARTS)

ARROW_CELLS = 200
SIZES = (150, 300, 600, 1200, 2400)
SEEDS = (1, 2, 3, 4, 5)
COMPARED = ("lean", "obese")
"""Phenotypes that are compared without an arrow, and by number of cells."""


def plan(
    phenotypes: Iterable[str], parts: Iterable[str], cells: int, seed: int, table: ParameterTable
) -> list[Job]:
    """Return the jobs of a validation, the long ones first."""
    parts, phenotypes = tuple(parts), tuple(phenotypes)
    unknown = [name for name in (*parts, *phenotypes) if name not in (*PARTS, *read_phenotypes())]
    if unknown:
        raise ValueError(
            f"{unknown[0]!r} is unknown, allowed: {', '.join(PARTS)} and {', '.join(read_phenotypes())}"
        )
    jobs = [Job(name, examine, (name, cells, seed, table, parts)) for name in phenotypes]
    if "cell" in parts:
        jobs.append(Job("isolated adipocyte", examine_cell))
    if "numerics" in parts:
        jobs.append(Job("step and books", examine_numerics, (cells, seed, table)))
        sizes = [(number, seed) for number in SIZES] + [
            (ARROW_CELLS, other) for other in SEEDS if other != seed
        ]
        jobs += [
            Job(f"{name}, {number} cells, seed {other}", examine_size, (name, number, other, table))
            for number, other in sizes
            for name in COMPARED
        ]
    if "arrows" in parts:
        arrows = ["", *read_arrows()]
        jobs += [
            Job(f"{name} without {arrow or 'nothing'}", examine_cut, (name, arrow, ARROW_CELLS, seed, table))
            for arrow in arrows
            for name in COMPARED
        ]
    return jobs + life_jobs.plan(parts, phenotypes, seed, table)


def run_all(jobs: Iterable[Job], processes: int) -> Found:
    """Do jobs side by side, or here if ``processes`` is 1; what fails is said and left out."""
    jobs, found, began = list(jobs), Found(), time.perf_counter()
    with messages() as console, progress_bar(console, "validation") as progress:
        for done, (label, result) in enumerate(_results(jobs, processes), start=1):
            if isinstance(result, Found):
                found.join(result)
            else:
                found.failures[label] = str(result)
                console.print(f"{label}: {result}", style="red", soft_wrap=True, markup=False)
            if progress is not None:
                progress(done, len(jobs))
            else:
                console.out(
                    f"{done} of {len(jobs)}, {time.perf_counter() - began:.0f} s: {label}", highlight=False
                )
    return found


def _results(jobs: list[Job], processes: int) -> Iterator[tuple[str, Found | SimulationError]]:
    """Give each job's label and result, or its error, as they come."""
    if processes == 1:
        for job in jobs:
            yield job.label, _attempt(job)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting: dict[Future[Found | SimulationError], Job] = {
            pool.submit(_attempt, job): job for job in jobs
        }
        for future in as_completed(waiting):
            yield waiting[future].label, future.result()


def _attempt(job: Job) -> Found | SimulationError:
    try:
        return job.work(*job.arguments)
    except SimulationError as error:
        error.record = None
        return error


# ---- what one process does --------------------------------------------------------------------------------------


def examine(phenotype: str, cells: int, seed: int, table: ParameterTable, parts: tuple[str, ...]) -> Found:
    """Settle a body and test it."""
    body = Body(phenotype, cells=cells, seed=seed, parameters=table)
    found = Found()
    rest = trials.fasting(body)
    found.add(phenotype, "fasting", rest)
    if "clamp" in parts:
        found.add(phenotype, "clamp", trials.clamp(body, rest))
    if "ogtt" in parts:
        found.add(phenotype, "ogtt", trials.oral_glucose(body))
    if phenotype in COMPARED and "dose" in parts:
        numbers, found.tables[f"dose_response_{phenotype}"] = trials.dose_response(body, rest)
        found.add(phenotype, "dose", numbers)
    if phenotype == "lean" and "meal" in parts:
        _eat(body, found)
    if phenotype == "lean" and "challenges" in parts:
        life_jobs.challenge(body, found)
    if phenotype == "obese" and "steps" in parts:
        found.add(phenotype, "conte_levels", trials.three_steps(body, rest, trials.CONTE_LEVELS, "pM"))
        found.add(
            phenotype, "conte_infusions", trials.three_steps(body, rest, trials.CONTE_INFUSIONS, "mU/m2/min")
        )
    return found


def _eat(body: Body, found: Found) -> None:
    """Eat the measured meal."""
    course = trials.meal(body)
    shares = within_sd(trials.measured_meal(), course)
    found.tables |= {"meal": course, "meal_shares": shares}
    numbers = zip(shares["observable"], shares["share"], strict=True)
    found.add(body.phenotype.name, "meal", {f"{name}_share": float(share) for name, share in numbers})


def examine_cell() -> Found:
    """Compare the isolated adipocyte with its data and with the published model."""
    from ..isolated_cell import tables as cell_tables

    found = Found()
    predicted = cell_tables.predictions()
    chain, distances = cell_tables.chain_table(), cell_tables.distance_table(predicted)
    doses = cell_tables.ec50_table(predicted)
    chain.columns = [" ".join(names) for names in chain.columns]
    found.tables |= {
        "cell_chain": chain.rename_axis("observable").reset_index(),
        "cell_distances": distances.rename_axis(["observable", "experiment"]).reset_index(),
        "cell_ec50": doses.rename_axis(["observable", "cell"]).reset_index(),
        "cell_responses": cell_tables.response_table(predicted),
    }
    worse = distances["rms ours"] > distances["rms published"]
    found.add("adipocyte", "cell", {
        "chain_rms": float(chain.to_numpy().max()),
        "worse_than_published": float(worse.sum()),
        "rms_ratio": float((distances["rms ours"] / distances["rms published"]).mean()),
        "ec50_farther": float(len(cell_tables.farther_ec50(doses))),
    })  # fmt: skip
    return found


def examine_numerics(cells: int, seed: int, table: ParameterTable) -> Found:
    """Halve the step, and close the books of a long day."""
    body = Body("lean", cells=cells, seed=seed, parameters=table)
    found = Found()
    numbers, found.tables["steps"] = trials.halved_steps(body)
    found.add("lean", "numerics", numbers | trials.audit_of_a_day(body))
    return found


def examine_size(phenotype: str, cells: int, seed: int, table: ParameterTable) -> Found:
    """Clamp a body of another size or seed."""
    found = Found()
    m_value = trials.plain_clamp(Body(phenotype, cells=cells, seed=seed, parameters=table))["m_value"]
    found.add(phenotype, "size", {f"{cells} {seed}": m_value})
    return found


def examine_cut(phenotype: str, arrow: str, cells: int, seed: int, table: ParameterTable) -> Found:
    """Clamp a body that never had an arrow."""
    found = Found()
    body = Body(phenotype, cells=cells, seed=seed, parameters=table, without=[arrow] if arrow else [])
    found.add(phenotype, f"without {arrow}", trials.plain_clamp(body))
    return found


# ---- tables of several bodies -----------------------------------------------------------------------------------


def arrow_table(found: Found) -> pd.DataFrame:
    """Return, for each arrow, M of lean and obese without it, their ratio, and what that ratio gained [%]."""
    lean, obese = COMPARED
    whole = [found.numbers.get((name, "without ", "m_value"), float("nan")) for name in COMPARED]
    rows = []
    for arrow in ["", *read_arrows()]:
        values = [found.numbers.get((name, f"without {arrow}", "m_value"), float("nan")) for name in COMPARED]
        fasting = found.numbers.get((obese, f"without {arrow}", "insulin"), float("nan"))
        ratio = values[1] / values[0] if values[0] else float("nan")
        rows.append({
            "arrow cut": arrow or "none", f"M {lean}": values[0], f"M {obese}": values[1],
            f"{lean}, change [%]": 100.0 * (values[0] / whole[0] - 1.0),
            f"{obese}, change [%]": 100.0 * (values[1] / whole[1] - 1.0),
            f"{obese}/{lean}": ratio, "ratio, change [%]": 100.0 * (ratio * whole[0] / whole[1] - 1.0),
            f"fasting insulin {obese} [pM]": fasting,
        })  # fmt: skip
    return pd.DataFrame(rows)


def size_table(found: Found) -> pd.DataFrame:
    """Return M by number of cells and seed, and the ratio of the phenotypes."""
    keys = [name for phenotype, test, name in found.numbers if test == "size" and phenotype == COMPARED[0]]
    rows = []
    for key in sorted(keys, key=lambda name: tuple(map(int, name.split()))):
        cells, seed = map(int, key.split())
        values = [found.numbers.get((name, "size", key), float("nan")) for name in COMPARED]
        columns = {f"M {name}": value for name, value in zip(COMPARED, values, strict=True)}
        rows.append({"cells": cells, "seed": seed} | columns | {"ratio": values[1] / values[0]})
    return pd.DataFrame(rows)
