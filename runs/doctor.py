"""Is the installation sound? Each check is a line: what was looked at, ok, warn or fail, what was found, what to do.

A check looks and changes nothing, but for files it takes away again. Warnings are what limits without stopping.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path
from typing import Literal

from ..agents.cache import cache_folder

Status = Literal["ok", "warn", "fail"]

PYTHONS = ((3, 11), (3, 13))
"""First and last Python that is tested."""
INSTALLERS = ("pip", "setuptools", "wheel", "build")
"""They come with the environment, and change no result."""
FULL_GB, LOW_GB = 0.5, 3.0
"""Free space below which nothing can be kept, and below which long runs may fail [GB]."""
LARGE_CACHE_GB = 5.0
ROOT = Path(__file__).resolve().parent.parent
PURPOSES = {
    "serve": "the page in a browser",
    "fit": "sensitivity analysis and fits",
    "sweep": "many runs by Dask",
    "sbml": "one cell as SBML",
    "h5ad": "cells as .h5ad",
    "film": "films as MP4",
}
"""Extras, and what each is for."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox", "microsoft-edge", "open", "xdg-open")


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is, what was found, and what to do about it."""

    check: str
    status: Status
    found: str
    advice: str = ""


Check = Callable[[], Iterator[Finding]]


def python() -> Iterator[Finding]:
    """Look at the version of Python."""
    here = sys.version_info[:2]
    found = f"{platform.python_version()}, {sys.executable}"
    first, last = (".".join(map(str, pair)) for pair in PYTHONS)
    if here < PYTHONS[0]:
        yield Finding("Python", "fail", found, f"use Python {first} to {last}")
    elif here > PYTHONS[1]:
        yield Finding("Python", "warn", found, f"not tested; use Python {first} to {last}")
    else:
        yield Finding("Python", "ok", found)


def packages() -> Iterator[Finding]:
    """Look at the packages that everything needs, and at the set of versions that is tested."""
    needed = _needed("")
    if needed is None:
        yield Finding("packages", "fail", "insulattice is not installed", "pip install -c constraints.txt .")
        return
    wrong = [problem for problem in map(_problem, needed) if problem]
    if wrong:
        yield Finding("packages", "fail", "; ".join(wrong), "pip install -c constraints.txt .")
        return
    yield Finding("packages", "ok", f"all {len(needed)} are there")


def pins() -> Iterator[Finding]:
    """Look at how the versions differ from those that are tested together, where their list is at hand."""
    file = ROOT / "constraints.txt"
    if not file.is_file():
        yield Finding("tested versions", "ok", "no constraints.txt beside an installed package: not compared")
        return
    pinned = _pinned(file.read_text(encoding="utf-8"))
    pinned = {name: versions for name, versions in pinned.items() if name not in INSTALLERS}
    here = {name: found for name in pinned if (found := _version(name)) is not None}
    other = [f"{name} {found}, tested {' or '.join(sorted(pinned[name]))}" for name, found in here.items()
             if found not in pinned[name]]  # fmt: skip
    if other:
        shown = "; ".join(other[:4]) + ("; ..." if len(other) > 4 else "")
        advice = "results may differ in the last digits; pip install -c constraints.txt ."
        yield Finding("tested versions", "warn", f"{len(other)} of {len(here)} differ: {shown}", advice)
    else:
        yield Finding("tested versions", "ok", f"all {len(here)} as in constraints.txt")


def extras() -> Iterator[Finding]:
    """Look at what is optional."""
    for extra, purpose in PURPOSES.items():
        needed = _needed(extra)
        if not needed:
            continue
        missing = [problem for problem in map(_problem, needed) if problem]
        name = f"extra {extra}"
        if missing:
            advice = f"for {purpose}: pip install -c constraints.txt '.[{extra}]'"
            yield Finding(name, "warn", "; ".join(missing), advice)
        else:
            yield Finding(name, "ok", f"{purpose}: {', '.join(_name(line) for line in needed)}")


def cache() -> Iterator[Finding]:
    """Look at the cache folder: can it be written, how large is it, is there space."""
    folder = cache_folder()
    try:
        (folder / "kernels").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder / "kernels"):
            pass
    except OSError as error:
        advice = "set INSULATTICE_CACHE to a folder that can be written"
        yield Finding("cache", "fail", f"{folder} cannot be written: {error.strerror}", advice)
        return
    size = sum(_size(path) for path in folder.rglob("*")) / 1e9
    if size > LARGE_CACHE_GB:
        yield Finding("cache", "warn", f"{folder}, {size:.1f} GB", "remove it: all of it can be made again")
    else:
        yield Finding("cache", "ok", f"{folder}, {size:.2f} GB")
    yield _space(folder)


def _space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free / 1e9
    found = f"{free:.1f} GB free at {folder}"
    if free < FULL_GB:
        return Finding("disk", "fail", found, f"free some: less than {FULL_GB:g} GB is too little")
    if free < LOW_GB:
        return Finding("disk", "warn", found, f"long runs and sweeps may need more than {LOW_GB:g} GB")
    return Finding("disk", "ok", found)


def threads() -> Iterator[Finding]:
    """Look at cores and threads."""
    from ..environment.body import thread_number

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        number = thread_number()
    except ValueError as error:
        yield Finding("threads", "fail", str(error), "set INSULATTICE_THREADS to a whole number, or unset it")
        return
    found = f"{number} threads on {cores} cores"
    if number > cores:
        yield Finding(
            "threads", "warn", found, f"more threads than cores are slower: INSULATTICE_THREADS={cores}"
        )
    else:
        yield Finding("threads", "ok", found)


def tables() -> Iterator[Finding]:
    """Look at the tables of the model: can all of them be read."""
    from ..agents.arrows import read_arrows
    from ..agents.cell_type import check_cell_types
    from ..environment.body import read_parameters
    from ..environment.phenotype import read_phenotypes

    try:
        table = read_parameters()
        check_cell_types(table)
        found = f"{len(table)} parameters, {len(read_arrows())} arrows, {len(read_phenotypes())} phenotypes"
        yield Finding("tables", "ok", found)
    except (OSError, ValueError) as error:
        yield Finding("tables", "fail", str(error), "mend the table, or install anew")


def browser() -> Iterator[Finding]:
    """Look for a browser that can show the page."""
    there = next((name for name in BROWSERS if shutil.which(name)), None)
    if there or sys.platform in {"win32", "darwin"}:
        yield Finding("browser", "ok", there or "that of the system")
    else:
        advice = "insulattice serve --no-open, and open http://127.0.0.1:8765 through a tunnel; tests need chromium"
        yield Finding("browser", "warn", "none was found on this machine", advice)


def smoke() -> Iterator[Finding]:
    """Let a few cells of each type live for minutes, compiled and in plain NumPy, and compare."""
    from .doctor_smoke import compare

    began = time.perf_counter()
    try:
        worst, cell_minutes, compiling = compare()
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        advice = "the compiler does not work here: install numba and llvmlite of constraints.txt"
        yield Finding("smoke run", "fail", f"{type(error).__name__}: {error}", advice)
        return
    took = time.perf_counter() - began
    found = f"compiled and plain steps agree to {worst:.0e}, {cell_minutes} cell minutes in {took:.0f} s"
    found += f", {compiling:.0f} s of it compiling or loading" if compiling > 1.0 else ""
    if worst < 1e-9:
        yield Finding("smoke run", "ok", found)
    else:
        advice = "empty the folder kernels of the cache and try again; if it stays so, report it"
        yield Finding("smoke run", "fail", found.replace("agree to", "differ by"), advice)


CHECKS: dict[str, Check] = {
    "python": python, "packages": packages, "pins": pins, "extras": extras, "cache": cache, "threads": threads,
    "tables": tables, "browser": browser, "smoke": smoke,
}  # fmt: skip


def examine(leave_out: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Give the findings of all checks, one by one as they come."""
    for name, check in CHECKS.items():
        if name not in leave_out:
            yield from check()


# ---- packages -----------------------------------------------------------------------------------------------------


def _needed(extra: str) -> list[str] | None:
    """Return what an extra, or the package itself, asks for here; None if it is not installed."""
    from packaging.requirements import Requirement

    # What a build left beside the source, and may be out of date, comes last.
    ours = sorted(distributions(name="insulattice"), key=lambda one: one.read_text("METADATA") is None)
    if not ours:
        return None
    found = []
    for line in ours[0].requires or []:
        wanted = Requirement(line)
        plain = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        chosen = wanted.marker is None or wanted.marker.evaluate({"extra": extra})
        if (chosen and not plain) if extra else plain:
            found.append(line)
    return found


def _name(line: str) -> str:
    return re.split(r"[\s<>=!~;\[]", line, maxsplit=1)[0]


def _problem(line: str) -> str:
    """Return what is wrong with a requirement, or nothing."""
    from packaging.requirements import Requirement

    wanted, found = Requirement(line), _version(_name(line))
    if found is None:
        return f"{wanted.name} is missing"
    return "" if found in wanted.specifier else f"{wanted.name} is {found}, needed {wanted.specifier}"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _pinned(text: str) -> dict[str, set[str]]:
    """Return the versions by package that a list of constraints allows on some platform."""
    found: dict[str, set[str]] = {}
    for name, pinned in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.M):
        found.setdefault(name, set()).add(pinned)
    return found


def _size(path: Path) -> int:
    """Return the size of a file [bytes]; 0 for a folder, or if it has gone meanwhile."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
