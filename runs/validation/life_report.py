"""What the document of a validation says of drivers, remedies, published trials and opposite starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...analysis.compare import change
from .found import Found
from .life_jobs import DONORS, DRIVEN, STARTED, TREATED
from .life_trials import ALL_DRIVERS, DAYS, DRIVERS, LEVELS, Doses, changes, doses
from .opposite_starts import COUNTS, MEET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOSSES = {
    "rd": "disposal in a clamp", "muscle_uptake": "uptake of muscle", "egp_suppression": "fall of production",
    "lipolysis_suppression": "fall of lipolysis", "muscle_akt": "Akt response, muscle",
    "liver_akt": "Akt response, liver", "fat_akt": "Akt response, fat",
}  # fmt: skip
"""What is lost against lean, in words."""
LEAST_LOSS = 2.0
"""A loss below this is not shared out [%]."""

BY_DOSE = {
    "m_value": "M-value", "glucose": "fasting glucose", "ffa": "fatty acids",
    "egp_suppression": "fall of production [points]",
}  # fmt: skip
BY_DAY = {"m_value": "M-value", "glucose": "fasting glucose", "liver_fat": "liver fat", "weight": "body mass"}
COURSES = {
    ("blood", "glucose"): "Glucose", ("blood", "insulin"): "Insulin", ("blood", "ffa"): "Fatty acids",
    ("body", "egp"): "Production",
}  # fmt: skip
STARTED_PANELS = {
    "m_value": ("M-value", "mg/kg/min"), "egp_suppression": ("Fall of production", "%"),
    "liver_fat": ("Liver fat", "%"), "muscle dag": ("Muscle DAG", "mmol/kg"),
    "muscle mitochondria": ("Muscle mitochondria", "1"), "fat macrophages": ("Macrophages in fat", "%"),
}  # fmt: skip
LIPID_PANELS = {
    ("body", "rd"): "Glucose disposal", ("blood", "ffa"): "Plasma fatty acids", ("muscle", "dag"): "Muscle DAG",
    ("muscle", "pkc"): "Muscle membrane PKC", ("muscle", "ceramide"): "Muscle ceramide",
    ("muscle", "ikb"): "Muscle IκBα",
}  # fmt: skip

Tables = dict[str, pd.DataFrame]


def derive(found: Found) -> None:
    """Add numbers that several lives give together."""
    for row in _records(driver_table(found)):
        found.add(row["phenotype"], "drivers", {f"{row['driver']}: {row['key']}": row["share"]})
    for row in _records(remedy_changes(found)):
        name = f"{row['key']}_{row['level']}_{row['day']:g}"
        found.add(TREATED, f"remedy {row['rule']}", {name: row["change"]})
    if "remedy" in found.tables:
        first, *_, last = _records(found.tables["remedy"].drop(columns=["rule", "level"]))
        found.add(TREATED, "remedy none", changes(last, first))
    for name in STARTED:
        if f"gaps {name}" in found.tables:
            found.add(name, "starts", _start_numbers(found.tables[f"gaps {name}"]))
    _derive_structure(found)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, each a mapping of its columns."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


# ---- drivers ----------------------------------------------------------------------------------------------------


def driver_table(found: Found) -> pd.DataFrame:
    """Return the share of each loss against lean that goes when the arrows of a driver were never there [%].

    A loss is 1 minus the ratio of a phenotype to lean; both are made without the arrows.
    """
    lean, *others = DRIVEN
    rows = [
        (phenotype, key, words, driver or "none", *_loss(found, phenotype, lean, driver, key))
        for phenotype in others
        for key, words in LOSSES.items()
        for driver in (*DRIVERS, ALL_DRIVERS)
    ]
    table = pd.DataFrame(rows, columns=["phenotype", "key", "quantity", "driver", "loss", "share"])
    return table[table["loss"].notna()].reset_index(drop=True)


def _loss(found: Found, phenotype: str, lean: str, driver: str, key: str) -> tuple[float, float]:
    """Return a loss against lean with all arrows [%], and the share of it that a driver takes along [%]."""
    whole, cut = (
        -change(
            *(found.numbers.get((body, f"driver {name}", key), float("nan")) for body in (phenotype, lean))
        )
        for name in ("", driver)
    )
    return whole, 100.0 * (1.0 - cut / whole) if whole >= LEAST_LOSS else float("nan")


def _wide_drivers(found: Found) -> Tables:
    """Return a table for each phenotype: losses, and the shares of all drivers."""
    tables = {}
    for phenotype, part in driver_table(found).groupby("phenotype", sort=False):
        wide = part.pivot(index=["quantity", "loss"], columns="driver", values="share")[
            [*DRIVERS, ALL_DRIVERS]
        ]
        wide = wide.reset_index().rename(columns={"loss": "loss [%]"})
        wide = wide.sort_values("quantity", key=lambda names: names.map(list(LOSSES.values()).index))
        wide.columns.name = None
        tables[f"{phenotype}: loss against lean, and the share of it that goes without a driver [%]"] = wide
    return tables


# ---- remedies ---------------------------------------------------------------------------------------------------


def remedy_changes(found: Found) -> pd.DataFrame:
    """Return the change against the same day without a rule: ``rule, level, day, key, change``."""
    named = ("rule", "level", "day")
    control = {row["day"]: row for row in _records(found.tables.get("remedy", pd.DataFrame()))}
    rows = []
    for rule in doses("lived") if control else ():
        for line in _records(found.tables.get(f"remedy {rule}", pd.DataFrame())):
            seen = {name: value for name, value in line.items() if name not in named}
            apart = changes(seen, control[line["day"]])
            rows += [(rule, line["level"], line["day"], name, value) for name, value in apart.items()]
    return pd.DataFrame(rows, columns=["rule", "level", "day", "key", "change"])


def _by_dose(found: Found) -> pd.DataFrame:
    """Return the changes at the last day against dose, as the panels of rules take them."""
    table = remedy_changes(found)
    last = table[table["day"] == DAYS[-1]]
    return _stepped(last, BY_DOSE, lambda row, dose: getattr(dose, str(row["level"])), "zero")


def _by_day(found: Found) -> pd.DataFrame:
    """Return the changes over the days at the usual dose, as the panels of rules take them."""
    table = remedy_changes(found)
    usual = table[table["level"] == LEVELS[0]]
    return _stepped(usual, BY_DAY, lambda row, dose: f"{row['day']:.0f}", None)


def _challenge_ends(found: Found) -> pd.DataFrame:
    """Return the changes at the end of each challenge against dose."""
    table = found.tables["challenge ends"]
    control = table[table["level"] == "zero"].iloc[0]
    rows = [
        (row["rule"], row["level"], name, changes({name: row[name]}, {name: control[name]})[name])
        for _, row in table[table["level"] != "zero"].iterrows()
        for name in BY_DOSE
    ]
    changed = pd.DataFrame(rows, columns=["rule", "level", "key", "change"])
    return _stepped(changed, BY_DOSE, lambda row, dose: getattr(dose, str(row["level"])), "zero", "challenge")


def _stepped(
    table: pd.DataFrame,
    words: dict[str, str],
    step: Callable[[pd.Series, Doses], str],
    start: str | None,
    kind: str = "lived",
) -> pd.DataFrame:
    """Return changes with the titles, units and steps of their panels; ``start`` names the dose that does nothing."""
    rows = []
    for rule, dose in doses(kind).items():
        part = table[(table["rule"] == rule) & table["key"].isin(words)]
        for key, name in words.items():
            line = part[part["key"] == key]
            if start is not None and len(line):
                rows.append((dose.title, dose.unit, getattr(dose, start) or "none", name, 0.0))
            rows += [
                (dose.title, dose.unit, step(row, dose), name, row["change"]) for _, row in line.iterrows()
            ]
    return pd.DataFrame(rows, columns=["title", "unit", "step", "quantity", "change"])


def _remedy_table(found: Found) -> pd.DataFrame:
    """Return what each rule changed after the last day, in both doses."""
    table = remedy_changes(found)
    last = table[(table["day"] == DAYS[-1]) & table["key"].isin(BY_DOSE | BY_DAY)]
    wide = last.pivot(index=["rule", "level"], columns="key", values="change").reset_index()
    wide.insert(0, "remedy", [doses("lived")[rule].title for rule in wide["rule"]])
    wide.insert(
        1,
        "dose",
        [_dose_words(doses("lived")[r], lv) for r, lv in zip(wide["rule"], wide["level"], strict=True)],
    )
    order = {rule: k for k, rule in enumerate(doses("lived"))}
    wide = wide.sort_values(
        ["rule", "level"], key=lambda column: column.map({**order, "usual": 0, "high": 1})
    )
    wide.columns.name = None
    return wide[["remedy", "dose", *(BY_DOSE | BY_DAY)]].rename(columns=BY_DOSE | BY_DAY)


def _dose_words(dose: Doses, level: str) -> str:
    return f"{getattr(dose, level)} {dose.unit}"


# ---- challenges -------------------------------------------------------------------------------------------------


def _courses(found: Found) -> pd.DataFrame:
    """Return the courses of all challenges, each with that of the control."""
    table = found.tables["challenge courses"]
    places = pd.MultiIndex.from_frame(table[["compartment", "quantity"]])
    table = table[places.isin(list(COURSES))].copy()
    table["quantity"] = [
        COURSES[place] for place in zip(table["compartment"], table["quantity"], strict=True)
    ]
    parts = []
    for rule, dose in doses("challenge").items():
        for level in ("zero", *LEVELS):
            part = table[(table["rule"] == ("" if level == "zero" else rule)) & (table["level"] == level)]
            words = "control" if level == "zero" else _dose_words(dose, level)
            parts.append(part.assign(title=dose.title, dose=words))
    return pd.concat(parts, ignore_index=True)


# ---- opposite starts ----------------------------------------------------------------------------------------------


def _start_numbers(gaps: pd.DataFrame) -> dict[str, float]:
    """Return the gaps at the end [%] and time constants [days], the largest gap and the share that has met [%].

    Counts of macrophages, a few dozen that come and go by chance, are left out of the last two.
    """
    apart = gaps.loc[~gaps["quantity"].isin(COUNTS), "end"].abs()
    found = {"largest_gap": float(apart.max()), "met": 100.0 * float((apart <= MEET).mean())}
    for row in _records(gaps):
        found |= {f"gap {row['quantity']}": row["end"], f"days {row['quantity']}": row["days"]}
    return found


def _start_panels(found: Found) -> pd.DataFrame:
    parts = []
    for name in STARTED[:1]:
        table = found.tables[f"starts {name}"]
        for key, (words, unit) in STARTED_PANELS.items():
            part = table[["start", "day"]].assign(quantity=words, unit=unit, value=table[key])
            parts.append(
                part.assign(start=part["start"].map(lambda start: f"cells of {start.replace('_', ' ')}"))
            )
    return pd.concat(parts, ignore_index=True)


# ---- structure ----------------------------------------------------------------------------------------------------


def _derive_structure(found: Found) -> None:
    """Add the ratios that show the structure of the web."""
    dose = found.test("lean", "dose")
    if dose:
        found.add("lean", "structure", {
            "muscle_over_liver": dose["rd_ec50"] / dose["egp_ic50"],
            "muscle_over_fat": dose["rd_ec50"] / dose["lipolysis_ic50"],
        })  # fmt: skip
    diet = found.test(TREATED, "trial very low calorie diet")
    if diet:
        shares = {
            name: 100.0 * diet[f"{key}_change_7"] / diet[f"{key}_change_56"]
            if diet[f"{key}_change_56"] > 0.0
            else float("nan")
            for name, key in (("liver_by_week_1", "egp_suppression"), ("muscle_by_week_1", "muscle_uptake"))
        }
        found.add(
            TREATED,
            "structure",
            shares | {"liver_ahead": shares["liver_by_week_1"] - shares["muscle_by_week_1"]},
        )


# ---- what the document takes ----------------------------------------------------------------------------------------


def tables(section: str, found: Found) -> Tables:
    """Return further tables of a section by title."""
    shown: Tables = {}
    if section == "drivers":
        shown = _wide_drivers(found)
    if section == "remedies by dose" and "remedy" in found.tables:
        shown["Change after 28 days [%; fall of production: percentage points]"] = _remedy_table(found)
    if section == "opposite starts":
        for name in STARTED:
            if f"gaps {name}" in found.tables:
                table = found.tables[f"gaps {name}"].rename(columns={
                    "start": "gap at the start [%]", "end": "gap after 180 days [%]", "days": "days to a fall by e",
                })  # fmt: skip
                shown[f"{name}, from the cells of {' and '.join(DONORS)}"] = table
    return shown


def figures(found: Found) -> dict[str, Figure]:
    """Return the figures by section, of what was run."""
    from ...analysis import lives
    from ...analysis.figures import Panel, clamp_time_course

    drawn: dict[str, Figure] = {}
    if len(driver_table(found)):
        drawn["drivers"] = lives.driver_shares(driver_table(found))
    if len(remedy_changes(found)):
        drawn["remedies by dose"] = lives.rule_panels(_by_dose(found))
        drawn["remedies over days"] = lives.rule_panels(_by_day(found), "Days")
    if "challenge courses" in found.tables:
        drawn["challenges"] = lives.challenge_courses(_courses(found))
        drawn["challenges by dose"] = lives.rule_panels(_challenge_ends(found))
    if "lipid infusion" in found.tables:
        panels = [Panel(*place, title) for place, title in LIPID_PANELS.items()]
        arms = {str(arm): rows for arm, rows in found.tables["lipid infusion"].groupby("arm", sort=False)}
        drawn["lipid infusion"] = clamp_time_course(arms, panels)
    if f"starts {STARTED[0]}" in found.tables:
        drawn["opposite starts"] = lives.opposite_starts(_start_panels(found))
    return drawn
