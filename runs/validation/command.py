"""The command ``validate``: the model against published measurements and studies.

The experiments are those of ``trials`` and ``life_trials``; the studies are those of ``runs/studies``. What was found
before is taken from the store.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import typer

from ...analysis.compare import compare
from ..console import (
    FAILED_RUN,
    bad_input,
    complain,
    failures,
    messages,
    progress_bar,
    show_json,
)
from ..record import save_table
from ..store import Store
from ..study.command import exit_status
from ..study.running import StudyResult
from ..study.table import provenance_of
from . import report, study_scores
from .found import Found
from .output import plain_of, show, targets, write
from .plan import Plan, Wish, planned, said_of
from .work import live_histories, phenotypes_of, run_kept_studies, run_parts

if TYPE_CHECKING:
    from rich.console import Console


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
            show_json(plain_of(compared, rows, found))
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
    live_histories(names, todo.options.cells, todo.options.jobs, console)
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
