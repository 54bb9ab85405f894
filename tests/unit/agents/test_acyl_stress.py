"""A muscle cell under high fatty acyl: kinases and diacylglycerol that wait for hours, and what makes them wait."""

from types import SimpleNamespace

import pytest

from insulattice.agents.arrows import switches
from insulattice.agents.mechanisms import acyl_stress, lipids
from insulattice.agents.parameters import read_agent_parameters

REST, HIGH = 0.4, 1.8
"""Fatty acyl of a clamped lean muscle without lipid, and late in a large infusion, relative to its reference."""
SITE = SimpleNamespace(adiponectin=10.0)


def parameters(cell_type="myocyte", **changes):
    """The numbers of a kind of cell, no arrow cut."""
    return SimpleNamespace(**(read_agent_parameters().values(cell_type) | switches(()) | changes))


def step(state, acyl, p, minutes=1.0):
    """Advance the chain by a minute."""
    cell = SimpleNamespace(acyl=acyl * p.acyl_reference, **state)
    cell.acyl_ready = acyl_stress.signals(cell, SITE, p).acyl_ready
    rates = acyl_stress.rates(cell, SITE, p)._asdict()
    return {name: state[name] + minutes * rates[name] for name in state}


def course(acyl, hours, state=None):
    """Kinases every hour at a steady fatty acyl, and the chain at the end."""
    p = parameters()
    state = state or dict.fromkeys(acyl_stress.State._fields, 0.0)
    seen = []
    for minute in range(60 * hours):
        state = step(state, acyl, p)
        if minute % 60 == 59:
            seen.append(state["acyl_stress"])
    return seen, state


def test_kinases_wait_for_hours_and_then_rise():
    seen, _ = course(HIGH, 12)
    assert seen[1] < 0.02 * seen[-1]  # two hours
    assert seen[2] < 0.2 * seen[-1]  # three
    assert 0.5 * seen[-1] < seen[5] < seen[-1] < 1.0  # six


def test_a_dose_beyond_three_times_rest_adds_little():
    rest, middle, large, largest = (course(x * REST, 24)[0][-1] for x in (1.0, 2.0, 3.0, 5.0))
    assert rest < 0.1 * middle
    assert middle > 0.4 * largest
    assert largest - large < 0.2 * largest


def test_kinases_recover_within_the_hours_that_they_took():
    _, high = course(HIGH, 12)
    seen, _ = course(REST, 8, high)
    assert seen[0] > 0.8 * high["acyl_stress"]
    assert seen[-1] < 0.1 * high["acyl_stress"]


def diacylglycerol(ready, acyl, cell_type="myocyte"):
    """Rate of diacylglycerol in a cell without any [mmol/kg/min], which is that of its synthesis."""
    p = parameters(cell_type)
    cell = SimpleNamespace(
        acyl=acyl * p.acyl_reference, acyl_ready=ready, dag=0.0, triglyceride=0.0, ceramide=0.0, ikk=0.05,
        ffa_uptake=0.0, lipoprotein_uptake=0.0, lipogenesis=0.0, fat_oxidation=0.0, vldl_output=0.0,
    )  # fmt: skip
    return lipids.rates(cell, SITE, p).dag


def test_diacylglycerol_of_muscle_overflows_only_when_its_enzymes_are_ready():
    rest, waiting, ready = diacylglycerol(0.0, 0.5), diacylglycerol(0.0, 2.0), diacylglycerol(1.0, 2.0)
    assert waiting == pytest.approx(rest, rel=0.15)
    assert ready > 4.0 * waiting
    assert diacylglycerol(1.0, 0.5) == pytest.approx(rest, rel=0.01)


def test_diacylglycerol_of_liver_does_not_wait():
    assert diacylglycerol(0.0, 2.0, "hepatocyte") == diacylglycerol(1.0, 2.0, "hepatocyte")
