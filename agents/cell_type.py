"""Cell types: a name and a tuple of mechanisms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import ModuleType

from .compose import Composed, compose
from .kernel import Kernel, build_kernel
from .mechanism import Mechanism
from .mechanisms import (
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

INSULIN_SIGNALLING = (receptor, receptor_turnover, irs1, akt, mtorc1, feedback)
GLUT4 = (glut4, glut4_turnover)
STRESS = (er_stress, jnk, nfkb, pkc, cytokine_sensing, biogenesis)


@dataclass(frozen=True)
class CellType:
    """A kind of cell: its name and its mechanisms, in the order in which their signals are found.

    Replace or add a mechanism with :meth:`with_mechanism`.
    """

    name: str
    mechanisms: tuple[Mechanism, ...]

    @classmethod
    def of(cls, name: str, *modules: ModuleType | type) -> CellType:
        """Make a cell type from mechanism modules or classes."""
        return cls(name, tuple(Mechanism.of(module) for module in modules))

    def with_mechanism(self, module: ModuleType | type) -> CellType:
        """Return the cell type with a mechanism added, or put in the place of the one that owns the same states."""
        new = Mechanism.of(module)
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
    """Raise a ParameterError if a row is for a cell type that there is not."""
    for row in table:
        if row.cell_type and row.cell_type not in CELL_TYPES:
            raise ParameterError(
                f"parameter {row.name}: no cell type is called {row.cell_type!r}."
                f"{nearest(row.cell_type, list(CELL_TYPES))}"
            )
