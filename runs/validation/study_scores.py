"""Results of studies as one table for the score card: with set, level, tissue, moment and the reason of a miss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from ...agents.parameters import nearest
from ..folders import DATA
from ..study.file import StudyError, read_study
from ..study.running import COLUMNS, StudyResult
from ..study.schema import Study
from ..study.table import table_of
from .score_groups import level_of, set_of, tissue_of

MISSES_FILE = DATA / "study_misses.csv"
MISSES_COLUMNS = ["study", "quantity", "arm", "reason"]
NO_REASON = "no reason known yet"
ADDED = ("set", "level", "tissue", "when", "title")

Reasons = Mapping[tuple[str, str, str], str]
"""Why something misses, by study, quantity and arm; an empty arm stands for all of them."""


def scored(results: Sequence[StudyResult], paths: Iterable[Path], reasons: Reasons) -> pd.DataFrame:
    """Return one row for each expectation: ``COLUMNS`` and ``set, level, tissue, when, title, reason``.

    ``reason`` is that of a row that ran and does not agree; level and tissue of a bad file are empty.
    """
    files = {path.stem: path for path in paths}
    parts = [_grouped(result, files[result.name]) for result in results]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*COLUMNS, *ADDED])
    missed = ~found["agrees"].astype(bool) & found["predicted"].notna()
    names = zip(found["study"], found["quantity"], found["arm"], strict=True)
    known = [reason_of(study, quantity, arm, reasons) for study, quantity, arm in names]
    return found.assign(reason=[text if miss else "" for text, miss in zip(known, missed, strict=True)])


def _grouped(result: StudyResult, path: Path) -> pd.DataFrame:
    """Return the rows of a study with what it belongs to."""
    table = table_of([result])
    levels, tissues = _groups(path, len(table))
    whens = result.whens or [""] * len(table)
    return table.assign(set=set_of(path), level=levels, tissue=tissues, when=whens, title=result.title)


def _groups(path: Path, rows: int) -> tuple[list[str], list[str]]:
    """Return level and tissue of each expectation of a file."""
    try:
        one = read_study(path)
    except StudyError:
        return [""] * rows, [""] * rows
    return [level_of(expect, one) for expect in one.expect], [tissue_of(expect, one) for expect in one.expect]


# ---- reasons of misses ----------------------------------------------------------------------------------------------


def reason_of(study: str, quantity: str, arm: str, reasons: Reasons) -> str:
    """Return why a row misses, as far as it is known."""
    return reasons.get((study, quantity, arm)) or reasons.get((study, quantity, "")) or NO_REASON


def read_reasons(paths: Iterable[Path], file: Path = MISSES_FILE) -> Reasons:
    """Return the known reasons of misses.

    Parameters
    ----------
    paths : iterable of Path
        All study files that reasons may be given for.
    file : Path
        Table with the columns ``study, quantity, arm, reason``; an empty arm stands for all of them.

    Raises
    ------
    ValueError
        If a row names no expectation of a study, has no reason, or stands twice.
    """
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    if list(table.columns) != MISSES_COLUMNS:
        raise ValueError(
            f"{file.name} has the columns {', '.join(map(str, table))}, allowed: {', '.join(MISSES_COLUMNS)}"
        )
    known, found = {path.stem: path for path in paths}, dict[tuple[str, str, str], str]()
    for line, (study, quantity, arm, reason) in enumerate(table.itertuples(index=False, name=None), start=2):
        wrong = _wrong(str(study), str(quantity), str(arm), known)
        if not wrong and not reason:
            wrong = "it gives no reason"
        if not wrong and (study, quantity, arm) in found:
            wrong = "it stands twice"
        if wrong:
            raise ValueError(f"{file.name}, line {line} ({study}, {quantity}, {arm or 'all arms'}): {wrong}")
        found[study, quantity, arm] = reason
    return found


def _wrong(study: str, quantity: str, arm: str, known: Mapping[str, Path]) -> str:
    """Return what is wrong with the place of a reason, or nothing."""
    if study not in known:
        return f"no study is called {study!r}.{nearest(study, list(known))}"
    expects = _read(known[study]).expect
    own = [expect for expect in expects if expect.quantity == quantity]
    if not own:
        return (
            f"no expectation is of {quantity!r}.{nearest(quantity, [expect.quantity for expect in expects])}"
        )
    if arm and arm not in [expect.arm for expect in own]:
        return (
            f"no expectation of {quantity} is of arm {arm!r}.{nearest(arm, [expect.arm for expect in own])}"
        )
    return ""


@cache
def _read(path: Path) -> Study:
    return read_study(path)
