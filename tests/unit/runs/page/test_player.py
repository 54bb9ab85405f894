"""What stands behind the page: snapshots that do not change, and bodies that wait for the browser."""

import threading

import pytest

from insulattice.environment.body import SimulationError
from insulattice.environment.interventions import LipidInfusion, Metformin
from insulattice.runs.page import player as player_module
from insulattice.runs.page.pace import PACES, Pace
from insulattice.runs.page.player import Player, Settings, build_body
from insulattice.runs.page.side import Side


def live(player, pace, minutes=1):
    """Live on until the next picture."""
    while isinstance(now := player.beat(pace), str):
        pass
    return now


@pytest.fixture
def fast(monkeypatch):
    """Let minutes pass without any life in them."""

    def pass_by(side):
        side.body.minute += 1.0

    monkeypatch.setattr(Side, "live_minute", pass_by)


def test_the_body_is_the_one_that_was_asked_for(monkeypatch):
    told = []
    monkeypatch.setattr(player_module, "settle", lambda body, progress: progress(0.5))
    body = build_body(Settings("lean_t2d", cells=60, seed=3), told.append)
    assert (body.phenotype.name, body.cells, body.seed) == ("lean_t2d", 60, 3)
    assert told == [0.5]


def test_a_snapshot_stays_as_it_was(player):
    first = player.look()
    pixels, glucose = first.pictures[""][0].pixels, first.seen[""]["blood", "glucose"]
    for _ in range(3):
        later = live(player, Pace(5))
    assert (first.minute, later.minute) == (0.0, 15.0)
    assert first.pictures[""][0].pixels == pixels
    assert first.seen[""]["blood", "glucose"] == glucose
    assert later.number == first.number + 3
    assert later.words == "Day 1, 07:15"


def test_looking_lets_no_time_pass_and_keeps_no_moment_twice(player):
    live(player, Pace(2))
    player.look()
    player.look()
    assert player.treated.track.minutes == [0.0, 2.0]


def test_much_that_is_to_be_lived_gives_the_word_back_in_between(player, monkeypatch):
    monkeypatch.setattr(player_module, "BEAT", -1.0)
    assert player.beat(Pace(3)) == "Day 1, 07:01"
    assert player.beat(Pace(3)) == "Day 1, 07:02"
    assert player.beat(Pace(3)) == "Day 1, 07:03"
    assert player.beat(Pace(3)).minute == 3.0


def test_another_pace_begins_another_picture(player, monkeypatch):
    monkeypatch.setattr(player_module, "BEAT", -1.0)
    player.beat(PACES["1 day"])
    player.beat(Pace(1))
    assert player.beat(Pace(1)).minute == 2.0


def test_days_are_lived_from_morning_to_morning(player, fast):
    live(player, Pace(90))
    assert live(player, PACES["1 day"]).words == "Day 2, 07:00"
    assert live(player, PACES["1 day"]).words == "Day 3, 07:00"


def test_weeks_are_lived_in_leaps(player, fast, monkeypatch):
    leapt, began = [], player.treated.body.minute
    monkeypatch.setattr(Side, "end_days", lambda side, days: leapt.append(days))
    now = live(player, PACES["1 week"])
    assert now.minute == 7 * 1440
    assert player.treated.body.minute - began == (7 - sum(leapt)) * 1440
    assert max(leapt) > 0


def test_a_rule_acts_from_the_next_minute_on_and_is_marked(player):
    player.want([LipidInfusion(ffa_mM=3.0)], meals=False)
    now = live(player, Pace(30))
    assert now.seen[""]["blood", "ffa"] > 0.6
    assert [mark.words for mark in player.marks] == ["Lipid infusion 3 mM"]
    player.want([], meals=False)
    live(player, Pace(1))
    assert player.treated.body.rules == []


def test_branches_are_alike_to_the_last_bit_until_they_are_treated_differently(player):
    player.branch()
    now = live(player, Pace(20))
    assert list(now.pictures) == ["Untreated", "Treated"]
    assert now.seen["Untreated"] == now.seen["Treated"]
    player.want([LipidInfusion(ffa_mM=3.0)], meals=True)
    later = live(player, Pace(20))
    assert later.seen["Treated"]["blood", "ffa"] > later.seen["Untreated"]["blood", "ffa"] + 0.1
    player.unite()
    assert list(player.look().pictures) == [""]


def test_a_branch_of_a_treated_body_goes_on_as_before(player):
    player.want([Metformin()], meals=True)
    live(player, Pace(1))
    player.branch()
    assert [side.name for side in player.sides] == ["As before", "Treated"]
    player.want([], meals=True)
    live(player, Pace(1))
    assert [len(side.rules) for side in player.sides] == [1, 0]


def test_a_test_runs_on_a_copy_while_the_body_waits(player):
    live(player, Pace(5))
    before = player.treated.body.blood.level["glucose"]
    player.begin_test("clamp", 80.0)
    now = live(player, Pace(10))
    assert now.words == "Clamp, 80 mU/m²/min of insulin: minute 5 of 180"
    assert player.minute == 5.0
    player.leave_test()
    assert player.look().seen[""]["blood", "glucose"] == before
    with pytest.raises(ValueError, match=r"insulin is 5000 mU/m²/min, allowed: 1 to 1000"):
        player.begin_test("clamp", 5000.0)


def test_a_state_out_of_range_stops_the_run_in_one_line(player):
    player.treated.body.blood.level["ffa"] = float("nan")
    with pytest.raises(SimulationError, match=r"^minute 1: ffa in blood is nan"):
        player.beat(Pace(1))


def test_a_chosen_cell_is_shown(player):
    assert player.choose(0, 0, 10_000, 0) is None
    marked = player.choose(0, 0, 2, 3)
    now = player.look()
    assert now.cell.title == f"Myocyte {marked.cell} of muscle"
    assert now.pictures[""][0].mark == (2, 3)
    assert player.choose(5, 0, 0, 0) is None


def test_the_player_waits_until_the_browser_has_drawn(player, monkeypatch):
    number = player.look().number
    threading.Timer(0.05, player.note_drawn, [number]).start()
    assert player.wait_until_drawn(number)
    monkeypatch.setattr(player_module, "NOBODY_LOOKS", 0.01)
    assert not player.wait_until_drawn(number + 1)


def test_a_player_without_a_body_builds_one(monkeypatch, young_body):
    monkeypatch.setattr(player_module, "build_body", lambda settings: young_body.branch())
    assert Player(Settings()).treated.body.cells == 150
