"""TNF-alpha inhibitors: etanercept under the skin, infliximab into a vein.

They bind TNF-alpha in blood and in the interstitium; cells sense what stays free.
Sources: https://pharmamedix.com/principiovoce.php?pa=Etanercept&vo=Farmacocinetica (etanercept),
https://pmc.ncbi.nlm.nih.gov/articles/PMC6348387/table/T3 (infliximab).
Left out: membrane TNF-alpha, antibodies against the drug, lymphotoxin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..clock import DAY
from ..pharmacology import BLOOD, Antibody, Substance
from .intervention import choice, number
from .treatment import Dose, Treatment

if TYPE_CHECKING:
    from ..body import Body

EVERY_DAYS = {"etanercept": 7.0, "infliximab": 56.0}


@dataclass(frozen=True)
class AntiTnf(Treatment):
    """A TNF-alpha inhibitor; the first dose falls on the start.

    Parameters
    ----------
    drug : str
        ``etanercept`` or ``infliximab``.
    dose_mg : float, optional
        Of each dose [mg].
    every_days : float, optional
        Between two doses [day].
    """

    name: ClassVar[str] = "anti_tnf"
    source: ClassVar[str] = "https://pmc.ncbi.nlm.nih.gov/articles/PMC6348387/table/T3"
    dose_field: ClassVar[str] = "dose_mg"
    doses: ClassVar[dict[str, Dose]] = {"etanercept": Dose(50.0, 200.0), "infliximab": Dose(350.0, 2000.0)}
    drug: str = choice("etanercept", ("etanercept", "infliximab"))
    dose_mg: float | None = number(None, "mg", 0.0, 2000.0)
    every_days: float | None = number(None, "day", 0.5, 366.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.every_days is None:
            object.__setattr__(self, "every_days", EVERY_DAYS[self.drug])

    @property
    def unit(self) -> str:
        """Unit of the dose."""
        return "mg"

    def make(self, body: Body) -> Antibody:
        """Return the drug for a body that has none of it yet."""
        return Antibody(self.drug, body)

    def due(self, elapsed: float, clock: float) -> tuple[int, float] | None:
        """Return count and amount [mg] of the dose that is due now, or None."""
        between = round((self.every_days or EVERY_DAYS[self.drug]) * DAY)
        count, rest = divmod(elapsed - self.start_minute, between)
        return (int(count), float(self.dose_mg or 0.0)) if rest == 0.0 and count >= 0.0 else None

    def give(self, body: Body, drug: Substance, mg: float) -> None:
        """Give a dose [mg]: etanercept under the skin, infliximab into a vein."""
        if self.drug == "infliximab":
            drug.take(mg, place=BLOOD)
        else:
            super().give(body, drug, mg)
