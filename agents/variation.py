"""How cells differ: draws keyed by (seed, compartment, cell, name).

There is no generator with a state. Each draw is a hash of its key, so that one more cell, one more rule or another
number of threads changes no other draw.
"""

from __future__ import annotations

import math
import zlib

import numpy as np
from numpy.typing import NDArray

_GOLDEN, _MIX_1, _MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_64_BITS = 2**64 - 1


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the splitmix64 hash of each element."""
    z = x + np.uint64(_GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(_MIX_1)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(_MIX_2)
    return z ^ (z >> np.uint64(31))


def _mixed_number(x: int) -> int:
    """Return the same hash of one number."""
    z = (x + _GOLDEN) & _64_BITS
    z = ((z ^ (z >> 30)) * _MIX_1) & _64_BITS
    z = ((z ^ (z >> 27)) * _MIX_2) & _64_BITS
    return z ^ (z >> 31)


def uniform(seed: int, compartment: str, cells: NDArray[np.integer] | int, name: str) -> NDArray[np.float64]:
    """Return one number in (0, 1) for each cell.

    Parameters
    ----------
    seed : int
        Not negative.
    compartment, name : str
        The rest of the key.
    cells : array of int or int
        Cell numbers, or how many from 0.
    """
    index = np.arange(cells) if isinstance(cells, int) else np.atleast_1d(cells)
    key = seed & _64_BITS
    for word in (compartment, name):
        key = _mixed_number(key ^ zlib.crc32(word.encode()))
    hashed = _mixed(_mixed(index.astype(np.uint64)) ^ np.uint64(key))
    draws: NDArray[np.float64] = ((hashed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return draws


def normal(seed: int, compartment: str, cells: NDArray[np.integer] | int, name: str) -> NDArray[np.float64]:
    """Return one standard normal number for each cell (Box and Muller)."""
    radius = np.sqrt(-2.0 * np.log(uniform(seed, compartment, cells, name)))
    return radius * np.cos(2.0 * np.pi * uniform(seed, compartment, cells, name + "'"))


def lognormal(
    seed: int, compartment: str, cells: NDArray[np.integer] | int, name: str, spread: float
) -> NDArray[np.float64]:
    """Return positive numbers of mean 1 and coefficient of variation ``spread``."""
    sigma = math.sqrt(math.log1p(spread * spread))
    return np.exp(sigma * normal(seed, compartment, cells, name) - 0.5 * sigma * sigma)
