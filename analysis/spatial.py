"""How values lie in a tissue: whether neighbours on a grid are alike.

Source: Moran 1950, Biometrika 37:17.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def morans_i(values: ArrayLike, rows: int, columns: int) -> float:
    """Return Moran's I of values on a grid, with the four nearest sites as neighbours [1].

    Near 1 if neighbours are alike, -1 on a checkerboard, and -1 / (sites - 1) on average if values lie at random.

    Parameters
    ----------
    values : array_like, rows x columns numbers
        Row after row; NaN where there is nothing.
    rows, columns : int
        Size of the grid [sites].

    Returns
    -------
    float
        NaN if all values are alike, or no two are neighbours.

    Raises
    ------
    ValueError
        If there is not one value for each site.
    """
    grid = np.array(values, dtype=float)
    if grid.size != rows * columns:
        raise ValueError(f"there are {grid.size} values; give one for each of {rows} x {columns} sites")
    grid = grid.reshape(rows, columns)
    there = ~np.isnan(grid)
    number = np.count_nonzero(there)
    away = np.where(there, grid - grid[there].sum() / max(1, number), 0.0)
    pairs = np.count_nonzero(there[1:] & there[:-1]) + np.count_nonzero(there[:, 1:] & there[:, :-1])
    products = (away[1:] * away[:-1]).sum() + (away[:, 1:] * away[:, :-1]).sum()
    squares = (away**2).sum()
    if pairs == 0 or squares <= (1e-12 * np.abs(grid[there]).max()) ** 2 * number:
        return float("nan")
    return float(products / pairs / (squares / number))


def at_sites(values: ArrayLike, sites: ArrayLike, rows: int, columns: int) -> NDArray[np.float64]:
    """Return the mean of the cells' values at each site of a grid, NaN where no cell stands, shape (rows * columns,).

    Parameters
    ----------
    values, sites : array_like, shape (cells,)
        A number for each cell, and its site as a flat index.
    rows, columns : int
        Size of the grid [sites].
    """
    places = np.asarray(sites, dtype=np.int64)
    counts = np.bincount(places, minlength=rows * columns)
    sums = np.bincount(places, np.asarray(values, dtype=float), minlength=rows * columns)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
