"""The step of a cell type in plain NumPy: the oracle against which the compiled step is tested.

It runs the mechanisms' own functions, and the losses that :mod:`insulattice.agents.compose` found, evaluated as
Python. It is written for clarity: every mechanism is evaluated in every stage, though only some states move.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from types import CodeType, SimpleNamespace
from typing import Any

from .cell_type import CellType
from .compose import Composed, Statement
from .mechanism import evaluate

Values = dict[str, Any]
"""Numbers or arrays of one shape, by name."""


def reference_step(
    cell_type: CellType,
    cell: Mapping[str, Any],
    local: Mapping[str, Any],
    parameters: Mapping[str, float],
    dt: float = 1.0,
    substeps: int = 4,
) -> tuple[Values, Values]:
    """Advance cells by one macro step.

    Parameters
    ----------
    cell_type : CellType
    cell, local : mapping
        States and traits, and surroundings, by name; numbers or arrays of one shape.
    parameters : mapping
        Values of parameters and switches, by name.
    dt : float
        Macro step [min].
    substeps : int
        Steps of the fast states within it.

    Returns
    -------
    cell, fluxes : dict
        States and traits after the step; mean of each flux over the step.
    """
    composed = cell_type.composed
    values, fluxes = dict(cell), {name: 0.0 for name in composed.fluxes}
    fast = {state: dt / substeps for state in composed.paced["fast"]}
    slow = {state: dt for state in composed.paced["medium"]}
    slow |= {state: dt for state in composed.paced["slow"]}
    fast_fluxes = composed.paced_fluxes["fast"]
    slow_fluxes = composed.paced_fluxes["medium"] + composed.paced_fluxes["slow"]
    order = [(fast, fast_fluxes)] * substeps
    order.insert(substeps // 2, (slow, slow_fluxes))
    for steps, moved in order:
        values, mean = _predict_and_correct(cell_type, values, local, parameters, steps)
        share = 1.0 if steps is slow else 1.0 / substeps
        for name in moved:
            fluxes[name] = fluxes[name] + share * mean[name]
    return values, fluxes


def _predict_and_correct(
    cell_type: CellType,
    cell: Values,
    local: Mapping[str, Any],
    parameters: Mapping[str, float],
    steps: Mapping[str, float],
) -> tuple[Values, Values]:
    """Advance the states of ``steps``, each by its own step [min]; return all values and the mean signals."""
    p = SimpleNamespace(**parameters)
    rate, before = evaluate(cell_type.mechanisms, cell, local, p)
    loss = losses(cell_type.composed, {**cell, **before}, local, parameters)
    guess = dict(cell)
    for state, dt in steps.items():
        guess[state] = cell[state] + dt * rate[state] * _phi(dt * loss[state])
    rate_there, after = evaluate(cell_type.mechanisms, guess, local, p)
    loss_there = losses(cell_type.composed, {**guess, **after}, local, parameters)
    moved = dict(cell)
    for state, dt in steps.items():
        mean_rate = 0.5 * (rate[state] + rate_there[state] + loss_there[state] * (guess[state] - cell[state]))
        moved[state] = cell[state] + dt * mean_rate * _phi(0.5 * dt * (loss[state] + loss_there[state]))
    return moved, {name: 0.5 * (before[name] + after[name]) for name in before}


def _phi(z: Any) -> Any:
    """Return (1 - e^-z) / z to second order, positive for any loss [1]."""
    return (1.0 + 0.5 * z) / (1.0 + z + 0.5 * z * z)


def losses(
    composed: Composed, cell: Mapping[str, Any], local: Mapping[str, Any], parameters: Mapping[str, float]
) -> Values:
    """Return the loss coefficient of every state [1/min], 0 where it has none of its own.

    ``cell`` also holds the signals.
    """
    names: Values = {law.__name__: law for law in composed.laws}
    names |= cell
    names |= {f"local_{name}": value for name, value in local.items()}
    names |= {f"p_{name}": value for name, value in parameters.items()}
    found = {f"l_{state}": 0.0 for state in composed.states}
    for statement in composed.needed(found):
        names[statement.target] = eval(_compiled(statement), {}, names)
    return {state: names.get(f"l_{state}", 0.0) for state in composed.states}


@cache
def _compiled(statement: Statement) -> CodeType:
    return compile(ast.unparse(statement.expression), f"<{statement.target}>", "eval")
