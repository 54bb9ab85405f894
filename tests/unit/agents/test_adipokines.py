"""What a fat cell secretes: PPAR-gamma raises adiponectin and represses what inflammation adds to cytokines."""

from types import SimpleNamespace

import pytest

from insulattice.agents.arrows import switches
from insulattice.agents.mechanisms import adipokines
from insulattice.agents.parameters import read_agent_parameters


def secreted(ppar_gamma, inflamed=True, **changes):
    """MCP-1 [pg/g/min] of a fat cell."""
    p = SimpleNamespace(**(read_agent_parameters().values("adipocyte") | switches(()) | changes))
    cell = SimpleNamespace(nfkb=p.nfkb_reference, chop=1.0, hypoxia=0.0, adiponectin_expression=1.0)
    if inflamed:
        cell.nfkb, cell.chop, cell.hypoxia = 0.3, 1.2, 0.4
    return adipokines.signals(cell, SimpleNamespace(ppar_gamma=ppar_gamma), p).mcp1_secretion


def test_ppar_gamma_takes_back_what_inflammation_adds_and_no_more():
    rest = secreted(0.0, inflamed=False)
    assert secreted(1.0, inflamed=False) == rest
    assert secreted(0.0) > secreted(0.5) > secreted(1.0) > rest


def test_its_arrow_can_be_cut():
    assert secreted(1.0, ppar_gamma_to_cytokines=0.0) == pytest.approx(secreted(0.0))
