"""What was seen of a body over time: a row for each look, in few bytes, however long it lives."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...environment.observe import Quantity, unit_of

Array = NDArray[np.float64]

MOST_ROWS = 6000
"""When there are more rows, every other one is forgotten."""
OWN_UNITS = {"homa_ir": "1"}
"""What the page adds to what is observed of the whole body."""


class Track:
    """Looks at a body.

    Attributes
    ----------
    names : tuple of (str, str)
        What was seen, as compartment and quantity.
    minutes : list of float
        When [min].
    """

    def __init__(self) -> None:
        self.names: tuple[Quantity, ...] = ()
        self.minutes: list[float] = []
        self._rows: list[NDArray[np.float32]] = []

    def __len__(self) -> int:
        return len(self.minutes)

    def add(self, minute: float, seen: Mapping[Quantity, float]) -> None:
        """Keep a look; one of the same minute takes the place of that before it."""
        self.names = self.names or tuple(seen)
        if self.minutes and minute == self.minutes[-1]:
            self.minutes.pop()
            self._rows.pop()
        self.minutes.append(minute)
        self._rows.append(np.array([seen[name] for name in self.names], np.float32))
        if len(self.minutes) > MOST_ROWS:
            self.minutes, self._rows = self.minutes[::2], self._rows[::2]

    def __getitem__(self, quantity: Quantity) -> Array:
        """Return one quantity at all minutes."""
        column = self.names.index(quantity)
        return np.array([row[column] for row in self._rows], np.float64)

    def table(self) -> pd.DataFrame:
        """Return a tidy table: ``minute``, ``compartment``, ``quantity``, ``value``, ``unit``."""
        looks = len(self.minutes)
        values = np.concatenate(self._rows) if looks else np.empty(0)
        return pd.DataFrame(
            {
                "minute": np.repeat(np.array(self.minutes, float), len(self.names)),
                "compartment": [compartment for compartment, _ in self.names] * looks,
                "quantity": [quantity for _, quantity in self.names] * looks,
                "value": values.astype(np.float64),
                "unit": [_unit(*name) for name in self.names] * looks,
            }
        )


def _unit(compartment: str, quantity: str) -> str:
    return OWN_UNITS[quantity] if quantity in OWN_UNITS else unit_of(compartment, quantity)
