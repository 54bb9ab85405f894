"""What data say of parameters: against the algebra of linear models."""

import numpy as np
import pytest

from insulattice.analysis.identifiability import (
    PRIOR_VARIANCE,
    Information,
    robust_cost,
    robust_weights,
    truncated_draws,
)

GOOD = np.array([[40.0, 0.0], [0.0, 30.0], [20.0, 20.0]])


def test_standard_errors_of_a_linear_model_are_those_of_its_normal_equations():
    found = Information.of(("a", "b"), GOOD, np.zeros(3))
    expected = np.sqrt(np.diag(np.linalg.inv(GOOD.T @ GOOD)))
    assert found.standard_errors == pytest.approx(expected)
    assert found.deviations == pytest.approx(expected, rel=0.02)
    assert (found.deviations < expected).all()
    assert list(found.table()["pinned_down"]) == ["yes", "yes"]


def test_residuals_larger_than_their_errors_widen_the_standard_errors():
    usual, wide = (
        Information.of(("a", "b"), GOOD, residuals) for residuals in (np.zeros(3), [3.0, 0.0, 4.0])
    )
    assert wide.birge == pytest.approx(5.0)
    assert wide.standard_errors == pytest.approx(5.0 * usual.standard_errors)


def test_what_is_not_seen_keeps_the_whole_range():
    found = Information.of(("a", "b"), GOOD * [1.0, 0.0], np.zeros(3))
    assert np.isinf(found.standard_errors[1])
    assert np.isfinite(found.standard_errors[0])
    assert found.deviations[1] == pytest.approx(PRIOR_VARIANCE**0.5)
    table = found.table().set_index("parameter")
    assert table.loc["b", "pinned_down"] == "no"
    assert table.loc["b", "why"] == "what is predicted does not depend on it"


def test_parameters_that_only_their_difference_is_known_of():
    found = Information.of(("a", "b", "c"), [[90.0, -90.0, 0.0], [0.0, 0.0, 90.0]], np.zeros(2))
    table = found.table().set_index("parameter")
    assert list(table["pinned_down"]) == ["weakly", "weakly", "yes"]
    assert table.loc["a", "why"] == "only together with others, most b (correlation 1.00)"
    worst = found.directions().iloc[0]
    assert (worst["pinned_down"], worst["made_of"]) == ("no", "0.71 a + 0.71 b")
    assert found.correlation[0, 1] == pytest.approx(1.0, abs=0.01)


def test_the_robust_cost_is_that_of_scipy_and_its_weights_are_its_slope():
    residuals = np.array([0.1, -3.0, 40.0])
    assert robust_cost(residuals, 2.0) == pytest.approx(
        0.5 * 4.0 * np.sum(2.0 * (np.sqrt(1.0 + (residuals / 2.0) ** 2) - 1.0))
    )
    step = 1e-6
    slopes = [(robust_cost([r + step], 2.0) - robust_cost([r - step], 2.0)) / (2.0 * step) for r in residuals]
    assert robust_weights(residuals, 2.0) * residuals == pytest.approx(slopes, rel=1e-6)
    assert robust_cost(residuals, None) == pytest.approx(0.5 * float(residuals @ residuals))


def test_draws_are_those_of_the_cut_gaussian():
    mean, covariance = np.array([0.3, 0.9]), np.array([[0.09, 0.08], [0.08, 0.09]])
    found = truncated_draws(mean, covariance, 3000, 1, sweeps=100)
    whole = np.random.default_rng(0).multivariate_normal(mean, covariance, 200_000)
    expected = whole[((whole > 0.0) & (whole < 1.0)).all(axis=1)]
    assert (found.min(), found.max()) >= (0.0, 0.0)
    assert found.max() <= 1.0
    assert found.mean(axis=0) == pytest.approx(expected.mean(axis=0), abs=0.01)
    assert found.std(axis=0) == pytest.approx(expected.std(axis=0), abs=0.01)
    assert np.corrcoef(found.T)[0, 1] == pytest.approx(np.corrcoef(expected.T)[0, 1], abs=0.05)


def test_one_more_draw_changes_no_other():
    few, many = (truncated_draws([0.5, 0.5], np.eye(2) / 20.0, number, 7, sweeps=20) for number in (3, 5))
    assert (few == many[:3]).all()
    assert not (few == truncated_draws([0.5, 0.5], np.eye(2) / 20.0, 3, 8, sweeps=20)).any()
