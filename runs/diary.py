"""Diary: what is seen of a life, day by day, as rows that are handed over and forgotten.

A row has the ``day`` since the life began, an ``event`` (``day`` for the look at 7:00, before breakfast; else what
happened), ``compartment``, ``quantity``, ``statistic``, ``value`` and ``unit``. Statistics: ``day`` is the mean over
all minutes since the look before; ``fasting`` is at 7:00, ``now`` at another time; ``mean``, ``p5``, ``p50`` and
``p95`` are over the cells of a tissue at that look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..agents.mechanism import SHARED_NAMES
from ..analysis.measures import homa_ir
from ..analysis.spatial import at_sites, morans_i
from ..environment.blood import UNITS as POOL_UNITS
from ..environment.body import MINUTE, Body
from ..environment.clock import DAY
from ..environment.compartment import Compartment
from ..environment.gut import FATTY_ACID_MMOL_PER_G, GLUCOSE_MMOL_PER_G
from ..environment.observe import CELL_MEANS, observe_blood, observe_cells, unit_of
from ..environment.response import observe_response
from ..environment.state import numbers_of, put_numbers

Row = tuple[float, str, str, str, str, float, str]

COLUMNS = ("day", "event", "compartment", "quantity", "statistic", "value", "unit")

QUANTILES = {"p5": 0.05, "p50": 0.5, "p95": 0.95}

BODY_UNITS = {
    "body_mass": "kg", "fat_mass": "kg", "lean_mass": "kg", "beta_cell_capacity": "1", "homa_ir": "1",
    "intake": "kcal/day", "expenditure": "kcal/day", "burnt": "kcal/day",
}  # fmt: skip
"""What a diary adds to what is observed of the whole body."""

CLUSTERED = ("akt", "dag")
"""Quantities of which the likeness of neighbours is kept, as Moran's I."""

CONTRACTION = SHARED_NAMES.index("contraction")


class Diary:
    """Watches a body live.

    Attributes
    ----------
    began : float
        Minute at which the life began [min].
    minutes : float
        Minutes since the last look.
    sums : dict of str to float
        Sums over these minutes, by compartment and quantity.
    last : dict of str to float
        Running sums of the body as they were a minute ago.
    """

    def __init__(self, began: float) -> None:
        self.began = began
        self.minutes = 0.0
        self.sums: dict[str, float] = {}
        self.last: dict[str, float] = {}
        self._rows: list[Row] = []

    def open(self, body: Body) -> None:
        """Look for the first time."""
        self.last = _running(body)
        self.look(body)

    def watch(self, body: Body) -> None:
        """Note the minute just lived; look at the body at 7:00."""
        self.minutes += MINUTE
        before, self.last = self.last, _running(body)
        for name, value in _levels(body).items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        gained = {name: value - before.get(name, 0.0) for name, value in self.last.items()}
        self.sums["body.intake"] = self.sums.get("body.intake", 0.0) + max(0.0, gained["intake"]) * DAY
        self._events(body, before, gained)
        if body.minute % DAY == 0.0:
            self.look(body)

    def close(self, body: Body) -> None:
        """Look for the last time."""
        if self.minutes:
            self.look(body)

    def look(self, body: Body) -> None:
        """Write down the means since the last look, and how things are now."""
        now = "fasting" if body.minute % DAY == 0.0 else "now"
        for name, total in self.sums.items():
            compartment, _, quantity = name.partition(".")
            self._note(body, "day", compartment, quantity, "day", total / self.minutes)
        for (compartment, quantity), value in (observe_blood(body) | _whole(body)).items():
            self._note(body, "day", compartment, quantity, now, value)
        for (compartment, quantity), value in (observe_cells(body) | observe_response(body)).items():
            self._note(body, "day", compartment, quantity, "mean", value)
        for name, tissue in body.compartments.items():
            for quantity, statistic, value in _spread(body, tissue):
                self._note(body, "day", name, quantity, statistic, value)
        self.minutes, self.sums = 0.0, {}

    def take(self) -> list[Row]:
        """Hand over the rows written so far."""
        rows, self._rows = self._rows, []
        return rows

    def state(self) -> dict[str, Any]:
        """Return what has to be kept so that the diary can go on later, the rows aside."""
        return {name: value for name, value in numbers_of(self).items() if name != "_rows"}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        put_numbers(self, {**state, "_rows": []})

    def _events(self, body: Body, before: Mapping[str, float], gained: Mapping[str, float]) -> None:
        """Note meals, doses and the begin of work."""
        eaten = {
            "carbohydrate": gained["glucose"] / GLUCOSE_MMOL_PER_G,
            "fat": gained["fat"] / FATTY_ACID_MMOL_PER_G,
        }
        if max(eaten.values()) > 0.0:
            for quantity, grams in eaten.items():
                self._note(body, "meal", "body", quantity, "now", grams)
            for pool in ("glucose", "insulin"):
                self._note(body, "meal", "blood", pool, "now", _levels(body)[f"blood.{pool}"])
        if gained["contraction"] > 0.0:
            self._note(body, "bout", "body", "contraction", "now", self.last["contraction"])
        for name in body.drugs:
            mg, giving = gained.get(f"dosed.{name}", 0.0), f"giving.{name}"
            self.last[giving] = float(mg > 0.0)
            if mg > 0.0 and not before.get(giving):
                self._note(body, "dose", "drugs", name, "dose", mg)

    def _note(
        self, body: Body, event: str, compartment: str, quantity: str, statistic: str, value: float
    ) -> None:
        unit = "mg" if event == "dose" else _unit(compartment, quantity)
        day = (body.minute - self.began - (0.0 if event == "day" else MINUTE)) / DAY
        self._rows.append((day, event, compartment, quantity, statistic, float(value), unit))


def _spread(body: Body, tissue: Compartment[Any]) -> Iterator[tuple[str, str, float]]:
    """Give how quantities differ among the cells of a tissue, and how alike neighbours are."""
    cells, signals = tissue.main, body.signals(tissue.main)
    rows, columns = tissue.grid.shape[1:]
    for quantity, (source, _) in CELL_MEANS.items():
        values = cells[source] if source in cells else signals.get(source)
        if not isinstance(values, np.ndarray):
            continue
        found = np.quantile(values, list(QUANTILES.values()))
        yield from ((quantity, name, float(q)) for name, q in zip(QUANTILES, found, strict=True))
        if quantity in CLUSTERED:
            placed = at_sites(values, cells.sites[: cells.count], rows, columns)
            yield f"{quantity}_morans_i", "mean", morans_i(placed, rows, columns)


def _levels(body: Body) -> dict[str, float]:
    """Return what is averaged over the day."""
    found = {f"blood.{pool}": body.blood.level[pool] for pool in POOL_UNITS if pool in body.blood.level}
    found["blood.insulin"], found["blood.glucagon"] = body.insulin.plasma_pM, body.glucagon.plasma_pM
    found |= {f"body.{name}": body.flows.get(name, 0.0) for name in ("expenditure", "burnt")}
    return found | {f"drugs.{name}": level for name, level in _drug_levels(body).items()}


def _drug_levels(body: Body) -> dict[str, float]:
    """Return the level in blood of the drugs that have one [mg/L]."""
    return {name: float(drug.level()) for name, drug in body.drugs.items() if hasattr(drug, "level")}


def _running(body: Body) -> dict[str, float]:
    """Return sums that only grow until the books are opened anew, and whether the muscles work."""
    gut = body.gut
    found = {"glucose": gut.glucose_eaten, "fat": gut.fat_eaten, "intake": body.energy.intake_seen}
    found["contraction"] = float(body.muscle.shared[CONTRACTION])
    return found | {f"dosed.{name}": float(getattr(drug, "dosed", 0.0)) for name, drug in body.drugs.items()}


def _whole(body: Body) -> dict[tuple[str, str], float]:
    """Return what a diary adds to what is observed of the whole body, at this moment."""
    found = {
        "body_mass": body.anatomy.weight,
        "fat_mass": body.anatomy.fat_mass,
        "lean_mass": body.energy.lean_mass,
        "beta_cell_capacity": body.pancreas.beta_cell_capacity,
        "homa_ir": homa_ir(body.blood.level["glucose"], body.insulin.plasma_pM),
    }
    whole = {("body", name): float(value) for name, value in found.items()}
    return whole | {("drugs", name): level for name, level in _drug_levels(body).items()}


_EVENT_UNITS = {"carbohydrate": "g", "contraction": "1"}


def _unit(compartment: str, quantity: str) -> str:
    """Return the unit of a quantity."""
    if compartment == "drugs":
        return "mg/L"
    if quantity.endswith("_morans_i"):
        return "1"
    if compartment == "body" and quantity == "fat":
        return "g"
    own = BODY_UNITS | _EVENT_UNITS
    return own[quantity] if quantity in own else unit_of(compartment, quantity)
