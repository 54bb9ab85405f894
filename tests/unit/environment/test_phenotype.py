"""Phenotypes: inputs of a body, nothing that it should find by itself."""

import dataclasses

import pytest

from insulattice.environment import find_phenotype, phenotype, read_phenotypes

NAMES = ("lean", "obese", "prediabetic", "lean_t2d", "obese_t2d")
INPUTS = {"height", "young_lean_mass", "young_fat_mass", "adipocyte_number", "activity", "beta_cell_ceiling", "age",
          "intake", "carbohydrate_share", "fat_share", "protein_share"}  # fmt: skip
KNOWN = {"known_lean_mass", "known_fat_mass", "known_beta_cells"}


def mass_index(inputs):
    """[kg/m2]."""
    return inputs.weight / inputs.height**2


def test_there_are_five_phenotypes():
    assert tuple(read_phenotypes()) == NAMES


def test_a_phenotype_is_inputs_only():
    fields = {field.name for field in dataclasses.fields(find_phenotype("lean"))}
    assert fields == INPUTS | KNOWN | {"name", "text"}


@pytest.mark.parametrize(("name", "low", "high"), [
    ("lean", 20, 25), ("obese", 30, 38), ("prediabetic", 28, 34), ("lean_t2d", 20, 27), ("obese_t2d", 30, 38),
])  # fmt: skip
def test_body_mass_index_is_what_the_name_says(name, low, high):
    assert low < mass_index(find_phenotype(name)) < high


def test_the_text_names_the_body_mass_index():
    for inputs in read_phenotypes().values():
        assert float(inputs.text.rpartition("BMI ")[2]) == pytest.approx(mass_index(inputs), abs=1.0)


def test_diabetics_have_a_lower_beta_cell_ceiling_than_others_of_their_weight():
    capacity = {name: inputs.beta_cell_ceiling for name, inputs in read_phenotypes().items()}
    assert capacity["lean_t2d"] < capacity["lean"]
    assert capacity["obese_t2d"] < capacity["prediabetic"] < capacity["obese"]


def test_an_unknown_phenotype_is_answered_with_the_nearest_name():
    with pytest.raises(ValueError, match=r"no phenotype is called 'obses'.*obese"):
        find_phenotype("obses")


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Read a file of phenotypes in which some text is replaced; give what is said of it."""

    def read(old, new):
        text = phenotype.PHENOTYPES_FILE.read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "phenotypes.toml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        monkeypatch.setattr(phenotype, "PHENOTYPES_FILE", path)
        with pytest.raises(ValueError) as refused:
            read_phenotypes()
        return str(refused.value)

    read_phenotypes.cache_clear()
    yield read
    read_phenotypes.cache_clear()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("age = 32", "aeg = 32", "phenotype 'lean' has an unknown key 'aeg'. Did you mean age?"),
        ("age = 40", "", "phenotype 'obese' lacks the key 'age'; it needs text, height, young_lean_mass"),
        ("age = 32", "age = 'old'", "age of 'lean' is old, allowed: a number above 0"),
        ("age = 32", "age = -1", "age of 'lean' is -1, allowed: a number above 0"),
        ("[lean]", "thin = 3\n[lean]", "'thin' is 3, allowed: a section [thin] of text, height"),
        ('text = "lean', "text = 3 # ", "text of 'lean' is 3, allowed: words"),
        ("age = 32", "age = ", "Invalid value (at line"),
        ("[lean]", "[lean", "(at line"),
    ],
)
def test_a_wrong_file_is_told_with_its_name_the_phenotype_and_the_key(read, old, new, message):
    said = read(old, new)
    assert "phenotypes.toml: " in said
    assert message in said
    assert "\n" not in said


@pytest.mark.parametrize("value", [0.0, -3.0, float("nan"), float("inf")])
def test_an_input_must_be_a_number_above_zero(value):
    with pytest.raises(ValueError, match=r"young_fat_mass of 'lean' is .*, allowed: a number above 0"):
        dataclasses.replace(find_phenotype("lean"), young_fat_mass=value)


def test_a_phenotype_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        find_phenotype("lean").fat_mass = 3.0


def test_who_eats_more_from_youth_on_grows_fatter():
    lean = find_phenotype("lean")
    eats_more = tuple((age, 1.15 * kcal) for age, kcal in lean.intake)
    fed = dataclasses.replace(lean, intake=eats_more)
    assert fed.fat_mass > 1.5 * lean.fat_mass
    assert lean.lean_mass < fed.lean_mass < 1.2 * lean.lean_mass


@pytest.mark.parametrize("intake", [[], [[20, -5]], [[40, 2000], [20, 2000]], "much", [[20]]])
def test_an_intake_that_cannot_be_says_what_is_allowed(intake):
    with pytest.raises(ValueError, match=r"intake of 'lean' is .*, allowed: pairs of age"):
        dataclasses.replace(find_phenotype("lean"), intake=intake)


def test_a_known_body_stands_for_what_would_have_grown():
    known = dataclasses.replace(find_phenotype("lean"), known_fat_mass=17.0)
    assert known.fat_mass == 17.0
    assert known.lean_mass == find_phenotype("lean").lean_mass


def test_known_beta_cells_are_mass_and_function():
    body = dataclasses.replace(find_phenotype("obese_t2d"), known_beta_cells=[0.4, 0.9])
    assert body.known_beta_cells == (0.4, 0.9)


@pytest.mark.parametrize("wrong", [(0.4,), (0.0, 1.0), (1.0, float("nan")), 0.5, "ab"])
def test_known_beta_cells_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"known_beta_cells of 'lean' is .*, allowed: mass and function"):
        dataclasses.replace(find_phenotype("lean"), known_beta_cells=wrong)
