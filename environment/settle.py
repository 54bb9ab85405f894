"""Settling: bring a body to what its inputs make of it.

A body first lives days of three meals and a night while its slow processes (mitochondria, unfolded-protein response,
numbers of receptors and GLUT4, adipokines: every mechanism of pace "slow") run faster by a factor that falls from
day to day; triglyceride of muscle and liver and ceramide of both, which turn over in days, are carried ahead by the
change of each day, and the fat mass, an input, is held. The number of macrophages in fat follows MCP-1. It ends after
an overnight fast.

The result is kept on disk under a hash of inputs, parameters and code.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from ..agents.cache import cache_folder
from . import state

if TYPE_CHECKING:
    from .body import Body

DAY = 1440
MEALS = ((7 * 60, 0.25), (13 * 60, 0.35), (19 * 60, 0.4))
"""Clock time [min] and share of the day's food."""

PLAN = (
    *((12.0, 4.0),) * 4,
    *((8.0, 3.0),) * 2,
    *((4.0, 2.0),) * 2,
    *((2.0, 1.0),) * 2,
    *((1.0, 0.0),) * 5,
)
"""For each day: how much faster the slow mechanisms run, and days by which the lipid stores are carried ahead."""

CARRIED = (
    ("muscle", "triglyceride"),
    ("muscle", "ceramide"),
    ("liver", "triglyceride"),
    ("liver", "ceramide"),
)

log = logging.getLogger("insulattice")


def settle(body: Body, progress: Callable[[float], None] | None = None) -> None:
    """Settle a body in place, from the cache if it is there.

    Parameters
    ----------
    body : Body
        Freshly built.
    progress : callable, optional
        Called with the share done, in [0, 1].
    """
    path = cache_folder() / "bodies" / f"{body.phenotype.name}_{_digest(body)}.npz"
    if path.exists():
        try:
            state.unpack(body, state.read(path))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            log.warning("the settled body in %s cannot be read; settling again", path)
            body.build()
        else:
            log.info("settled %s body: from the cache (%s)", body.phenotype.name, path.name)
            return
    began = time.perf_counter()
    log.info("settling a %s body of %d cells, kept for later runs ...", body.phenotype.name, body.cells)
    live_to_balance(body, progress)
    try:
        state.write(path, state.pack(body))
    except OSError as error:
        log.warning("the settled body cannot be kept in %s: %s", path, error.strerror)
    log.info("settled the %s body in %.0f s", body.phenotype.name, time.perf_counter() - began)


def live_to_balance(body: Body, progress: Callable[[float], None] | None = None) -> None:
    """Live the days of ``PLAN`` and an overnight fast."""
    fat = body.fat.total("triglyceride")
    for day, (factor, ahead) in enumerate(PLAN):
        body.slow_factor = factor
        before = {key: _store(body, *key).copy() for key in CARRIED}
        _live_day(body)
        for (tissue, name), old in before.items():
            now = _store(body, tissue, name)
            np.clip(now + ahead * (now - old), 0.4 * now, 2.5 * now, out=now)
        _hold_fat_mass(body, fat)
        _let_macrophages_in(body)
        if progress is not None:
            progress((day + 1) / len(PLAN))
    body.slow_factor = 1.0
    body.open_books()


def _live_day(body: Body) -> None:
    """Live from 7:00 to 7:00: meals, and the night's fast at the end."""
    inputs = body.phenotype
    shares = {minute - MEALS[0][0]: share for minute, share in MEALS}
    for minute in range(DAY):
        if minute in shares:
            share = shares[minute]
            body.gut.meal(inputs.carbohydrate_g * share, inputs.fat_g * share, inputs.protein_g * share)
        body.step()
        body.check()


def _store(body: Body, tissue: str, name: str) -> np.ndarray:
    return body.compartments[tissue].main[name]


def _hold_fat_mass(body: Body, fat: float) -> None:
    """Hold the fat mass, an input [mmol of triglyceride]: energy balance does not set it yet."""
    body.fat.main["triglyceride"] *= fat / body.fat.total("triglyceride")


def _let_macrophages_in(body: Body) -> None:
    """Let the number of macrophages in fat follow the mean MCP-1 there."""
    fat, p = body.compartments["fat"], body.p
    power = (fat.mean("mcp1") / p.macrophage_mcp1_half) ** p.macrophage_hill
    share = p.macrophage_share_max * power / (1.0 + power)
    resident = max(1, round(fat.main.count * share / (1.0 - share)))
    fat.populations["macrophage"].set_count(resident)


@cache
def code_digest() -> str:
    """Return a hash of the source of cells and environment."""
    text = hashlib.sha256()
    here = Path(__file__).parent
    for folder in (here.parent / "agents", here):
        for path in sorted(folder.rglob("*.py")):
            text.update(path.read_bytes())
    return text.hexdigest()


def _digest(body: Body) -> str:
    """Return a hash of inputs, parameters, cut arrows, the cells' compiled source, the code and what runs it."""
    kernels = [q.cell_type.kernel.source for c in body.compartments.values() for q in c.populations.values()]
    versions = [version(name) for name in ("numpy", "numba")]
    inputs = [
        asdict(body.phenotype),
        body.cells,
        body.seed,
        sorted(set(body.without)),
        body.table.fingerprint(),
    ]
    text = json.dumps([*inputs, code_digest(), kernels, versions])
    return hashlib.sha256(text.encode()).hexdigest()[:20]
