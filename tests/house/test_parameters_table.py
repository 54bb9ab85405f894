"""The tables of parameters and the code name exactly the same parameters, and every row says where it comes from."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from insulattice.agents.arrows import read_arrows
from insulattice.agents.cell_type import CELL_TYPES
from insulattice.agents.parameters import KINDS, ParameterTable

ROOT = Path(__file__).resolve().parents[2]
TABLES = {room: ParameterTable.read(ROOT / room / "parameters.csv") for room in ("agents", "environment")}
FILES = {
    "agents": sorted((ROOT / "agents" / "mechanisms").glob("*.py")),
    "environment": sorted((ROOT / "environment").rglob("*.py")),
}
SOURCE = re.compile(r"assumed|doi:10\.\d{4,}/\S+|BIOMD\d{10}|https://\S+|.+ \d+:E?\d+.*")
"""Assumed, a doi, a model of BioModels, an address, or a journal with volume and page."""


def is_parameters(node: ast.expr) -> bool:
    """Whether an expression is the namespace of parameters: ``p``, ``self.p``, ``body.p``, ..."""
    return (isinstance(node, ast.Name) and node.id == "p") or (
        isinstance(node, ast.Attribute) and node.attr == "p"
    )


def patterns(path: Path) -> Iterator[str]:
    """Patterns of the parameters that a file reads: ``p.k_on``, or ``getattr(p, f"{name}_decay")``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and is_parameters(node.value):
            yield node.attr
        elif (
            isinstance(node, ast.Call) and ast.unparse(node.func) == "getattr" and is_parameters(node.args[0])
        ):
            parts = node.args[1].values if isinstance(node.args[1], ast.JoinedStr) else [node.args[1]]
            yield "".join(
                r"\w+" if isinstance(part, ast.FormattedValue) else str(part.value) for part in parts
            )


READ = {path: {re.compile(pattern) for pattern in patterns(path)} for room in FILES for path in FILES[room]}


def reads(path: Path, name: str) -> bool:
    """Whether a file reads a parameter."""
    return any(pattern.fullmatch(name) for pattern in READ[path])


def spreads() -> set[str]:
    """The spreads that traits of the cells ask for."""
    return {f"spread_{trait}" for cell_type in CELL_TYPES.values() for trait in cell_type.composed.traits}


@pytest.mark.parametrize("room", TABLES)
def test_every_parameter_is_read_where_its_row_says(room):
    wrong = [
        f"{row.name} is not read in {row.where}"
        for row in TABLES[room]
        if row.kind != "start" and row.name not in spreads()
        if not any(path.stem == row.where and reads(path, row.name) for path in FILES[room])
    ]
    assert not wrong


def test_everything_that_is_read_stands_in_a_table():
    names = {row.name for table in TABLES.values() for row in table if row.kind != "start"}
    names |= {arrow.parameter for arrow in read_arrows().values()}
    wrong = [
        f"{path.name} reads {pattern.pattern}"
        for path, found in READ.items()
        for pattern in found
        if not any(pattern.fullmatch(name) for name in names)
    ]
    assert not wrong


@pytest.mark.parametrize("name", CELL_TYPES)
def test_every_parameter_of_a_cell_type_has_a_value_for_it(name):
    values = TABLES["agents"].values(name)
    switches = {arrow.parameter for arrow in read_arrows().values()}
    assert set(CELL_TYPES[name].composed.parameters) <= set(values) | switches


def test_an_override_belongs_to_a_cell_type_that_reads_it():
    wrong = []
    for row in TABLES["agents"]:
        if row.cell_type:
            composed = CELL_TYPES[row.cell_type].composed
            asked = {
                *composed.parameters,
                *composed.states,
                *(f"spread_{trait}" for trait in composed.traits),
            }
            wrong += [f"{row.name}@{row.cell_type}"] if row.name not in asked else []
    assert not wrong


@pytest.mark.parametrize("name", CELL_TYPES)
def test_every_state_has_a_start_and_every_trait_a_spread(name):
    composed, table = CELL_TYPES[name].composed, TABLES["agents"]
    assert set(composed.states) <= set(table.starts(name))
    assert {f"spread_{trait}" for trait in composed.traits} <= set(table.values(name))


def test_every_start_and_spread_belongs_to_a_state_or_a_trait():
    owners = {s: m.name for cell in CELL_TYPES.values() for m in cell.mechanisms for s in m.states}
    starts = {row.name for row in TABLES["agents"] if row.kind == "start"}
    assert starts == set(owners)
    assert {row.name for row in TABLES["agents"] if row.name.startswith("spread_")} == spreads()


def test_every_start_says_the_mechanism_that_owns_the_state():
    wrong = []
    for row in TABLES["agents"]:
        types = [CELL_TYPES[row.cell_type]] if row.cell_type else CELL_TYPES.values()
        owners = {m.name for cell in types for m in cell.mechanisms if row.name in m.states}
        if row.kind == "start" and row.where not in owners:
            wrong.append(f"{row.name} starts in {row.where}, owned by {owners}")
    assert not wrong


@pytest.mark.parametrize("room", TABLES)
def test_kinds_and_sources_are_ones_a_reader_can_follow(room):
    wrong = [f"{row.name}: {row.source}" for row in TABLES[room] if not SOURCE.fullmatch(row.source)]
    assert not wrong
    assert {row.kind for row in TABLES[room]} <= set(KINDS)


def test_the_two_tables_name_different_parameters():
    assert len(TABLES["agents"] + TABLES["environment"]) == sum(map(len, TABLES.values()))
