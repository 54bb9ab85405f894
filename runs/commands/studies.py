"""Published studies, and the validation against all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..console import bad_input
from . import completion
from .options import (
    FewCellsOption,
    JobsOption,
    JsonOption,
    SeedOption,
    SetOption,
)

group = typer.Typer()


@group.command(epilog="Example: insulattice study hundal2000 --subjects 4 --out hundal.csv")
def study(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE...",
            help="Study files, folders, ids of shipped studies, or all.",
            autocompletion=completion.offers(completion.studies),
        ),
    ] = None,
    subjects: Annotated[
        int | None, typer.Option("--subjects", help="Virtual subjects; the file's number if not given.")
    ] = None,
    cells: FewCellsOption = 240,
    seed: SeedOption = 1,
    jobs: JobsOption = None,
    full: Annotated[
        bool, typer.Option("--full/--accelerated", help="Live every minute, or representative days only.")
    ] = False,
    posterior: Annotated[
        int | None,
        typer.Option(
            "--posterior",
            metavar="N",
            help="Repeat with N draws of the parameters, so that intervals carry their uncertainty.",
        ),
    ] = None,
    posterior_file: Annotated[
        Path | None,
        typer.Option("--posterior-file", metavar="FILE", help="Another posterior than that of the model."),
    ] = None,
    new: Annotated[
        str | None, typer.Option("--new", metavar="ID", help="Write a commented template ID.toml here.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write one row per expectation, as .csv or .parquet, provenance beside it.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Published experiments from study files: what was seen beside what virtual subjects show."""
    from ..study.command import StudyCommand, new_study

    if new is not None:
        with bad_input():
            typer.echo(f"written: {new_study(new)}")
        return
    StudyCommand(
        files or [], subjects, cells, seed, jobs, full, out, as_json, posterior, posterior_file
    ).run()


@group.command(
    epilog="Example: insulattice validate --only studies --sets validation --subjects 4 --folder results"
)
def validate(
    sets: Annotated[
        str, typer.Option("--sets", metavar="SETS", help="Sets of studies, by comma.")
    ] = "calibration,validation",
    only: Annotated[
        str,
        typer.Option(
            "--only",
            metavar="NAMES",
            help="Parts, ids of studies, or parts or studies for all of them; by comma.",
        ),
    ] = "",
    subjects: Annotated[
        int | None, typer.Option("--subjects", help="Virtual subjects of each study; 2 if not given.")
    ] = None,
    cells: Annotated[
        int | None,
        typer.Option("--cells", help="Simulated cells; 240 of a subject, 300 of other bodies if not given."),
    ] = None,
    seed: SeedOption = 1,
    jobs: JobsOption = None,
    phenotypes: Annotated[
        str,
        typer.Option(
            "--phenotypes", metavar="NAMES", help="Bodies of the parts, by comma; all if not given."
        ),
    ] = "",
    values: SetOption = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            metavar="DIR",
            help="Where validation.md and figures/ go; docs for a whole run, else none.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write the rows of studies as .csv or .parquet, provenance beside it.",
        ),
    ] = None,
    as_json: JsonOption = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do everything anew, whatever is kept.")] = False,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Leave out slow parts, and studies that live longer than two weeks."),
    ] = False,
    misses: Annotated[bool, typer.Option("--misses", help="Of the parts, show only what misses.")] = False,
) -> None:
    """The model against published measurements and all studies: score card, docs/validation.md and figures."""
    from ..validation.command import ValidateCommand
    from ..validation.plan import Wish

    given = values or ()
    wish = Wish(
        sets, only, subjects, cells, seed, jobs, phenotypes, given, folder, out, as_json, fresh, quick, misses
    )
    ValidateCommand(wish).run()
