"""Gut: a meal leaves the stomach, is absorbed, and reaches the portal vein (glucose) or the lymph (fat).

Glucose: solid food is ground (first stomach phase), leaves the stomach at a rate that falls as the meal is half
out and rises again when the stomach is nearly empty, and is absorbed from the gut; a fixed share never appears.
A drink enters the ground phase at once. When meals overlap, "full" is what the stomach holds after the last bite.

Fat: fatty acids leave the stomach slowly and pass three transit compartments (gut lumen, enterocyte, lymph) before
they appear in blood as chylomicrons, hours later.

Incretins: while glucose is absorbed, insulin secretion is multiplied by a factor that grows with the rate of
absorption.

Sources: doi:10.1109/TBME.2007.893506 (glucose), doi:10.1371/journal.pone.0073154 (incretin effect by dose),
doi:10.1016/j.isci.2022.105206 (fat chain, with the numbers of its published code).
Left out: amino acids (protein is only counted), the brake of fat on gastric emptying, bile and faecal fat by dose.
"""

from math import ceil, tanh

from .parameters import Numbers

GLUCOSE_MMOL_PER_G = 1000.0 / 180.156
FATTY_ACID_MMOL_PER_G = 3.0 * 1000.0 / 860.0  # of triolein-like fat, three fatty acids per molecule
LONGEST_GLUCOSE_STEP = 0.5  # [min]
LONGEST_FAT_STEP = 5.0  # [min]


class Gut:
    """Stomach and intestine of one body.

    Parameters
    ----------
    p : namespace
        The environment's parameters by name.
    """

    def __init__(self, p: Numbers) -> None:
        self.p = p
        self.stomach_solid = 0.0  # glucose [mmol]
        self.stomach_ground = 0.0  # glucose [mmol]
        self.intestine = 0.0  # glucose [mmol]
        self.fat_stomach = 0.0  # fatty acid [mmol]
        self.fat_chain = [0.0, 0.0, 0.0]  # fatty acid in gut lumen, enterocyte and lymph [mmol]
        self.glucose_eaten = 0.0  # [mmol]
        self.glucose_lost = 0.0  # eaten, never absorbed [mmol]
        self.fat_eaten = 0.0  # fatty acid [mmol]
        self.fat_lost = 0.0  # fatty acid [mmol]
        self.protein_eaten = 0.0  # [g]
        self.absorption = 0.0  # glucose into the portal vein in the last step [mmol/min]
        self._full = 0.0  # glucose in the stomach after the last bite [mmol]

    def meal(
        self, glucose_g: float, fat_g: float = 0.0, protein_g: float = 0.0, liquid: bool = False
    ) -> None:
        """Put a meal into the stomach.

        Parameters
        ----------
        glucose_g, fat_g, protein_g : float
            Carbohydrate as glucose, fat as triglyceride, and protein [g].
        liquid : bool
            True for a drink, which needs no grinding.

        Raises
        ------
        ValueError
            If an amount is negative.
        """
        if min(glucose_g, fat_g, protein_g) < 0.0:
            raise ValueError(
                f"a meal of {glucose_g} g glucose, {fat_g} g fat, {protein_g} g protein: give 0 or more"
            )
        glucose = glucose_g * GLUCOSE_MMOL_PER_G
        if liquid:
            self.stomach_ground += glucose
        else:
            self.stomach_solid += glucose
        if glucose > 0.0:
            self._full = self.stomach_solid + self.stomach_ground
        fat = fat_g * FATTY_ACID_MMOL_PER_G
        self.fat_stomach += fat
        self.glucose_eaten += glucose
        self.fat_eaten += fat
        self.protein_eaten += protein_g

    @property
    def glucose_stored(self) -> float:
        """Glucose in stomach and intestine [mmol]."""
        return self.stomach_solid + self.stomach_ground + self.intestine

    @property
    def fat_stored(self) -> float:
        """Fatty acid in stomach, gut wall and lymph [mmol]."""
        return self.fat_stomach + sum(self.fat_chain)

    @property
    def incretin(self) -> float:
        """Factor by which absorption now raises insulin secretion, at least 1 [1]."""
        return 1.0 + self.p.incretin_max * self.absorption / (
            self.absorption + self.p.incretin_absorption_half
        )

    def step(self, dt: float) -> tuple[float, float]:
        """Advance by ``dt`` [min] and return the glucose and fatty acid that reached the blood [mmol]."""
        glucose = fat = 0.0
        if self.glucose_stored > 0.0:
            parts = max(1, ceil(dt / LONGEST_GLUCOSE_STEP))
            for _ in range(parts):
                glucose += self._glucose_step(dt / parts)
        if self.fat_stored > 0.0:
            parts = max(1, ceil(dt / LONGEST_FAT_STEP))
            for _ in range(parts):
                fat += self._fat_step(dt / parts)
        self.absorption = glucose / dt
        return glucose, fat

    def _glucose_step(self, dt: float) -> float:
        p = self.p
        solid = _left(self.stomach_solid, p.k_grinding, dt)
        moved = self.stomach_solid - solid
        emptying = self._emptying_rate(self.stomach_solid + self.stomach_ground)
        half_out = 0.5 * dt * emptying * self.stomach_ground
        emptying = self._emptying_rate(self.stomach_solid + self.stomach_ground - half_out)
        ground = _left(self.stomach_ground, emptying, dt, moved)
        emptied = self.stomach_ground + moved - ground
        intestine = _left(self.intestine, p.k_glucose_absorption, dt, emptied)
        taken = self.intestine + emptied - intestine
        self.stomach_solid, self.stomach_ground, self.intestine = solid, ground, intestine
        absorbed = p.glucose_bioavailability * taken
        self.glucose_lost += taken - absorbed
        return absorbed

    def _emptying_rate(self, content: float) -> float:
        """Rate of gastric emptying [1/min] at a glucose content of the stomach [mmol]."""
        p, share = self.p, content / self._full
        fall_at, rise_at, least = p.emptying_fall_at, p.emptying_rise_at, p.k_emptying_min
        falling = tanh(2.5 / (1.0 - fall_at) * (share - fall_at))
        rising = tanh(2.5 / rise_at * (share - rise_at))
        return least + 0.5 * (p.k_emptying_max - least) * (falling - rising + 2.0)

    def _fat_step(self, dt: float) -> float:
        stomach = _left(self.fat_stomach, self.p.k_fat_emptying, dt)
        moved = self.fat_stomach - stomach
        self.fat_stomach = stomach
        for place, held in enumerate(self.fat_chain):
            left = _left(held, self.p.k_fat_transit, dt, moved)
            moved = held + moved - left
            self.fat_chain[place] = left
        absorbed = self.p.fat_bioavailability * moved
        self.fat_lost += moved - absorbed
        return absorbed


def _left(held: float, rate: float, dt: float, added: float = 0.0) -> float:
    """What is left of ``held`` after ``dt`` at a first-order ``rate`` while ``added`` comes in evenly (2nd order)."""
    half = 0.5 * rate * dt
    return ((1.0 - half) * held + added) / (1.0 + half)
