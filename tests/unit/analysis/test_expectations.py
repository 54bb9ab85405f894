"""Predictions beside observations: intervals, errors by the delta method, agreement and scores."""

from math import isnan, nan, sqrt

import numpy as np
import pytest
from scipy.stats import t

from insulattice.analysis.expectations import (
    NORMAL_95,
    Outcome,
    observed_interval,
    predict,
    score,
    score_of_no_effect,
    z_score,
)


def half_width(interval):
    """Half of an interval."""
    return (interval[1] - interval[0]) / 2.0


def test_a_published_interval_is_taken_as_it_is():
    assert observed_interval("percent_change", -24.0, ci95=[-34.0, -14.0]) == (-34.0, -14.0)
    assert observed_interval("value", 69.0, ci95=[68.0, 70.0]) == (68.0, 70.0)


def test_an_error_of_the_mean_becomes_an_interval():
    assert half_width(observed_interval("value", 69.0, sem=2.0)) == pytest.approx(2.0 * NORMAL_95)
    assert half_width(observed_interval("value", 69.0, sd=6.0, n=9)) == pytest.approx(2.0 * NORMAL_95)


@pytest.mark.parametrize(
    ("kind", "observed", "versus", "half"),
    [
        ("percent_change", -20.0, nan, 5.0),
        ("percent_change", 300.0, nan, 45.0),
        ("ratio", 0.2, nan, 0.05),
        ("ratio", 3.0, nan, 0.45),
        ("value", -40.0, nan, 6.0),
        ("difference", 1.0, 20.0, 3.0),
        ("difference", 40.0, 20.0, 6.0),
    ],
)
def test_without_an_error_a_width_is_assumed(kind, observed, versus, half):
    assert half_width(observed_interval(kind, observed, versus=versus)) == pytest.approx(half)


def test_the_interval_of_a_mean_is_by_student():
    found = predict("value", [4.0, 6.0, 8.0])
    assert (found.value, found.error) == (6.0, pytest.approx(2.0 / sqrt(3.0)))
    assert found.high - found.value == pytest.approx(found.error * t.ppf(0.975, 2))


def test_a_change_in_percent_is_that_of_the_means():
    found = predict("percent_change", [8.0, 12.0], [10.0, 30.0])
    assert found.value == pytest.approx(-50.0)
    assert predict("ratio", [8.0, 12.0], [10.0, 30.0]).value == pytest.approx(0.5)
    assert predict("difference", [8.0, 12.0], [10.0, 30.0]).value == pytest.approx(-10.0)


def test_pairs_that_change_alike_have_no_error():
    before = np.array([5.0, 9.0, 14.0])
    found = predict("percent_change", 0.8 * before, before)
    assert (found.value, found.error) == (pytest.approx(-20.0), pytest.approx(0.0, abs=1e-9))
    assert predict("percent_change", 0.8 * before, before, paired=False).error > 5.0


def test_the_delta_method_agrees_with_drawing_again():
    random = np.random.default_rng(1)
    one, other = random.normal(8.0, 1.0, (2, 40)) + np.array([[0.0], [4.0]])
    found = predict("ratio", one, other, paired=False)
    again = [random.choice(one, 40).mean() / random.choice(other, 40).mean() for _ in range(4000)]
    assert found.error == pytest.approx(np.std(again), rel=0.1)


def test_a_single_subject_has_no_interval():
    found = predict("percent_change", [8.0], [10.0])
    assert found.value == pytest.approx(-20.0)
    assert isnan(found.low)
    assert isnan(found.high)


def test_a_change_from_nothing_is_no_number():
    assert isnan(predict("percent_change", [8.0, 9.0], [0.0, 0.0]).value)


def test_z_is_the_distance_over_both_errors():
    assert z_score(10.0, 3.0, 0.0, -4.0 * NORMAL_95, 4.0 * NORMAL_95) == pytest.approx(2.0)
    assert z_score(10.0, nan, 0.0, -4.0 * NORMAL_95, 4.0 * NORMAL_95) == pytest.approx(2.5)
    assert isnan(z_score(10.0, nan, 0.0, 0.0, 0.0))


def outcome(kind, observed, error, predicted, z, agrees):
    """An outcome with an observed standard error."""
    half = NORMAL_95 * error
    return Outcome(kind, observed, observed - half, observed + half, predicted, z, agrees)


OUTCOMES = [
    outcome("percent_change", -20.0, 5.0, -15.0, 1.0, True),
    outcome("percent_change", -20.0, 5.0, 15.0, 7.0, False),
    outcome("ratio", 3.0, 0.1, 1.5, -15.0, False),
    outcome("difference", 0.0, 2.0, 1.0, 0.5, True),
    outcome("value", 5.0, 1.0, 5.5, 0.5, True),
    outcome("difference", 4.0, 1.0, nan, nan, False),
]


def test_the_score_counts_what_agrees_and_has_the_right_sign():
    found = score(OUTCOMES)
    assert (found.number, found.agree, found.median_z) == (6, 3, 1.0)
    assert found.right_sign == pytest.approx(2.0 / 3.0)


def test_no_effect_is_scored_on_changes_alone():
    found = score_of_no_effect(OUTCOMES)
    assert (found.number, found.agree, found.right_sign) == (5, 1, 0.0)
    assert found.median_z == pytest.approx(4.0)
