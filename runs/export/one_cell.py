"""One cell of a body: its states, its traits, and what surrounds it at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...agents.cell_type import CELL_TYPES, CellType
from ...agents.mechanism import SHARED_NAMES, SITE_NAMES
from ...agents.parameters import ParameterTable, nearest

if TYPE_CHECKING:
    from ...agents.population import Population
    from ...environment.body import Body
    from ...environment.compartment import Compartment

HOME = {"myocyte": "muscle", "adipocyte": "fat", "hepatocyte": "liver", "macrophage": "fat"}
"""The tissue from which a cell is taken if none is named."""


@dataclass(frozen=True)
class OneCell:
    """A cell and its surroundings.

    Attributes
    ----------
    cell_type : CellType
    values : mapping of str to float
        States and traits by name.
    local : mapping of str to float
        Surroundings by name, of its site and of its tissue.
    parameters : mapping of str to float
        Parameters and switches as this body has them.
    table : ParameterTable
        Where their units and sources stand.
    about : str
        Which cell it is, in words.
    """

    cell_type: CellType
    values: Mapping[str, float]
    local: Mapping[str, float]
    parameters: Mapping[str, float]
    table: ParameterTable
    about: str


def one_cell(body: Body, cell_type: str, tissue: str = "", cell: int | None = None) -> OneCell:
    """Return a cell of a body as it is now.

    Parameters
    ----------
    body : Body
        Such as a settled one, which is fasting.
    cell_type : str
        Name of the cell type.
    tissue : str
        Where it lives; its home, if not given.
    cell : int, optional
        Its ``id`` in a table of cells; without it, the mean over all cells of the type there.

    Raises
    ------
    ValueError
        For a cell type, tissue or cell that there is not.
    """
    if cell_type not in CELL_TYPES:
        raise ValueError(f"no cell type is called {cell_type!r}.{nearest(cell_type, list(CELL_TYPES))}")
    home = _home(body, cell_type, tissue or HOME[cell_type])
    population = home.populations[cell_type]
    if not len(population):
        raise ValueError(f"there is no {cell_type} in {home.name} of this body; give more cells")
    column = None if cell is None else cell - _first_id(body, population)
    if column is not None and not 0 <= column < len(population):
        first = _first_id(body, population)
        raise ValueError(
            f"cell {cell} is no {cell_type} in {home.name}, allowed: {first} to {first + len(population) - 1}"
        )
    body.signals(population)  # lets every cell sense its site
    chosen = slice(0, len(population)) if column is None else slice(column, column + 1)
    states = population.rows[:, chosen].mean(axis=1)
    site = population.site[:, chosen].mean(axis=1)
    which = f"the mean of {len(population)} cells" if cell is None else f"cell {cell}"
    return OneCell(
        population.cell_type,
        _named(population.names, states),
        _named(SITE_NAMES, site) | _named(SHARED_NAMES, home.shared),
        population.values,
        body.table,
        f"{cell_type} in {home.name}, {body.phenotype.name} body ({which}; {body.cells} cells, seed {body.seed})",
    )


def _named(names: tuple[str, ...], values: Any) -> dict[str, float]:
    return dict(zip(names, np.asarray(values, float).tolist(), strict=True))


def _home(body: Body, cell_type: str, tissue: str) -> Compartment[Any]:
    """Return the tissue in which a cell lives."""
    if tissue not in body.compartments:
        raise ValueError(f"no tissue is called {tissue!r}.{nearest(tissue, list(body.compartments))}")
    if cell_type not in body.compartments[tissue].populations:
        homes = [name for name, c in body.compartments.items() if cell_type in c.populations]
        raise ValueError(f"no {cell_type} lives in {tissue}, allowed: {', '.join(homes)}")
    return body.compartments[tissue]


def _first_id(body: Body, population: Population) -> int:
    """Return the ``id`` of the first cell of a population, as tables of cells count them."""
    number = 0
    for compartment in body.compartments.values():
        for cells in compartment.populations.values():
            if cells is population:
                return number
            number += len(cells)
    raise AssertionError("the population is of another body")
