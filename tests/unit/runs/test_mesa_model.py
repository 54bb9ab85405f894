"""Mesa's view of a body: agents are columns of the arrays, and Mesa's own tools work on them."""

import gc
import multiprocessing
import subprocess
import sys
import weakref

import mesa
import numpy as np
import pytest
from mesa import DataCollector, batch_run

from insulattice.environment.body import Body
from insulattice.runs.mesa_model import AGENT_TYPES, Adipocyte, Macrophage, Myocyte, TissueModel

CELLS = 200


def small(**options) -> TissueModel:
    """Return a small model that starts in a plain state."""
    return TissueModel(**{"cells": CELLS, "settle": False, "rng": 1} | options)


@pytest.fixture(scope="module")
def shared() -> TissueModel:
    """A small model for tests that only read."""
    model = small()
    model.step()
    return model


@pytest.fixture
def model() -> TissueModel:
    """A small model for tests that change it."""
    return small()


def muscle(model: TissueModel):
    """Return the muscle cells as arrays."""
    return model.body.compartments["muscle"].main


def test_there_is_one_agent_for_each_cell(shared):
    populations = [p for c in shared.body.compartments.values() for p in c.populations.values()]
    assert len(shared.agents) == sum(len(population) for population in populations)
    assert {kind.__name__.lower() for kind in shared.agents_by_type} == {
        p.cell_type.name for p in populations
    }


def test_a_body_that_is_there_gets_a_model_and_is_caught_up_with():
    body = Body(cells=CELLS, settle=False)
    model = TissueModel(body=body)
    for _ in range(3):
        body.step()
    model.catch_up()
    assert model.body is body
    assert model.minute == 3.0
    assert list(model.datacollector.model_vars["minute"]) == [0.0, 3.0]


def test_ids_are_unique_and_start_at_1(shared):
    ids = shared.agents.get("unique_id")
    assert sorted(ids) == list(range(1, len(ids) + 1))
    assert min(small().agents.get("unique_id")) == 1


def test_every_state_and_trait_reads_the_array_as_a_python_number(shared):
    cell = shared.agents_by_type[Myocyte][5]
    for name in muscle(shared).names:
        assert getattr(cell, name) == muscle(shared)[name][5]
        assert type(getattr(cell, name)) is float


def test_every_signal_reads_what_the_mechanisms_say(shared):
    for kind in shared.agents_by_type:
        cell = shared.agents_by_type[kind][3]
        population = shared.body.compartments[cell.compartment].populations[cell.kind]
        for name, values in shared.body.signals(population).items():
            assert getattr(cell, name) == np.broadcast_to(values, population.count)[3]
            assert type(getattr(cell, name)) is float


def test_kind_compartment_and_place_say_where_a_cell_is(shared):
    cell = shared.agents_by_type[Myocyte][0]
    assert (cell.kind, cell.compartment, cell.place) == ("myocyte", "muscle", (0, 0))
    rows, columns = shared.body.compartments["fat"].grid.shape[1:]
    for cell in shared.agents_by_type[Adipocyte]:
        assert cell.compartment == "fat"
        assert 0 <= cell.place[0] < rows
        assert 0 <= cell.place[1] < columns


def test_no_name_of_the_biology_is_hidden_by_mesa(shared):
    for kind in AGENT_TYPES.values():
        cell = shared.agents_by_type[kind][0]
        population = shared.body.compartments[cell.compartment].populations[cell.kind]
        names = {*population.names, *population.cell_type.composed.signal_names}
        assert not names & (set(dir(kind)) | set(vars(cell)))
        assert names <= set(dir(cell))


def test_setting_an_attribute_changes_the_array_and_only_there(model):
    before = muscle(model).rows.copy()
    model.agents_by_type[Myocyte][7].dag = 4.0
    row = muscle(model).names.index("dag")
    assert muscle(model)["dag"][7] == 4.0
    before[row, 7] = 4.0
    assert np.array_equal(before, muscle(model).rows)


def test_a_signal_follows_at_once_when_a_state_is_set(model):
    cell, other = model.agents_by_type[Myocyte][7], model.agents_by_type[Myocyte][8]
    before, of_other = cell.receptor_tyr, other.receptor_tyr
    cell.receptor_internal_active = 2.0 * cell.receptor_internal_active + 0.01
    assert cell.receptor_tyr > before
    assert other.receptor_tyr == of_other
    muscle(model)["receptor_internal_active"][8] += 0.01
    assert other.receptor_tyr > of_other
    model.body.step()
    assert cell.receptor_tyr == model.body.signals(muscle(model))["receptor_tyr"][7]


def test_what_is_set_matters_to_the_next_step(model):
    twin = small()
    model.agents_by_type[Myocyte].set("glut4_surface", 0.0)
    model.step()
    twin.step()
    assert muscle(model).flux("glucose_uptake").mean() < muscle(twin).flux("glucose_uptake").mean()


def test_an_unknown_attribute_names_the_nearest_one(model):
    cell = model.agents_by_type[Myocyte][0]
    with pytest.raises(
        AttributeError, match=r"a myocyte has no attribute 'ceramid'\. Did you mean ceramide\?"
    ):
        _ = cell.ceramid
    with pytest.raises(AttributeError, match=r"Did you mean ceramide\?"):
        cell.ceramid = 1.0
    with pytest.raises(AttributeError, match="a macrophage has no attribute 'dag'"):
        _ = model.agents_by_type[Macrophage][0].dag
    assert not hasattr(cell, "ceramid")


@pytest.mark.parametrize("name", ["receptor_tyr", "kind", "compartment", "place"])
def test_what_follows_from_the_states_can_only_be_read(model, name):
    with pytest.raises(
        AttributeError, match=f"{name} of a myocyte follows from its states and can only be read"
    ):
        setattr(model.agents_by_type[Myocyte][0], name, 1.0)


def test_a_removed_view_raises_and_leaves_the_arrays_alone(model):
    cell = model.agents_by_type[Myocyte][3]
    rows, agents = muscle(model).rows.copy(), len(model.agents)
    cell.remove()
    assert len(model.agents) == agents - 1
    with pytest.raises(RuntimeError, match="was removed from the model"):
        cell.dag = 1.0
    with pytest.raises(RuntimeError, match="was removed from the model"):
        _ = cell.dag
    with pytest.raises(RuntimeError, match="was removed from the model"):
        _ = cell.kind
    assert np.array_equal(rows, muscle(model).rows)


def test_agents_come_and_go_with_their_cells(model):
    macrophages = model.body.compartments["fat"].populations["macrophage"]
    first = len(macrophages)
    assert first > 2
    leaving = [a for a in model.agents_by_type[Macrophage] if a.compartment == "fat"][-1]
    macrophages.set_count(first - 2)
    with pytest.raises(RuntimeError, match="was removed"):
        _ = leaving.m1
    model.step()
    agents = model.agents_by_type[Macrophage].select(lambda cell: cell.compartment == "fat")
    assert len(agents) == first - 2
    macrophages.set_count(first)
    model.step()
    agents = model.agents_by_type[Macrophage].select(lambda cell: cell.compartment == "fat")
    assert sorted(agents.get("m1")) == sorted(macrophages["m1"])
    ids = model.agents.get("unique_id")
    assert len(set(ids)) == len(ids)


def test_an_agent_stays_with_its_cell_when_the_cell_moves_to_another_column(model):
    macrophages = model.body.compartments["fat"].populations["macrophage"]
    macrophages["m1"] = np.linspace(0.1, 0.2, len(macrophages))
    agents = list(model.agents_by_type[Macrophage].select(lambda cell: cell.compartment == "fat"))
    first, last = agents[0], agents[-1]
    kept = last.m1
    macrophages.remove(np.array([0]))
    assert last.m1 == kept
    with pytest.raises(RuntimeError, match="was removed"):
        _ = first.m1
    model.step()
    assert len([a for a in model.agents_by_type[Macrophage] if a.compartment == "fat"]) == len(macrophages)


def test_select_agg_get_and_set_of_mesa_work(model):
    cells = model.agents_by_type[Myocyte]
    dag = muscle(model)["dag"]
    dag[:] = np.linspace(0.1, 1.0, len(dag))
    some = cells.select(lambda cell: cell.dag < 0.5)
    assert len(some) == (dag < 0.5).sum()
    assert some.agg("dag", np.mean) == pytest.approx(dag[dag < 0.5].mean(), rel=1e-12)
    assert cells.get(["dag", "ceramide"])[0] == [dag[0], muscle(model)["ceramide"][0]]
    some.set("ceramide", 0.25)
    assert (muscle(model)["ceramide"][dag < 0.5] == 0.25).all()
    assert (muscle(model)["ceramide"][dag >= 0.5] != 0.25).all()
    assert len(model.agents.select(lambda cell: cell.compartment == "muscle")) == len(cells)
    assert cells.groupby("kind").count() == {"myocyte": len(cells)}


def test_the_data_collector_has_a_row_at_the_start_and_after_each_step(model):
    for _ in range(3):
        model.step()
    table = model.datacollector.get_model_vars_dataframe()
    assert list(table["minute"]) == [0.0, 1.0, 2.0, 3.0]
    assert table["glucose"].iloc[-1] == model.body.blood.level["glucose"]
    assert table["akt_muscle"].iloc[-1] == model.body.signals(muscle(model))["akt_s473"].mean()
    assert table.notna().all().all()
    assert set(table.dtypes) == {np.dtype(float)}


def test_a_collector_of_ones_own_reads_agents(model):
    collector = DataCollector(agenttype_reporters={Myocyte: {"dag": "dag", "akt": "akt_double"}})
    collector.collect(model)
    table = collector.get_agenttype_vars_dataframe(Myocyte)
    assert table["dag"].to_numpy() == pytest.approx(muscle(model)["dag"])


def test_a_model_is_the_body_of_the_same_seed():
    model, body = small(rng=3, phenotype="obese", without=["dag->pkc"]), None
    body = Body("obese", cells=CELLS, seed=3, without=["dag->pkc"], settle=False)
    for _ in range(5):
        model.step()
        body.step()
    assert model.body.blood.level == body.blood.level
    assert np.array_equal(muscle(model).rows, body.compartments["muscle"].main.rows)
    assert np.array_equal(muscle(small(rng=3)).rows, muscle(small(rng=None, seed=3)).rows)


def test_without_a_seed_each_model_is_another_body():
    assert not np.array_equal(muscle(small(rng=None)).rows, muscle(small(rng=None)).rows)
    generator = np.random.default_rng(5)
    assert np.array_equal(muscle(small(rng=generator)).rows, muscle(small(rng=np.random.default_rng(5))).rows)


def test_a_step_lasts_as_long_as_asked_for():
    model = small(minutes_per_step=5)
    began = model.body.minute
    model.step()
    assert (model.minute, model.body.minute - began, model.steps) == (5.0, 5.0, 1)
    with pytest.raises(ValueError, match="minutes_per_step is 0, allowed: 1 or more"):
        small(minutes_per_step=0)


def test_insulin_can_be_given_from_the_start_or_later():
    early, late = small(insulin=80, minutes_per_step=30), small(minutes_per_step=30)
    assert (early.insulin, late.insulin) == (80.0, None)
    early.step()
    late.step()
    assert early.body.insulin.plasma_pM > 2.0 * late.body.insulin.plasma_pM
    late.insulin = 80
    late.step()
    assert late.body.insulin.plasma_pM > 300.0
    early.insulin = None
    early.step()
    assert early.body.insulin.plasma_pM < 300.0
    assert early.body.rules == []


def test_another_insulin_rate_continues_the_clamp():
    model = small(insulin=20, minutes_per_step=60)
    model.step()
    low = model.body.insulin.plasma_pM
    model.insulin = 120
    model.step()
    assert model.insulin == 120.0
    assert model.body.insulin.plasma_pM > 3.0 * low
    assert model.body.blood.level["glucose"] == pytest.approx(5.0, rel=0.1)


@pytest.mark.parametrize("rate", [-1, 1e6, float("nan")])
def test_insulin_out_of_range_says_what_is_allowed(model, rate):
    with pytest.raises(ValueError, match=r"insulin .* allowed: "):
        model.insulin = rate


def test_batch_run_of_mesa_works_and_gives_the_state_after_the_last_step():
    choices = {"phenotype": ["lean", "obese"], "rng": [1, 2], "cells": CELLS, "settle": False}
    rows = batch_run(TissueModel, choices, max_steps=3, display_progress=False)
    assert len(rows) == 4
    assert {row["minute"] for row in rows} == {3.0}
    assert len({row["glucose"] for row in rows}) == 4


def test_importing_our_model_leaves_the_start_method_of_processes_alone():
    code = """if True:
        import multiprocessing
        before = multiprocessing.get_start_method(allow_none=True)
        import insulattice.runs.mesa_model
        assert multiprocessing.get_start_method(allow_none=True) == before
    """
    subprocess.run([sys.executable, "-c", code], check=True)


def test_batch_run_works_in_two_processes():
    before = multiprocessing.get_start_method(allow_none=True)
    choices = {"phenotype": ["lean", "obese"], "rng": 1, "cells": CELLS, "settle": False}
    try:
        rows = batch_run(TissueModel, choices, number_processes=2, max_steps=2, display_progress=False)
    finally:
        multiprocessing.set_start_method(before, force=True)
    assert sorted(row["phenotype"] for row in rows) == ["lean", "obese"]


def test_a_model_that_is_let_go_leaves_memory():
    model = small()
    model.step()
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
    assert all(not isinstance(key, TissueModel) for key in getattr(mesa.Agent, "_ids", {}))
