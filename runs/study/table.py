"""Results of studies as a table, and where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from ...environment.body import read_parameters
from ...environment.settle import code_digest
from ..provenance import our_version, package_versions
from .running import COLUMNS, StudyResult

NUMBERS = (
    "observed", "observed_low", "observed_high", "predicted", "predicted_low", "predicted_high", "z",
)  # fmt: skip


def table_of(results: Sequence[StudyResult]) -> pd.DataFrame:
    """Return one row for each expectation."""
    table = pd.DataFrame([row for result in results for row in result.rows], columns=list(COLUMNS))
    for name in COLUMNS:
        if name in NUMBERS:
            table[name] = table[name].astype(float)
        elif name == "agrees":
            table[name] = table[name].astype(bool)
        else:
            table[name] = table[name].fillna("").astype(str)
    return table


def provenance_of(results: Sequence[StudyResult]) -> dict[str, Any]:
    """Return what made a table."""
    return {
        "insulattice": our_version(),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "code": code_digest()[:16],
        "parameters": read_parameters().fingerprint(),
        "packages": package_versions(),
        "studies": {result.name: {"notes": result.notes, "bad": result.bad} for result in results},
    }
