"""Moving less: fewer steps, or bed rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class Inactivity(Intervention):
    """Move less than by habit.

    Parameters
    ----------
    percent_less : float
        [%].
    """

    name: ClassVar[str] = "inactivity"
    percent_less: float = number(75.0, "percent", 0.0, 100.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Lower the habitual activity."""
        body.conduct.activity *= 1.0 - strength * self.percent_less / 100.0
