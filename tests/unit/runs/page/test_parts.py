"""The parts of the page that need no browser: switches, paces, tests, tracks, distributions, charts, chains, files."""

import json
from io import BytesIO

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from insulattice.agents.arrows import read_arrows
from insulattice.environment.interventions import RULES, Knockout, Metformin
from insulattice.environment.living import longest_gap
from insulattice.environment.protocols import Clamp
from insulattice.environment.response import observe_response
from insulattice.runs import simulate
from insulattice.runs.page.chain import CHAINS, CUT, cell_card
from insulattice.runs.page.chart_widget import DRAW_IF_THERE, ChartWidget, mended
from insulattice.runs.page.charts import POINTS, Mark, spread_chart, time_chart
from insulattice.runs.page.downloads import as_csv, as_parquet, cells_now, file_name, results_table, run_table
from insulattice.runs.page.look import Look, Marked, Sight
from insulattice.runs.page.pace import PACES, Leaps, Pace
from insulattice.runs.page.side import Side, sample
from insulattice.runs.page.spread import spreads
from insulattice.runs.page.testing import TESTS, RunningTest
from insulattice.runs.page.track import MOST_ROWS, Track
from insulattice.runs.page.treatments import PLAIN, Habits, in_words, rules_of, switches

SWITCHES = {switch.name: switch for panel in switches().values() for switch in panel}
AKT = Look("signal", "akt_s473")
GLUCOSE = ("blood", "glucose")


# ---- switches -------------------------------------------------------------------------------------------------


def test_every_rule_has_one_switch_and_plain_words():
    assert set(SWITCHES) == set(RULES) - {Knockout.name}
    assert sum(map(len, switches().values())) == len(SWITCHES)
    assert set(PLAIN) == set(SWITCHES)


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_shows_the_doses_of_its_rule(name):
    usual = SWITCHES[name].usual({})
    assert list(usual) == [dial.name for dial in SWITCHES[name].dials]
    (rule,) = rules_of({name: {}})
    assert usual == {dial: getattr(rule, dial) for dial in usual}
    assert in_words([rule])


def test_the_usual_dose_is_that_of_the_drug_that_was_chosen():
    assert SWITCHES["thiazolidinedione"].usual({})["dose_mg_per_day"] == 45.0
    assert SWITCHES["thiazolidinedione"].usual({"drug": "rosiglitazone"})["dose_mg_per_day"] == 8.0


def test_a_dose_out_of_range_says_what_is_allowed():
    with pytest.raises(ValueError, match=r"metformin: dose_mg_per_day .* allowed: 0 to 4000"):
        rules_of({"metformin": {"dose_mg_per_day": 1e6}})


def test_habits_and_cut_arrows_are_rules_too(young_body):
    rules = rules_of({"metformin": {}}, ["dag->pkc"], 80.0, 50.0)
    assert in_words(rules) == "80 % of food, 50 % of activity, Metformin 2000 mg/day, without dag->pkc"
    body = young_body.branch()
    Habits(80.0, 50.0).act(body, 1.0)
    assert body.conduct.intake == pytest.approx(0.8 * body.energy.maintenance)
    assert body.conduct.activity == pytest.approx(0.5 * body.habit.activity)
    assert rules_of({}) == ()


# ---- time -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", [1, 7])
def test_leaps_fill_the_days_and_grow_after_a_change(period):
    leaps = Leaps()
    first = list(leaps.blocks(28, period))
    assert sum(lived + skipped for lived, skipped in first) == 28
    assert first[0] == (max(2, period), 0)
    later = [skipped for _, skipped in leaps.blocks(280, period)]
    assert max(later) == longest_gap(period)
    assert all(skipped % period == 0 for skipped in later)


def test_paces_are_minutes_or_days():
    assert all(bool(pace.minutes) != bool(pace.days) for pace in PACES.values())
    assert PACES["1 week"] == Pace(0, 7)


def test_a_track_keeps_one_row_a_minute_and_does_not_grow_for_ever():
    track = Track()
    for minute in range(2 * MOST_ROWS):
        track.add(float(minute), {GLUCOSE: 5.0 + minute})
        track.add(float(minute), {GLUCOSE: 6.0 + minute})
    assert len(track) <= MOST_ROWS
    assert track.minutes[-1] == 2 * MOST_ROWS - 1
    assert track[GLUCOSE][-1] == pytest.approx(6.0 + track.minutes[-1])
    table = track.table()
    assert list(table.columns) == ["minute", "compartment", "quantity", "value", "unit"]
    assert set(table["unit"]) == {"mM"}


def test_a_sample_that_is_large_enough_answers_as_all_cells_do(young_body):
    assert observe_response(sample(young_body)) == pytest.approx(observe_response(young_body))
    few = sample(young_body, 20)
    assert [home.main.count for home in few.compartments.values()] == [20, 20, 20]
    assert few.compartments["fat"] is not young_body.compartments["fat"]


# ---- tests ----------------------------------------------------------------------------------------------------


def run_through(test: RunningTest):
    """Let a test run to its end, and return its results."""
    for _ in test.course(10_000):
        pass
    return test.results


def test_a_clamp_on_the_page_is_that_of_simulate(young_body):
    side = Side("", young_body.branch(), [Metformin()])
    for _ in range(5):
        side.live_minute()
    side.body.rules = []
    expected = simulate(side.body, Clamp(), rules=[Metformin()])
    (found,) = run_through(RunningTest(TESTS["clamp"], 40.0, [side]))
    values = {reading.key: value for reading, value in found.readings}
    assert values == pytest.approx({key: expected.summary[key] for key in values}, rel=1e-12)
    assert (found.when, found.under) == ("day 1, 07:05", "Metformin 2000 mg/day")


def test_a_lipid_infusion_raises_fatty_acids_before_the_clamp(young_body):
    test = RunningTest(TESTS["lipid"], 1.5, [Side("", young_body.branch())])
    for _ in test.course(230):
        pass
    patient = test.patients[0].body
    assert patient.blood.level["ffa"] > 1.2
    assert patient.insulin.plasma_pM < 120.0
    assert not test.over
    for _ in test.course(60):
        pass
    assert patient.insulin.plasma_pM > 200.0


@pytest.mark.parametrize("name", TESTS)
def test_every_test_knows_the_numbers_that_it_is_read_for(name, young_body, monkeypatch):
    test = RunningTest(TESTS[name], TESTS[name].usual, [Side("", young_body.branch())])
    monkeypatch.setattr(Side, "live_minute", lambda side: None)
    (found,) = run_through(test)
    assert test.minute == test.minutes
    assert len(found.readings) == len(TESTS[name].readings)


# ---- charts ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def track(young_body):
    """A long track."""
    side = Side("", young_body.branch())
    seen = side.look(0.0)
    for minute in range(1, 900):
        side.track.add(float(minute), seen)
    return side.track


@pytest.mark.parametrize("testing", [True, False])
def test_time_courses_are_plain_data_of_few_points(track, testing):
    chart = time_chart(
        {"": track}, testing, [Mark(30.0, "day 1, 07:30", "Metformin"), Mark(30.0, "", "Exercise")]
    )
    json.dumps(chart.option, allow_nan=False)
    lines = [series for series in chart.option["series"] if series["data"]]
    assert len(chart.option["grid"]) == 6
    assert max(len(series["data"]) for series in lines) == POINTS
    assert lines[0]["data"][-1][0] == pytest.approx(899.0 / 60.0, rel=1e-3)  # hours
    assert chart.notes[0] == "1: day 1, 07:30, Metformin"
    marks = [series["markLine"]["data"] for series in chart.option["series"] if "markLine" in series]
    assert marks[0] == [{"xAxis": 0.5, "name": "1, 2"}]
    assert f"Plasma glucose [mM]: {track[GLUCOSE][-1]:.3g} now" in chart.spoken
    assert ("HOMA-IR" in chart.spoken) is not testing


def test_of_two_bodies_the_first_is_drawn_in_dashes(track):
    series = time_chart({"Untreated": track, "Treated": track}, False).option["series"]
    assert [line["lineStyle"]["type"] for line in series[:2]] == ["dashed", "solid"]
    assert series[0]["name"] == "glucose, untreated"


def test_distributions_hold_all_cells_before_and_now(young_body):
    later = young_body.branch()
    for _ in range(30):
        later.holds["insulin"] = 600.0
        later.step()
    found = spreads({"before": Sight(young_body), "now": Sight(later)}, AKT)
    assert [spread.tissue for spread in found] == ["Muscle", "Fat", "Liver"]
    for spread in found:
        assert {name: shares.sum() for name, shares in spread.shares.items()} == pytest.approx(
            {"before": 100, "now": 100}
        )
        assert spread.medians["now"] > spread.medians["before"]
    chart = spread_chart(found)
    json.dumps(chart.option, allow_nan=False)
    assert "Muscle, Akt-S473: before median" in chart.spoken


def test_a_quantity_of_macrophages_has_no_distribution_in_muscle(young_body):
    muscle, fat, _ = spreads({"now": Sight(young_body)}, Look("state", "m1"))
    assert muscle.shares == {}
    assert fat.shares["now"].sum() == pytest.approx(100.0)
    assert len(spread_chart([muscle, fat]).option["grid"]) == 2


# ---- one cell -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tissue", "kind"),
    [("muscle", "myocyte"), ("fat", "adipocyte"), ("liver", "hepatocyte"), ("fat", "macrophage")],
)
def test_the_chain_of_a_cell_shows_what_it_has(young_body, tissue, kind):
    cells = young_body.compartments[tissue].populations[kind]
    card = cell_card(Sight(young_body), Marked(tissue, kind, int(cells.ids[0])))
    rows = {name: value for name, value, *_ in card.rows}
    assert np.isfinite(list(rows.values())).all()
    for node in CHAINS[kind].nodes:
        assert f">{node.words}<" in card.picture
    assert len(card.rows) > len(CHAINS[kind].nodes) - 1
    assert 'role="img"' in card.picture


def test_chains_are_made_of_boxes_that_there_are_and_arrows_of_the_causal_web():
    for chain in CHAINS.values():
        names = [node.words for node in chain.nodes]
        assert len(set(names)) == len(names)
        assert len({(node.column, node.row) for node in chain.nodes}) == len(names)
        for link in chain.links:
            assert {link.start, link.stop} <= set(names)
            assert not link.arrow or link.arrow in read_arrows()


def test_a_cut_arrow_is_drawn_as_cut(young_body):
    marked = Marked("muscle", "myocyte", 0)
    assert CUT not in cell_card(Sight(young_body), marked).picture.partition("</defs>")[2]
    body = young_body.branch()
    body.rules = [Knockout("dag->pkc")]
    body.step()
    assert "arrow dag-&gt;pkc, cut" in cell_card(Sight(body), marked).picture
    assert cell_card(Sight(body), Marked("muscle", "myocyte", 10**6)) is None


# ---- files ----------------------------------------------------------------------------------------------------


def test_the_run_and_the_cells_are_given_as_csv_and_parquet(player):
    player.want([Metformin()], True)
    player.beat(Pace(2))
    run = run_table(player)
    read = pd.read_csv(BytesIO(as_csv(run)), keep_default_na=False)
    assert read["value"].to_numpy() == pytest.approx(run["value"].to_numpy())
    assert set(run["minute"]) == {0.0, 2.0}
    assert set(run["body"]) == {"body"}
    file = pq.read_table(BytesIO(as_parquet(run, player)))
    made = json.loads(file.schema.metadata[b"insulattice_provenance"])
    assert (made["cells"], made["seed"], made["minutes"]) == (150, 2, 2.0)
    assert made["rules"][0]["rule"] == "Metformin"
    cells = cells_now(player)
    assert len(cells) == sum(
        len(q) for c in player.treated.body.compartments.values() for q in c.populations.values()
    )
    assert file_name(player, "cells", ".csv") == "insulattice_obese_150_cells.csv"


def test_tests_are_given_as_a_table_even_before_there_is_one(player):
    assert results_table(player).empty
    player.begin_test("clamp", 40.0)
    for _ in player.test.course(500):
        pass
    player.results += player.test.results
    table = results_table(player)
    assert table.loc[0, "quantity"] == "M-value"
    assert table.loc[0, "value"] > 0.0
    assert set(run_table(player)["minute"]) == {0.0}


def test_a_chart_that_left_the_page_is_not_drawn():
    assert mended().count(DRAW_IF_THERE) == 1
    assert ChartWidget().template == mended()
