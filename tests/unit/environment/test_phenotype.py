"""Phenotypes: inputs of a body, nothing that it should find by itself."""

import dataclasses

import pytest

from insulattice.environment import find_phenotype, read_phenotypes

NAMES = ("lean", "obese", "prediabetic", "lean_t2d", "obese_t2d")
INPUTS = {"height", "lean_mass", "fat_mass", "adipocyte_number", "activity", "beta_cell_capacity", "age",
          "carbohydrate_g", "fat_g", "protein_g"}  # fmt: skip


def test_there_are_five_phenotypes():
    assert tuple(read_phenotypes()) == NAMES


def test_a_phenotype_is_inputs_only():
    fields = {field.name for field in dataclasses.fields(find_phenotype("lean"))}
    assert fields == INPUTS | {"name", "text"}


@pytest.mark.parametrize(("name", "low", "high"), [
    ("lean", 20, 25), ("obese", 30, 38), ("prediabetic", 28, 34), ("lean_t2d", 20, 27), ("obese_t2d", 30, 38),
])  # fmt: skip
def test_body_mass_index_is_what_the_name_says(name, low, high):
    assert low < find_phenotype(name).bmi < high


def test_the_text_names_the_body_mass_index():
    for phenotype in read_phenotypes().values():
        assert float(phenotype.text.rpartition("BMI ")[2]) == pytest.approx(phenotype.bmi, abs=1.0)


def test_diabetics_have_less_beta_cell_capacity_than_others_of_their_weight():
    capacity = {name: phenotype.beta_cell_capacity for name, phenotype in read_phenotypes().items()}
    assert capacity["lean_t2d"] < capacity["lean"]
    assert capacity["obese_t2d"] < capacity["prediabetic"] < capacity["obese"]


def test_an_unknown_phenotype_is_answered_with_the_nearest_name():
    with pytest.raises(ValueError, match=r"no phenotype is called 'obses'.*obese"):
        find_phenotype("obses")


@pytest.mark.parametrize("value", [0.0, -3.0, float("nan"), float("inf")])
def test_an_input_must_be_a_number_above_zero(value):
    with pytest.raises(ValueError, match=r"fat_mass of 'lean' is .*, allowed: a number above 0"):
        dataclasses.replace(find_phenotype("lean"), fat_mass=value)


def test_a_phenotype_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        find_phenotype("lean").fat_mass = 3.0
