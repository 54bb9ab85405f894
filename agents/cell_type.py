"""Cell types: a name and a tuple of mechanisms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from types import ModuleType

from .compose import Composed, ComposeError, compose
from .kernel import Kernel, build_kernel
from .mechanism import Mechanism
from .mechanisms import (
    acyl_stress,
    adipokines,
    adipose_lipids,
    akt,
    biogenesis,
    cytokine_sensing,
    er_stress,
    feedback,
    gluconeogenic_enzymes,
    glucose,
    glut4,
    glut4_turnover,
    hepatic_glucose,
    hepatic_phosphorylation,
    irs1,
    jnk,
    lipids,
    lipolysis,
    mitochondria,
    mtorc1,
    nfkb,
    pkc,
    polarisation,
    receptor,
    receptor_turnover,
)
from .parameters import ParameterError, ParameterTable, nearest

INSULIN_SIGNALLING = (feedback, receptor, receptor_turnover, irs1, akt, mtorc1)
GLUT4 = (glut4, glut4_turnover)
STRESS = (er_stress, jnk, nfkb, pkc, acyl_stress, cytokine_sensing, biogenesis)


@dataclass(frozen=True)
class CellType:
    """A kind of cell: its name and its mechanisms, in the order in which their signals are found.

    Replace or add a mechanism with :meth:`with_mechanism`.
    """

    name: str
    mechanisms: tuple[Mechanism, ...]

    @classmethod
    def of(cls, name: str, *modules: ModuleType | type) -> CellType:
        """Make a cell type from mechanism modules or classes.

        Raises
        ------
        ComposeError
            If one lacks what a mechanism needs.
        """
        return cls(name, tuple(_read(module) for module in modules))

    def with_mechanism(self, module: ModuleType | type) -> CellType:
        """Return the cell type with a mechanism added, or put in the place of the one that owns the same states."""
        new = _read(module)
        places = [i for i, old in enumerate(self.mechanisms) if set(old.states) & set(new.states)]
        if not places:
            return CellType(self.name, (*self.mechanisms, new))
        kept = [m for i, m in enumerate(self.mechanisms) if i not in places[1:]]
        kept[places[0]] = new
        return CellType(self.name, tuple(kept))

    @cached_property
    def composed(self) -> Composed:
        """The flat arithmetic of one step."""
        return compose(self.mechanisms)

    @cached_property
    def kernel(self) -> Kernel:
        """The compiled step."""
        return build_kernel(self.name, self.composed)


def _read(module: ModuleType | type) -> Mechanism:
    """Return the mechanism of a module or class."""
    try:
        return Mechanism.of(module)
    except TypeError as error:
        raise ComposeError(str(error)) from None


MYOCYTE = CellType.of("myocyte", *INSULIN_SIGNALLING, mitochondria, *STRESS, *GLUT4, glucose, lipids)
ADIPOCYTE = CellType.of(
    "adipocyte",
    *INSULIN_SIGNALLING, mitochondria, *STRESS, *GLUT4, glucose, lipolysis, adipose_lipids, adipokines,
)  # fmt: skip
HEPATOCYTE = CellType.of(
    "hepatocyte",
    *INSULIN_SIGNALLING, mitochondria, *STRESS, hepatic_phosphorylation, hepatic_glucose, gluconeogenic_enzymes, lipids,
)  # fmt: skip
MACROPHAGE = CellType.of("macrophage", polarisation)

CELL_TYPES = {cell.name: cell for cell in (MYOCYTE, ADIPOCYTE, HEPATOCYTE, MACROPHAGE)}


def check_cell_types(table: ParameterTable) -> None:
    """Raise a ParameterError if a row is for a cell type that there is not, or that does not read it."""
    for row in table:
        if row.cell_type and row.cell_type not in CELL_TYPES:
            raise ParameterError(
                f"parameter {row.name}: no cell type is called {row.cell_type!r}."
                f"{nearest(row.cell_type, list(CELL_TYPES))}"
            )
        if row.cell_type and row.name not in _names_read(row.cell_type):
            readers = [f"{row.name}@{name}" for name in CELL_TYPES if row.name in _names_read(name)]
            raise ParameterError(
                f"parameter {row.name}@{row.cell_type}: no mechanism of a {row.cell_type} reads {row.name}; "
                f"allowed: {', '.join([row.name, *readers])}"
            )


@cache
def _names_read(cell_type: str) -> frozenset[str]:
    """Return the parameters, states and spreads of traits that a cell type reads from the table."""
    composed = CELL_TYPES[cell_type].composed
    spreads = (f"spread_{trait}" for trait in composed.traits)
    return frozenset((*composed.parameters, *composed.states, *spreads))
