"""Fatty acids of a fat cell: what PPAR-gamma has stored again in the fast."""

from types import SimpleNamespace

import pytest

from insulattice.agents.arrows import switches
from insulattice.agents.mechanisms import adipose_lipids
from insulattice.agents.parameters import read_agent_parameters


def stored(ppar_gamma, as160, **changes):
    """Triglyceride that one fat cell makes of its fatty acyl [mmol/kg/min], nothing else going on."""
    p = SimpleNamespace(**(read_agent_parameters().values("adipocyte") | switches(()) | changes))
    cell = SimpleNamespace(
        acyl=0.2, dag=1.0, ceramide=1.0, as160=as160, ffa_uptake=0.0, ffa_output=0.0,
        lipoprotein_uptake=0.0, glycerol_output=0.0, glut4_total=1.0,
    )  # fmt: skip
    return adipose_lipids.rates(cell, SimpleNamespace(ppar_gamma=ppar_gamma), p).triglyceride


def test_ppar_gamma_stores_by_glyceroneogenesis_which_needs_no_insulin():
    unlimited = {"esterification_most": 1e9}
    fasting = stored(0.5, 0.0, **unlimited) - stored(0.0, 0.0, **unlimited)
    assert fasting > 0.0
    assert stored(0.5, 0.3, **unlimited) - stored(0.0, 0.3, **unlimited) == pytest.approx(fasting)
    assert stored(0.5, 0.3) > stored(0.0, 0.3)


def test_esterification_has_a_limit_far_above_what_cells_reach():
    assert stored(0.0, 0.3) == pytest.approx(stored(0.0, 0.3, esterification_most=1e9), rel=1e-3)
    assert stored(0.0, 100.0) == pytest.approx(stored(0.0, 200.0), rel=1e-3)


def test_insulin_stores_without_ppar_gamma():
    assert stored(0.0, 0.3) > stored(0.0, 0.0) > 0.0


def test_its_arrow_can_be_cut():
    assert stored(1.0, 0.0, ppar_gamma_to_storage=0.0) == stored(0.0, 0.0)
