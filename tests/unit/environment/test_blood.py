"""Blood: pools, volumes, and the plain uptakes of brain, red cells, gut and kidney."""

import pytest

from insulattice.agents.mechanism import SITE_NAMES
from insulattice.agents.parameters import ParameterError, ParameterTable
from insulattice.environment.blood import POOLS, SITE_POOLS, UNITS, Blood
from insulattice.environment.parameters import read_environment_parameters

P = read_environment_parameters().namespace()


def uses(glucose, lean_mass=57.0):
    blood = Blood(P, lean_mass)
    blood.level["glucose"] = glucose
    return blood.glucose_uses()


def test_every_pool_has_unit_level_and_volume():
    blood = Blood(P, 57.0)
    assert set(POOLS) <= set(UNITS)
    assert set(blood.level) == set(blood.litres) == set(POOLS)
    assert all(level > 0.0 for level in (*blood.level.values(), *blood.litres.values()))


def test_volumes_production_and_clearance_grow_with_fat_free_mass():
    small, large = Blood(P, 50.0), Blood(P, 75.0)
    assert all(large.litres[pool] == pytest.approx(1.5 * small.litres[pool]) for pool in POOLS)
    assert large.clearance("ffa") == pytest.approx(1.5 * small.clearance("ffa"))
    assert large.production("tnf") == pytest.approx(1.5 * small.production("tnf"))
    assert large.production("glucose") == 0.0


@pytest.mark.parametrize("name", ["il6_production", "brain_uptake"])
def test_a_parameter_that_the_table_lacks_is_named_and_not_taken_as_nothing(name):
    table = read_environment_parameters()
    without = ParameterTable([row for row in table if row.name != name], table.files)
    with pytest.raises(ParameterError, match=f"'{name}' is missing from .*environment.parameters.csv"):
        Blood(without.namespace(), 57.0).glucose_uses()


@pytest.mark.parametrize("organ", ["brain", "red cells", "other organs"])
def test_an_organ_takes_more_at_more_glucose(organ):
    taken = [uses(glucose)[organ] for glucose in (2.0, 5.0, 10.0, 20.0)]
    assert taken == sorted(taken)
    assert uses(0.0)[organ] == 0.0


def test_the_brain_takes_about_the_same_at_any_glucose_and_in_any_body():
    assert uses(10.0)["brain"] < 1.2 * uses(5.0)["brain"]
    assert uses(5.0, 40.0)["brain"] == uses(5.0, 80.0)["brain"]


def test_glucose_is_lost_to_urine_only_above_the_threshold():
    assert uses(P.renal_threshold)["urine"] == 0.0
    assert uses(P.renal_threshold + 2.0)["urine"] == pytest.approx(2.0 * P.renal_clearance)


def test_blood_comes_in_the_order_of_its_pools_and_fields_put_insulin_before_them():
    assert ("insulin", *SITE_POOLS) == SITE_NAMES
    assert POOLS[: len(SITE_POOLS)] == SITE_POOLS
