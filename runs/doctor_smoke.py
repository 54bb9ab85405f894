"""The smoke run of ``insulattice doctor``: some minutes of a few cells, compiled, against the same in plain NumPy."""

from __future__ import annotations

import time

import numpy as np

from ..agents.arrows import switches
from ..agents.cell_type import CELL_TYPES
from ..agents.kernel import BLOCK
from ..agents.mechanism import SHARED_NAMES, SITE_NAMES
from ..agents.parameters import read_agent_parameters
from ..agents.population import Population
from ..agents.reference import reference_step

MINUTES = 10
SUBSTEPS = 4
SURROUNDINGS = {
    "insulin": 0.3, "glucose": 5.0, "ffa": 0.4, "tnf": 1.5, "il6": 1.0, "adiponectin": 8.0, "mcp1": 100.0,
    "glucagon": 15.0, "catecholamine": 1.0, "lactate": 0.8, "glycerol": 0.06, "triglyceride": 1.0, "activity": 1.0,
    "age": 40.0, "energy_deficit": 0.0, "stored_nearby": 900.0,
}  # fmt: skip
"""Roughly those of a lean body after a meal; no number of the model rests on them."""


def compare() -> tuple[float, int, float]:
    """Return the largest relative difference of any state, the cell minutes that were lived, and time compiling [s]."""
    table, shared = read_agent_parameters(), np.array([SURROUNDINGS.get(name, 0.0) for name in SHARED_NAMES])
    worst, minutes, compiling = 0.0, 0, 0.0
    for cell_type in CELL_TYPES.values():
        began = time.perf_counter()
        cells = Population(cell_type, table, switches(), BLOCK, "muscle", 1)
        compiling += time.perf_counter() - began
        for row, name in enumerate(SITE_NAMES):
            cells.site[row] = SURROUNDINGS[name]
        worst = max(worst, _difference(cells, shared))
        minutes += MINUTES * BLOCK
    return worst, minutes, compiling


def _difference(cells: Population, shared: np.ndarray) -> float:
    """Let cells live both ways; return the largest relative difference of a state."""
    plain = {name: cells[name].copy() for name in cells.names}
    local = {name: cells.site[row] for row, name in enumerate(SITE_NAMES)}
    local |= dict(zip(SHARED_NAMES, shared, strict=True))
    for _ in range(MINUTES):
        plain, _fluxes = reference_step(cells.cell_type, plain, local, cells.values, 1.0, SUBSTEPS)
        cells.advance(shared, 1.0, SUBSTEPS, 0, BLOCK)
    gaps = [
        np.max(np.abs(cells[name] - plain[name]) / (np.abs(plain[name]) + 1e-9))
        for name in cells.cell_type.composed.states
    ]
    return float(np.max(gaps))
