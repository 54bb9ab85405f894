"""A body: three tissues, one blood, glands and gut, and a clock."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from numbers import Integral
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..agents.arrows import switches
from ..agents.cell_type import CELL_TYPES, check_cell_types
from ..agents.kernel import BLOCK
from ..agents.mechanism import SHARED_NAMES, SITE_NAMES, TARGET_NAMES
from ..agents.parameters import ParameterTable, read_agent_parameters
from ..agents.population import Population
from ..agents.variation import lognormal
from . import checkpoint, living, transport
from . import settle as settling
from .alarm import call_of_nerves
from .blood import Blood
from .clock import DAY, DAYS_PER_YEAR
from .compartment import Compartment, give_fibre_types, liver_tissue, solid_tissue
from .conduct import Conduct, Effects, habit
from .energy import EnergyBalance, anatomy
from .exchange import exchange
from .fields import Fields, Sinusoid
from .gut import FATTY_ACID_MMOL_PER_G, GLUCOSE_MMOL_PER_G, Gut
from .hormones import Glucagon, Insulin, SympatheticTone
from .ledger import new_accounts, stored
from .pancreas import Pancreas, settle_together
from .parameters import read_environment_parameters
from .phenotype import Phenotype, find_phenotype
from .rule import Drug, Rule
from .turnover import Turnover

MINUTE = 1.0
DAWN = 7.0 * 60.0
"""Clock time at which a body is born [min]."""
SHARED = {name: i for i, name in enumerate(SHARED_NAMES)}
SHARED_IN_ORDER = itemgetter(*SHARED_NAMES)
NO_EFFECT = dict.fromkeys(TARGET_NAMES, 0.0)
SUBSTEPS = 2
FEWEST_CELLS, MOST_CELLS = 40, 10_000_000
MOST_SEED = 2**63 - 1
SHARES = {"muscle": 0.4, "fat": 0.32, "liver": 0.28}
"""Share of ``cells`` by tissue; macrophages count in their tissue."""
THREADS_FROM = 1000
"""Cells from which a second thread pays."""


class SimulationError(RuntimeError):
    """A run failed; the message names what left its range, where and when. ``record`` has what was seen before."""

    record: object = None


def read_parameters() -> ParameterTable:
    """Return all parameters, of cells and environment."""
    return read_agent_parameters() + read_environment_parameters()


def thread_number() -> int:
    """Return how many threads advance cells: ``INSULATTICE_THREADS``, else the cores this process may use.

    Raises
    ------
    ValueError
        If ``INSULATTICE_THREADS`` is not a whole number above 0.
    """
    given = os.environ.get("INSULATTICE_THREADS")
    if given is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not given.isdecimal() or int(given) < 1:
        raise ValueError(f"INSULATTICE_THREADS is {given!r}, allowed: a whole number above 0")
    return int(given)


def _check_whole(name: str, value: int, low: int, high: int) -> None:
    if not (isinstance(value, Integral) and low <= value <= high):
        raise ValueError(f"{name} is {value}, allowed: a whole number from {low} to {high}")


class Body:
    """A living body made of individual cells.

    Parameters
    ----------
    phenotype : str or Phenotype
        What goes into the body.
    cells : int
        Simulated cells in all tissues together.
    seed : int
        Key of everything random.
    without : str or iterable of str
        Arrows of the causal web to cut, such as ``"dag->pkc"``.
    parameters : ParameterTable or mapping, optional
        A table, or values to replace in the standard one.
    settle : bool
        Bring the body to what its inputs make of it (cached on disk); else it starts in a plain state.

    Attributes
    ----------
    compartments : dict of str to Compartment
        ``muscle``, ``fat`` and ``liver``.
    minute : float
        Time lived [min]; the clock of the day is ``minute % 1440``.
    infusions : dict of str to float
        What rules put into a vein during the next step [pool's amount per minute: mmol, pmol, ng].
    holds : dict of str to float
        Pools that rules hold at a level [the pool's unit]; both are emptied after each step.
    conduct : Conduct
        How the body eats and moves in this step; rules change it, and it returns to habit after each step.
    contraction : float
        Work of the muscles in this step, as a share of the maximal oxygen uptake [1].
    drugs : dict of str to Drug
        Drugs in the body by name; they move and act in every step.
    courses : dict of str to dict
        What rules remember, by rule (see :meth:`memory`).

    Raises
    ------
    ValueError
        For an unknown phenotype, arrow, parameter or cell type, and for cells or a seed out of range.
    """

    def __init__(
        self,
        phenotype: str | Phenotype = "lean",
        cells: int = 3000,
        seed: int = 1,
        without: Iterable[str] = (),
        parameters: ParameterTable | Mapping[str, float] | None = None,
        settle: bool = True,
    ) -> None:
        _check_whole("cells", cells, FEWEST_CELLS, MOST_CELLS)
        _check_whole("seed", seed, 0, MOST_SEED)
        without = (without,) if isinstance(without, str) else tuple(without)
        self.phenotype = find_phenotype(phenotype) if isinstance(phenotype, str) else phenotype
        self.cells, self.seed, self.without = cells, seed, without
        table = parameters if isinstance(parameters, ParameterTable) else read_parameters()
        if parameters is not None and not isinstance(parameters, ParameterTable):
            table = table.with_values(parameters)
        check_cell_types(table)
        self.table = table
        self.arrows = switches(without)
        self.threads = thread_number()
        self.p = table.namespace()
        self.minute = 0.0
        self.age = self.phenotype.age
        self.rules: list[Rule] = []
        self.infusions: dict[str, float] = {}
        self.holds: dict[str, float] = {}
        self.contraction = 0.0
        self.courses: dict[str, dict[str, float]] = {}
        self.drugs: dict[str, Drug] = {}
        self.build()
        if settle:
            settling.settle(self)

    def build(self) -> None:
        """Make glands, blood and tissues in a plain starting state."""
        inputs, p = self.phenotype, self.p
        self.anatomy = anatomy(inputs.height, inputs.lean_mass, inputs.fat_mass, inputs.adipocyte_number, p)
        self.blood = Blood(p, inputs.lean_mass)
        self.habit = habit(inputs)
        self.energy = EnergyBalance(p, inputs.lean_mass, inputs.weight, inputs.activity)
        self.conduct = Conduct(self.energy.maintenance, self.habit)
        self.effects = Effects()
        self.gut = Gut(p)
        self.pancreas = Pancreas(
            p,
            min(1.0, inputs.beta_cell_ceiling),
            beta_cell_ceiling=inputs.beta_cell_ceiling,
            arrows=self.arrows,
        )
        self.insulin = Insulin(p, self.anatomy.body_surface)
        settle_together(self.pancreas, self.insulin, self.blood.level["glucose"])
        self.glucagon = Glucagon(p, self.pancreas.glucagon_release)
        self.sympathetic = SympatheticTone(p)
        self.somatostatin = False
        self.muscle, self.fat, self.liver = self._tissues()
        self.compartments: dict[str, Compartment[Any]] = {
            tissue.name: tissue for tissue in (self.muscle, self.fat, self.liver)
        }
        self.turnover = Turnover()
        self.flows: dict[str, float] = {}
        self.reaches: dict[float, tuple[float, list[NDArray[np.float64]]]] = {}  # of exchange, by step
        self._sense()
        self.open_books()

    def _tissues(self) -> tuple[Compartment[Fields], Compartment[Fields], Compartment[Sinusoid]]:
        p, inputs = self.p, self.phenotype
        counts = {name: max(8, round(share * self.cells)) for name, share in SHARES.items()}
        kupffer = max(1, round(counts["liver"] * p.kupffer_share))
        resident = max(1, round(counts["fat"] * p.macrophage_share_max / 8.0))
        start = [self.insulin.plasma_pM / 1000.0] + [self.blood.level[pool] for pool in SITE_NAMES[1:]]
        muscle = {"myocyte": self._population("myocyte", counts["muscle"], "muscle")}
        fat = {
            "adipocyte": self._population("adipocyte", counts["fat"] - resident, "fat"),
            "macrophage": self._population("macrophage", resident, "fat", capacity=counts["fat"]),
        }
        liver = {
            "hepatocyte": self._population("hepatocyte", counts["liver"] - kupffer, "liver"),
            "macrophage": self._population("macrophage", kupffer, "liver"),
        }
        self._fill_adipocytes(fat["adipocyte"])
        self.reference_fat = inputs.adipocyte_number * p.reference_cell_mass
        give_fibre_types(muscle["myocyte"], p)
        return (
            solid_tissue("muscle", muscle, self.anatomy.muscle, p, start),
            solid_tissue("fat", fat, self.reference_fat, p, start),
            liver_tissue(liver, self.anatomy.liver, p, start),
        )

    def _population(self, cell_type: str, count: int, compartment: str, capacity: int = 0) -> Population:
        return Population(
            CELL_TYPES[cell_type], self.table, self.arrows, count, compartment, self.seed, capacity
        )

    def _fill_adipocytes(self, adipocytes: Population) -> None:
        """Give the fat cells the body's triglyceride, each its own share."""
        p, inputs = self.p, self.phenotype
        kg = inputs.adipocyte_number * p.reference_cell_mass
        mean = inputs.fat_mass * 1e3 / TRIGLYCERIDE_KG_PER_MOL / kg
        size = lognormal(self.seed, "fat", adipocytes.rows.shape[1], "size", p.spread_adipocyte_size)
        size /= size[: adipocytes.count].mean()
        adipocytes.rows[adipocytes.names.index("triglyceride")] = mean * size

    def _populations(self) -> list[Population]:
        return [q for compartment in self.compartments.values() for q in compartment.populations.values()]

    # ---- one step -------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Live one minute. The order of events:

        1. rules act: they infuse, hold, feed, dose, or change intake and activity; drugs move and act;
        2. the gut passes on what it absorbed, islets and sympathetic nerves answer to glucose;
        3. insulin and glucagon move between pancreas, liver and plasma;
        4. every cell senses its site and takes its step;
        5. blood and the tissue fields exchange;
        6. the clock moves on, and each hour cells of fat come, crawl and die.
        """
        for rule in self.rules:
            rule.act(self, MINUTE)
        for drug in self.drugs.values():
            drug.act(self, MINUTE)
        absorbed, fat = self._glands()
        self._cells()
        self.turnover.step(self, MINUTE)
        exchange(self, absorbed, fat, MINUTE)
        self._spend()
        self.infusions, self.holds, self.contraction, self.somatostatin = {}, {}, 0.0, False
        self.conduct, self.effects = Conduct(self.energy.maintenance, self.habit), Effects()
        self.minute += MINUTE
        if self.minute % 60.0 == 0.0:
            self.turnover.hour(self)
        if self.minute % DAY == 0.0:
            self.age += 1.0 / DAYS_PER_YEAR
            self.pancreas.adapt(1.0)
            self.weigh()

    def _glands(self) -> tuple[float, float]:
        """Run gut, islets and hormones; return glucose and fatty acid absorbed [mmol]."""
        glucose = self.blood.level["glucose"]
        absorbed, fat = self.gut.step(MINUTE)
        self.pancreas.silenced = self.somatostatin
        incretin = 1.0 + self.arrows["incretin_to_secretion"] * (self.gut.incretin - 1.0)
        secretion = self.pancreas.step(MINUTE, glucose, incretin, self.insulin.plasma_pM)
        kept = 1.0 - self.effects.get(("body", "insulin_clearance_inhibition"), 0.0)
        self.insulin.clearance_factor = kept * self._hepatic_insulin_uptake()
        self.insulin.peripheral_factor = kept
        if "insulin" in self.holds:
            self._hold_insulin(self.holds["insulin"], secretion)
        else:
            self.insulin.step(MINUTE, secretion, self.infusions.get("insulin", 0.0))
        self.glucagon.step(MINUTE, self.pancreas.glucagon_release, self.infusions.get("glucagon", 0.0))
        self.glucagon.plasma_pM = self.holds.get("glucagon", self.glucagon.plasma_pM)
        self.sympathetic.step(MINUTE, glucose, call_of_nerves(self))
        blockade = self.effects.get(("body", "il1_blockade"), 0.0)
        self.pancreas.note(MINUTE, glucose, self.blood.level["ffa"], blockade)
        self.flows["insulin_secretion"] = secretion
        return absorbed, fat

    def _hepatic_insulin_uptake(self) -> float:
        """Return how much insulin a liver with these receptors and this fat takes up, relative to normal [1]."""
        cells, p = self.liver.main, self.p
        receptors, fat = transport.mean(cells["receptor_total"]), transport.mean(cells["triglyceride"])
        excess = max(fat - p.clearance_fat_reference, 0.0)
        lost = p.clearance_fat_loss * excess / (excess + p.clearance_fat_half)
        uptake = 1.0 + self.arrows["receptor_to_clearance"] * (receptors - 1.0)
        return float(uptake * (1.0 - self.arrows["fat_to_clearance"] * lost))

    def _hold_insulin(self, level: float, secretion: float) -> None:
        """Hold plasma insulin [pM]: infuse what is missing."""
        insulin = self.insulin
        missing = (level - insulin.plasma_pM) * self.p.insulin_plasma_volume * self.anatomy.body_surface
        balance = insulin.clearance * level - secretion * (1.0 - insulin.hepatic_extraction)
        infusion = max(0.0, missing / MINUTE + balance)
        insulin.step(MINUTE, secretion, infusion)
        if infusion > 0.0:  # above the level for its own secretion alone, insulin cannot be taken away
            infusion += insulin.correct(level) / MINUTE
        self.infusions["insulin"] = infusion

    def _stored_per_cell(self) -> float:
        """Return the mean triglyceride of the fat cells [mmol/kg reference tissue]."""
        return transport.mean(self.fat.main["triglyceride"])

    def _sense(self) -> None:
        """Let every cell sense its site and the blood."""
        level = self.blood.level
        values = NO_EFFECT | {
            "glucagon": self.glucagon.plasma_pM,
            "catecholamine": self.sympathetic.tone,
            "lactate": level["lactate"],
            "glycerol": level["glycerol"],
            "triglyceride": level["triglyceride"],
            "contraction": self.contraction,
            "activity": self.conduct.use(self.p),
            "age": self.age,
            "energy_deficit": self.energy.deficit,
            "stored_nearby": self._stored_per_cell(),
        }
        alike = np.array(SHARED_IN_ORDER(values))
        owed = self.arrows["energy_to_lipolysis"] * (self.energy.lipolysis_call - 1.0)
        for compartment in self.compartments.values():
            compartment.shared[:] = alike
            compartment.look()
        self.fat.shared[SHARED["catecholamine"]] *= 1.0 + owed
        for (tissue, target), effect in self.effects.items():
            if tissue in self.compartments:
                self.compartments[tissue].shared[SHARED[target]] = effect

    def _cells(self) -> None:
        """Advance all cells; the split among threads changes no bit."""
        self._sense()
        cells = [(q, c.shared) for c in self.compartments.values() for q in c.populations.values()]
        threads = self.threads if self.cells >= THREADS_FROM else 1
        if threads == 1:
            for population, shared in cells:
                self._advance((population, shared, 0, -(-population.count // BLOCK) * BLOCK))
            return
        tasks = []
        for population, shared in cells:
            blocks = -(-population.count // BLOCK)
            parts = min(threads, blocks) if population.count >= THREADS_FROM else 1
            edges = [BLOCK * (blocks * k // parts) for k in range(parts + 1)]
            tasks += [(population, shared, a, b) for a, b in pairwise(edges)]
        list(_workers(threads).map(self._advance, sorted(tasks, key=lambda t: t[2] - t[3])))

    def _advance(self, task: tuple[Population, NDArray[np.float64], int, int]) -> None:
        population, shared, start, stop = task
        population.advance(shared, MINUTE, SUBSTEPS, start, stop)

    # ---- the books ------------------------------------------------------------------------------------------

    def open_books(self) -> None:
        """Start the mass audit from what is stored now."""
        gut = self.gut
        gut.glucose_eaten = gut.glucose_lost = gut.fat_eaten = gut.fat_lost = 0.0
        self.accounts = new_accounts(self)

    def stored(self, account: str) -> float:
        """Return what is stored of ``glucose``, ``fatty acid``, ``receptor`` or ``glut4`` [mmol, or cell units]."""
        return stored(self, account)

    def audit(self) -> dict[str, float]:
        """Return, for each account, the gap between what is stored and what the books say, relative [1]."""
        return {name: account.gap(self.stored(name)) for name, account in self.accounts.items()}

    def _spend(self) -> None:
        """Settle what was spent in this step against what was burnt."""
        flows, p = self.flows, self.p
        per_carbohydrate = p.energy_of_carbohydrate / GLUCOSE_MMOL_PER_G
        per_fat = p.energy_of_fat / p.fat_bioavailability / FATTY_ACID_MMOL_PER_G
        energy, conduct = self.energy, self.conduct
        returned = energy.returned * MINUTE / DAY
        if returned > 0.0:
            self._return_to_fat(returned / per_fat)
        burnt = per_carbohydrate * flows["glucose_burnt"] + per_fat * flows["fat_burnt"] - returned
        spent = energy.expenditure(self.anatomy.weight, conduct.activity, conduct.intake, self.contraction)
        lost = per_carbohydrate * flows["urine use"] * DAY
        energy.step(MINUTE, spent, conduct.intake, self.anatomy.fat_mass, burnt, lost)
        flows["expenditure"], flows["burnt"] = spent, burnt * DAY / MINUTE

    def _return_to_fat(self, fatty_acid: float) -> None:
        """Put fatty acid [mmol] that other organs did not need evenly into fat cells."""
        cells = self.fat.main
        cells["triglyceride"] += fatty_acid / 3.0 / self.fat.kg_per_cell / cells.count
        self.accounts["fatty acid"].source("returned", fatty_acid)

    def weigh(self) -> None:
        """Measure the body anew: fat mass is what the fat cells hold and those that died left.

        Glycogen above or below that of a rested lean body adds to the weight, with the water that it binds.
        """
        inputs = self.phenotype
        held = self.fat.total("triglyceride") + self.turnover.debris.total
        fat_mass = held * TRIGLYCERIDE_KG_PER_MOL / 1e3
        cells = inputs.adipocyte_number * self.fat.kg / self.reference_fat
        self.anatomy = anatomy(
            inputs.height, self.energy.lean_mass, fat_mass, cells, self.p, self._glycogen_kg()
        )
        self.insulin.body_surface = self.anatomy.body_surface

    def _glycogen_kg(self) -> float:
        """Return the glycogen of muscle and liver beyond that of a rested lean body, with its water [kg]."""
        p = self.p
        beyond = self.muscle.total("glycogen") - self.muscle.kg * p.muscle_glycogen_usual
        beyond += self.liver.total("glycogen") - self.liver.kg * p.liver_glycogen_usual
        return float(beyond / GLUCOSE_MMOL_PER_G / 1e3 * (1.0 + p.glycogen_water))

    # ---- what rules use ---------------------------------------------------------------------------------------

    @property
    def clock(self) -> float:
        """Minutes since midnight [min]; a body is born at 7:00."""
        return (self.minute + DAWN) % DAY

    def memory(self, rule: Rule) -> dict[str, float]:
        """Return what a rule remembers about this body: numbers by name, kept in checkpoints and branches."""
        return self.courses.setdefault(repr(rule), {})

    def forget(self, rule: Rule) -> None:
        """Let a rule begin anew on this body."""
        self.courses.pop(repr(rule), None)

    def eat(self, glucose_g: float, fat_g: float = 0.0, protein_g: float = 0.0, liquid: bool = False) -> None:
        """Eat or drink now: carbohydrate as glucose, fat and protein [g]."""
        self.gut.meal(glucose_g, fat_g, protein_g, liquid)
        self.energy.protein += protein_g * self.p.energy_of_protein

    def affect(self, target: str, amount: float, tissues: Iterable[str] = ("muscle", "fat", "liver")) -> None:
        """Act on a drug target during the next step; shares of several inhibitors combine as independent.

        Raises
        ------
        ValueError
            For an unknown target.
        """
        self.effects.add(target, amount, tissues)

    def check(self) -> None:
        """Raise a SimulationError if a state left its range, a pool went negative or turned NaN."""
        for compartment in self.compartments.values():
            for population in compartment.populations.values():
                fault = population.fault()
                if fault is not None:
                    raise SimulationError(f"minute {self.minute:g}: {compartment.name}, {fault}")
        self.check_blood()

    def check_blood(self) -> None:
        """Raise a SimulationError if a pool in blood went negative or turned NaN; cheap enough for every minute."""
        for pool, level in self.blood.level.items():
            if not 0.0 <= level < 1e6:
                raise SimulationError(
                    f"minute {self.minute:g}: {pool} in blood is {level:g}, allowed 0 or more"
                )

    def live(
        self,
        days: float,
        rules: Iterable[Rule] = (),
        accelerated: bool = False,
        progress: Callable[[float], None] | None = None,
        watch: Callable[[Body], None] | None = None,
    ) -> None:
        """Live freely: meals by day, nights, and rules that end with the call.

        Parameters
        ----------
        days : float
            How long [days]; the body eats and doses fall at clock times, so that 1.3 and then 0.7 days under the same
            rules are 2 days.
        rules : iterable of Rule
            A rule that acted up to this moment goes on as it was; any other begins now.
        accelerated : bool
            Live representative days and carry slow states over those between (see :mod:`.living`).
        progress : callable, optional
            Called after each day with the days done.
        watch : callable, optional
            Called with the body after each minute lived.

        Raises
        ------
        ValueError
            For days out of range.
        TypeError
            For a rule that has no ``act``, as text.
        SimulationError
            If a state left its range.
        """
        living.live(self, days, rules, accelerated, progress, watch)

    def branch(self) -> Body:
        """Return an independent copy of this moment; tables and compiled steps are shared."""
        shared = [
            self.table,
            self.phenotype,
            self.habit,
            *(population.cell_type for population in self._populations()),
        ]
        return copy.deepcopy(self, {id(item): item for item in shared})

    def save(self, path: str | Path) -> Path:
        """Write this moment to exactly this path, as a checkpoint; a run goes on from it to the last bit.

        Raises
        ------
        ValueError
            If it cannot be written there.
        """
        return checkpoint.save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Body:
        """Return the body that :meth:`save` wrote.

        Raises
        ------
        ValueError
            If the file is missing, damaged, no checkpoint, or of another version.
        """
        return checkpoint.load(path, cls)[0]

    @property
    def shared(self) -> NDArray[np.float64]:
        """What the cells of each tissue sense alike, shape (tissues, names)."""
        return np.array([compartment.shared for compartment in self.compartments.values()])

    # ---- what a researcher measures -------------------------------------------------------------------------

    def signals(self, population: Population) -> dict[str, NDArray[np.float64]]:
        """Return every signal of the cells of one of this body's populations now, each shape (cells,)."""
        self._sense()
        home = next(c for c in self.compartments.values() if population in c.populations.values())
        return population.signals(home.shared)

    def glucose_disposal(self) -> dict[str, float]:
        """Return the uptake of glucose from blood by organ [mmol/min]; liver is its gross uptake."""
        uses = self.blood.glucose_uses()
        found = {
            name: self.compartments[name].total_flux("glucose_uptake") for name in ("muscle", "fat", "liver")
        }
        return found | uses

    def glucose_production(self) -> float:
        """Return endogenous glucose production [mmol/min]."""
        return self.liver.total_flux("glucose_output")


TRIGLYCERIDE_KG_PER_MOL = 0.86
_POOLS: dict[int, ThreadPoolExecutor] = {}
os.register_at_fork(after_in_child=_POOLS.clear)  # threads do not survive a fork


def _workers(threads: int) -> ThreadPoolExecutor:
    """Return the pool of threads, made once."""
    if threads not in _POOLS:
        _POOLS[threads] = ThreadPoolExecutor(threads, thread_name_prefix="insulattice")
    return _POOLS[threads]
