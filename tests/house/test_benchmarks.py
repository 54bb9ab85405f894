"""The benchmarks compare like with like, and the step keeps its lead; by ratio, never by the clock."""

import importlib
import shutil
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
TISSUE_CELLS = ("myocyte", "adipocyte", "hepatocyte")


@pytest.fixture
def bench(monkeypatch):
    """Import a file of the benchmarks by its name."""
    pytest.importorskip("mesa")
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


@pytest.mark.parametrize("kind", ["FlatAgent", "MechanismAgent"])
@pytest.mark.parametrize("name", TISSUE_CELLS)
def test_a_plain_agent_does_the_same_arithmetic(bench, name, kind):
    cells, plain = bench("cells"), bench("plain_agent")
    population = cells.population_of(name, 64)
    model = plain.model_of(getattr(plain, kind), population, cells.AROUND, 3)
    for _ in range(2):
        cells.live(population)
        model.agents.do("step")
    for state in population.cell_type.composed.states:
        found = [agent.state(state) for agent in model.agents]
        np.testing.assert_allclose(found, population[state][:3], rtol=1e-11, atol=1e-15, err_msg=state)


@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
@pytest.mark.parametrize("name", TISSUE_CELLS)
def test_the_step_in_c_is_the_compiled_step(bench, name, tmp_path):
    cells, c_step = bench("cells"), bench("c_step")
    ours, theirs = cells.population_of(name, 640), cells.population_of(name, 640)
    c = c_step.CStep(ours.cell_type.composed, tmp_path)
    for _ in range(5):
        cells.live(ours)
        c.advance(theirs, cells.AROUND, threads=2)
    np.testing.assert_allclose(theirs.rows, ours.rows, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(theirs.fluxes, ours.fluxes, rtol=1e-9, atol=1e-15)


def test_the_compiled_step_is_seventy_times_a_plain_agent(bench):
    times = bench("cells").against_python("myocyte", rounds=5, agents=10, cells=1280)
    assert times["flat Python"] > 70.0 * times["compiled"]


def test_cells_that_come_crawl_and_die_cost_less_than_a_tenth(bench):
    assert bench("life").turnover_share(cells=2000, hours=2) < 10.0


def test_a_step_grows_no_faster_than_the_number_of_cells(bench):
    times = bench("life").step_times((1000, 4000), minutes=40)
    assert times[4000] < 4.0 * times[1000]


def test_the_cells_cost_more_than_all_the_rest(bench):
    shares = bench("whole").shares(minutes=30)
    assert shares["rest_ms"] < 1.5 * shares["cells_ms"]


def test_the_section_on_lives_reads_what_was_measured(bench, monkeypatch):
    run, life = bench("run"), bench("life")
    written = []
    found = {
        "step_times": {300: 0.2, 1000: 0.4}, "a_day": 2.0, "year": {"early": 1.0, "late": 1.1, "disk": 0.1},
        "accelerated": 50.0, "days_in_turn": [1.0, 1.0], "turnover_share": 1.0, "days_lived": 21, "linearity": 1.0,
        "errors": [("lean, overfeeding", 28, 6.13, 6.12, 0.16), ("obese, a diet", 182, 4.79, 4.88, -1.84)],
    }  # fmt: skip
    for name, value in found.items():
        monkeypatch.setattr(life, name, lambda *given, value=value: value)
    monkeypatch.setattr(life, "write", written.append)
    lines = run.life_section()
    assert written == [found["errors"]]
    assert "| largest error of M by acceleration [%] | 1.84 | 2 | met |" in lines
    assert lines[-1] == "| obese, a diet | 182 | 4.79 | 4.88 | -1.84 |"
