"""Phenotypes: what goes into a body, and nothing else."""

from __future__ import annotations

import dataclasses
import math
import tomllib
from dataclasses import dataclass
from functools import cache
from numbers import Real
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
        if not isinstance(self.text, str):
            raise ValueError(f"text of {self.name!r} is {self.text!r}, allowed: words")
        for column in dataclasses.fields(self)[2:]:
            value = getattr(self, column.name)
            if not (isinstance(value, Real) and math.isfinite(value) and float(value) > 0):
                raise ValueError(f"{column.name} of {self.name!r} is {value}, allowed: a number above 0")

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
    wanted = [column.name for column in dataclasses.fields(Phenotype)[1:]]
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
