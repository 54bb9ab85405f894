"""Figures of a record and of a trial: what is drawn is what the tables say."""

import numpy as np
import pandas as pd
import pytest

from insulattice.analysis.record_figures import cell_relation, glucose_balance
from insulattice.analysis.trial_figures import trial_effects


def record_table(egp=10.0, gir=0.0):
    """Two minutes of a body: muscle and brain take up glucose."""
    rows = [
        (time, compartment, quantity, value, "umol/kg/min")
        for time in (0.0, 1.0, 2.0)
        for compartment, quantity, value in (
            ("muscle", "glucose_uptake", 4.0 + time),
            ("brain", "glucose_uptake", 5.0),
            ("body", "egp", egp),
            ("body", "gir", gir * time),
            ("body", "ra_meal", 0.0),
        )
    ]
    return pd.DataFrame(rows, columns=["time", "compartment", "quantity", "value", "unit"])


def test_uptake_is_piled_up_and_sources_lie_on_one_another():
    figure = glucose_balance({"lean": record_table(gir=3.0), "obese": record_table()})
    figure.canvas.draw()
    lean, obese = figure.axes
    assert [pile.get_label() for pile in lean.collections] == ["Brain", "Muscle"]
    top = lean.collections[1].get_paths()[0].vertices[:, 1].max()
    assert top == 11.0
    assert [line.get_label() for line in lean.lines] == ["Produced", "With what is infused"]
    assert lean.lines[1].get_ydata().tolist() == [10.0, 13.0, 16.0]
    assert [line.get_label() for line in obese.lines] == ["Produced"]


def test_a_table_without_uptake_is_refused():
    table = record_table()
    with pytest.raises(ValueError, match="'lean' has no glucose_uptake"):
        glucose_balance({"lean": table[table["quantity"] != "glucose_uptake"]})


def cells(shift=0.0):
    """Muscle cells with two states, fat cells with one."""
    muscle = pd.DataFrame(
        {"compartment": "muscle", "dag": np.arange(5.0), "akt": np.arange(5.0)[::-1] + shift}
    )
    return pd.concat([muscle, pd.DataFrame({"compartment": "fat", "akt": [1.0, 2.0]})], ignore_index=True)


def test_only_tissues_with_both_states_have_a_panel():
    figure = cell_relation({"lean": cells(1.0), "obese": cells()}, "dag", "akt", {"dag": "mmol/kg"})
    figure.canvas.draw()
    (axes,) = figure.axes
    assert axes.get_title(loc="left") == "Muscle"
    assert axes.get_xlabel() == "DAG [mmol/kg]"
    dots, mean = axes.lines[:2]
    assert dots.get_ydata().tolist() == [5.0, 4.0, 3.0, 2.0, 1.0]
    assert (float(mean.get_xdata()[0]), float(mean.get_ydata()[0])) == (2.0, 3.0)


def test_states_that_no_cell_has_together_are_refused():
    with pytest.raises(ValueError, match="both 'dag' and 'nothing'"):
        cell_relation({"lean": cells()}, "dag", "nothing")


def trial(arms=3):
    """Arms as compare_arms gives them."""
    return pd.DataFrame(
        {"arm": ["control", "diet", "drug"], "subjects": 10, "change": [0.0, 1.0, -2.0],
         "difference": [np.nan, 1.0, -2.0], "low": [np.nan, -0.5, -3.0], "high": [np.nan, 2.5, -1.0],
         "p": [np.nan, 0.21, 0.0001]}
    ).head(arms)  # fmt: skip


def test_each_arm_has_its_difference_interval_and_p():
    figure = trial_effects(trial(), "M-value", "mg/kg/min")
    figure.canvas.draw()
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["diet, n 10", "drug, n 10"]
    assert [text.get_text() for text in axes.texts] == [
        "+1 (-0.5 to +2.5), p 0.21",
        "-2 (-3 to -1), p < 0.001",
    ]
    assert axes.get_xlabel() == "Difference from control in the change of M-value [mg/kg/min]"
    assert list(axes.lines[0].get_xdata()) == [-0.5, 2.5]


def test_a_trial_of_one_arm_has_no_figure():
    with pytest.raises(ValueError, match="one arm"):
        trial_effects(trial(1), "M-value")
