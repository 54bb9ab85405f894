"""The command ``identifiability``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..console import FAILED_RUN, bad_input, complain, messages, number, progress_bar, show_json, show_table
from .batch import draw, kept_work, provenance_of, save_rows, tally_words
from .fit_command import COUNTED, Request

if TYPE_CHECKING:
    import pandas as pd

    from ...agents.parameters import ParameterTable
    from ...analysis.identifiability import Information
    from ..parameter_space import Space
    from .fit import Plan


@dataclass
class IdentifiabilityCommand:
    """``insulattice identifiability``."""

    request: Request
    write: bool
    out: Path | None
    figure: Path | None
    as_json: bool

    def run(self) -> None:
        """Find what the data say of numbers, show it, and write it if asked to."""
        with bad_input():
            table, plans, folder = self._checked()
        from .identifiability import identified_rows, identify

        with messages() as console, kept_work(folder), progress_bar(console, "evaluations") as bar:
            space, information, tally = identify(
                table, plans, self.request.batch.processes, folder, bar, self.request.step
            )
        rows = identified_rows(space, information)
        files = self._save(space, information, rows, plans)
        words = tally_words(tally, f"{COUNTED}, or are left out of differences")
        if self.as_json:
            data = {"birge": information.birge, "parameters": rows.to_dict(orient="records")}
            show_json(
                data | {"directions": information.directions().to_dict(orient="records"), "written": files}
            )
            complain(words)
            return
        show_identified(rows, information)
        typer.echo(words)
        for file in files:
            typer.echo(f"written: {file}")

    def _checked(self) -> tuple[ParameterTable, list[Plan], Path]:
        """Return what is to be done, or raise a ValueError before anything long begins."""
        from ...environment.body import read_parameters
        from ..console import check_figure
        from ..record import check_path

        if self.out is not None:
            check_path(self.out)
        if self.figure is not None:
            check_figure(self.figure)
        self.request.check_step()
        table = read_parameters()
        plans, notes = self.request.plans(table)
        for note in notes:
            complain(note)
        return table, plans, self.request.batch.check_store()

    def _save(
        self, space: Space, information: Information, rows: pd.DataFrame, plans: Sequence[Plan]
    ) -> list[str]:
        """Write what was asked for; return the files."""
        from ...analysis.fit_figures import identifiability_panels
        from .identifiability import write_identified

        files = []
        made_by = provenance_of(asdict(self))
        if self.out is not None:
            files.append(save_rows(rows, self.out, made_by))
        if self.figure is not None:
            panels = (information.table(), information.eigenvalues, information.correlation)
            files.append(draw(self.figure, lambda: identifiability_panels(*panels)))
        if self.write:
            try:
                files += write_identified(space, information, rows, plans, made_by)
            except ValueError as error:
                complain(str(error))
                raise typer.Exit(FAILED_RUN) from None
        return [file for file in files if file]


def show_identified(rows: pd.DataFrame, information: Information) -> None:
    """Show what the data say of each number, what they cannot pin down, and along which directions."""
    head = ["parameter", "value", "unit", "standard error", "of the range", "pinned down", "why not"]
    lines = [
        [
            line["parameter"],
            number(line["value"]),
            line["unit"],
            number(line["standard_error_in_unit"]),
            f"{100.0 * line['posterior_sd']:.0f} %",
            line["pinned_down"],
            line["why"],
        ]
        for line in rows.to_dict(orient="records")
    ]
    show_table(f"what the data say of {len(rows)} parameters", [head, *lines])
    vague = information.directions()
    vague = vague[vague["pinned_down"] != "yes"]
    if len(vague):
        head = ["direction", "eigenvalue", "of the range", "pinned down", "made of"]
        lines = [
            [
                str(line["direction"]),
                number(line["eigenvalue"]),
                f"{100.0 * line['posterior_sd']:.0f} %",
                line["pinned_down"],
                line["made_of"],
            ]
            for line in vague.to_dict(orient="records")
        ]
        show_table("directions that the data do not pin down", [head, *lines])
    for verdict, words in (("no", "not pinned down"), ("weakly", "weakly pinned down")):
        names = [
            line["parameter"] for line in rows.to_dict(orient="records") if line["pinned_down"] == verdict
        ]
        if names:
            typer.echo(f"{words} ({len(names)}): {', '.join(names)}")
    if information.birge > 1.0:
        typer.echo(
            f"residuals are {information.birge:.2g} times their errors, and so are the standard errors"
        )
