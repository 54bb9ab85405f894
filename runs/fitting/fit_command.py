"""The command ``fit``, and what it shares with ``identifiability``: which numbers and which data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ..console import (
    FAILED_RUN,
    bad_input,
    complain,
    messages,
    number,
    progress_bar,
    show_json,
    show_table,
)
from .batch import (
    Batch,
    check_packages,
    check_whole,
    kept_work,
    provenance_of,
    save_rows,
    tally_words,
)

if TYPE_CHECKING:
    from ...agents.parameters import Parameter, ParameterTable
    from .evaluations import Experiment
    from .fit import Plan, Settings, StageFit
    from .tables import Fitted

COUNTED = "count as 10 standard errors"


LEAST_STEP, MOST_STEP = 1e-5, 0.5
"""Of differences [1 = the whole range]."""


@dataclass(frozen=True)
class Request:
    """Which numbers and which data: stage, names, studies; and the step of differences [1 = the whole range]."""

    stage: str
    parameters: list[str]
    studies: list[str]
    batch: Batch
    step: float | None

    def check_step(self) -> None:
        """Raise a ValueError for a step that is none."""
        if self.step is not None and not LEAST_STEP <= self.step <= MOST_STEP:
            raise ValueError(f"--step is {self.step:g}, allowed: {LEAST_STEP:g} to {MOST_STEP:g}")

    def paths(self) -> list[Path]:
        """Return the files of the studies; the calibration set if none is named."""
        from ..study.command import find_studies
        from .stages import CALIBRATION

        return find_studies(self.studies or [CALIBRATION])

    def rows(self, table: ParameterTable) -> dict[str, list[Parameter]]:
        """Return the numbers of each stage asked for.

        Raises
        ------
        ValueError
            If a number is named that is of no stage, where all stages are asked for.
        """
        from ..parameter_space import choose, label_of
        from .stages import find_stages, rows_of, stage_of_row

        stages = find_stages(self.stage)
        if not self.parameters:
            return {stage: rows_of(stage, table) for stage in stages}
        named = choose(table, self.parameters)
        if len(stages) == 1:
            return {stages[0]: named}
        for row in named:
            if stage_of_row(row) is None:
                raise ValueError(f"parameter {label_of(row)} is of no stage; say which: --stage")
        return {stage: [row for row in named if stage_of_row(row) == stage] for stage in stages}

    def experiments(self) -> dict[str, list[Experiment]]:
        """Return the experiments of every stage."""
        from .stages import STAGES, experiments_of

        paths, options = self.paths(), self.batch.options()
        return {stage: experiments_of(stage, paths, options) for stage in STAGES}

    def plans(self, table: ParameterTable) -> tuple[list[Plan], list[str]]:
        """Return the stages that have numbers and data, and remarks on those that have not.

        Raises
        ------
        ValueError
            If none has.
        """
        from .fit import Plan
        from .stages import earlier

        experiments, plans, notes = self.experiments(), [], []
        for stage, rows in self.rows(table).items():
            if not rows or not experiments[stage]:
                lacks = "number to fit" if not rows else "expectation in these studies"
                notes.append(f"stage {stage} has no {lacks}")
                continue
            guards = {name: experiments[name] for name in earlier(stage)}
            plans.append(Plan(stage, rows, experiments[stage], guards))
        if not plans:
            raise ValueError(
                f"{'; '.join(notes)}: nothing to do, allowed: another --stage, --parameters or --studies"
            )
        return plans, notes


# ---- fit ------------------------------------------------------------------------------------------------------------


@dataclass
class FitCommand:
    """``insulattice fit``."""

    request: Request
    method: str
    evaluations: int
    earlier: str
    allowed_rise: float
    write: bool
    out: Path | None
    as_json: bool

    def run(self) -> None:
        """Fit, show what was found, write it if asked to, and leave with an exit status."""
        with bad_input():
            table, plans, notes, settings, folder = self._checked()
        from .fit import fit

        for note in notes:
            complain(note)
        with messages() as console, kept_work(folder), progress_bar(console, "evaluations") as bar:
            found = fit(plans, table, settings, folder, self._report, bar)
        files = self._save(found)
        written = self._write(found, table) if self.write else []
        if self.as_json:
            show_json({"stages": [plain_stage(stage) for stage in found], "written": files + written})
            return
        for file in files + written:
            typer.echo(f"written: {file}")
        if not self.write and any(stage.changed for stage in found):
            typer.echo("nothing is changed; --write puts the new values into the tables")

    def _checked(self) -> tuple[ParameterTable, list[Plan], list[str], Settings, Path]:
        """Return what is to be done, or raise a ValueError before anything long begins."""
        from ...environment.body import read_parameters
        from ..record import check_path
        from .fit import EARLIER, METHODS, Settings

        check_packages(("cmaes",))
        check_word("--method", self.method, METHODS)
        check_word("--earlier", self.earlier, EARLIER)
        check_whole("--evaluations", self.evaluations, 2, 1_000_000)
        if not 0.0 <= self.allowed_rise <= 100.0:
            raise ValueError(f"--allow-worse is {self.allowed_rise:g}, allowed: 0 to 100 %")
        self.request.check_step()
        if self.out is not None:
            check_path(self.out)
        table, batch = read_parameters(), self.request.batch
        plans, notes = self.request.plans(table)
        if self.method == "cma" and any(len(plan.rows) < 2 for plan in plans):
            raise ValueError("--method cma needs two parameters or more, allowed for one: least-squares")
        settings = Settings(
            self.method,
            self.evaluations,
            batch.seed,
            batch.processes,
            self.earlier,
            self.allowed_rise,
            step=self.request.step,
        )
        return table, plans, notes, settings, batch.check_store()

    def _report(self, stage: StageFit) -> None:
        """Show a stage as it comes."""
        words = tally_words(stage.tally, COUNTED)
        if self.as_json:
            complain(f"stage {stage.stage}: {words}")
            return
        show_stage(stage)
        typer.echo(f"{stage.points} points, {words}")

    def _save(self, found: Sequence[StageFit]) -> list[str]:
        """Write the table of numbers, if asked to."""
        import pandas as pd

        if self.out is None:
            return []
        rows = pd.concat([stage.parameters.assign(stage=stage.stage) for stage in found], ignore_index=True)
        options = asdict(self) | {"out": None}
        made_by = provenance_of(options) | {"stages": [plain_stage(stage) for stage in found]}
        return [save_rows(rows, self.out, made_by)]

    def _write(self, found: Sequence[StageFit], table: ParameterTable) -> list[str]:
        """Put new values into the tables of parameters."""
        from ..listing import kind_counts
        from .tables import write_fitted

        try:
            files = write_fitted(fitted_numbers(found), table.fingerprint())
        except ValueError as error:
            complain(str(error))
            raise typer.Exit(FAILED_RUN) from None
        from ...environment.body import read_parameters

        counts = kind_counts(read_parameters())
        if counts != kind_counts(table):
            complain(
                f"the README counts kinds of numbers; now {', '.join(f'{n} {kind}' for kind, n in counts.items())}"
            )
        return [str(file) for file in files]


def check_word(name: str, given: str, allowed: Sequence[str]) -> None:
    """Raise a ValueError unless a word is one of those allowed."""
    from ...agents.parameters import nearest

    if given not in allowed:
        raise ValueError(
            f"{name} is {given!r}, allowed: {', '.join(allowed)}.{nearest(given, tuple(allowed), listed=True)}"
        )


def fitted_numbers(found: Sequence[StageFit]) -> list[Fitted]:
    """Return the numbers of the stages that found better values, as the tables take them."""
    from .tables import Fitted, source_text

    return [
        Fitted(
            line["parameter"],
            line["new"],
            line["standard_error"],
            stage.stage,
            tuple(stage.sources),
            source_text(stage.sources[line["study"]]),
        )
        for stage in found
        if stage.changed
        for line in stage.parameters.to_dict(orient="records")
    ]


def plain_stage(stage: StageFit) -> dict[str, Any]:
    """Return what became of a stage as plain data."""
    return {
        "stage": stage.stage,
        "changed": stage.changed,
        "note": stage.note,
        "cost_before": stage.cost_before,
        "cost_after": stage.cost_after,
        "points": stage.points,
        "evaluations": asdict(stage.tally),
        "birge": stage.information.birge,
        "parameters": stage.parameters.to_dict(orient="records"),
        "studies": stage.studies.to_dict(orient="records"),
        "rows": stage.table.to_dict(orient="records"),
        "earlier": stage.guards.to_dict(orient="records"),
    }


def show_stage(stage: StageFit) -> None:
    """Show the numbers of a stage, old and new, and residuals by study."""
    head = ["parameter", "old", "new", "standard error", "range", "unit", "pinned down"]
    rows = [
        [
            line["parameter"],
            number(line["old"]),
            number(line["new"]) + (" (at its end)" if line["at_end"] else ""),
            number(line["standard_error"]),
            f"{line['low']:g} to {line['high']:g}",
            line["unit"],
            line["pinned_down"],
        ]
        for line in stage.parameters.to_dict(orient="records")
    ]
    cost = f"cost {number(stage.cost_before)} to {number(stage.cost_after)}"
    show_table(f"stage {stage.stage}: {cost}{', ' + stage.note if stage.note else ''}", [head, *rows])
    head = [str(name).replace("_", " ") for name in stage.studies.columns]
    rows = [[number(value) for value in line] for line in stage.studies.itertuples(index=False)]
    show_table("residuals in standard errors", [head, *rows])
    if len(stage.guards):
        rows = [[number(value) for value in line] for line in stage.guards.itertuples(index=False)]
        show_table("earlier stages", [["stage", "cost before", "cost after"], *rows])
