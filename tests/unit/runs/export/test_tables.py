"""Cells as AnnData, and tables in other forms."""

import json

import h5py
import numpy as np
import pandas as pd
import pytest

from insulattice.runs.export.tables import read_table, save_cells, units_of_cells, widened

CELLS = pd.DataFrame(
    {
        "id": [0, 1, 2],
        "type": ["myocyte", "adipocyte", "macrophage"],
        "compartment": ["muscle", "fat", "fat"],
        "x": [30.0, 90.0, 90.0],
        "y": [30.0, 30.0, 30.0],
        "dag": [0.4, 1.0, np.nan],
        "m1": [np.nan, np.nan, 0.5],
        "pi3k": [0.1, 0.2, np.nan],
    }
)


def words(place):
    """The texts of a dataset."""
    return [text.decode() for text in place[:]]


def test_cells_are_written_as_anndata_lays_them_out(tmp_path):
    path = save_cells(CELLS, tmp_path / "cells.h5ad", {"seed": 1})
    with h5py.File(path) as file:
        assert (file.attrs["encoding-type"], file.attrs["encoding-version"]) == ("anndata", "0.1.0")
        assert set(file) == {"X", "obs", "var", "obsm", "uns", "layers", "obsp", "varm", "varp"}
        np.testing.assert_array_equal(file["X"][:], CELLS[["dag", "m1", "pi3k"]].to_numpy())
        np.testing.assert_array_equal(file["obsm/spatial"][:], CELLS[["x", "y"]].to_numpy())
        assert words(file["var/_index"]) == ["dag", "m1", "pi3k"]
        assert words(file["var/unit"]) == ["mmol/kg", "1", ""]
        assert list(file["obs"].attrs["column-order"]) == ["id", "type", "compartment"]
        kinds = words(file["obs/type/categories"])
        assert [kinds[code] for code in file["obs/type/codes"][:]] == list(CELLS["type"])
        assert json.loads(file["uns/provenance"][()]) == {"seed": 1}
        parts: list = []
        file.visititems(lambda name, part: parts.append((name, part.attrs.get("encoding-type"))))
        assert [name for name, kind in parts if kind is None] == []


def test_a_table_that_is_not_of_cells_is_refused(tmp_path):
    with pytest.raises(ValueError, match="the table has no column x, allowed: a table of cells"):
        save_cells(CELLS.drop(columns="x"), tmp_path / "cells.h5ad", {})
    assert list(tmp_path.iterdir()) == []


def test_cells_keep_their_provenance_from_one_format_to_the_next(tmp_path):
    save_cells(CELLS, tmp_path / "cells.parquet", {"seed": 7})
    found, made_by = read_table(tmp_path / "cells.parquet")
    pd.testing.assert_frame_equal(found, CELLS)
    assert made_by == {"seed": 7}


def test_units_are_those_of_the_tables_and_of_blood():
    units = units_of_cells()
    assert (units["glycogen"], units["akt_s473_pool"]) == ("mmol/kg", "1")
    assert (units["local_insulin"], units["local_age"]) == ("nM", "year")


LONG = pd.DataFrame(
    [
        (0.0, "blood", "glucose", 5.0, "mM"),
        (0.0, "muscle", "akt", 0.1, "1"),
        (1.0, "blood", "glucose", 4.9, "mM"),
    ],
    columns=["time", "compartment", "quantity", "value", "unit"],
)


def test_a_wide_table_has_a_column_for_each_quantity_with_its_unit():
    wide = widened(LONG)
    assert list(wide.columns) == ["time", "blood.glucose [mM]", "muscle.akt [1]"]
    np.testing.assert_array_equal(wide.to_numpy(), [[0.0, 5.0, 0.1], [1.0, 4.9, np.nan]])


def test_a_diary_keeps_what_tells_its_rows_apart():
    diary = LONG.rename(columns={"time": "day"}).assign(event="day", statistic="mean")
    assert list(widened(diary).columns)[:3] == ["day", "event", "statistic"]


def test_what_cannot_be_made_wide_says_why():
    with pytest.raises(ValueError, match="several values of one quantity at one time"):
        widened(pd.concat([LONG, LONG]))
    with pytest.raises(
        ValueError, match="the table has no column quantity, allowed: a time series or a diary"
    ):
        widened(CELLS)


def test_a_file_that_is_no_table_says_so(tmp_path):
    (tmp_path / "broken.parquet").write_text("no table")
    with pytest.raises(ValueError, match=r"cannot read .*broken.parquet"):
        read_table(tmp_path / "broken.parquet")
    with pytest.raises(ValueError, match=r"the ending is '.xls', allowed: .csv, .parquet"):
        read_table(tmp_path / "table.xls")
