"""Pharmacology: how drugs move through a body, and how much of them reaches a target.

Scheme: a depot (gut, or the skin of an injection) empties at a first-order rate; what is swallowed passes the liver
first. Blood exchanges with tissue pools both ways, and the drug is eliminated from blood. All pools are kept as masses
[mg]; their volumes are apparent, so that at equilibrium every pool shows the concentration in blood:

    litres(tissue) = partition * kg(tissue),    litres(blood) = the rest of the volume of distribution.

Small molecules spread evenly: their partition coefficient is the volume of distribution per kilogram. A step moves the
drug by the exact solution (a matrix exponential) between two halves of the elimination, so that any length is stable
and mass closes to rounding. What is not absorbed is booked as lost.

Sources: by drug, in the table of parameters.
Left out: metabolites (their effect is the parent's), protein binding that saturates, drug that is bound to its target.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .parameters import Numbers

if TYPE_CHECKING:
    from .body import Body

HOUR = 60.0
LONGEST_STEP = 10.0
"""Longest step over time that is not lived [min]."""
DEPOT, BLOOD, INTERSTITIUM = "depot", "blood", "interstitium"

Pools = dict[str, float]


class Substance:
    """A substance that moves through a body.

    Parameters
    ----------
    p : namespace
        The environment's parameters by name.
    litres : mapping
        Apparent volume by pool, ``blood`` first [L].
    exchange : mapping
        Turnover of each tissue pool with blood [1/min].
    absorption : float
        Emptying of the depot [1/min].
    entry : str
        Pool into which the depot empties.

    Attributes
    ----------
    amount : dict of str to float
        By pool, the depot first [mg].
    dosed, lost, eliminated : float
        Running sums [mg].
    behind : float
        Time that has passed and is still to be gone through [min].
    """

    def __init__(
        self,
        p: Numbers,
        litres: Mapping[str, float],
        exchange: Mapping[str, float],
        absorption: float,
        entry: str = BLOOD,
    ) -> None:
        self.p = p
        self.litres = dict(litres)
        self.exchange = dict(exchange)
        self.absorption = absorption
        self.entry = entry
        self.amount: Pools = dict.fromkeys((DEPOT, *litres), 0.0)
        self.dosed = self.lost = self.eliminated = self.behind = 0.0
        self._moves: dict[float, NDArray[np.float64]] = {}

    def clearance(self) -> float:
        """Return the elimination from blood at its present level [L/min]."""
        raise NotImplementedError(f"{type(self).__name__} needs clearance()")

    def work(self, body: Body, dt: float) -> None:
        """Act on targets during the next ``dt`` minutes."""
        raise NotImplementedError(f"{type(self).__name__} needs work(body, dt)")

    def take(self, mg: float, bioavailability: float = 1.0, place: str = DEPOT) -> None:
        """Take a dose [mg] into a pool; the share that is not bioavailable is lost."""
        self.dosed += mg
        self.lost += (1.0 - bioavailability) * mg
        self.amount[place] += bioavailability * mg

    def act(self, body: Body, dt: float) -> None:
        """Move for ``dt`` minutes, and act on the body during them."""
        if self.behind:
            self.pass_time(self.behind)
            self.behind = 0.0
        self.move(dt)
        self.work(body, dt)

    def skip(self, minutes: float) -> None:
        """Note days that were not lived; rules that dose catch up with them, or else the next step."""
        self.behind += minutes

    def pass_time(self, minutes: float) -> None:
        """Go through time in long steps."""
        while minutes > 0.0:
            self.move(min(minutes, LONGEST_STEP))
            minutes -= LONGEST_STEP

    def move(self, dt: float) -> None:
        """Let the substance move and be eliminated for ``dt`` minutes."""
        self._eliminate(0.5 * dt)
        moves = self._moves.get(dt)
        if moves is None:
            moves = self._moves[dt] = self._solve(dt)
        moved = (moves @ np.fromiter(self.amount.values(), float, len(self.amount))).tolist()
        self.amount = dict(zip(self.amount, moved, strict=True))
        self._eliminate(0.5 * dt)

    def _eliminate(self, dt: float) -> None:
        before = self.amount[BLOOD]
        left = before * exp(-self.clearance() / self.litres[BLOOD] * dt)
        self.amount[BLOOD] = left
        self.eliminated += before - left

    def _solve(self, dt: float) -> NDArray[np.float64]:
        """Return what share of each pool (column) is in each pool (row) after ``dt`` minutes without elimination."""
        names = list(self.amount)
        blood = names.index(BLOOD)
        rates = np.zeros((len(names), len(names)))
        rates[names.index(self.entry), 0] = self.absorption
        for tissue, turnover in self.exchange.items():
            k = names.index(tissue)
            rates[blood, k] += turnover
            rates[k, blood] += turnover * self.litres[tissue] / self.litres[BLOOD]
        rates -= np.diag(rates.sum(axis=0))
        shares = exponential(rates * dt)
        return np.asarray(shares / shares.sum(axis=0))

    @property
    def stored(self) -> float:
        """All that is in the body, the depot included [mg]."""
        return sum(self.amount.values())

    def audit(self) -> float:
        """Return what is missing or too much, relative to all that was dosed [1]."""
        return (self.stored + self.eliminated + self.lost - self.dosed) / max(self.dosed, 1e-300)

    def level(self, pool: str = BLOOD) -> float:
        """Return the concentration in a pool, as that in blood at equilibrium with it [mg/L]."""
        return self.amount[pool] / self.litres[pool]


class SmallMolecule(Substance):
    """A small molecule, swallowed or given into a vein; numbers by its ``name`` from the table.

    Parameters
    ----------
    name : str
        As the table calls it.
    body : Body
        Whose masses give the volumes.
    """

    def __init__(self, name: str, body: Body) -> None:
        p = body.p
        self.name = name
        volume = float(getattr(p, f"{name}_volume"))
        tissues = {tissue.name: volume * tissue.kg for tissue in (body.muscle, body.fat, body.liver)}
        litres = {
            BLOOD: max(volume * body.anatomy.weight - sum(tissues.values()), p.plasma_volume),
            **tissues,
        }
        flow = body.insulin.hepatic_flow * p.blood_flow_share
        exchange = {"muscle": p.drug_exchange, "fat": p.drug_exchange, "liver": flow / tissues["liver"]}
        super().__init__(p, litres, exchange, float(getattr(p, f"{name}_absorption")) / HOUR, "liver")

    def clearance(self) -> float:
        """Return the clearance that gives the half-life [L/min]."""
        half_life = float(getattr(self.p, f"{self.name}_half_life"))
        return log(2.0) / (half_life * HOUR) * sum(self.litres.values())

    def micromolar(self, pool: str = BLOOD) -> float:
        """Return the concentration in a pool, as that in blood at equilibrium with it [umol/L]."""
        return 1e3 * self.level(pool) / float(getattr(self.p, f"{self.name}_molar_mass"))

    def free_micromolar(self, pool: str = BLOOD) -> float:
        """Return the unbound part of that concentration [umol/L]."""
        return self.micromolar(pool) * float(getattr(self.p, f"{self.name}_unbound"))


class Antibody(Substance):
    """A protein drug that binds TNF-alpha, in blood and in the interstitium of muscle and fat.

    It is injected under the skin or into a vein, and spreads into one further pool, the interstitium of the body, where
    it reaches a share of its level in blood. Binding and release are solved exactly as two states at every site:

        free + bound = constant,    free -> bound at k_on * drug,    bound -> free at k_on * Kd.

    What is bound leaves with the lymph to blood, where it is cleared slowly, so that all TNF-alpha in plasma together
    rises. Blood in the liver passes in seconds: there nothing binds. The drug that binds is a millionth of all and
    stays in its own books as if free.

    Attributes
    ----------
    bound : dict of str to float
        Bound TNF-alpha in blood, muscle and fat [pg/mL].
    binding : dict of str to float
        Net binding in the last step [pg/mL/min].
    places : dict of str to float
        Volumes of blood and of the interstitium of muscle and fat [L].
    taken, cleared : float
        TNF-alpha that was bound, net, and bound TNF-alpha that was cleared; running sums [ng].
    """

    def __init__(self, name: str, body: Body) -> None:
        p = body.p
        self.name = name
        plasma = body.blood.litres["tnf"]
        whole = max(float(getattr(p, f"{name}_volume")) * body.anatomy.weight, 1.1 * plasma)
        super().__init__(
            p,
            {BLOOD: plasma, INTERSTITIUM: whole - plasma},
            {INTERSTITIUM: p.antibody_exchange / HOUR},
            float(getattr(p, f"{name}_absorption")) / HOUR,
        )
        self.places = {BLOOD: plasma, "muscle": body.muscle.litres, "fat": body.fat.litres}
        self.bound = dict.fromkeys(self.places, 0.0)
        self.binding = dict.fromkeys(self.places, 0.0)
        self.taken = self.cleared = 0.0

    def clearance(self) -> float:
        """Return the clearance that gives the half-life [L/min]."""
        return self._turnover * sum(self.litres.values())

    @property
    def _turnover(self) -> float:
        """Elimination of the drug, and of what it has bound [1/min]."""
        return log(2.0) / (float(getattr(self.p, f"{self.name}_half_life")) * HOUR)

    def nanomolar(self, place: str = BLOOD) -> float:
        """Return the drug in blood or in the interstitium of a tissue [nmol/L]."""
        molar_mass = float(getattr(self.p, f"{self.name}_molar_mass"))
        share = 1.0 if place == BLOOD else self.p.antibody_interstitial_share
        return float(share * 1e6 * self.level(BLOOD if place == BLOOD else INTERSTITIUM) / molar_mass)

    def work(self, body: Body, dt: float) -> None:
        """Bind TNF-alpha in blood and at every site of muscle and fat."""
        keep, back = self.split(BLOOD, dt)
        free = body.blood.level["tnf"]
        body.blood.level["tnf"] = keep * free + back * self.bound[BLOOD]
        self._book(BLOOD, free - body.blood.level["tnf"], dt)
        for tissue in (body.muscle, body.fat):
            keep, back = self.split(tissue.name, dt)
            field = tissue.grid["tnf"]
            before = float(field.mean())
            field[...] = keep * field + back * self.bound[tissue.name]
            self._book(tissue.name, before - float(field.mean()), dt)

    def split(self, place: str, dt: float) -> tuple[float, float]:
        """Return which shares of free and of bound TNF-alpha are free after ``dt`` minutes in a place [1]."""
        binds = self.p.antibody_binding * self.nanomolar(place)
        leaves = self.p.antibody_binding * float(getattr(self.p, f"{self.name}_kd"))
        mixed = exp(-(binds + leaves) * dt)
        return (leaves + binds * mixed) / (binds + leaves), leaves * (1.0 - mixed) / (binds + leaves)

    def _book(self, place: str, amount: float, dt: float) -> None:
        self.bound[place] += amount
        self.binding[place] = amount / dt
        self.taken += amount * self.places[place]

    def pass_time(self, minutes: float) -> None:
        """Go through time in long steps; TNF-alpha goes on to be bound as it was."""
        while minutes > 0.0:
            dt = min(minutes, LONGEST_STEP)
            for place, rate in self.binding.items():
                more = max(rate * dt, -self.bound[place])
                self.bound[place] += more
                self.taken += more * self.places[place]
            self.move(dt)
            minutes -= dt

    def move(self, dt: float) -> None:
        """Let the drug and what it has bound move and be eliminated for ``dt`` minutes."""
        super().move(dt)
        leaving = 1.0 - exp(-self.exchange[INTERSTITIUM] * dt)
        for tissue in ("muscle", "fat"):
            amount = leaving * self.bound[tissue]
            self.bound[tissue] -= amount
            self.bound[BLOOD] += amount * self.places[tissue] / self.places[BLOOD]
        gone = (1.0 - exp(-self._turnover * dt)) * self.bound[BLOOD]
        self.bound[BLOOD] -= gone
        self.cleared += gone * self.places[BLOOD]

    def tnf_audit(self) -> float:
        """Return TNF-alpha that is missing or too much, relative to all that was bound or released [1]."""
        held: float = sum(self.bound[place] * litres for place, litres in self.places.items())
        return float(held + self.cleared - self.taken) / max(abs(self.taken), held, 1e-300)


def occupancy(concentration: float, half: float) -> float:
    """Return the share of a target that is taken at a concentration, half of it at ``half`` (same unit) [1]."""
    return concentration / (concentration + half)


def exponential(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the exponential of a small matrix, by Taylor's series of a scaled one and squaring."""
    squarings = max(0, int(np.ceil(np.log2(max(np.abs(matrix).sum(axis=0).max(), 1e-12)))) + 4)
    scaled = matrix / 2.0**squarings
    term = result = np.eye(len(matrix))
    for k in range(1, 14):
        term = term @ scaled / k
        result = result + term
    for _ in range(squarings):
        result = result @ result
    return result
