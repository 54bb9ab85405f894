"""Parameters against data: sensitivity, fits, identifiability."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import (
    DrawnOption,
    FewCellsOption,
    JobsOption,
    JsonOption,
    OutOption,
    SeedOption,
    SubjectsOption,
)

group = typer.Typer()


NamesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--parameters",
        metavar="NAME,...",
        help="Parameters by name, NAME@cell_type for the row of a cell type, * for any letters; may be repeated.",
    ),
]
StageOption = Annotated[
    str, typer.Option("--stage", help="cell, organ, body, challenge, intervention, or all.")
]
StepOption = Annotated[
    float | None,
    typer.Option(
        "--step",
        help="Step of differences as a share of each range; 0.01 for the cell, 0.05 for bodies if not given.",
    ),
]
StudiesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--studies",
        metavar="STUDY,...",
        help="Studies whose data are taken; those of calibration if not given; may be repeated.",
    ),
]
StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="FOLDER",
        help="Where evaluations are kept, so that nothing is computed twice; in the cache if not given.",
    ),
]


@group.command(
    epilog="Example: insulattice sensitivity lean:clamp.m_value hundal2000:fasting.egp --subjects 2 --figure s.png"
)
def sensitivity(
    quantities: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="QUANTITY...",
            help="STUDY:TEST.QUANTITY, STUDY, PHENOTYPE:TEST.QUANTITY, or cell:CONDITION.SIGNAL.",
        ),
    ] = None,
    names: NamesOption = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--kind", metavar="KIND,...", help="Parameters by kind, if none is named; fitted if not given."
        ),
    ] = None,
    method: Annotated[
        str, typer.Option("--method", help="morris, sobol, or both: Sobol on what Morris finds to matter.")
    ] = "both",
    trajectories: Annotated[int, typer.Option("--trajectories", help="Of Morris.")] = 10,
    samples: Annotated[int, typer.Option("--samples", help="Base points of Sobol, a power of 2.")] = 64,
    keep: Annotated[int, typer.Option("--keep", help="Parameters that go on from Morris to Sobol.")] = 6,
    subjects: SubjectsOption = None,
    cells: FewCellsOption = 240,
    seed: SeedOption = 1,
    jobs: JobsOption = None,
    store: StoreOption = None,
    out: OutOption = None,
    figure: DrawnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Which parameters matter for a quantity: Morris over their ranges, then Sobol."""
    from ..fitting.batch import Batch
    from ..fitting.sensitivity_command import SensitivityCommand
    from ..parameter_space import split

    batch = Batch(subjects, cells, seed, jobs, store)
    SensitivityCommand(
        quantities or [], split(names), split(kinds) or ["fitted"], method, trajectories, samples, keep, batch, out,
        figure, as_json,
    ).run()  # fmt: skip


@group.command(epilog="Example: insulattice fit --stage cell --evaluations 400 --out cell.csv")
def fit(
    stage: StageOption = "all",
    names: NamesOption = None,
    studies: StudiesOption = None,
    method: Annotated[
        str, typer.Option("--method", help="least-squares, or cma (no derivatives).")
    ] = "least-squares",
    evaluations: Annotated[
        int, typer.Option("--evaluations", help="Sets of parameters that may be tried in each stage.")
    ] = 200,
    earlier: Annotated[
        str, typer.Option("--earlier", help="check that earlier stages get no worse, or include their data.")
    ] = "check",
    allowed_rise: Annotated[
        float, typer.Option("--allow-worse", help="By how much the cost of an earlier stage may rise, in %.")
    ] = 0.0,
    step: StepOption = None,
    subjects: SubjectsOption = None,
    cells: FewCellsOption = 240,
    seed: SeedOption = 1,
    jobs: JobsOption = None,
    store: StoreOption = None,
    write: Annotated[
        bool, typer.Option("--write", help="Put the new values into the tables of parameters.")
    ] = False,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit parameters to published data, stage by stage; nothing is changed without --write."""
    from ..fitting.batch import Batch
    from ..fitting.fit_command import FitCommand, Request
    from ..parameter_space import split

    request = Request(stage, split(names), split(studies), Batch(subjects, cells, seed, jobs, store), step)
    FitCommand(request, method, evaluations, earlier, allowed_rise, write, out, as_json).run()


@group.command(epilog="Example: insulattice identifiability --stage cell --figure cell.png")
def identifiability(
    stage: StageOption = "all",
    names: NamesOption = None,
    studies: StudiesOption = None,
    step: StepOption = None,
    subjects: SubjectsOption = None,
    cells: FewCellsOption = 240,
    seed: SeedOption = 1,
    jobs: JobsOption = None,
    store: StoreOption = None,
    write: Annotated[
        bool, typer.Option("--write", help="Put what is found, and the posterior, into the model's data.")
    ] = False,
    out: OutOption = None,
    figure: DrawnOption = None,
    as_json: JsonOption = False,
) -> None:
    """What the data say of fitted parameters: errors, correlations, and what they cannot pin down."""
    from ..fitting.batch import Batch
    from ..fitting.fit_command import Request
    from ..fitting.identifiability_command import IdentifiabilityCommand
    from ..parameter_space import split

    request = Request(stage, split(names), split(studies), Batch(subjects, cells, seed, jobs, store), step)
    IdentifiabilityCommand(request, write, out, figure, as_json).run()
