"""Acipimox: it holds back lipolysis of fat cells through HCA2, and lets it overshoot when it wears off.

Fat cells adapt to the drug within hours; what they adapted to remains for a while when the drug has gone, and lipolysis
then lies above its baseline. The overshoot is at most a half of the stimulus.
Source: https://en.wikipedia.org/wiki/Acipimox (kinetics); effect, adaptation and overshoot are assumed.
Left out: the slow second phase of elimination, growth hormone and cortisol in the overshoot.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, ClassVar

from ..pharmacology import HOUR, SmallMolecule, occupancy
from .intervention import number
from .treatment import DailyTreatment, Dose

if TYPE_CHECKING:
    from ..body import Body

LARGEST_REBOUND = 0.5


class AcipimoxDrug(SmallMolecule):
    """Acipimox in a body.

    Attributes
    ----------
    adapted : float
        Occupancy of its receptor to which fat cells have adapted [1].
    """

    def __init__(self, name: str, body: Body) -> None:
        super().__init__(name, body)
        self.adapted = 0.0

    def occupied(self) -> float:
        """Return the share of its receptors in fat that is taken [1]."""
        return occupancy(self.micromolar("fat"), self.p.acipimox_half)

    def move(self, dt: float) -> None:
        """Let the drug move for ``dt`` minutes, and fat cells adapt."""
        super().move(dt)
        fading = exp(-dt / (self.p.acipimox_adaptation_tau * HOUR))
        self.adapted = self.occupied() + (self.adapted - self.occupied()) * fading

    def work(self, body: Body, dt: float) -> None:
        """Hold lipolysis back, less what fat cells have adapted to."""
        effect = self.occupied() - self.p.acipimox_rebound * self.adapted
        body.affect("antilipolysis", max(effect, -LARGEST_REBOUND), ("fat",))


@dataclass(frozen=True)
class Acipimox(DailyTreatment):
    """Acipimox, four times a day.

    Parameters
    ----------
    dose_mg_per_day : float, optional
        [mg/day].
    """

    name: ClassVar[str] = "acipimox"
    source: ClassVar[str] = "https://en.wikipedia.org/wiki/Acipimox"
    times: ClassVar[tuple[float, ...]] = (2.0 * 60.0, 8.0 * 60.0, 14.0 * 60.0, 20.0 * 60.0)
    doses: ClassVar[dict[str, Dose]] = {"acipimox": Dose(1000.0, 2000.0)}
    dose_mg_per_day: float | None = number(None, "mg/day", 0.0, 2000.0)

    def make(self, body: Body) -> AcipimoxDrug:
        """Return the drug for a body that has none of it yet."""
        return AcipimoxDrug("acipimox", body)
