"""A film: one figure that changes, colours that keep their meaning, plasma as it was until then."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from insulattice.analysis.film import Film, Script, clock


def cells(level: float, macrophages: int = 1) -> pd.DataFrame:
    """Muscle of 2 x 2 cells, and fat of 2 x 1 with macrophages that lack the state."""
    rows = [("myocyte", "muscle", x, y, level + 0.01 * x) for x in (30.0, 90.0) for y in (30.0, 90.0)]
    rows += [("adipocyte", "fat", x, 40.0, level) for x in (40.0, 120.0)]
    rows += [("macrophage", "fat", 40.0, 40.0, np.nan)] * macrophages
    rows += [("hepatocyte", "liver", 10.0 + 20.0 * i, 10.0, np.nan) for i in range(4)]
    return pd.DataFrame(rows, columns=["type", "compartment", "x", "y", "glut4_surface"])


def script(**changed) -> Script:
    """Three frames of a rise."""
    times = np.arange(21.0)
    plasma = pd.concat(
        pd.DataFrame(
            {"time": times, "compartment": "blood", "quantity": name, "value": level + times, "unit": unit}
        )
        for name, level, unit in (("glucose", 5.0, "mM"), ("insulin", 60.0, "pM"), ("ffa", 0.5, "mM"))
    )
    units = {"muscle": "1", "fat": "1"}
    frames = [cells(0.1), cells(0.4, 2), cells(0.9)]
    made = Script([0.0, 10.0, 20.0], frames, plasma, "glut4_surface", units, "Lean: clamp")
    return made._replace(**changed)


def texts(film: Film) -> str:
    """Everything that is written on the figure."""
    return " | ".join(text.get_text() for text in film.figure.findobj(lambda part: hasattr(part, "get_text")))


def picture(film: Film, number: int) -> np.ndarray:
    """The pixels of a frame."""
    stream = io.BytesIO()
    film.show(number).savefig(stream, format="png", dpi=50)
    return np.asarray(Image.open(stream).convert("L"), int)


def test_a_frame_shows_clock_tissues_and_units():
    film = Film(script())
    film.show(1)
    shown = texts(film)
    assert "Lean: clamp" in shown and "0 h 10 min" in shown
    assert "Muscle: 4 cells" in shown and "Fat: 2 cells, 2 macrophages (dots)" in shown
    assert "GLUT4 at the surface [1]" in shown and "not followed here" in shown
    assert "mM" in shown and "pM" in shown


def test_colours_keep_their_meaning_from_frame_to_frame():
    film = Film(script())
    limits = [(film.show(number), film.tissues[0].picture.get_clim())[1] for number in range(len(film))]
    assert len(set(limits)) == 1
    assert limits[0][0] < 0.5 and limits[0][1] > 1.7  # of the first and of the last frame
    first, last = picture(film, 0), picture(film, 2)
    assert first.shape == last.shape
    assert np.abs(first - last).max() > 50


def test_plasma_is_drawn_until_now():
    film = Film(script())
    film.show(1)
    glucose = film.curves[0]
    assert glucose.line.get_xdata()[-1] == 10.0
    assert glucose.now.get_ydata() == [15.0]


def test_a_frame_can_be_shown_again():
    film = Film(script())
    before = picture(film, 0)
    picture(film, 2)
    np.testing.assert_array_equal(picture(film, 0), before)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"frames": []}, "0 frames at 3 times, allowed: one or more, as many"),
        ({"times": [0.0]}, "3 frames at 1 times"),
        ({"state": "dag"}, "a table of cells has no column 'dag'"),
    ],
)
def test_what_is_no_film_says_why(changed, message):
    with pytest.raises(ValueError, match=message):
        Film(script(**changed))


def test_a_clock_shows_hours_and_minutes():
    assert [clock(minute) for minute in (0.0, 65.0, 1440.0)] == ["0 h 00 min", "1 h 05 min", "24 h 00 min"]
