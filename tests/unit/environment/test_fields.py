"""Fields and sinusoid against exact solutions; their books; bad input."""

import numba
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.fft import dctn, idctn
from scipy.linalg import expm

from insulattice.environment import fields
from insulattice.environment.fields import Fields, Sinusoid

SPACING = 50.0  # [um]
GLUCOSE = 0.5 * 6e-10 * 1e12 * 60.0  # [um2/min]: 6e-10 m2/s in water, halved by the tissue's crooked ways
COUPLING = GLUCOSE / SPACING**2  # [1/min]


def glucose(side=41, substeps=fields.SUBSTEPS, exchange=0.0, start=0.0):
    """One species on a square."""
    return Fields(
        ["glucose"],
        side,
        side,
        spacing=SPACING,
        diffusion=[GLUCOSE],
        exchange=exchange,
        start=start,
        substeps=substeps,
    )


def varied(species=3, rows=9, columns=14, substeps=4, seed=1):
    """Several species with uneven start and capillaries."""
    random = np.random.default_rng(seed)
    return Fields(
        [f"species_{number}" for number in range(species)],
        rows,
        columns,
        spacing=SPACING,
        diffusion=np.linspace(0.0, GLUCOSE, species),
        exchange=random.uniform(0.0, 2.0, (species, rows, columns)),
        decay=np.linspace(0.0, 0.3, species),
        start=random.uniform(0.5, 1.5, (species, rows, columns)),
        substeps=substeps,
    )


def exact(start, source, loss, time):
    """Concentrations with frozen sources and even loss: every cosine mode runs by itself."""
    rows, columns = start.shape
    down, along = (np.sin(0.5 * np.pi * np.arange(size) / size) ** 2 for size in (rows, columns))
    rate = -4.0 * COUPLING * (down[:, None] + along) - loss
    drift = np.where(rate == 0.0, time, np.expm1(rate * time) / np.where(rate == 0.0, 1.0, rate))
    modes = dctn(start, norm="ortho") * np.exp(rate * time) + dctn(source, norm="ortho") * drift
    return idctn(modes, norm="ortho")


def neighbours(size):
    """Second difference with closed ends, shape (size, size)."""
    matrix = np.diag(np.ones(size - 1), 1) + np.diag(np.ones(size - 1), -1)
    return matrix - np.diag(matrix.sum(axis=1))


def errors_of_a_point_source(substeps, minutes):
    """Largest error relative to the peak after every minute."""
    field = glucose(substeps=substeps)
    source = np.zeros(field.shape)
    source[0, 20, 17] = 1.0
    for minute in range(1, minutes + 1):
        field.step(1.0, [0.0], source)
        reference = exact(np.zeros(field.shape[1:]), source[0], 0.0, minute)
        yield np.abs(field["glucose"] - reference).max() / reference.max()


def test_a_point_source_is_right_to_4e3_at_once_and_to_1e3_from_the_next_minute_with_four_substeps():
    first, *later = errors_of_a_point_source(4, 10)
    assert first < 4e-3
    assert max(later) < 1e-3


def test_a_point_source_is_right_to_1e2_from_the_third_minute_with_two_substeps():
    assert max(list(errors_of_a_point_source(2, 10))[2:]) < 1e-2


def test_scattered_sinks_beside_capillaries_follow_the_exact_solution():
    random = np.random.default_rng(3)
    field = glucose(exchange=0.3, start=5.0)
    uptake = np.where(random.uniform(size=field.shape) < 0.5, random.uniform(0.0, 3.0, field.shape), 0.0)
    for minute in range(1, 6):
        field.step(1.0, [5.0], -uptake)
        reference = exact(np.full(field.shape[1:], 5.0), 0.3 * 5.0 - uptake[0], 0.3, minute)
        assert np.abs(field["glucose"] - reference).max() < 4e-3 * (5.0 - reference).max()


def test_halving_the_substep_quarters_the_error_also_with_uneven_capillaries():
    rows, columns = 5, 7
    random = np.random.default_rng(4)
    exchange, start, source = random.uniform(0.0, 1.0, (3, rows, columns))
    diffusion = np.kron(neighbours(rows), np.eye(columns)) + np.kron(np.eye(rows), neighbours(columns))
    rates = COUPLING * diffusion - np.diag(exchange.ravel())
    steady = np.linalg.solve(rates, -(source + 2.0 * exchange).ravel())
    reference = steady + expm(rates) @ (start.ravel() - steady)
    errors = []
    for substeps in (16, 32, 64):
        field = Fields(
            ["glucose"],
            rows,
            columns,
            spacing=SPACING,
            diffusion=GLUCOSE,
            exchange=exchange,
            start=start,
            substeps=substeps,
        )
        field.step(1.0, [2.0], source[None])
        errors.append(np.abs(field.values.ravel() - reference).max())
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    assert_allclose(orders, 2.0, atol=0.1)


def test_a_steady_state_is_exact_at_any_substep():
    field = varied(species=1, substeps=1)
    field = Fields(
        ["glucose"], 9, 14, spacing=SPACING, diffusion=GLUCOSE, exchange=field.exchange, decay=0.1, substeps=1
    )
    source = np.zeros(field.shape)
    source[0, 2, 3] = 5.0
    diffusion = np.kron(neighbours(9), np.eye(14)) + np.kron(np.eye(9), neighbours(14))
    rates = COUPLING * diffusion - np.diag(field.exchange.ravel() + 0.1)
    steady = np.linalg.solve(rates, -(source + 2.0 * field.exchange).ravel()).reshape(field.shape)
    field.values = steady
    field.step(1.0, [2.0], source)
    assert_allclose(field.values, steady, rtol=1e-13)


def test_a_point_spreads_without_undershoot():
    field = glucose()
    field.values[0, 20, 20] = 1.0
    for _ in range(5):
        field.step(1.0, [0.0])
        assert field.values.min() > 0.0


def test_an_even_field_in_balance_with_blood_stays_as_it_is():
    field = glucose(exchange=0.7, start=5.0)
    flows = field.step(1.0, [5.0])
    assert_array_equal(field.values, 5.0)
    assert_array_equal(flows, 0.0)


def test_what_came_from_blood_less_what_decayed_is_what_the_tissue_gained():
    field = varied()
    source = np.random.default_rng(5).normal(0.0, 0.2, field.shape)
    for _ in range(50):
        before = field.values.mean(axis=(1, 2))
        flows = field.step(1.0, [1.0, 0.0, 3.0], source)
        change = field.values.mean(axis=(1, 2)) - before
        assert_allclose(change, flows.from_blood - flows.decayed + source.mean(axis=(1, 2)), atol=1e-14)


def test_the_books_stay_closed_over_a_day():
    field = varied(species=2, rows=5, columns=6)
    begun = field.values.mean(axis=(1, 2))
    gained = np.zeros(2)
    for minute in range(1440):
        flows = field.step(1.0, [1.0 + minute % 60, 2.0])
        gained += flows.from_blood - flows.decayed
    assert_allclose(field.values.mean(axis=(1, 2)) - begun, gained, atol=1e-12)


def test_decay_alone_is_a_trapezoidal_exponential():
    field = Fields(["il6"], 3, 3, spacing=50.0, diffusion=1.0, exchange=0.0, decay=0.2, start=1.0, substeps=2)
    flows = field.step(1.0, [0.0])
    assert_allclose(field.values, (0.95 / 1.05) ** 2, rtol=1e-14)
    assert_allclose(flows.decayed, 1.0 - field.values[0, 0, 0], rtol=1e-14)


def test_the_number_of_threads_does_not_change_a_bit(monkeypatch):
    results = []
    monkeypatch.setattr(fields, "THREADS_FROM", 0)
    for threads in (1, 2, 3, 8):
        monkeypatch.setattr(numba, "get_num_threads", lambda threads=threads: threads)
        field = varied(species=5, rows=33, columns=21)
        flows = [field.step(1.0, [1.0] * 5) for _ in range(3)]
        results.append((field.values, np.array(flows)))
    for values, flows in results[1:]:
        assert_array_equal(values, results[0][0])
        assert_array_equal(flows, results[0][1])


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 6), (6, 1), (2, 2), (5, 3)])
def test_grids_of_any_size_close_their_books(rows, columns):
    field = varied(species=2, rows=rows, columns=columns)
    before = field.values.mean(axis=(1, 2))
    flows = field.step(0.7, [1.0, 2.0])
    assert_allclose(field.values.mean(axis=(1, 2)) - before, flows.from_blood - flows.decayed, atol=1e-14)


def test_a_shorter_step_takes_fewer_substeps_of_the_same_length():
    whole, halves = varied(), varied()
    whole.step(1.0, [1.0, 1.0, 1.0])
    halves.step(0.5, [1.0, 1.0, 1.0])
    halves.step(0.5, [1.0, 1.0, 1.0])
    assert_array_equal(whole.values, halves.values)


def test_exchange_may_change_between_steps():
    field, twin = varied(), varied()
    field.step(1.0, [0.0, 0.0, 0.0])
    twin.step(1.0, [0.0, 0.0, 0.0])
    field.exchange = np.full((3, 1, 1), 0.5)
    twin.exchange = 0.5
    assert_array_equal(field.step(1.0, [1.0, 1.0, 1.0]), twin.step(1.0, [1.0, 1.0, 1.0]))


def test_what_is_kept_between_steps_follows_a_new_exchange_and_another_length():
    field = varied()
    for dt, exchange in ((1.0, field.exchange), (1.0, 0.5), (0.1, 0.5), (1.0, 0.5)):
        fresh = varied()
        field.exchange = fresh.exchange = exchange
        fresh.values = field.values
        assert_array_equal(field.step(dt, [1.0, 1.0, 1.0]), fresh.step(dt, [1.0, 1.0, 1.0]))
        assert_array_equal(field.values, fresh.values)


def test_exchange_is_assigned_as_a_whole_and_not_written_into():
    with pytest.raises(ValueError, match="read-only"):
        varied().exchange[:] = 0.5


def test_deposits_are_spent_by_one_step_and_equal_to_a_given_source():
    field, twin = varied(), varied()
    source = np.random.default_rng(6).normal(size=field.shape)
    field.source[:] = source
    assert_array_equal(field.step(1.0, [1.0, 1.0, 1.0]), twin.step(1.0, [1.0, 1.0, 1.0], source))
    assert_array_equal(field.values, twin.values)
    assert not field.source.any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"spacing": 0.0}, "spacing is 0.0 um"),
        ({"substeps": 0}, "substeps 0"),
        ({"rows": 0}, "grid of 0 x 3 sites is empty"),
        ({"diffusion": [1.0]}, r"diffusion has shape \(1,\)"),
        ({"exchange": -1.0}, "exchange has a value of -1.0"),
        ({"decay": [np.nan, 0.0]}, "decay has a value of nan"),
        ({"start": np.ones((2, 2))}, r"start has shape \(2, 2\)"),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(change, message):
    sound = {
        "species": ["a", "b"],
        "rows": 3,
        "columns": 3,
        "spacing": 50.0,
        "diffusion": 1.0,
        "exchange": 0.0,
    }
    with pytest.raises(ValueError, match=message):
        Fields(**(sound | change))


def test_a_step_that_makes_no_sense_is_refused():
    field = varied()
    with pytest.raises(ValueError, match="dt is 0"):
        field.step(0, [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="blood has shape"):
        field.step(1.0, [1.0, 1.0])
    with pytest.raises(KeyError, match="there are species_0, species_1, species_2"):
        field["glucagon"]


def test_blood_leaves_the_sinusoid_with_what_cells_gave_less_what_was_cleared():
    random = np.random.default_rng(7)
    clearance = random.uniform(0.0, 40.0, (3, 6, 20)) * np.array([0.0, 1e-4, 1.0])[:, None, None]
    liver = Sinusoid(["glucose", "ffa", "insulin"], 6, 20, clearance=clearance)
    net_output = random.normal(0.0, 0.1, liver.shape)
    inflow = np.array([5.0, 0.5, 0.2])
    outflow, cleared = liver.step(inflow, 0.9, net_output)
    assert_allclose(0.9 * (outflow - inflow), net_output.sum(axis=(1, 2)) - cleared, atol=1e-14)


def test_even_clearance_extracts_as_a_parallel_tube():
    liver = Sinusoid(["insulin"], 4, 25, clearance=0.8)
    outflow, cleared = liver.step([2.0], 1.0)
    assert_allclose(outflow, 2.0 * np.exp(-0.8), rtol=1e-14)
    assert_allclose(cleared, 2.0 * -np.expm1(-0.8), rtol=1e-14)
    assert (np.diff(liver["insulin"], axis=1) < 0.0).all()


def test_uptake_without_clearance_falls_on_a_straight_line():
    liver = Sinusoid(["glucose"], 3, 4)
    outflow, _ = liver.step([5.0], 2.0, np.full((1, 3, 4), -0.5))
    assert_allclose(outflow, 2.0)
    assert_allclose(liver["glucose"], np.tile([4.625, 3.875, 3.125, 2.375], (3, 1)))


def test_the_outflow_does_not_depend_on_the_size_of_the_grid():
    coarse = Sinusoid(["insulin"], 1, 1, clearance=1.3).step([1.0], 0.7, np.full((1, 1, 1), 0.4))
    fine = Sinusoid(["insulin"], 8, 50, clearance=1.3).step([1.0], 0.7, np.full((1, 8, 50), 0.001))
    assert_allclose(fine, coarse, rtol=1e-13)


def test_a_site_that_clears_everything_lets_nothing_below_zero_pass():
    liver = Sinusoid(["insulin"], 2, 3, clearance=1e4)
    outflow, cleared = liver.step([1.0], 1.0)
    assert outflow[0] == 0.0
    assert_allclose(cleared, 1.0)
    assert liver.values.min() >= 0.0


def test_uptake_of_what_is_not_there_is_not_cut_off_but_shown():
    liver = Sinusoid(["glucose"], 1, 4)
    outflow, _ = liver.step([1.0], 1.0, np.full((1, 1, 4), -0.5))
    assert_allclose(outflow, -1.0)
    assert liver.values.min() < 0.0


def test_clearance_may_change_and_flow_must_be_above_zero():
    liver = Sinusoid(["insulin"], 2, 2)
    liver.clearance = 0.5
    assert_allclose(liver.step([1.0], 1.0).outflow, np.exp(-0.5))
    with pytest.raises(ValueError, match=r"flow is 0\.0"):
        liver.step([1.0], 0.0)
    with pytest.raises(ValueError, match="clearance has a value of -1"):
        liver.clearance = -1.0
