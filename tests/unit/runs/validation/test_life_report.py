"""What a validation says of lives: derived numbers, tables and figures, from results that are made up here."""

import pandas as pd
import pytest

from insulattice.analysis.compare import compare
from insulattice.runs.validation import life_report as report
from insulattice.runs.validation import life_trials as trials
from insulattice.runs.validation.command import targets
from insulattice.runs.validation.found import Found
from insulattice.runs.validation.life_jobs import plan

SEEN = {
    "m_value": 2.0, "rd": 20.0, "egp_suppression": 40.0, "lipolysis_suppression": 40.0, "clamp_insulin": 420.0,
    "clamp_ffa": 0.2, "glucose": 10.0, "insulin": 60.0, "ffa": 0.5, "egp": 10.0, "muscle_uptake": 40.0,
    "weight": 95.0, "fat_mass": 36.0, "liver_fat": 9.0, "muscle_lipid": 10.0,
}  # fmt: skip


def course(factor):
    """A life in which everything goes on by a factor in a day."""
    days = list(trials.DAYS)
    return pd.DataFrame(
        [{"day": float(d)} | {k: v * (1.0 + factor * d) for k, v in SEEN.items()} for d in days]
    )


@pytest.fixture
def found():
    """What lives may have shown."""
    found = Found(tables={"remedy": course(0.0).assign(rule="", level="zero")})
    for rule in ("metformin", "anti_tnf"):
        parts = [course(0.01 * k).assign(rule=rule, level=level) for k, level in enumerate(trials.LEVELS, 1)]
        found.tables[f"remedy {rule}"] = pd.concat(parts, ignore_index=True)
    for driver, loss in (("", 0.5), ("inflammation", 0.4), ("all four", 0.0)):
        for name, value in (("lean", 1.0), ("obese", 1.0 - loss)):
            found.add(
                name, f"driver {driver}", {"rd": 40.0 * value, "muscle_akt": 1.0 - 0.01 * (value < 1.0)}
            )
    gaps = pd.DataFrame(
        [
            ("m_value", -50.0, -1.0, 20.0),
            ("liver_fat", 90.0, 5.0, 60.0),
            ("fat macrophages", 800.0, -15.0, 4.0),
        ],
        columns=["quantity", "start", "end", "days"],
    )
    found.tables["gaps obese"] = gaps
    found.add("lean", "dose", {"rd_ec50": 300.0, "egp_ic50": 150.0, "lipolysis_ic50": 75.0})
    found.add("obese_t2d", "trial very low calorie diet", {
        "egp_suppression_change_7": 30.0, "egp_suppression_change_56": 40.0,
        "muscle_uptake_change_7": 10.0, "muscle_uptake_change_56": 50.0,
    })  # fmt: skip
    report.derive(found)
    return found


def test_a_driver_without_which_a_loss_is_gone_explains_all_of_it(found):
    shares = found.test("obese", "drivers")
    assert shares["inflammation: rd"] == pytest.approx(20.0)
    assert shares["all four: rd"] == pytest.approx(100.0)


def test_a_loss_too_small_is_not_shared_out(found):
    table = report.driver_table(found)
    assert table.loc[table["key"] == "muscle_akt", "share"].isna().all()
    assert not table["loss"].isna().any()


def test_a_remedy_is_compared_with_the_same_day_without_it(found):
    numbers = found.test("obese_t2d", "remedy metformin")
    assert numbers["m_value_usual_28"] == pytest.approx(28.0)
    assert numbers["m_value_high_7"] == pytest.approx(14.0)
    assert numbers["egp_suppression_usual_28"] == pytest.approx(0.28 * 40.0)
    assert found.test("obese_t2d", "remedy none")["m_value"] == pytest.approx(0.0)


def test_the_largest_gap_and_the_share_that_met_are_told(found):
    numbers = found.test("obese", "starts")
    assert numbers["largest_gap"] == 5.0
    assert numbers["met"] == 50.0
    assert numbers["gap m_value"] == -1.0


def test_liver_before_muscle_is_a_positive_lead(found):
    numbers = found.test("obese_t2d", "structure")
    assert numbers["liver_by_week_1"] == pytest.approx(75.0)
    assert numbers["muscle_by_week_1"] == pytest.approx(20.0)
    assert numbers["liver_ahead"] == pytest.approx(55.0)
    assert found.test("lean", "structure")["muscle_over_liver"] == pytest.approx(2.0)


@pytest.mark.parametrize(
    "key", [("obese_t2d", "remedy anti_tnf"), ("obese_t2d", "remedy none"), ("obese", "starts")]
)
def test_targets_of_lives_ask_for_what_is_found(found, key):
    compared = compare(targets(), found.numbers)
    rows = compared[(compared["phenotype"] == key[0]) & (compared["test"] == key[1])]
    assert len(rows)
    assert (rows["verdict"] != "not run").all()


def test_every_trial_that_a_target_asks_for_is_planned(found):
    asked = {test for test in targets()["test"] if test.startswith("trial ")}
    planned = {
        job.label.replace("trial: ", "trial ")
        for job in plan(["trials"], ["lean", "obese", "obese_t2d"], 1, None)
    }
    assert asked <= planned


def test_changes_asked_of_a_trial_are_of_days_on_which_it_is_looked_at():
    rows = targets()
    for _, row in rows[rows["test"].str.startswith("trial ")].iterrows():
        trial = trials.published_trials()[row["test"].removeprefix("trial ")]
        assert row["quantity"].rpartition("_")[2] in trial.days.split()
        assert row["phenotype"] == trial.phenotype


def test_only_bodies_that_are_asked_for_are_planned():
    labels = [job.label for job in plan(["drivers", "remedies", "starts", "trials"], ["lean"], 1, None)]
    assert labels == ["trial: inactivity", *[label for label in labels if label.endswith("of all drivers")]]
    assert len(labels) == 1 + 6


def test_tables_and_figures_show_what_was_run(found):
    assert list(report.tables("drivers", found)) == [
        "obese: loss against lean, and the share of it that goes without a driver [%]"
    ]
    remedies = next(iter(report.tables("remedies by dose", found).values()))
    assert remedies["remedy"].tolist() == ["Etanercept", "Etanercept", "Metformin", "Metformin"]
    assert remedies["dose"].tolist()[:2] == ["50 mg a week", "100 mg a week"]
    assert list(report.tables("opposite starts", found)) == ["obese, from the cells of lean and obese_t2d"]
    assert set(report.figures(found)) == {"drivers", "remedies by dose", "remedies over days"}
    assert not report.figures(Found())
