"""Figures of parameters show what they are given."""

import numpy as np
import pandas as pd
import pytest

from insulattice.analysis.fit_figures import identifiability_panels, sensitivity_bars
from insulattice.analysis.identifiability import Information


def table(sobol=True):
    """Two quantities and four parameters."""
    names = ["k_one", "k_two@myocyte", "k_three", "k_four"]
    parts = [
        pd.DataFrame(
            {"quantity": quantity, "unit": "umol/kg/min", "parameter": names, "mu_star": [3.0, 2.0, 1.0, np.nan],
             "mu_star_conf": [0.1, np.nan, 0.1, np.nan], "sigma": [1.0, np.nan, 0.5, np.nan],
             **{name: [0.6, 0.3, np.nan, np.nan] if sobol else np.nan for name in ("S1", "S1_conf", "ST", "ST_conf")}}
        )
        for quantity in ("lean:clamp.rd", "lean:fasting.egp")
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("sobol", [True, False])
def test_bars_name_what_matters_first(sobol):
    figure = sensitivity_bars(table(sobol))
    assert len(figure.axes) == (4 if sobol else 2)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [
        "k_one",
        "k_two@myocyte",
        "k_three",
    ]
    assert "µmol/kg/min" in figure.axes[0].get_xlabel()
    figure.canvas.draw()


def test_nothing_to_draw_is_said():
    with pytest.raises(ValueError, match="neither elementary effects nor Sobol"):
        sensitivity_bars(table(sobol=False).assign(mu_star=np.nan))


def test_what_is_known_best_stands_on_top_in_every_panel():
    slopes = np.array([[1.0, 0.0], [0.0, 60.0]])
    found = Information.of(("k_vague", "k_known"), slopes, np.zeros(2))
    figure = identifiability_panels(found.table(), found.eigenvalues, found.correlation)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["k_known  1", "k_vague  2"]
    figure.canvas.draw()
