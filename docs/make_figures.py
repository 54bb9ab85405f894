"""Draw the figures of the README and the documents into docs/figures: python docs/make_figures.py."""

from pathlib import Path

from insulattice.analysis.figures import cell_distributions, clamp_time_course, field_maps, tissue_maps
from insulattice.environment.body import Body
from insulattice.environment.protocols import Clamp
from insulattice.runs.simulation import simulate

FOLDER = Path(__file__).parent / "figures"
CELLS = 3000
DOTS_PER_INCH = 200
STATES = {"akt_s473": "1", "glut4_surface": "1", "irs1_s312": "1", "triglyceride": "mmol/kg"}
FIELDS = {"local_insulin": "nM", "local_glucose": "mM", "local_ffa": "mM"}


def main() -> None:
    """Run lean and obese through a clamp of three hours and draw what was seen."""
    records = {
        name: simulate(Body(name, cells=CELLS), Clamp("40 mU/m2/min", hours=3)) for name in ("lean", "obese")
    }
    cells = {name: record.cells for name, record in records.items()}
    figures = {
        "clamp": clamp_time_course({name: record.table for name, record in records.items()}),
        "tissues": tissue_maps(cells["obese"], "akt_s473", STATES["akt_s473"]),
        "fields": field_maps(cells["obese"], FIELDS),
        "cells": cell_distributions(cells, list(STATES), STATES),
    }
    FOLDER.mkdir(exist_ok=True)
    for name, figure in figures.items():
        figure.savefig(FOLDER / f"{name}.png", dpi=DOTS_PER_INCH)


if __name__ == "__main__":
    main()
