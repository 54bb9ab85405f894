"""Blockade of the receptor of interleukin-6, as by tocilizumab, at a constant effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class Il6rBlockade(Intervention):
    """Block a share of the receptors of interleukin-6.

    Parameters
    ----------
    inhibition : float
        Share that is blocked [1].
    """

    name: ClassVar[str] = "il6r_blockade"
    inhibition: float = number(0.9, "1", 0.0, 1.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Act on the target in all tissues."""
        body.affect("il6r_blockade", strength * self.inhibition)
