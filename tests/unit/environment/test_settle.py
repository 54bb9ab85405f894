"""Settling: from inputs to a body at rest, kept on disk under a hash of all that went in."""

import dataclasses
import logging
import shutil

import numpy as np
import pytest

from insulattice.environment import (
    Body,
    Clamp,
    SimulationError,
    find_phenotype,
    history,
    read_phenotypes,
    settle,
)
from insulattice.environment.known_histories import known_histories
from insulattice.environment.observe import observe
from insulattice.environment.state import pack
from insulattice.runs import simulate

SHORT = (1, 0)


@pytest.fixture
def short(monkeypatch, tmp_path, shared_cache):
    """Two days, no history, and a cache of its own for bodies; compiled steps stay in the shared one."""
    monkeypatch.setattr(settle, "GAPS", SHORT)
    monkeypatch.setattr(settle, "beta_cells", lambda body, key: (1.0, 1.0))
    monkeypatch.setattr(settle, "cache_folder", lambda: tmp_path)
    return tmp_path


def bits(body):
    return {name: array.copy() for name, array in pack(body).items()}


def equal(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one)


def files(folder):
    return sorted((folder / "bodies").iterdir())


def test_a_settled_body_is_kept_and_taken_from_the_cache(short, caplog):
    caplog.set_level(logging.INFO, logger="insulattice")
    first = Body("lean", cells=40)
    assert "settling a lean body of 40 cells" in caplog.text
    caplog.clear()
    second = Body("lean", cells=40)
    assert "from the cache" in caplog.text
    assert equal(bits(first), bits(second))
    assert len(files(short)) == 1


@pytest.mark.parametrize(
    "other",
    [{"seed": 2}, {"cells": 44}, {"without": ["dag->pkc"]}, {"parameters": {"brain_uptake": 0.4}}],
    ids=["seed", "cells", "arrow", "parameter"],
)
def test_every_input_has_its_own_place_in_the_cache(short, other):
    usual = {"phenotype": "lean", "cells": 40, "settle": False}
    names = {settle._digest(Body(**usual)), settle._digest(Body(**usual | other))}
    assert len(names) == 2


def test_known_beta_cells_are_where_a_body_starts_and_have_their_own_place(short):
    known = dataclasses.replace(find_phenotype("lean"), known_beta_cells=(0.4, 0.9))
    body = Body(known, cells=40, settle=False)
    assert settle.lived_beta_cells(body) == (0.4, 0.9)
    assert settle.lived_beta_cells(Body("lean", cells=40, settle=False)) == (1.0, 1.0)
    assert settle._digest(body) != settle._digest(Body("lean", cells=40, settle=False))


def test_edited_code_has_its_own_place_in_the_cache(short, monkeypatch):
    body = Body("lean", cells=40, settle=False)
    before = settle._digest(body)
    monkeypatch.setattr(settle, "code_digest", lambda: "edited")
    assert settle._digest(body) != before


def test_a_damaged_file_is_settled_again_with_a_warning(short, caplog):
    whole = Body("lean", cells=40)
    files(short)[0].write_bytes(b"PK damaged")
    again = Body("lean", cells=40)
    assert "cannot be read; settling again" in caplog.text
    assert equal(bits(whole), bits(again))


def test_a_body_that_cannot_be_kept_is_settled_all_the_same(short, caplog, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    whole = Body("lean", cells=40)
    files(short)[0].unlink()
    monkeypatch.setattr(settle.state, "write", full)
    assert equal(bits(whole), bits(Body("lean", cells=40)))
    assert "cannot be kept" in caplog.text and "No space left" in caplog.text


def test_a_state_that_leaves_its_range_stops_settling_at_once(short):
    with pytest.raises(SimulationError, match=r"minute [12]: glucose in blood is -"):
        Body("lean", cells=40, parameters={"brain_uptake": 500.0})
    assert not (short / "bodies").exists()


def test_progress_goes_from_day_to_day():
    seen = []
    settle.live_to_balance(Body("lean", cells=40, settle=False), SHORT, seen.append)
    assert seen == [pytest.approx(2 / 3), 1.0]


def test_a_settled_body_begins_a_day_with_closed_books(lean_body):
    assert lean_body.minute % 1440 == 0.0
    assert all(abs(gap) < 1e-9 for gap in lean_body.audit().values())


def test_settling_ends_with_days_without_gaps():
    assert settle.GAPS[-3:] == (0, 0, 0)
    assert sum(settle.GAPS) > 60


@pytest.mark.parametrize(
    "quantity",
    [
        ("blood", "glucose"),
        ("blood", "insulin"),
        ("body", "egp"),
        ("muscle", "akt"),
    ],
)
def test_a_settled_body_is_at_rest_after_the_night(lean_body, quantity):
    living = lean_body.branch()
    living.step()
    before = observe(living)
    for _ in range(60):
        living.step()
    after = observe(living)
    assert after[quantity] == pytest.approx(before[quantity], rel=0.04)


def test_a_settled_body_is_the_same_a_day_later(lean_body):
    """What turns over in hours to days has come to its balance."""
    living = lean_body.branch()
    before = observe(lean_body.branch())
    living.live(1.0)
    after = observe(living)
    for tissue in ("muscle", "fat", "liver"):
        for name in ("receptor", "mitochondria") + (("glut4_total",) if tissue != "liver" else ()):
            assert after[tissue, name] == pytest.approx(before[tissue, name], rel=0.03), (tissue, name)
    assert after["blood", "glucose"] == pytest.approx(before["blood", "glucose"], rel=0.03)


def test_ten_more_days_move_a_settled_obese_body_by_less_than_4_percent():
    """How far settling is from rest, with what cells that come and go add; thirty days are in docs/model.md."""
    obese_body = Body("obese", cells=300)  # that of the tests of literature
    living = obese_body.branch()
    living.live(10.0)
    before, after = (simulate(body, Clamp("40 mU/m2/min")).summary for body in (obese_body, living))
    assert after["m_value_mg_kg_min"] == pytest.approx(before["m_value_mg_kg_min"], rel=0.04)


def test_the_histories_that_come_along_hold_for_the_present_numbers_and_code():
    wanted = {(name, settle.history_key(Body(name, settle=False))) for name in read_phenotypes()}
    advice = "run python tests/golden/refresh_histories.py"
    assert set(known_histories()) == wanted, advice


def test_a_history_that_comes_along_is_that_of_any_seed_and_number_of_cells(monkeypatch):
    monkeypatch.setattr(history, "live_through", lambda body: pytest.fail("the years were lived anew"))
    (name, _), known = next(iter(known_histories().items()))
    assert settle.lived_beta_cells(Body(name, cells=40, seed=7, settle=False)) == known


def test_another_parameter_has_another_history(monkeypatch, tmp_path):
    monkeypatch.setattr(history, "live_through", lambda body: (0.3, 0.4))
    monkeypatch.setattr(history, "cache_folder", lambda: tmp_path)
    body = Body("lean", cells=40, parameters={"brain_uptake": 0.4}, settle=False)
    assert settle.lived_beta_cells(body) == (0.3, 0.4)
    monkeypatch.setattr(history, "live_through", lambda body: pytest.fail("kept, but lived anew"))
    assert settle.lived_beta_cells(body) == (0.3, 0.4)


# ---- beginning like another body -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder for the body that lived a little; the first test that asks for it settles it."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def alike(short, kept, monkeypatch):
    """An obese body that lived a little, and another of other traits and fat that is to begin like it."""
    monkeypatch.setattr(settle, "GAPS_OF_ALIKE", (0,))
    shutil.copytree(kept, short, dirs_exist_ok=True)
    model = Body("obese", cells=60)
    shutil.copytree(short, kept, dirs_exist_ok=True)
    inputs = dataclasses.replace(find_phenotype("obese"), known_fat_mass=30.0)
    return model, Body(inputs, cells=60, seed=5, settle=False)


def test_a_body_that_begins_like_another_has_its_cells_fields_and_blood(alike):
    model, body = alike
    settle.begin_like(body, model)
    for name, tissue in body.compartments.items():
        theirs = model.compartments[name]
        assert np.array_equal(tissue.grid.values, theirs.grid.values)
        assert tissue.main["receptor_total"].mean() == pytest.approx(
            theirs.main["receptor_total"].mean(), rel=0.1
        )
    macrophages = body.fat.populations["macrophage"]
    assert len(macrophages) == len(model.fat.populations["macrophage"])
    assert macrophages.sites[: len(macrophages)].max() < body.fat.sites
    assert body.blood.level == model.blood.level


def test_a_body_that_begins_like_another_keeps_its_traits_fat_and_beta_cells(alike):
    model, body = alike
    mass, traits = body.pancreas.beta_cell_mass, body.muscle.main["glut4_expression"].copy()
    settle.begin_like(body, model)
    assert body.fat.total("triglyceride") * 0.86e-3 == pytest.approx(30.0, rel=1e-3)
    assert np.array_equal(body.muscle.main["glut4_expression"], traits)
    assert body.pancreas.beta_cell_mass == mass
    assert max(map(abs, body.audit().values())) < 1e-12


def test_a_body_that_begins_like_another_has_its_own_place_in_the_cache(alike, short):
    model, body = alike
    known = dataclasses.replace(body.phenotype, known_beta_cells=(1.0, 1.0))
    for start in (None, model):
        settle.settle(Body(known, cells=60, seed=5, settle=False), alike=start)
    assert len(files(short)) == 3


@pytest.mark.parametrize("number", [0, 61])
def test_a_body_has_as_many_macrophages_as_the_one_it_begins_like(alike, number):
    model, body = alike
    model.fat.populations["macrophage"].add(61)
    model.fat.populations["macrophage"].set_count(number)
    settle.begin_like(body, model)
    assert len(body.fat.populations["macrophage"]) == number
    body.step()
    body.check()


def test_a_body_that_began_like_another_comes_back_from_the_cache_to_the_last_bit(alike):
    model, body = alike
    settle.settle(body, alike=model)
    again = Body(body.phenotype, cells=60, seed=5, settle=False)
    settle.settle(again, alike=model)
    assert equal(bits(body), bits(again))


def test_a_body_of_other_tissues_is_refused(alike):
    many = Body(alike[1].phenotype, cells=60, parameters={"macrophage_share_max": 5.0}, settle=False)
    with pytest.raises(ValueError, match=r"fat of \d+ sites cannot begin like one of"):
        settle.begin_like(many, alike[0])


def test_a_body_of_another_size_is_refused(alike):
    with pytest.raises(ValueError, match="of 60 cells cannot begin like one of 44"):
        settle.begin_like(alike[1], Body("obese", cells=44, settle=False))


@pytest.mark.slow
def test_who_began_like_another_comes_to_where_who_did_not_came():
    obese_body = Body("obese", cells=300)  # that of the tests of literature
    inputs = dataclasses.replace(find_phenotype("obese"), known_beta_cells=(1.66, 1.0), known_fat_mass=36.0)
    by_itself, after_another = (Body(inputs, cells=obese_body.cells, seed=4, settle=False) for _ in range(2))
    settle.settle(by_itself)
    settle.settle(after_another, alike=obese_body)
    for pool in ("glucose", "ffa", "triglyceride"):
        assert after_another.blood.level[pool] == pytest.approx(by_itself.blood.level[pool], rel=0.08)
    fat = [body.liver.total("triglyceride") for body in (by_itself, after_another)]
    assert fat[1] == pytest.approx(fat[0], rel=0.15)


@pytest.mark.slow
def test_sizes_of_fat_cells_last():
    """None empties and none grows for ever: large cells lose more, and small ones fill."""
    body = Body("lean", cells=300)
    sizes = []
    for days in (0, 90):
        body.live(days, accelerated=True)
        sizes.append(np.quantile(body.signals(body.fat.main)["diameter"], [0.1, 0.5, 0.9]))
    assert sizes[1] == pytest.approx(sizes[0], rel=0.1)
