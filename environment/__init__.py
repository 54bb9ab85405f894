"""Where cells live and what acts on them."""

if __name__ == "environment":
    raise ImportError("import insulattice.environment, not environment")

from .body import Body, SimulationError
from .observe import observe
from .phenotype import Phenotype, find_phenotype, read_phenotypes
from .protocols import Biopsy, Clamp, Fast, Hold, MixedMeal, OralGlucose
from .rule import Rule

__all__ = [
    "Biopsy",
    "Body",
    "Clamp",
    "Fast",
    "Hold",
    "MixedMeal",
    "OralGlucose",
    "Phenotype",
    "Rule",
    "SimulationError",
    "find_phenotype",
    "observe",
    "read_phenotypes",
]
