"""Switches for all that can be done to a body, made from the list of rules: a new rule has a switch by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ...environment.interventions import RULES, Intervention, Knockout, describe, make_rule
from ...environment.rule import Rule

if TYPE_CHECKING:
    from ...environment.body import Body

Given = Mapping[str, Any]
"""Arguments of a rule that were changed, by name."""

COMMON = {item.name for item in fields(Intervention)}
"""Arguments that all rules share; on the page a switch starts and stops them."""

GROUPS: dict[str, tuple[str, ...]] = {
    "Food and movement": (
        "calorie_restriction", "overfeeding", "diet", "weight_loss", "exercise", "inactivity",
    ),
    "Drugs": (
        "metformin", "thiazolidinedione", "salicylate", "anti_tnf", "antioxidant", "acipimox", "chemical_chaperone",
        "uncoupler",
    ),
    "Inhibitors": ("pkc_inhibitor", "jnk_inhibitor", "ikk_inhibitor", "il1_blockade", "il6r_blockade"),
    "Infusions": (
        "lipid_infusion", "tnf_infusion", "il6_infusion", "endotoxin", "insulin_infusion", "glucose_infusion",
        "glycerol_infusion", "somatostatin",
    ),
}  # fmt: skip
"""Rules by the panel they stand in; any other stands under ``Other``."""

OTHER = "Other"

TITLES = {
    "calorie_restriction": "Eat less", "overfeeding": "Eat more", "diet": "Another diet", "weight_loss": "Lose weight",
    "exercise": "Exercise", "inactivity": "Inactivity", "anti_tnf": "TNF inhibitor", "pkc_inhibitor": "PKC inhibitor",
    "jnk_inhibitor": "JNK inhibitor", "ikk_inhibitor": "IKKβ inhibitor", "il1_blockade": "IL-1 blockade",
    "il6r_blockade": "IL-6 receptor blockade", "tnf_infusion": "TNF-α infusion", "il6_infusion": "IL-6 infusion",
    "uncoupler": "Mild uncoupler",
}  # fmt: skip

PLAIN = {
    "calorie_restriction": "Fewer calories of the same food. Liver fat falls within days, muscle follows over weeks.",
    "overfeeding": "More calories than the body burns; fat cells fill up.",
    "diet": "A given amount of energy, or other shares of fat and carbohydrate.",
    "weight_loss": "As little food as it takes to lose this much weight in this time, and then to keep it off.",
    "exercise": "Training sessions. Working muscle takes up glucose without insulin, and is more sensitive afterwards.",
    "inactivity": "Fewer steps than usual, or bed rest. Muscle becomes resistant within days.",
    "metformin": "Slows the making of glucose in the liver.",
    "thiazolidinedione": "Activates PPAR-γ: fat cells store more fat and make more adiponectin.",
    "salicylate": "An old anti-inflammatory drug; it blocks IKKβ and slows the clearance of insulin.",
    "anti_tnf": "Catches TNF-α in the blood. In patients it hardly changes insulin sensitivity.",
    "antioxidant": "Mops up reactive oxygen in the cells.",
    "acipimox": "Holds back the release of fatty acids from fat cells.",
    "chemical_chaperone": "Helps proteins to fold, and so relieves stress of the endoplasmic reticulum.",
    "uncoupler": "Mitochondria burn more fat for the same work.",
    "pkc_inhibitor": "Blocks novel PKC, through which fat inside cells blocks the insulin signal.",
    "jnk_inhibitor": "Blocks JNK, a kinase of stress that blocks IRS-1.",
    "ikk_inhibitor": "Blocks IKKβ, a kinase of inflammation that blocks IRS-1.",
    "il1_blockade": "Shields beta cells from interleukin-1.",
    "il6r_blockade": "Blocks the receptors of interleukin-6.",
    "lipid_infusion": "Fat into a vein. Fatty acids rise, and within hours muscle becomes resistant.",
    "tnf_infusion": "TNF-α into a vein.",
    "il6_infusion": "Interleukin-6 into a vein.",
    "endotoxin": "A small dose of bacterial endotoxin: hours of inflammation in the whole body.",
    "insulin_infusion": "Insulin into a vein, without glucose: watch for low blood sugar.",
    "glucose_infusion": "Glucose into a vein.",
    "glycerol_infusion": "Glycerol into a vein, from which the liver makes glucose.",
    "somatostatin": "Silences the islets, so that only the insulin and glucagon given here are left.",
}

WORDS = {
    "kcal_per_day": "energy", "percent": "by", "fat_fraction": "share of fat",
    "carbohydrate_fraction": "share of carbohydrate", "bouts_per_week": "sessions", "minutes": "length",
    "percent_less": "less", "dose_mg_per_day": "dose", "dose_mg": "dose", "every_days": "every",
    "ffa_mM": "fatty acids", "hold": "hold the level", "tnf_pg_ml": "TNF-α", "il6_pg_ml": "IL-6", "ng_per_kg": "dose",
    "mU_kg_min": "rate",
    "mg_kg_min": "rate", "umol_kg_min": "rate", "insulin_mU_kg_min": "insulin", "glucagon_ng_kg_min": "glucagon",
    "inhibition": "blocked", "fraction": "uncoupled", "days": "within",
}  # fmt: skip
UNITS = {"percent": "%", "1": "0 to 1", "1/week": "a week", "day": "days", "umol/kg/min": "µmol/kg/min"}


class Dial(NamedTuple):
    """An argument of a rule on the page: a number with unit and limits, one of some words, or yes and no."""

    name: str
    words: str
    unit: str
    low: float
    high: float
    choices: tuple[str, ...]
    is_switch: bool


class Switch(NamedTuple):
    """A rule on the page."""

    name: str
    title: str
    plain: str
    source: str
    dials: tuple[Dial, ...]

    def usual(self, given: Given) -> dict[str, Any]:
        """Return the value of each dial where nothing was changed, for the words that were chosen."""
        chosen = {dial.name: given[dial.name] for dial in self.dials if dial.choices and dial.name in given}
        rule = make_rule(self.name, **chosen)
        return {dial.name: getattr(rule, dial.name) for dial in self.dials}


@dataclass(frozen=True)
class Habits:
    """Eating and moving more or less than by habit.

    Parameters
    ----------
    intake : float
        Of what keeps the body's mass [%].
    activity : float
        Of the habitual activity [%].
    """

    intake: float = 100.0
    activity: float = 100.0

    def act(self, body: Body, dt: float) -> None:
        """Plan the food and the activity of the next step."""
        if self.intake != 100.0:
            body.conduct.prescribe(body.energy.maintenance * self.intake / 100.0, 1.0)
        body.conduct.activity *= self.activity / 100.0


@cache
def switches() -> dict[str, tuple[Switch, ...]]:
    """Return every switch, by panel; cutting arrows has a list of its own."""
    known = {name for names in GROUPS.values() for name in names}
    others = tuple(name for name in RULES if name not in known and name != Knockout.name)
    panels = GROUPS | ({OTHER: others} if others else {})
    return {panel: tuple(_switch(name) for name in names if name in RULES) for panel, names in panels.items()}


def _switch(name: str) -> Switch:
    known = describe(name)
    title = TITLES.get(name, name[:1].upper() + name[1:].replace("_", " "))
    return Switch(name, title, PLAIN.get(name, known.text), known.source, tuple(_dials(RULES[name])))


def _dials(rule: type[Intervention]) -> Sequence[Dial]:
    own = [item for item in fields(rule) if item.name not in COMMON]
    return [
        Dial(
            item.name,
            WORDS.get(item.name, item.name.replace("_", " ")),
            UNITS.get(item.metadata.get("unit", ""), item.metadata.get("unit", "")),
            float(item.metadata.get("low", 0.0)),
            float(item.metadata.get("high", 0.0)),
            tuple(item.metadata.get("allowed", ())),
            isinstance(item.default, bool),
        )
        for item in own
    ]


def rules_of(
    switched: Mapping[str, Given], cut: Sequence[str] = (), intake: float = 100.0, activity: float = 100.0
) -> tuple[Rule, ...]:
    """Return the rules that the switches stand for.

    Parameters
    ----------
    switched : mapping of str to mapping
        Arguments that were changed, by the name of each rule that is on.
    cut : sequence of str
        Arrows of the causal web to cut.
    intake, activity : float
        See :class:`Habits` [%].

    Raises
    ------
    ValueError
        For a dose out of range; says what is allowed.
    """
    habits = () if (intake, activity) == (100.0, 100.0) else (Habits(intake, activity),)
    done = [make_rule(name, **arguments) for name, arguments in switched.items()]
    return (*habits, *done, *(Knockout(arrow) for arrow in cut))


def in_words(rules: Sequence[Rule]) -> str:
    """Return what is done to a body, in a few words."""
    found = []
    for rule in rules:
        if isinstance(rule, Habits):
            found += [f"{rule.intake:g} % of food"] * (rule.intake != 100.0)
            found += [f"{rule.activity:g} % of activity"] * (rule.activity != 100.0)
        elif isinstance(rule, Knockout):
            found.append(f"without {rule.arrow}")
        elif isinstance(rule, Intervention):
            found.append(_rule_in_words(rule))
    return ", ".join(found)


def _rule_in_words(rule: Intervention) -> str:
    switch = _switch(rule.name)
    shown = [(dial, getattr(rule, dial.name)) for dial in switch.dials]
    doses = [f"{value:g} {dial.unit}".strip() for dial, value in shown if isinstance(value, float) and value]
    words = [str(value).replace("_", " ") for dial, value in shown if dial.choices and len(dial.choices) > 1]
    return " ".join([*(words or [switch.title]), *doses[:1]])
