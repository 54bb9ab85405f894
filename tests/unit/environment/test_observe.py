"""What is read from a body."""

import pytest

from insulattice.environment.observe import observe, observe_blood, unit_of


@pytest.fixture(scope="module")
def body(lean_body):
    living = lean_body.branch()
    living.step()
    return living


def test_everything_observed_has_a_unit_and_is_a_number(body):
    for (compartment, quantity), value in observe(body).items():
        assert unit_of(compartment, quantity)
        assert isinstance(value, float)
        assert value == value, (compartment, quantity)


def test_the_quantities_that_studies_name_are_there(body):
    found = set(observe(body))
    blood = ("glucose", "insulin", "ffa", "glycerol", "tnf", "il6", "adiponectin", "triglyceride")
    whole = ("egp", "rd", "gir", "lipolysis", "ra_meal", "insulin_secretion", "insulin_clearance", "glucose_clearance",
             "gluconeogenesis", "body_mass")  # fmt: skip
    cells = (
        "irs1_tyr",
        "akt",
        "pi3k",
        "glut4",
        "dag",
        "ceramide",
        "pkc",
        "jnk",
        "ikk",
        "ikb",
        "ros",
        "mitochondria",
        "uptake",
    )
    expected = {("blood", name) for name in blood} | {("body", name) for name in whole}
    expected |= {(tissue, name) for tissue in ("muscle", "fat", "liver") for name in cells}
    expected -= {("liver", "glut4")}  # liver cells have none
    expected |= {("fat", "diameter"), ("fat", "macrophages"), ("fat", "er_stress"), ("liver", "triglyceride"),
                 ("liver", "liver_fat"), ("muscle", "muscle_lipid")}  # fmt: skip
    assert expected <= found


def test_disposal_is_the_sum_of_the_organs(body):
    found = observe_blood(body)
    organs = [value for (_, quantity), value in found.items() if quantity == "glucose_uptake"]
    assert found["body", "rd"] == pytest.approx(sum(organs), rel=1e-12)


def test_what_organs_use_is_what_was_booked_for_the_minute_lived(body):
    living = body.branch()
    living.flows |= {"brain use": 0.25, "urine use": 0.5}
    found, kg = observe_blood(living), living.anatomy.weight
    assert found["brain", "glucose_uptake"] == 1e3 * 0.25 / kg
    assert found["body", "glucose_excretion"] == 1e3 * 0.5 / kg


def test_uptake_per_tissue_and_per_body_agree(body):
    found = observe(body)
    for name, compartment in body.compartments.items():
        per_body = found[name, "glucose_uptake"] * body.anatomy.weight / compartment.kg
        assert found[name, "uptake"] == pytest.approx(per_body, rel=0.1)


def test_looking_changes_nothing(body):
    one, other = body.branch(), body.branch()
    for _ in range(3):
        observe(one)
        one.step()
        other.step()
    assert observe(one) == observe(other)
