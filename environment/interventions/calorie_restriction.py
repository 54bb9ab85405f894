"""Eating less: a fixed intake, or a share less than what maintains the body's mass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class CalorieRestriction(Intervention):
    """Eat less; the make-up of the food stays.

    Parameters
    ----------
    kcal_per_day : float, optional
        Intake [kcal/day].
    percent : float, optional
        Less than maintenance [%]; 25 if neither is given.
    """

    name: ClassVar[str] = "calorie_restriction"
    kcal_per_day: float | None = number(None, "kcal/day", 0.0, 10_000.0)
    percent: float | None = number(None, "percent", 0.0, 100.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kcal_per_day is not None and self.percent is not None:
            raise ValueError(f"{self.name}: kcal_per_day and percent are both given, allowed: one of them")
        if self.kcal_per_day is None and self.percent is None:
            object.__setattr__(self, "percent", 25.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Plan less food."""
        eaten = self.kcal_per_day
        if eaten is None:
            eaten = body.energy.maintenance * (1.0 - (self.percent or 0.0) / 100.0)
        body.conduct.prescribe(eaten, strength)
