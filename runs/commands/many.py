"""Many runs: sweeps and cohorts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import (
    JsonOption,
    PhenotypeOption,
    SeedOption,
)

group = typer.Typer()


SchedulerOption = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="A Dask scheduler, as tcp://HOST:8786, or here; else processes start here.",
    ),
]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", help="Processes of this machine; as many as cores if not given.")
]
TimeoutOption = Annotated[
    float | None, typer.Option("--timeout", metavar="SECONDS", help="Longest run, in seconds.")
]
RetryOption = Annotated[bool, typer.Option("--retry", help="Do failed runs again.")]
ResultsOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="The folder of results; what it has is not done again. Else named as the file.",
    ),
]


@group.command(epilog="Example: insulattice sweep metformin.toml --out results/metformin --workers 2")
def sweep(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.toml", help="What is varied and done.", exists=True, dir_okay=False),
    ],
    out: ResultsOption = None,
    scheduler: SchedulerOption = None,
    workers: WorkersOption = None,
    timeout: TimeoutOption = None,
    retry: RetryOption = False,
    as_json: JsonOption = False,
) -> None:
    """Many runs: a grid, points or a sample of inputs, parameters and rules; interrupted, it goes on."""
    from ..sweeping.sweep_command import SweepCommand

    SweepCommand(file, out, scheduler, workers, timeout, retry, as_json).run()


@group.command(
    epilog='Example: insulattice cohort --subjects 40 --days 84 --arm control --arm "drug: metformin"'
)
def cohort(
    phenotype: PhenotypeOption = "obese",
    subjects: Annotated[int, typer.Option("--subjects", help="Virtual subjects in all.")] = 20,
    arms: Annotated[
        list[str] | None,
        typer.Option(
            "--arm", metavar="NAME: RULE; RULE", help="An arm; the first is the control. Two or more."
        ),
    ] = None,
    days: Annotated[float, typer.Option("--days", help="Length of the trial, in days.")] = 28.0,
    design: Annotated[
        str,
        typer.Option("--design", help="parallel, or crossover: every subject in every arm, from one moment."),
    ] = "parallel",
    outcomes: Annotated[
        list[str] | None,
        typer.Option(
            "--outcome", metavar="TEST.NUMBER", help="Outcome, as clamp.m_value_mg_kg_min; may be repeated."
        ),
    ] = None,
    tests: Annotated[
        list[str] | None, typer.Option("--test", help="clamp, ogtt, meal or fasting; may be repeated.")
    ] = None,
    bmi: Annotated[float | None, typer.Option("--bmi", help="Mean body mass index, in kg/m2.")] = None,
    age: Annotated[float | None, typer.Option("--age", help="Mean age, in years.")] = None,
    activity: Annotated[
        float | None, typer.Option("--activity", help="Mean habitual activity; 1 is a lean adult's.")
    ] = None,
    sex: Annotated[str | None, typer.Option("--sex", help="male, female or mixed.")] = None,
    cells: Annotated[int, typer.Option("--cells", help="Simulated cells of a subject.")] = 240,
    seed: SeedOption = 1,
    full: Annotated[
        bool, typer.Option("--full", help="Live every minute instead of representative days.")
    ] = False,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="The folder of results; what it has is not done again."),
    ] = Path("cohort"),
    scheduler: SchedulerOption = None,
    workers: WorkersOption = None,
    timeout: TimeoutOption = None,
    retry: RetryOption = False,
    as_json: JsonOption = False,
) -> None:
    """An in-silico trial: a virtual population, arms, randomisation, outcomes and power."""
    from ..sweeping.cohort_command import CohortCommand

    people = {"bmi": bmi, "age": age, "activity": activity, "sex": sex}
    options = {"scheduler": scheduler, "workers": workers, "timeout": timeout, "retry": retry}
    CohortCommand(
        phenotype, people, arms or [], subjects, days, design, outcomes or ["clamp.m_value_mg_kg_min"],
        tests or ["clamp"], cells, seed, full, out, options, as_json,
    ).run()  # fmt: skip
