"""Eating more than maintains the body's mass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .diet import set_fat_share
from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class Overfeeding(Intervention):
    """Eat more.

    Parameters
    ----------
    percent : float
        More than maintenance [%].
    fat_fraction : float, optional
        Share of all energy eaten that is fat [1]; by habit if not given.
    """

    name: ClassVar[str] = "overfeeding"
    percent: float = number(40.0, "percent", 0.0, 300.0)
    fat_fraction: float | None = number(None, "1", 0.0, 1.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Plan more food."""
        eaten = body.energy.maintenance * (1.0 + self.percent / 100.0)
        body.conduct.prescribe(eaten, strength)
        if self.fat_fraction is not None:
            set_fat_share(body.conduct, self.fat_fraction, strength)
