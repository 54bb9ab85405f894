"""The experiments of validation that take days, or hours of a challenge.

* drivers: bodies that never had the arrows of one driver of resistance, or of all four;
* remedies: every rule that is lived under, in two doses over four weeks, and every challenge over hours;
* trials: what was done in published studies that show the structure of the web.

What a body shows is always read alike (:func:`look`). Lives are accelerated, arms of one body share all that is random.
Doses stand in ``data/rule_doses.csv``, trials in ``data/life_trials.csv``, each with its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from ...agents.arrows import read_arrows
from ...analysis.compare import change
from ...environment.body import Body
from ...environment.interventions import Intervention, LipidInfusion, read_rule
from ...environment.observe import observe_cells
from ...environment.protocols import Clamp, Fast
from ...environment.response import observe_response
from ...environment.rule import Rule
from ..folders import DATA
from ..record import Record
from ..simulation import simulate

Numbers = dict[str, float]


DRIVERS = ("inflammation", "lipotoxicity", "mitochondria", "ER stress")
"""Drivers whose arrows make resistance."""
ALL_DRIVERS = "all four"

STANDARD = "40 mU/m2/min"
CLAMP_HOURS = {"lean_t2d": 6.0, "obese_t2d": 6.0}
"""Length of a clamp where glucose first has to come down [h]; three hours in all other bodies."""

DAYS = (0, 1, 3, 7, 14, 28)
"""Days at which a life under a rule is looked at."""
CHALLENGE_HOURS = 6.0
BEFORE_CLAMP = 180
"""Minutes for which a challenge acts before its clamp [min]."""
LIPID_HOURS = (6.0, 10.0)
"""When fatty acids are let go, and when the clamp ends [h]."""
LEVELS = ("usual", "high")

READ = {
    "m_value": "m_value_mg_kg_min", "rd": "rd_umol_kg_min", "egp_suppression": "egp_suppression_percent",
    "lipolysis_suppression": "lipolysis_suppression_percent", "clamp_insulin": "plasma_insulin_pM",
    "clamp_ffa": "plasma_ffa_mM", "glucose": "fasting_glucose_mM", "insulin": "fasting_insulin_pM",
    "ffa": "fasting_ffa_mM", "egp": "fasting_egp_umol_kg_min",
}  # fmt: skip
"""What is taken from the summary of a clamp, by the name it has here."""

POINTS = ("egp_suppression", "lipolysis_suppression")
"""Quantities in percent, whose change is a difference [percentage points]."""


# ---- looking ----------------------------------------------------------------------------------------------------


def look(body: Body, rules: Sequence[Rule] = (), insulin: str = STANDARD) -> Numbers:
    """Return what a scale, a blood sample, a scan of the liver and a clamp show; the body stays as it was.

    Parameters
    ----------
    body : Body
    rules : sequence of Rule
        What it lives under; they go on during the clamp.
    insulin : str
        Of the clamp. Its length hangs on the phenotype alone, so that clamps of one life can be compared.
    """
    hours = CLAMP_HOURS.get(body.phenotype.name, 3.0)
    record = simulate(body, Clamp(insulin, hours=hours), rules=rules)
    found = {name: float(record.summary[key]) for name, key in READ.items()}
    cells = observe_cells(body)
    return found | {
        "muscle_uptake": float(record.series("uptake", "muscle").iloc[-1]),
        "weight": body.anatomy.weight,
        "fat_mass": body.anatomy.fat_mass,
        "liver_fat": cells["liver", "liver_fat"],
        "muscle_lipid": cells["muscle", "muscle_lipid"],
    }


def changes(now: Mapping[str, float], before: Mapping[str, float]) -> Numbers:
    """Return the change of each quantity [%], of those in percent the difference [percentage points]."""
    return {
        name: now[name] - before[name] if name in POINTS else change(now[name], before[name]) for name in now
    }


# ---- drivers ----------------------------------------------------------------------------------------------------


def arrows_of(driver: str) -> list[str]:
    """Return the arrows of a driver, or of ``all four``."""
    wanted = DRIVERS if driver == ALL_DRIVERS else (driver,)
    return [name for name, arrow in read_arrows().items() if arrow.driver in wanted]


def without_driver(body: Body) -> Numbers:
    """Return what a body shows, and how its cells would answer to insulin."""
    response = observe_response(body)
    return look(body) | {
        f"{tissue}_akt": value for (tissue, name), value in response.items() if name == "akt_response"
    }


# ---- remedies ---------------------------------------------------------------------------------------------------


class Doses(NamedTuple):
    """The doses of a rule: which argument is varied, over what, and what else is given."""

    kind: str
    rule: str
    title: str
    fixed: str
    argument: str
    unit: str
    zero: str
    usual: str
    high: str
    source: str

    def make(self, level: str) -> Intervention:
        """Return the rule in its ``usual`` or ``high`` dose."""
        return read_rule(f"{self.rule} {self.fixed} {self.argument}={getattr(self, level)}")


def doses(kind: str) -> dict[str, Doses]:
    """Return the doses of all rules of a kind, ``lived`` or ``challenge``, by rule."""
    table = pd.read_csv(DATA / "rule_doses.csv", dtype=str, keep_default_na=False)
    rows = (Doses(*row) for row in table.itertuples(index=False))
    return {row.rule: row for row in rows if row.kind == kind}


def lived(
    body: Body, rules: Sequence[Rule], days: Iterable[int] = DAYS, insulin: str = STANDARD
) -> pd.DataFrame:
    """Return what a body shows on some days of an accelerated life under rules: a row for each ``day``."""
    living, rows, stops = body.branch(), [], sorted({0, *days})
    for last, day in pairwise((0, *stops)):
        if day > last:
            living.live(day - last, rules, accelerated=True)
        if day in days:
            rows.append({"day": float(day)} | look(living, rules if day else (), insulin))
    return pd.DataFrame(rows)


def challenged(body: Body, rule: Rule | None) -> tuple[pd.DataFrame, Numbers]:
    """Return the course of a fasting body under a challenge, and what a clamp during the challenge shows."""
    rules = [] if rule is None else [rule]
    record = simulate(body, Fast(hours=CHALLENGE_HOURS), rules=rules)
    ends = {place: values.iloc[-1] for place, values in _series(record)}
    clamped = look(after(body, rules, BEFORE_CLAMP), rules)
    names = {("body", "egp"): "egp", ("blood", "glucose"): "glucose", ("blood", "ffa"): "ffa"}
    return record.table, clamped | {name: float(ends[place]) for place, name in names.items()}


def after(body: Body, rules: Sequence[Rule], minutes: int) -> Body:
    """Return a branch that has fasted under rules for some minutes; give the rules to its test, too."""
    living = body.branch()
    living.rules = list(rules)
    for _ in range(minutes):
        living.step()
    living.check()
    living.rules = []
    return living


def _series(record: Record) -> Iterator[tuple[tuple[str, str], pd.Series]]:
    """Give every quantity of a record over time."""
    for place, rows in record.table.groupby(["compartment", "quantity"], sort=False):
        yield place, rows.set_index("time")["value"]  # type: ignore[misc]


# ---- challenges that were published -----------------------------------------------------------------------------

CELLS_READ = ("dag", "pkc", "ceramide", "ikb")
TIMES = (120, 180, 210, 360, 600)
"""When the lipid infusion is read [min]."""


def lipid_infusion(body: Body) -> tuple[Numbers, pd.DataFrame]:
    """Return the change of disposal and of muscle cells by fatty acids held at 1.9 mM for six hours, and the courses.

    Insulin is held at 400 pM, glucose at 5.2 mM; the clamp goes on when fatty acids are let go.
    """
    stop, end = LIPID_HOURS
    clamp = Clamp("400 pM", hours=end, glucose_mM=5.2)
    lipid = LipidInfusion(ffa_mM=1.9, hold=True, stop_day=stop / 24.0)
    records = {"control": simulate(body, clamp), "lipid": simulate(body, clamp, rules=[lipid])}
    found: Numbers = {"control_ffa": _around(records["control"].series("ffa", "blood"), 360)}
    for time in TIMES:
        rd = [_around(records[arm].series("rd", "body"), time) for arm in ("lipid", "control")]
        found[f"rd_change_{time}"] = change(*rd)
        for name in CELLS_READ:
            values = [records[arm].series(name, "muscle").loc[float(time)] for arm in ("lipid", "control")]
            found[f"{name}_ratio_{time}"] = float(values[0] / values[1])
    parts = [record.table.assign(arm=arm) for arm, record in records.items()]
    return found, pd.concat(parts, ignore_index=True)


def graded_lipid(body: Body) -> Numbers:
    """Return the change of disposal in a clamp of two hours by lipid in three rates, begun four hours before it."""
    found: Numbers = {}
    control = _graded(body, [])
    for level in (0.695, 1.251, 1.688):
        lipid = _graded(body, [LipidInfusion(ffa_mM=level)])
        found |= {
            f"rd_change_{level:g}": change(lipid["rd"], control["rd"]),
            f"ffa_{level:g}": lipid["ffa"],
        }
    return found


def _graded(body: Body, rules: Sequence[Rule]) -> Numbers:
    record = simulate(after(body, rules, 240), Clamp(STANDARD, hours=2.0), rules=rules)
    return {"rd": float(record.summary["rd_umol_kg_min"]), "ffa": float(record.summary["fasting_ffa_mM"])}


def cytokines(body: Body) -> Numbers:
    """Return the change of fasting fluxes by TNF-alpha and IL-6, that of disposal by IL-6, and peaks after endotoxin.

    TNF-alpha is infused for four hours, IL-6 for three, and three more of a clamp; endotoxin is followed for six hours.
    """
    rest = _fasting_fluxes(body, None, 4.0)
    tnf = _fasting_fluxes(body, read_rule("tnf_infusion tnf_pg_ml=16.7"), 4.0)
    il6_rule = read_rule("il6_infusion il6_pg_ml=150")
    il6, rest_3 = _fasting_fluxes(body, il6_rule, 3.0), _fasting_fluxes(body, None, 3.0)
    clamps = [look(after(body, rules, BEFORE_CLAMP), rules) for rules in ([il6_rule], [])]
    endotoxin = simulate(body, Fast(hours=CHALLENGE_HOURS), rules=[read_rule("endotoxin ng_per_kg=0.6")])
    return (
        {f"tnf_{name}_change": change(tnf[name], rest[name]) for name in ("lipolysis", "rd", "egp")}
        | {"tnf_il6_ratio": tnf["il6"] / rest["il6"]}
        | {f"il6_{name}_change": change(il6[name], rest_3[name]) for name in ("rd", "egp", "glucose")}
        | {"il6_clamp_rd_change": change(clamps[0]["rd"], clamps[1]["rd"])}
        | {f"endotoxin_{pool}_peak": _peak(endotoxin.series(pool, "blood")) for pool in ("tnf", "il6")}
    )


def _fasting_fluxes(body: Body, rule: Rule | None, hours: float) -> Numbers:
    """Return fluxes and levels of the last half hour of a fast."""
    record = simulate(body, Fast(hours=hours), rules=[] if rule is None else [rule])
    places = [("body", "lipolysis"), ("body", "rd"), ("body", "egp"), ("blood", "il6"), ("blood", "glucose")]
    return {name: _around(record.series(name, place), 60.0 * hours) for place, name in places}


def _peak(series: pd.Series) -> float:
    """Return the largest value over the first."""
    return float(series.max() / series.iloc[0])


def _around(series: pd.Series, time: float) -> float:
    """Return the mean of the half hour up to a time [min]."""
    return float(series.loc[time - 29.0 : time].mean())


# ---- published trials of days and weeks ---------------------------------------------------------------------------


class Trial(NamedTuple):
    """A published trial: who lived how long under which rule, and how it was tested."""

    name: str
    phenotype: str
    days: str
    rule: str
    insulin: str
    source: str


def published_trials() -> dict[str, Trial]:
    """Return the trials by name."""
    table = pd.read_csv(DATA / "life_trials.csv", dtype=str)
    return {row[0]: Trial(*row) for row in table.itertuples(index=False, name=None)}


def published_trial(body: Body, trial: Trial) -> Numbers:
    """Return the change of each quantity against the same days at maintenance, as ``quantity_change_day``."""
    days = [int(day) for day in trial.days.split()]
    looks = [lived(body, rules, days, trial.insulin) for rules in ([read_rule(trial.rule)], [])]
    found: Numbers = {}
    for k, day in enumerate(days):
        now, control = ({str(name): float(course[name].iloc[k]) for name in course} for course in looks)
        found |= {f"{name}_change_{day}": value for name, value in changes(now, control).items()}
    return found
