"""Protocols: how a body is tested. Each is a rule with a length, in half-open intervals from its first act.

Sources: doi:10.1152/ajpendo.1979.237.3.E214 (glucose clamp, priming infusion of insulin).
Left out: delay and error of the glucose reading, tracers (endogenous production and disposal are read directly).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, isfinite
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from ..agents.parameters import nearest
from .blood import UNITS as POOL_UNITS
from .gut import GLUCOSE_MMOL_PER_G
from .rule import Rule

if TYPE_CHECKING:
    from .body import Body

PMOL_PER_MU = 6.0
"""Insulin in one milliunit [pmol]."""

INSULIN_RANGES = {"mU/m2/min": (0.0, 2000.0), "mU/kg/min": (0.0, 50.0), "pM": (1.0, 100_000.0)}
"""Units in which a clamp takes insulin, each with what is allowed; ``pM`` is a held plasma level."""

PRIME_MINUTES = 10.0
PRIME_EXCESS = 1.55
PRIME_FALL = 0.22  # [1/min]

GLUCOSE_RANGE = (2.0, 30.0)  # [mM]
PUMP_MAX = 0.2  # glucose infusion [mmol/kg/min], 36 mg/kg/min
CONTROL_SPEED = 0.2  # [1/min]
CONTROL_DAMPING = 1.25

HOURS_MAX = 240.0
MINUTES_MIN = 1.0


class TimedRule(Rule, Protocol):
    """A rule that tests a body for some minutes."""

    @property
    def name(self) -> str:
        """As studies and tables call it."""
        ...

    @property
    def minutes(self) -> float:
        """Length of the test [min]."""
        ...


class _ForHours:
    """A test that is followed for some hours."""

    hours: float

    @property
    def minutes(self) -> float:
        """Length of the test [min]."""
        return 60.0 * self.hours


@dataclass
class Fast(_ForHours):
    """Nothing but water for some hours.

    Parameters
    ----------
    hours : float
        [h].
    """

    name: ClassVar[str] = "fasting"
    hours: float = 1.0

    def __post_init__(self) -> None:
        check_range("hours", self.hours, 0.0, HOURS_MAX)

    def act(self, body: Body, dt: float) -> None:
        """Do nothing."""


@dataclass
class Biopsy:
    """A look at the cells as they are now; takes no time."""

    name: ClassVar[str] = "biopsy"

    @property
    def minutes(self) -> float:
        """No time [min]."""
        return 0.0

    def act(self, body: Body, dt: float) -> None:
        """Do nothing."""


@dataclass
class OralGlucose(_ForHours):
    """A drink of glucose: the oral glucose tolerance test.

    Parameters
    ----------
    glucose_g : float
        [g].
    hours : float
        How long it is followed [h].
    """

    name: ClassVar[str] = "ogtt"
    glucose_g: float = 75.0
    hours: float = 3.0

    def __post_init__(self) -> None:
        check_range("glucose_g", self.glucose_g, 0.0, 300.0)
        check_range("hours", self.hours, 0.0, HOURS_MAX)

    def act(self, body: Body, dt: float) -> None:
        """Drink at once."""
        if first_act(self, body):
            body.eat(self.glucose_g, liquid=True)


@dataclass
class MixedMeal(_ForHours):
    """A meal of solid food.

    Parameters
    ----------
    carbohydrate_g, fat_g, protein_g : float
        Carbohydrate as glucose, fat and protein [g].
    hours : float
        How long it is followed [h].
    """

    name: ClassVar[str] = "meal"
    carbohydrate_g: float = 78.0
    fat_g: float = 35.0
    protein_g: float = 29.0
    hours: float = 7.0

    def __post_init__(self) -> None:
        for name in ("carbohydrate_g", "fat_g", "protein_g"):
            check_range(name, getattr(self, name), 0.0, 1000.0)
        check_range("hours", self.hours, 0.0, HOURS_MAX)

    def act(self, body: Body, dt: float) -> None:
        """Eat at once."""
        if first_act(self, body):
            body.eat(self.carbohydrate_g, self.fat_g, self.protein_g)


@dataclass
class IntravenousGlucose(_ForHours):
    """Glucose into a vein within a minute: the intravenous glucose tolerance test.

    Parameters
    ----------
    glucose_g_per_kg : float
        Per body mass [g/kg].
    hours : float
        How long it is followed [h].
    """

    name: ClassVar[str] = "ivgtt"
    glucose_g_per_kg: float = 0.3
    hours: float = 3.0

    def __post_init__(self) -> None:
        check_range("glucose_g_per_kg", self.glucose_g_per_kg, 0.0, 1.0)
        check_range("hours", self.hours, 0.0, HOURS_MAX)

    def act(self, body: Body, dt: float) -> None:
        """Inject during the first step."""
        if first_act(self, body):
            mmol = self.glucose_g_per_kg * body.anatomy.weight * GLUCOSE_MMOL_PER_G
            _infuse(body, "glucose", mmol / dt)


HOLDABLE = {
    f"{pool}_{unit.replace('/', '_').lower() if '/' in unit else unit}": pool
    for pool, unit in POOL_UNITS.items()
}
"""Names of pools that :class:`Hold` takes, with their units, such as ``ffa_mM`` and ``tnf_pg_ml``."""


@dataclass
class Hold:
    """Blood pools held at given levels.

    Parameters
    ----------
    pools : mapping
        Level by pool, as ``{"ffa_mM": 1.9, "insulin_pM": 400}``; the unit may be left out.
    minutes : float
        How long [min].
    """

    name: ClassVar[str] = "hold"
    pools: Mapping[str, float]
    minutes: float = 360.0
    _levels: dict[str, float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_range("minutes", self.minutes, 0.0, 60.0 * HOURS_MAX)
        self._levels = {}
        for given, level in self.pools.items():
            pool = HOLDABLE.get(given, given)
            if pool not in POOL_UNITS:
                raise ValueError(f"no blood pool is called {given!r}.{nearest(given, list(HOLDABLE))}")
            if not (isfinite(level) and level >= 0.0):
                raise ValueError(
                    f"{given} is held at {level}, allowed: a number, 0 or more [{POOL_UNITS[pool]}]"
                )
            self._levels[pool] = float(level)

    def act(self, body: Body, dt: float) -> None:
        """Hold the pools during the next step."""
        body.holds.update(self._levels)


class ClampStep(NamedTuple):
    """One step of a clamp: amount of insulin and its unit, when it starts and stops [min]."""

    insulin: float
    unit: str
    start: float
    stop: float

    def infusion(self, body: Body) -> float:
        """Return the infusion of insulin [pmol/min]; 0 for a held level."""
        size = {"mU/m2/min": body.anatomy.body_surface, "mU/kg/min": body.anatomy.weight, "pM": 0.0}
        return self.insulin * PMOL_PER_MU * size[self.unit]


@dataclass
class Clamp:
    """A glucose clamp: insulin in one or several steps, and glucose infused so that its level stays.

    The insulin of each step is primed for ten minutes. The glucose infusion reads plasma glucose every minute and
    changes in proportion to what glucose did and to what is missing; it never falls below zero, so that glucose that
    starts above the target first has to fall by itself. The body's own pancreas goes on.

    Parameters
    ----------
    insulin : str, float, or sequence of them
        One item for each step: ``"40 mU/m2/min"``, ``"1 mU/kg/min"`` or a held plasma level ``"600 pM"``; a bare
        number is in mU/m2/min. With 0 the body's own pancreas answers.
    step_minutes : float or sequence of float, optional
        Length of each step [min]; 180 if not given.
    hours : float, optional
        The same in hours, for all steps.
    glucose_mM : float
        The level at which glucose is kept [mM].

    Examples
    --------
    >>> Clamp(insulin=["20 mU/m2/min", "80 mU/m2/min"], hours=2).minutes
    240.0
    """

    name: ClassVar[str] = "clamp"
    insulin: str | float | Sequence[str | float] = "40 mU/m2/min"
    step_minutes: float | Sequence[float] | None = None
    hours: float | None = None
    glucose_mM: float = 5.0

    def __post_init__(self) -> None:
        check_range("glucose_mM", self.glucose_mM, *GLUCOSE_RANGE)
        self.steps = self._plan()

    def _plan(self) -> tuple[ClampStep, ...]:
        given = [self.insulin] if isinstance(self.insulin, (str, int, float)) else list(self.insulin)
        if not given:
            raise ValueError("insulin has no step, allowed: one or more")
        lengths = self._lengths(len(given))
        steps: list[ClampStep] = []
        for item, length in zip(given, lengths, strict=True):
            check_range("minutes of a step", length, MINUTES_MIN, 60.0 * HOURS_MAX)
            start = steps[-1].stop if steps else 0.0
            steps.append(ClampStep(*read_insulin(item), start, start + length))
        return tuple(steps)

    def _lengths(self, steps: int) -> list[float]:
        if self.hours is not None and self.step_minutes is not None:
            raise ValueError("give the length of a step in hours or in minutes, not both")
        if self.hours is not None:
            check_range("hours", self.hours, MINUTES_MIN / 60.0, HOURS_MAX)
            return [60.0 * self.hours] * steps
        minutes = 180.0 if self.step_minutes is None else self.step_minutes
        if isinstance(minutes, (int, float)):
            return [float(minutes)] * steps
        if len(minutes) != steps:
            raise ValueError(f"{len(minutes)} lengths for {steps} steps of insulin, allowed: one for each")
        return [float(length) for length in minutes]

    @property
    def minutes(self) -> float:
        """Length of all steps [min]."""
        return self.steps[-1].stop

    def act(self, body: Body, dt: float) -> None:
        """Infuse insulin and glucose during the next ``dt`` minutes."""
        memory = body.memory(self)
        if not memory:
            memory |= {"began": body.minute, "glucose": body.blood.level["glucose"], "infusion": 0.0}
        time = body.minute - memory["began"]
        number = max(k for k, step in enumerate(self.steps) if step.start <= time)
        step = self.steps[number]
        if step.unit == "pM":
            body.holds["insulin"] = step.insulin
        else:
            before = self.steps[number - 1].infusion(body) if number else 0.0
            _infuse(body, "insulin", _primed(before, step.infusion(body), time - step.start))
        _infuse(body, "glucose", self._control(body, memory, dt))

    def _control(self, body: Body, memory: dict[str, float], dt: float) -> float:
        """Return the glucose infusion for the next ``dt`` minutes [mmol/min]."""
        glucose, litres = body.blood.level["glucose"], body.blood.litres["glucose"]
        rise = glucose - memory["glucose"]
        missing = self.glucose_mM - glucose
        change = CONTROL_SPEED**2 * missing * dt - 2.0 * CONTROL_DAMPING * CONTROL_SPEED * rise
        most = PUMP_MAX * body.anatomy.weight
        memory["infusion"] = min(max(memory["infusion"] + litres * change, 0.0), most)
        memory["glucose"] = glucose
        return memory["infusion"]


def first_act(rule: Rule, body: Body) -> bool:
    """Return whether a rule acts on a body for the first time; the next answer is no."""
    memory = body.memory(rule)
    first = "began" not in memory
    memory.setdefault("began", body.minute)
    return first


def _primed(before: float, infusion: float, time: float) -> float:
    """Return an infusion with its priming excess over what ran before [pmol/min]."""
    if infusion <= before or time >= PRIME_MINUTES:
        return infusion
    return infusion + (infusion - before) * PRIME_EXCESS * exp(-PRIME_FALL * time)


def _infuse(body: Body, pool: str, amount: float) -> None:
    """Add to what is infused during the next step."""
    if amount > 0.0:
        body.infusions[pool] = body.infusions.get(pool, 0.0) + amount


def read_insulin(given: str | float) -> tuple[float, str]:
    """Return amount and unit of an insulin step; a bare number is in mU/m2/min.

    Raises
    ------
    ValueError
        For an unknown unit or an amount out of range.
    """
    found = re.fullmatch(r"\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*(.*?)\s*", str(given))
    try:
        amount = float(found[1]) if found else float("nan")
    except ValueError:
        amount = float("nan")
    units = ", ".join(INSULIN_RANGES)
    if not found or not isfinite(amount):
        raise ValueError(f"insulin is {given!r}, allowed: a number with a unit ({units}), as '40 mU/m2/min'")
    plain = found[2].replace(" ", "").replace("^", "").replace("²", "2") or "mU/m2/min"
    unit = next((known for known in INSULIN_RANGES if known.lower() == plain.lower()), None)
    if unit is None:
        raise ValueError(f"insulin unit {found[2]!r} is unknown, allowed: {units}")
    check_range(f"insulin [{unit}]", amount, *INSULIN_RANGES[unit])
    return amount, unit


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raise a ValueError, which says what is allowed, unless ``low <= value <= high``."""
    if not (isfinite(value) and low <= value <= high):
        raise ValueError(f"{name} is {value:g}, allowed: {low:g} to {high:g}")
