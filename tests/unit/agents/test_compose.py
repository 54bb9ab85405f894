"""What a mechanism may say, and how its source becomes the arithmetic of a step."""

import ast

import pytest

from insulattice.agents.compose import ComposeError, compose
from insulattice.agents.mechanism import Mechanism


def composed(*modules):
    return compose(tuple(Mechanism.of(module) for module in modules))


def text(statement):
    return f"{statement.target} = {ast.unparse(statement.expression)}"


def test_statements_come_in_order_with_their_names_resolved(module_of):
    texts = [text(statement) for statement in composed(module_of()).statements]
    assert texts == [
        "toy_signals__level = p_gain * local_glucose",
        "drive = toy_signals__level",
        "toy_rates__loss = p_k_loss * a",
        "d_a = drive - toy_rates__loss",
        "d_b = p_k_loss * (1.0 - b)",
        "l_a = p_k_loss",
        "l_b = p_k_loss",
    ]


def test_only_what_is_needed_is_kept(module_of):
    targets = [statement.target for statement in composed(module_of()).needed(["d_b"])]
    assert targets == ["d_b"]


@pytest.mark.parametrize(
    ("rate", "loss"),
    [
        ("p.k * (1.0 - cell.a)", "p_k"),
        ("(p.target - cell.a) / p.tau", "1.0 / p_tau"),
        ("p.k - p.k * cell.a * cell.b", "p_k * b"),
        ("-p.k * cell.a", "p_k"),
        ("p.k * hill(cell.a, 1.0, 2.0)", None),
        ("p.k / cell.a", "p_k / a / a"),
        ("cell.b / (cell.a + p.k) * cell.a", "-(-(b / (a + p_k) / (a + p_k) * a) + b / (a + p_k))"),
        ("p.k * cell.b", None),
    ],
)
def test_the_loss_of_a_state_is_what_its_rate_loses_per_unit_of_it(module_of, rate, loss):
    module = module_of(("cell.drive - loss", rate))
    found = {s.target: text(s) for s in composed(module).statements}
    assert found.get("l_a") == (None if loss is None else f"l_a = {loss}")


def test_conserved_states_have_no_loss_of_their_own(module_of):
    found = composed(module_of(('PACE = "medium"', 'PACE = "medium"\nCONSERVED = ("a",)')))
    assert not found.has_loss("a")
    assert found.has_loss("b")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cell.drive - loss", "cell.dirve - loss", r"nobody before it provides cell.dirve. Did you mean drive\?"),
        ("local.glucose", "local.glucos", r"nobody before it provides local.glucos. Did you mean glucose\?"),
        ("level = p.gain * local.glucose", "level = p.gain * cell.drive", "provides cell.drive"),
        ("loss = p.k_loss * cell.a", "loss = p.k_loss * other", "'other' is not assigned here"),
        ("loss = p.k_loss * cell.a", "loss = p.k_loss * cell.a if cell.a > 0 else 0.0", "allowed are"),
        ("    loss = p.k_loss * cell.a", "    if cell.a > 0:\n        loss = 1.0", "allowed are `name = arithmetic`"),
        ("loss = p.k_loss * cell.a", "loss = p.k_loss * cell.a % 2.0", "allowed are"),
        ("loss = p.k_loss * cell.a", "loss = cell['a']", "allowed are"),
        ("loss = p.k_loss * cell.a", "loss = 'much'", "allowed are"),
        ("loss = p.k_loss * cell.a", "loss = round2(cell.a)", "'round2' is not a law of _laws"),
        ("loss = p.k_loss * cell.a", "loss = cell.a\n    loss = cell.b", "'loss' is assigned twice"),
        ("State(a=cell.drive - loss, ", "State(", r"returns \['b'\], allowed: \['a', 'b'\], each by keyword"),
        ("State(a=cell.drive - loss, b=", "State(cell.drive - loss, ", r"returns \[\], allowed"),
        ("return State(a", "answer = State(a", "must end with `return State"),
        ("rates(cell, local, p)", "rates(cell, p)", r"takes \['cell', 'p'\], allowed: \(cell, local, p\)"),
        ('PACE = "medium"', 'PACE = "now and then"', "PACE is 'now and then', allowed: fast, medium, slow"),
        ('PACE = "medium"', 'CONSERVED = ("c",)', "CONSERVED names 'c', which is not among its states"),
    ],
)  # fmt: skip
def test_what_cannot_be_compiled_is_refused_and_the_message_says_where(module_of, old, new, message):
    with pytest.raises(ComposeError, match=message) as refused:
        composed(module_of((old, new)))
    assert "'toy'" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_state_has_one_owner(module_of):
    with pytest.raises(ComposeError, match="'a' is owned by both 'toy' and 'rival'; give it one owner"):
        composed(module_of(), module_of(name="rival"))


def test_a_signal_is_offered_to_later_mechanisms_only(module_of):
    reader = module_of(
        ("    a: float\n    b: float", "    c: float"),
        ("class Signals(NamedTuple):\n    drive: float", "class Signals(NamedTuple):\n    echo: float"),
        ("return Signals(drive=level)", "return Signals(echo=cell.drive)"),
        ("    loss = p.k_loss * cell.a\n", ""),
        ("State(a=cell.drive - loss, b=p.k_loss * (1.0 - cell.b))", "State(c=cell.drive - cell.c)"),
        name="reader",
    )
    assert composed(module_of(), reader).states == ("a", "b", "c")
    with pytest.raises(ComposeError, match=r"'reader', signals: nobody before it provides cell\.drive"):
        composed(reader, module_of())
