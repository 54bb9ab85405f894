"""Lipolysis of a fat cell under catecholamines."""

from types import SimpleNamespace

import pytest

from insulattice.agents.arrows import switches
from insulattice.agents.mechanisms import lipolysis
from insulattice.agents.parameters import read_agent_parameters


def stimulus(catecholamine, **changes):
    """Drive of cyclic AMP without insulin, relative to rest [1]."""
    p = SimpleNamespace(**(read_agent_parameters().values("adipocyte") | switches(()) | changes))
    cell = SimpleNamespace(akt_s473=0.0, pde3b=0.0, camp=0.0, hsl=0.0)
    site = SimpleNamespace(catecholamine=catecholamine, antilipolysis=0.0, tnf=0.0)
    return lipolysis.rates(cell, site, p).camp / p.k_camp


def test_catecholamines_drive_lipolysis_up_to_a_limit():
    half = read_agent_parameters().values("adipocyte")["lipolysis_catecholamine_half"]
    assert stimulus(1.0) == pytest.approx(1.0)
    assert stimulus(1.01) - 1.0 == pytest.approx(0.01, rel=0.02)
    assert stimulus(1.0 + half) - 1.0 == pytest.approx(0.5 * half)
    assert stimulus(18.0) < 1.0 + half
    assert stimulus(0.5) == pytest.approx(0.5)


def test_catecholamines_act_through_their_arrow():
    assert stimulus(5.0, catecholamine_to_lipolysis=0.0) == stimulus(1.0)
