"""Whether neighbours on a grid are alike."""

import math

import numpy as np
import pytest

from insulattice.analysis.spatial import at_sites, morans_i

ROWS, COLUMNS = 20, 30
ROW, COLUMN = np.mgrid[:ROWS, :COLUMNS]


def test_a_checkerboard_is_minus_one():
    assert morans_i((ROW + COLUMN) % 2, ROWS, COLUMNS) == pytest.approx(-1.0, abs=1e-12)


def test_a_gradient_is_near_one():
    assert morans_i(COLUMN, ROWS, COLUMNS) > 0.95


def test_two_halves_are_near_one():
    assert morans_i(COLUMN < COLUMNS // 2, ROWS, COLUMNS) > 0.95


def test_random_values_are_near_zero():
    found = [morans_i(np.random.default_rng(i).normal(size=ROW.shape), ROWS, COLUMNS) for i in range(40)]
    assert np.mean(found) == pytest.approx(-1.0 / (ROW.size - 1), abs=0.02)
    assert np.max(np.abs(found)) < 0.15


def test_a_small_grid_by_hand():
    """Values 1 2 / 3 4: deviations -1.5 -.5 / .5 1.5; products .75 .75 -.75 -.75; no correlation."""
    assert morans_i([1.0, 2.0, 3.0, 4.0], 2, 2) == pytest.approx(0.0, abs=1e-12)
    assert morans_i([1.0, 1.0, 2.0, 2.0], 1, 4) == pytest.approx((0.25 - 0.25 + 0.25) / 3 / 0.25)


def test_scale_and_level_do_not_matter():
    values = np.random.default_rng(1).normal(size=ROW.shape) + COLUMN
    assert morans_i(3.0 * values + 7.0, ROWS, COLUMNS) == pytest.approx(morans_i(values, ROWS, COLUMNS))


def test_sites_without_a_value_count_for_nothing():
    values = ((ROW + COLUMN) % 2).astype(float)
    values[5:9, 5:9] = np.nan
    assert morans_i(values, ROWS, COLUMNS) == pytest.approx(-1.0, abs=1e-3)


def test_equal_values_and_lonely_ones_have_no_correlation():
    assert math.isnan(morans_i(np.full(12, 0.1), 3, 4))
    assert math.isnan(morans_i([1.0, np.nan, 2.0], 1, 3))


def test_the_size_of_the_grid_is_checked():
    with pytest.raises(ValueError, match="there are 5 values; give one for each of 2 x 3 sites"):
        morans_i(np.zeros(5), 2, 3)


def test_cells_are_laid_out_at_their_sites():
    found = at_sites([1.0, 3.0, 5.0], [0, 0, 3], 2, 2)
    assert np.array_equal(found, [2.0, np.nan, np.nan, 5.0], equal_nan=True)
