"""Settling: bring a body to what its inputs make of it.

A newly built body lives at maintenance, accelerated (see :mod:`.living`), for about 18 months: representative days of
three meals and a night, between which slow states are carried ahead, and a few days without gaps at the end. It ends
after an overnight fast.

A body that resembles one that has settled begins with its cells, fields and blood (:func:`begin_like`), and has then
less to settle.

The result is kept on disk under a hash of inputs, parameters and code.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ..agents.cache import cache_folder
from ..agents.population import Population
from . import state
from .history import beta_cells
from .living import DailyLife, live_in_leaps
from .pancreas import settle_together

if TYPE_CHECKING:
    from .body import Body

GAPS = (2, 2, 3, 4, 6, 8, 10, 14, 18, 24, 30, 40, 60, 60, 60, 60, 60, 30, 14, 7, 0, 0, 0)
"""Days over which slow states are carried after each day that is lived."""
GAPS_OF_ALIKE = (0, 2, 6, 14, 40, 60, 60, 30, 14, 7, 0, 0)
"""The same for a body that begins like a settled one."""

FAT_MASS = ("triglyceride",)
"""States of the cells of fat that are the fat mass, which a body keeps when it takes the cells of another."""

log = logging.getLogger("insulattice")


def settle(body: Body, progress: Callable[[float], None] | None = None, alike: Body | None = None) -> None:
    """Settle a body in place, from the cache if it is there.

    Parameters
    ----------
    body : Body
        Freshly built.
    progress : callable, optional
        Called with the share done, in [0, 1].
    alike : Body, optional
        A body of as many cells, fresh from its own settling, that the new one resembles and like which it begins.
    """
    key = _digest(body) if alike is None else _hash([_digest(body), _digest(alike)])
    path = cache_folder() / "bodies" / f"{body.phenotype.name}_{key}.npz"
    if path.exists():
        try:
            state.unpack(body, state.read(path))
        except state.UNREADABLE:
            log.warning("the settled body in %s cannot be read; settling again", path)
            body.build()
        else:
            log.info("settled %s body: from the cache (%s)", body.phenotype.name, path.name)
            return
    began = time.perf_counter()
    pancreas = body.pancreas
    pancreas.beta_cell_mass, pancreas.beta_cell_function = lived_beta_cells(body)
    log.info("settling a %s body of %d cells, kept for later runs ...", body.phenotype.name, body.cells)
    if alike is not None:
        begin_like(body, alike)
    live_to_balance(body, GAPS if alike is None else GAPS_OF_ALIKE, progress)
    try:
        state.write(path, state.pack(body))
    except OSError as error:
        log.warning("the settled body cannot be kept in %s: %s", path, error.strerror)
    log.info("settled the %s body in %.0f s", body.phenotype.name, time.perf_counter() - began)


def lived_beta_cells(body: Body) -> tuple[float, float]:
    """Return mass and function of the beta cells [1] of a fresh body: the known ones, or those of its history."""
    return body.phenotype.known_beta_cells or beta_cells(body, history_key(body))


def begin_like(body: Body, other: Body) -> None:
    """Give a fresh body the cells' states, fields and blood of another; traits, fat and beta cells stay its own.

    Cells go by number and fields by site: where cells of the other have died or come, the two are a little apart.

    Raises
    ------
    ValueError
        If the other has not as many cells, or not as many sites in a tissue.
    """
    if other.cells != body.cells:
        raise ValueError(f"a body of {body.cells} cells cannot begin like one of {other.cells}")
    for name, compartment in body.compartments.items():
        theirs = other.compartments[name]
        if theirs.grid.shape != compartment.grid.shape:
            raise ValueError(
                f"{name} of {compartment.sites} sites cannot begin like one of {theirs.sites}: share of macrophages?"
            )
        compartment.grid.values = theirs.grid.values
        for kind, cells in compartment.populations.items():
            model = theirs.populations[kind]
            if cells is not compartment.main:
                _have_as_many(cells, model)
            cells.take_states(model, FAT_MASS if name == "fat" else ())
    body.blood.level = dict(other.blood.level)
    body.blood.glucose_rest = other.blood.glucose_rest
    settle_together(body.pancreas, body.insulin, body.blood.level["glucose"])
    body.open_books()


def _have_as_many(cells: Population, model: Population) -> None:
    """Let as many cells exist as there are of another population, at the same sites."""
    if model.count > cells.count:
        cells.add(model.count - cells.count)
    cells.set_count(model.count)
    cells.sites[: cells.count] = model.sites[: model.count]


def live_to_balance(body: Body, gaps: Sequence[int], progress: Callable[[float], None] | None = None) -> None:
    """Live at maintenance until the slow states have come to rest: a day, a gap of some days, and so on."""
    whole = sum(1 + gap for gap in gaps)
    body.rules = [DailyLife()]
    live_in_leaps(
        body,
        whole,
        [(1, gap) for gap in gaps],
        None if progress is None else lambda done: progress(done / whole),
        steady=True,
    )
    body.rules = []
    body.open_books()


NOT_SETTLING = ("protocols.py", "observe.py", "checkpoint.py", "known_histories.py")
"""Files, beside the interventions, that no settling body runs."""


@cache
def code_digest() -> str:
    """Return a hash of the source of cells and environment."""
    text = hashlib.sha256()
    here = Path(__file__).parent
    for folder in (here.parent / "agents", here):
        for path in sorted(folder.rglob("*.py")):
            if path.name not in NOT_SETTLING and path.parent.name != "interventions":
                text.update(path.read_bytes())
    return text.hexdigest()


def history_key(body: Body) -> str:
    """Return a hash of what a history depends on: inputs, parameters, the cells' compiled source and the code."""
    return _hash([asdict(body.phenotype), body.table.fingerprint(), code_digest(), _kernels(body)])


def _digest(body: Body) -> str:
    """Return a hash of what a settled body depends on: a history's, and seed, size, cut arrows and what runs it."""
    versions = [version(name) for name in ("numpy", "numba")]
    return _hash([history_key(body), body.seed, body.cells, sorted(set(body.without)), versions])


def _kernels(body: Body) -> list[str]:
    return [q.cell_type.kernel.source for c in body.compartments.values() for q in c.populations.values()]


def _hash(inputs: object) -> str:
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:20]
