"""Cells in their places as a picture: one value per site of a tissue's grid."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

GAP = 1
"""Empty columns between two strips."""


class Fold(NamedTuple):
    """How a tall grid is laid out as strips side by side, so that it fills a picture.

    Every other strip is turned round: in liver central meets central and portal meets portal, as lobules do.

    Attributes
    ----------
    rows, columns : int
        Of the grid [sites].
    strips, strip_rows : int
        Number of strips, and rows of each.
    """

    rows: int
    columns: int
    strips: int
    strip_rows: int

    @classmethod
    def of(cls, rows: int, columns: int) -> Fold:
        """Return the fold that comes nearest to a square."""
        strips = max(1, round(np.sqrt(rows / (columns + GAP))))
        return cls(rows, columns, strips, -(-rows // strips))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the picture."""
        return self.strip_rows, self.strips * (self.columns + GAP) - GAP

    def place(self, rows: ArrayLike, columns: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return row and column in the picture of sites of the grid."""
        row, column = np.asarray(rows, np.int64), np.asarray(columns, np.int64)
        strip = row // self.strip_rows
        turned = np.where(strip % 2 == 1, self.columns - 1 - column, column)
        return row % self.strip_rows, strip * (self.columns + GAP) + turned

    def site(self, row: int, column: int) -> tuple[int, int] | None:
        """Return row and column on the grid of a place in the picture; None where there is no site."""
        strip, within = divmod(column, self.columns + GAP)
        there = strip * self.strip_rows + row
        if within >= self.columns or not (0 <= row < self.strip_rows and 0 <= there < self.rows):
            return None
        return there, self.columns - 1 - within if strip % 2 == 1 else within

    def picture(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike) -> NDArray[np.float64]:
        """Return the picture of values at sites; NaN where there is none."""
        image = np.full(self.shape, np.nan)
        image[self.place(rows, columns)] = values
        return image


def site_spacing(x: ArrayLike, y: ArrayLike) -> float:
    """Return the distance of neighbouring sites [unit of x], from the places of cells."""
    steps = np.concatenate([np.diff(np.unique(np.asarray(values, float))) for values in (x, y)])
    steps = steps[steps > 1e-9]
    return float(steps.min()) if steps.size else 1.0


def robust_limits(values: ArrayLike, outside: float = 0.01) -> tuple[float, float]:
    """Return limits for colours: all values but the share ``outside`` at each end; never equal."""
    found = np.asarray(values, float)
    found = found[np.isfinite(found)]
    if not found.size:
        return 0.0, 1.0
    low, high = (float(limit) for limit in np.quantile(found, (outside, 1.0 - outside)))
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        width = 0.05 * abs(low) or 0.5
        return low - width, high + width
    return low, high
