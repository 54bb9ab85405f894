"""Anatomy and energy expenditure of a body, derived from what goes in: height, lean mass, fat mass, adipocyte number.

Lean mass is the fat-free mass. Adipose tissue is fat with its water and cells, so part of the fat-free mass lies in
it; skeletal muscle is a share of what then remains, the liver a share of the whole fat-free mass. Fat in the liver is
a state of its cells and is not added here.

Sources: doi:10.1056/NEJM198710223171717 (body surface), doi:10.1002/ajhb.1099 (muscle),
doi:10.1016/j.ejrad.2018.07.005 (liver), doi:10.1093/ajcn/51.2.241 (resting expenditure).
Left out: sex, age and ancestry in organ shares; adaptation of expenditure to weight loss.
"""

from dataclasses import dataclass
from math import cbrt, pi, sqrt

from .parameters import Numbers


@dataclass(frozen=True)
class Anatomy:
    """Masses [kg], body surface [m2], mean adipocyte diameter [um] and resting expenditure [kcal/day]."""

    weight: float
    body_surface: float
    adipose_tissue: float
    muscle: float
    liver: float
    adipocyte_diameter: float
    resting_expenditure: float


def anatomy(height: float, lean_mass: float, fat_mass: float, adipocyte_number: float, p: Numbers) -> Anatomy:
    """Return the anatomy of a body.

    Parameters
    ----------
    height : float
        [m].
    lean_mass, fat_mass : float
        Fat-free mass and fat [kg].
    adipocyte_number : float
        Fat cells in the body [1].
    p : namespace
        The environment's parameters by name.
    """
    return Anatomy(
        weight=lean_mass + fat_mass,
        body_surface=body_surface(height, lean_mass + fat_mass),
        adipose_tissue=adipose_tissue_mass(fat_mass, p),
        muscle=muscle_mass(lean_mass, fat_mass, p),
        liver=liver_mass(lean_mass, p),
        adipocyte_diameter=adipocyte_diameter(fat_mass, adipocyte_number, p),
        resting_expenditure=resting_expenditure(lean_mass, p),
    )


def body_surface(height: float, weight: float) -> float:
    """Return the body surface [m2] from height [m] and weight [kg], after Mosteller."""
    return sqrt(height * 100.0 * weight / 3600.0)


def fat_free_mass(weight: float, fat_mass: float) -> float:
    """Return the fat-free mass [kg]."""
    return weight - fat_mass


def adipose_tissue_mass(fat_mass: float, p: Numbers) -> float:
    """Return the mass of adipose tissue [kg] that holds a mass of fat [kg]."""
    return fat_mass / p.fat_share_of_adipose_tissue


def muscle_mass(lean_mass: float, fat_mass: float, p: Numbers) -> float:
    """Return the mass of skeletal muscle [kg] from fat-free mass and fat [kg]."""
    return p.muscle_share_of_lean * (lean_mass + fat_mass - adipose_tissue_mass(fat_mass, p))


def liver_mass(lean_mass: float, p: Numbers) -> float:
    """Return the mass of the lean liver [kg] from fat-free mass [kg]."""
    return p.liver_share_of_lean * lean_mass


def adipocyte_diameter(fat_mass: float, adipocyte_number: float, p: Numbers) -> float:
    """Return the diameter [um] of the adipocyte of mean volume, from fat [kg] and the number of cells."""
    litres = fat_mass / (p.fat_density * p.fat_share_of_adipocyte) / adipocyte_number
    return cbrt(6.0 * litres * 1e15 / pi)


def resting_expenditure(lean_mass: float, p: Numbers) -> float:
    """Return the resting energy expenditure [kcal/day] from fat-free mass [kg]."""
    return p.resting_expenditure_base + p.resting_expenditure_per_lean * lean_mass


def total_expenditure(lean_mass: float, activity_level: float, p: Numbers) -> float:
    """Return the daily energy expenditure [kcal/day]; ``activity_level`` is its multiple of the resting one [1]."""
    return activity_level * resting_expenditure(lean_mass, p)


def food_energy(glucose_g: float, fat_g: float, protein_g: float, p: Numbers) -> float:
    """Return the energy of food [kcal] from its carbohydrate, fat and protein [g]."""
    return p.energy_of_carbohydrate * glucose_g + p.energy_of_fat * fat_g + p.energy_of_protein * protein_g
