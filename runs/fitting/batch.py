"""What the commands share that try many sets of parameters: their options, how work is kept, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ..console import FAILED_RUN, complain
from ..study.command import usable_cores

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..study.running import Options
    from .evaluations import Tally

EXTRA = ("SALib", "cmaes")
"""Packages of the extra ``fit``."""


@dataclass(frozen=True)
class Batch:
    """Subjects, cells, seed, processes and store of a command; what is None is as usual."""

    subjects: int | None
    cells: int
    seed: int
    jobs: int | None
    store: Path | None

    def options(self) -> Options:
        """Return what overrides the studies.

        Raises
        ------
        ValueError
            If a number is out of range.
        """
        from ...environment.body import FEWEST_CELLS, MOST_CELLS, MOST_SEED
        from ..study.running import Options

        check_whole("--cells", self.cells, FEWEST_CELLS, MOST_CELLS)
        check_whole("--seed", self.seed, 0, MOST_SEED)
        check_whole("--jobs", self.processes, 1, 1000)
        if self.subjects is not None:
            check_whole("--subjects", self.subjects, 1, 10_000)
        return Options(self.subjects, self.cells, self.seed)

    @property
    def processes(self) -> int:
        """Processes; as many as cores if not given."""
        return usable_cores() if self.jobs is None else self.jobs

    @property
    def folder(self) -> Path:
        """Where evaluations are kept."""
        from .evaluations import default_store

        return default_store() if self.store is None else self.store

    def check_store(self) -> Path:
        """Return the folder of evaluations, made if missing.

        Raises
        ------
        ValueError
            If it cannot be made.
        """
        from ..record import check_path

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ValueError(f"cannot keep evaluations in {self.folder}: {error.strerror or error}") from None
        check_path(self.folder / "any.parquet")
        return self.folder


def check_whole(name: str, given: int, low: int, high: int) -> None:
    """Raise a ValueError unless a number lies in its range."""
    if not low <= given <= high:
        raise ValueError(f"{name} is {given}, allowed: a whole number from {low} to {high}")


def check_packages(names: Sequence[str] = EXTRA) -> None:
    """Raise a ValueError if a package is missing, and say how to install it."""
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        raise ValueError(f"{missing[0]} is not installed; install it with: pip install 'insulattice[fit]'")


@contextmanager
def kept_work(folder: Path) -> Iterator[None]:
    """Turn work that was stopped into one line that says that what is done is kept, and its exit status."""
    from ..console import failures
    from .evaluations import WorkLost

    hint = f"; what was evaluated is kept in {folder}, and the same command goes on from there"
    try:
        with failures(lambda: hint):
            yield
    except WorkLost as error:
        complain(f"the work was stopped: {error}{hint}")
        raise typer.Exit(FAILED_RUN) from None


def tally_words(tally: Tally, treated: str) -> str:
    """Return how the work went, and how failures were treated, in words."""
    text = f"{tally.asked} evaluations: {tally.computed} computed, {tally.kept} from the store"
    if not tally.failed:
        return text
    number = sum(tally.failed.values())
    most = sorted(tally.failed.items(), key=lambda item: -item[1])[:3]
    reasons = "; ".join(f"{count} times {reason}" for reason, count in most)
    return f"{text}; {number} failed and {treated} ({reasons})"


def draw(path: Path, figure: Callable[[], Figure]) -> str:
    """Write a figure; return its path, or nothing if it cannot be written, which is said."""
    from ..record import save_whole

    drawn = figure()
    ending = path.suffix.removeprefix(".").lower()
    try:
        save_whole({path: lambda to: drawn.savefig(to, format=ending, dpi=150)})
    except OSError as error:
        complain(f"cannot write {path}: {error.strerror or error}")
        return ""
    return str(path)


def save_rows(rows: Any, path: Path, made_by: dict[str, Any]) -> str:
    """Write a table with its provenance; return its path, or leave with an error."""
    from ..record import save_table

    try:
        return str(save_table(rows, path, made_by))
    except ValueError as error:
        complain(str(error))
        raise typer.Exit(FAILED_RUN) from None


def provenance_of(options: dict[str, Any]) -> dict[str, Any]:
    """Return what makes a table of many evaluations."""
    from datetime import UTC, datetime

    from ...environment.body import read_parameters
    from ..provenance import our_version, package_versions
    from ..sources import digest_of
    from .study_experiments import CODE

    return {
        "insulattice": our_version(),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "code": digest_of(CODE, parameters=False),
        "parameters": read_parameters().fingerprint(),
        "packages": package_versions(("numba", "numpy", "pandas", "scipy", *EXTRA)),
        "options": _with_paths_as_text(options),
    }


def _with_paths_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_paths_as_text(item) for name, item in value.items()}
    return str(value) if isinstance(value, Path) else value
