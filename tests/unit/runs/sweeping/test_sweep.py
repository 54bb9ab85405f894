"""Sweeps in this process: designs, seeds, what is kept, what is done again, and what a crafted folder cannot do."""

import contextlib
import functools
import json
import logging
import math
import os
import pickle

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insulattice.analysis import load, load_manifest
from insulattice.runs.sweeping import run_store
from insulattice.runs.sweeping.design import Range, Sample, multiplied, points_of
from insulattice.runs.sweeping.identity import code_of, key_of, name_of, seeds_of
from insulattice.runs.sweeping.outputs import tables_of
from insulattice.runs.sweeping.progress import Tally
from insulattice.runs.sweeping.run_store import Outcome, RunStore, StoreError
from insulattice.runs.sweeping.sweep import sweep

CALLS = []


def product(x, y, seed=1):
    """A run that is quick."""
    CALLS.append((x, y, seed))
    if x < 0:
        raise ValueError("x is below 0")
    return {"xy": x * y, "draw": np.random.default_rng([seed, x]).random()}


@pytest.fixture(autouse=True)
def _no_calls():
    CALLS.clear()


@pytest.fixture
def swept(tmp_path):
    """Do a sweep of the quick run in this process."""
    return lambda design, seeds=1, **options: sweep(
        product, design, seeds, out=tmp_path / "out", scheduler="here", **options
    )


# ---- designs --------------------------------------------------------------------------------------------------------


def test_a_grid_is_every_value_with_every_other():
    assert points_of({"x": [1, 2], "y": ["a"]}) == [{"x": 1, "y": "a"}, {"x": 2, "y": "a"}]


def test_a_list_and_a_table_give_their_points_as_plain_values():
    table = pd.DataFrame({"x": [1, 2], "y": [0.5, 1.5]})
    assert points_of(table) == points_of([{"x": 1, "y": 0.5}, {"x": 2, "y": 1.5}])
    assert all(type(point["x"]) is int for point in points_of(table))


@pytest.mark.parametrize(
    ("method", "number"), [("latin_hypercube", 10), ("sobol", 16), ("random", 10), ("saltelli", 4)]
)
def test_a_sample_stays_in_its_ranges_and_is_keyed_by_its_seed(method, number):
    ranges = {"k": Range(1e-3, 10.0, logarithmic=True), "a": (0.0, 2.0)}
    points = points_of(Sample(ranges, number, method, seed=3))
    assert points == points_of(Sample(ranges, number, method, seed=3))
    assert points != points_of(Sample(ranges, number, method, seed=4))
    assert len(points) == (number * 6 if method == "saltelli" else number)
    assert all(1e-3 <= point["k"] <= 10.0 and 0.0 <= point["a"] <= 2.0 for point in points)


def test_a_latin_hypercube_has_one_point_in_each_slice():
    points = points_of(Sample({"a": (0.0, 10.0), "b": (0.0, 1.0)}, 10))
    assert sorted(math.floor(point["a"]) for point in points) == list(range(10))


def test_parts_are_multiplied_and_may_not_vary_the_same_twice():
    assert multiplied([[{"x": 1}, {"x": 2}], [{"y": 3}]]) == [{"x": 1, "y": 3}, {"x": 2, "y": 3}]
    with pytest.raises(ValueError, match="x is varied twice"):
        multiplied([[{"x": 1}], [{"x": 2}]])


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ([], "no point"),
        ({"x": []}, "no point"),
        ({"x": "abc"}, "allowed: a list"),
        ({"x": [math.nan]}, "allowed: finite numbers"),
        ({"x": [object()]}, "allowed: finite numbers"),
        ([1, 2], "values by name"),
        (7, "design is 7"),
        ({"seed": [1]}, "cannot be varied"),
        ({f"x{i}": list(range(10)) for i in range(8)}, "or fewer"),
        (Sample({"x": (1.0, 1.0)}, 4), "lower one first"),
        (Sample({"x": (0.0, 1.0)}, 6, "sobol"), "power of 2"),
        (Sample({"x": (0.0, 1.0)}, 6, "sobal"), "Did you mean sobol"),
        (Sample({f"x{i}": (0.0, 1.0) for i in range(99)}, 2**19, "sobol"), "524288 points of 99 values"),
        (Sample({"x": (0.0, 1.0), "y": (0.0, 1.0)}, 2**18, "saltelli"), "1572864 points"),
        ({"x": ["\ud800"]}, "allowed: finite numbers"),
        ({"\ud800": [1]}, "cannot be varied"),
    ],
)
def test_a_design_that_is_none_says_what_is_allowed(design, said):
    with pytest.raises(ValueError, match=said):
        points_of(design)


@pytest.mark.parametrize("seeds", [0, -1, [1, 1], [], ["a"], [-1], [True], 2.5, "12"])
def test_seeds_that_are_none_say_what_is_allowed(seeds):
    with pytest.raises(ValueError, match="allowed"):
        seeds_of(seeds)


# ---- runs -----------------------------------------------------------------------------------------------------------


def test_results_are_tidy_and_in_the_order_of_the_design(swept):
    table = swept({"x": [2, 1], "y": [3]}, seeds=[5, 4]).table
    assert list(table["x"]) == [2] * 4 + [1] * 4
    assert list(table["seed"]) == [5, 5, 4, 4] * 2
    assert list(table.loc[table["output"] == "xy", "value"]) == [6.0, 6.0, 3.0, 3.0]


def test_a_run_that_raises_is_a_row_with_its_reason(swept):
    result = swept({"x": [1, -1, 2], "y": [3]})
    assert list(result.manifest["status"]) == ["done", "failed", "done"]
    assert result.manifest.loc[1, "error"].startswith("ValueError: x is below 0 (in product, line ")
    assert result.tally.failed == 1
    assert "x -1, y 3, seed 1: ValueError" in (result.folder / "sweep.log").read_text()


def test_only_what_is_missing_is_done(swept):
    swept({"x": [1, -1], "y": [3]})
    before = swept({"x": [1, -1], "y": [3]}).table
    result = swept({"x": [1, -1, 2], "y": [3]})
    assert CALLS == [(1, 3, 1), (-1, 3, 1), (2, 3, 1)]
    assert result.tally.kept == 2
    pd.testing.assert_frame_equal(result.table.iloc[:2], before)
    swept({"x": [1, -1], "y": [3]}, retry=True)
    assert CALLS[3:] == [(-1, 3, 1)]


def test_a_smaller_sweep_gives_its_own_rows_and_forgets_none(swept):
    swept({"x": [1, 2, 3], "y": [3]})
    assert list(swept({"x": [3], "y": [3]}).manifest["x"]) == [3]
    assert sorted(load_manifest(swept({"x": [3], "y": [3]}).folder)["x"]) == [1, 2, 3]


def test_what_other_code_made_is_done_again(swept, monkeypatch):
    first = swept({"x": [1], "y": [3]})
    monkeypatch.setattr("insulattice.runs.sweeping.sweep.code_of", lambda function: "other")
    assert swept({"x": [1], "y": [3]}).tally.kept == 0
    monkeypatch.setattr("insulattice.runs.sweeping.sweep.parameters_of", lambda: "other")
    assert swept({"x": [1], "y": [3]}).tally.kept == 0
    assert swept({"x": [1], "y": [3]}).tally.kept == 1
    assert len(list(first.folder.glob("runs/*"))) == 1


def test_a_damaged_run_is_done_again(swept, caplog):
    folder = swept({"x": [1, 2], "y": [3]}).folder
    path = sorted(folder.glob("runs/*.parquet"))[0]
    path.write_bytes(path.read_bytes()[:100])
    assert load(folder)["run"].nunique() == 1
    assert "cannot be read" in caplog.text
    assert swept({"x": [1, 2], "y": [3]}).table["run"].nunique() == 2
    assert len(CALLS) == 3


def test_a_sweep_whose_client_was_killed_can_be_read(swept):
    result = swept({"x": [1, 2], "y": [3]})
    manifest = result.manifest
    stale = manifest.assign(status="pending", error="", wall_s=0.0)
    RunStore(result.folder, "product").write_manifest(stale)
    pd.testing.assert_frame_equal(load_manifest(result.folder), manifest)


def test_progress_counts_and_foretells(swept):
    seen = []
    swept({"x": [1, -1], "y": [3]}, progress=lambda tally: seen.append((tally.finished, tally.failed)))
    assert seen == [(0, 0), (1, 0), (2, 1)]
    tally = Tally(10, 2, 4, 1, began=0.0)
    assert tally.finished == 6 and tally.left_s == pytest.approx(4 / tally.rate, rel=1e-2)


@pytest.mark.parametrize(
    ("design", "options", "said"),
    [
        ({"z": [1]}, {}, "cannot be called with z"),
        ({"x": [1], "y": [1]}, {"timeout": 3.0}, "timeout needs processes"),
        ({"x": [1], "y": [1]}, {"workers": 0}, "workers is 0"),
        ({"x": [1], "y": [1]}, {"timeout": -1.0}, "timeout is -1"),
    ],
)
def test_what_cannot_be_run_is_said_before_anything_runs(swept, design, options, said):
    with pytest.raises(ValueError, match=said):
        swept(design, **options)
    assert CALLS == []


def test_numbers_and_tables_are_what_a_run_may_give():
    cells = pd.DataFrame({"akt": [0.5]})
    table, tables = tables_of({"m": np.float64(1.5), "cells": cells})
    assert table.to_pydict() == {"output": ["m"], "value": [1.5]}
    assert tables["cells"].to_pydict() == {"akt": [0.5]}
    assert tables_of(3)[0]["value"].to_pylist() == [3.0]
    for given in (None, "text", {}, {"m": "text"}, {"m": 1j}, [1.0]):
        with pytest.raises(ValueError, match="allowed"):
            tables_of(given)


def with_cells(x):
    """A run with a further table, whose name may be anything."""
    return {"m": 1.0, ("cells" if x == 1 else "../../evil"): pd.DataFrame({"x": [0.5], "type": ["myocyte"]})}


def test_further_tables_are_kept_and_no_name_leaves_the_folder(tmp_path):
    result = sweep(with_cells, {"x": [1, 2]}, out=tmp_path / "out", scheduler="here")
    assert load(result.folder, "cells")["type"].tolist() == ["myocyte"]
    assert "a table is called '../../evil'" in result.manifest.loc[1, "error"]
    with pytest.raises(ValueError, match="no table 'cell', allowed: cells"):
        load(result.folder, "cell")
    assert [item.name for item in tmp_path.iterdir()] == ["out"]


# ---- folders that were crafted --------------------------------------------------------------------------------------


class Trap:
    """A pickle that would tell."""

    def __reduce__(self):
        return (CALLS.append, ("executed",))


def test_a_pickle_in_the_place_of_a_run_is_never_read(swept, caplog):
    folder = swept({"x": [1, 2], "y": [3]}).folder
    CALLS.clear()
    for path in [*folder.glob("runs/*.parquet"), folder / "manifest.parquet"]:
        path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(ValueError, match="no folder of a sweep"):
        load(folder)
    caplog.set_level(logging.ERROR)
    swept({"x": [1, 2], "y": [3]})
    assert CALLS == [(1, 3, 1), (2, 3, 1)]


@pytest.mark.parametrize("which", ["runs", "manifest.parquet"])
def test_a_pickle_within_a_table_is_never_read(swept, which):
    folder = swept({"x": [1], "y": [3]}).folder
    CALLS.clear()
    path = next(folder.glob("runs/*")) if which == "runs" else folder / which
    table = pq.read_table(path)
    crafted = {
        b"ARROW:extension:name": b"arrow.py_extension_type", b"ARROW:extension:metadata": pickle.dumps(Trap()),
    }  # fmt: skip
    fields = [field.with_metadata(crafted) for field in table.schema]
    pq.write_table(table.cast(pa.schema(fields, table.schema.metadata)), path)
    with contextlib.suppress(ValueError):
        load(folder)
    swept({"x": [1], "y": [3]})
    assert ("executed",) not in [
        call[:1] for call in CALLS if isinstance(call, tuple)
    ] and "executed" not in CALLS


@pytest.mark.parametrize("name", ["manifest.parquet", "sweep.log", "runs"])
def test_a_pipe_in_the_place_of_a_file_is_not_waited_on(swept, name):
    folder = swept({"x": [1], "y": [3]}).folder
    path = next(folder.glob("runs/*")) if name == "runs" else folder / name
    path.unlink()
    os.mkfifo(path)
    assert swept({"x": [1], "y": [3]}).table["value"].iloc[0] == 3.0


def test_what_is_called_as_a_path_stays_in_its_folder(tmp_path):
    for name in ("../../evil", "/tmp/evil", "a\nb"):
        store = RunStore(tmp_path / "out" / str(len(name)), name)
        store.write(run_store.files_of(Outcome("0" * 20, table=tables_of(1.0)[0])))
        assert RunStore(store.folder, name).facts("0" * 20)["status"] == "done"
    assert [item.name for item in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_is_a_link_is_refused(swept, tmp_path):
    folder, outside = swept({"x": [1], "y": [3]}).folder, tmp_path / "outside"
    outside.mkdir()
    for path in folder.glob("runs/*"):
        path.unlink()
    (folder / "runs").rmdir()
    (folder / "runs").symlink_to(outside)
    with pytest.raises(StoreError, match="no plain folder"):
        swept({"x": [1], "y": [3]})
    assert list(outside.iterdir()) == []


def test_a_log_that_is_a_link_is_left_alone(swept, tmp_path):
    folder, outside = swept({"x": [1], "y": [3]}).folder, tmp_path / "outside"
    outside.write_text("mine")
    (folder / "sweep.log").unlink()
    (folder / "sweep.log").symlink_to(outside)
    swept({"x": [2], "y": [3]})
    assert outside.read_text() == "mine"


def test_keys_of_a_manifest_become_no_paths(swept, tmp_path):
    result = swept({"x": [1], "y": [3]})
    crafted = result.manifest.assign(key="../../secret", status="pending")
    RunStore(result.folder, "product").write_manifest(crafted)
    assert load_manifest(result.folder)["status"].tolist() == ["pending"]
    with pytest.raises(StoreError, match="20 hexadecimal"):
        run_store.files_of(Outcome("../../secret"))


@pytest.mark.parametrize(
    "mark", ["", "[]", '{"kind": 1}', json.dumps({"kind": "x", "schema": "1", "of": "y", "id": "z"})]
)
def test_a_folder_with_another_mark_is_refused(tmp_path, mark):
    (tmp_path / "store.json").write_text(mark)
    with pytest.raises(StoreError, match=r"is no run store|of kind 'x'"):
        RunStore(tmp_path, "product")


def test_a_folder_of_something_else_is_refused(tmp_path, swept):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(StoreError, match=r"holds thesis\.tex and is no run store"):
        RunStore(tmp_path, "product")
    folder = swept({"x": [1], "y": [3]}).folder
    with pytest.raises(StoreError, match="holds runs of 'product', given 'other'"):
        RunStore(folder, "other")


def test_a_file_under_the_name_of_another_run_counts_as_missing(swept):
    folder = swept({"x": [1, 2], "y": [3]}).folder
    one, other = sorted(folder.glob("runs/*.parquet"))
    one.write_bytes(other.read_bytes())
    assert load(folder)["run"].nunique() == 1
    assert swept({"x": [1, 2], "y": [3]}).tally.kept == 1


def test_a_function_is_known_by_its_code_its_closure_and_its_bound_arguments():
    def scaled(factor):
        return lambda x: factor * x

    codes = {
        code_of(scaled(2)),
        code_of(scaled(3)),
        code_of(functools.partial(product, y=1)),
        code_of(product),
    }
    codes.add(code_of(functools.partial(product, y=2)))
    assert len(codes) == 5 and code_of(scaled(2)) in codes
    assert name_of(functools.partial(product, y=1)) == "product"


def test_an_error_that_cannot_say_what_it_is_has_a_reason_still(tmp_path):
    class Odd(Exception):
        def __str__(self):
            raise RuntimeError

    def fail(x):
        raise (Odd() if x else ValueError("lone \ud800"))

    errors = sweep(fail, {"x": [0, 1]}, out=tmp_path / "out", scheduler="here").manifest["error"]
    assert errors[0].startswith("ValueError: lone ?") and errors[1].startswith("Odd: ")


def test_keys_follow_every_fact():
    assert (
        len(
            {
                key_of("a", {"x": 1}, 1),
                key_of("a", {"x": 1.5}, 1),
                key_of("a", {"x": 1}, 2),
                key_of("b", {"x": 1}, 1),
            }
        )
        == 4
    )
