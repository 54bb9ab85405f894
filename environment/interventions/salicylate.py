"""Salicylates: salsalate and aspirin, which become salicylate.

Salicylate is eliminated by a saturable way beside a plain one: its half-life rises from 3.5 h at a low level to 16 h or
so at anti-inflammatory doses. It inhibits IKK-beta, activates AMPK a little at therapeutic levels, and lowers the
clearance of insulin. IKK-beta and AMPK see the free drug; 2-20 mmol/L in cells are needed for NF-kB.

Sources: https://www.invivochem.com/salsalate.html (half-lives, availability),
https://scilit.com/publications/0f6e7c30622c3bdce3d780e7e6b881c9 (levels of 150-300 mg/L at full doses).
Left out: acetylation of COX by aspirin itself, urinary pH, binding to albumin that saturates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..pharmacology import HOUR, SmallMolecule, Substance, occupancy
from .intervention import choice, number
from .treatment import DailyTreatment, Dose

if TYPE_CHECKING:
    from ..body import Body

SALICYLATE_MG_PER_MG = {"salsalate": 2.0 * 138.12 / 258.23, "aspirin": 138.12 / 180.16}


class SalicylateDrug(SmallMolecule):
    """Salicylate in a body."""

    def __init__(self, name: str, body: Body) -> None:
        super().__init__(name, body)
        self.weight = body.anatomy.weight

    def clearance(self) -> float:
        """Return the clearance at the present level [L/min]: a plain and a saturable part."""
        p = self.p
        saturable = p.salicylate_elimination_max / (p.salicylate_elimination_half + self.level())
        return float((p.salicylate_clearance + saturable) * self.weight / HOUR)

    def work(self, body: Body, dt: float) -> None:
        """Act on IKK-beta and AMPK in each tissue, and on the clearance of insulin."""
        p = self.p
        for tissue in ("muscle", "fat", "liver"):
            millimolar = 1e-3 * self.free_micromolar(tissue)
            body.affect("ikk_inhibition", occupancy(millimolar, p.salicylate_ikk_half), (tissue,))
            body.affect("ampk_activation", p.salicylate_ampk * millimolar, (tissue,))
        taken = occupancy(1e-3 * self.micromolar(), p.salicylate_insulin_clearance_half)
        body.affect("insulin_clearance_inhibition", taken)


@dataclass(frozen=True)
class Salicylate(DailyTreatment):
    """A salicylate, in three doses a day.

    Parameters
    ----------
    drug : str
        ``salsalate`` or ``aspirin``.
    dose_mg_per_day : float, optional
        [mg/day].
    """

    name: ClassVar[str] = "salicylate"
    source: ClassVar[str] = "https://www.invivochem.com/salsalate.html"
    times: ClassVar[tuple[float, ...]] = (8.0 * 60.0, 14.0 * 60.0, 20.0 * 60.0)
    doses: ClassVar[dict[str, Dose]] = {"salsalate": Dose(3000.0, 5000.0), "aspirin": Dose(3000.0, 8000.0)}
    drug: str = choice("salsalate", ("salsalate", "aspirin"))
    dose_mg_per_day: float | None = number(None, "mg/day", 0.0, 8000.0)

    @property
    def pool(self) -> str:
        """Name of what the drug is in the body."""
        return "salicylate"

    def make(self, body: Body) -> SalicylateDrug:
        """Return the drug for a body that has none of it yet."""
        return SalicylateDrug("salicylate", body)

    def give(self, body: Body, drug: Substance, mg: float) -> None:
        """Give a dose [mg] as the salicylate that it becomes."""
        super().give(body, drug, mg * SALICYLATE_MG_PER_MG[self.drug])
