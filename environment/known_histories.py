"""Histories that come with the library: what the years of the five phenotypes lead to.

A history takes a minute, and is the same for every seed and number of cells; so the table spares it to whoever changes
neither numbers nor code. Each row holds for one hash of inputs, parameters and code: with any other, the years are
lived anew.
``tests/golden/refresh_histories.py`` writes the table anew, by living them.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("histories.csv")
COLUMNS = ("phenotype", "key", "beta_cell_mass", "beta_cell_function")


@cache
def known_histories() -> dict[tuple[str, str], tuple[float, float]]:
    """Return mass and function of the beta cells [1] by phenotype and key; empty without the table."""
    try:
        with FILE.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except OSError:
        return {}
    return {
        (row["phenotype"], row["key"]): (float(row["beta_cell_mass"]), float(row["beta_cell_function"]))
        for row in rows
    }
