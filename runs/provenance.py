"""Provenance: the version, inputs, parameters and packages behind a run."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import asdict, fields, is_dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..environment.body import Body
    from ..environment.rule import Rule

PACKAGES = ("numba", "llvmlite", "numpy", "pandas", "scipy", "pyarrow")
"""Packages whose version may change a result or its file."""


def our_version() -> str:
    """Return the version of insulattice."""
    return package_versions(["insulattice"])["insulattice"]


def package_versions(names: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Return versions by package; ``"absent"`` for what is not installed."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found


def describe_rule(rule: Rule) -> dict[str, Any]:
    """Return a rule as plain data: its name and its public fields."""
    found: dict[str, Any] = {"rule": type(rule).__name__}
    if is_dataclass(rule):
        found |= {
            column.name: getattr(rule, column.name)
            for column in fields(rule)
            if not column.name.startswith("_")
        }
    return found


def provenance(body: Body, protocol: Rule, minutes: float) -> dict[str, Any]:
    """Return what made a run, before it starts.

    Parameters
    ----------
    body : Body
        At the start of the run, with the rules that act on it.
    protocol : Rule
        The test.
    minutes : float
        Length of the run [min].
    """
    from ..environment.checkpoint import changed_parameters
    from ..environment.settle import code_digest
    from .record import SCHEMA

    return {
        "insulattice": our_version(),
        "schema": SCHEMA,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "phenotype": asdict(body.phenotype),
        "cells": body.cells,
        "seed": body.seed,
        "without": list(body.without),
        "protocol": describe_rule(protocol),
        "rules": [describe_rule(rule) for rule in body.rules],
        "minutes": minutes,
        "body_minute": body.minute,
        "parameters": body.table.fingerprint(),
        "parameters_changed": changed_parameters(body),
        "code": code_digest()[:16],
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": package_versions(),
    }
