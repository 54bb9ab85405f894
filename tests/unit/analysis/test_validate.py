"""Figures of validation."""

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from insulattice.analysis.validate import course_with_spread


@pytest.fixture
def measured():
    parts = [
        pd.DataFrame(
            {
                "observable": name,
                "time_min": [0.0, 30.0, 60.0],
                "mean": [1.0, 3.0, 2.0],
                "sd": 0.5,
                "unit": unit,
            }
        )
        for name, unit in (
            ("glucose", "mg/dL"),
            ("insulin", "pmol/L"),
            ("Ra", "mg/kg/min"),
            ("U", "mg/kg/min"),
        )
    ]
    return pd.concat(parts)


def test_each_observable_has_a_panel_with_measured_and_model(measured):
    course = measured.rename(columns={"time_min": "time", "mean": "value"})
    figure = course_with_spread(measured, course[course["observable"] != "U"])
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") or axes.get_title() for axes in panels] == [
        "Plasma glucose", "Plasma insulin", "Appearance of meal glucose",
    ]  # fmt: skip
    assert panels[0].get_ylabel() == "mg/dL"
    assert {text.get_text() for text in figure.legends[0].get_texts()} == {
        "measured, 1 SD",
        "measured, mean",
        "model",
    }
    assert plt.get_fignums() == []
