"""Selecting subjects: two rounds, what is predicted of bodies that have not settled, and who is taken."""

import numpy as np
import pytest

from insulattice.runs.study.schema import Population
from insulattice.runs.study.selection import (
    inputs_of,
    predicted_nearest,
    ridge,
    rounds,
    select,
    wanted_outputs,
)
from insulattice.runs.study.subjects import GENES, draw_subjects

PATIENTS = Population(phenotype="obese_t2d", fasting_glucose_mM=11.0)
WANTED = {"fasting_glucose_mM": 11.0}


def by_rule(subjects):
    """Outputs that follow from beta cells and fat alone."""
    return [
        {
            "fasting_glucose_mM": 6.0 / subject.phenotype.beta_cell_ceiling,
            "liver_fat_percent": 0.2 * subject.phenotype.fat_mass,
        }
        for subject in subjects
    ]


# ---- rounds ---------------------------------------------------------------------------------------------------------


def test_only_wanted_outputs_make_a_second_round():
    assert rounds(8, {}) == (8, 0, 8)
    assert rounds(8, WANTED) == (12, 12, 332)


def test_few_subjects_are_chosen_among_enough():
    assert rounds(1, WANTED) == (4, 2, 104)
    assert rounds(2, WANTED) == (4, 3, 104)


def test_wanted_outputs_are_those_given():
    assert wanted_outputs(PATIENTS) == WANTED
    assert wanted_outputs(Population(phenotype="lean", bmi=22)) == {}


# ---- predicting -----------------------------------------------------------------------------------------------------


def test_inputs_are_logarithms_of_what_was_drawn():
    subjects = draw_subjects(PATIENTS, 1, 5)
    inputs = inputs_of(subjects)
    assert inputs.shape == (5, 6 + len(GENES))
    assert np.exp(inputs[3, 0]) == pytest.approx(subjects[3].phenotype.beta_cell_ceiling)
    assert np.exp(inputs[3, -1]) == pytest.approx(subjects[3].genes[-1][1])


def test_many_bodies_and_a_small_penalty_give_back_a_plane():
    inputs = inputs_of(draw_subjects(PATIENTS, 1, 40))
    slopes = np.linspace(-1.0, 1.0, 2 * inputs.shape[1]).reshape(-1, 2)
    outputs = 2.0 + inputs @ slopes
    assert ridge(inputs[:30], outputs[:30], inputs[30:], 1e-9) == pytest.approx(outputs[30:], abs=1e-6)


def test_a_large_penalty_predicts_the_mean():
    inputs = inputs_of(draw_subjects(PATIENTS, 1, 20))
    outputs = inputs[:, :1]
    guesses = ridge(inputs[:4], outputs[:4], inputs[4:], 1e9)
    assert guesses == pytest.approx(np.full((16, 1), outputs[:4].mean()), abs=1e-6)


def test_an_input_in_which_nobody_differs_predicts_nothing():
    inputs = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    assert ridge(inputs[:2], inputs[:2, :1], inputs[2:], 1e-9) == pytest.approx(np.array([[2.0]]), abs=1e-6)


@pytest.mark.parametrize(
    "wanted", [{"fasting_glucose_mM": 11.0}, {"fasting_glucose_mM": 8.0, "liver_fat_percent": 10.0}]
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_those_predicted_nearest_are_nearer_than_those_that_came_first(wanted, seed):
    subjects = draw_subjects(PATIENTS, seed, 332)
    first, pool = subjects[:12], subjects[12:]
    chosen = predicted_nearest(pool, first, by_rule(first), wanted, 12)

    def missed(people):
        logs = [[np.log(one[name] / value) for name, value in wanted.items()] for one in by_rule(people)]
        return np.median(np.abs(logs).max(axis=1))

    assert missed(chosen) < 0.6 * missed(first)
    assert [subject.number for subject in chosen] == sorted(subject.number for subject in chosen)


def test_without_a_body_that_settled_the_next_are_taken():
    subjects = draw_subjects(PATIENTS, 1, 9)
    assert predicted_nearest(subjects[4:], [], [], WANTED, 3) == subjects[4:7]


def test_one_body_alone_tells_nothing_of_the_others():
    subjects = draw_subjects(PATIENTS, 1, 9)
    assert predicted_nearest(subjects[4:], subjects[:1], by_rule(subjects[:1]), WANTED, 3) == subjects[4:7]


# ---- selecting ------------------------------------------------------------------------------------------------------


def test_the_nearest_are_taken_in_their_order():
    found = [{"fasting_glucose_mM": level} for level in (7.0, 12.0, 9.0, 8.8)]
    assert select(found, {"fasting_glucose_mM": 9.0}, 2, 104) == ([2, 3], "")


def test_where_nothing_settled_nobody_is_taken():
    assert select([], WANTED, 2, 104) == ([], "")


def test_too_few_that_match_are_said_and_taken_all_the_same():
    found = [{"fasting_glucose_mM": level} for level in (5.0, 6.0, 9.0)]
    taken, note = select(found, {"fasting_glucose_mM": 9.0}, 2, 104)
    assert taken == [1, 2]
    assert note == (
        "1 of 2 subjects match fasting_glucose_mM 9 (taken: mean 7.5); the nearest of 3 that settled, among 104 "
        "drawn, are taken"
    )
