"""The isolated adipocyte as an experiment of its own: every measured point of normal and diabetic cells, and EC50s.

See :mod:`.cell_tables` for the data and how model and measurement are set on one scale. Beside the points, the insulin
of half the effect counts as published, on a logarithmic scale: without it, a fit trades sensitivity for the shape of
curves.
"""

from __future__ import annotations

from functools import cache
from math import log, nan
from types import SimpleNamespace

import pandas as pd

from ...agents.arrows import switches
from ...agents.parameters import ParameterTable, nearest
from ...environment.body import read_parameters
from ..isolated_cell.oracle import CellOracle
from ..isolated_cell.tables import (
    CONDITIONS,
    DOSES,
    EXPERIMENT_TIMES,
    GLUT1_SHARE,
    OBSERVABLES,
    TIMES,
    cell,
    dose_response,
    experiment,
    half_maximal,
    parameters,
    read,
    time_course,
)
from ..parameter_space import Values
from ..sources import digest_of
from .evaluations import Datum, FunctionExperiment

NAME = "brannmark2013"
SOURCE = "doi:10.1074/jbc.M112.432062"
CODE = "runs.fitting.cell_experiments"
"""The module on whose files the isolated cell depends."""
SIGNALS = tuple(signal for signal, _, _ in OBSERVABLES.values())


class _Recorder:
    """Values by name, as attributes, that remembers which were asked for."""

    def __init__(self, values: dict[str, float]) -> None:
        self._values = values
        self.names: set[str] = set()

    def __getattr__(self, name: str) -> float:
        self.names.add(name)
        return self._values[name]


@cache
def parameters_read() -> frozenset[str]:
    """Return the names of the parameters that the isolated cell depends on."""
    values = parameters()
    oracle = cell(values, **CONDITIONS["normal"])
    recorder = _Recorder(vars(oracle.parameters))
    oracle.parameters = recorder  # type: ignore[assignment]
    oracle._evaluate(1.0, oracle.start)
    return frozenset(recorder.names & values.keys()) | {"ceramide_reference"}


def isolated(table: ParameterTable, condition: str) -> CellOracle:
    """Return the isolated adipocyte, ``normal`` or ``t2d``, with the parameters of a table."""
    return cell({**table.values("adipocyte"), **switches()}, **CONDITIONS[condition])


def _predicted(values: Values, condition: str) -> SimpleNamespace:
    """Return the experiment with some parameters changed.

    Raises
    ------
    ValueError
        If the cell cannot be integrated.
    """
    table = read_parameters().with_values(dict(values))
    times = sorted({*EXPERIMENT_TIMES, *TIMES})
    try:
        found = isolated(table, condition).respond_to(DOSES, times)
        return experiment(found, found[10.0].loc[list(TIMES)], GLUT1_SHARE["ours"])
    except RuntimeError as error:
        raise ValueError(str(error)) from None


# ---- every point ----------------------------------------------------------------------------------------------------


def points(predicted: dict[str, SimpleNamespace]) -> pd.DataFrame:
    """Return every measured point as ``output, data, model, sem`` [% of the observable's maximum; EC50: ln nM]."""
    data = read("brannmark2013_data.csv")
    parts = []
    for observable, (signal, dose_key, course_key) in OBSERVABLES.items():
        for name, part in data[data["repo_key"] == dose_key].groupby("condition"):
            seen = part[part["insulin_nM"] > 0.0]
            labels = [f"{observable} {name} dose {insulin:g} nM" for insulin in seen["insulin_nM"]]
            parts.append(dose_response(part, predicted[str(name)], signal).assign(output=labels))
        course = data[data["repo_key"] == course_key]
        labels = [
            _course_label(observable, row)
            for _, part in course.groupby("condition")
            for _, row in part.iterrows()
        ]
        parts.append(time_course(course, predicted, signal).assign(output=labels))
    return pd.concat([*parts, _half_doses(data, predicted)], ignore_index=True)


def _half_doses(data: pd.DataFrame, predicted: dict[str, SimpleNamespace]) -> pd.DataFrame:
    """Return half-maximal doses as ``output, data, model, sem`` [ln nM]."""
    rows = []
    for row in data[data["repo_key"] == "EC50"].to_dict(orient="records"):
        condition, observable = row["condition"], row["observable"].removesuffix(" EC50")
        model = half_maximal(predicted[condition].doses[OBSERVABLES[observable][0]])
        label = f"{observable} {condition} EC50"
        rows.append((label, log(row["value"]), log(model) if model > 0.0 else nan, row["sem"] / row["value"]))
    return pd.DataFrame(rows, columns=["output", "data", "model", "sem"])


def _course_label(observable: str, row: pd.Series) -> str:
    when = f"{row['insulin_nM']:g} nM" if observable == "glucose uptake" else f"{row['time_min']:g} min"
    return f"{observable} {row['condition']} course {when}"


def all_points(values: Values) -> dict[str, float]:
    """Return what the model gives for every measured point, with some parameters changed."""
    table = points({condition: _predicted(values, condition) for condition in CONDITIONS})
    return dict(zip(table["output"], table["model"].astype(float), strict=True))


@cache
def measured() -> tuple[Datum, ...]:
    """Return every measured point and its standard error [% of the observable's maximum; EC50: ln nM]."""
    ramp = SimpleNamespace(
        doses=pd.DataFrame({signal: DOSES for signal in SIGNALS}, index=pd.Index(DOSES)),
        course=pd.DataFrame({signal: TIMES for signal in SIGNALS}, index=pd.Index(TIMES)),
    )
    table = points(dict.fromkeys(CONDITIONS, ramp))
    rows = table[["output", "data", "sem"]].itertuples(index=False)
    return tuple(Datum(str(name), float(value), float(error)) for name, value, error in rows)


def adipocyte_experiment() -> FunctionExperiment:
    """Return the comparison with every measured point of the isolated adipocyte."""
    outputs = tuple(datum.output for datum in measured())
    return FunctionExperiment(
        NAME,
        all_points,
        outputs,
        reads=parameters_read(),
        observed=measured(),
        source=SOURCE,
        code=digest_of(CODE, parameters=False),
    )


# ---- half-maximal doses ---------------------------------------------------------------------------------------------


def half_doses(values: Values, condition: str) -> dict[str, float]:
    """Return the insulin of half the effect on each signal [nM], with some parameters changed."""
    found = _predicted(values, condition).doses
    return {signal: half_maximal(found[signal]) for signal in SIGNALS}


def half_dose_experiment(condition: str) -> FunctionExperiment:
    """Return the half-maximal doses of the isolated adipocyte, ``normal`` or ``t2d``.

    Raises
    ------
    ValueError
        For another condition.
    """
    if condition not in CONDITIONS:
        near = nearest(condition, tuple(CONDITIONS), listed=True)
        raise ValueError(f"the isolated cell is {condition!r}, allowed: {', '.join(CONDITIONS)}.{near}")
    return FunctionExperiment(
        f"cell:{condition}",
        half_doses,
        SIGNALS,
        (condition,),
        parameters_read(),
        source=SOURCE,
        code=digest_of(CODE, parameters=False),
    )
