"""The arrows of the causal web: each is a switch, 1 or (cut) 0, that its mechanism multiplies by."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .parameters import nearest

ARROWS_FILE = Path(__file__).with_name("arrows.csv")


@dataclass(frozen=True)
class Arrow:
    """One arrow: ``name`` such as ``dag->pkc``, its driver, what it does, and its source."""

    name: str
    driver: str
    effect: str
    source: str

    @property
    def parameter(self) -> str:
        """Return the name of its switch in ``p``."""
        return self.name.replace("->", "_to_")


@cache
def read_arrows() -> dict[str, Arrow]:
    """Return every arrow by name."""
    with open(ARROWS_FILE, newline="", encoding="utf-8") as file:
        return {
            row["arrow"]: Arrow(row["arrow"], row["driver"], row["effect"], row["source"])
            for row in csv.DictReader(file)
        }


def switches(without: Iterable[str] = ()) -> dict[str, float]:
    """Return ``{parameter: 1 or 0}`` with the arrows of ``without`` cut.

    Raises
    ------
    ValueError
        For an unknown arrow; names the nearest one.
    """
    arrows = read_arrows()
    cut = set()
    for given in without:
        name = given.replace(" ", "").lower()
        if name not in arrows:
            raise ValueError(f"no arrow is called {given!r}.{nearest(name, list(arrows))}")
        cut.add(name)
    return {arrow.parameter: float(name not in cut) for name, arrow in arrows.items()}
