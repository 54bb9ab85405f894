"""The command ``sensitivity``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ..console import bad_input, complain, messages, number, progress_bar, show_json, show_table
from .batch import Batch, check_packages, check_whole, draw, kept_work, provenance_of, save_rows, tally_words
from .fit_command import check_word

if TYPE_CHECKING:
    from .sensitivity import Analysis, Found

LEFT_OUT = "are left out"
MOST_SHOWN = 15


@dataclass
class SensitivityCommand:
    """``insulattice sensitivity``."""

    quantities: list[str]
    parameters: list[str]
    kinds: list[str]
    method: str
    trajectories: int
    samples: int
    keep: int
    batch: Batch
    out: Path | None
    figure: Path | None
    as_json: bool

    def run(self) -> None:
        """Do the analysis, show it, and leave with an exit status."""
        with bad_input():
            analysis, folder = self._checked()
        complain(
            f"{analysis.evaluations} points of {len(analysis.rows)} parameters, "
            f"{len(analysis.experiments)} {'experiment' if len(analysis.experiments) == 1 else 'experiments'} at each; "
            f"kept in {folder}"
        )
        with messages() as console, kept_work(folder), progress_bar(console, "evaluations") as bar:
            analysis.progress = bar
            found = analysis.run()
        files = self._save(found)
        words = tally_words(found.tally, LEFT_OUT)
        if self.as_json:
            show_json(
                {"table": found.table.to_dict(orient="records"), "sobol_of": found.kept, "failed": found.failed,
                 "evaluations": asdict(found.tally), "written": files}
            )  # fmt: skip
            complain(words)
            return
        show_found(found)
        typer.echo(words)
        for file in files:
            typer.echo(f"written: {file}")

    def _checked(self) -> tuple[Analysis, Path]:
        """Return the analysis, or raise a ValueError before anything long begins."""
        from ...environment.body import read_parameters
        from ..console import check_figure
        from ..parameter_space import choose
        from ..record import check_path
        from .sensitivity import METHODS, Analysis, Plan
        from .study_experiments import find_quantities

        check_packages(("SALib",))
        check_word("--method", self.method, METHODS)
        check_whole("--trajectories", self.trajectories, 2, 100_000)
        check_whole("--keep", self.keep, 1, 1000)
        if self.samples < 4 or self.samples & (self.samples - 1):
            raise ValueError(f"--samples is {self.samples}, allowed: a power of 2 from 4 on, as 64")
        if self.out is not None:
            check_path(self.out)
        if self.figure is not None:
            check_figure(self.figure)
        quantities = find_quantities(self.quantities, self.batch.options())
        table = read_parameters()
        rows = choose(table, self.parameters, self.kinds)
        plan = Plan(
            self.method, self.trajectories, self.samples, self.keep, self.batch.seed, self.batch.processes
        )
        folder = self.batch.check_store()
        return Analysis(quantities, table, rows, plan, folder), folder

    def _save(self, found: Found) -> list[str]:
        """Write what was asked for; return the files."""
        from ...analysis.fit_figures import sensitivity_bars

        files = []
        if self.out is not None:
            made_by = provenance_of(asdict(self)) | {
                "failed": found.failed,
                "evaluations": asdict(found.tally),
            }
            files.append(save_rows(found.table, self.out, made_by))
        if self.figure is not None:
            if found.table[["mu_star", "ST"]].notna().any(axis=None):
                files.append(draw(self.figure, lambda: sensitivity_bars(found.table)))
            else:
                complain(f"{self.figure} is not drawn: too many evaluations failed")
        return [file for file in files if file]


def show_found(found: Found) -> None:
    """Show what matters most for each quantity."""
    from .sensitivity import ranked

    figures = [name for name in ("mu_star", "sigma", "S1", "ST") if found.table[name].notna().any()]
    heads = {"mu_star": "mu*", "sigma": "sigma", "S1": "S1", "ST": "ST"}
    for quantity, part in found.table.groupby("quantity", sort=False):
        head = ["parameter", "range", "scale", *(heads[name] for name in figures)]
        rows = []
        for line in ranked(part, MOST_SHOWN).to_dict(orient="records"):
            values = [_with_half_width(line, name) for name in figures]
            rows.append([line["parameter"], f"{line['low']:g} to {line['high']:g}", line["scale"], *values])
        unit = str(part["unit"].iloc[0])
        title = f"{quantity}{f' [{unit}]' if unit not in ('', '1') else ''}"
        more = f", the first {MOST_SHOWN} of {len(part)}" if len(part) > MOST_SHOWN else ""
        failed = found.failed.get(str(quantity), "")
        show_table(f"{title}{more}{f'; failed: {failed}' if failed else ''}", [head, *rows])


def _with_half_width(line: dict[Any, Any], name: str) -> str:
    """Return a figure with the half-width of its interval."""
    value, width = line[name], line.get(f"{name}_conf")
    if value != value:
        return "-"
    return number(value) + (f" ± {number(width)}" if width is not None and width == width else "")
