"""Fits of cheap models: what is found, standard errors, bounds, budget, resuming, and earlier stages."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import curve_fit

from insulattice.agents.parameters import Parameter, ParameterTable
from insulattice.runs.fitting.evaluations import Answers, Datum, Evaluator, FunctionExperiment
from insulattice.runs.fitting.fit import Plan, Settings, fit, fit_stage
from insulattice.runs.fitting.objective import FAILED, Objective, by_study
from insulattice.runs.parameter_space import Space

TIMES = np.linspace(0.0, 40.0, 15)
NOISE = np.random.default_rng(3).normal(size=TIMES.size)
ERROR = 0.2


def row(name, value, low, high):
    """One row of a table."""
    return Parameter(name, "", value, low, high, "1", "fitted", "assumed", "akt", "")


TABLE = ParameterTable(
    [row("height", 3.0, 0.1, 100.0), row("k_decay", 0.3, 0.001, 1.0), row("gain", 0.5, 0.0, 1.0)]
)
ROWS = list(TABLE)[:2]


def curve(times, height, k_decay):
    return height * np.exp(-k_decay * times)


class Decay:
    """An exponential with the parameters of the table; ``fails`` says where it does."""

    def __init__(self, fails=None):
        self.points = []
        self.fails = fails

    def __call__(self, values):
        p = SimpleNamespace(**{found.name: found.value for found in TABLE.with_values(dict(values))})
        self.points.append((p.height, p.k_decay))
        if self.fails is not None and self.fails(p):
            raise ValueError("a pool is empty")
        return {f"{t:g}": float(curve(t, p.height, p.k_decay)) for t in TIMES}


def decay(observed, call=None, name="decay", error=ERROR):
    data = tuple(Datum(f"{t:g}", float(y), error) for t, y in zip(TIMES, observed, strict=True))
    outputs = tuple(datum.output for datum in data)
    return FunctionExperiment(name, call or Decay(), outputs, observed=data, source="doi:10.1000/x")


OBSERVED = curve(TIMES, 10.0, 0.1) + ERROR * NOISE


def fitted(folder, experiment=None, guards=None, rows=ROWS, **settings):
    experiments = [experiment or decay(OBSERVED)]
    return fit_stage(
        "organ",
        Space(TABLE, rows),
        experiments,
        guards or {},
        Settings(**{"step": 0.01} | settings),
        Answers(folder),
    )


@pytest.mark.parametrize("step", [0.01, 0.1])
def test_derivatives_are_differences_over_the_step_that_is_asked_for(tmp_path, step):
    call, space = Decay(), Space(TABLE, ROWS)
    evaluator = Evaluator(space, [decay(OBSERVED, call)], Answers(tmp_path))
    Objective(evaluator, step=step).jacobian(space.present)
    places = {
        axis.place(value) for point in call.points for axis, value in zip(space.axes, point, strict=True)
    }
    asked = [*space.present, *(space.present + step)]
    assert sorted(places) == pytest.approx(sorted(asked), abs=1e-6)


@pytest.mark.parametrize(
    ("stage", "given", "step"), [("cell", None, 0.01), ("organ", None, 0.05), ("organ", 0.1, 0.1)]
)
def test_the_step_of_a_fit_is_that_of_its_stage_if_none_is_given(tmp_path, stage, given, step):
    call, space = Decay(), Space(TABLE, ROWS)
    settings = Settings(evaluations=3, step=given)
    fit_stage(stage, space, [decay(OBSERVED, call)], {}, settings, Answers(tmp_path))
    tried = {round(space.axes[0].place(height), 6) for height, _ in call.points}
    assert round(float(space.present[0]) + step, 6) in tried


@pytest.mark.parametrize("noise", [1.0, 4.0])
def test_values_and_standard_errors_are_those_of_scipy(tmp_path, noise):
    observed = curve(TIMES, 10.0, 0.1) + noise * ERROR * NOISE
    found = fitted(tmp_path, decay(observed, name=f"decay{noise}"), scale=None)
    best, covariance = curve_fit(curve, TIMES, observed, p0=(3.0, 0.3), sigma=np.full(TIMES.size, ERROR))
    if found.information.birge == 1.0:  # scipy lets small residuals narrow its errors, we do not
        chi2 = float((((observed - curve(TIMES, *best)) / ERROR) ** 2).sum()) / (TIMES.size - 2)
        covariance /= chi2
    values = found.parameters.set_index("parameter")
    assert (np.abs(values["new"] - best) < 0.2 * values["standard_error"]).all()
    alone = found.information.standard_errors * [
        axis.slope(v) for axis, v in zip(found.space.axes, best, strict=True)
    ]
    assert alone == pytest.approx(np.sqrt(np.diag(covariance)), rel=0.08)
    assert (values["standard_error"] <= alone * 1.001).all()
    assert found.cost_after < found.cost_before
    assert found.points <= 200


def test_without_derivatives_it_is_the_same_place(tmp_path):
    found = fitted(tmp_path, method="cma", evaluations=120)
    again = fitted(tmp_path)
    assert found.parameters["new"].to_numpy() == pytest.approx(again.parameters["new"].to_numpy(), rel=0.05)
    assert found.points <= 120 + len(ROWS) + 1


def test_residuals_by_study_are_in_the_order_in_which_they_are_shown():
    rows = pd.DataFrame({"study": ["one", "one"], "z_before": [3.0, -4.0], "z_after": [1.0, np.nan]})
    table = by_study(rows)
    head = ["study", "rows", "rms_z_before", "rms_z_after", "worst_before", "worst_after", "failed"]
    assert list(table.columns) == head
    assert table.iloc[0].tolist() == ["one", 2, pytest.approx(12.5**0.5), 1.0, 4.0, 1.0, 1]


def test_a_single_wild_row_does_not_dominate(tmp_path):
    wild = OBSERVED.copy()
    wild[3] += 40.0
    good, robust, plain = (
        fitted(tmp_path, decay(y, name=name), scale=scale).parameters["new"].to_numpy()
        for y, name, scale in ((OBSERVED, "good", 2.0), (wild, "wild", 2.0), (wild, "plain", None))
    )
    assert robust == pytest.approx(good, rel=0.1)
    assert plain != pytest.approx(good, rel=0.3)


def test_no_point_leaves_the_ranges_and_an_end_is_said(tmp_path):
    call = Decay()
    narrow = [row("height", 3.0, 2.0, 5.0), ROWS[1]]
    table = ParameterTable([*narrow, list(TABLE)[2]])
    found = fit_stage(
        "organ", Space(table, narrow), [decay(OBSERVED, call)], {}, Settings(), Answers(tmp_path)
    )
    heights, decays = np.array(call.points).T
    assert (heights.min(), heights.max()) >= (2.0, 2.0)
    assert heights.max() <= 5.0
    assert (decays.min(), decays.max()) >= (0.001, 0.001)
    assert found.parameters["new"][0] == pytest.approx(5.0, rel=1e-4)


def test_a_stopped_fit_goes_on_to_the_very_same_place(tmp_path):
    whole = fitted(tmp_path / "whole")
    few = fitted(tmp_path / "parts", evaluations=9)
    assert few.points <= 9 + len(ROWS) + 1
    call = Decay()
    rest = fitted(tmp_path / "parts", decay(OBSERVED, call))
    assert (rest.found == whole.found).all()
    assert 0 < len(call.points) < rest.points
    assert rest.tally.kept >= 8
    assert fitted(tmp_path / "parts", decay(OBSERVED, none := Decay())).found.tolist() == rest.found.tolist()
    assert none.points == []


def test_failures_count_and_the_fit_goes_round_them(tmp_path):
    def fails(p):
        return p.k_decay > 0.32 or p.height < 2.9

    found = fitted(tmp_path, decay(OBSERVED, Decay(fails)))
    assert found.parameters["new"].to_numpy() == pytest.approx([10.0, 0.1], rel=0.1)
    start = Objective(
        Evaluator(Space(TABLE, ROWS), [decay(OBSERVED, Decay(lambda p: True), "never")], Answers(tmp_path))
    )
    assert (start.residuals(start.start) == FAILED).all()
    assert (start.jacobian(start.start) == 0.0).all()


def test_differences_turn_round_where_a_step_fails(tmp_path):
    def objective(call, name):
        return Objective(Evaluator(Space(TABLE, ROWS), [decay(OBSERVED, call, name)], Answers(tmp_path)))

    free, bound = objective(Decay(), "free"), objective(Decay(lambda p: p.height > 3.0), "bound")
    assert bound.jacobian(bound.start) == pytest.approx(free.jacobian(free.start), rel=0.1, abs=0.05)


# ---- earlier stages -------------------------------------------------------------------------------------------------


def held(name, wants, call=None):
    """An experiment that wants ``gain`` at a value; costs nothing within 0.02 of it."""

    def gain(values):
        return {"gain": dict(values).get("gain", 0.5)}

    return FunctionExperiment(
        name, call or gain, ("gain",), observed=(Datum("gain", wants, 0.05),), source="doi:10.1000/y"
    )


GAIN = [list(TABLE)[2]]


def test_a_later_stage_that_makes_an_earlier_one_worse_is_refused(tmp_path):
    found = fitted(tmp_path, held("later", 0.9), {"cell": [held("earlier", 0.5)]}, GAIN)
    assert not found.changed
    assert found.note.startswith("refused: better values make stage cell worse")
    assert found.guards.to_dict(orient="records") == [
        {"stage": "cell", "cost_before": 0.0, "cost_after": 0.0}
    ]


def test_as_much_of_the_way_is_taken_as_leaves_the_earlier_stage_alone(tmp_path):
    found = fitted(tmp_path, held("later", 0.9), {"cell": [held("earlier", 0.56)]}, GAIN)
    assert found.parameters["new"][0] == pytest.approx(0.6, abs=0.01)
    assert found.note == "25 % of the way: all of it makes stage cell worse"
    assert found.guards["cost_after"][0] < found.guards["cost_before"][0]


def test_a_rise_can_be_allowed(tmp_path):
    guard = {"cell": [held("earlier", 0.1)]}
    assert not fitted(tmp_path, held("later", 0.52), guard, GAIN).changed
    assert fitted(tmp_path, held("later", 0.52), guard, GAIN, allowed_rise=20.0).changed


def test_data_of_earlier_stages_can_be_included(tmp_path):
    guard = {"cell": [held("earlier", 0.7)]}
    found = fitted(tmp_path, held("later", 0.9), guard, GAIN, earlier="include", scale=None)
    assert found.parameters["new"][0] == pytest.approx(0.8, abs=0.01)
    assert list(found.studies["study"]) == ["later", "earlier"]


def test_nothing_better_leaves_everything_as_it_is(tmp_path):
    found = fitted(tmp_path, held("later", 0.5), None, GAIN)
    assert (found.changed, found.note) == (False, "no better values were found")


def test_a_stage_begins_where_the_one_before_ended(tmp_path):
    plans = [
        Plan("cell", ROWS, [decay(OBSERVED)], {}),
        Plan("organ", GAIN, [held("later", 0.9)], {"cell": [decay(OBSERVED)]}),
    ]
    seen = []
    first, second = fit(plans, TABLE, Settings(), tmp_path, seen.append)
    assert [stage.stage for stage in seen] == ["cell", "organ"]
    assert second.space.fixed == first.values
    assert second.guards["cost_before"][0] == pytest.approx(first.cost_after)
    assert second.parameters["new"][0] == pytest.approx(0.9, abs=0.01)
    assert list(second.parameters["study"]) == ["later"]
