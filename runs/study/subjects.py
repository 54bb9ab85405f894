"""Virtual subjects: bodies drawn around a phenotype, as people of a study differ.

Every number is drawn by a key of seed, phenotype, pair and name, so that the same subject is the same in every arm and
every study of the same population, and one more subject changes no other. Two subjects make a pair of opposite draws
(antithetic variates), so that the mean of few stands for the population. What differs, and by how much, stands in
``data/subject_spread.csv``, each with its source or as assumed; draws end at two standard deviations. Inputs that a
study gives narrow the draw around them; outputs only select among drawn bodies (:mod:`.selection`).

A body's fat follows from its body mass index, age and sex by the slopes of Deurenberg, from its phenotype on. Its beta
cells are those of the phenotype's representative body (whose years were lived), scaled by the ratio of their genetic
ceilings as far as the ceiling is what limits them (:func:`beta_cells_of`). It begins with the cells of that body once
settled, and then settles itself. Age acts through body fat only.

Sources: doi:10.1079/BJN19910073 (body fat).
Left out: correlations between inputs beside these, ancestry, beta cells' years of each subject.
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import exp, log1p, sqrt
from typing import NamedTuple

import numpy as np

from ...agents.parameters import ParameterTable
from ...agents.variation import normal, uniform
from ...environment.body import Body, read_parameters
from ...environment.observe import observe_cells
from ...environment.phenotype import Phenotype, find_phenotype
from ...environment.settle import lived_beta_cells, settle
from ..folders import DATA
from .schema import Population

ENDS = 2.0
"""Draws end at so many standard deviations."""
CELLS = 240
"""Cells of a subject, if not said otherwise."""
FEW_BODIES = 8
"""Representative bodies that a process holds in memory; each is a megabyte."""
GENES = ("hepatic_insulin_uptake_max", "k_irs1_tyr", "lipolysis_max")
"""Parameters of the model in which subjects differ."""
OUTPUTS = ("fasting_glucose_mM", "liver_fat_percent", "muscle_lipid")
SEX_SIGN = {"female": 1.0, "male": -1.0, "mixed": 0.0}


class Spread(NamedTuple):
    """How people differ in one number: standard deviation, or coefficient of variation of a lognormal one."""

    spread: float
    given: float
    shape: str
    low: float
    high: float


@cache
def spreads() -> dict[str, Spread]:
    """Return how people differ, by name."""
    with (DATA / "subject_spread.csv").open(newline="", encoding="utf-8") as file:
        return {
            row["name"]: Spread(
                float(row["spread"]), float(row["given"]), row["shape"], float(row["low"]), float(row["high"])
            )
            for row in csv.DictReader(file)
        }


@cache
def relations() -> dict[str, float]:
    """Return how inputs hang together, by name."""
    with (DATA / "subject_relations.csv").open(newline="", encoding="utf-8") as file:
        return {row["name"]: float(row["value"]) for row in csv.DictReader(file)}


@dataclass(frozen=True)
class Subject:
    """A virtual subject before anything is simulated.

    Attributes
    ----------
    number : int
        From 0.
    phenotype : Phenotype
        Inputs of the body, beta cells aside.
    seed : int
        Of the body.
    genes : tuple of (str, float)
        Factors on parameters of the model [1].
    values : tuple of (str, float)
        Parameters of the model that stand at another value than in the tables, for all alike; genes come on top.
    """

    number: int
    phenotype: Phenotype
    seed: int
    genes: tuple[tuple[str, float], ...]
    values: tuple[tuple[str, float], ...] = ()

    def body(self, cells: int = CELLS) -> Body:
        """Return the settled body; it is kept on disk, as is the representative one that it begins like."""
        name = self.phenotype.name
        known = dataclasses.replace(self.phenotype, known_beta_cells=beta_cells_of(self))
        table = read_parameters().with_values(dict(self.values))
        parameters = table.with_values(gene_values(self.genes, table))
        body = Body(known, cells=cells, seed=self.seed, parameters=parameters, settle=False)
        settle(body, alike=representative(name, cells, self.values))
        return body


def beta_cells_of(subject: Subject) -> tuple[float, float]:
    """Return mass and function of a subject's beta cells [1].

    A mass that has grown to its ceiling goes with the ceiling; one far below it goes with its load, not with genes.
    Between, the share of the ceiling that the representative body's mass has reached is the exponent of the ratio.
    """
    name = subject.phenotype.name
    mass, function = representative_beta_cells(name, subject.values)
    usual = find_phenotype(name).beta_cell_ceiling
    reached = min(mass / usual, 1.0)
    return mass * (subject.phenotype.beta_cell_ceiling / usual) ** reached, function


@cache
def representative_beta_cells(
    phenotype: str, values: tuple[tuple[str, float], ...] = ()
) -> tuple[float, float]:
    """Return mass and function of the beta cells [1] to which a phenotype's years lead; kept on disk."""
    body = Body(phenotype, cells=CELLS, parameters=dict(values) or None, settle=False)
    return lived_beta_cells(body)


@lru_cache(maxsize=FEW_BODIES)
def representative(phenotype: str, cells: int, values: tuple[tuple[str, float], ...] = ()) -> Body:
    """Return the settled body of a phenotype as it is, to be looked at and not lived in; kept on disk."""
    return Body(phenotype, cells=cells, parameters=dict(values) or None)


def settle_representative(phenotype: str, cells: int, values: tuple[tuple[str, float], ...] = ()) -> None:
    """Live a phenotype's years and settle its body, so that both are on disk when many processes ask for them."""
    representative_beta_cells(phenotype, values)
    representative(phenotype, cells, values)


def gene_values(genes: Sequence[tuple[str, float]], table: ParameterTable | None = None) -> dict[str, float]:
    """Return the parameters that genes change, each row of the table by its own value times the factor."""
    table = read_parameters() if table is None else table
    factors = dict(genes)
    return {
        f"{row.name}@{row.cell_type}" if row.cell_type else row.name: row.value * factors[row.name]
        for row in sorted(table, key=lambda row: row.cell_type)
        if row.name in factors and row.kind != "start"
    }


# ---- drawing --------------------------------------------------------------------------------------------------------


class _Draw:
    """The draws of one subject."""

    def __init__(self, seed: int, phenotype: str, number: int) -> None:
        self.seed, self.phenotype, self.number = seed, phenotype, number

    def score(self, name: str) -> float:
        """Return a standard normal number, bounded; the second of a pair has the opposite of the first."""
        pair, second = divmod(self.number, 2)
        draw = normal(self.seed, f"subject {self.phenotype}", np.array([pair]), name)[0]
        return float(min(max(-draw if second else draw, -ENDS), ENDS))

    def around(self, name: str, centre: float, given: bool = False) -> float:
        """Return a number around its centre; close to it if it was given."""
        row = spreads()[name]
        spread = row.given if given else row.spread
        if row.shape == "normal":
            value = centre + spread * self.score(name)
        else:
            sigma = sqrt(log1p(spread * spread))
            value = centre * exp(sigma * self.score(name) - 0.5 * sigma * sigma)
        return min(max(value, row.low), row.high)

    def seed_of_body(self) -> int:
        """Return the seed of the body."""
        draw = uniform(self.seed, f"subject {self.phenotype}", np.array([self.number]), "cells")[0]
        return int(draw * 2**53)


def draw_subject(population: Population, seed: int, number: int) -> Subject:
    """Return one subject of a population.

    Parameters
    ----------
    population : Population
    seed : int
        Of the study.
    number : int
        Of the subject, from 0.
    """
    base = find_phenotype(population.phenotype)
    draw = _Draw(seed, population.phenotype, number)
    age = _given_or(draw, "age", population.age, base.age)
    height, lean, fat = _composition(draw, population, base, age)
    fat_power = relations()["adipocytes_with_fat"]
    cells = base.adipocyte_number * (fat / base.fat_mass) ** fat_power
    inputs = dataclasses.replace(
        base,
        height=height,
        age=age,
        activity=_given_or(draw, "activity", population.activity, base.activity),
        adipocyte_number=draw.around("adipocyte_number", cells),
        beta_cell_ceiling=draw.around("beta_cell_ceiling", base.beta_cell_ceiling),
        known_lean_mass=lean,
        known_fat_mass=fat,
    )
    genes = tuple((name, draw.around(name, 1.0)) for name in GENES)
    return Subject(number, inputs, draw.seed_of_body(), genes)


def _given_or(draw: _Draw, name: str, given: float | None, usual: float) -> float:
    return draw.around(name, usual if given is None else given, given is not None)


def _composition(
    draw: _Draw, population: Population, base: Phenotype, age: float
) -> tuple[float, float, float]:
    """Return height [m], lean mass and fat mass [kg]."""
    sex, relation = SEX_SIGN[population.sex or "mixed"], relations()
    height = draw.around("height", base.height - sex * relation["height_sex"])
    weight, height = _weight(draw, population, base, height)
    usual_bmi = base.weight / base.height**2
    share = 100.0 * base.fat_mass / base.weight
    share += relation["fat_share_per_bmi"] * (weight / height**2 - usual_bmi)
    share += relation["fat_share_per_year"] * (age - base.age) + sex * relation["fat_share_sex"]
    fat = weight * draw.around("fat_share", share) / 100.0
    lean = weight - fat
    if population.fat_mass_kg is not None:
        fat = draw.around("fat_mass", population.fat_mass_kg, given=True)
        lean = max(weight - fat, spreads()["lean_mass"].low)
    if population.lean_mass_kg is not None:
        lean = draw.around("lean_mass", population.lean_mass_kg, given=True)
        if population.fat_mass_kg is None:
            fat = max(weight - lean, spreads()["fat_mass"].low)
    return height, lean, fat


def _weight(draw: _Draw, population: Population, base: Phenotype, height: float) -> tuple[float, float]:
    """Return body mass [kg] and height [m]; where mass and index are both given, the height follows."""
    bmi = _given_or(draw, "bmi", population.bmi, base.weight / base.height**2)
    if population.body_mass_kg is None:
        return bmi * height**2, height
    weight = draw.around("body_mass", population.body_mass_kg, given=True)
    return (weight, height) if population.bmi is None else (weight, sqrt(weight / bmi))


def draw_subjects(
    population: Population, seed: int, number: int, values: tuple[tuple[str, float], ...] = ()
) -> list[Subject]:
    """Return the first subjects of a population.

    ``values`` are parameters that stand at another value in all of them; who is drawn does not depend on them.
    """
    subjects = [draw_subject(population, seed, index) for index in range(number)]
    return [dataclasses.replace(subject, values=values) for subject in subjects]


# ---- what they are selected by --------------------------------------------------------------------------------------


def outputs_of(body: Body) -> dict[str, float]:
    """Return the outputs of a fasting body by which subjects are selected."""
    cells = observe_cells(body)
    return {
        "fasting_glucose_mM": body.blood.level["glucose"],
        "liver_fat_percent": cells["liver", "liver_fat"],
        "muscle_lipid": cells["muscle", "muscle_lipid"] / muscle_lipid_reference(),
    }


def muscle_lipid_reference() -> float:
    """Return the triglyceride of muscle that counts as 1 [mmol/kg]: that of the settled lean body."""
    return relations()["muscle_lipid_lean"]
