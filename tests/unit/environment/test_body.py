"""A body: its make-up, its minute, and that nothing but its inputs decides what it does."""

import numpy as np
import pytest

from insulattice.environment import Body, SimulationError
from insulattice.environment import body as body_module
from insulattice.environment.gut import GLUCOSE_MMOL_PER_G
from insulattice.environment.observe import observe
from insulattice.environment.state import pack

CELLS = 60


def plain(phenotype="lean", cells=CELLS, **options):
    """A body in its plain starting state."""
    return Body(phenotype, cells=cells, settle=False, **options)


def live(body, minutes=30):
    for _ in range(minutes):
        body.step()
    return body


def same_bits(one, other):
    """Whether two bodies are in the same state to the last bit."""
    mine, theirs = pack(one), pack(other)
    return mine.keys() == theirs.keys() and all(np.array_equal(mine[name], theirs[name]) for name in mine)


class Act:
    """A rule made of a function."""

    def __init__(self, function):
        self.function = function

    def act(self, body, dt):
        self.function(body)


def test_visceral_fat_gives_its_fatty_acids_to_liver_first():
    with_it, without = (
        live(plain("obese_t2d", without=arrows), 240) for arrows in ((), ("visceral->portal",))
    )
    more, less = (body.liver.total_flux("ffa_uptake") for body in (with_it, without))
    assert more > 1.02 * less
    assert all(abs(gap) < 1e-9 for gap in with_it.audit().values())


def test_a_fatty_liver_clears_less_insulin_and_a_lean_one_as_ever():
    def clearance(phenotype, fat, without=()):
        body = plain(phenotype, without=without)
        body.liver.main["triglyceride"][:] = fat
        return live(body, 10).insulin.clearance

    lean, fatty, cut = (
        clearance("lean", 30.0),
        clearance("lean", 170.0),
        clearance("lean", 170.0, ("fat->clearance",)),
    )
    assert clearance("lean", 45.0) == pytest.approx(lean, rel=1e-3)
    assert 0.6 < fatty / lean < 0.85  # 29 % less at 15 than at 2 %, doi:10.1152/ajpendo.00444.2007
    assert cut == pytest.approx(lean, rel=0.02)


# ---- what it is made of -----------------------------------------------------------------------------------------


def test_cells_are_counted_over_all_tissues():
    body = plain(cells=600)
    total = sum(len(q) for tissue in body.compartments.values() for q in tissue.populations.values())
    assert total == pytest.approx(600, abs=3)
    assert {name: tissue.main.cell_type.name for name, tissue in body.compartments.items()} == {
        "muscle": "myocyte", "fat": "adipocyte", "liver": "hepatocyte",
    }  # fmt: skip


@pytest.mark.parametrize("phenotype", ["lean", "obese", "prediabetic", "lean_t2d", "obese_t2d"])
def test_fat_cells_hold_the_fat_of_the_body(phenotype):
    body = plain(phenotype)
    kilograms = body.compartments["fat"].total("triglyceride") * 0.86e-3
    assert kilograms == pytest.approx(body.phenotype.fat_mass, rel=1e-9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"phenotype": "leen"}, "lean"),
        ({"cells": 39}, "cells is 39, allowed: a whole number from 40 to 10000000"),
        ({"cells": 60.5}, "cells is 60.5, allowed: a whole number"),
        ({"cells": float("nan")}, "cells is nan, allowed: a whole number"),
        ({"cells": 10**14}, "cells is 100000000000000, allowed"),
        ({"cells": -5}, "cells is -5"),
        ({"seed": -1}, "seed is -1, allowed: a whole number from 0"),
        ({"seed": 2**63}, "seed is 9223372036854775808, allowed"),
        ({"without": ["dag->pkcc"]}, "dag->pkc"),
        ({"parameters": {"k_aktt": 1.0}}, "k_aktt"),
        (
            {"parameters": {"k_akt_t308@myocite": 1.0}},
            "no cell type is called 'myocite'. Did you mean myocyte",
        ),
    ],
)
def test_wrong_input_is_named_with_what_is_allowed(options, message):
    with pytest.raises(ValueError, match=message):
        plain(**options)


def test_a_cut_arrow_reaches_the_cells_and_a_changed_parameter_too():
    body = plain(without=["dag->pkc"], parameters={"brain_uptake": 0.3})
    assert body.compartments["muscle"].main.values["dag_to_pkc"] == 0.0
    assert body.p.brain_uptake == 0.3
    assert plain().compartments["muscle"].main.values["dag_to_pkc"] == 1.0


# ---- a minute ---------------------------------------------------------------------------------------------------


def test_a_step_is_a_minute_and_rules_act_before_it():
    body, seen = plain(), []
    body.rules.append(Act(lambda living: seen.append(living.minute)))
    live(body, 3)
    assert seen == [0.0, 1.0, 2.0]
    assert body.minute == 3.0


def test_what_rules_ask_for_lasts_one_step():
    body = plain()
    body.infusions, body.holds, body.contraction = {"glucose": 1.0}, {"ffa": 1.0}, 0.5
    body.step()
    assert (body.infusions, body.holds, body.contraction) == ({}, {}, 0.0)


def test_infused_glucose_raises_glucose_and_calls_insulin():
    rest, fed = plain(), plain()
    fed.rules.append(Act(lambda body: body.infusions.update(glucose=4.0)))
    live(rest), live(fed)
    assert fed.blood.level["glucose"] > rest.blood.level["glucose"] + 1.0
    assert fed.insulin.plasma_pM > 1.5 * rest.insulin.plasma_pM


@pytest.mark.parametrize(
    ("pool", "level"), [("ffa", 1.5), ("glucose", 7.0), ("tnf", 20.0), ("glycerol", 0.2)]
)
def test_a_held_pool_stays_at_its_level(pool, level):
    body = plain()
    body.rules.append(Act(lambda living: living.holds.update({pool: level})))
    assert live(body).blood.level[pool] == pytest.approx(level, rel=1e-12)


def test_held_insulin_stays_at_its_level_and_what_that_takes_is_infused():
    body = plain()
    body.rules.append(Act(lambda living: living.holds.update(insulin=400.0)))
    live(body)
    assert body.insulin.plasma_pM == pytest.approx(400.0, rel=0.01)
    assert body.flows["insulin_infusion"] > 0.0


def test_an_insulin_that_is_held_drives_disposal_up_and_production_down():
    rest, stimulated = live(plain(), 120), plain()
    stimulated.rules.append(Act(lambda living: living.holds.update(insulin=600.0, glucose=5.0)))
    live(stimulated, 120)
    assert sum(stimulated.glucose_disposal().values()) > 1.5 * sum(rest.glucose_disposal().values())
    assert stimulated.glucose_production() < 0.5 * rest.glucose_production()


def test_glycogen_that_is_used_up_takes_its_water_with_it():
    body = plain()
    body.weigh()
    before = body.anatomy.weight
    grams = 0.5 * body.muscle.total("glycogen") / GLUCOSE_MMOL_PER_G
    body.muscle.main["glycogen"] *= 0.5
    body.weigh()
    assert before - body.anatomy.weight == pytest.approx(
        grams / 1e3 * (1.0 + body.p.glycogen_water), rel=1e-6
    )


def test_high_glucose_and_endotoxin_release_cytokines_and_a_usual_level_does_not():
    tnf, il6 = {}, {}
    for name, rule in {
        "usual": lambda body: body.holds.update(glucose=5.0),
        "high": lambda body: body.holds.update(glucose=15.0),
        "endotoxin": lambda body: (body.holds.update(glucose=5.0), body.affect("endotoxin", 0.1)),
    }.items():
        body = plain()
        body.rules = [Act(rule)]
        live(body, 60)
        tnf[name], il6[name] = body.blood.level["tnf"], body.blood.level["il6"]
    assert tnf["usual"] < 1.2 < tnf["high"] < tnf["endotoxin"]
    assert il6["endotoxin"] > 5.0 * il6["usual"]


def test_somatostatin_stops_the_islets():
    body = plain()

    def silence(living):
        living.somatostatin = True

    body.rules.append(Act(silence))
    assert live(body, 60).insulin.plasma_pM < 0.3 * plain().insulin.plasma_pM


# ---- nothing but the inputs -------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bits_and_another_seed_other_cells():
    assert same_bits(live(plain(seed=3)), live(plain(seed=3)))
    assert not same_bits(plain(seed=3), plain(seed=4))


def test_one_and_two_threads_give_the_same_bits(monkeypatch):
    monkeypatch.setattr(body_module, "THREADS_FROM", 100)
    monkeypatch.setenv("INSULATTICE_THREADS", "1")
    alone = live(plain(cells=600))
    monkeypatch.setenv("INSULATTICE_THREADS", "2")
    assert same_bits(live(plain(cells=600)), alone)


def test_a_branch_lives_on_its_own():
    body = live(plain())
    before, twin = pack(body.branch()), body.branch()
    twin.rules.append(Act(lambda living: living.infusions.update(glucose=3.0)))
    live(twin)
    after = pack(body)
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert body.rules == []
    assert twin.blood.level["glucose"] != body.blood.level["glucose"]


def test_a_branch_has_the_same_future():
    body = live(plain())
    twin = body.branch()
    assert same_bits(live(body), live(twin))


def test_looking_changes_nothing():
    watched, alone = plain(), plain()
    for _ in range(20):
        watched.step()
        observe(watched)
        watched.audit()
    assert same_bits(watched, live(alone, 20))


def test_a_rule_that_does_nothing_changes_nothing():
    idle = plain()
    idle.rules.append(Act(lambda body: None))
    assert same_bits(live(idle), live(plain()))


# ---- what goes wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "shown"), [(1e9, "1e\\+09"), (-1.0, "-1"), (float("nan"), "nan")])
def test_a_state_that_leaves_its_range_is_named_with_cell_and_minute(value, shown):
    body = live(plain(), 5)
    body.compartments["muscle"].main["dag"][7] = value
    with pytest.raises(
        SimulationError, match=rf"minute 5: muscle, state 'dag' of cell 7 is {shown}, allowed"
    ):
        body.check()


def test_a_macrophage_that_leaves_its_range_is_found_too():
    body = plain()
    body.compartments["fat"].populations["macrophage"]["m1"][0] = 1e3
    with pytest.raises(SimulationError, match="fat, state 'm1' of cell 0 is 1000"):
        body.check()


@pytest.mark.parametrize("level", [-0.1, float("nan"), float("inf")])
def test_a_blood_pool_that_is_negative_or_no_number_is_named(level):
    body = plain()
    body.blood.level["ffa"] = level
    with pytest.raises(SimulationError, match=r"minute 0: ffa in blood is .*, allowed 0 or more"):
        body.check()


def test_a_body_as_it_starts_is_within_all_ranges():
    for phenotype in ("lean", "obese_t2d"):
        live(plain(phenotype), 60).check()
