"""Figures of drivers, remedies, challenges and opposite starts: what is drawn is what the table says."""

import numpy as np
import pandas as pd
import pytest

from insulattice.analysis import lives


def drawn(figure):
    """Draw a figure, and return its visible panels that have an axis."""
    figure.canvas.draw()
    return [axes for axes in figure.axes if axes.get_visible() and axes.axison]


@pytest.fixture
def changes():
    """Three rules in three steps."""
    rows = [
        (title, "mg/day", step, quantity, k * factor)
        for title, factor in (("Metformin", 20.0), ("Vitamin", 0.1), ("Fast", 90.0))
        for quantity in ("M-value", "glucose")
        for k, step in enumerate(("0", "1000", "2000"))
    ]
    return pd.DataFrame(rows, columns=["title", "unit", "step", "quantity", "change"])


def test_shares_of_drivers_stand_in_their_cells_and_missing_ones_stay_empty():
    table = pd.DataFrame({
        "phenotype": ["obese"] * 4, "quantity": ["disposal", "disposal", "lipolysis", "lipolysis"],
        "driver": ["inflammation", "ER stress"] * 2, "share": [70.0, -12.0, 30.0, np.nan],
    })  # fmt: skip
    axes = drawn(lives.driver_shares(table))[0]
    assert [text.get_text() for text in axes.texts] == ["70", "-12", "30"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["disposal", "lipolysis"]
    assert axes.get_title(loc="left") == "obese"


def test_each_rule_has_a_panel_and_all_share_one_scale(changes):
    panels = drawn(lives.rule_panels(changes, columns=2))
    assert [axes.get_title(loc="left") for axes in panels] == ["Metformin", "Vitamin", "Fast"]
    assert len({axes.get_ylim() for axes in panels}) == 1
    assert [label.get_text() for label in panels[0].get_xticklabels()] == ["0", "1000", "2000"]
    assert panels[0].get_xlabel() == "mg/day"
    assert panels[0].lines[1].get_ydata().tolist() == [0.0, 20.0, 40.0]


def test_what_goes_beyond_a_panel_is_written_at_its_edge(changes):
    panels = drawn(lives.rule_panels(changes, "Days", limit=60.0))
    assert panels[2].lines[1].get_ydata().tolist() == [0.0, 60.0, 60.0]
    assert [text.get_text() for text in panels[2].texts] == ["+180", "+180"]
    assert not panels[0].texts
    assert panels[0].get_xlabel() == "Days"


def test_a_challenge_has_a_row_and_its_doses_have_lines():
    rows = [
        (title, level, dose, quantity, "mM", time, value + time)
        for title in ("Lipid", "Insulin")
        for level, dose, value in (("zero", "control", 0.0), ("high", "2 mM", 5.0))
        for quantity in ("Glucose", "Fatty acids")
        for time in (0.0, 60.0)
    ]
    columns = ["title", "level", "dose", "quantity", "unit", "time", "value"]
    panels = drawn(lives.challenge_courses(pd.DataFrame(rows, columns=columns)))
    assert len(panels) == 4
    assert panels[0].get_ylabel() == "Lipid"
    assert panels[0].get_title(loc="left") == "Glucose\n[mM]"
    assert [line.get_label() for line in panels[0].lines] == ["control", "2 mM"]
    assert panels[0].lines[1].get_xdata().tolist() == [0.0, 1.0]


def test_opposite_starts_are_two_lines_in_each_panel():
    rows = [
        (start, day, quantity, "%", value)
        for start, value in (("lean", 1.0), ("diabetic", 3.0))
        for day in (0.0, 90.0)
        for quantity in ("M-value", "Liver fat")
    ]
    columns = ["start", "day", "quantity", "unit", "value"]
    figure = lives.opposite_starts(pd.DataFrame(rows, columns=columns))
    panels = drawn(figure)
    assert [len(axes.lines) for axes in panels] == [2, 2]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["lean", "diabetic"]
    assert panels[1].lines[1].get_ydata().tolist() == [3.0, 3.0]
