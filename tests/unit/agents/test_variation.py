"""Draws are keyed by place in the model, not by order."""

import numpy as np
import pytest

from insulattice.agents.variation import lognormal, normal, uniform


def test_a_draw_depends_on_its_key_alone():
    few, many = uniform(1, "muscle", 10, "size"), uniform(1, "muscle", 1000, "size")
    assert np.array_equal(few, many[:10])
    assert uniform(1, "muscle", np.array([7]), "size") == many[7]


@pytest.mark.parametrize("other", [(2, "muscle", "size"), (1, "liver", "size"), (1, "muscle", "place")])
def test_another_seed_compartment_or_name_gives_unrelated_draws(other):
    seed, compartment, name = other
    ours, theirs = uniform(1, "muscle", 20_000, "size"), uniform(seed, compartment, 20_000, name)
    assert abs(np.corrcoef(ours, theirs)[0, 1]) < 0.03


def test_neighbouring_cells_are_unrelated():
    draws = uniform(1, "muscle", 20_000, "size")
    assert abs(np.corrcoef(draws[1:], draws[:-1])[0, 1]) < 0.03


def test_uniform_draws_fill_the_open_unit_interval():
    draws = uniform(5, "fat", 100_000, "x")
    assert 0.0 < draws.min() < 1e-4
    assert 1.0 - 1e-4 < draws.max() < 1.0
    counts = np.histogram(draws, 20, (0.0, 1.0))[0]
    assert np.all(np.abs(counts - 5000) < 350)


def test_normal_draws_have_mean_zero_and_variance_one():
    draws = normal(5, "fat", 100_000, "x")
    assert abs(draws.mean()) < 0.015
    assert abs(draws.var() - 1.0) < 0.02
    assert abs(np.mean(draws**4) - 3.0) < 0.15


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.5])
def test_lognormal_draws_have_mean_one_and_the_given_spread(spread):
    draws = lognormal(5, "fat", 200_000, "x", spread)
    assert draws.min() > 0.0
    assert draws.mean() == pytest.approx(1.0, abs=0.005)
    assert draws.std() == pytest.approx(spread, abs=0.01)
