"""Metformin: it slows gluconeogenesis of the liver through complex I (redox and energy state).

What is swallowed meets the liver first, and only there are levels high enough. Its potency in people is not known: one
concentration of half effect stands for it.
Source: doi:10.2165/11534750-000000000-00000 (kinetics). Left out: transporters (OCT1), effects in the gut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..pharmacology import SmallMolecule, occupancy
from .intervention import number
from .treatment import DailyTreatment, Dose

if TYPE_CHECKING:
    from ..body import Body


class MetforminDrug(SmallMolecule):
    """Metformin in a body."""

    def work(self, body: Body, dt: float) -> None:
        """Inhibit complex I of liver cells."""
        body.affect(
            "complex_i_inhibition", occupancy(self.micromolar("liver"), self.p.metformin_half), ("liver",)
        )


@dataclass(frozen=True)
class Metformin(DailyTreatment):
    """Metformin, twice a day.

    Parameters
    ----------
    dose_mg_per_day : float, optional
        [mg/day].
    """

    name: ClassVar[str] = "metformin"
    source: ClassVar[str] = "doi:10.2165/11534750-000000000-00000"
    doses: ClassVar[dict[str, Dose]] = {"metformin": Dose(2000.0, 4000.0)}
    dose_mg_per_day: float | None = number(None, "mg/day", 0.0, 4000.0)

    def make(self, body: Body) -> MetforminDrug:
        """Return the drug for a body that has none of it yet."""
        return MetforminDrug("metformin", body)
