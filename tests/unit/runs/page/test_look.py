"""What can be seen of a tissue: pictures say what the arrays hold."""

import numpy as np
import pytest

from insulattice.analysis.mosaic import Fold
from insulattice.environment.body import Body
from insulattice.environment.debris import CROWN
from insulattice.runs.page.look import (
    FIRST,
    GREY,
    LAST,
    NOTHING,
    SIGNALS,
    STEPS_PER_SITE,
    Look,
    Marked,
    Sight,
    column_of,
    find_cell,
    look_at,
    looks,
    palette,
)
from insulattice.runs.page.maps import TissueMaps, as_sent


@pytest.fixture(scope="module")
def body() -> Body:
    """Return a small body in a plain state, a few minutes old."""
    body = Body("obese", cells=300, settle=False)
    for _ in range(5):
        body.step()
    return body


def image(picture) -> np.ndarray:
    """Return the indices of a picture as an array."""
    return np.frombuffer(picture.pixels, np.uint8).reshape(picture.rows, picture.columns)


def test_everything_that_can_be_looked_at_has_a_name_of_its_own(body):
    choice = looks(body)
    states = {
        state
        for c in body.compartments.values()
        for p in c.populations.values()
        for state in p.cell_type.composed.states
    }
    assert {look.name for look in choice.values() if look.kind == "state"} == states
    assert {look.name for look in choice.values() if look.kind == "signal"} == set(SIGNALS)
    assert choice["Insulin around the cell"] == Look("field", "insulin")


def test_every_look_gives_a_picture_of_each_tissue(body):
    for look in looks(body).values():
        pictures = look_at(Sight(body), look, {})
        assert [picture.name for picture in pictures] == ["Muscle", "Fat", "Liver"]
        for picture in pictures:
            assert len(picture.pixels) == picture.rows * picture.columns
            assert picture.low <= picture.high


def test_indices_stand_for_the_values_of_the_cells(body):
    muscle = body.compartments["muscle"]
    picture = look_at(Sight(body), Look("state", "receptor_total"), {})[0]
    fold = Fold.of(*muscle.grid.shape[1:])
    assert fold.strips == 1
    indices = image(picture).ravel()[: len(muscle.main)].astype(float)
    values = picture.low + (indices - FIRST) / (LAST - FIRST) * (picture.high - picture.low)
    expected = np.clip(muscle.main["receptor_total"], picture.low, picture.high)
    assert values == pytest.approx(expected, abs=0.51 * (picture.high - picture.low) / (LAST - FIRST))
    assert (image(picture).ravel()[len(muscle.main) :] == NOTHING).all()


def test_signals_are_those_of_the_mechanisms(body):
    picture = look_at(Sight(body), Look("signal", "akt_s473"), {})[2]
    akt = body.signals(body.compartments["liver"].main)["akt_s473"]
    assert picture.low == pytest.approx(np.quantile(akt, 0.01))
    assert picture.high == pytest.approx(np.quantile(akt, 0.99))


def test_what_a_tissue_does_not_have_is_grey(body):
    muscle, fat, _ = look_at(Sight(body), Look("state", "m1"), {})
    assert set(np.unique(image(muscle))) == {NOTHING, GREY} or set(np.unique(image(muscle))) == {GREY}
    assert muscle.low == muscle.high
    dots = np.frombuffer(fat.dots, "<u2").reshape(-1, 3)
    assert len(dots) == len(body.compartments["fat"].populations["macrophage"])
    assert (dots[:, 2] >= FIRST).all()
    assert (dots[:, 0] < fat.rows).all()
    assert (dots[:, 1] < fat.columns).all()


def test_colours_keep_their_meaning_while_values_widen(body):
    look, widest = Look("state", "dag"), {}
    dag = body.compartments["muscle"].main["dag"]
    before = dag.copy()
    first = look_at(Sight(body), look, widest)[0]
    dag[:] = before * 2.0
    second = look_at(Sight(body), look, widest)[0]
    dag[:] = before
    third = look_at(Sight(body), look, widest)[0]
    assert (second.low, second.high) == (third.low, third.high)
    assert second.low <= first.low < first.high < second.high


def test_the_label_has_the_unit_of_the_tissue(body):
    assert {p.label for p in look_at(Sight(body), Look("state", "triglyceride"), {})} == {
        "Triglyceride [mmol/kg]"
    }
    assert look_at(Sight(body), Look("field", "insulin"), {})[0].label == "Insulin around the cell [nM]"
    assert (
        look_at(Sight(body), Look("signal", "glucose_uptake"), {})[0].label == "Glucose uptake [mmol/kg/min]"
    )


def test_the_palette_has_a_colour_for_each_index():
    table = np.frombuffer(palette(), np.uint8).reshape(256, 4)
    assert table[NOTHING, 3] == 0
    assert (table[GREY:, 3] == 255).all()
    assert len(np.unique(table[FIRST:], axis=0)) > 250


AKT = Look("signal", "akt_s473")


@pytest.mark.parametrize("tissue", ["muscle", "fat", "liver"])
def test_the_cell_at_a_place_is_found_and_marked_there(body, tissue):
    cells = body.compartments[tissue].main
    marked = Marked(tissue, cells.cell_type.name, int(cells.ids[11]))
    picture = next(p for p in look_at(Sight(body), AKT, {}, "", marked) if p.name.lower() == tissue)
    found = find_cell(body, tissue, *picture.mark)
    assert found == marked or found.cell_type == "macrophage"
    assert column_of(body, marked) == 11
    assert all(p.mark == () for p in look_at(Sight(body), AKT, {}, "", marked) if p.name.lower() != tissue)


def test_no_cell_is_found_beside_the_cells_or_after_it_is_gone(body):
    assert find_cell(body, "muscle", 10_000, 0) is None
    assert find_cell(body, "muscle", 0, 10_000) is None
    assert column_of(body, Marked("fat", "macrophage", 10**9)) is None


def test_a_macrophage_is_found_before_the_cell_that_it_sits_on(body):
    fat = body.compartments["fat"]
    row, column = divmod(int(fat.populations["macrophage"].sites[0]), fat.grid.shape[2])
    assert find_cell(body, "fat", row, column).cell_type == "macrophage"


def test_lines_of_a_layer_run_where_the_field_has_their_level(body):
    liver = next(p for p in look_at(Sight(body), AKT, {}, "insulin") if p.name == "Liver")
    field = body.compartments["liver"].grid["insulin"]
    level = float(liver.levels.split(",")[0])
    line = np.frombuffer(liver.contours[0], "<i2").reshape(-1, 2) / STEPS_PER_SITE
    inside = line[(line[:, 0] < field.shape[1] - 1) & (line[:, 1] < min(liver.rows, field.shape[0]) - 1)]
    column, row = inside[0]
    corner = field[int(row) : int(row) + 2, int(column) : int(column) + 2]
    assert corner.min() * 0.98 <= level <= corner.max() * 1.02


def test_a_level_field_has_no_lines_and_says_so(body):
    field = body.compartments["muscle"].grid["glucose"]
    kept = field.copy()
    field[:] = 5.0
    muscle = look_at(Sight(body), AKT, {}, "glucose")[0]
    field[:] = kept
    assert (muscle.contours, muscle.levels) == ((), "5 mM everywhere")


def test_debris_among_macrophages_is_shown_as_a_crown(body):
    branch = body.branch()
    fat = branch.fat
    fat.populations["macrophage"].sites[:CROWN] = 25
    branch.turnover.debris.add(np.array([25]), np.array([1.0]), np.array([0.0]))
    picture = look_at(Sight(branch), AKT, {})[1]
    row, column = divmod(25, fat.grid.shape[2])
    assert np.frombuffer(picture.crowns, "<u2").tolist() == [row, column]
    assert "1 crown" in picture.spoken


def test_a_picture_is_told_in_words(body):
    muscle, fat, _ = look_at(Sight(body), AKT, {})
    median = np.median(body.signals(body.compartments["muscle"].main)["akt_s473"])
    assert muscle.spoken.startswith(f"Muscle, 120 cells coloured by Akt-S473: median {median:.3g}")
    assert "macrophages" in fat.spoken
    assert look_at(Sight(body), Look("state", "m1"), {})[0].spoken == "Muscle: M1 is not followed here"


def test_the_widget_sends_what_it_is_given(body):
    sent = as_sent(7, {"": look_at(Sight(body), Look("state", "dag"), {})})
    widget = TissueMaps(picture=sent, palette=palette())
    assert widget.picture["number"] == 7
    assert [tissue["name"] for tissue in widget.picture["sides"][0]["tissues"]] == ["Muscle", "Fat", "Liver"]
    widget.close()
