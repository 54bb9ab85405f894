"""The compiled part: what cells find and leave at their sites, sums, and the levels that blood and fields share."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from insulattice.environment import transport
from insulattice.environment.fields import Fields

SITES, NOTHING = 126, np.zeros(0)
ONE_BY_ONE = np.array([(species, species, 1) for species in range(3)])


@pytest.fixture
def values():
    return np.random.default_rng(4).uniform(0.5, 2.0, (3, 9, 14))


def found(values, sites, raised=-1, more=NOTHING):
    out = np.empty((3, len(sites)))
    transport.gather(values, sites, out, raised, more)
    return out


def test_cells_read_their_sites_and_deposits_add_up_where_cells_share_one(values):
    sites, source = np.array([3, 0, 3, 125]), np.zeros((3, 9, 14))
    assert_array_equal(found(values, sites), values.reshape(3, -1)[:, sites])
    transport.deposit(source, sites, np.array([[1.0, 2.0, 4.0, 8.0]] * 3), ONE_BY_ONE, 1.0, -1, NOTHING)
    assert_array_equal(source.reshape(3, -1)[0, [0, 3, 125]], [2.0, 5.0, 8.0])
    assert source.sum() == 45.0


@pytest.mark.parametrize("cells", [0, 1, 7, 8, 100, 128, 129, 500, 1203])
def test_fluxes_are_summed_as_numpy_does_to_the_last_bit(cells, values):
    fluxes = np.random.default_rng(7).lognormal(0.0, 3.0, size=(4, cells + 5))
    none, sites = np.zeros((0, 3), np.int64), np.zeros(cells, np.int64)
    sums = transport.deposit(np.zeros((3, 9, 14)), sites, fluxes, none, 1.0, -1, NOTHING)
    assert_array_equal(sums, np.add.reduce(fluxes[:, :cells], axis=1))
    assert_array_equal(transport.sum_planes(values), np.add.reduce(values.reshape(3, -1), axis=1))
    if cells:
        assert transport.mean(fluxes[1, :cells]) == np.add.reduce(fluxes[1, :cells]) / cells


def test_a_flux_is_also_shown_apart_and_felt_at_its_site(values):
    apart, source = np.zeros(SITES), np.zeros((3, 9, 14))
    sites, fluxes = np.array([3, 0, 3]), np.array([[1.0, 2.0, 4.0], [8.0, 8.0, 8.0]])
    transport.deposit(source, sites, fluxes, np.array([[1, 0, -1]]), 0.5, 0, apart)
    assert_array_equal(apart[[3, 0]], [2.5, 1.0])
    assert_array_equal(source[0].ravel()[[3, 0]], [-8.0, -4.0])
    felt = found(values, sites, 1, apart) - found(values, sites)
    assert_array_equal(felt[[0, 2]], 0.0)
    assert_allclose(felt[1], [2.5, 1.0, 2.5])


def test_what_goes_straight_to_blood_is_that_of_the_cells_there_are_and_of_the_whole_tissue():
    fluxes, to_blood = np.array([[1.0, 2.0, 99.0], [0.5, 0.25, 99.0]]), np.array([0.0, 7.0])
    none, to_second = np.zeros((0, 3), np.int64), np.array([[0, 1, 1], [1, 1, -1]])
    places, totals = np.array([2, 0]), np.array([0.0, 5.0, 1.0])
    transport.collect(
        np.zeros((3, 9, 14)), np.arange(3), 2, fluxes, none, 1.0, -1, NOTHING,
        to_second, 10.0, to_blood, places, totals,
    )  # fmt: skip
    assert_allclose(totals, [7.5, 5.0, 1.0 + 30.0])
    assert_allclose(to_blood, [0.0, 7.0 + 30.0 - 7.5])


def test_what_cells_find_has_to_have_room(values):
    with pytest.raises(IndexError, match="no room"):
        transport.gather(values, np.array([0, 1]), np.empty((3, 1)), -1, NOTHING)


@pytest.mark.parametrize("site", [-1, 126])
def test_a_cell_outside_the_grid_is_refused(site, values):
    source, sites = np.zeros((3, 9, 14)), np.array([0, site])
    with pytest.raises(IndexError, match="outside the grid"):
        found(values, sites)
    with pytest.raises(IndexError, match="outside the grid"):
        transport.deposit(source, sites, np.ones((3, 2)), ONE_BY_ONE, 1.0, -1, NOTHING)
    assert not source.any()


def test_the_series_and_the_difference_agree_where_they_meet():
    below, above = transport.tube(np.nextafter(0.01, 0.0)), transport.tube(0.01)
    assert_allclose(below, above, rtol=1e-13)


# ---- blood and fields -------------------------------------------------------------------------------------------


def mixed(held=np.nan, reach=0.2, gain=0.3):
    """Mix glucose and one more field pool, and one pool without a field; return what came of it by name."""
    level, litres = np.array([5.0, 1.0, 2.0]), np.array([10.0, 3.0, 3.0])
    clearance, gains = np.array([0.0, 0.1, 0.4]), np.array([gain, 0.2, 0.3])
    shown, cleared = np.zeros(3), np.zeros(3)
    tissues = [
        (np.array([0.0, reach, reach]), np.full((3, 2, 2), 3.0), np.full((3, 2, 2), here))
        for here in (0.1, -0.2)
    ]
    held = np.array([held, np.nan, np.nan])
    to_rest = transport.mix(level, litres, clearance, gains, held, 4.0, reach, *tissues, 1.0, shown, cleared)
    return {"level": level, "to_rest": to_rest, "shown": shown, "cleared": cleared}


def test_blood_shows_the_mean_of_what_it_mixes_weighted_by_volume():
    shown = mixed()["shown"]
    fields = 0.2 * (3.0 + 0.05) + 0.2 * (3.0 - 0.1)
    assert shown[1] == pytest.approx((50.0 + 0.3 + fields + 0.2 * 4.0) / (10.0 + 3 * 0.2))
    assert shown[2] == pytest.approx((3.0 + 0.2 + fields) / (3.0 + 0.1 + 2 * 0.2))


def test_what_leaves_blood_by_clearance_or_to_the_rest_is_taken_from_it():
    after = mixed()
    to_rest = after["to_rest"]
    assert to_rest == pytest.approx(0.2 * (after["shown"][1] - 4.0))
    gone = after["cleared"] + [to_rest, 0.0, 0.0]
    assert_allclose(after["level"] * [10.0, 3.0, 3.0], np.array([50.3, 3.2, 6.3]) - gone)
    assert after["level"][2] == pytest.approx(6.3 / 3.4)


def test_a_held_pool_is_shown_as_it_is_held():
    assert mixed(held=7.0)["shown"][1] == 7.0


def test_what_the_fields_took_is_missing_in_blood():
    level, from_blood = np.array([5.0, 1.0, 7.0]), np.array([99.0, 0.5, -0.25])
    taken = transport.credit(level, np.array([10.0, 2.0, 1.0]), 4.0, from_blood, 0.5)
    assert_allclose(level, [5.0 - 2.0 / 10.0, 1.0 + 1.0 / 2.0, 7.0])
    assert_allclose(taken, [4.0, -2.0])


# ---- the cache of what is compiled ------------------------------------------------------------------------------


def test_what_is_compiled_is_kept_in_the_cache_folder_and_not_beside_the_source(shared_cache):
    Fields(["il6"], 3, 3, spacing=50.0, diffusion=1.0, exchange=0.0).step(1.0, [0.0])
    assert list((shared_cache / "fields").rglob("transport.advance-*.nbi"))
    assert transport.advance.stats.cache_path.startswith(str(shared_cache))


ONE_STEP = """
import logging
logging.basicConfig(level=logging.INFO)
from insulattice.environment.fields import Fields
for _ in range(2):
    Fields(["il6"], 3, 3, spacing=50.0, diffusion=1.0, exchange=0.0).step(1.0, [0.0])
"""


def test_what_has_to_be_compiled_first_is_announced_once(tmp_path):
    def said():
        environment = os.environ | {"INSULATTICE_CACHE": str(tmp_path)}
        run = subprocess.run(
            [sys.executable, "-c", ONE_STEP], capture_output=True, text=True, env=environment, check=True
        )
        return run.stderr.count("compiling the step of the tissue fields, once ...")

    assert said() == 1
    assert said() == 0
    for file in (tmp_path / "fields").rglob("*.nbc"):
        os.utime(file, (0, 0))  # of an older source
    assert said() == 1
