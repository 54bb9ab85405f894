"""The model against published measurements: ``python -m insulattice.runs.validate``.

Every number asked of the model, and further published ones, stand in ``data/validation_targets.csv`` with source, range
and, for the case of a miss, the likely reason. The experiments are those of ``trials``; the document that a whole run
writes is that of ``report``.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from ..agents.parameters import ParameterTable
from ..analysis.compare import compare
from ..environment import read_phenotypes
from ..environment.body import read_parameters
from . import report
from .console import FAILED_RUN, bad_input, complain, number, show_table
from .found import Found
from .listing import parameters_with
from .record import save_whole
from .validation_jobs import PARTS, SLOW, plan, run_all

PROCESSES = 2
ALWAYS_SHOWN = ("dose_response_lean", "meal_shares")

CellsOption = Annotated[int, typer.Option("--cells", help="Simulated cells of each body.")]
OnlyOption = Annotated[str, typer.Option("--only", help="Parts, by comma: " + ", ".join(PARTS) + ".")]
QuickOption = Annotated[bool, typer.Option("--quick", help="Leave out " + " and ".join(SLOW) + ".")]
BodiesOption = Annotated[str, typer.Option("--phenotypes", help="Bodies, by comma.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Another value of a parameter; may be repeated."),
]
FolderOption = Annotated[
    Path | None,
    typer.Option("--folder", help="Where validation.md and figures/ go; docs for a whole run, else none."),
]


def targets() -> pd.DataFrame:
    """Return the table of targets."""
    empty = {"low": [""], "high": [""]}
    return pd.read_csv(report.DATA / "validation_targets.csv", keep_default_na=False, na_values=empty)


def main(
    cells: CellsOption = 600,
    seed: Annotated[int, typer.Option("--seed", help="Key of everything random.")] = 1,
    only: OnlyOption = "",
    quick: QuickOption = False,
    phenotypes: BodiesOption = "",
    values: SetOption = None,
    misses: Annotated[bool, typer.Option("--misses", help="Print only what misses.")] = False,
    folder: FolderOption = None,
) -> None:
    """Compare the model with published measurements; a whole run writes docs/validation.md and its figures."""
    began = time.perf_counter()
    parts = only.split(",") if only else [part for part in PARTS if not (quick and part in SLOW)]
    bodies = phenotypes.split(",") if phenotypes else list(read_phenotypes())
    whole = not (only or quick or phenotypes or values)
    with bad_input():
        table = parameters_with(values or ()) if values else read_parameters()
        jobs = plan(bodies, parts, cells, seed, table)
    found = run_all(jobs, PROCESSES)
    report.derive(found)
    compared = compare(targets(), found.numbers)
    show(compared, found, misses)
    if folder is None and whole:
        folder = Path("docs")
    if folder is not None:
        write(folder, compared, found, table, cells, seed)
    typer.echo(f"{time.perf_counter() - began:.0f} s, {cells} cells, seed {seed}")
    if set(found.failures) & set(bodies):
        raise typer.Exit(FAILED_RUN)


def show(compared: pd.DataFrame, found: Found, only_misses: bool) -> None:
    """Print what was compared, and how many rows pass."""
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


def write(
    folder: Path, compared: pd.DataFrame, found: Found, table: ParameterTable, cells: int, seed: int
) -> None:
    """Write the document and its figures."""
    drawn = report.figures(found)
    paths = {
        section: f"figures/validation_{section.replace(' ', '_').replace('-', '_')}.png" for section in drawn
    }
    made_by = {"cells": str(cells), "seed": str(seed), "parameters": table.fingerprint()[:12]}
    text = report.document(compared, found, made_by, paths)
    try:
        (folder / "figures").mkdir(parents=True, exist_ok=True)
        save_whole({folder / "validation.md": lambda to: to.write_text(text, encoding="utf-8")})
        for section, figure in drawn.items():
            figure.savefig(folder / paths[section], dpi=150)
    except OSError as error:
        complain(f"cannot write to {folder}: {error.strerror or error}")
        raise typer.Exit(FAILED_RUN) from None
    typer.echo(f"written: {folder / 'validation.md'}")


if __name__ == "__main__":
    typer.run(main)
