"""Experiments of days and hours: doses and trials as tables, lives, challenges, opposite starts."""

import numpy as np
import pandas as pd
import pytest

from insulattice.environment import RULES, Body, read_phenotypes
from insulattice.environment.interventions import read_rule
from insulattice.runs.validation import life_trials as trials
from insulattice.runs.validation import opposite_starts as starts


@pytest.fixture(scope="module")
def plain():
    """An unsettled diabetic body of few cells."""
    return Body("obese_t2d", cells=60, settle=False)


# ---- tables -----------------------------------------------------------------------------------------------------


def test_every_rule_has_doses_but_the_knockout_whose_place_is_taken_by_the_drivers():
    assert {*trials.doses("lived"), *trials.doses("challenge")} == set(RULES) - {"knockout"}


@pytest.mark.parametrize("kind", ["lived", "challenge"])
def test_every_dose_can_be_given_and_says_its_source(kind):
    for dose in trials.doses(kind).values():
        made = [dose.make(level) for level in trials.LEVELS]
        assert [rule.name for rule in made] == [dose.rule] * 2
        assert made[0] != made[1]
        assert dose.source


def test_every_published_trial_can_be_done():
    for trial in trials.published_trials().values():
        assert trial.phenotype in read_phenotypes()
        assert read_rule(trial.rule).stop_day is None or read_rule(trial.rule).stop_day <= 366
        assert trial.source


def test_the_arrows_of_all_drivers_are_those_of_each():
    each = [arrow for driver in trials.DRIVERS for arrow in trials.arrows_of(driver)]
    assert sorted(each) == sorted(trials.arrows_of(trials.ALL_DRIVERS))
    assert "dag->pkc" in trials.arrows_of("lipotoxicity")


# ---- lives ------------------------------------------------------------------------------------------------------


def test_changes_of_suppressions_are_differences_and_all_others_percent():
    found = trials.changes({"rd": 22.0, "egp_suppression": 50.0}, {"rd": 20.0, "egp_suppression": 40.0})
    assert found == pytest.approx({"rd": 10.0, "egp_suppression": 10.0})


def test_a_look_leaves_the_body_as_it_was(plain):
    before = plain.minute, dict(plain.blood.level)
    seen = trials.look(plain)
    assert (plain.minute, plain.blood.level) == before
    assert seen["weight"] == plain.anatomy.weight
    assert seen["m_value"] >= 0.0


def test_a_life_is_looked_at_on_its_days_and_a_remedy_acts_in_it(plain):
    days = (0, 1, 3)
    control = trials.lived(plain, [], days)
    diet = trials.lived(plain, [read_rule("calorie_restriction kcal_per_day=300")], days)
    assert control["day"].tolist() == diet["day"].tolist() == [0.0, 1.0, 3.0]
    pd.testing.assert_series_equal(control.iloc[0], diet.iloc[0])
    assert diet["weight"].iloc[-1] < control["weight"].iloc[-1] - 0.1


@pytest.mark.parametrize("rule", ["metformin", "salicylate", "pkc_inhibitor", "exercise"])
def test_a_dose_of_zero_does_nothing(plain, rule):
    dose = trials.doses("lived")[rule]
    control, none = (trials.lived(plain, rules, [1]) for rules in ([], [dose.make("zero")]))
    pd.testing.assert_frame_equal(control, none, rtol=1e-9)


def test_a_published_trial_gives_the_change_of_each_day(plain):
    trial = trials.Trial("short", "obese_t2d", "1 2", "calorie_restriction kcal_per_day=300", "100 pM", "own")
    found = trials.published_trial(plain, trial)
    assert {"weight_change_1", "weight_change_2", "m_value_change_2"} <= set(found)
    assert found["weight_change_2"] < found["weight_change_1"] < 0.0


# ---- challenges -------------------------------------------------------------------------------------------------


def test_a_challenge_begins_before_its_clamp_and_goes_on_in_it(plain):
    lipid = trials.doses("challenge")["lipid_infusion"].make("high")
    course, ends = trials.challenged(plain, lipid)
    rest, without = trials.challenged(plain, None)
    assert ends["ffa"] > 1.5 * without["ffa"]
    assert ends["clamp_ffa"] > 1.5 * without["clamp_ffa"]
    assert course["time"].max() == rest["time"].max() == 360.0
    assert not plain.rules


def test_fatty_acids_are_held_for_six_hours_and_then_let_go(lean_body):
    found, courses = trials.lipid_infusion(lean_body)
    ffa = courses[(courses["quantity"] == "ffa") & (courses["arm"] == "lipid")].set_index("time")["value"]
    assert ffa.loc[100:360].to_numpy() == pytest.approx(1.9, abs=0.01)
    assert ffa.loc[480] < 0.5
    assert found["dag_ratio_360"] > found["dag_ratio_120"] > 0.9
    assert found["rd_change_360"] < 0.0


def test_graded_lipid_lowers_disposal_by_grade(lean_body):
    found = trials.graded_lipid(lean_body)
    assert found["ffa_0.695"] < found["ffa_1.251"] < found["ffa_1.688"]
    assert found["rd_change_1.688"] < found["rd_change_1.251"] < found["rd_change_0.695"]


def test_cytokines_have_what_is_asked_of_them(lean_body):
    from insulattice.runs.validation.command import targets

    table = targets()
    asked = set(table.loc[table["test"] == "cytokines", "quantity"])
    assert asked == set(trials.cytokines(lean_body)) & asked


# ---- opposite starts --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def donor():
    """A body whose cells have lived through two days of glucose and fatty acids at high levels."""
    body = Body("lean", cells=60, settle=False)
    body.live(1.0, [read_rule("lipid_infusion ffa_mM=2 hold=true")])
    return body


def test_a_transplant_takes_the_states_and_leaves_fat_mass(plain, donor):
    body = plain.branch()
    held = body.fat.total("triglyceride")
    starts.transplant(body, donor)
    np.testing.assert_array_equal(body.muscle.main["dag"], donor.muscle.main["dag"])
    np.testing.assert_array_equal(body.muscle.main["receptor_total"], donor.muscle.main["receptor_total"])
    assert body.fat.total("triglyceride") == held
    assert len(body.fat.populations["macrophage"]) == len(donor.fat.populations["macrophage"])
    assert body.fat.populations["macrophage"] is not donor.fat.populations["macrophage"]
    body.step()
    body.check()


def test_a_transplant_needs_bodies_of_the_same_size(plain):
    with pytest.raises(ValueError, match="the donor has 80 cells, allowed: 60"):
        starts.transplant(plain.branch(), Body("lean", cells=80, settle=False))


def test_a_pin_puts_back_fat_lean_mass_and_beta_cells(plain):
    body = plain.branch()
    pin, before = starts.Pin(body), (body.anatomy.fat_mass, body.pancreas.beta_cell_function)
    body.fat.main["triglyceride"] *= 1.1
    body.pancreas.beta_cell_function *= 0.5
    body.weigh()
    assert body.anatomy.fat_mass > 1.05 * before[0]
    pin.hold(body)
    assert (body.anatomy.fat_mass, body.pancreas.beta_cell_function) == pytest.approx(before)


def test_a_body_does_not_eat_while_it_is_followed(plain):
    course = starts.from_start(plain, plain, 1)
    living = plain.branch()
    living.live(1)
    assert course["m_value"].iloc[-1] == pytest.approx(trials.look(living)["m_value"], rel=0.05)


def test_two_starts_of_one_body_come_closer(plain, donor):
    courses = [starts.from_start(plain, other, 3) for other in (plain, donor)]
    table = starts.gaps(*courses).set_index("quantity")
    assert courses[0]["day"].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert abs(table.loc["muscle dag", "start"]) > 20.0
    assert abs(table.loc["muscle dag", "end"]) < abs(table.loc["muscle dag", "start"])


def test_the_time_constant_of_an_exponential_fall_is_its_own():
    days = pd.Series([0.0, 10.0, 30.0, 60.0, 100.0])
    assert starts.time_constant(days, 50.0 * np.exp(-days / 20.0)) == pytest.approx(20.0)
    assert np.isnan(starts.time_constant(days, pd.Series([50.0] * 5)))
    assert np.isnan(starts.time_constant(days, 1.5 * np.exp(-days / 20.0)))
