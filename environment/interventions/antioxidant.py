"""Antioxidants: they speed up the removal of reactive oxygen in proportion to their level in a tissue.

Sources: https://pubmed.ncbi.nlm.nih.gov/9876998/ (alpha-lipoic acid), doi:10.1007/BF00606662 (N-acetylcysteine).
Left out: what outlasts the drug (glutathione, Nrf2), the body's own vitamins (levels are what is added to them).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..pharmacology import BLOOD, SmallMolecule, Substance
from .intervention import choice, number
from .treatment import DailyTreatment, Dose

if TYPE_CHECKING:
    from ..body import Body

ROUTES = {
    "oral": "oral", "po": "oral", "p.o.": "oral", "by mouth": "oral",
    "intravenous": "intravenous", "iv": "intravenous", "i.v.": "intravenous",
}  # fmt: skip
"""Routes by what they are called."""


class AntioxidantDrug(SmallMolecule):
    """An antioxidant in a body."""

    def work(self, body: Body, dt: float) -> None:
        """Remove reactive oxygen in each tissue."""
        effect = float(getattr(self.p, f"{self.name}_effect"))
        for tissue in ("muscle", "fat", "liver"):
            body.affect("antioxidant", effect * self.micromolar(tissue), (tissue,))


@dataclass(frozen=True)
class Antioxidant(DailyTreatment):
    """An antioxidant, twice a day.

    Parameters
    ----------
    drug : str
        ``alpha_lipoic_acid``, ``vitamin_e``, ``vitamin_c`` or ``n_acetylcysteine``.
    dose_mg_per_day : float, optional
        [mg/day].
    route : str
        ``oral`` or ``intravenous``, also as ``po`` or ``iv``.
    """

    name: ClassVar[str] = "antioxidant"
    source: ClassVar[str] = "https://pubmed.ncbi.nlm.nih.gov/9876998/"
    doses: ClassVar[dict[str, Dose]] = {
        "alpha_lipoic_acid": Dose(600.0, 3600.0),
        "vitamin_e": Dose(600.0, 3000.0),
        "vitamin_c": Dose(1000.0, 20_000.0),
        "n_acetylcysteine": Dose(1200.0, 20_000.0),
    }
    drug: str = choice("alpha_lipoic_acid", tuple(doses))
    dose_mg_per_day: float | None = number(None, "mg/day", 0.0, 20_000.0)
    route: str = choice("oral", ("oral", "intravenous"), also=ROUTES)

    def make(self, body: Body) -> AntioxidantDrug:
        """Return the drug for a body that has none of it yet."""
        return AntioxidantDrug(self.drug, body)

    def give(self, body: Body, drug: Substance, mg: float) -> None:
        """Give a dose [mg] by its route."""
        if self.route == "intravenous":
            drug.take(mg, place=BLOOD)
        else:
            super().give(body, drug, mg)
