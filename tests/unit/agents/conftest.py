"""Cells and surroundings that the tests of the agents share."""

import importlib.util
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from insulattice.agents.arrows import switches
from insulattice.agents.cell_type import CELL_TYPES, CellType
from insulattice.agents.mechanism import SHARED_NAMES, SITE_NAMES
from insulattice.agents.parameters import ParameterTable, read_agent_parameters
from insulattice.agents.population import Population
from insulattice.agents.variation import uniform

SITE = {
    "insulin": 0.06,
    "glucose": 5.0,
    "ffa": 0.5,
    "tnf": 2.0,
    "il6": 1.0,
    "adiponectin": 8.0,
    "mcp1": 100.0,
}
SHARED = {
    "glucagon": 20.0,
    "catecholamine": 1.1,
    "lactate": 1.0,
    "glycerol": 0.06,
    "triglyceride": 1.0,
    "contraction": 0.1,
    "activity": 1.0,
    "age": 40.0,
    "energy_deficit": 0.1,
    "stored_nearby": 900.0,
    "ikk_inhibition": 0.2,
    "jnk_inhibition": 0.2,
    "pkc_inhibition": 0.2,
    "complex_i_inhibition": 0.1,
    "ampk_activation": 0.1,
    "ppar_gamma": 0.3,
    "antioxidant": 0.2,
    "chaperone": 0.2,
    "antilipolysis": 0.2,
    "uncoupling": 0.1,
    "il6r_blockade": 0.2,
    "endotoxin": 0.1,
}


@pytest.fixture(scope="session")
def table() -> ParameterTable:
    """The table of the cells' parameters."""
    return read_agent_parameters()


@pytest.fixture(params=list(CELL_TYPES))
def cell_type(request) -> CellType:
    """Each cell type in turn."""
    return CELL_TYPES[request.param]


@pytest.fixture(scope="session")
def shared() -> np.ndarray:
    """Surroundings that are the same for all cells."""
    return np.array([SHARED[name] for name in SHARED_NAMES])


@pytest.fixture(scope="session")
def make(table) -> Callable[..., Population]:
    """Make a population whose cells and sites all differ."""

    def make(cell_type: CellType, count: int = 100) -> Population:
        population = Population(cell_type, table, switches(), count, "muscle", 1)
        everyone = population.rows.shape[1]
        for i, name in enumerate(SITE_NAMES):
            population.site[i] = SITE[name] * (0.5 + uniform(3, "muscle", everyone, name))
        for i, name in enumerate(cell_type.composed.states):
            population.rows[i] *= 0.8 + 0.2 * uniform(4, "muscle", everyone, name)
        return population

    return make


@pytest.fixture(scope="session")
def names_of(shared) -> Callable[[Population], SimpleNamespace]:
    """Give a population's cells, surroundings and parameters by name, as the reference step takes them."""

    def names_of(population: Population) -> SimpleNamespace:
        local = {name: population.site[i, : population.count] for i, name in enumerate(SITE_NAMES)}
        return SimpleNamespace(
            cell={name: population[name].copy() for name in population.names},
            local=local | dict(zip(SHARED_NAMES, shared, strict=True)),
            parameters=dict(population.values),
        )

    return names_of


TOY = """
from typing import NamedTuple
from insulattice.agents.mechanisms._laws import hill, positive_part

PACE = "medium"


class State(NamedTuple):
    a: float
    b: float


class Signals(NamedTuple):
    drive: float


def signals(cell, local, p):
    level = p.gain * local.glucose
    return Signals(drive=level)


def rates(cell, local, p):
    loss = p.k_loss * cell.a
    return State(a=cell.drive - loss, b=p.k_loss * (1.0 - cell.b))
"""


@pytest.fixture
def module_of(tmp_path):
    """Write a mechanism, with some text replaced, as a module of its own; import it."""
    count = 0

    def module_of(*replaced: tuple[str, str], name: str = "toy", text: str = TOY):
        nonlocal count
        for old, new in replaced:
            assert old in text, old
            text = text.replace(old, new)
        count += 1
        path = tmp_path / str(count) / f"{name}.py"
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return module_of
