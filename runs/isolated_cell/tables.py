"""Human adipocytes, normal and diabetic: the data, the published model and ours, observable by observable.

Data: Brannmark 2013, doi:10.1074/jbc.M112.432062. Dose-responses are 10 min after insulin, without the baseline,
each condition as a percentage of its own maximum; glucose uptake is 15 min of insulin and then 30 min of tracer.
Time courses are at 10 nM, normal and diabetic on one scale.
"""

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np
import pandas as pd

from ...agents.arrows import switches
from ...agents.mechanism import Mechanism
from ...agents.mechanisms import akt, glut4, glut4_turnover, irs1, mtorc1, receptor, receptor_turnover
from ...agents.parameters import read_agent_parameters
from ..folders import DATA
from .oracle import CellOracle
from .published_adipocyte import PublishedAdipocyte

CHAIN = tuple(
    Mechanism.of(module) for module in (receptor, irs1, akt, mtorc1, receptor_turnover, glut4, glut4_turnover)
)
NUMBERS = ("receptor_total", "glut4_total")
QUIET = {
    **dict.fromkeys(("pkc", "jnk", "ikk", "socs3", "feedback_stress", "number_stress", "acyl_stress"), 0.0),
    "glycogen": 200.0,  # full: GLUT4 answers to a lack only
    **{"ampk": 1.0, "receptor_expression": 1.0, "glut4_expression": 1.0},
}
"""A dish without stress: what other mechanisms would provide."""

CONDITIONS = {
    "normal": {"receptor": 1.0, "glut4": 1.0, "feedback": 1.0},
    "t2d": {"receptor": 0.55, "glut4": 0.5, "feedback": 0.157},
}
"""The diabetic cell differs in these three numbers only; receptor and GLUT4 as measured, feedback fitted."""

PUBLISHED = {
    "normal": CONDITIONS["normal"],
    "t2d": {"receptor": 0.50, "glut4": 0.5, "feedback": 0.15},
    "t2d_IR55": {"receptor": 0.55, "glut4": 0.5, "feedback": 0.15},
}
GLUT1_SHARE = {"published": 0.0972, "ours": 0.126}
"""Uptake that does not pass through GLUT4, as an equivalent share of GLUT4 at the surface."""

DOSES = (0.0, 0.003, 0.006, 0.01, 0.02, 0.03, 0.06, 0.1, 0.2, 0.3, 0.6, 1.0, 2.0, 3.0, 6.0, 10.0, 30.0, 100.0)
TIMES = (0.0, 0.5, 0.75, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, *(5.0 * i for i in range(3, 13)))

# observable: signal, key of its dose-response, key of its time course
OBSERVABLES = {
    "IR-YP": ("receptor_tyr", "IR_dr", "IR_2p"),
    "IRS1-YP": ("irs1_tyr", "IRS1_dr", "IRS1_2p"),
    "IRS1-S307P": ("irs1_s307_all", "IRS1307_dr", "IRS1307_time"),
    "PKB-T308P": ("akt_t308", "PKB308_dr", "PKB308_time"),
    "PKB-S473P": ("akt_s473", "PKB473_dr", "PKB473_time_renorm"),
    "AS160-T642P": ("as160", "AS160_dr", "AS160_time"),
    "S6K-T389P": ("s6k", None, "S6K_time"),
    "S6-S235/236P": ("s6", "S6_dr", "S6_time"),
    "glucose uptake": ("uptake", "GLUCOSE_dr", "GLUCOSE_2p"),
}


OF_THE_PUBLISHED_MODEL = {
    "IR_YP": "receptor_tyr",
    "IRS1_YP": "irs1_tyr",
    "IRS1_S307P": "irs1_s307_all",
    "PKB_T308P": "akt_t308",
    "PKB_S473P": "akt_s473",
    "AS160_T642P": "as160",
    "GLUT4m": "glut4_surface",
    "mTORC1a": "mtorc1",
    "mTORC2a": "mtorc2",
    "S6K_P": "s6k",
    "S6_P": "s6",
}
"""Names in the simulated published model, and ours."""


def read(name: str) -> pd.DataFrame:
    """Return a table of the data folder."""
    return pd.read_csv(DATA / name, comment="#")


def parameters(cell_type: str = "adipocyte", **changes: float) -> dict[str, float]:
    """Return our own parameters, arrows included, with some changed."""
    values = read_agent_parameters().values(cell_type)
    return {**values, **switches(), **changes}


def published_parameters() -> dict[str, float]:
    """Return the published constants under our names."""
    table = read("brannmark2013_parameters.csv")
    return parameters(**dict(zip(table["name"], table["value"], strict=True)))


def cell(values: dict[str, float], receptor: float, glut4: float, feedback: float) -> CellOracle:
    """Return our chain with given numbers of receptors and GLUT4 and a given feedback."""
    start = {name: row.value for name, row in read_agent_parameters().starts("adipocyte").items()}
    return CellOracle(
        CHAIN,
        {**values, "feedback_factor": feedback},
        {**QUIET, "ceramide": values["ceramide_reference"]},
        {**start, "receptor_total": receptor, "glut4_total": glut4},
        held=NUMBERS,
    )


def ours(condition: str) -> CellOracle:
    """Return the adipocyte with our numbers, ``normal`` or ``t2d``."""
    return cell(parameters(), **CONDITIONS[condition])


def published(condition: str) -> PublishedAdipocyte:
    """Return the published adipocyte, ``normal``, ``t2d`` or ``t2d_IR55``."""
    return PublishedAdipocyte(**PUBLISHED[condition])


EXPERIMENT_TIMES = (0.0, 10.0, *(float(minute) for minute in range(15, 46)))
"""When the cells of a dose-response are looked at: 10 min, and while tracer is taken up [min]."""


def predict(model: CellOracle | PublishedAdipocyte, glut1_share: float) -> SimpleNamespace:
    """Return the experiment on a model: ``doses`` and ``course``, a column per observable."""
    found = {insulin: model.respond(insulin, EXPERIMENT_TIMES) for insulin in DOSES}
    return experiment(found, model.respond(10.0, TIMES), glut1_share)


def experiment(
    found: Mapping[float, pd.DataFrame], course: pd.DataFrame, glut1_share: float
) -> SimpleNamespace:
    """Return the experiment of what was found at each dose, and of a course."""
    rows = {}
    for insulin, response in found.items():
        rows[insulin] = response.loc[10.0].copy()
        surface = response["glut4_surface"].loc[15.0:45.0]
        rows[insulin]["uptake"] = glut1_share + np.trapezoid(surface, surface.index) / 30.0
    return SimpleNamespace(doses=pd.DataFrame(rows).T, course=course)


def dose_response(data: pd.DataFrame, predicted: SimpleNamespace, signal: str) -> pd.DataFrame:
    """Return data and prediction of one condition, without baseline, in percent of the maximum."""
    data = data[data["insulin_nM"] > 0.0]
    rise = predicted.doses[signal] - predicted.doses.loc[0.0, signal]
    expected = rise.reindex(data["insulin_nM"]).to_numpy(float)
    return pd.DataFrame(
        {
            "data": data["value"].to_numpy(),
            "model": 100.0 * expected / expected.max(),
            "sem": data["sem"].fillna(5.0).clip(lower=3.0).to_numpy(),
        }
    )


def time_course(data: pd.DataFrame, predicted: dict[str, SimpleNamespace], signal: str) -> pd.DataFrame:
    """Return data and prediction of both conditions on one scale, in percent of the largest datum."""
    parts = []
    for name, group in data.groupby("condition"):
        condition = str(name)
        model = predicted[condition]
        if signal == "uptake":
            points = model.doses.loc[group["insulin_nM"], signal]
        else:
            points = model.course.loc[group["time_min"], signal]
        # Serine 473 is given as a fraction of its own 10-minute value, which another blot puts on one scale.
        unit = {"normal": 1.383, "t2d": 1.534}[condition] if signal == "akt_s473" else 1.0
        parts.append(
            pd.DataFrame(
                {"data": group["value"] * unit, "sem": group["sem"] * unit, "model": points.to_numpy()}
            )
        )
    both: pd.DataFrame = pd.concat(parts)
    seen, expected = both["data"].to_numpy(float), both["model"].to_numpy(float)
    scale = 100.0 / seen.max()
    fit = float(expected @ seen) / float(expected @ expected)
    sem = (scale * both["sem"]).fillna(10.0).clip(lower=5.0)
    return pd.DataFrame({"data": scale * seen, "model": scale * fit * expected, "sem": sem.to_numpy(float)})


def distances(predicted: dict[str, SimpleNamespace]) -> pd.DataFrame:
    """Return RMS [% of maximum] and reduced chi-square of each observable, both conditions together."""
    data = read("brannmark2013_data.csv")
    rows = {}
    for observable, (signal, dose_key, course_key) in OBSERVABLES.items():
        doses = data[data["repo_key"] == dose_key]
        parts = [
            dose_response(part, predicted[str(name)], signal) for name, part in doses.groupby("condition")
        ]
        if parts:
            rows[observable, "dose-response"] = _distance(pd.concat(parts))
        course = data[data["repo_key"] == course_key]
        rows[observable, "time course"] = _distance(time_course(course, predicted, signal))
    return pd.DataFrame(rows, index=["points", "rms", "chi2"]).T


def _distance(pairs: pd.DataFrame) -> tuple[int, float, float]:
    error = pairs["data"] - pairs["model"]
    return len(pairs), float(np.sqrt(np.mean(error**2))), float(np.mean((error / pairs["sem"]) ** 2))


def half_maximal(response: pd.Series) -> float:
    """Return the insulin [nM] of half the rise from none to the highest dose."""
    rise = ((response - response.iloc[0]) / (response.iloc[-1] - response.iloc[0])).to_numpy()
    dose = response.index.to_numpy()
    above = int(np.argmax(rise >= 0.5))
    if above <= 1:
        return float(dose[1])
    share = (0.5 - rise[above - 1]) / (rise[above] - rise[above - 1])
    return float(dose[above - 1] * (dose[above] / dose[above - 1]) ** share)


def predictions() -> dict[str, dict[str, SimpleNamespace]]:
    """Return what ``published``, ``published_IR55`` and ``ours`` predict, for normal and diabetic cells."""
    normal = predict(published("normal"), GLUT1_SHARE["published"])
    return {
        "published": {"normal": normal, "t2d": predict(published("t2d"), GLUT1_SHARE["published"])},
        "published_IR55": {"normal": normal, "t2d": predict(published("t2d_IR55"), GLUT1_SHARE["published"])},
        "ours": {name: predict(ours(name), GLUT1_SHARE["ours"]) for name in CONDITIONS},
    }


def distance_table(found: dict[str, dict[str, SimpleNamespace]]) -> pd.DataFrame:
    """Return RMS and chi-square of each model, one row per observable and kind of experiment."""
    tables = {name: distances(predicted) for name, predicted in found.items()}
    columns = {"points": tables["ours"]["points"].astype(int)}
    for quantity in ("rms", "chi2"):
        columns |= {f"{quantity} {name}": table[quantity] for name, table in tables.items()}
    return pd.DataFrame(columns)


def ec50_table(found: dict[str, dict[str, SimpleNamespace]]) -> pd.DataFrame:
    """Return the insulin of half the effect [nM] in the data and in each model."""
    data = read("brannmark2013_data.csv")
    measured = data[data["repo_key"] == "EC50"].set_index(["observable", "condition"])["value"].to_dict()
    rows = {}
    for observable, (signal, dose_key, _) in OBSERVABLES.items():
        for condition in CONDITIONS:
            if dose_key is None or (f"{observable} EC50", condition) not in measured:
                continue
            row = {"data": float(measured[f"{observable} EC50", condition])}
            row |= {name: half_maximal(models[condition].doses[signal]) for name, models in found.items()}
            rows[observable, condition] = row
    return pd.DataFrame(rows).T


def farther_ec50(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of an EC50 table where ours is farther from the data than the published models, by over 2 %.

    What is within a factor of 1.25 of the data is near enough.
    """
    factor = {name: np.abs(np.log((table[name] / table["data"]).to_numpy(float))) for name in table}
    allowed = np.maximum(factor["published"], factor["published_IR55"]) + np.log(1.02)
    farther: pd.DataFrame = table[factor["ours"] > np.maximum(allowed, np.log(1.25))]
    return farther


def response_table(found: dict[str, dict[str, SimpleNamespace]]) -> pd.DataFrame:
    """Return dose-responses as ``quantity, group, kind, dose [nM], value [% of maximum], unit, error``."""
    data = read("brannmark2013_data.csv")
    parts = []
    for observable, (signal, key, _) in OBSERVABLES.items():
        for group, points in data[data["repo_key"] == key].groupby("condition"):
            condition = str(group)
            head = {"quantity": observable, "group": condition, "unit": "% of maximum"}
            points = points[points["insulin_nM"] > 0.0]
            seen = {
                "kind": "observed",
                "dose": points["insulin_nM"],
                "value": points["value"],
                "error": points["sem"],
            }
            parts.append(pd.DataFrame(seen).assign(**head))
            for name in ("ours", "published"):
                rise = found[name][condition].doses[signal] - found[name][condition].doses.loc[0.0, signal]
                rise = 100.0 * rise.iloc[1:] / rise.loc[points["insulin_nM"]].max()
                curve = {"kind": name, "dose": rise.index, "value": rise.to_numpy(), "error": 0.0}
                parts.append(pd.DataFrame(curve).assign(**head))
    return pd.concat(parts, ignore_index=True)


# ---- the published model, simulated -----------------------------------------------------------------------------


def simulation(config: str, kind: str) -> pd.DataFrame:
    """Return the published simulation of one experiment: a row per insulin and time, a column per observable."""
    found = read("brannmark2013_model.csv")
    found = found[(found["config"] == config) & (found["kind"] == kind)]
    return found.pivot_table(index=["insulin_nM", "time_min"], columns="observable", values="value")


def differences(model: CellOracle | PublishedAdipocyte, config: str, kind: str) -> dict[str, float]:
    """Return RMS between a model and the published simulation, in percent of each observable's maximum."""
    expected = simulation(config, kind)
    squares: dict[str, list[float]] = {name: [] for name in OF_THE_PUBLISHED_MODEL}
    for insulin, rows in expected.groupby(level="insulin_nM"):
        found = model.respond(float(insulin), rows.index.get_level_values("time_min"))  # type: ignore[arg-type]
        for name, signal in OF_THE_PUBLISHED_MODEL.items():
            error = 100.0 * found[signal].to_numpy() - rows[name].to_numpy()
            squares[name] += list((error / expected[name].max()) ** 2)
    return {name: 100.0 * float(np.sqrt(np.mean(values))) for name, values in squares.items()}


def chain_table() -> pd.DataFrame:
    """Return the distance of our chain, with the published numbers, from the published model [% RMS]."""
    rows = {}
    for config in PUBLISHED:
        model = cell(published_parameters(), **PUBLISHED[config])
        for kind in ("dose_response_15min", "time_course"):
            rows[config, kind.replace("_", " ")] = differences(model, config, kind)
    return pd.DataFrame(rows)
