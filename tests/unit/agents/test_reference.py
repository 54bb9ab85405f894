"""The step against an adaptive solver of differential equations: it converges, and at second order."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from insulattice.agents.kernel import BLOCK
from insulattice.agents.mechanism import evaluate
from insulattice.agents.reference import losses, reference_step

MINUTES = 16.0


@pytest.fixture
def challenged(cell_type, make, shared):
    """A cell whose insulin rises tenfold and whose fatty acid rises by half."""
    population = make(cell_type, 1)
    for _ in range(30):
        population.advance(shared, 1.0, 4, 0, BLOCK)
    population.site[0] *= 10.0
    population.site[2] *= 1.5
    return population


def solve(cell_type, names):
    """Return the states after ``MINUTES`` by LSODA, to ten digits."""
    cell = {name: float(value[0]) for name, value in names.cell.items()}
    local = {name: float(np.ravel(value)[0]) for name, value in names.local.items()}
    p = SimpleNamespace(**names.parameters)
    states = cell_type.composed.states

    def slope(time, values):
        here = cell | dict(zip(states, map(float, values), strict=True))
        rates, _ = evaluate(cell_type.mechanisms, here, local, p)
        return [rates[state] for state in states]

    start = np.array([cell[state] for state in states])
    tolerance = 1e-13 * np.maximum(np.abs(start), 1e-3)
    return solve_ivp(slope, (0.0, MINUTES), start, "LSODA", rtol=1e-11, atol=tolerance).y[:, -1]


def test_the_step_converges_at_second_order_to_the_exact_solution(cell_type, challenged, names_of, shared):
    exact = solve(cell_type, names_of(challenged))
    before, states = challenged.rows.copy(), len(cell_type.composed.states)
    errors = {}
    for steps_a_minute in (1, 16, 32, 64):
        challenged.rows[:] = before
        for _ in range(round(MINUTES) * steps_a_minute):
            challenged.advance(shared, 1.0 / steps_a_minute, 4, 0, BLOCK)
        relative = (challenged.rows[:states, 0] - exact) / np.maximum(np.abs(exact), 1e-3)
        errors[steps_a_minute] = np.sqrt(np.mean(relative**2))
    assert errors[1] < 5e-3
    assert np.log2(errors[16] / errors[32]) > 1.75
    assert np.log2(errors[32] / errors[64]) > 1.8


def test_the_loss_is_the_slope_of_the_rate(cell_type, make, names_of):
    names = names_of(make(cell_type, 5))
    p = SimpleNamespace(**names.parameters)
    rates, signals = evaluate(cell_type.mechanisms, names.cell, names.local, p)
    found = losses(cell_type.composed, names.cell | signals, names.local, names.parameters)
    # With signals held, as the integrator takes them: pkc, dag and the like appear in no signal of their own.
    for state in {"jnk", "ikk", "ikba", "socs3", "atp", "feedback_stress"} & set(names.cell):
        nudge = 1e-6 * np.maximum(names.cell[state], 1e-3)
        nudged, _ = evaluate(
            cell_type.mechanisms, names.cell | {state: names.cell[state] + nudge}, names.local, p
        )
        slope = (nudged[state] - rates[state]) / nudge
        np.testing.assert_allclose(found[state], -slope, rtol=1e-5, err_msg=state)


def test_the_reference_step_runs_on_plain_numbers(cell_type, make, names_of):
    names = names_of(make(cell_type, 3))
    many, _ = reference_step(cell_type, names.cell, names.local, names.parameters)
    cell = {name: float(value[1]) for name, value in names.cell.items()}
    local = {name: float(np.broadcast_to(value, 3)[1]) for name, value in names.local.items()}
    one, fluxes = reference_step(cell_type, cell, local, names.parameters)
    for state in cell_type.composed.states:
        assert one[state] == pytest.approx(many[state][1], rel=1e-13)
    assert set(fluxes) == set(cell_type.composed.fluxes)
