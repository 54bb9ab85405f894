"""What the commands share: their options, their messages on standard error, and how a result is shown."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from ..agents.compose import ComposeError
from ..agents.parameters import ParameterError
from .commands.completion import listen

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from ..environment.body import Body
    from ..environment.rule import Rule
    from .record import Record

BAD_INPUT, FAILED_RUN, INTERRUPTED = 2, 1, 130
"""Exit status."""
FIGURE_ENDINGS = (".png", ".pdf", ".svg")

AnyUsage: type[Exception] = typer.BadParameter.__mro__[2]


class Commands(TyperGroup):
    """The commands; an error is one line on standard error."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run a command and leave with its exit status."""
        listen()
        leaves = options.pop("standalone_mode", True)
        options["standalone_mode"] = False
        if not leaves:
            return super().main(*args, **options)
        try:
            status = super().main(*args, **options)
        except AnyUsage as error:
            if error.format_message():  # type: ignore[attr-defined]
                complain(error.format_message())  # type: ignore[attr-defined]
            status = error.exit_code  # type: ignore[attr-defined]
        except typer.Abort:
            complain("stopped by hand")
            status = INTERRUPTED
        except (ComposeError, ParameterError) as error:  # of the model's own files, wherever it is met
            complain(str(error))
            status = BAD_INPUT
        sys.exit(status if isinstance(status, int) else 0)


def complain(message: str) -> None:
    """Write one line to standard error."""
    typer.echo("insulattice: " + " ".join(message.split()), err=True)


@contextmanager
def bad_input() -> Iterator[None]:
    """Turn what the library says of wrong input, or of a file it cannot use, into one line and exit status 2."""
    try:
        yield
    except ValueError as error:
        complain(str(error))
        raise typer.Exit(BAD_INPUT) from None
    except OSError as error:
        complain(f"cannot use {error.filename}: {error.strerror}" if error.filename else str(error))
        raise typer.Exit(BAD_INPUT) from None


@contextmanager
def failures(hint: Callable[[], str] = str) -> Iterator[None]:
    """Turn a run that failed, or was stopped by hand, into one line, with what can be done, and its exit status."""
    from ..environment import SimulationError

    try:
        yield
    except SimulationError as error:
        complain(f"{error}{hint()}")
        raise typer.Exit(FAILED_RUN) from None
    except KeyboardInterrupt:
        complain(f"stopped by hand{hint()}")
        raise typer.Exit(INTERRUPTED) from None


def check_figure(path: Path) -> None:
    """Raise a ValueError if no figure can be written to a path."""
    if path.suffix.lower() not in FIGURE_ENDINGS:
        allowed = ", ".join(FIGURE_ENDINGS)
        raise ValueError(f"cannot write {path}: the ending is {path.suffix!r}, allowed: {allowed}")
    if path.is_dir():
        raise ValueError(f"cannot write {path}: it is a folder")
    if not path.absolute().parent.is_dir():
        raise ValueError(f"cannot write {path}: there is no folder {path.parent}")


@dataclass
class Request:
    """What the options of a simulating command ask for."""

    phenotype: str
    cells: int
    seed: int
    without: list[str] | None
    values: list[str] | None
    every: int
    out: Path | None
    cells_out: Path | None
    as_json: bool

    def check(self) -> None:
        """Raise a ValueError if a file cannot be written or ``every`` makes no sense, before anything long begins."""
        from .record import check_path

        for path in (self.out, self.cells_out):
            if path is not None:
                check_path(path)
        if self.out is not None and self.out == self.cells_out:
            raise ValueError(f"--out and --cells-out are both {self.out}; give two files")
        if self.every < 1:
            raise ValueError(f"--every is {self.every}, allowed: 1 or more")

    def body(self) -> Body:
        """Return the body, not yet settled."""
        from ..environment import Body
        from .listing import parameters_with

        return Body(
            phenotype=self.phenotype,
            cells=self.cells,
            seed=self.seed,
            without=self.without or (),
            parameters=parameters_with(self.values or ()),
            settle=False,
        )


def run(request: Request, make: Callable[[], Rule], hours: float | None = None) -> None:
    """Do what a simulating command asks for: simulate, save, show; a failed run keeps what it has.

    Parameters
    ----------
    request : Request
        The options.
    make : callable
        Returns the protocol; a ValueError of it is bad input.
    hours : float, optional
        Length of the run, if not the protocol's own [h].
    """
    with bad_input():
        request.check()
        protocol = make()
    with messages() as console:
        record = record_of(request, protocol, hours, console)
    files = save(request, record)
    if request.as_json:
        show_json(record.summary | {"error": record.error, "files": files})
    elif record.error is None:
        show_summary(record.summary)
        for file in files:
            typer.echo(f"written: {file}")
    if record.summary.get("note"):
        complain(record.summary["note"])
    if record.error is not None:
        complain(record.error + (f" (what came before is in {files[0]})" if files else ""))
        raise typer.Exit(FAILED_RUN)


def record_of(request: Request, protocol: Rule, hours: float | None, console: Console) -> Record:
    """Return the record of a run; of one that failed, what came before."""
    from ..environment import SimulationError
    from .record import Record
    from .simulation import simulate

    with bad_input():
        body = request.body()
    settle_with_bar(body, console)
    try:
        with progress_bar(console, getattr(protocol, "name", "run")) as progress:
            return simulate(body, protocol, hours=hours, every=request.every, progress=progress)
    except SimulationError as error:
        if isinstance(error.record, Record):
            return error.record
        complain(str(error))
        raise typer.Exit(FAILED_RUN) from None


def settle_with_bar(body: Body, console: Console) -> None:
    """Settle a body under a bar; a failure ends the command with status 1."""
    from ..environment import SimulationError
    from ..environment.settle import settle

    try:
        with progress_bar(console, f"settling {body.phenotype.name}") as progress:
            settle(body, None if progress is None else lambda share: progress(round(100 * share), 100))
    except SimulationError as error:
        complain(f"settling failed: {error}")
        raise typer.Exit(FAILED_RUN) from None


def save(request: Request, record: Record) -> list[str]:
    """Write what was asked for; return the files."""
    files = []
    try:
        if request.out is not None:
            files.append(str(record.save(request.out)))
        if request.cells_out is not None:
            files.append(str(record.save_cells(request.cells_out)))
    except ValueError as error:
        complain(str(error))
        raise typer.Exit(FAILED_RUN) from None
    return files


# ---- standard error ---------------------------------------------------------------------------------------------


@contextmanager
def messages() -> Iterator[Console]:
    """Send what the library logs to standard error for a while; gives the console that writes there."""
    from rich.console import Console

    console = Console(stderr=True)
    handler = _ToConsole(console)
    log = logging.getLogger("insulattice")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield console
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


class _ToConsole(logging.Handler):
    """Writes log messages to a rich console."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Write one message."""
        self.console.print(record.getMessage(), style="dim", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def progress_bar(console: Console, what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give a function that moves a bar; None, and no bar, where there is no terminal."""
    if not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


# ---- standard output --------------------------------------------------------------------------------------------


def show_json(value: Any) -> None:
    """Print JSON; NaN becomes null."""
    from .record import plain

    typer.echo(json.dumps(plain(value), indent=2, allow_nan=False))


SUFFIXES = {
    "_mg_kg_min": "mg/kg/min", "_umol_kg_min": "umol/kg/min", "_percent": "%", "_pM_min": "pM min", "_mM_min": "mM min",
    "_mM": "mM", "_pM": "pM", "_min": "min", "_kg": "kg", "_s": "s",
}  # fmt: skip
NAMES = {
    "m_value": "M-value", "gir": "glucose infusion", "rd": "glucose disposal", "egp": "endogenous glucose production",
    "egp_suppression": "suppression of glucose production", "lipolysis_suppression": "suppression of lipolysis",
    "homa_ir": "HOMA-IR", "matsuda": "Matsuda index", "adipo_ir": "Adipo-IR", "hepatic_ir": "hepatic resistance index",
    "cell_steps": "steps of cells", "wall": "time taken",
}  # fmt: skip


def label(name: str) -> tuple[str, str]:
    """Return the words for a key of a summary and its unit."""
    unit = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), "")
    bare = name.removesuffix(unit)
    words = NAMES.get(bare, bare).replace("_", " ")
    for old, new in (("ffa", "FFA"), ("egp", "glucose production"), (" rd", " glucose disposal")):
        words = words.replace(old, new)
    return words, SUFFIXES.get(unit, "")


def show_summary(summary: Mapping[str, Any]) -> None:
    """Print a summary as a table."""
    title = f"{summary['protocol']}: {summary['phenotype']}, {summary['cells']} cells, seed {summary['seed']}"
    if summary["without"]:
        title += ", without " + ", ".join(summary["without"])
    rows = [["", "value", "unit"]]
    for name, value in summary.items():
        if name in {"phenotype", "protocol", "cells", "seed", "without", "steps", "audit_gap", "note"}:
            continue
        words, unit = label(name)
        if isinstance(value, Mapping):
            rows += [[f"{words}: {key.replace('_', ' ')}", number(item), unit] for key, item in value.items()]
        elif isinstance(value, (list, tuple)):
            rows.append([words, "  ".join(number(item) for item in value), unit])
        else:
            rows.append([words, number(value), unit])
    show_table(title, rows)
    steps = summary.get("steps", [])
    if len(steps) > 1:
        wanted = (
            "m_value_mg_kg_min",
            "rd_umol_kg_min",
            "egp_umol_kg_min",
            "plasma_insulin_pM",
            "plasma_glucose_mM",
        )
        body = [[step["insulin"], *(number(step[name]) for name in wanted)] for step in steps]
        show_table("steps", [["insulin", *(" ".join(label(name)) for name in wanted)], *body])


def number(value: Any) -> str:
    """Return a value in four significant digits."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "-" if value is None else str(value)
    if isinstance(value, int) or abs(value) >= 1e4:
        return f"{value:.0f}"
    return f"{value:.4g}"


def show_table(title: str, rows: list[list[str]]) -> None:
    """Print a table whose first row is its head; wide columns wrap on a terminal, and no text is lost."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold")
    for column in rows[0]:
        table.add_column(column, overflow="fold")
    for row in rows[1:]:
        table.add_row(*row)
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = 1000
    console.print(table)


def show_list(
    title: str,
    rows: pd.DataFrame,
    out: Path | None,
    as_json: bool,
    made_by: Mapping[str, Any],
    data: Any = None,
) -> None:
    """Show and save a list of things, one row each; ``data`` is what JSON shows instead of the rows."""
    from .record import save_table

    with bad_input():
        if out is not None:
            save_table(rows, out, made_by)
    if as_json:
        show_json(rows.to_dict(orient="records") if data is None else data)
        return
    words = [[number(value) for value in row] for row in rows.itertuples(index=False)]
    show_table(f"{title} ({len(rows)})", [list(rows.columns), *words])
    if out is not None:
        typer.echo(f"written: {out}")
