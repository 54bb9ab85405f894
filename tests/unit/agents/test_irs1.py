"""IRS-1: what its serine kinases do to the part that insulin holds."""

from types import SimpleNamespace

import pytest

from insulattice.agents.mechanisms import irs1
from insulattice.agents.parameters import read_agent_parameters

UNCUT = (
    "jnk_to_irs1",
    "ikk_to_irs1",
    "pkc_to_irs1",
    "acyl_to_irs1",
    "stress_to_irs1",
    "receptor_to_irs1",
    "il6_to_irs1",
)


def steady_s312(on_phosphorylated, receptor, stress=0.0):
    """Return the share of IRS-1 held at serine 312 where it has come to rest [1]."""
    p = SimpleNamespace(**read_agent_parameters().values("myocyte"), **dict.fromkeys(UNCUT, 1.0))
    p.s312_on_phosphorylated = on_phosphorylated
    cell = SimpleNamespace(
        irs1_tyr=0.0, irs1_s307=0.0, irs1_s312=0.0, irs1_s307_ratio=0.0, socs3=0.0, receptor_internal_active=receptor,
        jnk=0.05, ikk=0.05, pkc=0.1, acyl_stress=0.1, feedback_stress=stress,
    )  # fmt: skip
    for _ in range(40_000):
        rates = irs1.rates(cell, SimpleNamespace(), p)
        for state, rate in rates._asdict().items():
            setattr(cell, state, getattr(cell, state) + 2e-4 * rate)
    return cell.irs1_s312


def test_a_high_insulin_shields_irs1_only_where_kinases_spare_the_phosphorylated():
    at_rest, stimulated = (steady_s312(1.0, receptor) for receptor in (0.0, 2.0))
    assert stimulated == pytest.approx(at_rest, rel=0.02)
    assert steady_s312(0.0, 2.0) < 0.95 * at_rest


def test_lasting_stress_holds_irs1_above_a_threshold():
    assert steady_s312(1.0, 0.0, stress=0.15) == pytest.approx(steady_s312(1.0, 0.0))
    assert steady_s312(1.0, 0.0, stress=0.7) > 1.3 * steady_s312(1.0, 0.0)


def test_what_lasting_stress_does_to_irs1_has_a_limit():
    at_rest, some, more, most = (steady_s312(1.0, 0.0, stress) for stress in (0.0, 0.7, 1.4, 2.8))
    assert some - at_rest > 3.0 * (more - some) > 3.0 * (most - more) > 0.0
