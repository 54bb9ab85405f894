"""The compiled step: the same numbers as the mechanisms' own functions, whatever the threads, and never out of date."""

import itertools
import logging
import platform
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from insulattice.agents.cell_type import MYOCYTE, CellType
from insulattice.agents.kernel import BLOCK, kernel_source, places, warm_up
from insulattice.agents.mechanism import SITE_NAMES
from insulattice.agents.reference import reference_step


def advance(population, shared, edges=None):
    """Advance all cells by a minute, in one go or range by range."""
    edges = edges or [0, population.rows.shape[1]]
    for start, stop in itertools.pairwise(edges):
        population.advance(shared, 1.0, 4, start, stop)


def test_three_steps_are_those_of_the_plain_numpy_step(cell_type, make, names_of, shared):
    population = make(cell_type)
    names = names_of(population)
    cell = names.cell
    for _ in range(3):
        cell, fluxes = reference_step(cell_type, cell, names.local, names.parameters)
        advance(population, shared)
    for state in cell_type.composed.states:
        assert_allclose(population[state], cell[state], rtol=1e-12, atol=1e-15, err_msg=state)
    for flux in cell_type.composed.fluxes:
        assert_allclose(population.flux(flux), fluxes[flux], rtol=1e-12, atol=1e-15, err_msg=flux)


def test_one_thread_and_two_give_the_same_bits(cell_type, make, shared):
    alone, split = make(cell_type, 10 * BLOCK), make(cell_type, 10 * BLOCK)
    with ThreadPoolExecutor(2) as threads:
        for _ in range(5):
            advance(alone, shared)
            halves = [(shared, 1.0, 4, start, start + 5 * BLOCK) for start in (0, 5 * BLOCK)]
            list(threads.map(lambda half: split.advance(*half), halves))
    assert_array_equal(alone.rows, split.rows)
    assert_array_equal(alone.fluxes, split.fluxes)


def test_a_cell_is_the_same_wherever_it_stands_in_its_block(cell_type, make, shared):
    population = make(cell_type)
    population.rows[:] = population.rows[:, :1]
    population.site[:] = population.site[:, :1]
    advance(population, shared)
    assert_array_equal(population.rows, np.broadcast_to(population.rows[:, :1], population.rows.shape))


def test_a_nan_stays_in_its_cell_and_is_reported(make, shared):
    population, sound = make(MYOCYTE), make(MYOCYTE)
    population["dag"][41] = np.nan
    advance(population, shared)
    advance(sound, shared)
    others = np.arange(100) != 41
    assert_array_equal(population.rows[:, :100][:, others], sound.rows[:, :100][:, others])
    assert population.fault().cell == 41
    assert "of cell 41 is nan, allowed" in str(population.fault())


def test_no_two_quantities_of_a_block_share_a_place(cell_type):
    rows = list(places(cell_type.composed).values())
    assert rows == list(range(len(rows)))


@pytest.mark.skipif(platform.machine() != "x86_64", reason="reads the instructions of x86-64")
@pytest.mark.parametrize("stage", ["predict_fast", "correct_slow"])
def test_the_step_works_on_several_cells_per_instruction(stage, shared):
    composed = MYOCYTE.composed
    names: dict = {}
    exec(kernel_source(composed).replace(", cache=True", ""), names)
    workspace = np.ones(len(places(composed)) * BLOCK)
    names[stage](workspace, shared, np.ones(len(composed.parameters)), 0.25, 0.5)
    text = "".join(names[stage].inspect_asm().values())
    packed, single = (len(re.findall(rf"\bv?(?:mul|div|fn?m\w+){kind}\b", text)) for kind in ("pd", "sd"))
    assert packed > 5 * single / 2, f"{packed} packed, {single} single arithmetic instructions"


@pytest.fixture
def kernels(tmp_path, monkeypatch):
    """An empty cache, and the kernels written to it."""
    monkeypatch.setenv("INSULATTICE_CACHE", str(tmp_path / "cache"))
    for name in [name for name in sys.modules if name.startswith("insulattice_kernel_toy")]:
        monkeypatch.delitem(sys.modules, name)
    return lambda: sorted((tmp_path / "cache" / "kernels").glob("*.py"))


def toy_step(module, a=1.0):
    """Return what a minute makes of a toy cell in state ``a``."""
    cell_type = CellType.of("toy", module)
    composed = cell_type.composed
    rows, site = np.full((2, BLOCK), a), np.full((len(SITE_NAMES), BLOCK), 5.0)
    values = np.array([{"gain": 0.1, "k_loss": 0.5}[name] for name in composed.parameters])
    cell_type.kernel.advance(rows, site, np.zeros(7), values, np.zeros((0, BLOCK)), 0, BLOCK, 1.0, 4)
    return rows[0, 0]


def test_an_edited_mechanism_is_picked_up(module_of, kernels):
    module = module_of()
    before = toy_step(module)
    assert toy_step(module) == before
    assert len(kernels()) == 1
    path = Path(module.__file__)
    edited = path.read_text(encoding="utf-8").replace("p.k_loss * cell.a", "0.0 * p.k_loss * cell.a")
    path.write_text(edited, encoding="utf-8")
    module.__spec__.loader.exec_module(module)
    assert toy_step(module) > before
    assert len(kernels()) == 2


def test_an_edited_law_is_picked_up(module_of, kernels):
    law = "def doubled(x):\n    return 2.0 * x\n\n\n"
    module = module_of(
        ("class State", law + "class State"), ("p.k_loss * cell.a", "doubled(p.k_loss * cell.a)")
    )
    before = toy_step(module)
    path = Path(module.__file__)
    path.write_text(path.read_text(encoding="utf-8").replace("2.0 * x", "0.25 * x"), encoding="utf-8")
    module.__spec__.loader.exec_module(module)
    assert toy_step(module) > before
    assert len(kernels()) == 2


def test_the_first_use_says_what_it_compiles_and_the_second_does_not(module_of, kernels, caplog):
    caplog.set_level(logging.INFO, logger="insulattice")
    kernel = CellType.of("toy", module_of()).kernel
    warm_up("toy", kernel)
    assert caplog.messages == ["compiling the toy step (2 states), once ..."]
    warm_up("toy", CellType.of("toy", module_of()).kernel)
    assert len(caplog.messages) == 1
    assert len(kernels()) == 1


def test_the_written_step_can_be_read(module_of):
    source = CellType.of("toy", module_of()).kernel.source
    assert "    p_gain = p[0]" in source
    assert "        drive = toy_signals__level" in source
    assert max(len(line) for line in source.splitlines()) < 200


AN_HOUR = """
import hashlib
import numpy as np
from insulattice.agents.arrows import switches
from insulattice.agents.cell_type import MACROPHAGE
from insulattice.agents.mechanism import SHARED_NAMES
from insulattice.agents.parameters import read_agent_parameters
from insulattice.agents.population import Population

population = Population(MACROPHAGE, read_agent_parameters(), switches(), 100, "fat", 1)
population.site[:] = np.linspace(0.5, 1.5, population.site.size).reshape(population.site.shape)
for minute in range(60):
    population.advance(np.full(len(SHARED_NAMES), 0.1 + minute / 60), 1.0, 4, 0, population.rows.shape[1])
print(hashlib.sha256(population.rows.tobytes()).hexdigest())
"""


@pytest.mark.slow
def test_the_process_that_compiles_a_step_gets_the_bits_of_those_that_load_it(kernels):
    compiled, loaded = (
        subprocess.run([sys.executable, "-c", AN_HOUR], check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    )
    assert len(kernels()) == 1
    assert compiled == loaded
