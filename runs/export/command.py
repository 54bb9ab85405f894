"""The command ``insulattice export``: one cell as SBML, cells as tables or AnnData, tables in another form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from ..commands.completion import words
from ..commands.options import CellsOption, JsonOption, PhenotypeOption, SeedOption, SetOption, WithoutOption
from ..console import FAILED_RUN, Request, bad_input, complain, messages, show_json

app = typer.Typer(
    name="export",
    help="What leaves the model for other programs: SBML, AnnData, tables.",
    epilog="Example: insulattice export sbml --cell-type myocyte --phenotype lean --out myocyte.xml",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

CheckpointOption = Annotated[
    Path | None,
    typer.Option(
        "--checkpoint",
        metavar="FILE",
        help="A body that was saved while it lived, instead of a settled one of a phenotype.",
    ),
]


@app.command(
    epilog="Example: insulattice export sbml --cell-type adipocyte --phenotype obese --step 600 --out adipocyte.xml"
)
def sbml(
    cell_type: Annotated[
        str,
        typer.Option(
            "--cell-type",
            help="myocyte, adipocyte, hepatocyte or macrophage.",
            autocompletion=words("myocyte", "adipocyte", "hepatocyte", "macrophage"),
        ),
    ] = "myocyte",
    phenotype: PhenotypeOption = "lean",
    tissue: Annotated[
        str,
        typer.Option(
            "--tissue",
            help="muscle, fat or liver; the cell's home if not given.",
            autocompletion=words("muscle", "fat", "liver"),
        ),
    ] = "",
    cell: Annotated[
        int | None,
        typer.Option("--cell", metavar="ID", help="This cell of a table of cells; else the mean of all."),
    ] = None,
    step: Annotated[
        float | None,
        typer.Option("--step", metavar="PM", help="Insulin around the cell steps to this level, in pM."),
    ] = None,
    step_minute: Annotated[float, typer.Option("--step-minute", help="When it steps, in min.")] = 0.0,
    checkpoint: CheckpointOption = None,
    cells: CellsOption = 300,
    seed: SeedOption = 1,
    without: WithoutOption = None,
    values: SetOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="As .xml or .sbml; CELL_TYPE_PHENOTYPE.xml if not given."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """One cell's signalling network, with its surroundings held, as SBML Level 3 Version 2."""
    from .sbml_command import SbmlCommand

    request = Request(phenotype, cells, seed, without, values, 1, None, None, as_json)
    SbmlCommand(request, cell_type, tissue, cell, step, step_minute, checkpoint, out).run()


@app.command(name="cells", epilog="Example: insulattice export cells --phenotype obese --out cells.h5ad")
def cells_as_they_are(
    phenotype: PhenotypeOption = "lean",
    table: Annotated[
        Path | None,
        typer.Option(
            "--table",
            metavar="FILE",
            help="A table of cells, as of --cells-out or a sweep, instead of a phenotype.",
        ),
    ] = None,
    checkpoint: CheckpointOption = None,
    cells: CellsOption = 3000,
    seed: SeedOption = 1,
    without: WithoutOption = None,
    values: SetOption = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="As .h5ad (AnnData), .csv or .parquet.")
    ] = Path("cells.h5ad"),
    as_json: JsonOption = False,
) -> None:
    """All cells of a body, fasting or from a checkpoint: one row each, every state and signal."""
    from .bodies import body_of
    from .tables import cells_of, check_cells_file, read_table, save_cells

    request = Request(phenotype, cells, seed, without, values, 1, None, None, as_json)
    with bad_input():
        if table is not None and checkpoint is not None:
            raise ValueError("--table and --checkpoint are both given; give one")
        check_cells_file(out)
    if table is not None:
        with bad_input():
            found, made_by = read_table(table)
            save_cells(found, out, made_by)
    else:
        with messages() as console:
            found, made_by = cells_of(body_of(request, checkpoint, console))
        _save_late(lambda: save_cells(found, out, made_by))
    _tell(out, {"cells": len(found), "columns": len(found.columns)}, as_json)


@app.command(
    name="table", epilog="Example: insulattice export table clamp.parquet --wide --out clamp_wide.csv"
)
def table_in_another_form(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A table that a command wrote, as .csv or .parquet.",
            exists=True,
            dir_okay=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="As .csv or .parquet.")],
    wide: Annotated[
        bool, typer.Option("--wide/--tidy", help="One column for each quantity, named with its unit.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """A table in the other format, or with one column for each quantity."""
    from ..record import check_path, save_table
    from .tables import read_table, widened

    with bad_input():
        if out == file:
            raise ValueError(f"--out is the file itself, {file}; give another")
        check_path(out)
        found, made_by = read_table(file)
        if wide:
            found = widened(found)
        save_table(found, out, made_by)
    _tell(out, {"rows": len(found), "columns": len(found.columns)}, as_json)


def _save_late(save: Callable[[], object]) -> None:
    """Write at the end of a run; what goes wrong then is a failure and no bad input."""
    try:
        save()
    except ValueError as error:
        complain(str(error))
        raise typer.Exit(FAILED_RUN) from None


def _tell(out: Path, facts: dict[str, int], as_json: bool) -> None:
    """Say what was written."""
    facts |= {"bytes": out.stat().st_size}
    if as_json:
        show_json(facts | {"files": [str(out)]})
    else:
        typer.echo(f"written: {out} ({', '.join(f'{number} {what}' for what, number in facts.items())})")
