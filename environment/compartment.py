"""A tissue: cells on a grid, and the fields that they share."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..agents.cell_type import CellType
from ..agents.mechanism import SHARED_NAMES, SITE_NAMES
from ..agents.population import Population
from ..agents.variation import uniform
from . import transport
from .blood import POOL, POOLS
from .fields import Fields, Grid, Sinusoid
from .transport import Integers

Array = NDArray[np.float64]
AnyGrid = TypeVar("AnyGrid", bound=Grid)
Changed = TypeVar("Changed")

SITE = {name: i for i, name in enumerate(SITE_NAMES)}
SINUSOID_COLUMNS = 20
FIELD_SUBSTEPS = 2
"""Substeps of the fields in a minute; one more changes a clamp by 1e-5."""
TNF, TNF_FIELD = "tnf_secretion", "tnf"
"""The flux of which a share acts from membranes, and the field that it is shed into."""


class Compartment(Generic[AnyGrid]):
    """One tissue of the body.

    Attributes
    ----------
    name : str
    populations : dict of str to Population
        The first is the parenchyma (muscle, fat or liver cells).
    grid : Fields or Sinusoid
        Concentrations at the sites, species as in ``SITE_NAMES``.
    kg : float
        Tissue that the parenchymal cells stand for; each stands for ``kg / count``.
    litres : float
        Volume in which the fields dissolve.
    membrane_time : float
        For how long TNF-alpha acts on the membrane before it is shed into the field [min].
    membrane_tnf : array, shape (sites,)
        TNF-alpha that acts from membranes at each site, as a level in the field [pg/mL].
    shared : array, shape (names,)
        What all cells of the tissue sense alike, in the order of ``SHARED_NAMES``.
    to_blood : array, shape (pools,)
        What cells gave straight to blood in the last step [amount/min], in the order of ``POOLS``.
    """

    def __init__(
        self,
        name: str,
        populations: dict[str, Population],
        grid: AnyGrid,
        kg: float,
        litres: float,
        membrane_time: float = 0.0,
    ) -> None:
        self.name = name
        self.populations = populations
        self.grid = grid
        self.kg = kg
        self.litres = litres
        self.main = next(iter(populations.values()))
        self.to_blood: Array = np.zeros(len(POOLS))
        self.membrane_time = membrane_time
        fluxes = [name for cells in populations.values() for name in cells.cell_type.composed.fluxes]
        self._places = {name: place for place, name in enumerate(dict.fromkeys(fluxes))}
        self._sums = [0.0] * len(self._places)
        self._givers = tuple(self._giver(cells) for cells in populations.values())
        self.membrane_tnf: Array = np.zeros(self.sites)
        self.shared: Array = np.zeros(len(SHARED_NAMES))

    def _giver(self, cells: Population) -> tuple[Population, int, Integers, Integers, Integers]:
        """Return a population, the row of the flux that acts from membranes, its exchanges, and places of the sums."""
        fluxes = cells.cell_type.composed.fluxes
        row = fluxes.index(TNF) if self.membrane_time > 0.0 and TNF in fluxes else -1
        places = np.array([self._places[name] for name in fluxes], np.int64)
        return cells, row, *_exchanges(cells.cell_type), places

    @property
    def kg_per_cell(self) -> float:
        """Tissue that one simulated cell stands for [kg]."""
        return self.kg / self.main.count

    def change_number(self, change: Callable[[], Changed]) -> Changed:
        """Change the number of parenchymal cells; each goes on standing for as much tissue."""
        kg_per_cell = self.kg_per_cell
        result = change()
        self.kg = kg_per_cell * self.main.count
        return result

    @property
    def sites(self) -> int:
        """Number of sites of the grid."""
        return self.grid.shape[1] * self.grid.shape[2]

    def mean(self, name: str) -> float:
        """Return the mean concentration of a field [its unit]."""
        return float(self.grid[name].mean())

    def total_flux(self, name: str) -> float:
        """Return a flux summed over the tissue [mmol/min, or mmol for amounts per step of a minute]."""
        place = self._places.get(name)
        return 0.0 if place is None else self._sums[place]

    def total(self, state: str) -> float:
        """Return a material state of the parenchyma summed over the tissue [mmol]."""
        return float(self.main[state].sum()) * self.kg_per_cell

    def look(self) -> None:
        """Let every cell sense its own site."""
        raised = SITE[TNF_FIELD] if self.membrane_time > 0.0 else -1
        for population in self.populations.values():
            transport.gather(self.grid.values, population.sites, population.site, raised, self.membrane_tnf)

    def deposit(self, scale: float) -> None:
        """Put what the cells exchanged into the sources of their sites; keep what goes straight to blood.

        Parameters
        ----------
        scale : float
            Turns a flux per kg of tissue into the source unit of the grid.
        """
        source, kg_per_cell = self.grid.source, self.kg_per_cell
        shown, to_blood = self.membrane_tnf, self.to_blood
        shown.fill(0.0)
        to_blood.fill(0.0)
        sums = np.zeros(len(self._places))
        for cells, row, with_site, with_blood, places in self._givers:
            transport.collect(
                source, cells.sites, cells.count, cells.fluxes, with_site, scale, row, shown,
                with_blood, kg_per_cell, to_blood, places, sums,
            )  # fmt: skip
        if self.membrane_time > 0.0:
            shown *= self.membrane_time
        self._sums = sums.tolist()


def _exchanges(cell_type: CellType) -> tuple[Integers, Integers]:
    """Return what a cell exchanges with its site, by place, and with blood.

    Each is an array of shape (exchanges, 3): row of the flux, place or pool, and sign.
    """
    rows = {name: row for row, name in enumerate(cell_type.composed.fluxes)}
    found = [
        (rows[signal], field, sign)
        for mechanism in cell_type.mechanisms
        for signal, (field, sign) in mechanism.exchanges.items()
    ]
    with_site = [(row, SITE[field], sign) for row, field, sign in found if field in SITE]
    with_blood = [(row, POOL[pool], sign) for row, pool, sign in found if pool not in SITE]
    by_place = sorted(with_site, key=lambda exchange: exchange[1])
    return np.array(by_place, np.int64).reshape(-1, 3), np.array(with_blood, np.int64).reshape(-1, 3)


def spread_out(population: Population, sites: int) -> None:
    """Place cells at random sites, keyed by cell."""
    capacity = population.sites.size
    draw = uniform(population.seed, population.compartment, capacity, f"{population.cell_type.name} place")
    population.sites[:] = np.minimum((draw * sites).astype(np.int64), sites - 1)


def line_up(population: Population) -> None:
    """Place one cell on each site, in order; the padding stands on site 0."""
    population.sites[: population.count] = np.arange(population.count)


def solid_tissue(
    name: str, populations: dict[str, Population], kg: float, p: SimpleNamespace, start: list[float]
) -> Compartment[Fields]:
    """Return muscle or fat: a square grid with capillaries at every site."""
    main = next(iter(populations.values()))
    side = int(np.ceil(np.sqrt(main.count)))
    rows = -(-main.count // side)
    line_up(main)
    for other in list(populations.values())[1:]:
        spread_out(other, rows * side)
    grid = Fields(
        SITE_NAMES,
        rows,
        side,
        spacing=getattr(p, f"{name}_spacing"),
        diffusion=[getattr(p, f"{species}_diffusion") for species in SITE_NAMES],
        exchange=_capillaries(name, main.seed, rows, side, p),
        decay=[getattr(p, f"{species}_decay") for species in SITE_NAMES],
        start=start,
        substeps=FIELD_SUBSTEPS,
    )
    litres = kg * getattr(p, f"{name}_interstitium")
    return Compartment(name, populations, grid, kg, litres, p.tnf_membrane_time)


def _capillaries(name: str, seed: int, rows: int, columns: int, p: SimpleNamespace) -> Array:
    """Return exchange rates [1/min], shape (species, rows, columns): capillary density differs from site to site."""
    draw = uniform(seed, name, rows * columns, "capillaries").reshape(rows, columns)
    density = 1.0 + p.capillary_spread * np.sqrt(12.0) * (draw - 0.5)
    rates: Array = np.array([getattr(p, f"{name}_{species}_exchange") for species in SITE_NAMES])
    found: Array = rates[:, None, None] * density
    return found


def is_type_1(myocytes: Population, p: SimpleNamespace) -> NDArray[np.bool_]:
    """Return which myocytes are fibres of type I, shape (capacity,); the others are of type II."""
    draw = uniform(myocytes.seed, myocytes.compartment, myocytes.rows.shape[1], "fibre type")
    return np.asarray(draw < p.type_1_share)


def give_fibre_types(myocytes: Population, p: SimpleNamespace) -> None:
    """Give fibres of type I more GLUT4 and mitochondria than those of type II, the mean over both kept."""
    type_1 = is_type_1(myocytes, p)
    for trait, ratio in (("glut4_expression", p.type_1_glut4), ("mito_expression", p.type_1_mitochondria)):
        type_2 = 1.0 / (1.0 + p.type_1_share * (ratio - 1.0))
        myocytes.rows[myocytes.names.index(trait)] *= type_2 * np.where(type_1, ratio, 1.0)


def liver_tissue(
    populations: dict[str, Population], kg: float, p: SimpleNamespace, start: list[float]
) -> Compartment[Sinusoid]:
    """Return the liver: rows of sites from the portal side (column 0) to the central vein.

    Gluconeogenesis falls along a row in a straight line, by ``gluconeogenic_portal_ratio``; its mean stays.
    """
    main = next(iter(populations.values()))
    columns = min(SINUSOID_COLUMNS, main.count)
    rows = -(-main.count // columns)
    line_up(main)
    for other in list(populations.values())[1:]:
        spread_out(other, rows * columns)
    place = (main.sites % columns + 0.5) / columns
    ratio = p.gluconeogenic_portal_ratio
    main.rows[main.names.index("gluconeogenic_zone")] *= 2.0 * (ratio + (1.0 - ratio) * place) / (ratio + 1.0)
    return Compartment("liver", populations, Sinusoid(SITE_NAMES, rows, columns, start=start), kg, kg)
