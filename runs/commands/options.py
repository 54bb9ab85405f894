"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .completion import arrows, offers, parameters, phenotypes

PhenotypeOption = Annotated[
    str,
    typer.Option(
        "--phenotype",
        help="What goes into the body: lean, obese, prediabetic, lean_t2d or obese_t2d.",
        autocompletion=offers(phenotypes),
    ),
]
CellsOption = Annotated[
    int,
    typer.Option(
        "--cells",
        help="Simulated cells, over all tissues. Macrophages that settle in fat come on top: cells_present in JSON.",
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", help="Key of everything random.")]
WithoutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="ARROW",
        help='Arrow to cut, as "dag->pkc"; may be repeated.',
        autocompletion=offers(arrows),
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Another value of a parameter; may be repeated.",
        autocompletion=offers(parameters),
    ),
]
EveryOption = Annotated[int, typer.Option("--every", help="Minutes between the rows of the table.")]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write the table as .csv or .parquet, provenance beside it."),
]
CellsOutOption = Annotated[
    Path | None,
    typer.Option("--cells-out", metavar="FILE", help="Write one row per cell, as .csv or .parquet."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON only.")]

SearchOption = Annotated[
    str | None, typer.Option("--search", metavar="WORD", help="Only rows that have this word.")
]
IDLE = "Taken by every command; changes nothing here."
IdleCells = Annotated[int, typer.Option("--cells", help=IDLE)]
IdleSeed = Annotated[int, typer.Option("--seed", help=IDLE)]
SubjectsOption = Annotated[
    int | None, typer.Option("--subjects", help="Virtual subjects; the study's number if not given.")
]
FewCellsOption = Annotated[int, typer.Option("--cells", help="Simulated cells of each subject.")]
JobsOption = Annotated[int | None, typer.Option("--jobs", help="Processes; as many as cores if not given.")]
DrawnOption = Annotated[
    Path | None,
    typer.Option("--figure", metavar="FILE", help="Draw what is found, as .png, .pdf or .svg."),
]
