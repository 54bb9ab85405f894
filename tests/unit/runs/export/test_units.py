"""Units of equations: read from the tables, carried through the arithmetic, and written as SBML calls them."""

import ast

import pytest

from insulattice.runs.export.units import PURE, read_unit, times, unit_name, unit_of

KNOWN = {
    "k": read_unit("1/nM/min"),
    "insulin": read_unit("nM"),
    "volume": read_unit("L/kg/min"),
    "glucose": read_unit("mM"),
    "store": read_unit("mmol/kg"),
    "share": PURE,
}


def unit(text):
    """The unit of an expression over the known names."""
    return unit_of(ast.parse(text, mode="eval").body, KNOWN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("k * insulin * share", "1/min"),
        ("volume * glucose", "mmol/kg/min"),
        ("1.0 - share", "1"),
        ("-(store / glucose)", "L/kg"),
        ("hill(glucose, glucose, 2.0)", "1"),
        ("positive_part(store - store)", "mmol/kg"),
        ("store * (share ** 0.5)", "mmol/kg"),
        ("store ** 2 / store", "mmol/kg"),
    ],
)
def test_a_unit_follows_the_arithmetic(text, expected):
    assert unit(text) == read_unit(expected)


@pytest.mark.parametrize("text", ["store + glucose", "store ** share", "unheard * 2.0"])
def test_what_mixes_units_or_is_not_known_has_none(text):
    assert unit(text) is None


def test_molarity_is_amount_per_litre_and_powers_cancel():
    assert read_unit("mM") == read_unit("mmol/L")
    assert times(read_unit("mM"), read_unit("mmol/L"), -1.0) == PURE


def test_names_are_identifiers():
    names = [unit_name(read_unit(text)) for text in ("1", "1/min", "mmol/kg/min", "1/nM/min")]
    assert names == ["dimensionless", "per_min", "mmol_per_kg_per_min", "L_per_min_per_nmol"]


def test_an_unknown_unit_says_what_is_allowed():
    with pytest.raises(ValueError, match="unit 'furlong/min' has 'furlong', allowed: mM"):
        read_unit("furlong/min")
