"""Predicted against observed."""

import numpy as np
import pandas as pd
import pytest

from insulattice.analysis.compare import compare, dose_of_level, markdown, within_sd


def targets(**columns):
    """One target, its range 1 to 2 unless said otherwise."""
    row = {"phenotype": "lean", "versus": "", "test": "clamp", "quantity": "m", "low": 1.0, "high": 2.0}
    return pd.DataFrame([row | columns])


@pytest.mark.parametrize(
    ("value", "verdict", "miss"),
    [(1.0, "pass", 0.0), (2.0, "pass", 0.0), (0.5, "miss", -0.5), (3.0, "miss", 1.0)],
)
def test_a_prediction_passes_within_its_range_and_misses_by_its_distance(value, verdict, miss):
    found = compare(targets(), {("lean", "clamp", "m"): value}).iloc[0]
    assert (found["predicted"], found["verdict"], found["miss"]) == (value, verdict, pytest.approx(miss))


@pytest.mark.parametrize(("low", "high", "verdict"), [(1.0, np.nan, "pass"), (np.nan, 2.0, "miss")])
def test_an_empty_limit_is_open(low, high, verdict):
    found = compare(targets(low=low, high=high), {("lean", "clamp", "m"): 100.0}).iloc[0]
    assert found["verdict"] == verdict


def test_what_was_not_predicted_is_not_run():
    found = compare(targets(), {}).iloc[0]
    assert found["verdict"] == "not run"
    assert np.isnan(found["miss"])


def test_with_another_phenotype_the_ratio_counts():
    predicted = {("obese", "clamp", "m"): 3.0, ("lean", "clamp", "m"): 2.0}
    found = compare(targets(phenotype="obese", versus="lean"), predicted).iloc[0]
    assert found["predicted"] == 1.5
    alone = compare(targets(phenotype="obese", versus="lean"), {("obese", "clamp", "m"): 3.0}).iloc[0]
    assert alone["verdict"] == "not run"


def test_a_dose_is_read_between_doses_on_a_logarithmic_scale():
    assert dose_of_level([1.0, 10.0, 100.0], [0.0, 1.0, 3.0], 2.0) == pytest.approx(10.0**1.5)
    assert dose_of_level([1.0, 10.0, 100.0], [3.0, 1.0, 0.0], 2.0) == pytest.approx(10.0**0.5)
    assert dose_of_level([1.0, 10.0], [0.0, 1.0], 1.0) == pytest.approx(10.0)


def test_a_level_that_is_never_passed_has_no_dose():
    assert np.isnan(dose_of_level([1.0, 10.0], [0.0, 1.0], 2.0))


def test_points_within_a_standard_deviation_are_counted_by_observable():
    measured = pd.DataFrame(
        {"observable": "G", "time_min": [0.0, 10.0, 20.0], "mean": [1.0, 2.0, 3.0], "sd": [0.5, 0.5, 0.0]}
    )
    course = pd.DataFrame({"observable": "G", "time": [0.0, 20.0], "value": [1.0, 5.0]})
    found = within_sd(measured, course).iloc[0]
    assert (found["points"], found["share"]) == (2, 50.0)
    assert found["rms_z"] == pytest.approx(np.sqrt(2.0))
    assert within_sd(measured, course.assign(observable="I")).empty


def test_a_table_becomes_markdown():
    table = pd.DataFrame({"name": ["a|b", "c"], "value": [1.23456, np.nan], "count": [1, 2]})
    assert markdown(table).splitlines() == [
        "| name | value | count |",
        "|---|---:|---:|",
        "| a\\|b | 1.23 | 1 |",
        "| c | – | 2 |",
    ]
