"""Check-ups: tests of a body on a branch, before and after something is done to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..agents.parameters import nearest
from ..environment import Body, Clamp, Fast, MixedMeal, OralGlucose
from ..environment.rule import Rule
from .simulation import simulate

TESTS: dict[str, Callable[[], Rule]] = {
    "clamp": Clamp,
    "ogtt": OralGlucose,
    "meal": MixedMeal,
    "fasting": Fast,
}
"""Tests by name, each as it is usually done."""

ASIDE = (
    "phenotype",
    "protocol",
    "cells",
    "cells_present",
    "seed",
    "hours",
    "cell_steps",
    "wall_s",
    "audit_gap",
)
"""Keys of a summary that are no result."""

Results = dict[str, dict[str, float]]


def find_test(name: str) -> Rule:
    """Return a test.

    Raises
    ------
    ValueError
        For an unknown name; names the nearest one.
    """
    if name not in TESTS:
        raise ValueError(
            f"no test is called {name!r}, allowed: {', '.join(TESTS)}.{nearest(name, list(TESTS), listed=True)}"
        )
    return TESTS[name]()


def check_up(body: Body, tests: Iterable[str], rules: Iterable[Rule] = ()) -> Results:
    """Return the numbers of some tests of a body; the body stays as it was.

    Parameters
    ----------
    body : Body
    tests : iterable of str
        Names of ``TESTS``.
    rules : iterable of Rule
        What the body lives under, and goes on to.
    """
    rules = list(rules)
    found = {"now": at_rest(body)}
    for name in tests:
        found[name] = _numbers(simulate(body, find_test(name), rules=rules).summary)
    return found


def at_rest(body: Body) -> dict[str, float]:
    """Return what a scale and a blood sample show at once."""
    return {
        "body_mass_kg": body.anatomy.weight,
        "fat_mass_kg": body.anatomy.fat_mass,
        "glucose_mM": body.blood.level["glucose"],
        "insulin_pM": body.insulin.plasma_pM,
        "ffa_mM": body.blood.level["ffa"],
    }


def _numbers(summary: Mapping[str, Any]) -> dict[str, float]:
    """Return the results of a summary that are one number each."""
    return {
        name: float(value)
        for name, value in summary.items()
        if name not in ASIDE and isinstance(value, (int, float)) and not isinstance(value, bool)
    }
