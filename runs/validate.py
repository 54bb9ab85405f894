"""The command ``validate``: the model against published measurements and studies.

Every number asked of the model, and further published ones, stand in ``data/validation_targets.csv`` with source, range
and, for the case of a miss, the likely reason; the experiments are those of ``trials``. The studies are those of
``studies``. What was found before is taken from the store. The document that a whole run writes is that of ``report``.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import typer

from ..agents.parameters import ParameterTable, nearest
from ..analysis.compare import compare
from ..environment import read_phenotypes
from ..environment.body import FEWEST_CELLS, MOST_CELLS, MOST_SEED, read_parameters
from ..environment.settle import code_digest
from . import report, score_report, study_scores
from .console import (
    FAILED_RUN,
    bad_input,
    complain,
    messages,
    number,
    progress_bar,
    show_json,
    show_table,
)
from .found import Found, Job
from .life_jobs import CELLS as LIFE_CELLS
from .listing import parameters_with
from .lives import failures
from .record import check_path, save_table, save_whole
from .score_groups import SETS, set_of
from .store import Store
from .study import Options, StudyResult
from .study_command import exit_status, shipped_studies, usable_cores
from .study_file import StudyError, read_study
from .study_table import provenance_of
from .subjects import CELLS as SUBJECT_CELLS
from .validation_jobs import PARTS, SLOW, plan
from .validation_run import live_histories, phenotypes_of, run_kept_studies, run_parts

if TYPE_CHECKING:
    from rich.console import Console

SUBJECTS = 2
"""Virtual subjects of each study, if not said otherwise: with two, a whole run takes less than an hour or two."""
BODY_CELLS = 300
"""Cells of the bodies of measurement parts, if not said otherwise."""
QUICK_DAYS = 14
"""A quick run leaves out studies with an arm that lives longer [day]."""
DOCS = Path("docs")
ALL_PARTS, ALL_STUDIES = "parts", "studies"
ALWAYS_SHOWN = ("dose_response_lean", "meal_shares")
DOTS_PER_INCH = 150


def targets() -> pd.DataFrame:
    """Return the table of targets."""
    empty = {"low": [""], "high": [""]}
    return pd.read_csv(report.DATA / "validation_targets.csv", keep_default_na=False, na_values=empty)


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


# ---- what is asked for ----------------------------------------------------------------------------------------------


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


# ---- the command ----------------------------------------------------------------------------------------------------


@dataclass
class ValidateCommand:
    """``insulattice validate``."""

    wish: Wish

    def run(self) -> None:
        """Do it, show it, write it, and leave with an exit status."""
        began, wish = time.perf_counter(), self.wish
        with bad_input():
            todo = planned(wish)
        with messages() as console, failures(lambda: HINT):
            found, results = do(todo, Store(fresh=wish.fresh), console)
        report.derive(found)
        compared = compare(targets(), found.numbers)
        rows = study_scores.scored(results, todo.paths, todo.reasons)
        if wish.as_json:
            show_json(_plain(compared, rows, found))
        else:
            show(compared, found, rows, wish.misses)
        self._save(todo, compared, found, rows, results)
        if not wish.as_json:
            typer.echo(f"{time.perf_counter() - began:.0f} s, {said_of(todo)}")
        failed = FAILED_RUN if set(found.failures) & set(todo.bodies) else 0
        status = exit_status(results) or failed
        if status:
            raise typer.Exit(status)

    def _save(
        self,
        todo: Plan,
        compared: pd.DataFrame,
        found: Found,
        rows: pd.DataFrame,
        results: Sequence[StudyResult],
    ) -> None:
        """Write the document, its figures and the rows."""
        written = []
        try:
            if todo.folder is not None:
                write(todo, compared, found, rows)
                written.append(todo.folder / "validation.md")
            if self.wish.out is not None:
                save_table(rows, self.wish.out, provenance_of(results))
                written.append(self.wish.out)
        except OSError as error:
            complain(f"cannot write to {todo.folder}: {error.strerror or error}")
            raise typer.Exit(FAILED_RUN) from None
        except ValueError as error:
            complain(str(error))
            raise typer.Exit(FAILED_RUN) from None
        if not self.wish.as_json:
            for path in written:
                typer.echo(f"written: {path}")


HINT = "; what is done is kept, and the same command goes on from there"


def do(todo: Plan, store: Store, console: Console) -> tuple[Found, list[StudyResult]]:
    """Do what is planned, the measurement parts first."""
    names = dict.fromkeys([*todo.bodies, *phenotypes_of(todo.paths)])
    live_histories(names, todo.options.jobs, console)
    with progress_bar(console, "measurements") as bar:
        found = run_parts(todo.jobs, todo.options.jobs, store, console, bar)
    with progress_bar(console, "subjects of studies") as bar:
        tell = teller(console, len(todo.paths))
        results = run_kept_studies(todo.paths, todo.options, store, tell, bar)
    return found, results


def teller(console: Console, number: int) -> Callable[[StudyResult], None]:
    """Return what tells each study as it comes, in a line; failures and remarks too."""
    began, done = time.perf_counter(), list[str]()

    def tell(result: StudyResult) -> None:
        done.append(result.name)
        if result.bad:
            complain(result.bad)
        for text in dict.fromkeys(row["error"] for row in result.rows if row["error"] and not result.bad):
            complain(f"{result.name}: {text}")
        agree = sum(row["agrees"] for row in result.rows)
        seconds = time.perf_counter() - began
        console.out(
            f"{len(done)} of {number} studies, {seconds:.0f} s: {result.name}, {agree} of {len(result.rows)} agree",
            highlight=False,
        )
        for note in result.notes:
            console.out(f"note: {result.name}: {note}", highlight=False)

    return tell


# ---- what is shown and written --------------------------------------------------------------------------------------


def show(compared: pd.DataFrame, found: Found, rows: pd.DataFrame, only_misses: bool) -> None:
    """Print what was compared, and the score card."""
    if found.numbers:
        show_measurements(compared, found, only_misses)
    if len(rows):
        show_scores(rows)


def show_measurements(compared: pd.DataFrame, found: Found, only_misses: bool) -> None:
    """Print the measurements, and how many rows pass."""
    verdicts, titles = {"miss"} if only_misses else {"miss", "pass"}, report.sections()["title"]
    wanted = compared[compared["verdict"].isin(verdicts)]
    for section, rows in wanted.groupby("section", sort=False):
        words = report.shown(rows).drop(columns=["source", "role"]).replace("**miss**", "miss")
        show_table(titles[str(section)], [list(words.columns), *words.to_numpy().tolist()])
    for name in ALWAYS_SHOWN:
        if name in found.tables:
            table = found.tables[name]
            lines = [[number(value) for value in row] for row in table.to_numpy()]
            show_table(name.replace("_", " "), [list(table.columns), *lines])
    show_table("rows that pass", report.summary_lines(compared))


def show_scores(rows: pd.DataFrame) -> None:
    """Print the score card of studies."""
    for title, table in score_report.screen_tables(rows).items():
        show_table(title, [list(table.columns), *table.replace("**miss**", "miss").to_numpy().tolist()])
    for line in (score_report.gap_words(rows), score_report.data_words(data())):
        if line:
            typer.echo(line)


def data() -> score_report.Data:
    """Return the number of fitted parameters, and of data of the calibration set."""
    fitted = sum(row.kind == "fitted" for row in read_parameters())
    files = [path for path in shipped_studies().values() if set_of(path) == SETS[0]]
    rows = targets()
    return score_report.Data(
        fitted,
        sum(len(read_study(path).expect) for path in files),
        len(files),
        int((rows["role"] == "calibration").sum()),
    )


def _plain(compared: pd.DataFrame, rows: pd.DataFrame, found: Found) -> dict[str, Any]:
    """Return everything as plain data."""
    ran = compared[compared["verdict"] != "not run"]
    return {
        "score": score_report.as_data(rows) if len(rows) else None,
        "data": data()._asdict(),
        "rows": rows.to_dict("records"),
        "measurements": ran.to_dict("records"),
        "failures": found.failures,
    }


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


def write(todo: Plan, compared: pd.DataFrame, found: Found, rows: pd.DataFrame) -> None:
    """Write the document and its figures, all or nothing."""
    assert todo.folder is not None
    drawn = {f"validation_{_file_name(name)}": figure for name, figure in report.figures(found).items()}
    of_scores = {name: f"score_{name}" for name in score_report.FIGURES}
    drawn |= {of_scores[name]: figure for name, figure in score_report.figures(rows).items()}
    places = {name: f"figures/{name}.png" for name in drawn}
    made_by = {"what": said_of(todo), "parameters": todo.table.fingerprint()[:12], "code": code_digest()[:12]}
    scores = score_report.document(
        rows, data(), {name: places[file] for name, file in of_scores.items() if file in places}
    )
    sections = {
        section: places[f"validation_{_file_name(section)}"]
        for section in compared["section"].unique()
        if f"validation_{_file_name(section)}" in places
    }
    text = report.document(compared, found, made_by, sections, scores if len(rows) else "")
    writers: dict[Path, Callable[[Path], object]] = {
        todo.folder / places[name]: lambda to, figure=figure: figure.savefig(
            to, dpi=DOTS_PER_INCH, format="png"
        )  # type: ignore[misc]
        for name, figure in drawn.items()
    }
    save_whole(writers | {todo.folder / "validation.md": lambda to: to.write_text(text, encoding="utf-8")})


def _file_name(section: str) -> str:
    return section.replace(" ", "_").replace("-", "_")
