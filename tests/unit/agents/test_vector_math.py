"""Exponential, logarithm and power that vectorise are as exact as those of NumPy."""

import numpy as np
import pytest
from numba import njit

from insulattice.agents import vector_math


@pytest.fixture(scope="module", params=[None, {"arcp", "contract", "nsz", "reassoc"}], ids=["strict", "fast"])
def apply(request):
    """Run a function of the module on arrays, called from a loop that may or may not reassociate."""
    exp, log, power = vector_math.exp, vector_math.log, vector_math.power
    licence = {"fastmath": request.param} if request.param else {}

    @njit(error_model="numpy", **licence)
    def exp_of(x, n, out):
        for i in range(x.size):
            out[i] = exp(x[i])

    @njit(error_model="numpy", **licence)
    def log_of(x, n, out):
        for i in range(x.size):
            out[i] = log(x[i])

    @njit(error_model="numpy", **licence)
    def power_of(x, n, out):
        for i in range(x.size):
            out[i] = power(x[i], n)

    functions = {"exp": exp_of, "log": log_of, "power": power_of}

    def apply(name, x, n=1.0):
        out = np.empty_like(x)
        functions[name](x, n, out)
        return out

    return apply


def test_the_exponential_is_exact_to_a_few_units_in_the_last_place(apply):
    x = np.linspace(-690.0, 690.0, 100_003)
    np.testing.assert_allclose(apply("exp", x), np.exp(x), rtol=2e-15)


def test_the_exponential_is_held_within_the_range_of_numbers(apply):
    assert np.all(np.isfinite(apply("exp", np.array([-1e6, 1e6]))))


def test_the_logarithm_is_exact_to_a_few_units_in_the_last_place(apply):
    x = np.exp(np.linspace(-300.0, 300.0, 100_003))
    np.testing.assert_allclose(apply("log", x), np.log(x), rtol=2e-15, atol=1e-15)


@pytest.mark.parametrize("n", [1.0 / 3.0, 0.9855, 2.137, 6.0, 10.0])
def test_the_power_is_exact_to_a_few_units_in_the_last_place(apply, n):
    x = np.exp(np.linspace(-4.0, 4.0, 100_003))
    np.testing.assert_allclose(apply("power", x, n), x**n, rtol=2e-14)


def test_the_power_of_what_is_not_positive_is_zero(apply):
    assert np.all(apply("power", np.array([0.0, -0.0, -1e-12, -3.0]), 2.5) < 1e-300)


@pytest.mark.parametrize("name", ["exp", "power"])
def test_nan_stays_nan(apply, name):
    assert np.all(np.isnan(apply(name, np.array([np.nan, np.nan]), 2.0)))
