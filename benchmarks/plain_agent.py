"""A cell as a plain Mesa agent: the same arithmetic on Python numbers, one cell at a time.

Two kinds, to be fair to Python: ``MechanismAgent`` calls the mechanisms' own functions, as one would write it;
``FlatAgent`` runs the flat statements that the compiled step is made of, which is the fastest that plain Python can do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from types import FunctionType

import mesa
import numpy as np

from insulattice.agents.cell_type import CellType
from insulattice.agents.kernel import BLOCK, kernel_source, places
from insulattice.agents.mechanism import SHARED_NAMES, SITE_NAMES
from insulattice.agents.population import Population
from insulattice.agents.reference import reference_step


class MechanismAgent(mesa.Agent):
    """A cell whose step runs the mechanisms' functions, predictor and corrector."""

    def __init__(self, model: mesa.Model, population: Population, index: int, shared: np.ndarray) -> None:
        super().__init__(model)
        self.cell_type = population.cell_type
        self.parameters = dict(population.values)
        self.values = {name: float(population[name][index]) for name in population.names}
        self.local = {name: float(population.site[i, index]) for i, name in enumerate(SITE_NAMES)}
        self.local |= dict(zip(SHARED_NAMES, map(float, shared), strict=True))

    def step(self) -> None:
        """Live one minute."""
        self.values, _ = reference_step(self.cell_type, self.values, self.local, self.parameters)

    def state(self, name: str) -> float:
        """Return one state."""
        return self.values[name]


class FlatAgent(mesa.Agent):
    """A cell whose step runs the flat statements of the composed step on a list of numbers."""

    def __init__(self, model: mesa.Model, population: Population, index: int, shared: np.ndarray) -> None:
        super().__init__(model)
        self.stages = flat_stages(population.cell_type)
        self.places = places(population.cell_type.composed)
        self.workspace = [0.0] * len(self.places)
        for name in population.names:
            self.workspace[self.places[name]] = float(population[name][index])
        for i, name in enumerate(SITE_NAMES):
            self.workspace[self.places[f"local_{name}"]] = float(population.site[i, index])
        self.shared, self.parameters = shared.tolist(), population.parameters.tolist()

    def step(self) -> None:
        """Live one minute."""
        for k in range(5):
            if k == 2:
                for name in ("predict_slow", "correct_slow"):
                    self.stages[name](self.workspace, self.shared, self.parameters, 1.0, 0.5)
            if k < 4:
                for name in ("predict_fast", "correct_fast"):
                    self.stages[name](self.workspace, self.shared, self.parameters, 0.25, 0.125)

    def state(self, name: str) -> float:
        """Return one state."""
        return self.workspace[self.places[name]]


_STAGES: dict[str, Mapping[str, Callable[..., None]]] = {}


def flat_stages(cell_type: CellType) -> Mapping[str, Callable[..., None]]:
    """Return the stages of the composed step as plain Python functions for one cell."""
    if cell_type.name not in _STAGES:
        source = kernel_source(cell_type.composed)
        source = re.sub(r"w\[(\d+) \+ j\]", lambda found: f"w[{int(found[1]) // BLOCK}]", source)
        source = source.replace(f"range({BLOCK})", "range(1)")
        source = "\n".join(
            line for line in source.splitlines() if "import" not in line and "njit" not in line
        )
        names = {"power": math.pow, "exp": math.exp, "log": math.log, "law": lambda function: function}
        exec(source.partition("def advance")[0], names)
        _STAGES[cell_type.name] = {k: v for k, v in names.items() if isinstance(v, FunctionType)}
    return _STAGES[cell_type.name]


def model_of(kind: type[mesa.Agent], population: Population, shared: np.ndarray, count: int) -> mesa.Model:
    """Return a Mesa model of the first ``count`` cells of a population; step it with ``agents.do("step")``."""
    model = mesa.Model(rng=1)
    for index in range(count):
        kind(model, population, index, shared)
    return model
