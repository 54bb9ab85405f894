"""Arrows of the causal web are switches that mechanisms read."""

import ast
from pathlib import Path

import pytest

import insulattice.agents.arrows
from insulattice.agents.arrows import read_arrows, switches

AGENTS = Path(insulattice.agents.arrows.__file__).parent


def _is_switch(node: ast.AST) -> bool:
    """Whether a node reads ``arrows["a_to_b"]``."""
    return (
        isinstance(node, ast.Subscript)
        and ast.unparse(node.value).endswith("arrows")
        and isinstance(node.slice, ast.Constant)
    )


def switches_read() -> set[str]:
    """The switches that mechanisms read as ``p.a_to_b``, and the environment as ``arrows["a_to_b"]``."""
    found = set()
    for path in [*AGENTS.glob("mechanisms/*.py"), *AGENTS.parent.glob("environment/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "p":
                found.add(node.attr)
            elif _is_switch(node):
                found.add(node.slice.value)
    return {name for name in found if "_to_" in name}


def test_every_arrow_is_read_and_every_switch_is_an_arrow():
    assert {arrow.parameter for arrow in read_arrows().values()} == switches_read()


def test_every_arrow_says_its_driver_effect_and_source():
    for arrow in read_arrows().values():
        assert arrow.driver
        assert arrow.effect
        assert arrow.source


def test_all_arrows_are_whole_unless_cut():
    assert set(switches().values()) == {1.0}
    cut = switches(["dag->pkc", " JNK -> irs1"])
    assert {name for name, value in cut.items() if value == 0.0} == {"dag_to_pkc", "jnk_to_irs1"}


def test_an_unknown_arrow_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"no arrow is called 'dag->pkcc'\. Did you mean dag->pkc\?"):
        switches(["dag->pkcc"])
