"""What must be installed to write a file."""

from __future__ import annotations

from importlib.util import find_spec


def need(module: str, extra: str, what: str) -> None:
    """Raise a ValueError, which says how to install it, if a package is missing."""
    if find_spec(module) is None:
        raise ValueError(f"{what} needs {module}; install it with: pip install 'insulattice[{extra}]'")
