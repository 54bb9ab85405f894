"""Tests of a body: clamp, OGTT, meal, fasting, and the demonstration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..console import Request, run
from .options import (
    CellsOption,
    CellsOutOption,
    EveryOption,
    JsonOption,
    OutOption,
    PhenotypeOption,
    SeedOption,
    SetOption,
    WithoutOption,
)

group = typer.Typer()


@group.command(
    epilog='Example: insulattice clamp --phenotype obese --insulin 40 --without "dag->pkc" --out clamp.csv'
)
def clamp(
    phenotype: PhenotypeOption = "lean",
    insulin: Annotated[
        list[str] | None,
        typer.Option(
            "--insulin",
            help='40 (mU/m2/min, the default), "1 mU/kg/min", or held "600 pM"; may be repeated, for steps.',
        ),
    ] = None,
    hours: Annotated[float, typer.Option("--hours", help="Length of each step, in hours.")] = 3.0,
    glucose: Annotated[float, typer.Option("--glucose", help="Level at which glucose is kept, in mM.")] = 5.0,
    cells: CellsOption = 3000,
    seed: SeedOption = 1,
    without: WithoutOption = None,
    values: SetOption = None,
    every: EveryOption = 1,
    out: OutOption = None,
    cells_out: CellsOutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hyperinsulinaemic clamp: insulin infused, glucose kept by infusion; gives the M-value."""
    from ...environment import Clamp

    request = Request(phenotype, cells, seed, without, values, every, out, cells_out, as_json)
    run(request, lambda: Clamp(insulin=insulin or ["40"], hours=hours, glucose_mM=glucose))


@group.command(epilog="Example: insulattice ogtt --phenotype prediabetic --out ogtt.csv")
def ogtt(
    phenotype: PhenotypeOption = "lean",
    glucose_g: Annotated[float, typer.Option("--glucose-g", help="Glucose in the drink, in g.")] = 75.0,
    hours: Annotated[float, typer.Option("--hours", help="How long it is followed, in hours.")] = 3.0,
    cells: CellsOption = 3000,
    seed: SeedOption = 1,
    without: WithoutOption = None,
    values: SetOption = None,
    every: EveryOption = 1,
    out: OutOption = None,
    cells_out: CellsOutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Oral glucose tolerance test: a drink of glucose; gives HOMA-IR and the Matsuda index."""
    from ...environment import OralGlucose

    request = Request(phenotype, cells, seed, without, values, every, out, cells_out, as_json)
    run(request, lambda: OralGlucose(glucose_g=glucose_g, hours=hours))


@group.command(
    epilog="Example: insulattice meal --phenotype obese_t2d --carbohydrate 78 --fat 35 --protein 29 --json"
)
def meal(
    phenotype: PhenotypeOption = "lean",
    carbohydrate: Annotated[float, typer.Option("--carbohydrate", help="In g.")] = 78.0,
    fat: Annotated[float, typer.Option("--fat", help="In g.")] = 35.0,
    protein: Annotated[float, typer.Option("--protein", help="In g.")] = 29.0,
    hours: Annotated[float, typer.Option("--hours", help="How long it is followed, in hours.")] = 7.0,
    cells: CellsOption = 3000,
    seed: SeedOption = 1,
    without: WithoutOption = None,
    values: SetOption = None,
    every: EveryOption = 1,
    out: OutOption = None,
    cells_out: CellsOutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mixed meal of solid food, followed for hours."""
    from ...environment import MixedMeal

    request = Request(phenotype, cells, seed, without, values, every, out, cells_out, as_json)
    run(request, lambda: MixedMeal(carbohydrate, fat, protein, hours))


@group.command(epilog="Example: insulattice fasting --phenotype obese --cells-out cells.parquet")
def fasting(
    phenotype: PhenotypeOption = "lean",
    hours: Annotated[float, typer.Option("--hours", help="Hours of fasting after the night.")] = 1.0,
    cells: CellsOption = 3000,
    seed: SeedOption = 1,
    without: WithoutOption = None,
    values: SetOption = None,
    every: EveryOption = 1,
    out: OutOption = None,
    cells_out: CellsOutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fasting after a night: levels, fluxes, HOMA-IR and the cells as they are."""
    from ...environment import Fast

    request = Request(phenotype, cells, seed, without, values, every, out, cells_out, as_json)
    run(request, lambda: Fast(hours=hours))


@group.command(epilog="Example: insulattice demo --folder results")
def demo(
    folder: Annotated[
        Path, typer.Option("--folder", help="Where table and figures go; made if missing.")
    ] = Path("results"),
    hours: Annotated[float, typer.Option("--hours", help="Length of the clamps, in hours.")] = 3.0,
    cells: CellsOption = 3000,
    seed: SeedOption = 1,
    without: WithoutOption = None,
    values: SetOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lean and obese through the clamp: table and figures, and both M-values."""
    from ..demo import Demo

    Demo(folder, hours, Request("lean", cells, seed, without, values, 1, out, None, as_json)).run()
