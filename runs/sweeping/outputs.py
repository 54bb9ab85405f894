"""What a run gives: a number, numbers by name, or tables, brought into one form.

Tables are kept as Arrow's, because making a table of pandas takes longer than a short run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa


def tables_of(found: Any) -> tuple[pa.Table, dict[str, pa.Table]]:
    """Return what a function gave as a table, and further tables by name.

    A number becomes the output ``value``; numbers by name become outputs; a table stays one; tables among named
    numbers are kept beside them.

    Raises
    ------
    ValueError
        If it gave something else.
    """
    if isinstance(found, pd.DataFrame):
        return _arrow(found), {}
    if _is_number(found):
        found = {"value": found}
    if not isinstance(found, Mapping) or not found:
        raise ValueError(f"it gave {found!r:.80}, allowed: a number, numbers by name, or a table")
    tables = {str(name): _arrow(item) for name, item in found.items() if isinstance(item, pd.DataFrame)}
    numbers = {str(name): item for name, item in found.items() if not isinstance(item, pd.DataFrame)}
    for name, item in numbers.items():
        if not _is_number(item):
            raise ValueError(f"it gave {item!r:.80} as {name}, allowed: a number or a table")
    values = pa.array([float(item) for item in numbers.values()], pa.float64())
    return pa.table({"output": pa.array(list(numbers), pa.string()), "value": values}), tables


def _arrow(table: pd.DataFrame) -> pa.Table:
    """Return a table as Arrow's; its index is left out."""
    return pa.Table.from_pandas(table, preserve_index=False)


def _is_number(found: Any) -> bool:
    return isinstance(found, (bool, int, float, np.number, np.bool_)) and not isinstance(
        found, np.complexfloating
    )
