"""What all interventions share: when they act, how often they are kept to, and what they may be given.

An intervention is a small frozen dataclass: its fields are its arguments, declared with :func:`number` or
:func:`choice`, and ``apply`` says what it does to a body in one step. It never writes into a cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from ...agents.parameters import LONGEST_LIST, nearest
from ...agents.variation import uniform
from ..clock import DAY, DAYS_MAX

if TYPE_CHECKING:
    from ..body import Body


def number(default: float | None, unit: str, low: float, high: float) -> Any:
    """Return a field for a number [unit] from ``low`` to ``high``; ``default=None`` lets it be left out."""
    return field(default=default, metadata={"unit": unit, "low": low, "high": high})


def choice(default: str | None, allowed: Sequence[str], also: Mapping[str, str] | None = None) -> Any:
    """Return a field for one of some words, or what is ``also`` said for it; without a default one has to be given."""
    metadata = {"unit": "", "allowed": tuple(allowed), "also": also or {}}
    return field(metadata=metadata) if default is None else field(default=default, metadata=metadata)


class Argument(NamedTuple):
    """An argument of a rule: its name, default, unit and what is allowed, in words."""

    name: str
    default: float | str | bool | None
    unit: str
    allowed: str


@dataclass(frozen=True)
class Intervention:
    """Something done to a body from one day to another.

    Parameters
    ----------
    start_day : float
        Days after the rule begins at which it starts to act [day].
    stop_day : float, optional
        When it stops [day]; without it, it goes on.
    ramp_days : float
        Over how long its strength rises from nothing to full [day].
    adherence : float
        Share of doses (bouts, or days of a diet) that are taken [1]; which ones is keyed by the body's seed.
    """

    name: ClassVar[str] = ""
    source: ClassVar[str] = "assumed"

    start_day: float = field(
        default=0.0, kw_only=True, metadata={"unit": "day", "low": 0.0, "high": DAYS_MAX}
    )
    stop_day: float | None = field(
        default=None, kw_only=True, metadata={"unit": "day", "low": 0.0, "high": DAYS_MAX}
    )
    ramp_days: float = field(
        default=0.0, kw_only=True, metadata={"unit": "day", "low": 0.0, "high": DAYS_MAX}
    )
    adherence: float = field(default=1.0, kw_only=True, metadata={"unit": "1", "low": 0.0, "high": 1.0})

    def __post_init__(self) -> None:
        for argument in fields(self):
            object.__setattr__(self, argument.name, self._read(argument, getattr(self, argument.name)))
        if self.stop_day is not None and self.stop_day <= self.start_day:
            raise ValueError(
                f"{self.name}: stop_day is {self.stop_day:g}, allowed: above start_day, which is {self.start_day:g}"
            )

    def _read(self, argument: Field[Any], given: Any) -> Any:
        """Return an argument as it is kept, or say what is allowed."""
        limits = argument.metadata
        if "allowed" in limits:
            word = limits["also"].get(str(given).strip().lower(), given)
            return check_choice(f"{self.name}: {argument.name}", word, limits["allowed"])
        if "low" not in limits or (given is None and argument.default is None):
            return given
        return check_number(
            f"{self.name}: {argument.name}", given, limits["low"], limits["high"], limits["unit"]
        )

    def act(self, body: Body, dt: float) -> None:
        """Act for the next ``dt`` minutes, if it is time."""
        elapsed = self.elapsed(body)
        strength = self.strength(elapsed)
        if strength > 0.0 and self.kept(body, int((elapsed - self.start_minute) // DAY)):
            self.apply(body, dt, strength)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Act for ``dt`` minutes at a strength above 0 and up to 1."""
        raise NotImplementedError(f"{type(self).__name__} needs apply(body, dt, strength)")

    @property
    def start_minute(self) -> float:
        """When it starts to act, after it began [min]."""
        return float(round(self.start_day * DAY))

    @property
    def stop_minute(self) -> float:
        """When it stops [min]."""
        return float("inf") if self.stop_day is None else float(round(self.stop_day * DAY))

    def elapsed(self, body: Body) -> float:
        """Return the time since the rule began on a body [min]."""
        return body.minute - body.memory(self).setdefault("began", body.minute)

    def strength(self, elapsed: float) -> float:
        """Return how strongly it acts some minutes after it began: 0 before, after, and up to 1 between."""
        if not self.start_minute <= elapsed < self.stop_minute:
            return 0.0
        ramp = self.ramp_days * DAY
        return 1.0 if ramp <= 0.0 else min((elapsed - self.start_minute) / ramp, 1.0)

    def kept(self, body: Body, count: int) -> bool:
        """Return whether the body takes the dose of this count."""
        if self.adherence >= 1.0:
            return True
        return bool(uniform(body.seed, "body", np.array([count]), f"{self.name} dose")[0] < self.adherence)

    @classmethod
    def arguments(cls) -> list[Argument]:
        """Return what the rule takes."""
        return list(_arguments(cls))


def _arguments(rule: type[Intervention]) -> Iterator[Argument]:
    for item in fields(rule):
        default = item.default if isinstance(item.default, (int, float, str)) else None
        limits: Mapping[str, Any] = item.metadata
        allowed = ", ".join(limits["allowed"]) if "allowed" in limits else ""
        if "low" in limits:
            allowed = f"{limits['low']:g} to {limits['high']:g}"
        yield Argument(item.name, default, limits.get("unit", ""), allowed or "true, false")


def check_number(name: str, given: Any, low: float, high: float, unit: str) -> float:
    """Return a number as a float, or raise a ValueError that says what is allowed."""
    real = isinstance(given, Real) and not isinstance(given, bool)
    if not real or not (isfinite(given) and low <= given <= high):
        shown = f"{given:g}" if real else repr(given)
        raise ValueError(
            f"{name} is {shown}, allowed: {low:g} to {high:g}{f' {unit}' if unit != '1' else ''}"
        )
    return float(given)


def check_choice(name: str, given: Any, allowed: Sequence[str]) -> str:
    """Return a word that is allowed, or raise a ValueError that names the nearest one."""
    if given not in allowed:
        many = f"one of {len(allowed)}, as {', '.join(allowed[:3])}"
        words = ", ".join(allowed) if len(allowed) <= LONGEST_LIST else many
        near = nearest(str(given), list(allowed), listed=True)
        raise ValueError(f"{name} is {given!r}, allowed: {words}.{near}")
    return str(given)
