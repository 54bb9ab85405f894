"""Measures against numbers worked out by hand."""

import math

import numpy as np
import pytest

from insulattice.analysis import measures


def test_homa_of_5_mM_and_60_pM_is_10_uU_per_mL_times_5_over_22():
    assert measures.homa_ir(5.0, 60.0) == pytest.approx(5.0 * 10.0 / 22.5)


def test_matsuda_of_a_flat_course_is_ten_thousand_over_the_product():
    glucose, insulin = [5.0] * 5, [60.0] * 5
    assert measures.matsuda(glucose, insulin) == pytest.approx(1e4 / (5.0 * 18.0156 * 10.0))


def test_matsuda_falls_when_insulin_rises():
    glucose = [5, 8, 9, 8, 6]
    assert measures.matsuda(glucose, [60, 400, 500, 400, 300]) < measures.matsuda(
        glucose, [30, 200, 250, 200, 150]
    )


def test_matsuda_needs_as_many_values_of_each():
    with pytest.raises(ValueError, match="5 values of glucose and 4 of insulin"):
        measures.matsuda([5] * 5, [60] * 4)


def test_adipose_and_hepatic_indices_are_products():
    assert measures.adipo_ir(0.5, 60.0) == pytest.approx(5.0)
    assert measures.hepatic_ir(11.0, 60.0) == pytest.approx(660.0)


def test_m_value_is_the_mean_infusion_of_the_last_half_hour():
    minutes = np.arange(181.0)
    infusion = np.where(minutes > 150, 40.0, 1e3)
    assert measures.m_value(minutes, infusion) == pytest.approx(40.0 * 0.180156)


@pytest.mark.parametrize(("basal", "value", "percent"), [(10, 2.5, 75), (10, 12, -20), (10, 10, 0)])
def test_suppression_is_in_percent_of_basal(basal, value, percent):
    assert measures.suppression_percent(basal, value) == pytest.approx(percent)


def test_suppression_of_nothing_is_nan():
    assert math.isnan(measures.suppression_percent(0.0, 1.0))


def test_area_of_a_triangle_above_its_baseline():
    assert measures.auc([0, 60, 120], [5, 7, 5], baseline=5) == pytest.approx(120.0)


@pytest.mark.parametrize(("bottom", "top"), [(0.1, 2.0), (11.0, 0.5)])
def test_ec50_of_a_hill_curve_is_found_whether_it_rises_or_falls(bottom, top):
    dose = np.array([0, 20, 60, 150, 400, 1000, 5000.0])
    effect = measures.hill_response(dose, bottom, top, 174.0, 1.4)
    found = measures.fit_hill(dose, effect)
    assert found.ec50 == pytest.approx(174.0, rel=1e-3)
    assert (found.bottom, found.top, found.slope) == pytest.approx((bottom, top, 1.4), rel=1e-2, abs=1e-3)
    assert measures.ec50(dose, effect) == found.ec50


@pytest.mark.parametrize(
    ("dose", "effect"), [([0, 1, 2], [0, 1, 2]), ([0, 1, 2, 3], [1, 1, 1, 1]), ([-1, 1, 2, 3], [0, 1, 2, 3])]
)
def test_a_dose_response_that_cannot_be_fitted_says_why(dose, effect):
    with pytest.raises(ValueError, match=r"doses|no response"):
        measures.fit_hill(dose, effect)
