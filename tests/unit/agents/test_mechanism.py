"""The contract of a mechanism, and its own functions run as plain Python."""

from types import SimpleNamespace

import numpy as np
import pytest

from insulattice.agents.cell_type import CELL_TYPES, MYOCYTE, CellType
from insulattice.agents.compose import ComposeError
from insulattice.agents.mechanism import Mechanism, evaluate


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ([("class State", "class Stat")], "mechanism 'toy' has no 'State'"),
        ([("def rates", "def rate")], "mechanism 'toy' has no 'rates'"),
        ([('PACE = "medium"', 'EXCHANGES = {"drift": ("ffa", 1)}')], "exchanges 'drift'"),
        ([('PACE = "medium"', 'SINKS = ("drift",)')], "exchanges 'drift', which is not among its Signals"),
    ],
)  # fmt: skip
def test_a_mechanism_that_lacks_a_part_is_refused(module_of, replaced, message):
    with pytest.raises(TypeError, match=message):
        Mechanism.of(module_of(*replaced))


def test_a_cell_type_refuses_a_mechanism_that_lacks_a_part_as_it_refuses_any_wrong_source(module_of):
    toy = module_of(("def rates", "def rate"))
    for make in (lambda: CellType.of("toy", toy), lambda: MYOCYTE.with_mechanism(toy)):
        with pytest.raises(ComposeError, match="mechanism 'toy' has no 'rates'"):
            make()


def test_a_class_serves_as_a_mechanism(module_of):
    toy = module_of()
    members = {"State": toy.State, "Signals": toy.Signals, "signals": toy.signals, "rates": toy.rates}
    assert Mechanism.of(type("Toy", (), members)).states == ("a", "b")


def run(module, cell):
    mechanisms = (Mechanism.of(module),)
    return evaluate(mechanisms, cell, {"glucose": 5.0}, SimpleNamespace(gain=0.2, k_loss=0.5))


def test_the_same_functions_run_on_numbers_and_on_arrays(module_of):
    rates, signals = run(module_of(), {"a": 1.0, "b": 0.5})
    assert (rates, signals) == ({"a": 0.5, "b": 0.25}, {"drive": 1.0})
    rates, _ = run(module_of(), {"a": np.array([1.0, 2.0]), "b": np.array([0.5, 1.0])})
    assert rates["a"].tolist() == [0.5, 0.0]
    assert rates["b"].tolist() == [0.25, 0.0]


def test_rates_of_another_shape_than_the_states_are_refused(module_of):
    cell = {"a": np.ones(3), "b": np.ones(3)}
    wrong = module_of(("(1.0 - cell.b)", "(1.0 - cell.b[:2])"))
    with pytest.raises(TypeError, match=r"'toy': rate of 'b' has shape \(2,\), its state \(3,\)"):
        run(wrong, cell)


def test_rates_under_other_names_than_the_states_are_refused(module_of):
    wrong = module_of(("return State(a=cell.drive - loss, b=", "return (cell.drive - loss, "))
    with pytest.raises(TypeError, match=r"'toy': rates must return State\('a', 'b'\), given tuple"):
        run(wrong, {"a": 1.0, "b": 1.0})


def test_a_mechanism_takes_the_place_of_the_one_that_owns_its_states(module_of):
    toy = CellType.of("toy", module_of())
    rival = toy.with_mechanism(module_of(("p.k_loss * cell.a", "p.k_fast * cell.a"), name="rival"))
    assert [mechanism.name for mechanism in rival.mechanisms] == ["rival"]
    assert "k_fast" in rival.composed.parameters


def test_a_mechanism_with_new_states_is_added(module_of):
    longer = MYOCYTE.with_mechanism(module_of())
    assert longer.composed.states[-2:] == ("a", "b")
    assert len(longer.mechanisms) == len(MYOCYTE.mechanisms) + 1


def test_cells_of_a_tissue_have_more_than_thirty_states():
    assert all(len(CELL_TYPES[name].composed.states) > 30 for name in ("myocyte", "adipocyte", "hepatocyte"))
