"""The stages of a fit: cell, organ, whole body, challenges, interventions; which data and which numbers belong to each.

An expectation of a study belongs to a stage by what is done to the subjects, on either side of its comparison: where
nothing is done, to ``organ`` if it is read in a clamp, with pools held, or from a biopsy, else to ``body``; where one
input is moved without a drug's kinetics, to ``challenge``; else to ``intervention``. The data of ``cell`` are those of
the isolated adipocyte. A fitted number belongs to the stage that ``data/fit_stages.csv`` says.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ...agents.parameters import Parameter, ParameterTable, nearest
from ..folders import DATA
from ..study.file import read_study
from ..study.running import Options, Side, sides
from ..study.schema import Expect, Study
from .cell_experiments import adipocyte_experiment
from .evaluations import Experiment
from .study_experiments import StudyExperiment

STAGES = ("cell", "organ", "body", "challenge", "intervention")
ALL = "all"
CALIBRATION = "calibration"
"""Set of studies that numbers may be fitted to."""

CHALLENGES = (
    "lipid_infusion", "tnf_infusion", "il6_infusion", "endotoxin", "insulin_infusion", "glucose_infusion",
    "somatostatin", "inactivity",
)  # fmt: skip
"""Rules that move one input."""
IN_ORGANS = ("clamp", "hold", "biopsy")
"""Protocols that look at organs."""

TABLE = DATA / "fit_stages.csv"


def find_stages(given: str) -> tuple[str, ...]:
    """Return the stages of a word: one of them, or all.

    Raises
    ------
    ValueError
        For another word.
    """
    allowed = (*STAGES, ALL)
    if given not in allowed:
        raise ValueError(
            f"--stage is {given!r}, allowed: {', '.join(allowed)}.{nearest(given, allowed, listed=True)}"
        )
    return STAGES if given == ALL else (given,)


# ---- data -----------------------------------------------------------------------------------------------------------


def stage_of(expect: Expect, study: Study) -> str:
    """Return the stage of an expectation."""
    rules = [name for side in sides(expect, study) for name in _rules(side, study)]
    if rules:
        return "challenge" if all(name in CHALLENGES for name in rules) else "intervention"
    return "organ" if study.test(expect.test).protocol in IN_ORGANS else "body"


def _rules(side: Side, study: Study) -> list[str]:
    """Return the rules that act on one side of a comparison."""
    rules: list[Any] = [*side.regime.life, *side.regime.tests, *study.test(side.test).interventions()]
    return [rule.name for rule in rules]


def experiments_of(stage: str, paths: Iterable[Path], options: Options) -> list[Experiment]:
    """Return the experiments of a stage: the isolated cell, or each study with its expectations of that stage."""
    if stage == "cell":
        return [adipocyte_experiment()]
    found: list[Experiment] = []
    for path in paths:
        study = read_study(path)
        places = [place for place, expect in enumerate(study.expect) if stage_of(expect, study) == stage]
        if places:
            found.append(StudyExperiment(study, options).of(places))
    return found


# ---- numbers --------------------------------------------------------------------------------------------------------


@cache
def _assigned() -> dict[tuple[str, str, str], str]:
    """Return the stage by file, name and cell type."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {(row["where"], row["name"], row["cell_type"]): row["stage"] for row in rows}


def stage_of_row(row: Parameter) -> str | None:
    """Return the stage of a number; None if nothing is said of it."""
    keys = [(row.where, row.name, row.cell_type), (row.where, row.name, ""), (row.where, "", "")]
    return next((_assigned()[key] for key in keys if key in _assigned()), None)


def rows_of(stage: str, table: ParameterTable) -> list[Parameter]:
    """Return the fitted numbers of a stage."""
    return [
        row for row in table if row.kind == "fitted" and row.low < row.high and stage_of_row(row) == stage
    ]


def earlier(stage: str) -> Sequence[str]:
    """Return the stages before one."""
    return STAGES[: STAGES.index(stage)]
