"""The command ``study``."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import typer

from ..console import (
    BAD_INPUT,
    FAILED_RUN,
    bad_input,
    complain,
    messages,
    number,
    progress_bar,
    show_json,
    show_table,
)
from ..folders import DATA, STUDIES

TEMPLATE = DATA / "study_template.toml"
ALL = "all"


@dataclass
class StudyCommand:
    """``insulattice study``."""

    files: list[str]
    subjects: int | None
    cells: int
    seed: int
    jobs: int | None
    full: bool
    out: Path | None
    as_json: bool
    posterior: int | None = None
    posterior_file: Path | None = None

    def run(self) -> None:
        """Run the studies, show them, and leave with an exit status."""
        with bad_input():
            paths, options = self._checked()
        from ...analysis.expectations import score, score_of_no_effect
        from ..console import failures
        from .running import run_studies

        with messages() as console, failures(), progress_bar(console, "subjects") as bar:
            results = run_studies(paths, options, self._report, bar)
        if self.out is not None:
            self._save(results)
        if self.as_json:
            show_json([row for result in results for row in result.rows])
        outcomes = [item for result in results for item in result.outcomes]
        if not self.as_json and outcomes:
            show_scores(len(results), score(outcomes), score_of_no_effect(outcomes))
        if self.out is not None and not self.as_json:
            typer.echo(f"written: {self.out}")
        status = exit_status(results)
        if status:
            raise typer.Exit(status)

    def _checked(self) -> tuple[list[Path], Any]:
        """Return the files and options, or raise a ValueError before anything long begins."""
        from ...environment.body import FEWEST_CELLS, MOST_CELLS, MOST_SEED
        from ..record import check_path
        from .running import Options

        jobs = usable_cores() if self.jobs is None else self.jobs
        limits: list[tuple[str, int, int, int]] = [
            ("--cells", self.cells, FEWEST_CELLS, MOST_CELLS),
            ("--seed", self.seed, 0, MOST_SEED),
            ("--jobs", jobs, 1, 1000),
            ("--subjects", 1 if self.subjects is None else self.subjects, 1, 10_000),
        ]
        for name, given, low, high in limits:
            if not low <= given <= high:
                raise ValueError(f"{name} is {given}, allowed: a whole number from {low} to {high}")
        if self.out is not None:
            check_path(self.out)
        paths = find_studies(self.files)
        return paths, Options(self.subjects, self.cells, self.seed, jobs, self.full, draws=self._draws())

    def _draws(self) -> tuple[Any, ...]:
        """Return the draws of the parameters that are asked for."""
        if self.posterior is None:
            if self.posterior_file is not None:
                raise ValueError("--posterior-file is given without --posterior, allowed: with --posterior N")
            return ()
        if not 2 <= self.posterior <= 10_000:
            raise ValueError(f"--posterior is {self.posterior}, allowed: a whole number from 2 to 10000")
        from ...environment.body import read_parameters
        from ..posterior import POSTERIOR, read_posterior

        found = read_posterior(self.posterior_file or POSTERIOR)
        return found.draws(read_parameters(), self.posterior, self.seed)

    def _report(self, result: Any) -> None:
        """Show a study as it comes."""
        if result.bad:
            complain(result.bad)
        for text in dict.fromkeys(row["error"] for row in result.rows if row["error"] and not result.bad):
            complain(f"{result.name}: {text}")
        if not self.as_json and result.rows:
            show_study(result)
        for note in result.notes:
            typer.echo(f"note: {result.name}: {note}", err=self.as_json)

    def _save(self, results: Sequence[Any]) -> None:
        from ..record import save_table
        from .table import provenance_of, table_of

        options = {k: v for k, v in asdict(self).items() if k != "out"}
        options["posterior_file"] = None if self.posterior_file is None else str(self.posterior_file)
        made_by = provenance_of(results) | {"options": options}
        try:
            save_table(table_of(results), str(self.out), made_by)
        except ValueError as error:
            complain(str(error))
            raise typer.Exit(FAILED_RUN) from None


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def exit_status(results: Sequence[Any]) -> int:
    """Return 2 if a file was bad, else 1 if a study failed while it ran, else 0."""
    if any(result.bad for result in results):
        return BAD_INPUT
    return FAILED_RUN if any(result.failed for result in results) else 0


# ---- files ----------------------------------------------------------------------------------------------------------


def shipped_studies() -> dict[str, Path]:
    """Return the studies that come with the package, by id."""
    return {path.stem: path for path in sorted(STUDIES.rglob("*.toml"))}


def find_studies(given: Sequence[str]) -> list[Path]:
    """Return the files of files, folders, ids of shipped studies, names of their sets, and ``all``, each once.

    Raises
    ------
    ValueError
        For a folder without study files, a name that is nothing of this, and for nothing at all.
    """
    if not given:
        raise ValueError("no study is given, allowed: files, folders, ids of shipped studies, or all")
    found: dict[Path, None] = {}
    for name in given:
        found |= dict.fromkeys(_paths(name))
    return list(found)


def _paths(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        files = sorted(path.rglob("*.toml"))
        if not files:
            raise ValueError(
                f"folder {name} has no study file, allowed: a folder with files that end in .toml"
            )
        return files
    if path.exists():
        return [path]
    shipped = shipped_studies()
    if name == ALL:
        return list(shipped.values())
    if name in shipped:
        return [shipped[name]]
    if re.fullmatch(r"[A-Za-z]+", name) and (STUDIES / name).is_dir():
        return sorted((STUDIES / name).rglob("*.toml"))
    if path.suffix == ".toml" or os.sep in name:
        return [path]
    from ...agents.parameters import nearest

    raise ValueError(f"no file, folder or shipped study is called {name!r}.{nearest(name, list(shipped))}")


def new_study(name: str) -> Path:
    """Write a commented template ``NAME.toml`` here; a file that exists is never overwritten.

    Raises
    ------
    ValueError
        For a name that cannot be an id, a file that exists, or a folder that cannot be written to.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        raise ValueError(f"--new is {name!r}, allowed: letters, digits, - and _")
    path = Path(f"{name.removesuffix('.toml')}.toml")
    text = TEMPLATE.read_text(encoding="utf-8").replace("study_template", path.stem)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ValueError(f"--new {name}: {path} is there already, allowed: a name without a file") from None
    return path


# ---- the screen -----------------------------------------------------------------------------------------------------


def show_study(result: Any) -> None:
    """Print the rows of a study."""
    head = ["test", "arm", "quantity", "as", "observed", "predicted", "agrees", "z"]
    whens = result.whens or [""] * len(result.rows)
    rows = [head, *(_shown(row, when) for row, when in zip(result.rows, whens, strict=True))]
    agree = sum(row["agrees"] for row in result.rows)
    title = f"{result.name}: {result.title}" if result.title else result.name
    show_table(f"{title} ({agree} of {len(result.rows)} agree)", rows)


def _shown(row: dict[str, Any], when: str) -> list[str]:
    """Return a row in words."""
    test = ", ".join(word for word in (row["test"], when) if word)
    arm = " vs ".join(word for word in (row["arm"], row["versus"]) if word)
    unit = f" [{row['unit']}]" if row["unit"] and row["unit"] != "1" else ""
    values = [_with_interval(row, name) for name in ("observed", "predicted")]
    kind = str(row["as"]).replace("_", " ")
    return [
        test,
        arm,
        f"{row['quantity']}{unit}",
        kind,
        *values,
        "yes" if row["agrees"] else "no",
        number(row["z"]),
    ]


def _with_interval(row: dict[str, Any], name: str) -> str:
    """Return a value with its interval; the reason where there is none."""
    if row[name] is None:
        return "failed" if name == "predicted" else "-"
    ends = row[f"{name}_low"], row[f"{name}_high"]
    if any(end is None for end in ends):
        return number(row[name])
    return f"{number(row[name])} ({number(ends[0])} to {number(ends[1])})"


def show_scores(studies: int, model: Any, none: Any) -> None:
    """Print how well the model does over all studies, beside saying that nothing has an effect."""
    rows = [["", "expectations", "agree", "right sign", "median |z|"]]
    for name, found in (("model", model), ("no effect", none)):
        sign = f"{100.0 * found.right_sign:.0f} %" if isfinite(found.right_sign) else "-"
        median = number(found.median_z) if isfinite(found.median_z) else "-"
        rows.append([name, str(found.number), str(found.agree), sign, median])
    show_table(f"summary of {studies} {'study' if studies == 1 else 'studies'}", rows)
