"""What ``insulattice export sbml`` does."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ...agents.cell_type import CELL_TYPES
from ...agents.parameters import nearest
from ..console import FAILED_RUN, Request, bad_input, complain, messages, show_json
from ..record import check_path, save_whole
from .bodies import body_of
from .needs import need
from .one_cell import HOME, OneCell, one_cell

if TYPE_CHECKING:
    from ...environment.body import Body

ENDINGS = (".xml", ".sbml")
INSULIN = "local_insulin"
STEP_RANGE = (0.0, 100_000.0)
"""Insulin around the cell after a step [pM]."""


@dataclass
class SbmlCommand:
    """What was asked for."""

    request: Request
    cell_type: str
    tissue: str
    cell: int | None
    step: float | None
    step_minute: float
    checkpoint: Path | None
    out: Path | None

    def run(self) -> None:
        """Find the cell, write it, and say so."""
        with bad_input():
            path = self._check()
        with messages() as console:
            body = body_of(self.request, self.checkpoint, console, self._cell)
        from .sbml import InsulinStep, to_sbml

        with bad_input():
            cell = self._cell(body)
            step = None if self.step is None else InsulinStep(1e-3 * self.step, self.step_minute)
            text = to_sbml(cell, step)
        try:
            save_whole({path: lambda to: to.write_text(text, encoding="utf-8")})
        except OSError as error:
            complain(f"cannot write {path}: {error.strerror or error}")
            raise typer.Exit(FAILED_RUN) from None
        composed = cell.cell_type.composed
        facts = {"cell": cell.about, "states": len(composed.states), "parameters": len(composed.parameters)}
        if self.request.as_json:
            show_json(facts | {"bytes": len(text.encode()), "files": [str(path)]})
        else:
            typer.echo(f"{facts['cell']}: {facts['states']} states, {facts['parameters']} parameters")
            typer.echo(f"written: {path}")

    def _check(self) -> Path:
        """Return the file; raise a ValueError for what is wrong, before anything long begins."""
        need("libsbml", "sbml", "SBML")
        if self.cell_type not in CELL_TYPES:
            raise ValueError(
                f"no cell type is called {self.cell_type!r}.{nearest(self.cell_type, list(CELL_TYPES))}"
            )
        homes = tuple(dict.fromkeys(HOME.values()))
        if self.tissue and self.tissue not in homes:
            raise ValueError(f"no tissue is called {self.tissue!r}, allowed: {', '.join(homes)}")
        if self.step is not None and INSULIN not in _read_by(self.cell_type):
            raise ValueError(f"a {self.cell_type} does not sense insulin; leave out --step")
        low, high = STEP_RANGE
        if self.step is not None and not (isfinite(self.step) and low <= self.step <= high):
            raise ValueError(f"--step is {self.step:g} pM, allowed: {low:g} to {high:g}")
        if not (isfinite(self.step_minute) and self.step_minute >= 0.0):
            raise ValueError(f"--step-minute is {self.step_minute:g}, allowed: 0 or more")
        return check_path(self.out or Path(f"{self.cell_type}_{self._whose()}.xml"), ENDINGS)

    def _cell(self, body: Body) -> OneCell:
        return one_cell(body, self.cell_type, self.tissue, self.cell)

    def _whose(self) -> str:
        return self.request.phenotype if self.checkpoint is None else self.checkpoint.stem


def _read_by(cell_type: str) -> frozenset[str]:
    """Return every name that the equations of a cell type read."""
    return frozenset().union(*(statement.uses for statement in CELL_TYPES[cell_type].composed.statements))
