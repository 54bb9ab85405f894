"""A mild mitochondrial uncoupler, at a constant effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class Uncoupler(Intervention):
    """Uncouple a share of respiration.

    Parameters
    ----------
    fraction : float
        Share of respiration that makes no ATP [1].
    """

    name: ClassVar[str] = "uncoupler"
    fraction: float = number(0.2, "1", 0.0, 1.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Act on the target in all tissues."""
        body.affect("uncoupling", strength * self.fraction)
