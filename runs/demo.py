"""The demonstration: lean and obese through the clamp, as table and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import typer

from ..environment import Clamp
from .console import (
    FAILED_RUN,
    Request,
    bad_input,
    complain,
    messages,
    number,
    record_of,
    show_json,
    show_table,
)
from .record import Record, check_path, save_table, save_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PHENOTYPES = ("lean", "obese")
STEM = "clamp_lean_obese"
SHOWN_STATES = {
    "akt_s473": "share of Akt",
    "glut4_surface": "share",
    "dag": "mmol/kg; fat: relative",
    "ceramide": "mmol/kg; fat: relative",
    "irs1_s312": "share of IRS-1",
    "ros": "relative to lean at rest",
}
"""States whose spread is shown, and their units."""


@dataclass
class Demo:
    """What ``insulattice demo`` was asked for."""

    folder: Path
    hours: float
    request: Request

    def run(self) -> None:
        """Simulate, write and show."""
        with bad_input():
            self.request.check()
            files = self._files()
            protocol = Clamp(hours=self.hours)
        records: dict[str, Record] = {}
        with messages() as console:
            for phenotype in PHENOTYPES:
                record = record_of(replace(self.request, phenotype=phenotype), protocol, None, console)
                records[phenotype] = record
                if record.error is not None:
                    self._write(records, files, drawn=False)
                    complain(f"{phenotype}: {record.error} (what came before is in {files['csv']})")
                    raise typer.Exit(FAILED_RUN)
        self._write(records, files)
        self._show(records, files)

    def _files(self) -> dict[str, Path]:
        """Return the files by what they hold; the folder is made only when there is something to write."""
        above = next(path for path in (self.folder, *self.folder.absolute().parents) if path.exists())
        if not above.is_dir():
            raise ValueError(f"cannot make the folder {self.folder}: {above} is a file")
        for ending in ("csv", "parquet"):
            check_path(above / f"{STEM}.{ending}")
        files = {ending: self.folder / f"{STEM}.{ending}" for ending in ("csv", "parquet")}
        if self.request.out is not None:
            files["out"] = self.request.out
        return files | {what: self.folder / f"{STEM}{what}.png" for what in ("", "_cells", "_tissues")}

    def _write(self, records: Mapping[str, Record], files: Mapping[str, Path], drawn: bool = True) -> None:
        table = pd.concat(
            [record.table.assign(phenotype=name) for name, record in records.items()], ignore_index=True
        )
        made_by = {
            name: record.provenance | {"summary": record.summary, "error": record.error}
            for name, record in records.items()
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for what in ("csv", "parquet", "out"):
                if what in files:
                    save_table(table, files[what], made_by)
            for what, figure in figures(records).items() if drawn else ():
                save_whole({files[what]: lambda to, figure=figure: figure.savefig(to, format="png", dpi=150)})  # type: ignore[misc]
        except (OSError, ValueError) as error:
            complain(f"cannot write the results: {error}")
            raise typer.Exit(FAILED_RUN) from None

    def _show(self, records: Mapping[str, Record], files: Mapping[str, Path]) -> None:
        summaries = {name: record.summary for name, record in records.items()}
        ratio = (
            records["obese"].m_value / records["lean"].m_value if records["lean"].m_value else float("nan")
        )
        if self.request.as_json:
            show_json(
                summaries | {"m_ratio_obese_lean": ratio, "files": [str(path) for path in files.values()]}
            )
            return
        rows = [
            [
                "",
                "M-value [mg/kg/min]",
                "suppression of glucose production [%]",
                "insulin [pM]",
                "glucose [mM]",
            ]
        ]
        names = ("m_value_mg_kg_min", "egp_suppression_percent", "plasma_insulin_pM", "plasma_glucose_mM")
        rows += [[name, *(number(summary[key]) for key in names)] for name, summary in summaries.items()]
        show_table(f"clamp at 40 mU/m2/min, {self.request.cells} cells", rows)
        typer.echo(f"obese over lean: {number(ratio)}")
        for path in files.values():
            typer.echo(f"written: {path}")


def figures(records: Mapping[str, Record]) -> dict[str, Figure]:
    """Return the figures of a demonstration: time course, cells compared, and tissue maps."""
    from ..analysis.figures import cell_distributions, clamp_time_course, tissue_maps

    cells: dict[str, Any] = {name: record.cells for name, record in records.items()}
    return {
        "": clamp_time_course({name: record.table for name, record in records.items()}),
        "_cells": cell_distributions(cells, list(SHOWN_STATES), SHOWN_STATES),
        "_tissues": tissue_maps(cells["obese"], "akt_s473", SHOWN_STATES["akt_s473"]),
    }
