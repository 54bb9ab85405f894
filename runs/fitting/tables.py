"""Write fitted numbers into the tables of parameters, and leave every other row as it is, byte for byte.

A row that was fitted gets its value in five significant digits, kind ``fitted``, the paper of the study that says most
of it as its source, and before its note the stage, the studies and the standard error:

    fit of stage body to jackson1984, conte2012; standard error 0.0001; before: by hand to jackson1984

A later fit replaces that part. Both tables are written whole or not at all.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ...agents.parameters import AGENT_PARAMETERS, ParameterError, ParameterTable
from ...environment.parameters import ENVIRONMENT_PARAMETERS
from ..parameter_space import label_of
from ..record import save_whole

TABLES = (AGENT_PARAMETERS, ENVIRONMENT_PARAMETERS)
DIGITS = 5
OF_A_FIT = re.compile(r"^fit of stage \w+ to [^;]*; standard error [^;]*(?:; before: )?")
A_SOURCE = re.compile(r"doi:10\.\d{4,}/\S+|https://\S+|.+ \d+:E?\d+.*")
"""What a reader can follow."""


class Fitted(NamedTuple):
    """A number that was fitted: name, value, standard error, stage, studies, and the paper that says most of it."""

    label: str
    value: float
    standard_error: float
    stage: str
    studies: tuple[str, ...]
    source: str


def write_fitted(fitted: Iterable[Fitted], made_from: str, files: Sequence[Path] | None = None) -> list[Path]:
    """Write numbers into the tables; return the files that changed.

    Parameters
    ----------
    fitted : iterable of Fitted
    made_from : str
        Fingerprint of the tables that the fit began with.
    files : sequence of Path, optional
        The tables; those of the model if not given.

    Raises
    ------
    ParameterError
        If the tables have changed meanwhile, or lack a row; nothing is written then.
    ValueError
        If they cannot be written.
    """
    files = TABLES if files is None else files
    wanted = {one.label: one for one in fitted}
    now = ParameterTable([row for path in files for row in ParameterTable.read(path)])
    if now.fingerprint() != made_from:
        raise ParameterError(
            "the tables of parameters changed while the fit ran, nothing is written; run it again"
        )
    missing = sorted(wanted.keys() - {label_of(row) for row in now})
    if missing:
        raise ParameterError(f"the tables have no row {missing[0]}, nothing is written")
    texts = {path: _text(path) for path in files}
    changed = {path: changed_text(text, wanted) for path, text in texts.items()}
    changed = {path: text for path, text in changed.items() if text != texts[path]}
    try:
        save_whole({path: _writer(text) for path, text in changed.items()})
    except OSError as error:
        raise ValueError(f"cannot write {error.filename}: {error.strerror}; nothing is written") from None
    return list(changed)


def _text(path: Path) -> str:
    with path.open(newline="", encoding="utf-8") as file:
        return file.read()


def _writer(text: str) -> Callable[[Path], None]:
    """Return what writes a table, and reads it to be sure that it is one."""

    def write(path: Path) -> None:
        path.write_bytes(text.encode())
        ParameterTable.read(path)

    return write


def changed_text(text: str, wanted: Mapping[str, Fitted]) -> str:
    """Return the text of a table with some rows changed."""
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines)
    header = next(reader)
    parts, end = ["".join(lines[: reader.line_num])], reader.line_num
    for cells in reader:
        whole = "".join(lines[end : reader.line_num])
        end = reader.line_num
        row = dict(zip(header, cells, strict=False))
        label = f"{row['name']}@{row['cell_type']}" if row.get("cell_type") else row.get("name", "")
        if label not in wanted:
            parts.append(whole)
            continue
        new = {**row, **new_cells(row, wanted[label])}
        ending = whole[len(whole.rstrip("\r\n")) :]
        parts.append(_line([new[name] for name in header[: len(cells)]]) + ending)
    return "".join(parts)


def new_cells(row: Mapping[str, str], fitted: Fitted) -> dict[str, str]:
    """Return the cells of a row that a fit changes."""
    followed = A_SOURCE.fullmatch(fitted.source) is not None
    old_note = OF_A_FIT.sub("", row["note"]).strip()
    note = (
        f"fit of stage {fitted.stage} to {', '.join(fitted.studies)}; "
        f"standard error {fitted.standard_error:.2g}{'; before: ' + old_note if old_note else ''}"
    )
    return {
        "value": row["value"]
        if fitted.value == float(row["value"])
        else rounded(fitted.value, float(row["low"]), float(row["high"])),
        "kind": "fitted",
        "source": fitted.source if followed else row["source"],
        "note": note,
    }


def rounded(value: float, low: float, high: float) -> str:
    """Return a value in five significant digits; more only where it would else leave its range."""
    for digits in (DIGITS, 17):
        text = f"{value:.{digits}g}"
        if low <= float(text) <= high:
            return text
    return repr(value)


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def source_text(source: str) -> str:
    """Return a paper as the tables name it: numbers of PubMed become addresses."""
    for pattern, address in ADDRESSES:
        found = re.fullmatch(pattern, source)
        if found:
            return address + found[1]
    return source


ADDRESSES = (
    (r"PMID:(\d+)", "https://pubmed.ncbi.nlm.nih.gov/"),
    (r"(PMC\d+)", "https://www.ncbi.nlm.nih.gov/pmc/articles/"),
)
