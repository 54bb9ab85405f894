"""Phenotypes: what goes into a body, and nothing else."""

from __future__ import annotations

import dataclasses
import math
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from numbers import Real
from pathlib import Path

from ..agents.parameters import nearest
from .energy import grow
from .parameters import read_environment_parameters

YOUNG = 20.0
"""Age at which a history begins [years]."""

KNOWN = ("known_lean_mass", "known_fat_mass", "known_beta_cells")
"""Inputs of a body that was measured; the table of phenotypes has none of them."""

PHENOTYPES_FILE = Path(__file__).with_name("phenotypes.toml")


@dataclass(frozen=True)
class Phenotype:
    """Inputs of a body: what it was at 20 years, what it ate since, how it moves, and its genes.

    Attributes
    ----------
    height : float
        [m].
    young_lean_mass, young_fat_mass : float
        Fat-free mass and fat at 20 years [kg].
    adipocyte_number : float
        Fat cells [1].
    activity : float
        Habitual activity [1 = a lean adult's].
    beta_cell_ceiling : float
        The most that the mass of beta cells can grow to [1 = a lean adult's mass].
    age : float
        [years].
    intake : tuple of (float, float)
        Intake by age [years, kcal/day], straight between the points.
    carbohydrate_share, fat_share, protein_share : float
        Shares of that energy [1].
    known_lean_mass, known_fat_mass : float, optional
        Of a body that was measured [kg]; else both follow for this age by the energy balance.
    known_beta_cells : tuple of (float, float), optional
        Mass [1 = a lean adult's] and function [1] of beta cells where a body starts to settle; else both follow from
        the years it lived (see :mod:`.history`).
    """

    name: str
    text: str
    height: float
    young_lean_mass: float
    young_fat_mass: float
    adipocyte_number: float
    activity: float
    beta_cell_ceiling: float
    age: float
    intake: tuple[tuple[float, float], ...]
    carbohydrate_share: float
    fat_share: float
    protein_share: float
    known_lean_mass: float | None = None
    known_fat_mass: float | None = None
    known_beta_cells: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise ValueError(f"text of {self.name!r} is {self.text!r}, allowed: words")
        for column in dataclasses.fields(self)[2:]:
            if column.name != "intake" and column.name not in KNOWN:
                self._check_number(column.name)
        self._check_intake()
        for name in ("known_lean_mass", "known_fat_mass"):
            if getattr(self, name) is not None:
                self._check_number(name)
        self._check_beta_cells()

    def _check_number(self, name: str) -> None:
        value = getattr(self, name)
        if not (isinstance(value, Real) and math.isfinite(value) and float(value) > 0):
            raise ValueError(f"{name} of {self.name!r} is {value}, allowed: a number above 0")

    def _check_intake(self) -> None:
        """Make the intake a tuple of pairs in the order of age."""
        try:
            pairs = tuple((float(age), float(kcal)) for age, kcal in self.intake)
        except (TypeError, ValueError):
            pairs = ()
        ages = [age for age, _ in pairs]
        if not pairs or ages != sorted(ages) or not all(0.0 < kcal < 20_000.0 for _, kcal in pairs):
            raise ValueError(
                f"intake of {self.name!r} is {self.intake}, allowed: pairs of age [years] and kcal/day, by age"
            )
        object.__setattr__(self, "intake", pairs)

    def _check_beta_cells(self) -> None:
        """Make known beta cells a pair of numbers above 0."""
        if self.known_beta_cells is None:
            return
        try:
            mass, function = (float(number) for number in self.known_beta_cells)
        except (TypeError, ValueError):
            mass = function = 0.0
        if not (0.0 < mass < math.inf and 0.0 < function < math.inf):
            given = self.known_beta_cells
            raise ValueError(
                f"known_beta_cells of {self.name!r} is {given}, allowed: mass and function, both above 0"
            )
        object.__setattr__(self, "known_beta_cells", (mass, function))

    def course(self) -> list[tuple[float, float, float]]:
        """Return age [years], lean mass and fat mass [kg] from 20 years to now, a row for each month."""
        p = read_environment_parameters().namespace()
        ages = (min(YOUNG, self.age), self.age)
        return grow(self.young_lean_mass, self.young_fat_mass, self.intake, self.activity, ages, p)

    @cached_property
    def _grown(self) -> tuple[float, float, float]:
        return self.course()[-1]

    @property
    def lean_mass(self) -> float:
        """Fat-free mass now [kg]."""
        return self._grown[1] if self.known_lean_mass is None else self.known_lean_mass

    @property
    def fat_mass(self) -> float:
        """Fat mass now [kg]."""
        return self._grown[2] if self.known_fat_mass is None else self.known_fat_mass

    @property
    def weight(self) -> float:
        """Body mass [kg]."""
        return self.lean_mass + self.fat_mass


@cache
def read_phenotypes() -> dict[str, Phenotype]:
    """Return the phenotypes of the table by name.

    Raises
    ------
    ValueError
        If the file is not what it should be; names the file, and the phenotype and the key that are wrong.
    """
    try:
        table = tomllib.loads(PHENOTYPES_FILE.read_text(encoding="utf-8"))
        return {name: _phenotype(name, inputs) for name, inputs in table.items()}
    except ValueError as error:
        raise ValueError(f"{PHENOTYPES_FILE}: {error}") from None


def _phenotype(name: str, inputs: object) -> Phenotype:
    """Return a phenotype with the inputs of its section."""
    wanted = [column.name for column in dataclasses.fields(Phenotype)[1:] if column.name not in KNOWN]
    if not isinstance(inputs, dict):
        raise ValueError(f"{name!r} is {inputs!r}, allowed: a section [{name}] of {', '.join(wanted)}")
    for key in inputs:
        if key not in wanted:
            raise ValueError(f"phenotype {name!r} has an unknown key {key!r}.{nearest(key, wanted)}")
    for key in wanted:
        if key not in inputs:
            raise ValueError(f"phenotype {name!r} lacks the key {key!r}; it needs {', '.join(wanted)}")
    return Phenotype(name=name, **inputs)


def find_phenotype(name: str) -> Phenotype:
    """Return a phenotype.

    Raises
    ------
    ValueError
        For an unknown name; names the nearest one.
    """
    known = read_phenotypes()
    if name not in known:
        raise ValueError(f"no phenotype is called {name!r}.{nearest(name, list(known))}")
    return known[name]
