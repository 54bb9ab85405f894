"""The command line. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import completion as completions
from .completion_command import completion
from .console import (
    BAD_INPUT,
    CellsOption,
    CellsOutOption,
    Commands,
    EveryOption,
    JsonOption,
    OutOption,
    PhenotypeOption,
    Request,
    SeedOption,
    SetOption,
    WithoutOption,
    bad_input,
    complain,
    run,
    show_list,
    show_table,
)
from .doctor_command import doctor
from .export.command import app as export
from .film_command import film

app = typer.Typer(
    cls=Commands,
    name="insulattice",
    help="Insulin resistance arising from individual muscle, fat and liver cells.",
    epilog="Example: insulattice clamp --phenotype obese --insulin 40 --hours 3",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SearchOption = Annotated[
    str | None, typer.Option("--search", metavar="WORD", help="Only rows that have this word.")
]
IDLE = "Taken by every command; changes nothing here."
IdleCells = Annotated[int, typer.Option("--cells", help=IDLE)]
IdleSeed = Annotated[int, typer.Option("--seed", help=IDLE)]


def main() -> None:
    """Run the command line."""
    app()


def _version(asked: bool) -> None:
    if asked:
        from .provenance import our_version

        typer.echo(f"insulattice {our_version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Insulin resistance arising from individual muscle, fat and liver cells."""


# ---- tests of a body --------------------------------------------------------------------------------------------


@app.command(
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
    from ..environment import Clamp

    request = Request(phenotype, cells, seed, without, values, every, out, cells_out, as_json)
    run(request, lambda: Clamp(insulin=insulin or ["40"], hours=hours, glucose_mM=glucose))


@app.command(epilog="Example: insulattice ogtt --phenotype prediabetic --out ogtt.csv")
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
    from ..environment import OralGlucose

    request = Request(phenotype, cells, seed, without, values, every, out, cells_out, as_json)
    run(request, lambda: OralGlucose(glucose_g=glucose_g, hours=hours))


@app.command(
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
    from ..environment import MixedMeal

    request = Request(phenotype, cells, seed, without, values, every, out, cells_out, as_json)
    run(request, lambda: MixedMeal(carbohydrate, fat, protein, hours))


@app.command(epilog="Example: insulattice fasting --phenotype obese --cells-out cells.parquet")
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
    from ..environment import Fast

    request = Request(phenotype, cells, seed, without, values, every, out, cells_out, as_json)
    run(request, lambda: Fast(hours=hours))


@app.command(epilog="Example: insulattice demo --folder results")
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
    from .demo import Demo

    Demo(folder, hours, Request("lean", cells, seed, without, values, 1, out, None, as_json)).run()


# ---- lives --------------------------------------------------------------------------------------------------------

DaysOption = Annotated[float, typer.Option("--days", help="How long it lives, in days.")]
TestOption = Annotated[
    list[str] | None,
    typer.Option(
        "--test",
        metavar="TEST",
        help="clamp, ogtt, meal or fasting, before and after; may be repeated.",
        autocompletion=completions.words("clamp", "ogtt", "meal", "fasting"),
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


@app.command(epilog="Example: insulattice live --phenotype obese_t2d --days 84 --rule metformin --test clamp")
def live(
    phenotype: PhenotypeOption = "lean",
    days: DaysOption = 7.0,
    rules: Annotated[
        list[str] | None,
        typer.Option(
            "--rule",
            metavar="RULE",
            help='As "exercise minutes=45"; may be repeated. insulattice rules lists them.',
            autocompletion=completions.offers(completions.rules),
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
    from .lives import LifeCommand, Wish

    request = Request(phenotype, cells, seed, without, values, 1, out, None, as_json)
    wish = Wish(request, days, tests or [], accelerated, figure)
    LifeCommand(wish, rules or [], checkpoint, resume, every_days).run()


@app.command(
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
    from .lives import CompareCommand, Wish

    request = Request(phenotype, cells, seed, without, values, 1, out, None, as_json)
    CompareCommand(Wish(request, days, tests or [], accelerated, figure), arms or [], file).run()


@app.command(epilog="Example: insulattice rules --search metformin")
def rules(
    search: SearchOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    seed: IdleSeed = 1,
    cells: IdleCells = 3000,
) -> None:
    """The rules that a life can be lived under, with arguments, defaults and sources."""
    from .lives import rule_rows

    show_list("rules", rule_rows(search), out, as_json, {})


@app.command(epilog="Example: insulattice study hundal2000 --subjects 4 --out hundal.csv")
def study(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE...",
            help="Study files, folders, ids of shipped studies, or all.",
            autocompletion=completions.offers(completions.studies),
        ),
    ] = None,
    subjects: Annotated[
        int | None, typer.Option("--subjects", help="Virtual subjects; the file's number if not given.")
    ] = None,
    cells: Annotated[int, typer.Option("--cells", help="Simulated cells of each subject.")] = 240,
    seed: SeedOption = 1,
    jobs: Annotated[
        int | None, typer.Option("--jobs", help="Processes; as many as cores if not given.")
    ] = None,
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
    from .study_command import StudyCommand, new_study

    if new is not None:
        with bad_input():
            typer.echo(f"written: {new_study(new)}")
        return
    StudyCommand(
        files or [], subjects, cells, seed, jobs, full, out, as_json, posterior, posterior_file
    ).run()


# ---- parameters against data ------------------------------------------------------------------------------------

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
StudiesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--studies",
        metavar="STUDY,...",
        help="Studies whose data are taken; those of calibration if not given; may be repeated.",
    ),
]
SubjectsOption = Annotated[
    int | None, typer.Option("--subjects", help="Virtual subjects; the study's number if not given.")
]
FewCellsOption = Annotated[int, typer.Option("--cells", help="Simulated cells of each subject.")]
JobsOption = Annotated[int | None, typer.Option("--jobs", help="Processes; as many as cores if not given.")]
StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="FOLDER",
        help="Where evaluations are kept, so that nothing is computed twice; in the cache if not given.",
    ),
]


DrawnOption = Annotated[
    Path | None,
    typer.Option("--figure", metavar="FILE", help="Draw what is found, as .png, .pdf or .svg."),
]


@app.command(
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
    from .batch import Batch
    from .parameter_space import split
    from .sensitivity_command import SensitivityCommand

    batch = Batch(subjects, cells, seed, jobs, store)
    SensitivityCommand(
        quantities or [], split(names), split(kinds) or ["fitted"], method, trajectories, samples, keep, batch, out,
        figure, as_json,
    ).run()  # fmt: skip


@app.command(epilog="Example: insulattice fit --stage cell --evaluations 400 --out cell.csv")
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
    from .batch import Batch
    from .fit_command import FitCommand, Request
    from .parameter_space import split

    request = Request(stage, split(names), split(studies), Batch(subjects, cells, seed, jobs, store))
    FitCommand(request, method, evaluations, earlier, allowed_rise, write, out, as_json).run()


@app.command(epilog="Example: insulattice identifiability --stage cell --figure cell.png")
def identifiability(
    stage: StageOption = "all",
    names: NamesOption = None,
    studies: StudiesOption = None,
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
    from .batch import Batch
    from .fit_command import Request
    from .identifiability_command import IdentifiabilityCommand
    from .parameter_space import split

    request = Request(stage, split(names), split(studies), Batch(subjects, cells, seed, jobs, store))
    IdentifiabilityCommand(request, write, out, figure, as_json).run()


@app.command(
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
    jobs: Annotated[
        int | None, typer.Option("--jobs", help="Processes; as many as cores if not given.")
    ] = None,
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
    from .validate import ValidateCommand, Wish

    given = values or ()
    wish = Wish(
        sets, only, subjects, cells, seed, jobs, phenotypes, given, folder, out, as_json, fresh, quick, misses
    )
    ValidateCommand(wish).run()


# ---- many runs --------------------------------------------------------------------------------------------------

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


@app.command(epilog="Example: insulattice sweep metformin.toml --out results/metformin --workers 2")
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
    from .sweep_command import SweepCommand

    SweepCommand(file, out, scheduler, workers, timeout, retry, as_json).run()


@app.command(
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
    from .cohort_command import CohortCommand

    people = {"bmi": bmi, "age": age, "activity": activity, "sex": sex}
    options = {"scheduler": scheduler, "workers": workers, "timeout": timeout, "retry": retry}
    CohortCommand(
        phenotype, people, arms or [], subjects, days, design, outcomes or ["clamp.m_value_mg_kg_min"],
        tests or ["clamp"], cells, seed, full, out, options, as_json,
    ).run()  # fmt: skip


# ---- lists ------------------------------------------------------------------------------------------------------


@app.command(epilog="Example: insulattice parameters --search receptor")
def parameters(
    search: SearchOption = None,
    values: SetOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    seed: IdleSeed = 1,
    cells: IdleCells = 3000,
) -> None:
    """Every number of the model, with unit, range, kind and source."""
    with bad_input():
        from .listing import parameter_rows, parameters_with

        table = parameters_with(values or ())
    show_list("parameters", parameter_rows(search, table), out, as_json, {"parameters": table.fingerprint()})


@app.command(epilog="Example: insulattice arrows --search pkc")
def arrows(
    search: SearchOption = None,
    without: WithoutOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    seed: IdleSeed = 1,
    cells: IdleCells = 3000,
) -> None:
    """The arrows of the causal web; --without takes their names."""
    with bad_input():
        from .listing import arrow_rows

        rows = arrow_rows(search, without or ())
    show_list("arrows", rows, out, as_json, {"without": without or []})


@app.command(epilog="Example: insulattice sources --json")
def sources(
    without: WithoutOption = None,
    values: SetOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    seed: IdleSeed = 1,
    cells: IdleCells = 3000,
) -> None:
    """The papers behind a run, and how many numbers are measured, derived, fitted or assumed."""
    with bad_input():
        from .listing import kind_counts, parameters_with, source_rows

        table = parameters_with(values or ())
        rows = source_rows(table, without or ())
    kinds = kind_counts(table)
    data = {"sources": rows.to_dict(orient="records"), "parameters_by_kind": kinds}
    show_list("sources", rows, out, as_json, {"parameters": table.fingerprint()}, data)
    if not as_json:
        show_table("parameters by kind", [["kind", "number"], *([kind, str(n)] for kind, n in kinds.items())])


@app.command(epilog="Example: insulattice info --json")
def info(
    as_json: JsonOption = False,
    out: OutOption = None,
    seed: IdleSeed = 1,
    cells: IdleCells = 3000,
) -> None:
    """Versions, engine, threads and cache."""
    with bad_input():
        from .listing import info as found
        from .listing import info_rows

        facts = found()
    show_list("info", info_rows(facts), out, as_json, {}, facts)


# ---- other programs ---------------------------------------------------------------------------------------------

app.add_typer(export)
app.command(
    epilog="Example: insulattice film --phenotype obese --hours 3 --insulin 40 --state glut4 --out film.gif"
)(film)


# ---- the installation -------------------------------------------------------------------------------------------

app.command(epilog="Example: insulattice completion bash >> ~/.bashrc")(completion)
app.command(epilog="Example: insulattice doctor --quick")(doctor)


# ---- the page ---------------------------------------------------------------------------------------------------


@app.command(epilog="Example: insulattice serve --port 8765 --no-open")
def serve(
    port: Annotated[int, typer.Option("--port", help="Port on this machine.", min=1, max=65535)] = 8765,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
) -> None:
    """The page: three tissues, plasma over time, and controls, at http://127.0.0.1:PORT."""
    from .serve import NoServer, serve_page

    try:
        serve_page(port, open_page)
    except NoServer as error:
        complain(str(error))
        raise typer.Exit(BAD_INPUT) from None


if __name__ == "__main__":
    main()
