"""Thiazolidinediones: they activate PPAR-gamma, which is nearly all in fat.

Weight rises by several kilograms in half a year: appetite is assumed to rise with the activation.
The share of receptors that is taken follows the free drug and its EC50 in transactivation.
Sources: https://scilit.com/publications/7ce115287f93f21308fd6343c9bb936f (pioglitazone),
https://pmc.ncbi.nlm.nih.gov/articles/PMC2396446/table/tab3 (EC50 of all three).
Left out: active metabolites of pioglitazone, fluid retention, receptors of muscle and liver.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..pharmacology import SmallMolecule, occupancy
from .intervention import choice, number
from .treatment import DailyTreatment, Dose

if TYPE_CHECKING:
    from ..body import Body


class ThiazolidinedioneDrug(SmallMolecule):
    """A thiazolidinedione in a body."""

    def work(self, body: Body, dt: float) -> None:
        """Activate PPAR-gamma of fat."""
        half = float(getattr(self.p, f"{self.name}_ec50"))
        body.affect("ppar_gamma", occupancy(self.free_micromolar("fat"), half), ("fat",))


@dataclass(frozen=True)
class Thiazolidinedione(DailyTreatment):
    """A thiazolidinedione, once a day.

    Parameters
    ----------
    drug : str
        ``pioglitazone``, ``rosiglitazone`` or ``troglitazone``.
    dose_mg_per_day : float, optional
        [mg/day].
    """

    name: ClassVar[str] = "thiazolidinedione"
    source: ClassVar[str] = "https://pmc.ncbi.nlm.nih.gov/articles/PMC2396446/table/tab3"
    times: ClassVar[tuple[float, ...]] = (8.0 * 60.0,)
    doses: ClassVar[dict[str, Dose]] = {
        "pioglitazone": Dose(45.0, 90.0),
        "rosiglitazone": Dose(8.0, 16.0),
        "troglitazone": Dose(400.0, 1200.0),
    }
    drug: str = choice("pioglitazone", tuple(doses))
    dose_mg_per_day: float | None = number(None, "mg/day", 0.0, 1200.0)

    def act(self, body: Body, dt: float) -> None:
        """Dose if it is time, and raise appetite with the activation of a day; several of them raise it once."""
        super().act(body, dt)
        sharing = sum(isinstance(rule, Thiazolidinedione) for rule in body.rules) or 1
        body.conduct.appetite += body.p.ppar_gamma_appetite * body.turnover.ppar_gamma / sharing

    def make(self, body: Body) -> ThiazolidinedioneDrug:
        """Return the drug for a body that has none of it yet."""
        return ThiazolidinedioneDrug(self.drug, body)
