"""Cohorts: who is drawn, who gets what, and cells as AnnData."""

import pandas as pd
import pytest

from insulattice.environment import RULES, read_rule
from insulattice.runs.export.anndata_export import parts_of, to_anndata
from insulattice.runs.sweeping.cohort import CohortExperiment, trial_points
from insulattice.runs.sweeping.cohort_command import repr_of

ARMS = (("control", ()), ("drug", ("metformin",)))


def test_arms_of_a_parallel_trial_are_equal_in_size_and_dealt_by_the_seed():
    points = trial_points(["control", "drug"], 20, "parallel", seed=1)
    assert [point["subject"] for point in points] == list(range(20))
    arms = [point["arm"] for point in points]
    assert arms.count("control") == arms.count("drug") == 10
    assert points == trial_points(["control", "drug"], 20, "parallel", seed=1)
    assert points != trial_points(["control", "drug"], 20, "parallel", seed=2)


def test_in_a_crossover_each_subject_is_in_every_arm_and_settles_once():
    points = trial_points(["control", "drug"], 3, "crossover", seed=1)
    assert len(points) == 6
    experiment = CohortExperiment("lean", (), ARMS, 7.0)
    assert (
        experiment.shared(points[0], 1) == experiment.shared(points[1], 1) != experiment.shared(points[2], 1)
    )


@pytest.mark.parametrize(
    ("design", "number", "said"), [("paralel", 9, "parallel"), ("parallel", 3, "4 or more")]
)
def test_a_trial_that_cannot_be_says_what_is_allowed(design, number, said):
    with pytest.raises(ValueError, match=said):
        trial_points(["control", "drug"], number, design, 1)


@pytest.mark.parametrize(
    ("people", "days", "said"),
    [((("bmi", 3.0),), 7.0, "bmi is 3"), ((("sex", "x"),), 7.0, "sex is 'x'"), ((), 0.0, "days is 0")],
)
def test_people_that_cannot_be_say_what_is_allowed(people, days, said):
    with pytest.raises(ValueError, match=said):
        CohortExperiment("lean", people, ARMS, days).check_all()


def test_a_rule_in_words_is_the_same_rule():
    for name in ("metformin", "exercise", "calorie_restriction", "thiazolidinedione"):
        rule = read_rule(f"{name} start_day=2") if name in RULES else None
        assert rule is None or read_rule(repr_of(rule)) == rule


CELLS = pd.DataFrame(
    {"id": [0, 1], "type": ["myocyte", "adipocyte"], "compartment": ["muscle", "fat"], "x": [1.0, 2.0], "y": [3.0, 4.0],
     "akt": [0.5, 0.6], "lipid": [float("nan"), 2.0]}
)  # fmt: skip


def test_cells_split_into_what_they_are_and_their_states():
    obs, states = parts_of(CELLS)
    assert list(states.columns) == ["akt", "lipid"] and list(obs.columns) == ["id", "type", "compartment"]
    assert isinstance(obs["type"].dtype, pd.CategoricalDtype) and obs.index.tolist() == ["cell0", "cell1"]


def test_a_table_that_is_none_of_cells_is_refused():
    with pytest.raises(ValueError, match="no column type"):
        to_anndata(pd.DataFrame({"akt": [1.0]}))
