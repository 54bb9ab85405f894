"""Blockade of the receptor of interleukin-1, as by anakinra, at a constant effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class Il1Blockade(Intervention):
    """Block a share of the receptors of interleukin-1.

    Parameters
    ----------
    inhibition : float
        Share that is blocked [1].
    """

    name: ClassVar[str] = "il1_blockade"
    inhibition: float = number(0.9, "1", 0.0, 1.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Act on the target in all tissues."""
        body.affect("il1_blockade", strength * self.inhibition)
