"""Virtual subjects: drawn by keys, narrowed by inputs."""

import csv
from math import log, log1p

import numpy as np
import pytest

from insulattice.environment import find_phenotype
from insulattice.environment.body import read_parameters
from insulattice.runs.study import subjects
from insulattice.runs.study.schema import Population
from insulattice.runs.study.subjects import (
    DATA,
    GENES,
    draw_subject,
    draw_subjects,
    gene_values,
    outputs_of,
    spreads,
)

MANY = 60


def drawn(**population):
    """Inputs of many subjects."""
    given = Population(**({"phenotype": "obese"} | population))
    return [draw_subject(given, 1, number).phenotype for number in range(MANY)]


def bmi(inputs):
    """[kg/m2]."""
    return inputs.weight / inputs.height**2


@pytest.mark.parametrize("name", ["subject_spread.csv", "subject_relations.csv"])
def test_every_number_has_a_unit_a_kind_and_a_source(name):
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert row["unit"]
            assert row["kind"] in {"measured", "derived", "fitted", "assumed"}
            assert (
                row["source"] == "assumed" if row["kind"] == "assumed" else row["source"].startswith("doi:")
            )


def test_a_subject_is_the_same_whoever_else_is_drawn():
    few, many = (draw_subjects(Population(phenotype="lean"), 1, number) for number in (2, 5))
    assert few == many[:2]
    assert draw_subject(Population(phenotype="lean"), 2, 0) != few[0]
    assert len({subject.seed for subject in many}) == 5


def test_two_subjects_are_opposite_draws():
    one, other = draw_subjects(Population(phenotype="lean"), 1, 2)
    base = find_phenotype("lean")
    assert one.phenotype.height - base.height == pytest.approx(base.height - other.phenotype.height)
    for (name, mine), (_, theirs) in zip(one.genes, other.genes, strict=True):
        assert log(mine * theirs) == pytest.approx(-log1p(spreads()[name].spread ** 2))


def test_inputs_that_are_not_given_are_drawn_alike_beside_those_that_are():
    plain, narrow = drawn(), drawn(age=60)
    assert [one.height for one in plain] == [one.height for one in narrow]


def test_subjects_spread_around_their_phenotype():
    base, found = find_phenotype("obese"), drawn()
    for value in (bmi, lambda inputs: inputs.height, lambda inputs: inputs.fat_mass / inputs.weight):
        values = [value(inputs) for inputs in found]
        assert np.mean(values) == pytest.approx(value(base), rel=0.05)
        assert np.std(values) > 0.02 * value(base)


@pytest.mark.parametrize(
    ("key", "value", "of"),
    [
        ("bmi", 42.0, bmi),
        ("body_mass_kg", 120.0, lambda inputs: inputs.weight),
        ("fat_mass_kg", 50.0, lambda inputs: inputs.fat_mass),
        ("lean_mass_kg", 70.0, lambda inputs: inputs.lean_mass),
        ("age", 70.0, lambda inputs: inputs.age),
        ("activity", 1.2, lambda inputs: inputs.activity),
    ],
)
def test_a_given_input_narrows_the_draw_around_it(key, value, of):
    values = [of(inputs) for inputs in drawn(**{key: value})]
    assert np.mean(values) == pytest.approx(value, rel=0.03)
    assert 0.0 < np.std(values) < 0.1 * value


def test_mass_and_index_together_give_the_height():
    found = drawn(bmi=30.0, body_mass_kg=100.0)
    assert np.mean([inputs.height for inputs in found]) == pytest.approx((100.0 / 30.0) ** 0.5, rel=0.02)


def test_women_have_more_fat_and_are_smaller():
    women, men = drawn(sex="female", bmi=30.0), drawn(sex="male", bmi=30.0)
    share = [np.mean([inputs.fat_mass / inputs.weight for inputs in people]) for people in (women, men)]
    assert share[0] - share[1] == pytest.approx(0.108, abs=0.02)
    assert np.mean([inputs.height for inputs in women]) < np.mean([inputs.height for inputs in men]) - 0.1


def test_extreme_people_can_be_drawn():
    for inputs in drawn(phenotype="obese", bmi=60, sex="female") + drawn(
        phenotype="lean", bmi=16, sex="male"
    ):
        assert inputs.lean_mass > 20.0
        assert inputs.fat_mass > 1.0


def test_genes_change_each_row_of_a_parameter_by_its_own_value():
    table, factors = read_parameters(), dict.fromkeys(GENES, 1.1)
    values = gene_values(tuple(factors.items()))
    changed = table.with_values(values)
    for row in table:
        factor = 1.1 if row.name in GENES and row.kind != "start" else 1.0
        assert changed.get(row.name, row.cell_type).value == pytest.approx(factor * row.value)


def test_draws_stay_in_the_range_of_their_table():
    row = spreads()["activity"]
    assert all(row.low <= inputs.activity <= row.high for inputs in drawn(activity=0.1))


# ---- bodies ---------------------------------------------------------------------------------------------------------


def test_outputs_are_those_of_the_body(lean_body):
    found = outputs_of(lean_body)
    assert found["fasting_glucose_mM"] == lean_body.blood.level["glucose"]
    assert 0.0 < found["liver_fat_percent"] < 30.0
    assert found["muscle_lipid"] == pytest.approx(1.0, abs=0.2)


@pytest.fixture
def made(monkeypatch):
    """What a body is made of, and like which other it settles; nothing lives."""
    made = {}
    monkeypatch.setattr(subjects, "representative_beta_cells", lambda phenotype, values: (0.5, 0.8))
    monkeypatch.setattr(subjects, "representative", lambda *given: given)
    monkeypatch.setattr(subjects, "Body", lambda inputs, **options: made.update(options, inputs=inputs))
    monkeypatch.setattr(subjects, "settle", lambda body, alike: made.update(alike=alike))
    return made


def test_a_subject_is_a_body_of_its_own_that_begins_like_that_of_its_phenotype(made):
    subject = draw_subject(Population(phenotype="obese_t2d"), 1, 0)
    subject.body(cells=99)
    assert made["inputs"].known_beta_cells == subjects.beta_cells_of(subject)
    assert (made["cells"], made["seed"]) == (99, subject.seed)
    assert made["alike"] == ("obese_t2d", 99, ())


@pytest.mark.parametrize(("reached", "power"), [(1.0, 1.0), (1.2, 1.0), (0.5, 0.5), (0.01, 0.01)])
def test_beta_cells_go_with_their_ceiling_as_far_as_it_limits_them(monkeypatch, reached, power):
    usual = find_phenotype("obese_t2d").beta_cell_ceiling
    mass = reached * usual
    monkeypatch.setattr(subjects, "representative_beta_cells", lambda phenotype, values: (mass, 0.8))
    subject = draw_subject(Population(phenotype="obese_t2d"), 1, 0)
    ratio = subject.phenotype.beta_cell_ceiling / usual
    assert abs(ratio - 1.0) > 0.01
    assert subjects.beta_cells_of(subject) == (pytest.approx(mass * ratio**power), 0.8)


def test_other_values_of_parameters_change_the_body_and_not_who_is_drawn(made):
    (usual,) = draw_subjects(Population(phenotype="lean"), 1, 1)
    (other,) = draw_subjects(Population(phenotype="lean"), 1, 1, (("lipolysis_max", 0.06),))
    assert (other.phenotype, other.seed, other.genes) == (usual.phenotype, usual.seed, usual.genes)
    other.body()
    gene = dict(other.genes)["lipolysis_max"]
    assert made["parameters"].get("lipolysis_max").value == pytest.approx(0.06 * gene)
    usual.body()
    assert (
        made["parameters"].fingerprint()
        == read_parameters().with_values(gene_values(usual.genes)).fingerprint()
    )
