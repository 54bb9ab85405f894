"""The mass audit: stored pools against independently accumulated sources and sinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .body import Body
    from .compartment import Compartment

ACCOUNT_UNITS = {
    "glucose": "mmol",
    "fatty acid": "mmol",
    "receptor": "cells' normal number",
    "glut4": "cells' normal number",
}
PROTEINS = {
    protein: (f"{protein}_total", f"{protein}_synthesis", f"{protein}_degradation")
    for protein in ("receptor", "glut4")
}
"""Proteins with an account: what cells have of them, make and lose."""


@dataclass
class Account:
    """Books of one kind of matter.

    ``opening`` is what was stored when the books were opened; ``sources`` and ``sinks`` are running sums by name.
    """

    unit: str
    opening: float = 0.0
    sources: dict[str, float] = field(default_factory=dict)
    sinks: dict[str, float] = field(default_factory=dict)

    def source(self, name: str, amount: float) -> None:
        """Book matter that came in."""
        sources = self.sources
        sources[name] = sources.get(name, 0.0) + amount

    def sink(self, name: str, amount: float) -> None:
        """Book matter that went out."""
        sinks = self.sinks
        sinks[name] = sinks.get(name, 0.0) + amount

    def gap(self, stored: float) -> float:
        """Return what is missing or too much, relative to all that was stored or moved [1]."""
        moved_in, moved_out = sum(self.sources.values()), sum(self.sinks.values())
        size = abs(self.opening) + sum(map(abs, self.sources.values())) + sum(map(abs, self.sinks.values()))
        return (stored - self.opening - moved_in + moved_out) / max(size, 1e-300)


def new_accounts(body: Body) -> dict[str, Account]:
    """Return accounts that start from what is stored now."""
    return {name: Account(unit, stored(body, name)) for name, unit in ACCOUNT_UNITS.items()}


def stored(body: Body, account: str) -> float:
    """Return what is stored of ``glucose``, ``fatty acid``, ``receptor`` or ``glut4`` [mmol, or cell units]."""
    muscle, fat, liver = body.muscle, body.fat, body.liver
    blood = body.blood
    if account == "glucose":
        dissolved = sum(c.mean("glucose") * c.litres for c in (muscle, fat))
        inside = sum(c.total("g6p") for c in (muscle, fat)) + sum(
            c.total("glycogen") for c in (muscle, fat, liver)
        )
        in_blood = blood.level["glucose"] * blood.litres["glucose"] + blood.glucose_rest * blood.rest_litres
        return float(in_blood + dissolved + inside + body.gut.glucose_stored)
    if account == "fatty acid":
        dissolved = sum(c.mean("ffa") * c.litres for c in (muscle, fat))
        inside = sum(c.total("acyl") + 3.0 * c.total("triglyceride") for c in (muscle, fat, liver))
        inside += sum(2.0 * c.total("dag") + c.total("ceramide") for c in (muscle, liver))
        in_blood = (
            blood.level["ffa"] * blood.litres["ffa"]
            + 3.0 * blood.level["triglyceride"] * blood.litres["triglyceride"]
        )
        debris = 3.0 * body.turnover.debris.total
        return float(in_blood + dissolved + inside + debris + body.gut.fat_stored)
    return sum(
        float(c.main[f"{account}_total"].sum()) for c in (muscle, fat, liver) if f"{account}_total" in c.main
    )


def book(body: Body, uses: Mapping[str, float], absorbed: float, dt: float) -> None:
    """Book a step of ``dt`` [min]: flows measured where they cross the border of the body's pools."""
    flows, gut, infused = body.flows, body.gut, body.infusions.get
    glucose, fatty = body.accounts["glucose"], body.accounts["fatty acid"]
    glucose.source("infusion", infused("glucose", 0.0) * dt)
    made = body.liver.total_flux("gluconeogenesis")
    glucose.source("gluconeogenesis", made * dt)
    burnt = sum(uses.values()) - uses["urine"] - made
    cleared = flows["ffa_cleared"] + 3.0 * flows["triglyceride_cleared"]
    fat_burnt = cleared
    for name, use in uses.items():
        flows[f"{name} use"] = use
        glucose.sink(name, use * dt)
    for name, compartment in body.compartments.items():
        glycolysis = compartment.total_flux("glycolysis")
        oxidation = compartment.total_flux("fat_oxidation")
        glucose.sink(f"glycolysis in {name}", glycolysis * dt)
        fatty.sink(f"oxidation in {name}", oxidation * dt)
        burnt, fat_burnt = burnt + glycolysis, fat_burnt + oxidation
        _book_proteins(body, compartment, dt)
    fatty.source("infusion", (infused("ffa", 0.0) + 3.0 * infused("triglyceride", 0.0)) * dt)
    lipogenesis = body.liver.total_flux("lipogenesis")
    fatty.source("lipogenesis", lipogenesis * dt)
    flows["fat_burnt"] = (fat_burnt - lipogenesis) * dt
    fatty.sink("other organs", cleared)
    glucose.sources["meals"] = gut.glucose_eaten
    kept_by_gut = gut.glucose_lost - glucose.sinks.get("kept by the gut", 0.0)
    glucose.sinks["kept by the gut"] = gut.glucose_lost
    flows["glucose_burnt"] = burnt * dt + kept_by_gut
    fatty.sources["meals"] = gut.fat_eaten
    fatty.sinks["not absorbed"] = gut.fat_lost
    flows["glucose_infusion"] = infused("glucose", 0.0)
    flows["insulin_infusion"] = infused("insulin", 0.0)
    flows["absorbed"] = absorbed / dt


def _book_proteins(body: Body, compartment: Compartment[Any], dt: float) -> None:
    """Book the receptors and GLUT4 that the cells of a tissue made and lost."""
    kg_per_cell = compartment.kg_per_cell
    for protein, (total, synthesis, degradation) in PROTEINS.items():
        if total in compartment.main:
            account = body.accounts[protein]
            account.source("synthesis", compartment.total_flux(synthesis) / kg_per_cell * dt)
            account.sink("degradation", compartment.total_flux(degradation) / kg_per_cell * dt)
