"""A diet: how much is eaten, and of what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body
    from ..conduct import Conduct


@dataclass(frozen=True)
class Diet(Intervention):
    """Eat a given amount of a given make-up; what is not given stays as by habit.

    Parameters
    ----------
    kcal_per_day : float, optional
        Intake [kcal/day].
    fat_fraction, carbohydrate_fraction : float, optional
        Shares of the energy [1]; the rest is protein if both are given, else the others keep their proportion.
    """

    name: ClassVar[str] = "diet"
    kcal_per_day: float | None = number(None, "kcal/day", 0.0, 10_000.0)
    fat_fraction: float | None = number(None, "1", 0.0, 1.0)
    carbohydrate_fraction: float | None = number(None, "1", 0.0, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        both = (self.fat_fraction or 0.0) + (self.carbohydrate_fraction or 0.0)
        if both > 1.0 + 1e-9:
            raise ValueError(
                f"{self.name}: fat_fraction and carbohydrate_fraction are {both:g}, allowed: up to 1"
            )

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Plan the food."""
        conduct, fat, carbohydrate = body.conduct, self.fat_fraction, self.carbohydrate_fraction
        if self.kcal_per_day is not None:
            conduct.prescribe(self.kcal_per_day, strength)
        if fat is not None and carbohydrate is not None:
            blend(conduct, carbohydrate, fat, strength)
        elif fat is not None:
            set_fat_share(conduct, fat, strength)
        elif carbohydrate is not None:
            rest = (1.0 - carbohydrate) / max(1.0 - conduct.carbohydrate, 1e-9)
            blend(conduct, carbohydrate, conduct.fat * rest, strength)


def set_fat_share(conduct: Conduct, fat: float, strength: float = 1.0) -> None:
    """Bring the share of energy from fat [1] towards a value; the others keep their proportion."""
    rest = (1.0 - fat) / max(1.0 - conduct.fat, 1e-9)
    blend(conduct, conduct.carbohydrate * rest, fat, strength)


def blend(conduct: Conduct, carbohydrate: float, fat: float, strength: float) -> None:
    """Bring the shares of energy towards values by ``strength``; the rest is protein."""
    conduct.carbohydrate += strength * (carbohydrate - conduct.carbohydrate)
    conduct.fat += strength * (fat - conduct.fat)
    conduct.protein = max(1.0 - conduct.carbohydrate - conduct.fat, 0.0)
