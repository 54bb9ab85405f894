"""Phenotypes: what goes into a body, and nothing else."""

from __future__ import annotations

import dataclasses
import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..agents.parameters import nearest

PHENOTYPES_FILE = Path(__file__).with_name("phenotypes.toml")


@dataclass(frozen=True)
class Phenotype:
    """Inputs of a body.

    Frame [m, kg], number of fat cells, activity and beta-cell capacity [1 = lean], age [years], intake [g/day].
    """

    name: str
    text: str
    height: float
    lean_mass: float
    fat_mass: float
    adipocyte_number: float
    activity: float
    beta_cell_capacity: float
    age: float
    carbohydrate_g: float
    fat_g: float
    protein_g: float

    def __post_init__(self) -> None:
        for column in dataclasses.fields(self)[2:]:
            value = getattr(self, column.name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{column.name} of {self.name!r} is {value}, allowed: a number above 0")

    @property
    def weight(self) -> float:
        """Body mass [kg]."""
        return self.lean_mass + self.fat_mass

    @property
    def bmi(self) -> float:
        """Body mass index [kg/m2]."""
        return self.weight / self.height**2


@cache
def read_phenotypes() -> dict[str, Phenotype]:
    """Return the phenotypes of the table by name."""
    table = tomllib.loads(PHENOTYPES_FILE.read_text(encoding="utf-8"))
    return {name: Phenotype(name=name, **inputs) for name, inputs in table.items()}


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
