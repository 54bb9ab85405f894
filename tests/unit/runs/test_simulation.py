"""Simulate: what it keeps, what it leaves alone, and what a failed run gives."""

import numpy as np
import pytest

from insulattice.environment import Biopsy, Body, Clamp, Fast, Hold, OralGlucose, SimulationError, observe
from insulattice.runs import simulate


@pytest.fixture(scope="module")
def clamp(lean_body):
    return simulate(lean_body, Clamp("40 mU/m2/min", hours=1))


def test_the_body_stays_as_it_was(lean_body):
    before, minute = observe(lean_body), lean_body.minute
    simulate(lean_body, OralGlucose(hours=0.5))
    assert (observe(lean_body), lean_body.minute) == (before, minute)
    assert lean_body.rules == []


def test_the_same_run_gives_the_same_record_twice(lean_body, clamp):
    protocol = Clamp("40 mU/m2/min", hours=1)
    for _ in range(2):
        assert simulate(lean_body, protocol).table.equals(clamp.table)


def test_the_table_is_tidy(clamp):
    table = clamp.table
    assert list(table.columns) == ["time", "compartment", "quantity", "value", "unit"]
    assert not table.isna().any().any()
    assert not table.duplicated(["time", "compartment", "quantity"]).any()
    assert table["time"].is_monotonic_increasing
    assert (table["time"].min(), table["time"].max()) == (0.0, 60.0)


def test_blood_is_kept_every_minute_and_cells_every_ten(clamp):
    assert list(clamp.series("insulin").index) == list(range(61))
    assert list(clamp.series("akt", "muscle").index) == list(range(0, 61, 10))


def test_fewer_rows_are_kept_on_request_and_the_summary_does_not_change(lean_body, clamp):
    sparse = simulate(lean_body, Clamp("40 mU/m2/min", hours=1), every=25)
    assert list(sparse.series("insulin").index) == [0, 25, 50, 60]
    assert sparse.m_value == clamp.m_value


def test_m_value_is_the_mean_infusion_of_the_last_half_hour(clamp):
    assert clamp.m_value == pytest.approx(0.180156 * clamp.series("gir").loc[31:].mean())
    assert clamp.summary["gir_umol_kg_min"] == pytest.approx(clamp.series("gir").loc[31:].mean())


def test_glucose_that_comes_and_goes_explains_its_level(lean_body):
    """Infusion and production less disposal is what the pools of glucose gain."""
    living = lean_body.branch()
    clamp = Clamp(hours=1)
    living.rules.append(clamp)
    living.open_books()
    for _ in range(60):
        living.step()
    assert max(abs(gap) for gap in living.audit().values()) < 1e-12


def test_the_steps_of_a_clamp_are_summed_up_one_by_one(lean_body):
    record = simulate(lean_body, Clamp(["10", "100 pM", "200"], step_minutes=[40, 40, 40]))
    steps = record.summary["steps"]
    assert [step["insulin"] for step in steps] == ["10 mU/m2/min", "100 pM", "200 mU/m2/min"]
    assert steps[1]["plasma_insulin_pM"] == pytest.approx(100.0, rel=0.02)
    assert steps[0]["m_value_mg_kg_min"] == pytest.approx(0.180156 * record.series("gir").loc[11:40].mean())
    assert record.m_value == steps[-1]["m_value_mg_kg_min"]


def test_a_run_longer_than_the_clamp_goes_on_with_its_last_step(lean_body):
    record = simulate(lean_body, Clamp("500 pM", hours=0.5), hours=1)
    assert record.table["time"].max() == 60
    assert record.series("insulin").loc[60] == pytest.approx(500, rel=0.01)


def test_held_pools_stay_at_their_level(lean_body):
    levels = {"ffa": 1.9, "insulin": 400, "glucose": 6, "glucagon": 15}
    record = simulate(lean_body, Hold(levels, minutes=20))
    for pool, level in levels.items():
        assert np.allclose(record.series(pool, "blood").loc[1:], level, rtol=1e-9)


def test_a_biopsy_takes_no_time(lean_body):
    record = simulate(lean_body, Biopsy())
    assert set(record.table["time"]) == {0.0}
    assert len(record.cells) == record.cells["id"].nunique()
    assert record.summary["cell_steps"] == 0


def test_a_further_rule_acts_in_the_test(lean_body):
    held = simulate(lean_body, Fast(hours=0.2), rules=[Hold({"ffa_mM": 2.0})])
    assert held.series("ffa", "blood").loc[12] == pytest.approx(2.0)
    assert held.provenance["rules"][0]["pools"] == {"ffa_mM": 2.0}


def test_any_rule_will_do_with_a_length(lean_body):
    class Nothing:
        def act(self, body, dt):
            pass

    assert simulate(lean_body, Nothing(), hours=0.1).table["time"].max() == 6
    with pytest.raises(ValueError, match="Nothing has no length of its own; give hours"):
        simulate(lean_body, Nothing())


@pytest.mark.parametrize(
    ("arguments", "message"), [({"every": 0}, "every is 0"), ({"hours": -1}, "hours is -1, allowed")]
)
def test_a_length_that_cannot_be_says_what_is_allowed(lean_body, arguments, message):
    with pytest.raises(ValueError, match=message):
        simulate(lean_body, Fast(), **arguments)


def test_progress_is_told_each_minute(lean_body):
    told = []
    simulate(lean_body, Fast(hours=0.1), progress=lambda done, total: told.append((done, total)))
    assert told == [(minute, 6) for minute in range(1, 7)]


class Poison:
    """Turns one state of one cell into NaN at a minute of the run."""

    def __init__(self, minute):
        self.countdown = minute

    def act(self, body, dt):
        self.countdown -= 1
        if self.countdown == 0:
            body.compartments["muscle"].main["dag"][3] = float("nan")


def test_a_state_that_turns_nan_stops_the_run_and_keeps_what_came_before(lean_body):
    message = r"stopped 30 min into the test: .*muscle, state '\w+' of cell 3 is nan"
    with pytest.raises(SimulationError, match=message) as failure:
        simulate(lean_body, Fast(hours=1), rules=[Poison(minute=30)])
    record = failure.value.record
    assert record.error == str(failure.value)
    assert record.table["time"].max() == 29
    assert not record.table["value"].isna().any()


def test_a_clamp_that_fails_early_still_has_a_summary(lean_body):
    with pytest.raises(SimulationError) as failure:
        simulate(lean_body, Clamp(), rules=[Poison(minute=1)])
    assert failure.value.record.summary["protocol"] == "clamp"


def test_a_branch_lives_its_own_life(lean_body):
    branch = lean_body.branch()
    branch.step()
    assert branch.minute == lean_body.minute + 1
    assert branch.table is lean_body.table


def test_a_body_from_the_cache_runs_as_the_one_just_settled(lean_body, clamp):
    again = Body(phenotype="lean", cells=lean_body.cells, seed=1, parameters=lean_body.table)
    assert simulate(again, Clamp("40 mU/m2/min", hours=1)).table.equals(clamp.table)
