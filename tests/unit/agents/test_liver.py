"""A liver cell: what limits glucose production, and what AMPK brakes."""

from types import SimpleNamespace

import pytest

from insulattice.agents.arrows import switches
from insulattice.agents.mechanisms import (
    gluconeogenic_enzymes,
    hepatic_glucose,
    hepatic_phosphorylation,
    lipids,
)
from insulattice.agents.parameters import read_agent_parameters

SITE = SimpleNamespace(glucose=5.0, ffa=0.4, glycerol=0.06, triglyceride=1.0, complex_i_inhibition=0.0)
SITE.contraction = SITE.uncoupling = SITE.energy_deficit = 0.0


def parameters(**changes):
    """The numbers of a liver cell, no arrow cut but those given as 0."""
    return SimpleNamespace(**(read_agent_parameters().values("hepatocyte") | switches(()) | changes))


def fluxes(phosphorylation=0.9, glycogen=200.0, pepck=0.8):
    """Fluxes of glucose [mmol/kg/min]."""
    cell = SimpleNamespace(
        phosphorylation=phosphorylation, glycogen=glycogen, pepck=pepck, atp=1.0, gluconeogenic_zone=1.0
    )
    return hepatic_glucose.signals(cell, SITE, parameters())


def test_glycogenolysis_saturates_once_the_enzymes_are_phosphorylated():
    none, some, most, beyond = (fluxes(level).glycogenolysis for level in (0.0, 0.45, 0.9, 1.8))
    assert none == 0.0
    assert most > 3.0 * some
    assert beyond < 1.7 * most


def test_production_of_an_empty_liver_follows_its_enzymes():
    low, high = (fluxes(glycogen=0.0, pepck=pepck) for pepck in (0.7, 1.0))
    assert low.glycogenolysis == high.glycogenolysis == 0.0
    control = parameters().gluconeogenesis_enzyme_control
    assert high.glucose_output / low.glucose_output == pytest.approx((1.0 / 0.7) ** control)


def enzyme(ampk, **changes):
    """Messenger RNA of the enzymes where it has come to rest [1]."""
    p = parameters(**changes)
    cell = SimpleNamespace(foxo1=0.5, pepck_mrna=0.0, pepck=1.0, insulin_effect=0.1, ampk=ampk)
    return gluconeogenic_enzymes.rates(cell, SITE, p).pepck_mrna / p.k_pepck_mrna


def lipogenesis(ampk, **changes):
    """Fatty acid made of glucose [mmol/kg/min]."""
    cell = SimpleNamespace(
        ampk=ampk, mito_capacity=1.0, akt_s473=0.1, mtorc1=0.2, acyl=1.0, triglyceride=60.0
    )
    return lipids.signals(cell, SITE, parameters(**changes)).lipogenesis


@pytest.mark.parametrize(
    ("level", "arrow"), [(enzyme, "ampk_to_enzymes"), (lipogenesis, "ampk_to_lipogenesis")]
)
def test_ampk_brakes_above_rest_and_only_through_its_arrow(level, arrow):
    assert level(0.8) == level(1.0)
    assert level(1.0) > level(1.3) > level(1.6) > 0.4 * level(1.0)
    assert level(1.6, **{arrow: 0.0}) == level(1.0)


def driven(glucose, **changes):
    """Phosphorylation of the enzymes where it has come to rest at a lean fast but for glucose [1]."""
    p = parameters(**changes)
    site = SimpleNamespace(
        glucagon=p.glucagon_reference, catecholamine=1.0, ffa=p.ffa_reference, glucose=glucose
    )
    cell = SimpleNamespace(insulin_effect=0.0, triglyceride=p.liver_fat_reference, phosphorylation=0.0)
    return hepatic_phosphorylation.rates(cell, site, p).phosphorylation / p.k_phosphorylation


def test_glucose_itself_holds_production_back_and_only_through_its_arrow():
    fasting, low, high = (driven(glucose) for glucose in (5.0, 4.0, 10.0))
    assert fasting == pytest.approx(parameters().phosphorylation_basal)
    assert low > fasting > high > 0.4 * fasting
    assert driven(10.0, glucose_to_liver=0.0) == pytest.approx(fasting)
