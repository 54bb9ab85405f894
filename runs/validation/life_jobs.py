"""The jobs of validation that let bodies live: drivers, remedies, published trials, opposite starts."""

from __future__ import annotations

from collections.abc import Collection
from itertools import product

import pandas as pd

from ...agents.parameters import ParameterTable
from ...environment import Body
from . import life_trials as trials
from .found import Found, Job
from .opposite_starts import from_start, gaps

PARTS = ("drivers", "remedies", "trials", "starts")
"""Parts of a validation that take minutes each."""

CELLS = 200
"""Simulated cells of each body that lives."""

DRIVEN = ("lean", "obese", "obese_t2d")
"""Phenotypes that are made without the arrows of a driver."""
TREATED = "obese_t2d"
STARTED = ("obese", "obese_t2d")
"""Bodies that are started from the cells of two others."""
DONORS = ("lean", "obese_t2d")
START_DAYS = 180


def plan(parts: Collection[str], phenotypes: Collection[str], seed: int, table: ParameterTable) -> list[Job]:
    """Return the jobs of some parts, for bodies of some phenotypes."""
    jobs = []
    if "starts" in parts:
        jobs += [
            Job(f"{name} from opposite starts", opposite_starts, (name, CELLS, seed, table))
            for name in STARTED
            if name in phenotypes
        ]
    if "trials" in parts:
        jobs += [
            Job(f"trial: {name}", published_trial, (name, CELLS, seed, table))
            for name, trial in trials.published_trials().items()
            if trial.phenotype in phenotypes
        ]
    if "drivers" in parts:
        jobs += [
            Job(
                f"{name} without {driver or 'nothing'} of all drivers",
                drive,
                (name, driver, CELLS, seed, table),
            )
            for driver in ("", *trials.DRIVERS, trials.ALL_DRIVERS)
            for name in DRIVEN
            if name in phenotypes
        ]
    if "remedies" in parts and TREATED in phenotypes:
        rules = ["", *trials.doses("lived")]
        jobs += [
            Job(f"{TREATED} under {rule or 'no rule'}", treat, (rule, CELLS, seed, table)) for rule in rules
        ]
    return jobs


# ---- what one process does --------------------------------------------------------------------------------------


def drive(phenotype: str, driver: str, cells: int, seed: int, table: ParameterTable) -> Found:
    """Look at a body that never had the arrows of a driver."""
    without = trials.arrows_of(driver) if driver else []
    body = Body(phenotype, cells=cells, seed=seed, parameters=table, without=without)
    found = Found()
    found.add(phenotype, f"driver {driver}", trials.without_driver(body))
    return found


def treat(rule: str, cells: int, seed: int, table: ParameterTable) -> Found:
    """Let a body live under a rule in two doses, or under none."""
    body = Body(TREATED, cells=cells, seed=seed, parameters=table)
    if not rule:
        return Found(tables={"remedy": trials.lived(body, []).assign(rule="", level="zero")})
    doses = trials.doses("lived")[rule]
    parts = [
        trials.lived(body, [doses.make(level)]).assign(rule=rule, level=level) for level in trials.LEVELS
    ]
    return Found(tables={f"remedy {rule}": pd.concat(parts, ignore_index=True)})


def challenge(body: Body, found: Found) -> None:
    """Challenge a lean body: each challenge in two doses over hours, and what was published."""
    name = body.phenotype.name
    numbers, found.tables["lipid infusion"] = trials.lipid_infusion(body)
    found.add(name, "lipid", numbers | trials.graded_lipid(body))
    found.add(name, "cytokines", trials.cytokines(body))
    doses, courses, ends = trials.doses("challenge"), [], []
    for rule, level in [("", "zero"), *product(doses, trials.LEVELS)]:
        course, shown = trials.challenged(body, doses[rule].make(level) if rule else None)
        courses.append(course.assign(rule=rule, level=level))
        ends.append(shown | {"rule": rule, "level": level})
    found.tables["challenge courses"] = pd.concat(courses, ignore_index=True)
    found.tables["challenge ends"] = pd.DataFrame(ends)


def published_trial(name: str, cells: int, seed: int, table: ParameterTable) -> Found:
    """Do what was done in a published trial."""
    trial = trials.published_trials()[name]
    body = Body(trial.phenotype, cells=cells, seed=seed, parameters=table)
    found = Found()
    found.add(trial.phenotype, f"trial {name}", trials.published_trial(body, trial))
    return found


def opposite_starts(
    phenotype: str, cells: int, seed: int, table: ParameterTable, days: int = START_DAYS
) -> Found:
    """Start a body from the cells of a lean and of a diabetic body."""
    body, *donors = (Body(name, cells=cells, seed=seed, parameters=table) for name in (phenotype, *DONORS))
    courses = [from_start(body, donor, days) for donor in donors]
    found = Found(tables={f"gaps {phenotype}": gaps(*courses)})
    parts = [course.assign(start=name) for course, name in zip(courses, DONORS, strict=True)]
    found.tables[f"starts {phenotype}"] = pd.concat(parts, ignore_index=True)
    return found
