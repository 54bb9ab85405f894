"""Opposite starts: one body with the cells of a lean and of a diabetic body, until they meet or do not.

Fat mass, lean mass and beta cells are held where they were, so that only the cells decide. Where the two courses do not
meet within 2 % there is hysteresis, and how fast they close in is told by time constants.
"""

from __future__ import annotations

import copy
from math import e, log

import numpy as np
import pandas as pd

from ...analysis.compare import change
from ...environment.body import Body
from ...environment.clock import DAY
from ...environment.observe import observe_blood, observe_cells
from ...environment.response import observe_response
from ...environment.settle import FAT_MASS
from .life_trials import Numbers, look

MEET = 2.0
"""Gap below which two courses have met [%]."""

FOLLOWED = ("m_value", "egp_suppression", "lipolysis_suppression", "glucose", "insulin", "ffa", "liver_fat")
FOLLOWED_CELLS = (
    ("muscle", "dag"), ("muscle", "ceramide"), ("muscle", "mitochondria"), ("muscle", "glut4_total"),
    ("liver", "dag"), ("fat", "er_stress"), ("fat", "receptor"), ("fat", "macrophages"), ("fat", "m1"),
)  # fmt: skip
COUNTS = ("fat macrophages", "fat m1")
"""What is counted in few cells that come and go by chance."""


def transplant(body: Body, donor: Body) -> None:
    """Give every cell of a body the state of a cell of another, and its fat the macrophages; fat mass stays.

    Both have to be of the same number of cells. Where the numbers of a tissue differ by turnover, cells of the donor
    serve twice or not at all.

    Raises
    ------
    ValueError
        If the bodies are of different numbers of cells.
    """
    if body.cells != donor.cells:
        raise ValueError(f"the donor has {donor.cells} cells, allowed: {body.cells}, as the body")
    for tissue, home in body.compartments.items():
        for kind, cells in home.populations.items():
            if cells is home.main or tissue == "liver":
                donated = donor.compartments[tissue].populations[kind]
                cells.take_states(donated, FAT_MASS if tissue == "fat" else ())
    body.fat.populations["macrophage"] = copy.deepcopy(donor.fat.populations["macrophage"])
    body.blood.level.update(donor.blood.level)
    body.insulin.plasma_pM = donor.insulin.plasma_pM
    body.open_books()


class Pin:
    """Holds fat mass, lean mass and beta cells of a body where they were.

    Parameters
    ----------
    body : Body
        As it is to stay.
    """

    def __init__(self, body: Body) -> None:
        self.fat = body.fat.total("triglyceride") + body.turnover.debris.total
        self.energy = {name: getattr(body.energy, name) for name in ("lean_mass", "adaptation")}
        self.beta_cells = {
            name: getattr(body.pancreas, name) for name in ("beta_cell_mass", "beta_cell_function")
        }

    def hold(self, body: Body) -> None:
        """Put them back; call at every dawn that is lived."""
        wanted = self.fat - body.turnover.debris.total
        body.fat.main["triglyceride"] *= wanted / body.fat.total("triglyceride")
        for part, values in ((body.energy, self.energy), (body.pancreas, self.beta_cells)):
            for name, value in values.items():
                setattr(part, name, value)
        body.weigh()
        body.open_books()


def from_start(body: Body, donor: Body, days: int) -> pd.DataFrame:
    """Return the course of a body that starts with the cells of another; fat mass and beta cells stay as they were.

    Parameters
    ----------
    body, donor : Body
        Settled, with the same number of cells; both stay as they are.
    days : int
        Lived accelerated, at maintenance [days].

    Returns
    -------
    DataFrame
        A row for each dawn that was lived: ``day`` and what is followed.
    """
    living, pin = body.branch(), Pin(body)
    transplant(living, donor)
    pin.hold(living)
    rows, began = [_followed(living, 0.0)], living.minute

    def watch(now: Body) -> None:
        if now.minute % DAY == 0.0:
            pin.hold(now)
            rows.append(_followed(now, (now.minute - began) / DAY))

    living.live(days, accelerated=True, watch=watch)
    return pd.DataFrame(rows)


def _followed(body: Body, day: float) -> Numbers:
    """Return what is followed of a body; it does not eat while it is tested."""
    body = body.branch()
    body.rules = []
    seen, cells, response = look(body), observe_cells(body), observe_response(body)
    found = {"day": day} | {name: seen[name] for name in FOLLOWED}
    found |= {f"{tissue} {name}": cells[tissue, name] for tissue, name in FOLLOWED_CELLS}
    found |= {f"{tissue} akt_response": response[tissue, "akt_response"] for tissue in body.compartments}
    return found | {"adiponectin": observe_blood(body)["blood", "adiponectin"]}


def gaps(lean: pd.DataFrame, diabetic: pd.DataFrame) -> pd.DataFrame:
    """Return how far apart two courses are: ``quantity``, ``start``, ``end`` [%] and ``days`` to a fall by e.

    A gap is that of the diabetic over the lean start. The time constant is NaN if the gap does not fall by e, or was
    below 2 % from the start.
    """
    rows = []
    for name in lean.columns.drop("day"):
        apart = pd.Series(map(change, diabetic[name], lean[name]))
        rows.append((name, float(apart.iloc[0]), float(apart.iloc[-1]), time_constant(lean["day"], apart)))
    return pd.DataFrame(rows, columns=["quantity", "start", "end", "days"])


def time_constant(days: pd.Series, gap: pd.Series) -> float:
    """Return the days after which a gap has first fallen by e, on a logarithmic scale between looks; else NaN."""
    size = np.maximum(np.abs(gap.to_numpy(float)), 1e-9)
    goal = size[0] / e
    below = np.flatnonzero(size <= goal)
    if size[0] < MEET or not below.size:
        return float("nan")
    k = int(below[0])
    share = log(size[k - 1] / goal) / log(size[k - 1] / size[k])
    first, last = float(days.iloc[k - 1]), float(days.iloc[k])
    return first + share * (last - first)
