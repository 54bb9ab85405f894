"""Lists: parameters, arrows, the papers behind a run, and what runs where."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from ..agents import mechanisms
from ..agents.arrows import read_arrows, switches
from ..agents.cache import cache_folder
from ..agents.cell_type import CELL_TYPES, check_cell_types
from ..agents.parameters import KINDS, Parameter, ParameterError, ParameterTable
from ..environment.body import read_parameters, thread_number
from ..environment.phenotype import read_phenotypes
from .provenance import PACKAGES, our_version, package_versions

NO_PAPER = "assumed"
PAPER = re.compile(r"(?:doi:|BIOMD)[^\s,;:)]+[^\s,;:).]|[A-Z]\w*(?: [A-Z]\w*)* \d+:[A-Z]?\d+ \(\d{4}\)")
"""A paper in a text: a doi, a model of BioModels, or journal, volume, page and year."""


def read_values(given: Iterable[str]) -> dict[str, float]:
    """Return ``{name: value}`` from texts ``name=value``.

    Raises
    ------
    ParameterError
        If a text is not of that form, or a name stands twice.
    """
    values: dict[str, float] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not equals or not name or number != number:
            raise ParameterError(f"--set {text!r}, allowed: NAME=VALUE with a number, as k_akt_s473=300")
        if name in values:
            raise ParameterError(f"--set {name} is given twice; give it once")
        values[name] = number
    return values


def parameters_with(given: Iterable[str]) -> ParameterTable:
    """Return the standard parameters with ``name=value`` replaced, each within its range.

    Raises
    ------
    ParameterError
        For an unknown name, or a value outside the range of the table.
    """
    table, values = read_parameters(), read_values(given)
    changed = table.with_values(values)
    check_cell_types(changed)
    for key, value in values.items():
        name, _, cell_type = key.partition("@")
        rows = [row for row in table if row.name == name and (not cell_type or row.cell_type == cell_type)]
        for row in rows or [table.get(name)]:
            if not row.low <= value <= row.high:
                raise ParameterError(
                    f"parameter {key} is {value:g} {row.unit}, allowed: {row.low:g} to {row.high:g}"
                )
    return changed


def parameter_rows(search: str | None, table: ParameterTable) -> pd.DataFrame:
    """Return the parameters that have a word in their name, file, note, source or kind."""
    rows = pd.DataFrame([asdict(row) for row in table])
    if search:
        text = (
            rows[["name", "cell_type", "kind", "source", "where", "note"]].agg(" ".join, axis=1).str.lower()
        )
        rows = rows[text.str.contains(search.lower(), regex=False)]
    return rows.reset_index(drop=True)


def arrow_rows(search: str | None = None, without: Iterable[str] = ()) -> pd.DataFrame:
    """Return the arrows of the causal web; ``active`` is False for those that are cut."""
    state = switches(without)
    rows = [
        {
            "arrow": arrow.name,
            "driver": arrow.driver,
            "effect": arrow.effect,
            "source": arrow.source,
            "active": bool(state[arrow.parameter]),
        }
        for arrow in read_arrows().values()
    ]
    if search:
        rows = [row for row in rows if search.lower() in " ".join(map(str, row.values())).lower()]
    return pd.DataFrame(rows, columns=["arrow", "driver", "effect", "source", "active"])


def used_parameters(table: ParameterTable) -> list[Parameter]:
    """Return the parameters that some cell type, or the environment, reads; those that nothing reads are left out."""
    read = {
        name for cell in CELL_TYPES.values() for name in (*cell.composed.parameters, *cell.composed.states)
    }
    files = {mechanism.name for cell in CELL_TYPES.values() for mechanism in cell.mechanisms}
    return [
        row for row in table if row.where not in files or row.name in read or row.name.startswith("spread_")
    ]


def source_rows(table: ParameterTable, without: Iterable[str] = ()) -> pd.DataFrame:
    """Return the papers behind a run: how many numbers each gave, and which mechanisms and arrows rest on it."""
    found: dict[str, dict[str, Any]] = {}

    def entry(source: str) -> dict[str, Any]:
        return found.setdefault(source, {"parameters": 0, "kinds": {}, "used_in": set(), "arrows": []})

    for row in used_parameters(table):
        kept = entry(row.source)
        kept["parameters"] += 1
        kept["kinds"][row.kind] = kept["kinds"].get(row.kind, 0) + 1
        kept["used_in"].add(row.where)
    for where, text in _docstrings().items():
        for paper in PAPER.findall(" ".join(text.split())):
            entry(paper)["used_in"].add(where)
    active = switches(without)
    for arrow in read_arrows().values():
        for paper in PAPER.findall(arrow.source) if active[arrow.parameter] else ():
            entry(paper)["arrows"].append(arrow.name)
    order = sorted(found, key=lambda source: (source == NO_PAPER, -found[source]["parameters"], source))
    return pd.DataFrame([_source_row(source, found[source]) for source in order])


def _source_row(source: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "source": source,
        "parameters": kept["parameters"],
        "kinds": ", ".join(f"{kept['kinds'][kind]} {kind}" for kind in KINDS if kind in kept["kinds"]),
        "used_in": ", ".join(sorted(kept["used_in"])),
        "arrows": ", ".join(kept["arrows"]),
    }


def _docstrings() -> dict[str, str]:
    """Return the docstrings of the mechanisms that cells are made of, by name."""
    from importlib import import_module

    names = {mechanism.name for cell in CELL_TYPES.values() for mechanism in cell.mechanisms}
    return {name: import_module(f"{mechanisms.__name__}.{name}").__doc__ or "" for name in sorted(names)}


def kind_counts(table: ParameterTable) -> dict[str, int]:
    """Return how many of the parameters that a run uses are measured, derived, fitted, assumed or start values."""
    used = used_parameters(table)
    return {kind: sum(row.kind == kind for row in used) for kind in KINDS}


def info() -> dict[str, Any]:
    """Return versions, engine, threads and cache."""
    folder = cache_folder()
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    return {
        "insulattice": our_version(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": package_versions(
            (*PACKAGES, "pint", "typer", "rich", "matplotlib", "seaborn", "mesa", "solara")
        ),
        "engine": f"numba {package_versions(['numba'])['numba']}, kernels composed from the mechanisms",
        "threads": thread_number(),
        "cores": os.cpu_count(),
        "states": {name: len(cell.composed.states) for name, cell in CELL_TYPES.items()},
        "parameters": kind_counts(read_parameters()),
        "arrows": len(read_arrows()),
        "phenotypes": list(read_phenotypes()),
        "cache_folder": str(folder),
        "cache_MB": round(sum(_size(path) for path in files) / 1e6, 3),
        "cached_bodies": sum(path.suffix == ".npz" for path in files),
        "cached_kernels": sum(path.parent.name == "kernels" and path.suffix == ".py" for path in files),
    }


def info_rows(facts: Mapping[str, Any]) -> pd.DataFrame:
    """Return the facts of :func:`info` in words, one row each."""

    def words(fact: Any) -> str:
        if isinstance(fact, Mapping):
            return ", ".join(f"{name} {item}" for name, item in fact.items())
        return ", ".join(fact) if isinstance(fact, list) else str(fact)

    return pd.DataFrame([{"what": name, "found": words(fact)} for name, fact in facts.items()])


def _size(path: Path) -> int:
    """Return the size of a file [bytes]; 0 if it has gone meanwhile."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
