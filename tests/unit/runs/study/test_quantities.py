"""Quantities of studies: which there are, when they are read, and how they follow from what is observed."""

import pytest

from insulattice.environment.observe import observe_cells, unit_of
from insulattice.runs.study.life import look
from insulattice.runs.study.quantities import (
    QUANTITIES,
    Course,
    Reading,
    Span,
    cell_minutes,
    find_quantity,
    hba1c,
    mean_glucose,
    needed_minutes,
    read,
    span_of,
    summarised,
)

ASKED = {
    "glucose", "insulin", "ffa", "glycerol", "tnf", "il6", "adiponectin", "egp", "egp_suppression", "rd", "gir",
    "m_value", "lipolysis", "lipolysis_suppression", "ra_meal", "insulin_secretion", "insulin_clearance",
    "glucose_clearance", "gluconeogenesis", "triglyceride", "homa_ir", "matsuda", "adipo_ir", "hepatic_ir", "si", "sg",
    "air", "liver_fat", "muscle_lipid", "body_mass", "fat_mass", "hba1c", "fat.diameter", "fat.macrophages",
    "fat.er_stress", "liver.triglyceride",
}  # fmt: skip
IN_CELLS = {
    "irs1_tyr", "akt", "pi3k", "glut4", "dag", "ceramide", "pkc", "jnk", "ikk", "ikb", "ros", "mitochondria", "uptake",
}  # fmt: skip


def test_every_quantity_that_studies_may_ask_for_is_there():
    assert not ASKED - set(QUANTITIES)
    assert not {f"{tissue}.{name}" for tissue in ("muscle", "fat") for name in IN_CELLS} - set(QUANTITIES)
    assert {f"liver.{name}" for name in IN_CELLS} - set(QUANTITIES) == {
        "liver.glut4"
    }  # a hepatocyte has none


def test_what_is_read_of_a_body_is_observed_with_its_unit(lean_body):
    course = Course({0: look(lean_body)}, {0: observe_cells(lean_body)}, [(0.0, 5.0)], 8.0)
    for quantity in QUANTITIES.values():
        if not quantity.whole:
            assert quantity.at(course, 0) == quantity.at(course, 0), quantity.name
        if "." in quantity.name:
            assert quantity.unit == unit_of(*quantity.name.split("."))


def test_what_the_cells_of_a_tissue_lack_is_known_and_says_why():
    assert find_quantity("liver.glut4").missing == "liver.glut4 is not there: liver cells have no glut4"
    assert find_quantity("liver.glut4").unit == unit_of("liver", "glut4")
    assert find_quantity("muscle.glut4").missing == ""
    with pytest.raises(ValueError, match=r"no quantity is called 'liver\.diameter'"):
        find_quantity("liver.diameter")


def test_an_unknown_quantity_names_the_nearest():
    with pytest.raises(ValueError, match=r"no quantity is called 'homa'\. Did you mean homa_ir"):
        find_quantity("homa")


STEPS = [(0, 120), (120, 180)]


@pytest.mark.parametrize(
    ("reading", "ends", "span"),
    [
        (Reading("glucose"), [], Span(0, 0)),
        (Reading("rd"), STEPS, Span(90, 120)),
        (Reading("rd", step=2), STEPS, Span(150, 180)),
        (Reading("rd", at_minute=7), STEPS, Span(7, 7)),
        (Reading("rd", window=(5, 60), summary="peak"), STEPS, Span(5, 60, "peak")),
        (Reading("homa_ir"), STEPS, Span(0, 0)),
        (Reading("rd", step=1), [(0, 20)], Span(0, 20)),
    ],
)
def test_a_reading_has_its_time(reading, ends, span):
    assert span_of(reading, ends) == span


def test_cells_are_looked_at_where_they_are_read():
    assert cell_minutes(Span(7, 7)) == [7]
    assert cell_minutes(Span(90, 120)) == [100, 110, 120]
    assert cell_minutes(Span(95, 120, "auc")) == [95, 100, 110, 120]
    assert needed_minutes(Reading("muscle.akt", step=1), STEPS) == (120, {100, 110, 120})
    assert needed_minutes(Reading("matsuda"), []) == (120, set())


def a_course():
    """Glucose rises by 1 mM a minute, production falls; 80 kg, of which 60 are lean."""
    looks = {
        minute: {
            ("blood", "glucose"): 5.0 + minute,
            ("body", "egp"): 12.0 - 6.0 * (minute >= 2),
            ("body", "gir"): 10.0 * minute,
            ("body", "body_mass"): 80.0,
            ("body", "lean_mass"): 60.0,
        }
        for minute in range(5)
    }
    return Course(looks, {}, [(0.0, 7.0)], 8.0)


@pytest.mark.parametrize(
    ("reading", "value"),
    [
        (Reading("glucose"), 5.0),
        (Reading("glucose", at_minute=3), 8.0),
        (Reading("glucose", window=(0, 4)), 7.5),
        (Reading("glucose", window=(0, 4), summary="auc"), 28.0),
        (Reading("glucose", window=(1, 3), summary="peak"), 8.0),
        (Reading("glucose", window=(1, 3), summary="minimum"), 6.0),
        (Reading("egp", per_lean=True), 16.0),
        (Reading("glucose", per_lean=True), 5.0),
        (Reading("egp_suppression", at_minute=4), 50.0),
        (Reading("m_value", at_minute=2), 20.0 * 0.180156),
    ],
)
def test_what_is_read_follows_from_the_course(reading, value):
    assert read(a_course(), reading, []) == pytest.approx(value)


def test_a_mean_leaves_out_the_moment_before_its_window():
    assert summarised("mean", [1, 2, 3], [1.0, 2.0, 6.0]) == 3.0


def test_hba1c_follows_from_mean_glucose_as_published():
    assert hba1c(126.0 / 18.0156) == pytest.approx(6.0, abs=0.05)
    assert hba1c(212.0 / 18.0156) == pytest.approx(9.0, abs=0.05)


def test_half_of_hba1c_is_the_last_month():
    assert mean_glucose([(0.0, 7.0)]) == pytest.approx(7.0)
    assert mean_glucose([(-30.0, 10.0), (-29.0, 6.0), (0.0, 6.0)]) == pytest.approx(8.0, abs=0.05)
    assert mean_glucose([(-300.0, 10.0), (-299.0, 6.0), (0.0, 6.0)]) == pytest.approx(6.0, abs=0.01)
