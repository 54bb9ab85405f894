"""What can be seen of a tissue: pictures say what the arrays hold."""

import numpy as np
import pytest

from insulattice.analysis.mosaic import Fold
from insulattice.environment.body import Body
from insulattice.runs.canvas import TissueCanvas, as_sent
from insulattice.runs.look import FIRST, GREY, LAST, NOTHING, SIGNALS, Look, look_at, looks, palette


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
        pictures = look_at(body, look, {})
        assert [picture.name for picture in pictures] == ["Muscle", "Fat", "Liver"]
        for picture in pictures:
            assert len(picture.pixels) == picture.rows * picture.columns
            assert picture.low <= picture.high


def test_indices_stand_for_the_values_of_the_cells(body):
    muscle = body.compartments["muscle"]
    picture = look_at(body, Look("state", "receptor_total"), {})[0]
    fold = Fold.of(*muscle.grid.shape[1:])
    assert fold.strips == 1
    indices = image(picture).ravel()[: len(muscle.main)].astype(float)
    values = picture.low + (indices - FIRST) / (LAST - FIRST) * (picture.high - picture.low)
    expected = np.clip(muscle.main["receptor_total"], picture.low, picture.high)
    assert values == pytest.approx(expected, abs=0.51 * (picture.high - picture.low) / (LAST - FIRST))
    assert (image(picture).ravel()[len(muscle.main) :] == NOTHING).all()


def test_signals_are_those_of_the_mechanisms(body):
    picture = look_at(body, Look("signal", "akt_s473"), {})[2]
    akt = body.signals(body.compartments["liver"].main)["akt_s473"]
    assert picture.low == pytest.approx(np.quantile(akt, 0.01))
    assert picture.high == pytest.approx(np.quantile(akt, 0.99))


def test_what_a_tissue_does_not_have_is_grey(body):
    muscle, fat, _ = look_at(body, Look("state", "m1"), {})
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
    first = look_at(body, look, widest)[0]
    dag[:] = before * 2.0
    second = look_at(body, look, widest)[0]
    dag[:] = before
    third = look_at(body, look, widest)[0]
    assert (second.low, second.high) == (third.low, third.high)
    assert second.low <= first.low < first.high < second.high


def test_the_label_has_the_unit_of_the_tissue(body):
    assert {p.label for p in look_at(body, Look("state", "triglyceride"), {})} == {"Triglyceride [mmol/kg]"}
    assert look_at(body, Look("field", "insulin"), {})[0].label == "Insulin around the cell [nM]"
    assert look_at(body, Look("signal", "glucose_uptake"), {})[0].label == "Glucose uptake [mmol/kg/min]"


def test_the_palette_has_a_colour_for_each_index():
    table = np.frombuffer(palette(), np.uint8).reshape(256, 4)
    assert table[NOTHING, 3] == 0
    assert (table[GREY:, 3] == 255).all()
    assert len(np.unique(table[FIRST:], axis=0)) > 250


def test_the_widget_sends_what_it_is_given(body):
    sent = as_sent(7, look_at(body, Look("state", "dag"), {}))
    widget = TissueCanvas(picture=sent, palette=palette())
    assert widget.picture["number"] == 7
    assert [tissue["name"] for tissue in widget.picture["tissues"]] == ["Muscle", "Fat", "Liver"]
    widget.close()
