"""What stands behind the page: snapshots that do not change, and a model that waits for the browser."""

import threading

import pytest

from insulattice.runs import player as player_module
from insulattice.runs.look import Look
from insulattice.runs.mesa_model import TissueModel
from insulattice.runs.player import Player, Settings

AKT = Look("signal", "akt_s473")


@pytest.fixture
def player(monkeypatch) -> Player:
    """Return a player of a small body in a plain state."""
    monkeypatch.setattr(
        player_module, "TissueModel", lambda *given, **options: TissueModel(*given, **options, settle=False)
    )
    return Player(Settings("obese", cells=200, seed=2))


def test_the_body_is_the_one_that_was_asked_for(player):
    body = player.model.body
    assert (body.phenotype.name, body.cells, body.seed) == ("obese", 200, 2)


def test_a_snapshot_stays_as_it_was(player):
    first = player.look(AKT)
    pixels, series = first.tissues[0].pixels, first.series.copy()
    for _ in range(3):
        later = player.live(5, 80.0, AKT)
    assert first.minute == 0.0
    assert first.tissues[0].pixels == pixels
    assert first.series.equals(series)
    assert later.minute == 15.0
    assert later.number == first.number + 3


def test_looking_lets_no_time_pass_and_brings_the_series_up_to_date(player):
    player.live(2, 0.0, AKT)
    player.live(2, 0.0, AKT)
    seen = player.look(AKT)
    assert seen.minute == 4.0
    assert list(seen.series["minute"]) == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert seen.levels["glucose"] == seen.series["glucose"].iloc[-1]


def test_insulin_can_be_changed_while_it_lives(player):
    player.live(1, 0.0, AKT)
    high = player.live(30, 80.0, AKT)
    assert high.levels["insulin"] > 300.0
    low = player.live(30, 0.0, AKT)
    assert low.levels["insulin"] < 0.5 * high.levels["insulin"]
    assert player.model.insulin is None


def test_the_player_waits_until_the_browser_has_drawn(player, monkeypatch):
    number = player.look(AKT).number
    threading.Timer(0.05, player.note_drawn, [number]).start()
    assert player.wait_until_drawn(number)
    monkeypatch.setattr(player_module, "NOBODY_LOOKS", 0.01)
    assert not player.wait_until_drawn(number + 1)
