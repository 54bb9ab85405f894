"""Anatomy and energy balance of a body.

Lean mass is the fat-free mass. Adipose tissue is fat with its water and cells, so part of the fat-free mass lies in
it; skeletal muscle is a share of what then remains, the liver a share of the whole fat-free mass. Fat in the liver is
a state of its cells and is not added here.

Energy: what a body spends (at rest, by activity, on digesting, by work) has to be burnt. Tissues that are simulated
burn glucose and fatty acids as their cells do; the other organs (heart, kidney, resting viscera) take the fatty acids
that are missing: their clearance of fatty acids rises with the energy that is owed, and so does lipolysis. So, over
days, fat cells keep what is eaten and not spent. A share of every imbalance falls on lean mass (Forbes), and
expenditure adapts to long under- or overfeeding.

Sources: doi:10.1056/NEJM198710223171717 (body surface), doi:10.1002/ajhb.1099 (muscle),
doi:10.1016/j.ejrad.2018.07.005 (liver), doi:10.1093/ajcn/51.2.241 (resting expenditure),
doi:10.1016/S0140-6736(11)60812-X (digesting, adaptation, lean mass).
Left out: sex, age and ancestry in organ shares; the mass of muscle and liver does not follow lean mass during a run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cbrt, exp, pi, sqrt

from numpy import interp

from .clock import DAY, DAYS_PER_YEAR
from .parameters import Numbers


@dataclass(frozen=True)
class Anatomy:
    """Masses [kg], body surface [m2], mean adipocyte diameter [um] and resting expenditure [kcal/day].

    ``weight`` counts glycogen beyond the usual; ``fat_mass`` is the fat in fat cells.
    """

    weight: float
    fat_mass: float
    body_surface: float
    adipose_tissue: float
    muscle: float
    liver: float
    adipocyte_diameter: float
    resting_expenditure: float


def anatomy(
    height: float,
    lean_mass: float,
    fat_mass: float,
    adipocyte_number: float,
    p: Numbers,
    glycogen_kg: float = 0.0,
) -> Anatomy:
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
    glycogen_kg : float
        Glycogen beyond the usual, with its water [kg].
    """
    return Anatomy(
        weight=lean_mass + fat_mass + glycogen_kg,
        fat_mass=fat_mass,
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


def adipose_tissue_mass(fat_mass: float, p: Numbers) -> float:
    """Return the mass of adipose tissue [kg] that holds a mass of fat [kg]."""
    return fat_mass / p.fat_share_of_adipose_tissue


def muscle_mass(lean_mass: float, fat_mass: float, p: Numbers) -> float:
    """Return the mass of skeletal muscle [kg] from fat-free mass and fat [kg]."""
    return p.muscle_share_of_lean * (lean_mass + fat_mass - adipose_tissue_mass(fat_mass, p))


def liver_mass(lean_mass: float, p: Numbers) -> float:
    """Return the mass of the lean liver [kg] from fat-free mass [kg]."""
    return p.liver_share_of_lean * lean_mass


def visceral_share(age: float, fat_mass: float, height: float, p: Numbers) -> float:
    """Return the share of the fat's lipolysis that is visceral [1]: more with age [years], fat [kg] and height [m]."""
    relative = fat_mass / height**2 / p.visceral_fat_reference
    share = (
        p.visceral_share_lean
        * relative**p.visceral_fat_power
        * exp(p.visceral_per_year * (age - p.visceral_age))
    )
    return min(float(share), 1.0)


def adipocyte_diameter(fat_mass: float, adipocyte_number: float, p: Numbers) -> float:
    """Return the diameter [um] of the adipocyte of mean volume, from fat [kg] and the number of cells."""
    litres = fat_mass / (p.fat_density * p.fat_share_of_adipocyte) / adipocyte_number
    return cbrt(6.0 * litres * 1e15 / pi)


def resting_expenditure(lean_mass: float, p: Numbers) -> float:
    """Return the resting energy expenditure [kcal/day] from fat-free mass [kg]."""
    return p.resting_expenditure_base + p.resting_expenditure_per_lean * lean_mass


def food_energy(glucose_g: float, fat_g: float, protein_g: float, p: Numbers) -> float:
    """Return the energy of food [kcal] from its carbohydrate (as glucose), fat and protein [g]."""
    return p.energy_of_carbohydrate * glucose_g + p.energy_of_fat * fat_g + p.energy_of_protein * protein_g


def grow(
    lean_mass: float,
    fat_mass: float,
    intake: Sequence[tuple[float, float]],
    activity: float,
    ages: tuple[float, float],
    p: Numbers,
) -> list[tuple[float, float, float]]:
    """Return how a body grows from one age to another: age [years], lean mass and fat mass [kg], a row for each month.

    Parameters
    ----------
    lean_mass, fat_mass : float
        At the first age [kg].
    intake : sequence of (age, intake)
        Intake by age [years, kcal/day], straight between the points and level outside them.
    activity : float
        Habitual activity [1 = a lean adult's].
    ages : (float, float)
        From and to [years].
    """
    points, levels = zip(*intake, strict=True)
    course = [(ages[0], lean_mass, fat_mass)]
    months = max(1, round(12.0 * (ages[1] - ages[0])))
    days = DAYS_PER_YEAR * (ages[1] - ages[0]) / months
    for month in range(months):
        age = ages[0] + month / 12.0
        eaten = float(interp(age, points, levels))
        balance = EnergyBalance(p, lean_mass, lean_mass + fat_mass, activity)
        surplus = eaten - balance.expenditure(lean_mass + fat_mass, activity, eaten)
        on_lean = balance.lean_share(fat_mass) * surplus * days
        lean_mass += on_lean / p.energy_of_lean_mass
        fat_mass = max(LEAST_FAT, fat_mass + (surplus * days - on_lean) / stored_energy(p))
        course.append((age + 1.0 / 12.0, lean_mass, fat_mass))
    return course


def stored_energy(p: Numbers) -> float:
    """Return the energy of body fat [kcal/kg]."""
    return p.energy_of_fat * 1000.0 / p.fat_bioavailability


class EnergyBalance:
    """What a body spends and burns.

    Parameters
    ----------
    p : namespace
        The environment's parameters by name.
    lean_mass, weight : float
        Fat-free mass and body mass [kg].
    activity : float
        Habitual activity, 1 = a lean adult's [1].

    Attributes
    ----------
    lean_mass : float
        Fat-free mass [kg].
    adaptation : float
        Change of expenditure by long under- or overfeeding [kcal/day].
    owed : float
        Spent and not yet burnt [kcal].
    lasting_owed : float
        The same over the last day or so [kcal]: lipolysis is called for by lasting debts, not within a clamp.
    deficit : float
        What intake lacks of expenditure, as a share of it, over the last days [1]; below 0 for a surplus.
    protein : float
        Protein eaten and not yet burnt [kcal].
    intake_seen, spent_seen, days_seen : float
        Running sums since :meth:`look_anew` [kcal, kcal, days]; what is lost in urine counts as spent.
    lost : float
        Energy of the glucose lost in urine over the last days [kcal/day].
    needs : float
        Expenditure of the body it was built as, digestion aside [kcal/day].
    """

    def __init__(self, p: Numbers, lean_mass: float, weight: float, activity: float) -> None:
        self.p = p
        self.lean_mass = lean_mass
        self.adaptation = self.owed = self.lasting_owed = self.protein = self.deficit = 0.0
        self.intake_seen = self.spent_seen = self.days_seen = 0.0
        self.lost = 0.0
        self.needs = self.living(weight, activity)

    @property
    def maintenance(self) -> float:
        """Intake at which the body it was built as keeps its mass [kcal/day]; what urine takes is eaten as well."""
        return (self.needs + self.lost) / (1.0 - self.p.digestion_share)

    def living(self, weight: float, activity: float) -> float:
        """Return the expenditure at rest and by habitual activity [kcal/day] at a body mass [kg]."""
        p = self.p
        moving = p.activity_energy_floor + (1.0 - p.activity_energy_floor) * activity
        return resting_expenditure(self.lean_mass, p) + p.activity_energy * weight * moving + self.adaptation

    def expenditure(self, weight: float, activity: float, intake: float, contraction: float = 0.0) -> float:
        """Return all that is spent [kcal/day] at an intake [kcal/day] and a share of maximal work [1]."""
        work = contraction * self.p.work_energy_max * self.lean_mass * DAY
        return self.living(weight, activity) + self.p.digestion_share * intake + work

    def lean_share(self, fat_mass: float) -> float:
        """Return the share of an energy imbalance that falls on lean mass [1] at a fat mass [kg]."""
        p = self.p
        ratio = p.forbes_mass * p.energy_of_lean_mass / (p.energy_of_fat * 1000.0)
        return ratio / (ratio + fat_mass)

    @property
    def fat_clearance_factor(self) -> float:
        """Clearance of fatty acids by other organs, relative to a body that owes nothing [1]."""
        p = self.p
        wanted = exp(self.owed / p.energy_owed_scale)
        return float(min(max(wanted, p.fat_clearance_least), p.fat_clearance_most))

    @property
    def lipolysis_call(self) -> float:
        """Drive of lipolysis by energy owed for long, relative to a body that owes nothing [1]."""
        p = self.p
        wanted = exp(p.lipolysis_owed_gain * self.lasting_owed / p.energy_owed_scale)
        return float(min(max(wanted, p.lipolysis_call_least), p.lipolysis_call_most))

    @property
    def returned(self) -> float:
        """What was burnt beyond what was spent, for long, and goes back to fat [kcal/day].

        Other organs take more fatty acids than a body in surplus needs; the rest is packed as triglyceride again.
        """
        return max(0.0, -self.lasting_owed) / self.p.surplus_tau

    def step(
        self, dt: float, spent: float, intake: float, fat_mass: float, burnt: float, lost: float
    ) -> None:
        """Advance by ``dt`` [min].

        Parameters
        ----------
        spent, intake : float
            Expenditure and planned intake [kcal/day].
        fat_mass : float
            [kg].
        burnt : float
            Glucose and fat burnt during the step, less what goes back to fat [kcal].
        lost : float
            Lost in urine [kcal/day].
        """
        p = self.p
        day = dt / DAY
        surplus = intake - spent - lost
        self.lost += (lost - self.lost) * (1.0 - exp(-day / p.urine_tau))
        self.intake_seen += intake * day
        self.spent_seen += (spent + lost) * day
        self.days_seen += day
        on_lean = self.lean_share(fat_mass) * surplus * day
        protein = self.protein * (1.0 - exp(-p.k_protein_oxidation * dt))
        self.protein -= protein
        most = p.energy_owed_most
        self.deficit += (-surplus / spent - self.deficit) * (1.0 - exp(-day / p.deficit_tau))
        self.owed = min(max(self.owed + spent * day + on_lean - burnt - protein, -most), most)
        self.lasting_owed += (self.owed - self.lasting_owed) * (1.0 - exp(-day / p.lasting_owed_tau))
        self.adapt(day, intake, on_lean)

    def look_anew(self) -> None:
        """Start the running sums again."""
        self.intake_seen = self.spent_seen = self.days_seen = 0.0

    def skip(self, days: float, fat_mass: float) -> float:
        """Go on for some days as in the days seen; return the change of fat mass [kg] at a fat mass [kg]."""
        intake, spent = self.intake_seen / self.days_seen, self.spent_seen / self.days_seen
        surplus = (intake - spent) * days
        on_lean = self.lean_share(fat_mass) * surplus
        self.adapt(days, intake, on_lean)
        return (surplus - on_lean) / stored_energy(self.p)

    def adapt(self, days: float, intake: float, on_lean: float) -> None:
        """Let lean mass take its energy [kcal] and expenditure follow an intake [kcal/day] for some days."""
        p = self.p
        self.lean_mass += on_lean / p.energy_of_lean_mass
        target = p.adaptation_share * (intake - self.maintenance)
        self.adaptation = target + (self.adaptation - target) * exp(-days / p.adaptation_tau)


LEAST_FAT = 1.0
"""[kg]."""
