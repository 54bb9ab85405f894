"""Tables in, numbers and figures out."""

if __name__ == "analysis":
    raise ImportError("import insulattice.analysis, not analysis")

from .load import load, load_manifest
from .measures import (
    adipo_ir,
    auc,
    ec50,
    fit_hill,
    hepatic_ir,
    homa_ir,
    m_value,
    matsuda,
    suppression_percent,
)

__all__ = [
    "adipo_ir",
    "auc",
    "ec50",
    "fit_hill",
    "hepatic_ir",
    "homa_ir",
    "load",
    "load_manifest",
    "m_value",
    "matsuda",
    "suppression_percent",
]
