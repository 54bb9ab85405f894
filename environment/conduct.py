"""How a body eats and moves, and what drugs and challenges do to their targets in one step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..agents.mechanism import TARGET_NAMES
from ..agents.parameters import nearest
from .parameters import Numbers
from .phenotype import Phenotype

ADDED = ("ampk_activation", "antioxidant", "chaperone", "endotoxin")
"""Targets on which several effects add up; those on all others combine as independent shares."""

BODY_TARGETS = ("insulin_clearance_inhibition", "il1_blockade")
"""Targets outside cells; their tissue is called ``body``."""


@dataclass(frozen=True)
class Habit:
    """What a body eats and does by habit: shares of energy [1], activity [1 = a lean adult's]."""

    carbohydrate: float
    fat: float
    protein: float
    activity: float


def habit(inputs: Phenotype) -> Habit:
    """Return the habit of a phenotype: the shares of energy in its daily food."""
    shares = {name: getattr(inputs, f"{name}_share") for name in ("carbohydrate", "fat", "protein")}
    whole = sum(shares.values())
    return Habit(**{name: share / whole for name, share in shares.items()}, activity=inputs.activity)


class Conduct:
    """How a body eats and moves in one step.

    Attributes
    ----------
    energy : float
        Planned intake [kcal/day].
    appetite : float
        What the body eats beyond that because it works more, unless a diet is prescribed [kcal/day].
    prescribed : bool
        Whether a diet fixes the intake.
    carbohydrate, fat, protein : float
        Shares of that energy [1].
    activity : float
        Habitual activity [1 = a lean adult's].
    training_load : float
        Minutes a week of bouts of exercise, as if at the maximal oxygen uptake [min/week].
    """

    __slots__ = (
        "activity", "appetite", "carbohydrate", "energy", "fat", "prescribed", "protein", "training_load",
    )  # fmt: skip

    def __init__(self, energy: float, habit: Habit) -> None:
        self.energy = energy
        self.appetite = 0.0
        self.prescribed = False
        self.carbohydrate, self.fat, self.protein = habit.carbohydrate, habit.fat, habit.protein
        self.activity = habit.activity
        self.training_load = 0.0

    def use(self, p: Numbers) -> float:
        """Return the use that cells feel [1 = a lean adult's]: habitual activity and what training adds to it.

        Training adds less for each minute more, up to a limit; the bouts themselves spend energy.
        """
        trained = self.training_load / (self.training_load + p.training_load_half)
        return self.activity + p.training_most * trained

    @property
    def intake(self) -> float:
        """What is eaten [kcal/day]."""
        return self.energy if self.prescribed else self.energy + self.appetite

    def prescribe(self, energy: float, strength: float) -> None:
        """Plan an intake [kcal/day] at a strength up to 1; it stands whatever the appetite."""
        self.energy += strength * (energy - self.energy)
        self.prescribed = True


class Effects(dict[tuple[str, str], float]):
    """Effects on targets by (tissue, target)."""

    def add(self, target: str, amount: float, tissues: Iterable[str]) -> None:
        """Add an effect to a target in some tissues.

        Raises
        ------
        ValueError
            For an unknown target.
        """
        if target not in TARGET_NAMES and target not in BODY_TARGETS:
            known = [*TARGET_NAMES, *BODY_TARGETS]
            raise ValueError(f"no target is called {target!r}.{nearest(target, known)}")
        for tissue in ("body",) if target in BODY_TARGETS else tissues:
            before = self.get((tissue, target), 0.0)
            both = before + amount
            self[tissue, target] = both if target in ADDED else both - before * amount
