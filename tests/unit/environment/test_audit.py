"""The mass audit: what is stored against sources and sinks that are booked on their own."""

import pytest

from insulattice.environment import Body, Clamp
from insulattice.environment.compartment import Compartment
from insulattice.environment.ledger import Account

CELLS = 60
ACCOUNTS = ("glucose", "fatty acid", "receptor", "glut4")


def live(body, minutes, meals=()):
    """Live some minutes and eat at some of them."""
    for minute in range(minutes):
        if minute in meals:
            body.gut.meal(90.0, 30.0, 25.0)
        body.step()
    return body


def largest_gap(body):
    """The account with the largest gap, and the gap."""
    gaps = {name: abs(gap) for name, gap in body.audit().items()}
    return max(gaps.items(), key=lambda item: item[1])


@pytest.fixture(scope="module")
def fresh():
    return Body("lean", cells=CELLS, settle=False)


@pytest.fixture(scope="module")
def long_day(fresh):
    """A day of three meals and a clamp."""
    body = live(fresh.branch(), 1440, meals=(0, 360, 720))
    body.rules.append(Clamp("40 mU/m2/min"))
    return live(body, 180)


def test_every_account_closes_over_a_day_of_meals_and_a_clamp(long_day):
    assert set(long_day.audit()) == set(ACCOUNTS)
    assert largest_gap(long_day)[1] < 1e-9


def test_all_that_moved_is_booked_by_name(long_day):
    glucose = long_day.accounts["glucose"]
    assert {"meals", "gluconeogenesis", "infusion"} <= set(glucose.sources)
    assert {"brain", "red cells", "glycolysis in muscle", "kept by the gut"} <= set(glucose.sinks)
    for account in long_day.accounts.values():
        assert all(amount >= 0.0 for amount in (*account.sources.values(), *account.sinks.values()))
    assert glucose.sources["meals"] == pytest.approx(3 * 90.0 / 0.180156, rel=1e-3)


@pytest.mark.parametrize("phenotype", ["obese", "obese_t2d"])
def test_the_books_of_other_bodies_close_while_fat_and_glucose_are_infused(phenotype):
    body = Body(phenotype, cells=CELLS, settle=False)
    body.rules.append(Infusion({"ffa": 0.5, "triglyceride": 0.1, "glucose": 3.0}))
    assert largest_gap(live(body, 240, meals=(60,)))[1] < 1e-9


def test_pools_that_are_held_are_booked_as_infused(fresh):
    body = fresh.branch()
    body.rules.append(Holding({"ffa": 1.5, "glucose": 8.0, "insulin": 300.0}))
    assert largest_gap(live(body, 120))[1] < 1e-9
    assert body.accounts["fatty acid"].sources["infusion"] > 0.0


class Infusion:
    """Puts the same into a vein every minute."""

    def __init__(self, amounts):
        self.amounts = amounts

    def act(self, body, dt):
        body.infusions.update(self.amounts)


class Holding:
    """Holds pools at a level."""

    def __init__(self, levels):
        self.levels = levels

    def act(self, body, dt):
        body.holds.update(self.levels)


# ---- leaks ------------------------------------------------------------------------------------------------------


def from_blood(body):
    body.blood.level["glucose"] *= 1.0 - 1e-4


def from_the_slow_pool_of_glucose(body):
    body.blood.glucose_rest *= 1.0 - 1e-4


def from_fatty_acid_in_blood(body):
    body.blood.level["ffa"] *= 1.0 - 1e-2


def from_muscle_glycogen(body):
    body.compartments["muscle"].main["glycogen"] *= 1.0 - 1e-6


def from_the_fluid_around_muscle(body):
    body.compartments["muscle"].grid.values = body.compartments["muscle"].grid.values * 0.999


def from_fat_stores(body):
    body.compartments["fat"].main["triglyceride"] *= 1.0 - 1e-7


def from_the_gut(body):
    body.gut.fat_stomach *= 0.999


def of_receptors(body):
    body.compartments["liver"].main["receptor_total"] *= 1.0 - 1e-6


def of_glut4(body):
    body.compartments["fat"].main["glut4_total"] *= 1.0 - 1e-6


LEAKS = {
    from_blood: "glucose",
    from_the_slow_pool_of_glucose: "glucose",
    from_muscle_glycogen: "glucose",
    from_the_fluid_around_muscle: "glucose",
    from_fatty_acid_in_blood: "fatty acid",
    from_fat_stores: "fatty acid",
    from_the_gut: "fatty acid",
    of_receptors: "receptor",
    of_glut4: "glut4",
}


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_a_leak_that_happens_once_is_found_in_its_account(fresh, leak):
    body = live(fresh.branch(), 20, meals=(0,))
    leak(body)
    live(body, 20)
    assert abs(body.audit()[LEAKS[leak]]) > 1e-9


def test_an_exchange_that_is_dropped_is_found(fresh, monkeypatch):
    """Cells of fat secrete fatty acid that never arrives."""
    deposit = Compartment.deposit

    def losing(self, scale):
        deposit(self, 0.999 * scale if self.name == "fat" else scale)

    monkeypatch.setattr(Compartment, "deposit", losing)
    assert abs(live(fresh.branch(), 30).audit()["fatty acid"]) > 1e-9


def test_a_sink_that_is_not_booked_is_found(fresh, monkeypatch):
    sink = Account.sink

    def forgetful(self, name, amount):
        if name != "brain":
            sink(self, name, amount)

    monkeypatch.setattr(Account, "sink", forgetful)
    assert abs(live(fresh.branch(), 30).audit()["glucose"]) > 1e-9


def test_the_gap_is_relative_to_all_that_was_stored_or_moved():
    account = Account("mmol", opening=90.0)
    account.source("meal", 10.0)
    account.sink("use", 5.0)
    assert account.gap(95.0) == 0.0
    assert account.gap(94.0) == pytest.approx(-1.0 / 105.0)
