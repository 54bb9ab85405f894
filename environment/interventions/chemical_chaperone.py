"""Chemical chaperones: they help proteins fold, in proportion to their level in a tissue.

The kinetics of TUDCA and the potency of both in people are not known: assumed.
Left out: TUDCA as a bile acid (FXR, TGR5), 4-PBA as an inhibitor of histone deacetylases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..pharmacology import SmallMolecule, Substance
from .intervention import choice, number
from .treatment import DailyTreatment, Dose

if TYPE_CHECKING:
    from ..body import Body

NAMES = {"tudca": "tudca", "4_pba": "phenylbutyrate"}
"""As the table of parameters calls a drug."""


class ChaperoneDrug(SmallMolecule):
    """A chemical chaperone in a body."""

    def work(self, body: Body, dt: float) -> None:
        """Help folding in each tissue."""
        effect = float(getattr(self.p, f"{self.name}_effect"))
        for tissue in ("muscle", "fat", "liver"):
            body.affect("chaperone", effect * self.micromolar(tissue), (tissue,))


@dataclass(frozen=True)
class ChemicalChaperone(DailyTreatment):
    """A chemical chaperone, three times a day.

    Parameters
    ----------
    drug : str
        ``tudca`` or ``4_pba``.
    dose_mg_per_day : float, optional
        [mg/day].
    """

    name: ClassVar[str] = "chemical_chaperone"
    source: ClassVar[str] = "https://pmc.ncbi.nlm.nih.gov/articles/PMC2911053"
    times: ClassVar[tuple[float, ...]] = (8.0 * 60.0, 14.0 * 60.0, 20.0 * 60.0)
    doses: ClassVar[dict[str, Dose]] = {"tudca": Dose(1750.0, 5000.0), "4_pba": Dose(7500.0, 25_000.0)}
    drug: str = choice("tudca", ("tudca", "4_pba"))
    dose_mg_per_day: float | None = number(None, "mg/day", 0.0, 25_000.0)

    def make(self, body: Body) -> ChaperoneDrug:
        """Return the drug for a body that has none of it yet."""
        return ChaperoneDrug(NAMES[self.drug], body)

    @property
    def pool(self) -> str:
        """Name of what the drug is in the body."""
        return NAMES[self.drug]

    def give(self, body: Body, drug: Substance, mg: float) -> None:
        """Give a dose [mg]."""
        drug.take(mg, float(getattr(body.p, f"{NAMES[self.drug]}_bioavailability")))
