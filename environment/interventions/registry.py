"""All interventions by the names that studies use: how to make, read, check and describe them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from inspect import getdoc
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from ...agents.arrows import read_arrows
from ...agents.parameters import nearest
from ..pharmacology import Antibody
from .acipimox import Acipimox, AcipimoxDrug
from .anti_tnf import AntiTnf
from .antioxidant import Antioxidant, AntioxidantDrug
from .calorie_restriction import CalorieRestriction
from .chemical_chaperone import NAMES as CHAPERONES
from .chemical_chaperone import ChaperoneDrug, ChemicalChaperone
from .diet import Diet
from .endotoxin import Endotoxin, EndotoxinPool, make_pool
from .exercise import Exercise
from .glucose_infusion import GlucoseInfusion
from .glycerol_infusion import GlycerolInfusion
from .ikk_inhibitor import IkkInhibitor
from .il1_blockade import Il1Blockade
from .il6_infusion import Il6Infusion
from .il6r_blockade import Il6rBlockade
from .inactivity import Inactivity
from .insulin_infusion import InsulinInfusion
from .intervention import Argument, Intervention
from .jnk_inhibitor import JnkInhibitor
from .knockout import Cut, Knockout
from .lipid_infusion import LipidInfusion
from .metformin import Metformin, MetforminDrug
from .overfeeding import Overfeeding
from .pkc_inhibitor import PkcInhibitor
from .salicylate import Salicylate, SalicylateDrug
from .somatostatin import Somatostatin
from .thiazolidinedione import Thiazolidinedione, ThiazolidinedioneDrug
from .tnf_infusion import TnfInfusion
from .treatment import Treatment
from .uncoupler import Uncoupler
from .weight_loss import WeightLoss

if TYPE_CHECKING:
    from ..body import Body
    from ..rule import Drug

_ALL: tuple[type[Intervention], ...] = (
    CalorieRestriction, Overfeeding, Diet, Exercise, Inactivity, WeightLoss, Salicylate, AntiTnf, Metformin,
    Thiazolidinedione, Antioxidant, PkcInhibitor, JnkInhibitor, IkkInhibitor, ChemicalChaperone, Acipimox, Il1Blockade,
    Il6rBlockade, Uncoupler, LipidInfusion, TnfInfusion, Il6Infusion, Endotoxin, InsulinInfusion, GlucoseInfusion,
    GlycerolInfusion, Somatostatin, Knockout,
)  # fmt: skip

RULES: dict[str, type[Intervention]] = {rule.name: rule for rule in _ALL}
"""Every intervention by the name that studies and commands call it."""


class Description(NamedTuple):
    """What a rule is: its name, one line, its arguments, and the source of its numbers."""

    name: str
    text: str
    arguments: list[Argument]
    source: str


def find_rule(name: str) -> type[Intervention]:
    """Return an intervention by name.

    Raises
    ------
    ValueError
        For an unknown name; names the nearest one.
    """
    if not isinstance(name, str) or name not in RULES:
        raise ValueError(f"no rule is called {name!r}.{nearest(str(name), list(RULES))}")
    return RULES[name]


def make_rule(name: str, /, **arguments: Any) -> Intervention:
    """Return an intervention with its arguments.

    Raises
    ------
    ValueError
        For an unknown rule, argument or drug, or a value out of range; says what is allowed.
    """
    rule = find_rule(name)
    known = [argument.name for argument in fields(rule)]
    for given in arguments:
        if given not in known:
            raise ValueError(f"rule {name!r} has no argument {given!r}.{nearest(given, known)}")
    for argument in fields(rule):
        if argument.default is MISSING and argument.name not in arguments:
            raise ValueError(f"rule {name!r} needs the argument {argument.name!r}")
    return rule(**arguments)


def read_rule(given: str | Mapping[str, Any]) -> Intervention:
    """Return an intervention from words, as ``metformin dose_mg_per_day=2000``, or from a mapping with ``rule``.

    Raises
    ------
    ValueError
        As :func:`make_rule`, and for what is neither.
    """
    if isinstance(given, Mapping):
        if "rule" not in given:
            raise ValueError(f"{dict(given)!r} has no key 'rule', allowed: {', '.join(RULES)}")
        return make_rule(given["rule"], **{key: value for key, value in given.items() if key != "rule"})
    name, *pairs = str(given).split() or [""]
    arguments = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"rule {name!r}: given {pair!r}, allowed: name=value, as start_day=0")
        arguments[key] = _value(value)
    return make_rule(name, **arguments)


def _value(text: str) -> float | bool | str:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return float(text)
    except ValueError:
        return text


def describe(rule: str | type[Intervention]) -> Description:
    """Return what a rule does and takes."""
    rule = find_rule(rule) if isinstance(rule, str) else rule
    text = (getdoc(rule) or "").partition("\n")[0]
    return Description(rule.name, text, rule.arguments(), rule.source)


def check_rules(rules: Iterable[object], days: float) -> None:
    """Raise a ValueError if a rule starts after the run, stands twice, or two courses of one drug overlap.

    Parameters
    ----------
    rules : iterable of Rule
        Those that are no interventions are passed over.
    days : float
        Length of the run [day]; a rule that starts on its last moment starts with the test.
    """
    interventions = [rule for rule in rules if isinstance(rule, Intervention)]
    for rule in interventions:
        if rule.start_day > days:
            raise ValueError(
                f"{rule.name}: start_day is {rule.start_day:g}, allowed: 0 to {days:g}, the days lived"
            )
    for one, other in combinations(interventions, 2):
        if one == other:
            raise ValueError(f"{one.name} is given twice with the same arguments, allowed: once")
        if _same_drug(one, other) and _overlap(one, other):
            raise ValueError(
                f"{one.name}: two courses of {_drug(one)} overlap (days {_days(one)} and {_days(other)}), "
                "allowed: one after the other"
            )


def _drug(rule: Intervention) -> str:
    return rule.substance if isinstance(rule, Treatment) else ""


def _same_drug(one: Intervention, other: Intervention) -> bool:
    return bool(_drug(one)) and _drug(one) == _drug(other)


def _overlap(one: Intervention, other: Intervention) -> bool:
    return one.start_minute < other.stop_minute and other.start_minute < one.stop_minute


def _days(rule: Intervention) -> str:
    return f"{rule.start_day:g} to {'the end' if rule.stop_day is None else f'{rule.stop_day:g}'}"


def _cut(name: str, body: Body) -> Cut:
    return Cut(name.partition(" ")[2])


def _endotoxin(name: str, body: Body) -> EndotoxinPool:
    return make_pool(body)


def make_drug(name: str, body: Body) -> Drug:
    """Return an empty drug of ``body.drugs`` by its name there, as a checkpoint needs it.

    Raises
    ------
    ValueError
        For an unknown name.
    """
    if name not in _DRUGS:
        raise ValueError(f"no drug is called {name!r}.{nearest(name, list(_DRUGS))}")
    return _DRUGS[name](name, body)


_DRUGS: dict[str, Callable[[str, Body], Drug]] = {
    "metformin": MetforminDrug,
    "salicylate": SalicylateDrug,
    "acipimox": AcipimoxDrug,
    **dict.fromkeys(Thiazolidinedione.doses, ThiazolidinedioneDrug),
    **dict.fromkeys(Antioxidant.doses, AntioxidantDrug),
    **dict.fromkeys(CHAPERONES.values(), ChaperoneDrug),
    **dict.fromkeys(AntiTnf.doses, Antibody),
    **dict.fromkeys((f"knockout {arrow}" for arrow in read_arrows()), _cut),
    "endotoxin": _endotoxin,
}
