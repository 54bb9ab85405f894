"""Fields and sinusoid neither make nor lose matter, whatever tissue, blood and cells are."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from insulattice.environment.fields import Fields, Sinusoid

sizes = st.integers(1, 12)
seeds = st.integers(0, 2**32 - 1)
rates = st.floats(0.0, 30.0)


@settings(deadline=None)
@given(
    rows=sizes,
    columns=sizes,
    seed=seeds,
    diffusion=st.floats(0.0, 1e5),
    exchange=rates,
    decay=rates,
    dt=st.floats(0.01, 5.0),
    substeps=st.integers(1, 8),
)
def test_the_tissue_gains_what_its_flows_say(rows, columns, seed, diffusion, exchange, decay, dt, substeps):
    random = np.random.default_rng(seed)
    shape = (2, rows, columns)
    field = Fields(
        ["a", "b"],
        rows,
        columns,
        spacing=50.0,
        diffusion=[diffusion, 0.0],
        exchange=exchange * random.uniform(size=shape),
        decay=[decay, 0.1 * decay],
        start=random.uniform(size=shape),
        substeps=substeps,
    )
    source = random.normal(size=shape)
    blood = random.uniform(size=2)
    before = field.values.mean(axis=(1, 2))
    from_blood, decayed = field.step(dt, blood, source)
    expected = before + from_blood - decayed + dt * source.mean(axis=(1, 2))
    scale = 1.0 + dt * (1.0 + exchange + decay + 4.0 * diffusion / 50.0**2)
    np.testing.assert_allclose(field.values.mean(axis=(1, 2)), expected, atol=1e-14 * scale)


@settings(deadline=None)
@given(rows=sizes, columns=sizes, seed=seeds, level=st.floats(0.0, 50.0), exchange=rates)
def test_an_even_tissue_in_balance_with_blood_is_left_alone(rows, columns, seed, level, exchange):
    capillaries = exchange * np.random.default_rng(seed).uniform(size=(1, rows, columns))
    field = Fields(
        ["a"], rows, columns, spacing=50.0, diffusion=1e4, exchange=capillaries, start=level, substeps=2
    )
    assert not np.any(field.step(1.0, [level]))
    assert (field.values == level).all()


@settings(deadline=None)
@given(rows=sizes, columns=sizes, seed=seeds, flow=st.floats(0.01, 10.0), clearance=st.floats(0.0, 100.0))
def test_blood_leaves_with_what_entered_and_was_put_out_less_what_was_cleared(
    rows, columns, seed, flow, clearance
):
    random = np.random.default_rng(seed)
    liver = Sinusoid(["a"], rows, columns, clearance=clearance * random.uniform(size=(1, rows, columns)))
    net_output = random.normal(size=liver.shape)
    inflow = random.uniform(size=1)
    outflow, cleared = liver.step(inflow, flow, net_output)
    gained = net_output.sum(axis=(1, 2)) - cleared
    scale = flow + np.abs(net_output).sum() * (1.0 + clearance / flow)
    np.testing.assert_allclose(flow * (outflow - inflow), gained, atol=1e-14 * scale)
