"""Small laws of rate that mechanisms share. Each runs on numbers, NumPy arrays and quantities with units."""

from typing import Any


def positive_part(x: Any) -> Any:
    """Return ``x`` where it is positive and 0 elsewhere [unit of ``x``]."""
    return 0.5 * (x + abs(x))


def michaelis(x: Any, half: Any) -> Any:
    """Return the saturation ``x / (half + x)`` [1]."""
    return x / (half + x)


def hill(x: Any, half: Any, n: Any) -> Any:
    """Return the cooperative saturation ``x^n / (half^n + x^n)`` [1]; ``x`` must not be negative."""
    ratio = (x / half) ** n
    return ratio / (1.0 + ratio)


def power(x: Any, n: Any) -> Any:
    """Return ``x`` to the power ``n`` [1]; ``x`` must not be negative."""
    return x**n
