"""What a validation shows and writes: tables on the screen, plain data, and the document with its figures.

Every number asked of the model, and further published ones, stand in ``data/validation_targets.csv`` with source, range
and, for the case of a miss, the likely reason. The document itself is that of ``report`` and ``score_report``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import typer

from ...environment.body import read_parameters
from ...environment.settle import code_digest
from ..console import (
    number,
    show_table,
)
from ..fitting import cell_experiments
from ..folders import DATA
from ..record import save_whole
from ..study.command import shipped_studies
from ..study.file import read_study
from . import report, score_report
from .found import Found
from .plan import Plan, said_of
from .score_groups import SETS, set_of

ALWAYS_SHOWN = ("dose_response_lean", "meal_shares")
DOTS_PER_INCH = 150


def targets() -> pd.DataFrame:
    """Return the table of targets."""
    empty = {"low": [""], "high": [""]}
    return pd.read_csv(DATA / "validation_targets.csv", keep_default_na=False, na_values=empty)


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
    fitted = [row.source for row in read_parameters() if row.kind == "fitted"]
    files = [path for path in shipped_studies().values() if set_of(path) == SETS[0]]
    rows = targets()
    return score_report.Data(
        len(fitted),
        sum(len(read_study(path).expect) for path in files),
        len(files),
        int((rows["role"] == "calibration").sum()),
        fitted.count(cell_experiments.SOURCE),
        len(cell_experiments.measured()),
    )


def plain_of(compared: pd.DataFrame, rows: pd.DataFrame, found: Found) -> dict[str, Any]:
    """Return everything as plain data."""
    ran = compared[compared["verdict"] != "not run"]
    return {
        "score": score_report.as_data(rows) if len(rows) else None,
        "data": data()._asdict(),
        "rows": rows.to_dict("records"),
        "measurements": ran.to_dict("records"),
        "failures": found.failures,
    }


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
