"""What a validation finds, and the jobs that find it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass
class Found:
    """What was found: numbers by phenotype, test and quantity, tables by name, and what failed."""

    numbers: dict[tuple[str, str, str], float] = field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, phenotype: str, test: str, numbers: Mapping[str, float]) -> None:
        """Keep the numbers of a test."""
        self.numbers |= {(phenotype, test, name): value for name, value in numbers.items()}

    def join(self, other: Found) -> None:
        """Take over what was found elsewhere."""
        self.numbers |= other.numbers
        self.tables |= other.tables
        self.failures |= other.failures

    def test(self, phenotype: str, test: str) -> dict[str, float]:
        """Return the numbers of one test by quantity."""
        return {
            name: value
            for (body, kind, name), value in self.numbers.items()
            if (body, kind) == (phenotype, test)
        }


@dataclass(frozen=True)
class Job:
    """Something for one process to do."""

    label: str
    work: Callable[..., Found]
    arguments: tuple[Any, ...] = ()
