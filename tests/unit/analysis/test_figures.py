"""Figures take tables, show what is in them, and leave matplotlib as it was."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from insulattice.analysis.figures import (
    CLAMP_PANELS,
    Panel,
    arrow_effects,
    cell_distributions,
    clamp_time_course,
    dose_response,
    field_maps,
    life_time_course,
    plasma_levels,
    tissue_maps,
)
from insulattice.analysis.style import COLOURS, OF_PHENOTYPE, colours, labelled, printed_name, printed_unit

UNITS = {"glucose": "mM", "insulin": "pM", "ffa": "mM"}


@pytest.fixture(autouse=True)
def matplotlib_stays_as_it_was():
    """No figure of ours may be known to pyplot, no setting may change."""
    before = dict(mpl.rcParams)
    yield
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before


def texts(figure: Figure) -> set[str]:
    """Return everything that is written in a figure, as drawn."""
    figure.draw_without_rendering()
    return {text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_visible()}


def course(size: float) -> pd.DataFrame:
    """Return a tidy time series in which every quantity ends at ``size`` times its number."""
    minutes = np.arange(0.0, 181.0)
    return pd.concat(
        pd.DataFrame(
            {
                "time": minutes,
                "compartment": panel.compartment,
                "quantity": panel.quantity,
                "value": size * (1 + number) * minutes / 180.0,
                "unit": UNITS.get(panel.quantity, "umol/kg/min"),
            }
        )
        for number, panel in enumerate(CLAMP_PANELS)
    )


def tissue(name: str, rows: int, columns: int, kind: str, spacing: float = 50.0) -> pd.DataFrame:
    """Return cells on a full grid; ``level`` runs from 0 to 1 along x."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    x, y = (column + 0.5) * spacing, (row + 0.5) * spacing
    level = column / max(columns - 1, 1)
    return pd.DataFrame(
        {"type": kind, "compartment": name, "x": x, "y": y, "level": level, "local_insulin": level}
    )


@pytest.fixture
def cells() -> pd.DataFrame:
    """Return three tissues, with macrophages in fat that alone have ``m1``."""
    macrophages = tissue("fat", 6, 6, "macrophage").iloc[::7].assign(m1=0.5, level=np.nan)
    parts = [tissue("muscle", 12, 12, "myocyte"), tissue("fat", 6, 6, "adipocyte", 100.0), macrophages]
    parts.append(tissue("liver", 60, 6, "hepatocyte", 25.0))
    return pd.concat(parts, ignore_index=True).assign(id=lambda table: np.arange(len(table)))


def test_a_clamp_has_a_panel_for_each_quantity_with_its_unit():
    figure = clamp_time_course({"lean": course(2.0), "obese": course(1.0)})
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in shown] == [panel.title for panel in CLAMP_PANELS]
    assert [axes.get_ylabel() for axes in shown] == ["mM", "pM", *3 * ["µmol/kg/min"], "mM"]
    assert {"lean", "obese", "Time [min]"} <= texts(figure)


def test_a_clamp_shows_the_values_of_the_tables_in_the_colours_of_the_phenotypes():
    figure = clamp_time_course({"lean": course(2.0), "obese": course(1.0)})
    for number, axes in enumerate(figure.axes):
        lean, obese = axes.lines
        assert lean.get_ydata()[-1] == pytest.approx(2.0 * (1 + number))
        assert obese.get_ydata()[-1] == pytest.approx(1 + number)
        assert (to_hex(lean.get_color()), to_hex(obese.get_color())) == (
            OF_PHENOTYPE["lean"],
            OF_PHENOTYPE["obese"],
        )
        assert lean.get_linestyle() != obese.get_linestyle()


def test_a_quantity_that_no_table_has_gets_no_panel():
    table = course(1.0)
    figure = clamp_time_course({"lean": table[table["quantity"] != "gir"]})
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()]
    assert titles == [panel.title for panel in CLAMP_PANELS if panel.quantity != "gir"]
    with pytest.raises(ValueError, match="no table has any of blood glucose"):
        clamp_time_course({"lean": table.iloc[:0]})


def test_runs_of_unequal_length_are_shown_together():
    short = course(1.0)
    texts(clamp_time_course({"lean": course(2.0), "obese": short[short["time"] < 60]}))


def test_plasma_levels_are_shown_up_to_now():
    table = pd.DataFrame({"minute": [0.0, 1.0, 2.0], "glucose": [5.0, 5.1, 5.2], "insulin": 40.0, "ffa": 0.4})
    figure = plasma_levels(table)
    assert {"Plasma glucose [mM]", "Plasma insulin [pM]", "Plasma fatty acids [mM]", "Time [min]"} <= texts(
        figure
    )
    assert list(figure.axes[0].lines[0].get_ydata()) == [5.0, 5.1, 5.2]
    texts(plasma_levels(table.iloc[:1]))


def test_figures_fit_a_page_of_180_mm(cells):
    for figure in (clamp_time_course({"lean": course(1.0)}), tissue_maps(cells, "level")):
        assert figure.get_size_inches()[0] * 25.4 == pytest.approx(180.0)


def test_tissue_maps_colour_each_cell_in_its_place(cells):
    figure = tissue_maps(cells, "level", "mmol/kg")
    muscle = figure.axes[0].images[-1].get_array()
    assert muscle.shape == (12, 12)
    assert np.allclose(muscle, np.tile(np.linspace(0, 1, 12), (12, 1)))
    written = texts(figure)
    assert {
        "Muscle, 144 cells",
        "Fat, 42 cells",
        "Liver, 360 cells",
        "Level [mmol/kg]",
        "○ macrophage",
    } <= written
    assert {"100 µm", "portal"} <= written


def test_each_tissue_has_its_own_colour_bar(cells):
    figure = tissue_maps(cells, "level", "mmol/kg")
    bars = [axes for axes in figure.axes if axes.get_xlabel() == "Level [mmol/kg]"]
    assert len(bars) == 3


def test_a_state_that_only_some_cells_have_leaves_the_others_grey(cells):
    figure = tissue_maps(cells, "m1")
    assert "not followed here" in texts(figure)
    values = np.concatenate([c.get_array() for c in figure.axes[1].collections if c.get_array() is not None])
    assert (values == 0.5).all()


def test_fields_are_laid_over_a_map_as_lines(cells):
    assert len(tissue_maps(cells, "level", fields="local_insulin").axes[0].collections) == 1


def test_field_maps_have_a_row_for_each_field(cells):
    fields = {"local_insulin": "nM", "level": "1"}
    figure = field_maps(cells, fields)
    assert {"Muscle", "Fat", "Liver", "Insulin [nM]", "Level"} <= texts(figure)
    assert sum(bool(axes.images) for axes in figure.axes) == 6


def test_distributions_compare_groups_in_each_tissue(cells):
    other = cells.assign(level=cells["level"] + 0.5)
    figure = cell_distributions({"lean": cells, "obese": other}, ["level", "m1"], {"level": "mmol/kg"})
    assert {"Muscle", "Fat", "Liver", "Level [mmol/kg]", "Cells [%]", "lean", "obese"} <= texts(figure)
    lean, obese = figure.axes[0].lines
    assert obese.get_xdata()[0] - lean.get_xdata()[0] == pytest.approx(0.5, abs=1e-9)


def test_a_state_that_is_the_same_in_all_cells_can_be_drawn(cells):
    same = cells.assign(level=0.3)
    texts(cell_distributions({"lean": same, "obese": same}, ["level"]))
    texts(tissue_maps(same, "level"))


def responses() -> pd.DataFrame:
    """Return a dose-response of two groups with dose 0, observed and by two models."""
    doses = np.array([0.0, 0.01, 0.1, 1.0, 10.0, 100.0])
    return pd.concat(
        pd.DataFrame(
            {
                "quantity": "akt_s473",
                "group": group,
                "kind": kind,
                "dose": doses,
                "value": 100.0 * doses / (doses + half),
                "unit": "%",
                "error": 3.0 if kind == "observed" else np.nan,
            }
        )
        for group, half in (("normal", 0.5), ("type 2", 2.0))
        for kind in ("observed", "this model", "published model")
    )


def test_dose_responses_show_observed_points_and_a_line_for_each_model():
    figure = dose_response(responses())
    assert {
        "Akt-S473",
        "%",
        "Insulin [nM]",
        "normal",
        "type 2",
        "observed",
        "this model",
        "published model",
    } <= texts(figure)
    axes = figure.axes[0]
    assert len(axes.containers) == 2
    lines = [line for line in axes.lines if len(line.get_xdata()) == 5]
    assert len(lines) == 4
    assert lines[0].get_ydata()[-1] == pytest.approx(100.0 * 100.0 / 100.5)
    assert axes.get_xticklabels()[0].get_text() == "0"


def test_arrows_are_sorted_by_what_cutting_them_does():
    table = pd.DataFrame(
        [
            ("dag->pkc", "lean", 0.5),
            ("dag->pkc", "obese", 3.0),
            ("tnf->jnk", "lean", -0.2),
            ("tnf->jnk", "obese", -6.0),
        ],
        columns=["arrow", "phenotype", "change"],
    )
    figure = arrow_effects(table)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["TNF-α → JNK", "DAG → PKC"]
    lean, obese = figure.axes[0].containers
    assert [bar.get_width() for bar in lean] == [-0.2, 0.5]
    assert [bar.get_width() for bar in obese] == [-6.0, 3.0]


def test_a_missing_column_is_named(cells):
    for draw in (
        lambda: tissue_maps(cells, "akt"),
        lambda: field_maps(cells, {"akt": "1"}),
        lambda: cell_distributions({"lean": cells}, ["akt"]),
    ):
        with pytest.raises(ValueError, match="the table has no column 'akt'; it has type"):
            draw()
    with pytest.raises(ValueError, match="no column 'change'"):
        arrow_effects(pd.DataFrame({"arrow": ["a->b"], "phenotype": ["lean"]}))


def test_phenotypes_keep_their_colours_and_others_get_free_ones():
    assert colours(["obese", "lean"]) == {"obese": OF_PHENOTYPE["obese"], "lean": OF_PHENOTYPE["lean"]}
    mixed = colours(["lean", "metformin", "exercise"])
    assert len(set(mixed.values())) == 3
    assert len(colours([f"run {i}" for i in range(8)])) == 8
    assert len(set(COLOURS)) == len(OF_PHENOTYPE)


def test_units_and_names_are_spelled_for_print():
    assert printed_unit("umol/kg/min") == "µmol/kg/min"
    assert printed_unit("mU/m2/min") == "mU/m²/min"
    assert printed_unit("ug/mL") == "µg/mL"
    assert (printed_unit("1"), printed_unit("mM"), printed_unit("um")) == ("", "mM", "µm")
    assert printed_name("irs1_s312") == "IRS-1-S312"
    assert printed_name("ceramide") == "Ceramide"
    assert printed_name("mtorc1") == "mTORC1"
    assert labelled("local_insulin", "nM") == "Insulin around the cell [nM]"
    assert labelled("jnk", "1") == "JNK"


def test_lives_are_drawn_from_their_diaries():
    rows = [
        (float(day), event, "body", "body_mass", "fasting", 90.0 - slope * day, "kg")
        for slope in (0.0, 0.1)
        for day in range(5)
        for event in ("day", "meal")
    ]
    columns = ["day", "event", "compartment", "quantity", "statistic", "value", "unit"]
    tables = {
        "control": pd.DataFrame(rows[:10], columns=columns),
        "diet": pd.DataFrame(rows[10:], columns=columns),
    }
    panels = [Panel("body", "body_mass", "Body mass")]
    figure = life_time_course(tables, {"diet": [(0.0, 3.0), (4.0, 5.0)]}, panels)
    mass, clamp = figure.axes
    assert [len(line.get_xdata()) for line in mass.lines] == [5, 5]
    assert list(clamp.lines[0].get_ydata()) == [3.0, 5.0]
    assert {"Body mass", "M-value in a clamp", "kg", "mg/kg/min"} <= texts(figure)
    assert len(life_time_course(tables, None, panels).axes) == 1
