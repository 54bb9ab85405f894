"""An inhibitor of novel protein kinase C, at a constant effect.

The model has one novel PKC in each cell type: theta stands for that of muscle, epsilon for that of liver and fat, pan
for all. Beta is no novel PKC: ruboxistaurin (4.7 nmol/L for beta, 600 nmol/L for epsilon) leaves these alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .intervention import Intervention, choice, number

if TYPE_CHECKING:
    from ..body import Body

TISSUES: dict[str, tuple[str, ...]] = {
    "theta": ("muscle",),
    "epsilon": ("liver", "fat"),
    "pan": ("muscle", "fat", "liver"),
    "beta": (),
}
"""Tissues whose novel PKC an inhibitor of an isoform blocks."""


@dataclass(frozen=True)
class PkcInhibitor(Intervention):
    """Block a share of active novel PKC.

    Parameters
    ----------
    isoform : str
        ``theta``, ``epsilon``, ``pan`` or ``beta``.
    inhibition : float
        Share that is blocked [1].
    """

    name: ClassVar[str] = "pkc_inhibitor"
    source: ClassVar[str] = "https://smolecule.com/products/s003462"
    isoform: str = choice("pan", tuple(TISSUES))
    inhibition: float = number(0.5, "1", 0.0, 1.0)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Act on PKC where the isoform is."""
        body.affect("pkc_inhibition", strength * self.inhibition, TISSUES[self.isoform])
