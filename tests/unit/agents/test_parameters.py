"""A parameter table is right or refused, in one clear line."""

import copy

import pytest

from insulattice.agents.cell_type import check_cell_types
from insulattice.agents.parameters import (
    COLUMNS,
    MissingParameter,
    ParameterError,
    ParameterTable,
    nearest,
    read_agent_parameters,
)

GOOD = {
    "name": "k_on",
    "cell_type": "",
    "value": "1.5",
    "low": "1",
    "high": "2",
    "unit": "1/min",
    "kind": "measured",
    "source": "doi:10.1000/x",
    "where": "receptor",
    "note": "",
}


@pytest.fixture
def read(tmp_path):
    """Write rows to a file and read them as a table."""

    def read(*rows, columns=COLUMNS):
        path = tmp_path / "parameters.csv"
        lines = [",".join(columns), *(",".join({**GOOD, **row}[c] for c in columns) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return ParameterTable.read(path)

    return read


def test_a_row_is_read_with_all_it_says(read):
    row = read({}).get("k_on")
    assert (row.value, row.low, row.high, row.unit, row.kind) == (1.5, 1.0, 2.0, "1/min", "measured")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": ""}, "line 2: parameter k_on has no unit; give one, or 1 if it has none"),
        ({"source": ""}, "line 2: parameter k_on has no source"),
        ({"kind": "guess"}, "kind 'guess', allowed: measured, derived"),
        ({"value": "nan"}, "line 2: parameter k_on is not a finite number"),
        ({"high": "inf"}, "is not a finite number"),
        ({"value": "3"}, "k_on = 3 lies outside its range 1 to 2"),
        ({"value": "much"}, "line 2: value of 'k_on' is 'much', allowed: a number"),
        ({"name": "k on"}, "'k on' is not a plain name"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line_and_what_is_allowed(read, change, message):
    with pytest.raises(ParameterError) as refused:
        read(change)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_name_may_stand_once_for_each_cell_type(read):
    with pytest.raises(ParameterError, match="k_on stands twice in the table"):
        read({}, {"value": "2"})
    assert len(read({}, {"cell_type": "myocyte", "value": "2"})) == 2


def test_a_missing_column_is_named(read):
    with pytest.raises(ParameterError, match="missing column 'unit'; columns are name, cell_type"):
        read({}, columns=[c for c in COLUMNS if c != "unit"])


def test_a_row_of_a_cell_type_overrides_the_general_one(read):
    table = read({}, {"cell_type": "myocyte", "value": "2"})
    assert table.values("myocyte") == {"k_on": 2.0}
    assert table.values("hepatocyte") == {"k_on": 1.5}
    assert table.namespace("myocyte").k_on == 2.0


def test_start_values_are_no_parameters(read):
    table = read({}, {"name": "akt", "kind": "start"})
    assert table.values() == {"k_on": 1.5}
    assert table.starts("myocyte")["akt"].value == 1.5


def test_an_unknown_name_is_answered_with_the_nearest(read):
    with pytest.raises(ParameterError, match=r"no parameter is called 'k_oon'\. Did you mean k_on\?"):
        read({}).get("k_oon")
    with pytest.raises(ParameterError, match="Allowed: k_on"):
        read({}).with_values({"zzz": 1.0})


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("BMI", " Did you mean bmi?"),
        ("Ffa_mm", " Did you mean ffa_mM?"),
        ("muscle.irs1", " Did you mean muscle.irs1_tyr?"),
        ("muscle.irs", " Did you mean muscle.irs1_tyr?"),
        ("muscle.rso", " Did you mean muscle.ros?"),
        ("", " Allowed: bmi, ffa_mM, muscle.irs1_tyr, muscle.ros."),
        ("zzz", " Allowed: bmi, ffa_mM, muscle.irs1_tyr, muscle.ros."),
    ],
)
def test_the_nearest_name_begins_with_what_is_given_in_whatever_case(given, answer):
    assert nearest(given, ["muscle.ros", "muscle.irs1_tyr", "bmi", "ffa_mM"]) == answer


def test_names_that_a_message_lists_already_are_not_listed_again():
    assert nearest("zzz", ["male", "female"], listed=True) == ""
    assert nearest("mail", ["male", "female"], listed=True) == " Did you mean male?"


def test_of_many_names_the_first_are_listed_with_their_number():
    names = [f"k_{number:02}" for number in range(31)]
    assert nearest("zzz", names[:30]).endswith("k_28, k_29.")
    assert nearest("zzz", names).endswith("k_10, k_11, ... (31 in all).")


def test_values_are_replaced_in_a_new_table(read):
    table = read({}, {"cell_type": "myocyte", "value": "2"})
    everywhere = table.with_values({"k_on": 5})
    assert everywhere.values() == everywhere.values("myocyte") == {"k_on": 5.0}
    muscle = table.with_values({"k_on@myocyte": 5.0})
    assert (muscle.values()["k_on"], muscle.values("myocyte")["k_on"]) == (1.5, 5.0)
    liver = table.with_values({"k_on@hepatocyte": 5.0})
    assert (liver.values()["k_on"], liver.values("hepatocyte")["k_on"]) == (1.5, 5.0)
    assert table.values() == {"k_on": 1.5}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "1", None])
def test_a_value_that_is_no_finite_number_is_refused(read, value):
    with pytest.raises(ParameterError, match="allowed: a finite number"):
        read({}).with_values({"k_on": value})


def test_the_fingerprint_follows_the_values(read):
    table = read({})
    assert table.fingerprint() == read({"note": "another note"}).fingerprint()
    assert table.fingerprint() != table.with_values({"k_on": 1.6}).fingerprint()


def test_a_name_that_is_read_and_missing_is_told_with_its_table_and_the_nearest(read):
    cells, outside = read({}), read({"name": "k_off"})
    outside.files = ("environment/parameters.csv",)
    p = (cells + outside).with_values({"k_on": 1.2}).namespace()
    with pytest.raises(MissingParameter) as missing:
        _ = p.k_of
    assert str(missing.value) == (
        "parameter 'k_of' is missing from environment/parameters.csv; "
        "add its row (the nearest name there is k_off)"
    )
    with pytest.raises(MissingParameter, match=r"is missing from .*parameters\.csv"):
        _ = cells.namespace("myocyte").k_of


def test_a_namespace_can_be_copied_and_asked_for_what_it_lacks(read):
    p = copy.deepcopy(read({}).namespace())
    assert p.k_on == 1.5
    assert not hasattr(p, "k_off")


def reads(table, key):
    check_cell_types(table.with_values({key: table.get(key.partition("@")[0], key.partition("@")[2]).value}))


def test_a_value_for_a_cell_type_that_does_not_read_it_is_refused():
    table = read_agent_parameters()
    reads(table, "k_jnk_off@hepatocyte")
    reads(table, "jnk@myocyte")
    reads(table, "spread_receptor_expression@adipocyte")
    with pytest.raises(
        ParameterError, match="no mechanism of a macrophage reads k_jnk_off; allowed: k_jnk_off, k_jn"
    ):
        reads(table, "k_jnk_off@macrophage")
