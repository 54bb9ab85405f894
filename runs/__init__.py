"""Where time passes: simulations, records, studies and the command line."""

if __name__ == "runs":
    raise ImportError("import insulattice.runs, not runs")

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .arms import compare
    from .export.anndata_export import to_anndata
    from .export.one_cell import one_cell
    from .export.sbml import to_sbml
    from .life import live, resume
    from .mesa_model import TissueModel
    from .record import Record, cell_table, save_table
    from .simulation import simulate
    from .sweeping.sweep import sweep

__all__ = [
    "Record",
    "TissueModel",
    "cell_table",
    "compare",
    "live",
    "one_cell",
    "resume",
    "save_table",
    "simulate",
    "sweep",
    "to_anndata",
    "to_sbml",
]

_WHERE = {
    "Record": "record",
    "TissueModel": "mesa_model",
    "cell_table": "record",
    "compare": "arms",
    "live": "life",
    "one_cell": "export.one_cell",
    "resume": "life",
    "save_table": "record",
    "simulate": "simulation",
    "sweep": "sweeping.sweep",
    "to_anndata": "export.anndata_export",
    "to_sbml": "export.sbml",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``insulattice --help`` starts at once."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_WHERE[name]}", __name__), name)
