"""What the house tests read: the source of the four packages, as syntax trees."""

import ast
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("agents", "environment", "runs", "analysis")


class Module(NamedTuple):
    """One file of the library."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def place(self) -> str:
        """Path from the root, as it is written in messages."""
        return self.path.relative_to(ROOT).as_posix()


def read_modules() -> dict[str, Module]:
    """Every module of the library by its dotted name below ``insulattice``."""
    modules = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            modules[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8")))
    return modules


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def modules() -> dict[str, Module]:
    """Every module of the library by its dotted name below ``insulattice``."""
    return read_modules()
