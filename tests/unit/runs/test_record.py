"""Records: tables on disk, whole or not at all, and where they come from."""

import json
import math

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from insulattice.environment import Fast
from insulattice.runs import record as records
from insulattice.runs import simulate


@pytest.fixture(scope="module")
def record(lean_body):
    return simulate(lean_body, Fast(hours=0.2))


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_saved_table_reads_back_the_same(record, tmp_path, ending):
    path = record.save(tmp_path / f"run.{ending}")
    read = pd.read_csv(path) if ending == "csv" else pd.read_parquet(path)
    pd.testing.assert_frame_equal(read, record.table, check_dtype=False, rtol=0, atol=0)


def test_provenance_stands_beside_a_saved_table(record, tmp_path):
    record.save(tmp_path / "run.csv")
    made_by = json.loads((tmp_path / "run.csv.provenance.json").read_text())
    assert made_by["seed"] == 1
    assert made_by["phenotype"]["name"] == "lean"
    assert made_by["parameters"] == record.body.table.fingerprint()
    assert made_by["protocol"] == {"rule": "Fast", "hours": 0.2}
    assert {"insulattice", "packages", "python", "code", "rules", "without", "summary", "error"} <= set(
        made_by
    )
    assert {path.name for path in tmp_path.iterdir()} == {"run.csv", "run.csv.provenance.json"}


def test_parquet_carries_the_version_of_its_layout(record, tmp_path):
    metadata = pq.read_metadata(record.save(tmp_path / "run.parquet")).metadata
    assert metadata[b"insulattice_schema"] == records.SCHEMA.encode()


def test_a_changed_parameter_is_in_the_provenance(lean_body):
    from insulattice.environment import Body

    body = Body(cells=60, parameters={"brain_uptake": 0.45}, settle=False)
    assert simulate(body, Fast(hours=0.05)).provenance["parameters_changed"] == {"brain_uptake": 0.45}


def test_there_is_one_row_per_cell_with_type_place_and_every_state(record):
    cells = record.cells
    populations = [q for c in record.body.compartments.values() for q in c.populations.values()]
    assert len(cells) == sum(len(q) for q in populations)
    assert list(cells.columns[:5]) == ["id", "type", "compartment", "x", "y"]
    for population in populations:
        own = cells[
            (cells["type"] == population.cell_type.name) & (cells["compartment"] == population.compartment)
        ]
        for name in population.names:
            assert np.array_equal(own[name].to_numpy(), population[name])
    assert not cells[["x", "y"]].isna().any().any()
    assert "akt_s473" in cells.columns


def test_cells_can_be_saved(record, tmp_path):
    path = record.save_cells(tmp_path / "cells.parquet")
    assert len(pd.read_parquet(path)) == len(record.cells)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("run.txt", r"the ending is '.txt', allowed: .csv, .parquet"),
        ("nowhere/run.csv", "there is no folder"),
        ("folder.csv", "it is a folder"),
        ("file/run.csv", "there is no folder"),
    ],
)
def test_a_path_that_cannot_be_written_says_why(record, tmp_path, name, message):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=message):
        record.save(tmp_path / name)


def test_a_write_that_fails_half_way_leaves_what_was_there(record, tmp_path, monkeypatch):
    path = tmp_path / "run.csv"
    path.write_text("old")

    def full(table, to, ending):
        to.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(records, "_write_table", full)
    with pytest.raises(ValueError, match="No space left on device"):
        record.save(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_series_of_several_places_asks_for_one(record):
    with pytest.raises(ValueError, match="fat, liver, muscle"):
        record.series("akt")
    with pytest.raises(ValueError, match="none"):
        record.series("nothing")


def test_only_a_clamp_has_an_m_value(record):
    with pytest.raises(ValueError, match="a fasting has no M-value; run a clamp"):
        _ = record.m_value


def test_plain_values_are_what_json_holds():
    given = {"a": np.float64(1.5), "b": math.nan, "c": (np.int64(2), {"d": math.inf}), 3: None, "e": True}
    assert records.plain(given) == {"a": 1.5, "b": None, "c": [2, {"d": None}], "3": None, "e": True}
