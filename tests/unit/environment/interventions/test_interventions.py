"""Interventions: each acts, none touches a cell; start, stop, ramp, adherence; dose and sign; branches."""

import numpy as np
import pytest

from insulattice.environment import (
    RULES,
    Acipimox,
    Antioxidant,
    AntiTnf,
    Body,
    CalorieRestriction,
    Diet,
    Endotoxin,
    Exercise,
    Fast,
    GlucoseInfusion,
    GlycerolInfusion,
    Il6Infusion,
    Inactivity,
    InsulinInfusion,
    Intervention,
    Knockout,
    LipidInfusion,
    Metformin,
    Overfeeding,
    PkcInhibitor,
    Salicylate,
    Somatostatin,
    Thiazolidinedione,
    TnfInfusion,
    Uncoupler,
    WeightLoss,
    make_rule,
    number,
)  # fmt: skip
from insulattice.environment.interventions.exercise import bout_days
from insulattice.environment.interventions.lipid_infusion import lean_clearance
from insulattice.environment.state import pack

DAY = 1440
NEEDED = {"knockout": {"arrow": "dag->pkc"}}


@pytest.fixture(scope="module")
def young():
    """A lean body at 7:00; nobody changes it."""
    return Body(cells=60, settle=False)


def usual(name):
    """A rule with its usual arguments."""
    return make_rule(name, **NEEDED.get(name, {}))


def same_bits(one, other):
    mine, theirs = pack(one), pack(other)
    return mine.keys() == theirs.keys() and all(np.array_equal(mine[name], theirs[name]) for name in mine)


def rows(body):
    """A copy of all cells' states and traits."""
    return [q.rows.copy() for tissue in body.compartments.values() for q in tissue.populations.values()]


def plan(body, *rules, at=0.0):
    """What rules plan for one step at a time [min] after 7:00, before the body steps."""
    one = body.branch()
    one.minute = at
    one.rules = list(rules)
    for rule in rules:
        rule.act(one, 1.0)
    return one


# ---- what holds for all -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RULES)
def test_a_rule_never_writes_into_a_cell(young, name):
    one = young.branch()
    rule, before = usual(name), rows(one)
    for _ in range(3):
        rule.act(one, 1.0)
        for drug in one.drugs.values():
            drug.act(one, 1.0)
        one.minute += 60.0
    assert all(np.array_equal(a, b) for a, b in zip(before, rows(one), strict=True))


@pytest.mark.parametrize("name", sorted(RULES.keys() - {"il1_blockade", "diet"}))
def test_every_rule_changes_a_life(young, name):
    one, other = young.branch(), young.branch()
    arguments = {"start_day": 0.0, **NEEDED.get(name, {})}
    if name == "exercise":
        arguments["bouts_per_week"] = 7
    one.live(0.3, [make_rule(name, **arguments)])
    other.live(0.3)
    assert not all(np.array_equal(a, b) for a, b in zip(rows(one), rows(other), strict=True))
    one.check()


def test_all_rules_together_leave_a_body_in_range(young):
    one = young.branch()
    one.live(0.2, [usual(name) for name in RULES if name != "somatostatin"])
    one.check()


@pytest.mark.parametrize(
    "name", ["metformin", "anti_tnf", "knockout", "exercise", "endotoxin", "lipid_infusion"]
)
def test_a_life_in_two_pieces_is_the_same_life(young, name):
    rules = [usual(name), make_rule("salicylate", adherence=0.5)]
    whole, pieces = young.branch(), young.branch()
    whole.live(1.0, rules)
    pieces.live(0.65, rules)
    pieces = pieces.branch()
    pieces.live(0.35, rules)
    assert same_bits(whole, pieces)


def test_one_more_rule_that_does_nothing_changes_no_bit(young):
    one, other = young.branch(), young.branch()
    one.live(0.2, [Salicylate(adherence=0.6), Metformin(0.0, start_day=5)])
    other.live(0.2, [Salicylate(adherence=0.6)])
    assert all(np.array_equal(a, b) for a, b in zip(rows(one), rows(other), strict=True))


def test_a_rule_waits_stops_and_ramps():
    rule = Inactivity(50.0, start_day=1.0, stop_day=3.0, ramp_days=1.0)
    found = [rule.strength(day * DAY) for day in (0.0, 0.99, 1.0, 1.5, 2.0, 2.9, 3.0, 4.0)]
    assert found == pytest.approx([0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 0.0, 0.0])


def test_adherence_is_the_share_of_doses_taken_and_keyed_by_the_body(young):
    rule = Metformin(adherence=0.7)
    taken = [rule.kept(young, count) for count in range(2000)]
    assert np.mean(taken) == pytest.approx(0.7, abs=0.03)
    assert taken == [rule.kept(young, count) for count in range(2000)]
    other = Body(cells=60, settle=False, seed=2)
    assert taken != [rule.kept(other, count) for count in range(2000)]
    assert not Metformin(adherence=0.0).kept(young, 3)


def test_a_rule_without_apply_says_so(young):
    with pytest.raises(NotImplementedError, match="apply"):
        Intervention().act(young.branch(), 1.0)


# ---- eating and moving --------------------------------------------------------------------------------------------


def test_calories_are_a_share_of_maintenance_or_a_number(young):
    whole = young.energy.maintenance
    assert plan(young, CalorieRestriction(percent=25)).conduct.energy == pytest.approx(0.75 * whole)
    assert plan(young, CalorieRestriction(kcal_per_day=600)).conduct.energy == 600.0
    assert plan(young, CalorieRestriction()).conduct.energy == pytest.approx(0.75 * whole)
    assert plan(young, Overfeeding(percent=40)).conduct.energy == pytest.approx(1.4 * whole)


def test_food_shares_add_up_to_one(young):
    for rule, fat, carbohydrate in (
        (Diet(1200, fat_fraction=0.03, carbohydrate_fraction=0.5), 0.03, 0.5),
        (Diet(fat_fraction=0.2), 0.2, None),
        (Diet(carbohydrate_fraction=0.1), None, 0.1),
        (Overfeeding(40, fat_fraction=0.6), 0.6, None),
    ):
        conduct = plan(young, rule).conduct
        assert conduct.fat + conduct.carbohydrate + conduct.protein == pytest.approx(1.0)
        assert fat is None or conduct.fat == pytest.approx(fat)
        assert carbohydrate is None or conduct.carbohydrate == pytest.approx(carbohydrate)


def test_inactivity_lowers_and_training_raises_activity(young):
    habit = young.conduct.activity
    assert plan(young, Inactivity(80)).conduct.activity == pytest.approx(0.2 * habit)
    assert plan(young, Exercise(5, 60, 0.6)).conduct.training_load == 180.0


def test_training_adds_less_for_each_bout_more_up_to_a_limit(young):
    uses = [plan(young, Exercise(bouts, 60, 0.6)).conduct.use(young.p) for bouts in (0, 3, 6, 9, 14)]
    gains = np.diff(uses) / np.diff([0, 3, 6, 9, 14])
    assert uses[0] == young.conduct.activity
    assert np.all(gains > 0.0) and np.all(np.diff(gains) < 0.0)
    assert uses[-1] < uses[0] + young.p.training_most


@pytest.mark.parametrize("bouts", range(15))
def test_bouts_spread_over_the_week_and_end_with_it(bouts):
    days = bout_days(bouts)
    assert len(days) == bouts
    assert not days or days[-1] == 6
    assert np.ptp(np.bincount(days, minlength=7)) <= 1 if bouts else True


def test_a_bout_lasts_as_long_as_it_should(young):
    rule = Exercise(7, 45, 0.6)
    assert sum(rule.bout(3, clock) is not None for clock in range(DAY)) == 45
    assert sum(rule.bout(day, 500.0) is not None for day in range(21)) == 21
    assert len({rule.bout(day, 500.0) for day in range(21)}) == 21


def test_bouts_belong_to_free_living(young):
    rule = Exercise(7, 45, 0.6)
    one = young.branch()
    one.live(0.05, [rule])
    assert one.drugs == {}
    one.rules, one.minute = [rule, Fast()], 100.0
    rule.act(one, 1.0)
    assert one.contraction == 0.0
    assert one.conduct.training_load > 0.0
    assert plan(young, rule, at=100.0).contraction == 0.6  # begun in a test of its own


def test_weight_falls_to_its_goal(young):
    one = young.branch()
    rule = WeightLoss(percent=5, days=30)
    start = one.anatomy.weight
    rule.act(one, 1.0)
    least = one.conduct.energy
    assert least < 0.8 * one.energy.maintenance
    one.live(5.0, [rule])
    assert start - one.anatomy.weight == pytest.approx(start * 0.05 * 5 / 30, rel=0.5)


# ---- infusions ----------------------------------------------------------------------------------------------------


def test_infusions_are_per_body_mass(young):
    kg = young.anatomy.weight
    rules = (InsulinInfusion(1.0), GlucoseInfusion(4.0), GlycerolInfusion(5.0))
    found = plan(young, *rules).infusions
    assert found["insulin"] == pytest.approx(6.0 * kg)
    assert found["glucose"] == pytest.approx(4.0 * kg / 180.16, rel=1e-3)
    assert found["glycerol"] == pytest.approx(0.005 * kg)


def test_infusions_add_up(young):
    found = plan(young, InsulinInfusion(1.0), Somatostatin(0.5, 1.0))
    assert found.infusions["insulin"] == pytest.approx(9.0 * young.anatomy.weight)
    assert found.infusions["glucagon"] == pytest.approx(young.anatomy.weight / 3.483)
    assert found.somatostatin


def test_somatostatin_silences_both_hormones(young):
    one = young.branch()
    one.rules = [Somatostatin()]
    for _ in range(60):
        one.step()
    assert one.insulin.plasma_pM < 0.2 * young.insulin.plasma_pM
    assert one.glucagon.plasma_pM < 0.2 * young.glucagon.plasma_pM


@pytest.mark.parametrize(("make", "pool", "level"), [(TnfInfusion, "tnf", 17.0), (Il6Infusion, "il6", 150.0)])
def test_a_cytokine_reaches_its_level(young, make, pool, level):
    one = young.branch()
    one.rules = [make(level)]
    for _ in range(360):
        one.step()
    assert one.blood.level[pool] == pytest.approx(level, rel=0.25)


def test_a_lipid_infusion_is_the_rate_for_a_lean_body_or_holds(young):
    rate = plan(young, LipidInfusion(1.5)).infusions["ffa"]
    above = 1.5 - young.p.lipid_infusion_fasting_ffa
    assert rate == pytest.approx(above * lean_clearance(young))
    obese = Body("obese", cells=60, settle=False)
    assert plan(obese, LipidInfusion(1.5)).infusions["ffa"] == pytest.approx(rate, rel=0.2)
    assert plan(young, LipidInfusion(0.1)).infusions.get("ffa", 0.0) == 0.0
    assert plan(young, LipidInfusion(1.9, hold=True)).holds["ffa"] == pytest.approx(1.9)


def test_endotoxin_is_injected_once_and_fades(young):
    one = young.branch()
    one.live(0.1, [Endotoxin(0.6)])
    pool = one.drugs["endotoxin"]
    assert pool.dosed == pytest.approx(0.6 * young.anatomy.weight)
    assert pool.amount + pool.eliminated == pytest.approx(pool.dosed)
    assert pool.amount < 0.1 * pool.dosed


def test_glitazones_raise_what_is_eaten(young):
    one = young.branch()
    one.live(1.5, [Thiazolidinedione("pioglitazone", 45)])
    assert 0.2 < one.turnover.ppar_gamma < 1.0
    planned = plan(one, Thiazolidinedione("pioglitazone", 45)).conduct.appetite
    assert planned == pytest.approx(one.p.ppar_gamma_appetite * one.turnover.ppar_gamma)
    both = plan(one, Thiazolidinedione("pioglitazone", 45), Thiazolidinedione("rosiglitazone", 8))
    assert both.conduct.appetite == pytest.approx(planned)


def test_training_costs_no_energy_between_its_bouts(young):
    trained, idle = plan(young, Exercise(5, 60, 0.6)), plan(young)
    trained.conduct.appetite = 0.0
    for one in (trained, idle):
        one.rules = []
        one.step()
    assert trained.flows["expenditure"] == pytest.approx(idle.flows["expenditure"])


# ---- drugs --------------------------------------------------------------------------------------------------------


def effect(young, rule, hours=30.0):
    """Effects of a drug some hours after a life with it began, without living."""
    one = young.branch()
    for minute in range(int(hours * 60)):
        one.minute = float(minute)
        rule.act(one, 1.0)
        one.effects.clear()
        for drug in one.drugs.values():
            drug.act(one, 1.0)
    return dict(one.effects)


@pytest.mark.parametrize(
    ("low", "high", "key"),
    [
        (Metformin(1000), Metformin(2550), ("liver", "complex_i_inhibition")),
        (Salicylate("salsalate", 1500), Salicylate("salsalate", 4000), ("liver", "ikk_inhibition")),
        (Salicylate("aspirin", 1500), Salicylate("aspirin", 4000), ("body", "insulin_clearance_inhibition")),
        (Thiazolidinedione("pioglitazone", 15), Thiazolidinedione("pioglitazone", 45), ("fat", "ppar_gamma")),
        (Thiazolidinedione("rosiglitazone", 4), Thiazolidinedione("rosiglitazone", 8), ("fat", "ppar_gamma")),
        (Antioxidant("vitamin_c", 500), Antioxidant("vitamin_c", 1000), ("muscle", "antioxidant")),
        (
            make_rule("chemical_chaperone", dose_mg_per_day=800),
            make_rule("chemical_chaperone"),
            ("fat", "chaperone"),
        ),
        (Acipimox(250), Acipimox(1000), ("fat", "antilipolysis")),
    ],
)
def test_more_of_a_drug_does_more(young, low, high, key):
    assert 0.0 < effect(young, low)[key] < effect(young, high)[key] < 1.0


def test_lipolysis_overshoots_when_acipimox_wears_off(young):
    rule = Acipimox(1000, stop_day=1.0)
    assert effect(young, rule, hours=23.0)["fat", "antilipolysis"] > 0.2
    assert -0.5 <= effect(young, rule, hours=40.0)["fat", "antilipolysis"] < -0.05


def test_an_antioxidant_into_a_vein_is_not_lost(young):
    def given(route):
        one = young.branch()
        one.live(0.1, [Antioxidant("alpha_lipoic_acid", 600, route)])
        return one.drugs["alpha_lipoic_acid"]

    assert given("intravenous").lost == 0.0
    assert given("oral").lost == pytest.approx(0.709 * 300.0)


def test_salicylate_lowers_the_clearance_of_insulin(young):
    one = young.branch()
    one.live(0.3, [Salicylate("aspirin", 8000)])
    assert one.insulin.clearance_factor < 0.97


def test_an_inhibitor_of_an_isoform_acts_where_that_is(young):
    assert set(plan(young, PkcInhibitor("theta", 0.5)).effects) == {("muscle", "pkc_inhibition")}
    assert plan(young, PkcInhibitor("beta", 0.5)).effects == {}
    assert plan(young, Uncoupler(0.2)).effects["muscle", "uncoupling"] == 0.2


def test_infliximab_is_given_every_so_many_days():
    rule = AntiTnf("infliximab", 475, 28, start_day=3)
    due = [minute / DAY for minute in range(70 * DAY) if rule.due(float(minute), 420.0)]
    assert due == [3.0, 31.0, 59.0]


@pytest.mark.parametrize("rule", [AntiTnf("etanercept"), Metformin(2000, adherence=0.8), Salicylate()])
def test_doses_fall_on_days_that_are_not_lived_too(young, rule):
    lived, skipped = young.branch(), young.branch()
    for body in (lived, skipped):
        body.memory(rule)
        advance(body, rule, 2 * DAY)
    advance(lived, rule, 9 * DAY)
    drug = skipped.drugs[rule.pool]
    drug.skip(7.0 * DAY)
    skipped.minute += 7.0 * DAY
    advance(skipped, rule, 2 * DAY)
    assert drug.dosed == pytest.approx(lived.drugs[rule.pool].dosed)
    assert drug.level() == pytest.approx(lived.drugs[rule.pool].level(), rel=0.01)


def advance(body, rule, minutes):
    """Let a rule dose and its drug move, without living."""
    for _ in range(minutes):
        rule.act(body, 1.0)
        for drug in body.drugs.values():
            if drug.behind:
                drug.pass_time(drug.behind)
            drug.move(1.0)
        body.minute += 1.0


def test_a_drug_that_nobody_gives_any_more_fades_over_days_not_lived(young):
    one = young.branch()
    one.live(0.2, [Salicylate()])
    drug = one.drugs["salicylate"]
    before = drug.stored
    drug.skip(3.0 * DAY)
    one.step()
    assert drug.behind == 0.0
    assert drug.stored < 0.05 * before


# ---- knock-out ----------------------------------------------------------------------------------------------------


def switches(body, parameter="dag_to_pkc"):
    populations = [q for tissue in body.compartments.values() for q in tissue.populations.values()]
    return {body.arrows[parameter], *(q.values[parameter] for q in populations)}


def test_an_arrow_is_cut_only_while_the_rule_acts(young):
    one = young.branch()
    rule = Knockout("DAG -> PKC", stop_day=0.01)
    assert rule.arrow == "dag->pkc"
    one.rules = [rule]
    one.step()
    assert switches(one) == {0.0} == switches(one.branch())
    one.minute = 100.0
    one.step()
    assert switches(one) == {1.0}


def test_an_arrow_is_mended_when_the_rule_is_gone(young):
    one = young.branch()
    one.live(0.01, [Knockout("dag->pkc")])
    one.step()
    assert switches(one) == {1.0}
    assert switches(young) == {1.0}


def test_an_arrow_the_body_lacks_stays_cut():
    one = Body(cells=60, settle=False, without="dag->pkc")
    one.live(0.01, [Knockout("dag->pkc")])
    one.step()
    assert switches(one) == {0.0}


def test_a_knocked_out_arrow_is_as_good_as_a_body_without_it():
    one, other = Body(cells=60, settle=False), Body(cells=60, settle=False, without="dag->pkc")
    one.live(0.1, [Knockout("dag->pkc")])
    other.live(0.1)
    assert all(np.array_equal(a, b) for a, b in zip(rows(one), rows(other), strict=True))


# ---- branches -----------------------------------------------------------------------------------------------------


def test_branches_of_one_body_share_their_random_numbers(young):
    one, other = young.branch(), young.branch()
    one.live(0.3, [Metformin(2000, adherence=0.5)])
    other.live(0.3, [Metformin(2000, adherence=0.5), Salicylate(adherence=0.5)])
    assert one.drugs["metformin"].dosed == other.drugs["metformin"].dosed


def test_an_own_intervention_takes_a_few_lines(young):
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Juice(Intervention):
        name = "juice"
        carbohydrate_g: float = number(26.0, "g", 0.0, 200.0)

        def apply(self, body, dt, strength):
            body.eat(strength * self.carbohydrate_g, liquid=True)

    assert plan(young, Juice()).gut.glucose_stored > young.gut.glucose_stored
    with pytest.raises(ValueError, match="juice: carbohydrate_g is 500, allowed: 0 to 200 g"):
        Juice(500)
