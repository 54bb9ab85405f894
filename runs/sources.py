"""Which of our files a result depends on, found by the imports of the code that makes it, and a hash of them.

Cells and environment are taken whole, with their tables. Of ``runs`` and ``analysis``, what a module imports, step by
step, is taken, and the files of ``runs/data`` that are named there; so a new page or figure leaves kept results alone.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from .folders import DATA

ROOT = Path(__file__).parent.parent
OURS = "insulattice"
WHOLE = ("agents", "environment")
"""Folders that are taken whole."""
WALKED = ("runs", "analysis")
ENDINGS = (".py", ".csv", ".toml")
ENGINE = ("numpy", "numba", "scipy")
"""Packages whose version may change a number."""


def sources_of(module: str) -> list[Path]:
    """Return the files that the results of a module depend on.

    Parameters
    ----------
    module : str
        Dotted name below ``insulattice``, as ``runs.study.running``.
    """
    files = {path for folder in WHOLE for path in (ROOT / folder).rglob("*") if path.suffix in ENDINGS}
    found, left = set(), [_file(module)]
    while left:
        path = left.pop()
        if path is not None and path not in found:
            found.add(path)
            left += [_file(name) for name in _imported(path)]
    text = "".join(path.read_text(encoding="utf-8") for path in found)
    return sorted(files | found | {path for path in DATA.iterdir() if path.name in text})


@cache
def digest_of(module: str, parameters: bool = True) -> str:
    """Return a hash of the files that the results of a module depend on, and of what computes with them.

    Parameters
    ----------
    module : str
    parameters : bool
        Whether the tables of parameters count; not where all their values stand in the key beside it.
    """
    text = hashlib.sha256(" ".join(map(version, ENGINE)).encode())
    for path in sources_of(module):
        if path.name == "parameters.csv" and not parameters:
            continue
        text.update(path.relative_to(ROOT).as_posix().encode())
        text.update(path.read_bytes())
    return text.hexdigest()


def _file(module: str) -> Path | None:
    """Return the file of a module of the folders that are walked, or None."""
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    return path if path.is_file() and module.split(".")[0] in WALKED else None


def _imported(path: Path) -> Iterator[str]:
    """Give the dotted names below ours that a file imports, those of modules among them."""
    package = path.parent.relative_to(ROOT).parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            parts = [*above, *(node.module or "").removeprefix(OURS).split(".")]
            base = ".".join(part for part in parts if part)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name.removeprefix(f"{OURS}.") for alias in node.names)
