"""Anatomy from body frame."""

import pytest

from insulattice.environment.clock import DAY
from insulattice.environment.energy import (
    EnergyBalance,
    adipocyte_diameter,
    anatomy,
    body_surface,
    food_energy,
    resting_expenditure,
    visceral_share,
)
from insulattice.environment.parameters import read_environment_parameters


@pytest.fixture(scope="module")
def p():
    return read_environment_parameters().namespace()


def test_body_surface_of_a_standard_adult():
    assert body_surface(1.70, 70.0) == pytest.approx(1.818, abs=0.001)


def test_a_lean_adult_has_the_organs_of_a_lean_adult(p):
    lean = anatomy(height=1.75, lean_mass=57.0, fat_mass=14.0, adipocyte_number=4e10, p=p)
    assert lean.weight == 71.0
    assert 0.306 < lean.muscle / lean.weight < 0.384  # women and men, doi:10.1152/jappl.2000.89.1.81
    assert 1.4 < lean.liver < 1.8
    assert 80.0 < lean.adipocyte_diameter < 100.0
    assert lean.adipose_tissue == pytest.approx(17.5)


def test_glycogen_beyond_the_usual_weighs_and_changes_no_organ(p):
    usual = anatomy(height=1.75, lean_mass=57.0, fat_mass=14.0, adipocyte_number=4e10, p=p)
    less = anatomy(height=1.75, lean_mass=57.0, fat_mass=14.0, adipocyte_number=4e10, p=p, glycogen_kg=-1.2)
    assert less.weight == pytest.approx(usual.weight - 1.2)
    assert (less.muscle, less.liver, less.fat_mass) == (usual.muscle, usual.liver, usual.fat_mass)


def test_more_fat_in_the_same_cells_makes_them_larger_by_the_cube_root(p):
    assert adipocyte_diameter(32.0, 4e10, p) == pytest.approx(2.0 * adipocyte_diameter(4.0, 4e10, p))
    assert adipocyte_diameter(32.0, 8e10, p) < adipocyte_diameter(32.0, 4e10, p)


def test_resting_expenditure_follows_lean_mass(p):
    assert resting_expenditure(57.0, p) == pytest.approx(1535.9)


def test_food_energy_of_a_mixed_meal(p):
    assert food_energy(75.0, 20.0, 25.0, p) == pytest.approx(559.0)


def test_visceral_fat_releases_more_with_age_and_obesity(p):
    lean = visceral_share(p.visceral_age, p.visceral_fat_reference * 1.75**2, 1.75, p)
    assert lean == pytest.approx(p.visceral_share_lean)
    assert visceral_share(p.visceral_age + 25.0, 14.0, 1.75, p) > 1.3 * visceral_share(
        p.visceral_age, 14.0, 1.75, p
    )
    assert visceral_share(40.0, 34.0, 1.75, p) > visceral_share(40.0, 14.0, 1.75, p)
    assert visceral_share(90.0, 3000.0, 1.5, p) <= 1.0


def test_a_diet_becomes_a_deficit_over_days_and_maintenance_none(p):
    balance = EnergyBalance(p, lean_mass=57.0, weight=71.0, activity=1.0)
    for _ in range(6):
        balance.step(DAY, spent=2000.0, intake=1500.0, fat_mass=14.0, burnt=2000.0, lost=0.0)
    assert balance.deficit == pytest.approx(0.25, rel=0.1)
    for _ in range(12):
        balance.step(DAY, spent=2000.0, intake=2000.0, fat_mass=14.0, burnt=2000.0, lost=0.0)
    assert abs(balance.deficit) < 0.01


def test_lipolysis_answers_to_a_debt_of_days_and_hardly_to_one_of_hours(p):
    balance = EnergyBalance(p, lean_mass=57.0, weight=71.0, activity=1.0)
    for _ in range(180):
        balance.step(1.0, spent=2400.0, intake=2400.0, fat_mass=14.0, burnt=0.0, lost=0.0)
    assert balance.owed == pytest.approx(300.0, rel=0.01)
    clearance, call = balance.fat_clearance_factor - 1.0, balance.lipolysis_call - 1.0
    assert 0.0 < call < 0.02 * clearance
    for _ in range(5):
        balance.step(DAY, spent=2400.0, intake=2400.0, fat_mass=14.0, burnt=2400.0, lost=0.0)
    assert balance.lipolysis_call - 1.0 > 10.0 * call


def test_what_urine_takes_is_eaten_after_some_days_and_no_deficit(p):
    balance = EnergyBalance(p, lean_mass=57.0, weight=71.0, activity=1.0)
    before = balance.maintenance
    for _ in range(20):
        spent = balance.needs + p.digestion_share * balance.maintenance
        balance.step(DAY, spent, balance.maintenance, fat_mass=14.0, burnt=spent, lost=200.0)
    assert balance.maintenance - before == pytest.approx(200.0 / (1.0 - p.digestion_share), rel=1e-3)
    assert abs(balance.deficit) < 1e-3


def test_what_a_body_in_surplus_burns_too_much_goes_back_to_fat(p):
    balance = EnergyBalance(p, lean_mass=57.0, weight=71.0, activity=1.0)
    assert balance.returned == 0.0
    for _ in range(30):
        burnt = 2600.0 - balance.returned
        balance.step(DAY, spent=2400.0, intake=2400.0, fat_mass=14.0, burnt=burnt, lost=0.0)
    assert balance.returned == pytest.approx(200.0, rel=0.01)
    assert balance.owed > -p.energy_owed_most
