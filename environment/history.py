"""History: the years in which a body became what it is.

Weight follows from intake and activity alone (:func:`.energy.grow`). The mass of beta cells also needs to know what
the islets lived through, and that needs cells: a representative body of few cells lives from 20 years to the present,
a day or two at a few ages, with the fat mass of that age; between them its slow states go on (see :mod:`.living`) and
its beta cells grow or fail. The result is kept on disk under a hash of inputs, parameters and code; that of
the five phenotypes as they are comes with the library.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import time
from typing import TYPE_CHECKING

from numpy import interp

from ..agents.cache import cache_folder
from .clock import DAY, DAYS_PER_YEAR
from .energy import EnergyBalance
from .known_histories import known_histories
from .leap import Leap
from .living import DailyLife, live_in_leaps, live_minutes
from .phenotype import YOUNG

if TYPE_CHECKING:
    from .body import Body

CELLS, SEED = 240, 1
"""Cells and seed of the representative body, whatever those of the body whose history it is."""
SETTLING_GAPS = (2, 3, 6, 12, 24, 0)
STAGES = 10
"""Ages at which it lives."""
DAYS = (40, 0)
"""Days carried ahead after each day lived at an age."""

log = logging.getLogger("insulattice")


def beta_cells(body: Body, key: str) -> tuple[float, float]:
    """Return mass and function of the beta cells [1] to which the history of a body leads.

    Parameters
    ----------
    body : Body
        Freshly built.
    key : str
        Hash of everything that the history depends on.
    """
    if (known := known_histories().get((body.phenotype.name, key))) is not None:
        return known
    path = cache_folder() / "histories" / f"{body.phenotype.name}_{key}.json"
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return float(kept["mass"]), float(kept["function"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    began = time.perf_counter()
    log.info("living the years of a %s body, kept for later runs ...", body.phenotype.name)
    mass, function = live_through(body)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"mass": mass, "function": function}), encoding="utf-8")
    except OSError as error:
        log.warning("the history cannot be kept in %s: %s", path, error.strerror)
    log.info("lived them in %.0f s", time.perf_counter() - began)
    return mass, function


def live_through(body: Body) -> tuple[float, float]:
    """Live from 20 years to the present; return mass and function of the beta cells [1]."""
    inputs = body.phenotype
    course = inputs.course()
    ages, lean, fat = zip(*course, strict=True)
    young = dataclasses.replace(inputs, known_lean_mass=lean[0], known_fat_mass=fat[0])
    one = type(body)(young, cells=CELLS, seed=SEED, parameters=body.table, settle=False)
    one.age = min(YOUNG, inputs.age)
    one.rules = [DailyLife()]
    live_in_leaps(
        one, sum(1 + gap for gap in SETTLING_GAPS), [(1, gap) for gap in SETTLING_GAPS], steady=True
    )
    one.pancreas.beta_cell_mass = min(1.0, inputs.beta_cell_ceiling)
    span = inputs.age - YOUNG
    for stage in range(STAGES if span > 0.0 else 0):
        age = YOUNG + span * (stage + 1) / STAGES
        become(one, float(interp(age, ages, lean)), float(interp(age, ages, fat)))
        one.age = age
        leap = Leap()
        for gap in DAYS:
            live_day(one, leap)
            if gap:
                leap.carry(one, gap, steady=True)
        one.pancreas.adapt(max(0.0, DAYS_PER_YEAR * span / STAGES - sum(DAYS) - len(DAYS)))
    return one.pancreas.beta_cell_mass, one.pancreas.beta_cell_function


def become(body: Body, lean_mass: float, fat_mass: float) -> None:
    """Give a body another lean and fat mass [kg], and the intake that keeps them."""
    body.fat.main["triglyceride"] *= fat_mass / body.anatomy.fat_mass
    body.energy = EnergyBalance(body.p, lean_mass, lean_mass + fat_mass, body.phenotype.activity)
    body.weigh()


def live_day(body: Body, leap: Leap) -> None:
    """Live one day from which to leap."""
    leap.begin(body)
    live_minutes(body, DAY)
    leap.learn(body)
