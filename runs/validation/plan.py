"""The plan of a validation: what its options ask for, checked before anything long begins."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...agents.parameters import ParameterTable, nearest
from ...environment import read_phenotypes
from ...environment.body import FEWEST_CELLS, MOST_CELLS, MOST_SEED, read_parameters
from ..listing import parameters_with
from ..record import check_path
from ..study.command import shipped_studies, usable_cores
from ..study.file import StudyError, read_study
from ..study.running import Options
from ..study.subjects import CELLS as SUBJECT_CELLS
from . import study_scores
from .found import Job
from .jobs import PARTS, SLOW, plan
from .life_jobs import CELLS as LIFE_CELLS
from .score_groups import SETS, set_of

SUBJECTS = 2
"""Virtual subjects of each study, if not said otherwise: with two, a whole run takes less than an hour or two."""
BODY_CELLS = 300
"""Cells of the bodies of measurement parts, if not said otherwise."""
QUICK_DAYS = 14
"""A quick run leaves out studies with an arm that lives longer [day]."""
DOCS = Path("docs")
ALL_PARTS, ALL_STUDIES = "parts", "studies"


@dataclass(frozen=True)
class Wish:
    """What the options ask for; None or nothing stands for what is usual."""

    sets: str = ",".join(SETS)
    only: str = ""
    subjects: int | None = None
    cells: int | None = None
    seed: int = 1
    jobs: int | None = None
    phenotypes: str = ""
    values: Sequence[str] = ()
    folder: Path | None = None
    out: Path | None = None
    as_json: bool = False
    fresh: bool = False
    quick: bool = False
    misses: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return not (self.only or self.quick or self.phenotypes or self.values) and set(
            _words(self.sets)
        ) == set(SETS)


@dataclass(frozen=True)
class Plan:
    """What will be done.

    Attributes
    ----------
    jobs : list of Job
        Of the measurement parts.
    paths : list of Path
        Files of the studies.
    bodies : list of str
        Phenotypes of the measurement parts.
    table : ParameterTable
        Of the measurement parts.
    options : Options
        Of the studies.
    folder : Path or None
        Where the document goes.
    reasons : mapping
        Why studies miss.
    """

    jobs: list[Job]
    paths: list[Path]
    bodies: list[str]
    table: ParameterTable
    options: Options
    folder: Path | None
    reasons: study_scores.Reasons = field(default_factory=dict)


def planned(wish: Wish) -> Plan:
    """Return what will be done.

    Raises
    ------
    ValueError
        For what is unknown, out of range or cannot be written, before anything long begins.
    """
    _check_numbers(wish)
    parts, paths = chosen(wish)
    if wish.values and paths:
        raise ValueError(
            "--set changes the bodies of measurement parts only, allowed: with --only parts, or names of parts"
        )
    every = list(read_phenotypes())
    bodies = _known("--phenotypes", "phenotype", wish.phenotypes, every) if wish.phenotypes else every
    table = parameters_with(wish.values) if wish.values else read_parameters()
    jobs = plan(bodies, parts, wish.cells or BODY_CELLS, wish.seed, table) if parts else []
    options = Options(
        wish.subjects or SUBJECTS, wish.cells or SUBJECT_CELLS, wish.seed, wish.jobs or usable_cores()
    )
    if wish.out is not None:
        check_path(wish.out)
        if not paths:
            raise ValueError(
                f"--out {wish.out} takes rows of studies, but none are asked for; give a study or leave it out"
            )
    reasons = study_scores.read_reasons(shipped_studies().values())
    folder = wish.folder or (DOCS if wish.whole else None)
    if folder is not None:
        _check_folder(folder)
    return Plan(jobs, paths, bodies if parts else [], table, options, folder, reasons)


def _words(text: str) -> list[str]:
    """Return the words of a list with commas, each once."""
    return list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _check_numbers(wish: Wish) -> None:
    limits = {
        "--subjects": (wish.subjects, 1, 10_000), "--cells": (wish.cells, FEWEST_CELLS, MOST_CELLS),
        "--seed": (wish.seed, 0, MOST_SEED), "--jobs": (wish.jobs, 1, 1000),
    }  # fmt: skip
    for name, (given, low, high) in limits.items():
        if given is not None and not low <= given <= high:
            raise ValueError(f"{name} is {given}, allowed: a whole number from {low} to {high}")


def _check_folder(folder: Path) -> None:
    try:
        (folder / "figures").mkdir(parents=True, exist_ok=True)
        for place in (folder, folder / "figures"):
            with tempfile.TemporaryFile(dir=place):
                pass
    except OSError as error:
        raise ValueError(f"--folder {folder} cannot be written to: {error.strerror or error}") from None


def chosen(wish: Wish) -> tuple[list[str], list[Path]]:
    """Return the measurement parts and study files that are asked for.

    Raises
    ------
    ValueError
        For an unknown set, part or study, or if nothing is left.
    """
    known = [ALL_PARTS, ALL_STUDIES, *PARTS, *shipped_studies()]
    sets = _known("--sets", "set", wish.sets, SETS)
    names = _known("--only", "part or study", wish.only, known) if wish.only else []
    studies = {name: path for name, path in shipped_studies().items() if set_of(path) in sets}
    parts = [name for name in PARTS if not names or name in names or ALL_PARTS in names]
    paths = [path for name, path in studies.items() if not names or name in names or ALL_STUDIES in names]
    if wish.quick:
        parts = [name for name in parts if name not in SLOW]
        paths = [path for path in paths if _longest_arm(path) <= QUICK_DAYS]
    if not parts and not paths:
        raise ValueError(
            f"nothing is left of --only {wish.only!r} with --sets {wish.sets!r}{' and --quick' * wish.quick}"
        )
    return parts, paths


def _known(option: str, what: str, text: str, known: Sequence[str]) -> list[str]:
    """Return the words of an option, which all have to be known."""
    names = _words(text)
    if not names:
        raise ValueError(f"{option} is {text!r}, allowed: {', '.join(known[:6])}{', ...' * (len(known) > 6)}")
    for name in names:
        if name not in known:
            raise ValueError(f"{option}: no {what} is called {name!r}.{nearest(name, list(known))}")
    return names


def _longest_arm(path: Path) -> float:
    """Return the days of the longest arm of a study; 0 for a bad file, which is told later."""
    try:
        return max(arm.length for arm in read_study(path).arms)
    except StudyError:
        return 0.0


def said_of(todo: Plan) -> str:
    """Return what was run, in words."""
    words, options = list[str](), todo.options
    if todo.paths:
        studies = _counted(len(todo.paths), "study", "studies")
        subjects = _counted(options.subjects or 0, "subject", "subjects")
        words.append(f"{studies} with {subjects} of {options.cells} cells")
    if todo.jobs:
        bodies = _counted(len(todo.bodies), "body", "bodies")
        words.append(f"{bodies} of {_cells(todo)} cells ({LIFE_CELLS} where they live for weeks)")
    return f"{'; '.join(words)}; seed {options.seed}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _cells(todo: Plan) -> int:
    """Return the cells of the bodies of measurement parts, as the first job has them."""
    return int(todo.jobs[0].arguments[1])
