"""The command ``sweep``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ..console import FAILED_RUN, bad_input, complain, messages, number, show_json, show_table

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from .progress import Tally
    from .sweep import SweepResult

MOST_ROWS = 30
"""Rows of the table on the screen."""


@dataclass
class SweepCommand:
    """``insulattice sweep``."""

    file: Path
    out: Path | None
    scheduler: str | None
    workers: int | None
    timeout: float | None
    retry: bool
    as_json: bool

    def run(self) -> None:
        """Do the sweep, show it, and leave with an exit status."""
        with bad_input():
            from .cluster import check_dask
            from .sweep_file import read_sweep

            if self.scheduler != "here":
                check_dask()
            plan = read_sweep(self.file)
        folder = self.file.with_suffix("") if self.out is None else self.out
        options = {
            "out": folder, "scheduler": self.scheduler, "workers": self.workers, "retry": self.retry,
            "timeout": plan.timeout if self.timeout is None else self.timeout,
        }  # fmt: skip
        finish(run_sweep(plan.experiment, plan.points, plan.seeds, options), self.as_json)


def run_sweep(function: Any, points: Any, seeds: Any, options: dict[str, Any]) -> SweepResult:
    """Run a sweep with a bar; bad input and a stop are one line each."""
    from .engine import SweepStopped
    from .sweep import sweep

    with messages() as console, counted(console) as progress, bad_input():
        try:
            return sweep(function, points, seeds, progress=progress, **options)
        except SweepStopped as error:
            complain(str(error))
            raise typer.Exit(FAILED_RUN) from None


def finish(result: SweepResult, as_json: bool) -> None:
    """Show the results and where they are; leave with status 1 if a run failed."""
    manifest = result.manifest
    if as_json:
        show_json({"folder": str(result.folder), "runs": len(manifest), "failed": number_of_failed(manifest),
                   "results": result.table.to_dict(orient="records")})  # fmt: skip
    else:
        show_means(result)
        show_counts(result.folder, manifest)
    leave_if_failed(manifest)


def number_of_failed(manifest: pd.DataFrame) -> int:
    """Return how many runs have no result."""
    return int((manifest["status"] != "done").sum())


def show_counts(folder: Path, manifest: pd.DataFrame) -> None:
    """Print how many runs are done, and where they are."""
    done = len(manifest) - number_of_failed(manifest)
    typer.echo(f"{done} of {len(manifest)} runs done; results in {folder}")


def leave_if_failed(manifest: pd.DataFrame) -> None:
    """Say why runs failed, and leave with status 1; or do nothing."""
    reasons = manifest.loc[manifest["status"] != "done", "error"].value_counts()
    for error, count in reasons.head(MOST_ROWS).items():
        complain(f"{count} {'run' if count == 1 else 'runs'} failed: {error}")
    if len(reasons) > MOST_ROWS:
        complain(f"and {len(reasons) - MOST_ROWS} more reasons; all stand in sweep.log")
    if len(reasons):
        raise typer.Exit(FAILED_RUN)


def show_means(result: SweepResult) -> None:
    """Print the mean of each output."""
    table = result.table
    if table.empty or "output" not in table:
        return
    found = table.groupby("output", sort=False)["value"].agg(["mean", "std", "min", "max", "count"])
    rows = [[str(name), *(number(float(x)) for x in row)] for name, row in
            zip(found.index, found.to_numpy(), strict=True)]  # fmt: skip
    show_table(
        "outputs over all runs", [["output", "mean", "SD", "lowest", "highest", "runs"], *rows[:MOST_ROWS]]
    )
    if len(rows) > MOST_ROWS:
        typer.echo(f"and {len(rows) - MOST_ROWS} more")


@contextmanager
def counted(console: Console) -> Iterator[Callable[[Tally], None] | None]:
    """Give a function that shows how a sweep stands; None where there is no terminal."""
    if not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda tally: bar.update(
            task, completed=tally.finished, total=tally.runs, description=tally.words()
        )
