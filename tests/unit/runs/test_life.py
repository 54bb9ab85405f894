"""Life: the diary, stretches, interruption and resumption."""

import os
import random
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from insulattice.environment import Body, SimulationError, read_rule
from insulattice.environment import state as states
from insulattice.runs import life as lives
from insulattice.runs import stream as streams
from insulattice.runs.diary import COLUMNS
from insulattice.runs.life import live, resume, stretches

RULES = ("metformin dose_mg_per_day=2000", "exercise bouts_per_week=7 minutes=30 intensity=0.5")
DAYS = 3


class Stopped(Exception):
    """What these tests interrupt a life with."""


def plain():
    return Body("obese_t2d", cells=60, settle=False)


def rules():
    return [read_rule(text) for text in RULES]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Three days without a stop, and their diary in memory."""
    return live(plain(), DAYS, rules())


@pytest.fixture(scope="module")
def whole_accelerated():
    """Twelve accelerated days of one rule without a stop."""
    return live(plain(), 12, rules()[:1], accelerated=True)


def stop_after(minutes):
    """A rule that ends the run after so many minutes of it."""
    left = [minutes]

    class Stop:
        def act(self, body, dt):
            left[0] -= 1
            if left[0] < 0:
                raise Stopped

        def __repr__(self):
            return "Stop()"

    return Stop()


# ---- the diary ------------------------------------------------------------------------------------------------------


def value(table, day, compartment, quantity, statistic):
    found = table[
        (table["event"] == "day") & (table["day"] == day) & (table["compartment"] == compartment)
        & (table["quantity"] == quantity) & (table["statistic"] == statistic)
    ]  # fmt: skip
    assert len(found) == 1
    return float(found["value"].iloc[0])


def test_the_diary_is_tidy(whole):
    table = whole.table
    assert tuple(table.columns) == COLUMNS
    assert not table.isna().drop(columns="value").any().any()
    assert not table.duplicated(list(COLUMNS[:5])).any()
    assert table["day"].is_monotonic_increasing or set(table["event"]) > {"day"}
    assert sorted(set(table.loc[table["event"] == "day", "day"])) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("compartment", "quantity", "statistic"),
    [
        ("body", "body_mass", "fasting"), ("body", "fat_mass", "fasting"), ("body", "intake", "day"),
        ("body", "expenditure", "day"), ("blood", "glucose", "day"), ("blood", "glucose", "fasting"),
        ("blood", "insulin", "fasting"), ("blood", "triglyceride", "day"), ("blood", "adiponectin", "day"),
        ("body", "homa_ir", "fasting"), ("body", "beta_cell_capacity", "fasting"), ("muscle", "akt", "p5"),
        ("fat", "diameter", "p95"), ("liver", "triglyceride", "mean"), ("muscle", "resistant", "mean"),
        ("fat", "macrophages", "mean"), ("fat", "m1", "mean"), ("fat", "crowns", "mean"),
        ("muscle", "dag_morans_i", "mean"), ("drugs", "metformin", "day"),
    ],
)  # fmt: skip
def test_every_day_has_what_a_researcher_looks_for(whole, compartment, quantity, statistic):
    assert np.isfinite(value(whole.table, 2.0, compartment, quantity, statistic))


def test_quantiles_stand_in_order(whole):
    for tissue in ("muscle", "fat", "liver"):
        low, middle, high = (value(whole.table, 3.0, tissue, "dag", name) for name in ("p5", "p50", "p95"))
        assert low <= middle <= high


def test_a_day_means_over_all_its_minutes():
    body, seen = plain(), []
    twin = body.branch()
    found = live(body, 1)
    twin.live(1, watch=lambda b: seen.append(b.blood.level["glucose"]))
    assert value(found.table, 1.0, "blood", "glucose", "day") == pytest.approx(np.mean(seen), rel=1e-12)
    assert value(found.table, 1.0, "blood", "glucose", "fasting") == seen[-1]


def test_meals_doses_and_bouts_are_events(whole):
    events = whole.table[whole.table["event"] != "day"]
    per_event = events.groupby("event")["day"].nunique()
    assert per_event["meal"] == 3 * DAYS
    assert per_event["dose"] == 2 * DAYS
    assert per_event["bout"] == DAYS
    grams = events[(events["event"] == "dose")]["value"]
    assert set(grams) == {1000.0}
    assert events["day"].iloc[0] == 0.0


def test_looking_changes_nothing(whole):
    body = plain()
    body.live(DAYS, rules())
    one, other = states.pack(body), states.pack(whole.body)
    assert all(np.array_equal(one[name], other[name]) for name in one if name != "numbers")


def test_an_accelerated_life_is_that_of_the_body_alone(whole_accelerated):
    found, alone = whole_accelerated, plain()
    alone.live(12, rules()[:1], accelerated=True)
    one, other = states.pack(found.body), states.pack(alone)
    assert all(np.array_equal(one[name], other[name]) for name in one if name != "numbers")
    days = sorted(set(found.table.loc[found.table["event"] == "day", "day"]))
    assert days[0] == 0.0
    assert days[-1] == 12.0
    assert len(days) < 13


# ---- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".parquet", ".csv"])
def test_a_file_has_the_rows_that_memory_has(whole, tmp_path, ending):
    found = live(plain(), DAYS, rules(), out=tmp_path / f"life{ending}", every_days=0.7)
    pd.testing.assert_frame_equal(found.table, whole.table, check_exact=True)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"life{ending}", f"life{ending}.provenance.json"]


@pytest.mark.parametrize("accelerated", [False, True], ids=["full", "accelerated"])
def test_a_life_that_was_interrupted_goes_on_row_for_row(tmp_path, whole, whole_accelerated, accelerated):
    days, mine = (12, rules()[:1]) if accelerated else (DAYS, rules())
    sound = whole_accelerated if accelerated else whole
    cuts = random.Random(3).sample(range(200, 3 * 1440 if accelerated else 1300), 3)
    files = {"out": tmp_path / "life.parquet", "checkpoint": tmp_path / "life.checkpoint"}
    body, begun = plain(), False
    for cut in cuts:
        body.rules, again = [stop_after(cut)], begun
        with pytest.raises(Stopped):
            if again:
                halted(files["checkpoint"], mine, cut)
            else:
                live(body, days, mine, accelerated=accelerated, every_days=0.4, **files)
        begun = True
        assert len(pd.read_parquet(tmp_path / "life.parquet.parts"))
    found = resume(files["checkpoint"], mine)
    pd.testing.assert_frame_equal(found.table, sound.table, check_exact=True)
    one, other = states.pack(found.body), states.pack(sound.body)
    assert all(np.array_equal(one[name], other[name]) for name in one if name != "numbers")
    assert Body.load(files["checkpoint"]).minute == days * 1440


def halted(checkpoint, mine, cut):
    """Resume, and stop again after some minutes."""
    body, _ = lives.checkpoints.load(checkpoint, Body)
    body.rules = [stop_after(cut)]
    with pytest.MonkeyPatch.context() as patch:
        notes = lives.checkpoints.read_notes(checkpoint)
        patch.setattr(lives.checkpoints, "load", lambda path, make: (body, notes))
        resume(checkpoint, mine)


def test_a_life_of_other_rules_is_not_gone_on_with(tmp_path):
    body = plain()
    body.rules = [stop_after(700)]
    files = {"out": tmp_path / "life.parquet", "checkpoint": tmp_path / "life.checkpoint"}
    with pytest.raises(Stopped):
        live(body, 1, rules(), every_days=0.2, **files)
    with pytest.raises(ValueError, match=r"is of a life with rules .*given"):
        resume(files["checkpoint"], rules()[:1])
    with pytest.raises(ValueError, match="holds a run that was interrupted"):
        live(plain(), 1, rules(), **files)


def test_a_body_alone_is_no_life(tmp_path):
    plain().save(tmp_path / "body")
    with pytest.raises(ValueError, match="holds a body, but no life that was interrupted"):
        resume(tmp_path / "body", [])


@pytest.mark.parametrize("fault", ["full", "gone"])
def test_a_disk_that_fails_is_one_line_and_what_came_before_is_kept(tmp_path, monkeypatch, fault):
    out = tmp_path / "there" / "life.parquet"
    out.parent.mkdir()
    write, written = streams.save_whole, []

    def failing(writers):
        if len(written) == 2 and fault == "full":
            raise OSError(28, os.strerror(28))
        if len(written) == 2:
            (out.parent).rename(tmp_path / "elsewhere")
        written.append(1)
        write(writers)

    monkeypatch.setattr(streams, "save_whole", failing)
    with pytest.raises(
        SimulationError, match=r"cannot write .*life.parquet: (No space|No such file)"
    ) as caught:
        live(plain(), 2, rules(), out=out, every_days=0.4)
    assert "\n" not in str(caught.value)
    kept = (tmp_path / "elsewhere" if fault == "gone" else out.parent) / "life.parquet.parts"
    assert len(pd.read_parquet(kept)) > 300


def test_a_run_that_fails_keeps_its_rows(tmp_path):
    class Poison:
        def act(self, body, dt):
            if body.minute > 1500:
                body.muscle.main["acyl"] = -50.0

    with pytest.raises(SimulationError):
        live(plain(), 2, [Poison()], out=tmp_path / "life.parquet")
    kept = pd.read_parquet(tmp_path / "life.parquet.parts")
    assert kept["day"].max() > 0.9


def test_memory_stays_flat(tmp_path):
    body, peaks = plain(), []

    def progress(day):
        peaks.append(tracemalloc.get_traced_memory()[0])

    live(body, 1, rules())
    tracemalloc.start()
    try:
        live(body, 5, rules(), out=tmp_path / "life.parquet", progress=progress)
    finally:
        tracemalloc.stop()
    assert peaks[-1] - peaks[2] < 100_000  # the rows of two days would be 200 kB


# ---- what is asked for ----------------------------------------------------------------------------------------------


def test_stretches_make_up_the_life():
    for accelerated in (False, True):
        for days in (0.3, 1, 5.5, 84, 365.25):
            plan = lives.Plan(days, [], accelerated, 1.0, None)
            pieces = stretches(plan, [])
            assert sum(piece.minutes + 1440 * piece.skipped for piece in pieces) == round(days * 1440)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"days": 0}, "days is 0"), ({"days": float("nan")}, "days is nan"), ({"every_days": 0}, "every_days is 0"),
        ({"checkpoint": "x"}, "give out as well"), ({"out": "none/life.csv"}, "there is no folder"),
        ({"out": "life.xls"}, "ending"), ({"rules": ["metformin start_day=9"]}, "start_day is 9"),
        ({"rules": ["metformin dose_mg_per_day=500 stop_day=1", "metformin dose_mg_per_day=900"]}, "overlap"),
    ],
    ids=str,
)  # fmt: skip
def test_what_makes_no_life_is_said_at_once(tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    given = {"days": 2, **options, "rules": [read_rule(text) for text in options.get("rules", [])]}
    body = plain()
    with pytest.raises(ValueError, match=message):
        live(body, **given)
    assert body.minute == 0.0
    assert list(tmp_path.iterdir()) == []
