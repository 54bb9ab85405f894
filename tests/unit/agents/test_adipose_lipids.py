"""Fatty acids of a fat cell: what PPAR-gamma has stored again in the fast, and what size does."""

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


def test_esterification_has_a_limit_that_an_ordinary_cell_hardly_meets():
    assert stored(0.0, 0.3) == pytest.approx(stored(0.0, 0.3, esterification_most=1e9), rel=1e-3)
    assert stored(0.0, 100.0) == pytest.approx(stored(0.0, 200.0), rel=1e-3)


def test_insulin_stores_without_ppar_gamma():
    assert stored(0.0, 0.3) > stored(0.0, 0.0) > 0.0


def test_its_arrow_can_be_cut():
    assert stored(1.0, 0.0, ppar_gamma_to_storage=0.0) == stored(0.0, 0.0)


def fluxes(triglyceride, stored_nearby):
    """Fluxes of a fat cell by what it and its neighbours hold [mmol/kg]."""
    cell = SimpleNamespace(triglyceride=triglyceride, akt_s473=0.3, hsl=0.2, acyl=0.12)
    site = SimpleNamespace(ffa=0.5, triglyceride=1.0, stored_nearby=stored_nearby)
    p = SimpleNamespace(**(read_agent_parameters().values("adipocyte") | switches(())))
    return adipose_lipids.signals(cell, site, p)


def test_large_and_small_cells_of_one_tissue_break_down_the_same_share_of_what_they_hold():
    """As measured in fat cells of one person (doi:10.1210/jc.2011-1702)."""
    small, large = fluxes(300.0, 900.0), fluxes(1800.0, 900.0)
    assert large.glycerol_output / 1800.0 == pytest.approx(small.glycerol_output / 300.0)
    assert large.lipoprotein_uptake < 1.5 * small.lipoprotein_uptake
    assert fluxes(0.0, 900.0).glycerol_output == 0.0


def test_between_tissues_breakdown_of_a_cell_does_not_go_with_its_size():
    assert fluxes(2400.0, 2400.0).glycerol_output == pytest.approx(fluxes(900.0, 900.0).glycerol_output)
