"""Lives of days and months, and the rules that they are lived under."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..console import Request, show_list
from . import completion
from .options import (
    CellsOption,
    IdleCells,
    IdleSeed,
    JsonOption,
    OutOption,
    PhenotypeOption,
    SearchOption,
    SeedOption,
    SetOption,
    WithoutOption,
)

group = typer.Typer()


DaysOption = Annotated[float, typer.Option("--days", help="How long it lives, in days.")]
TestOption = Annotated[
    list[str] | None,
    typer.Option(
        "--test",
        metavar="TEST",
        help="clamp, ogtt, meal or fasting, before and after; may be repeated.",
        autocompletion=completion.words("clamp", "ogtt", "meal", "fasting"),
    ),
]
AcceleratedOption = Annotated[
    bool,
    typer.Option("--accelerated/--full", help="Live representative days only, or every minute."),
]
FigureOption = Annotated[
    Path | None,
    typer.Option("--figure", metavar="FILE", help="Draw the course of it, as .png, .pdf or .svg."),
]


@group.command(
    epilog="Example: insulattice live --phenotype obese_t2d --days 84 --rule metformin --test clamp"
)
def live(
    phenotype: PhenotypeOption = "lean",
    days: DaysOption = 7.0,
    rules: Annotated[
        list[str] | None,
        typer.Option(
            "--rule",
            metavar="RULE",
            help='As "exercise minutes=45"; may be repeated. insulattice rules lists them.',
            autocompletion=completion.offers(completion.rules),
        ),
    ] = None,
    tests: TestOption = None,
    accelerated: AcceleratedOption = False,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint", metavar="FILE", help="Keep the body here as it lives, to go on after a stop."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint, if there is one.")
    ] = False,
    every_days: Annotated[
        float, typer.Option("--every-days", help="Days between checkpoints, at full resolution.")
    ] = 1.0,
    figure: FigureOption = None,
    cells: CellsOption = 3000,
    seed: SeedOption = 1,
    without: WithoutOption = None,
    values: SetOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Free living for days under rules: meals, nights, drugs, exercise; with tests before and after."""
    from ..life_command import LifeCommand, Wish

    request = Request(phenotype, cells, seed, without, values, 1, out, None, as_json)
    wish = Wish(request, days, tests or [], accelerated, figure)
    LifeCommand(wish, rules or [], checkpoint, resume, every_days).run()


@group.command(
    epilog='Example: insulattice compare --phenotype obese_t2d --days 28 --arm control --arm "drug: metformin"'
)
def compare(
    phenotype: PhenotypeOption = "lean",
    days: DaysOption = 7.0,
    arms: Annotated[
        list[str] | None,
        typer.Option(
            "--arm", metavar="ARM", help='As "control" or "both: metformin; exercise"; two or more.'
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--arms", metavar="FILE", help="Arms in a TOML file: [arms] with NAME = [RULE, ...]."),
    ] = None,
    tests: TestOption = None,
    accelerated: AcceleratedOption = False,
    figure: FigureOption = None,
    cells: CellsOption = 3000,
    seed: SeedOption = 1,
    without: WithoutOption = None,
    values: SetOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """One body lives on in several arms from the same moment; what is random is the same in all of them."""
    from ..life_command import CompareCommand, Wish

    request = Request(phenotype, cells, seed, without, values, 1, out, None, as_json)
    CompareCommand(Wish(request, days, tests or [], accelerated, figure), arms or [], file).run()


@group.command(epilog="Example: insulattice rules --search metformin")
def rules(
    search: SearchOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    seed: IdleSeed = 1,
    cells: IdleCells = 3000,
) -> None:
    """The rules that a life can be lived under, with arguments, defaults and sources."""
    from ..life_command import rule_rows

    show_list("rules", rule_rows(search), out, as_json, {})
