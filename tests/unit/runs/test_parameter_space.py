"""Coordinates over the ranges of parameters, and what has to be changed in the tables for a point."""

import numpy as np
import pytest

from insulattice.agents.parameters import Parameter, ParameterError, ParameterTable
from insulattice.environment.body import read_parameters
from insulattice.runs.parameter_space import Axis, Space, choose, label_of, split


def row(name, value, low, high, cell_type="", kind="fitted"):
    """One row of a table."""
    return Parameter(name, cell_type, value, low, high, "1/min", kind, "assumed", "akt", "")


TABLE = ParameterTable(
    [
        row("k_wide", 0.2, 0.01, 1.0), row("k_wide", 0.5, 0.01, 1.0, "myocyte"),
        row("k_wide", 0.7, 0.01, 1.0, "hepatocyte"),
        row("k_near", 2.0, 1.0, 4.0), row("gain", 0.0, 0.0, 20.0, kind="assumed"),
        row("mass", 129.0, 129.0, 129.0, kind="derived"), row("glycogen", 200.0, 0.0, 300.0, kind="start"),
    ]
)  # fmt: skip


def test_a_wide_range_above_zero_is_logarithmic_and_others_are_linear():
    wide, near, gain = (Axis(TABLE.get(name)) for name in ("k_wide", "k_near", "gain"))
    assert (wide.logarithmic, near.logarithmic, gain.logarithmic) == (True, False, False)
    assert wide.value(0.5) == pytest.approx(0.1)
    assert near.value(0.5) == 2.5
    assert wide.slope(0.1) == pytest.approx(
        (wide.value(0.5 + 1e-4) - wide.value(0.5 - 1e-4)) / 2e-4, rel=1e-4
    )
    assert (near.slope(2.0), gain.slope(1.0)) == (3.0, 20.0)


def test_ends_and_the_present_value_come_back_to_the_last_bit():
    for found in read_parameters():
        if found.low < found.high:
            axis = Axis(found)
            assert (axis.value(0.0), axis.value(1.0)) == (found.low, found.high)
            assert axis.value(axis.place(found.value)) == found.value
            assert found.low <= axis.value(0.37) <= found.high


def test_a_row_without_a_cell_type_leaves_those_of_cell_types():
    space = Space(TABLE, choose(TABLE, ["k_wide"]))
    changed = space.at([0.5])
    values = [changed.get("k_wide", kind).value for kind in ("", "myocyte", "hepatocyte", "adipocyte")]
    assert values == pytest.approx([0.1, 0.5, 0.7, 0.1])


def test_the_row_of_a_cell_type_leaves_the_others():
    space = Space(TABLE, choose(TABLE, ["k_wide@myocyte", "k_wide"]))
    changed = space.at([0.5, 1.0])
    assert [changed.get("k_wide", kind).value for kind in ("", "myocyte", "hepatocyte")] == pytest.approx(
        [0.1, 1.0, 0.7]
    )


def test_nothing_is_changed_where_parameters_stand():
    space = Space(TABLE, choose(TABLE, kinds=["fitted", "assumed"]))
    assert space.labels == ["k_wide", "k_wide@myocyte", "k_wide@hepatocyte", "k_near", "gain"]
    assert space.changes(space.present) == ()


def test_values_that_are_fixed_elsewhere_stay_and_a_space_begins_at_them():
    space = Space(TABLE, choose(TABLE, ["gain"]), {"k_near": 3.0, "gain": 5.0})
    assert space.present == pytest.approx([0.25])
    assert dict(space.changes([0.5])) == {"k_near": 3.0, "gain": 10.0}
    assert dict(space.changes(space.present)) == {"k_near": 3.0, "gain": 5.0}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("k_wid", "no parameter is called 'k_wid'. Did you mean k_wide?"),
        ("gain@myocyte", "parameter gain has no row for myocyte, allowed: gain"),
        ("glycogen", "cannot be varied: it is the starting value of a state"),
        ("mass", "cannot be varied: its range is the point 129"),
        ("x_*", "no parameter that can be varied is like 'x_*'"),
    ],
)
def test_what_cannot_be_varied_is_said(name, words):
    with pytest.raises(ParameterError, match=words.replace("*", r"\*").replace("?", r"\?")):
        choose(TABLE, [name])


def test_kinds_leave_out_what_cannot_be_varied():
    assert [label_of(found) for found in choose(TABLE, kinds=["assumed", "derived"])] == ["gain"]
    with pytest.raises(ParameterError, match="no parameter of kind derived can be varied"):
        choose(TABLE, kinds=["derived"])
    with pytest.raises(ParameterError, match="kind 'start', allowed: measured, derived, fitted, assumed"):
        choose(TABLE, kinds=["start"])


def test_any_letters_and_lists():
    assert [label_of(found) for found in choose(TABLE, ["k_*"])] == [
        "k_wide", "k_wide@myocyte", "k_wide@hepatocyte", "k_near"
    ]  # fmt: skip
    assert split(["a, b", "c"]) == ["a", "b", "c"]
    assert np.array_equal(Space(TABLE, choose(TABLE, ["gain"])).present, [0.0])
