"""The score card on a table that is small enough to be worked by hand."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from insulattice.analysis import score_card
from insulattice.analysis.score_card import (
    card,
    card_of_no_effect,
    gap,
    group_lines,
    score_lines,
    study_lines,
)
from insulattice.analysis.score_figures import distances, observed_against_predicted, shares_inside

HEAD = (
    "set",
    "study",
    "level",
    "tissue",
    "as",
    "observed",
    "observed_low",
    "observed_high",
    "predicted",
    "agrees",
    "z",
)
TABLE = (
    ("calibration", "a", "organ", "muscle", "percent_change", -20, -30, -10, -15, True, 1.0),
    ("calibration", "a", "organ", "liver", "percent_change", 30, 10, 50, -5, False, -3.5),
    ("calibration", "a", "body", "blood", "percent_change", 0, -15, 15, 10, True, 1.3),
    ("calibration", "b", "cell", "muscle", "ratio", 3, 2, 4, 1.8, False, -2.35),
    ("calibration", "b", "cell", "muscle", "value", 10, 9, 11, np.nan, False, np.nan),
    ("validation", "c", "organ", "muscle", "percent_change", 10, 5, 15, 12, True, 0.8),
    ("validation", "c", "organ", "liver", "percent_change", -40, -50, -30, -20, False, 3.9),
)  # fmt: skip


@pytest.fixture
def rows():
    """Five expectations for calibration, of which one failed, and two for validation."""
    return pd.DataFrame(TABLE, columns=list(HEAD))


@pytest.fixture
def calibration(rows):
    """The five."""
    return rows[rows["set"] == "calibration"]


def test_the_card_counts_what_failed_as_not_agreeing(calibration):
    found = card(calibration)
    assert (found.expectations, found.failed, found.inside) == (5, 1, 40.0)
    # Wilson: (0.4 + 0.384) / 1.768 = 0.443, and 1.96 sqrt(0.048 + 0.0384) / 1.768 = 0.326
    assert (found.inside_low, found.inside_high) == (
        pytest.approx(11.76, abs=0.01),
        pytest.approx(76.93, abs=0.01),
    )


def test_the_sign_is_that_of_effects_observed_as_some(calibration):
    assert card(calibration).right_sign == pytest.approx(
        200.0 / 3.0
    )  # of -20, 30 and the ratio 3; 0 has no sign


def test_the_median_distance_is_of_what_ran(calibration):
    assert card(calibration).median_z == pytest.approx(0.5 * (1.3 + 2.35))


def test_ranks_are_of_changes_in_percent_ratios_among_them(calibration):
    # observed -20, 30, 0, 200 and predicted -15, -5, 10, 80: ranks 1 3 2 4 and 1 2 3 4, so 1 - 6 * 2 / (4 * 15)
    assert card(calibration).rank_correlation == pytest.approx(0.8)


def test_ranks_need_three_pairs_that_differ():
    assert np.isnan(score_card.rank_correlation(np.array([1.0, 2.0]), np.array([1.0, 2.0])))
    assert np.isnan(score_card.rank_correlation(np.array([1.0, 1.0, 1.0]), np.array([1.0, 2.0, 3.0])))


def test_no_effect_is_scored_on_effects_alone(calibration):
    found = card_of_no_effect(calibration)
    assert (found.expectations, found.inside, found.right_sign) == (4, 25.0, 0.0)
    # 20, 30, 0 and 2 from none, half-widths 10, 20, 15 and 1: 3.92, 2.94, 0 and 3.92 standard errors
    assert found.median_z == pytest.approx(1.959964 * 0.5 * (1.5 + 2.0))
    assert np.isnan(found.rank_correlation)


def test_each_set_has_three_lines_and_the_gap_is_their_difference(rows):
    lines = score_lines(rows)
    assert lines["prediction"].tolist() == ["model", "model, effects alone", "no effect"] * 2
    assert lines["expectations"].tolist() == [5, 4, 4, 2, 2, 2]
    found = gap(lines)
    assert found["inside"] == pytest.approx(-10.0)
    assert found["right_sign"] == pytest.approx(-100.0 / 3.0)
    assert found["median_z"] == pytest.approx(1.825 - 2.35)
    assert np.isnan(found["rank_correlation"])


def test_one_set_alone_has_no_gap(calibration):
    assert gap(score_lines(calibration)) == {}


def test_groups_come_in_the_order_asked_for_and_empty_ones_are_left_out(rows):
    lines = group_lines(rows, "level", ("cell", "organ", "body", "challenge"))
    assert lines[["level", "set", "expectations", "effects"]].to_numpy().tolist() == [
        ["cell", "calibration", 2, 1],
        ["organ", "calibration", 2, 2],
        ["organ", "validation", 2, 2],
        ["body", "calibration", 1, 1],
    ]
    assert lines["no_effect"].tolist() == [0.0, 0.0, 0.0, 100.0]


def test_a_study_is_one_line(rows):
    lines = study_lines(rows).set_index("study")
    assert lines["agree"].to_dict() == {"a": 2, "b": 0, "c": 1}
    assert lines.loc["a", "median_z"] == 1.3
    assert lines.loc["a", "right_sign"] == 50.0


def test_a_wrong_sign_needs_an_interval_without_none(rows):
    assert score_card.wrong_signs(rows)["observed"].tolist() == [30]
    none = rows.assign(predicted=0.0)
    assert score_card.wrong_signs(none)["observed"].tolist() == [-20, 30, 3, 10, -40]


@pytest.mark.parametrize(
    ("kind", "observed", "low", "high", "predicted", "nothing"),
    [
        ("percent_change", 0, -15, 15, 15, True),
        ("percent_change", 0, -5, 5, 6, False),
        ("percent_change", 25, -10, 60, 20, False),  # the trial could not tell, but 20 % is something
        ("ratio", 1.0, 0.9, 1.1, 0.92, True),
        ("ratio", 1.2, 0.5, 1.9, 1.2, False),
        ("difference", 1, -1, 3, 1.5, True),
        ("difference", 1, -1, 3, np.nan, False),
    ],
)
def test_about_nothing_is_less_than_the_trial_could_tell(kind, observed, low, high, predicted, nothing):
    row = ("validation", "a", "body", "blood", kind, observed, low, high, predicted, False, 0.0)
    found = score_card.negative_trials(pd.DataFrame([row], columns=list(HEAD)))
    assert found["about_nothing"].tolist() == [nothing]


def test_values_and_clear_effects_are_no_negative_trials(rows):
    assert score_card.negative_trials(rows)["observed"].tolist() == [0]


# ---- figures --------------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(rows):
    """Rows with predicted intervals and labels, the failed one left out."""
    rows = rows[rows["predicted"].notna()]
    return rows.assign(
        predicted_low=rows["predicted"] - 1.0, predicted_high=rows["predicted"] + 1.0, label=rows["tissue"]
    )


def offsets(figure):
    """Every point that is drawn with a marker, by marker."""
    lines = [line for line in figure.axes[0].lines if line.get_marker() not in ("None", "")]
    return {str(line.get_marker()): len(line.get_xdata()) for line in lines}


def test_sets_differ_by_marker_and_values_are_left_out(shown):
    figure = observed_against_predicted(shown)
    assert offsets(figure) == {"o": 4, "D": 2}
    assert plt.get_fignums() == []


def test_a_set_looks_alike_without_the_other(shown):
    assert offsets(observed_against_predicted(shown[shown["set"] == "validation"])) == {"D": 2}


def test_distances_are_in_half_widths_and_far_ones_stand_at_the_edge(shown):
    shown.loc[shown.index[0], "predicted"] = 500.0
    figure = distances(shown)
    figure.draw_without_rendering()
    places = [line.get_xdata()[0] for line in figure.axes[0].lines if len(line.get_xdata()) == 1]
    assert places[:4] == [6.0, pytest.approx(-35.0 / 20.0), pytest.approx(10.0 / 15.0), pytest.approx(-1.2)]
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == shown["label"].tolist()


def test_shares_have_a_panel_for_each_way_to_group(rows):
    before = dict(mpl.rcParams)
    panels = {by: group_lines(rows, by, dict.fromkeys(rows[by])) for by in ("level", "tissue")}
    figure = shares_inside(panels, {"calibration": 80.0, "validation": 65.0})
    figure.draw_without_rendering()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["By level", "By tissue"]
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["Muscle", "Liver", "Blood"]
    assert dict(mpl.rcParams) == before
