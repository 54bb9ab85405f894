"""Tables of numbers: parameters with value, range, unit, kind and source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from insulattice.agents.parameters import KINDS, Parameter

from .text import cell, table, with_links


def number(value: float) -> str:
    """Return a number in five digits."""
    return f"{value:.5g}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")


def unit(text: str) -> str:
    """Return a unit as it is printed."""
    from insulattice.analysis.style import printed_unit

    return printed_unit(text) or "–"


def parameter_table(rows: Iterable[Parameter]) -> str:
    """Return parameters as a table: name and cell type, value, range, unit, kind, source and note."""
    lines = []
    for row in rows:
        name = f"`{row.name}`" + (f"<br>{cell(row.cell_type)}" if row.cell_type else "")
        paper = "" if row.source == row.kind else with_links(cell(row.source))
        source = "<br>".join(filter(None, [paper, cell(row.note)]))
        limits = f"{number(row.low)} to {number(row.high)}"
        lines.append([name, number(row.value), limits, cell(unit(row.unit)), row.kind, source])
    return table(["name", "value", "range", "unit", "kind", "source, note"], lines)


def kind_words(rows: Iterable[Parameter]) -> str:
    """Return how many numbers are of each kind, in words."""
    counts = Counter(row.kind for row in rows)
    return ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind])
