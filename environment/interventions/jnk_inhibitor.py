"""An inhibitor of JNK, at a constant effect: no drug with known kinetics in people stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class JnkInhibitor(Intervention):
    """Block a share of the activation of JNK.

    Parameters
    ----------
    inhibition : float
        Share that is blocked [1].
    """

    name: ClassVar[str] = "jnk_inhibitor"
    inhibition: float = number(0.5, "1", 0.0, 1.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Act on the target in all tissues."""
        body.affect("jnk_inhibition", strength * self.inhibition)
