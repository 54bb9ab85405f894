"""The chain from receptor to GLUT4 against human adipocytes: Brannmark 2013, doi:10.1074/jbc.M112.432062.

First with the published numbers (are the equations right?), then with our own (are they at least as close to the
measurements, observable by observable?). See insulattice.runs.isolated_cell.tables for how the comparison is made.
"""

import pytest

from insulattice.runs.isolated_cell import tables as table


@pytest.mark.parametrize("kind", ["dose_response_15min", "time_course"])
@pytest.mark.parametrize("config", ["normal", "t2d", "t2d_IR55"])
def test_the_yardstick_is_the_published_model(config, kind):
    far = {
        name: rms
        for name, rms in table.differences(table.published(config), config, kind).items()
        if rms > 0.01
    }
    assert not far


@pytest.mark.parametrize("kind", ["dose_response_15min", "time_course"])
@pytest.mark.parametrize("config", ["normal", "t2d", "t2d_IR55"])
def test_with_the_published_numbers_our_chain_is_the_published_model_within_5_percent(config, kind):
    model = table.cell(table.published_parameters(), **table.PUBLISHED[config])
    far = {name: rms for name, rms in table.differences(model, config, kind).items() if rms > 5.0}
    assert not far


@pytest.fixture(scope="module")
def predictions():
    """What the published models and ours predict for every experiment."""
    return table.predictions()


@pytest.mark.parametrize("yardstick", ["published", "published_IR55"])
def test_our_numbers_are_as_close_to_every_measurement_as_the_published_model(predictions, yardstick):
    found = table.distance_table(predictions)
    worse = found[found["rms ours"] > found[f"rms {yardstick}"]]
    assert worse.empty, worse.to_string()


def test_half_maximal_insulin_is_as_close_to_the_data_as_in_the_published_model(predictions):
    worse = table.farther_ec50(table.ec50_table(predictions))
    assert worse.empty, worse.to_string()


def test_the_diabetic_cell_is_less_sensitive_at_every_step_behind_the_receptor(predictions):
    found = table.ec50_table(predictions)["ours"].unstack()
    shift = (found["t2d"] / found["normal"]).drop("IR-YP")
    assert (shift > 1.5).all()


def test_muscle_needs_more_insulin_than_fat_and_transmits_lesions_of_irs1():
    fat = table.cell(table.parameters("adipocyte"), **table.CONDITIONS["normal"])
    muscle = table.cell(table.parameters("myocyte"), **table.CONDITIONS["normal"])
    blocked = table.parameters("myocyte")
    blocked["k_irs1_tyr"] *= 0.2
    lesion = table.cell(blocked, **table.CONDITIONS["normal"])

    def surface(model, insulin):
        return model.respond(insulin, (120.0,))["glut4_surface"].iloc[0]

    def share(model):
        low, half, high = (surface(model, insulin) for insulin in (0.0, 0.165, 100.0))
        return (half - low) / (high - low)

    assert share(fat) > 0.7
    assert share(muscle) < 0.6
    assert surface(lesion, 0.2) < 0.75 * surface(muscle, 0.2)


@pytest.mark.parametrize(
    ("cell_type", "low", "high"), [("adipocyte", 0.045, 0.2), ("hepatocyte", 0.25, 0.75)]
)
def test_lasting_insulin_lowers_the_number_of_receptors(cell_type, low, high):
    start = {"receptor": 1.0, "glut4": 1.0, "feedback": 1.0}
    dish = table.cell(table.parameters(cell_type), **start)
    dish.free_at_rest[:] = 1.0
    assert dish.steady(low)["receptor_total"] == pytest.approx(1.0, abs=0.05)
    assert dish.steady(high)["receptor_total"] == pytest.approx(0.7, abs=0.05)
