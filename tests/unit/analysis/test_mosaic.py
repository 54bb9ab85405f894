"""Cells in their places as a picture."""

import numpy as np
import pytest

from insulattice.analysis.mosaic import GAP, Fold, robust_limits, site_spacing


def test_a_square_grid_is_not_folded():
    fold = Fold.of(30, 30)
    assert (fold.strips, fold.shape) == (1, (30, 30))
    image = fold.picture(*np.divmod(np.arange(900), 30), np.arange(900.0))
    assert np.array_equal(image, np.arange(900.0).reshape(30, 30))


def test_a_tall_grid_is_folded_to_strips_of_which_every_other_is_turned_round():
    fold = Fold(rows=4, columns=3, strips=2, strip_rows=2)
    rows, columns = np.divmod(np.arange(12), 3)
    image = fold.picture(rows, columns, np.arange(12.0))
    expected = [[0, 1, 2, np.nan, 8, 7, 6], [3, 4, 5, np.nan, 11, 10, 9]]
    assert np.array_equal(image, np.array(expected), equal_nan=True)


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (38, 20), (126, 20), (1260, 20), (7, 300)])
def test_every_site_has_a_place_of_its_own(rows, columns):
    fold = Fold.of(rows, columns)
    place = fold.place(*np.divmod(np.arange(rows * columns), columns))
    assert len(set(zip(*(part.tolist() for part in place), strict=True))) == rows * columns
    assert place[0].max() < fold.shape[0]
    assert place[1].max() < fold.shape[1]
    assert fold.shape[1] == fold.strips * columns + GAP * (fold.strips - 1)


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (38, 20), (126, 20), (7, 300)])
def test_the_site_at_a_place_is_the_one_that_was_put_there(rows, columns):
    fold = Fold.of(rows, columns)
    for row, column in [(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 3)]:
        assert fold.site(*(int(part) for part in fold.place(row, column))) == (row, column)
    assert fold.site(fold.shape[0], 0) is None
    assert fold.site(-1, 0) is None
    if fold.strips > 1:
        assert fold.site(0, columns) is None  # the gap between two strips


def test_a_folded_liver_is_nearly_square():
    for rows in (126, 500, 1260, 5600):
        high, wide = Fold.of(rows, 20).shape
        assert 0.5 < high / wide < 2.0


def test_the_spacing_of_sites_is_found_from_the_places_of_cells():
    assert site_spacing([25.0, 75.0, 175.0], [25.0, 25.0, 25.0]) == 50.0
    assert site_spacing([25.0], [25.0]) == 1.0


def test_limits_leave_the_outermost_values_out_and_are_never_equal():
    low, high = robust_limits(np.append(np.linspace(0.0, 1.0, 1000), [1e6, np.nan]))
    assert 0.0 < low < 0.05
    assert 0.95 < high < 1.0
    for values in ([2.0, 2.0], [0.0], [-3.0, np.nan], [np.nan], []):
        low, high = robust_limits(values)
        assert low < high
