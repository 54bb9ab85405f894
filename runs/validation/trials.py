"""The experiments of validation. Each tests a settled body and returns numbers by name.

Names of quantities are ``compartment.quantity`` as observed, or the name of a measure. How each experiment is read is
said in its docstring, because a half-maximal dose depends on that.

Sources: doi:10.1152/ajpendo.1981.240.6.E630 (dose-response), doi:10.1152/ajpendo.1979.237.3.E214 (clamp),
doi:10.1109/TBME.2007.893506 (meal), PMC3357234 (three steps of insulin in obesity).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from ...agents.population import Population
from ...analysis.compare import dose_of_level
from ...analysis.measures import GLUCOSE_MG_DL_PER_MM, GLUCOSE_MG_PER_UMOL, adipo_ir, homa_ir
from ...environment import body as environment
from ...environment.body import Body
from ...environment.observe import observe
from ...environment.protocols import Clamp, MixedMeal, OralGlucose
from ..folders import DATA
from ..record import Record
from ..simulation import simulate

Numbers = dict[str, float]


VISITS = ((60, 174, 330, 900), (100, 250, 360, 500, 2700))
"""Plasma insulin of the dose-response [pM]: two visits, two hours for each step, as in the study."""

CONTE_LEVELS = {"low": 240, "medium": 300, "high": 500}
"""Levels taken for the three steps in obesity, which the paper does not print [pM]."""

CONTE_INFUSIONS = {"low": 7, "medium": 20, "high": 50}
"""Infusions of the three steps [mU/m2/min]."""

MEAL_GLUCOSE_G = 103.0
"""Dose of the meal that its measured appearance amounts to in a subject of 78 kg [g]."""
MEAL_WEIGHT = 78.0

CLAMP_HOURS = {"normal": 3.0, "high glucose": 6.0}
"""A body whose glucose starts high gets more hours, until it is at the target."""
HIGH_GLUCOSE = 6.0


def fasting(body: Body) -> Numbers:
    """Return everything observed after the night's fast; glucose and fat per kg of fat-free mass too."""
    living = body.branch()
    living.step()
    found = {".".join(place): float(value) for place, value in observe(living).items()}
    lean_share = body.phenotype.lean_mass / body.phenotype.weight
    rd, muscle = found["body.rd"], found["muscle.glucose_uptake"]
    fat = living.compartments["fat"]
    glycerol = 1e3 * fat.total_flux("glycerol_output") / body.phenotype.weight
    independent = sum(found[f"{organ}.glucose_uptake"] for organ in ("brain", "red cells", "other organs"))
    return found | {
        "egp_per_lean_mass": found["body.egp"] / lean_share,
        "gluconeogenesis_per_lean_mass": found["body.gluconeogenesis"] / lean_share,
        "gluconeogenesis_share": 100.0 * found["body.gluconeogenesis"] / found["body.egp"],
        "glycerol_appearance": glycerol,
        "hepatic_ir": found["body.egp"] / lean_share * found["blood.insulin"],
        "fat.feedback": feedback(fat.main),
        "fat.irs1_s307": float(living.signals(fat.main)["irs1_s307_all"].mean()),
        "adipo_ir": adipo_ir(found["blood.ffa"], found["blood.insulin"]),
        "homa_ir": homa_ir(found["blood.glucose"], found["blood.insulin"]),
        "muscle_share": 100.0 * muscle / rd,
        "insulin_independent_share": 100.0 * independent / rd,
        "brain_share": 100.0 * found["brain.glucose_uptake"] / rd,
    }


def feedback(cells: Population) -> float:
    """Return the mean strength of the feedback from mTORC1 to IRS-1, relative to cells that remember no stress [1]."""
    gain = cells.values["stress_to_feedback"] * cells.values["feedback_stress_gain"]
    return float(np.mean(1.0 / (1.0 + gain * cells["feedback_stress"])))


def clamp(body: Body, rest: Numbers) -> Numbers:
    """Return what a clamp at 40 mU/m2/min gives, read over its last half hour."""
    kind = "high glucose" if rest["blood.glucose"] > HIGH_GLUCOSE else "normal"
    hours = CLAMP_HOURS[kind]
    record = simulate(body, Clamp("40 mU/m2/min", hours=hours))
    found = {name: float(value) for name, value in record.summary.items() if _is_number(value)}
    found |= _ends(record)
    rd = found["body.rd"]
    uptake = {organ: found[f"{organ}.glucose_uptake"] for organ in ("muscle", "fat", "liver", "brain")}
    found |= {f"{organ}_share": 100.0 * amount / rd for organ, amount in uptake.items()}
    rise = rd - rest["body.rd"]
    found["rd_per_lean_mass"] = rd * body.phenotype.weight / body.phenotype.lean_mass
    found["hours"] = hours
    found["insulin_rise"] = found["plasma_insulin_pM"] - rest["blood.insulin"]
    if abs(rise) > 1e-6:
        muscle = uptake["muscle"] - rest["muscle.glucose_uptake"]
        found["muscle_share_of_increment"] = 100.0 * muscle / rise
    for name in ("pi3k", "akt", "uptake", "glut4"):
        found[f"muscle_{name}_fold"] = found[f"muscle.{name}"] / rest[f"muscle.{name}"]
    return found


def dose_response(body: Body, rest: Numbers) -> tuple[Numbers, pd.DataFrame]:
    """Return half-maximal doses and their curve: insulin held at ascending levels, glucose clamped at 5 mM.

    The dose of disposal is that at which total disposal is half of the largest (as the study defines it); of glucose
    production, where it is half of the fasting rate; of lipolysis, where its fall from fasting is half of the largest.
    All are read between steps on a logarithmic scale of insulin.
    """
    rows = [_rest_row(rest)]
    for visit in VISITS:
        above = [f"{level} pM" for level in visit if level > 1.1 * rest["blood.insulin"]]
        rows += _steps(simulate(body, Clamp(above, step_minutes=120)))
    curve = pd.DataFrame(rows).sort_values("insulin", ignore_index=True)
    insulin, rd, egp, lipolysis = (curve[name].to_numpy() for name in ("insulin", "rd", "egp", "lipolysis"))
    at_360 = int(np.argmin(np.abs(insulin - 360.0)))
    found = {
        "rd_ec50": dose_of_level(insulin, rd, 0.5 * rd.max()),
        "egp_ic50": dose_of_level(insulin, egp, 0.5 * egp[0]),
        "lipolysis_ic50": dose_of_level(insulin, lipolysis, 0.5 * (lipolysis[0] + lipolysis.min())),
        "rd_max": GLUCOSE_MG_PER_UMOL * float(rd.max()),
        "egp_suppression_at_360": 100.0 * (1.0 - egp[at_360] / egp[0]),
        "rd_at_330": float(np.interp(330.0, insulin, rd)),
    }
    return found, curve


def three_steps(body: Body, rest: Numbers, doses: dict[str, int], unit: str) -> Numbers:
    """Return suppression and disposal at three ascending steps of two hours."""
    record = simulate(body, Clamp([f"{dose} {unit}" for dose in doses.values()], step_minutes=120))
    found: Numbers = {}
    for name, row in zip(doses, _steps(record), strict=True):
        found |= {
            f"{name}_insulin": row["insulin"],
            f"{name}_egp_change": 100.0 * (row["egp"] / rest["body.egp"] - 1.0),
            f"{name}_lipolysis_change": 100.0 * (row["lipolysis"] / rest["body.lipolysis"] - 1.0),
            f"{name}_rd_change": 100.0 * (row["rd"] / rest["body.rd"] - 1.0),
        }
    return found


def oral_glucose(body: Body) -> Numbers:
    """Return indices of a drink of 75 g of glucose."""
    record = simulate(body, OralGlucose())
    found = {name: float(value) for name, value in record.summary.items() if _is_number(value)}
    insulin = record.series("insulin", "blood")
    found["insulin_90_120"] = float(insulin.loc[90:120].mean())
    return found


def meal(body: Body) -> pd.DataFrame:
    """Return the course of a mixed meal: tidy ``observable, time, value`` in the units of the measured data.

    The body eats what the measured appearance of glucose amounts to, in proportion to its weight.
    """
    grams = MEAL_GLUCOSE_G * body.phenotype.weight / MEAL_WEIGHT
    record = simulate(body, MixedMeal(carbohydrate_g=grams, hours=7.0))
    mg = GLUCOSE_MG_PER_UMOL
    series = {
        "glucose": GLUCOSE_MG_DL_PER_MM * record.series("glucose", "blood"),
        "insulin": record.series("insulin", "blood"),
        "EGP": mg * record.series("egp", "body"),
        "Ra": mg * record.series("ra_meal", "body"),
        "U": mg * record.series("rd", "body"),
        "insulin_secretion": record.series("insulin_secretion", "body"),
    }
    parts = [
        pd.DataFrame({"observable": name, "time": values.index, "value": values.to_numpy()})
        for name, values in series.items()
    ]
    return pd.concat(parts, ignore_index=True)


def measured_meal() -> pd.DataFrame:
    """Return the measured meal of 204 normal subjects: ``source, observable, time_min, mean, sd, unit``."""
    return pd.read_csv(DATA / "dallaman2007_normal_meal.csv")


# ---- numerics -----------------------------------------------------------------------------------------------


@contextmanager
def stepped(minutes: float, substeps: int) -> Iterator[None]:
    """Let bodies live in steps of another length, with other sub-steps of the fast processes, for a while."""
    usual = environment.MINUTE, environment.SUBSTEPS
    environment.MINUTE, environment.SUBSTEPS = minutes, substeps
    try:
        yield
    finally:
        environment.MINUTE, environment.SUBSTEPS = usual


def plain_clamp(body: Body, minutes: float = 180.0) -> Numbers:
    """Return M, fasting levels and states of the cells at the end of a clamp at 40 mU/m2/min, steps of any length."""
    living = body.branch()
    rest = {pool: living.blood.level[pool] for pool in ("glucose", "ffa")} | {
        "insulin": living.insulin.plasma_pM
    }
    living.rules.append(Clamp("40 mU/m2/min"))
    step = environment.MINUTE
    infused = []
    for _ in range(round(minutes / step)):
        living.step()
        infused.append(living.flows["glucose_infusion"])
    living.check()
    late = infused[-round(30.0 / step) :]
    muscle = living.compartments["muscle"].main
    return rest | {
        "m_value": GLUCOSE_MG_PER_UMOL * 1e3 * float(np.mean(late)) / body.phenotype.weight,
        "muscle GLUT4 at the surface": float(muscle["glut4_surface"].mean()),
        "plasma glucose": living.blood.level["glucose"],
        "plasma fatty acid": living.blood.level["ffa"],
        "plasma insulin": living.insulin.plasma_pM,
    }


STEPS = {
    "usual: 1 min, 2 sub-steps": (1.0, 2),
    "1 min, 4 sub-steps": (1.0, 4),
    "0.5 min, 2 sub-steps": (0.5, 2),
}


def halved_steps(body: Body) -> tuple[Numbers, pd.DataFrame]:
    """Return the change of a clamp when steps are halved [%], and what was found with each step."""
    rows = {}
    for name, (minutes, substeps) in STEPS.items():
        with stepped(minutes, substeps):
            rows[name] = plain_clamp(body)
    table = pd.DataFrame(rows).T.drop(columns=["glucose", "ffa", "insulin"])
    usual, substepped, halved = (table.iloc[k] for k in range(3))
    found = {
        "substeps_change": 100.0 * float((substepped / usual - 1.0).abs().max()),
        "step_change": 100.0 * float((halved / usual - 1.0).abs().max()),
    }
    return found, table.rename_axis("step").reset_index()


def audit_of_a_day(body: Body) -> Numbers:
    """Return the gap of each account after a day of three meals and a clamp, relative to what was stored or moved."""
    living = body.branch()
    living.open_books()
    living.live(1.0)
    living.rules.append(Clamp("40 mU/m2/min"))
    for _ in range(180):
        living.step()
    return {f"audit {name}": abs(gap) for name, gap in living.audit().items()}


# ---- reading ------------------------------------------------------------------------------------------------


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _ends(record: Record) -> Numbers:
    """Return every observed quantity at the end of a run, fluxes and levels over the last half hour."""
    table = record.table
    late = table[table["time"] > table["time"].max() - 30.0]
    means = late.groupby(["compartment", "quantity"])["value"].mean()
    return {f"{compartment}.{quantity}": float(value) for (compartment, quantity), value in means.items()}


def _rest_row(rest: Numbers) -> dict[str, float]:
    row = {name: rest[f"body.{name}"] for name in ("rd", "egp", "lipolysis", "gir")}
    row |= {organ: rest[f"{organ}.glucose_uptake"] for organ in ("muscle", "fat", "liver")}
    return row | {"insulin": rest["blood.insulin"], "glucose": rest["blood.glucose"]}


def _steps(record: Record) -> list[dict[str, float]]:
    """Return one row for each step of a clamp."""
    rows = []
    for step in record.summary["steps"]:
        row = {name: step[f"{name}_umol_kg_min"] for name in ("rd", "egp", "lipolysis", "gir")}
        uptake = step["glucose_uptake_umol_kg_min"]
        row |= {organ: uptake[organ] for organ in ("muscle", "fat", "liver")}
        rows.append(row | {"insulin": step["plasma_insulin_pM"], "glucose": step["plasma_glucose_mM"]})
    return rows
