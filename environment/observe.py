"""What a researcher reads from a body: blood, whole-body fluxes, uptake by organ, and means over the cells of a tissue.

Fluxes are means over the minute that has just been lived, per kg of body mass unless the unit says tissue.
Endogenous production and disposal are what an ideal tracer would give: output and uptake of the organs, not their net.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .blood import UNITS as POOL_UNITS
from .compartment import SITE, Compartment
from .debris import crowns_per_100

if TYPE_CHECKING:
    from .body import Body

Quantity = tuple[str, str]
"""Compartment and quantity, such as ``("muscle", "akt")``."""

BODY_UNITS = {
    "egp": "umol/kg/min",
    "rd": "umol/kg/min",
    "gir": "umol/kg/min",
    "ra_meal": "umol/kg/min",
    "gluconeogenesis": "umol/kg/min",
    "lipolysis": "umol/kg/min",
    "insulin_infusion": "pmol/kg/min",
    "insulin_secretion": "pmol/kg/min",
    "insulin_clearance": "mL/kg/min",
    "glucose_clearance": "mL/kg/min",
    "glucose_excretion": "umol/kg/min",
    "body_mass": "kg",
}
"""Whole-body quantities and their units; ``lipolysis`` is what fat cells release, as a tracer counts it."""

ORGAN_UNITS = {"glucose_uptake": "umol/kg/min"}
"""Quantities by organ, per kg of body mass."""

CELL_MEANS = {
    "receptor": ("receptor_total", "1"),
    "irs1_tyr": ("irs1_tyr", "1"),
    "irs1_s312": ("irs1_s312", "1"),
    "pi3k": ("pi3k", "1"),
    "akt": ("akt_s473", "1"),
    "akt_t308": ("akt_t308", "1"),
    "glut4": ("glut4_surface", "1"),
    "glut4_total": ("glut4_total", "1"),
    "g6p": ("g6p", "mmol/kg"),
    "glycogen": ("glycogen", "mmol/kg"),
    "acyl": ("acyl", "mmol/kg"),
    "dag": ("dag", "mmol/kg"),
    "ceramide": ("ceramide", "mmol/kg"),
    "triglyceride": ("triglyceride", "mmol/kg"),
    "pkc": ("pkc_membrane", "1"),
    "jnk": ("jnk", "1"),
    "ikk": ("ikk", "1"),
    "ikb": ("ikba", "1"),
    "ros": ("ros", "1"),
    "ampk": ("ampk", "1"),
    "mitochondria": ("mito_capacity", "1"),
    "er_stress": ("xbp1s", "1"),
    "diameter": ("diameter", "um"),
}
"""Mean over the cells of a tissue: the state or signal it is read from, and its unit."""

TISSUE_UNITS = {
    "uptake": "umol/kg tissue/min",
    "macrophages": "%",
    "m1": "%",
    "crowns": "%",
    "akt_response": "1",
    "resistant": "%",
    "liver_fat": "%",
    "muscle_lipid": "mmol/kg",
    "interstitial_insulin": "pM",
    "interstitial_glucose": "mM",
    "interstitial_ffa": "mM",
}
"""Further quantities of a tissue. ``liver_fat`` is % of the liver's weight, ``macrophages`` % of all cells of fat,
``m1`` % of them that are more M1 than M2, ``crowns`` crown-like structures per 100 fat cells; for ``akt_response`` and
``resistant`` see :mod:`.response`."""

_TISSUE_UNITS = {name: unit for name, (_, unit) in CELL_MEANS.items()} | TISSUE_UNITS | ORGAN_UNITS

TRIGLYCERIDE_G_PER_MMOL = 0.86


def unit_of(compartment: str, quantity: str) -> str:
    """Return the unit of an observed quantity."""
    if compartment == "fat" and quantity in {"dag", "ceramide"}:  # followed there as relative levels only
        return "1"
    return {"blood": POOL_UNITS, "body": BODY_UNITS}.get(compartment, _TISSUE_UNITS)[quantity]


def observe(body: Body) -> dict[Quantity, float]:
    """Return everything that is observed: :func:`observe_blood` and :func:`observe_cells`."""
    return observe_blood(body) | observe_cells(body)


def observe_blood(body: Body) -> dict[Quantity, float]:
    """Return blood levels, whole-body fluxes and uptake by organ; cheap enough for every minute."""
    found = {("blood", pool): body.blood.level[pool] for pool in POOL_UNITS if pool in body.blood.level}
    found["blood", "insulin"] = body.insulin.plasma_pM
    found["blood", "glucagon"] = body.glucagon.plasma_pM
    kg, flows = body.anatomy.weight, body.flows
    uptake = _disposal(body)
    excreted = uptake.pop("urine")
    fat = body.compartments["fat"]
    rates = {
        "egp": 1e3 * body.glucose_production(),
        "rd": 1e3 * sum(uptake.values()),
        "gir": 1e3 * flows.get("glucose_infusion", 0.0),
        "ra_meal": 1e3 * flows.get("absorbed", 0.0),
        "gluconeogenesis": 1e3 * body.compartments["liver"].total_flux("gluconeogenesis"),
        "lipolysis": 1e3 * fat.total_flux("ffa_output"),
        "insulin_infusion": flows.get("insulin_infusion", 0.0),
        "insulin_secretion": flows.get("insulin_secretion", 0.0),
        "insulin_clearance": 1e3 * body.insulin.clearance,
        "glucose_clearance": 1e3 * sum(uptake.values()) / max(body.blood.level["glucose"], 1e-9),
        "glucose_excretion": 1e3 * excreted,
        "body_mass": kg * kg,
    }
    found |= {("body", name): value / kg for name, value in rates.items()}
    found |= {(organ, "glucose_uptake"): 1e3 * amount / kg for organ, amount in uptake.items()}
    return found


def _disposal(body: Body) -> dict[str, float]:
    """Return the uptake of glucose by organ [mmol/min] over the minute just lived, as it was booked.

    A body that has not lived a minute yet shows what it would take up at the glucose of now.
    """
    found = body.glucose_disposal()
    return found | {name: body.flows[f"{name} use"] for name in found if f"{name} use" in body.flows}


def observe_cells(body: Body) -> dict[Quantity, float]:
    """Return means over the cells of each tissue, and over its interstitial fluid."""
    found: dict[Quantity, float] = {}
    for name, compartment in body.compartments.items():
        values = body.signals(compartment.main)
        found |= {(name, quantity): value for quantity, value in _means(compartment, values).items()}
    fat = body.compartments["fat"].populations
    counts = {name: population.count for name, population in fat.items()}
    found["fat", "macrophages"] = 100.0 * counts["macrophage"] / sum(counts.values())
    inflamed = np.count_nonzero(fat["macrophage"]["m1"] > fat["macrophage"]["m2"])
    found["fat", "m1"] = 100.0 * inflamed / max(1, counts["macrophage"])
    found["fat", "crowns"] = crowns_per_100(body)
    found["liver", "liver_fat"] = found["liver", "triglyceride"] * TRIGLYCERIDE_G_PER_MMOL / 10.0
    found["muscle", "muscle_lipid"] = found["muscle", "triglyceride"]
    return found


def _means(compartment: Compartment[Any], signals: dict[str, NDArray[np.float64]]) -> dict[str, float]:
    """Return the means of one tissue's parenchyma and fields."""
    main = compartment.main
    found = {}
    for quantity, (source, _) in CELL_MEANS.items():
        if source in main:
            found[quantity] = float(main[source].mean())
        elif source in signals:
            found[quantity] = float(np.mean(signals[source]))
    found["uptake"] = 1e3 * float(np.mean(signals["glucose_uptake"]))
    values = compartment.grid.values
    for field, scale in (("insulin", 1e3), ("glucose", 1.0), ("ffa", 1.0)):
        found[f"interstitial_{field}"] = scale * float(values[SITE[field]].mean())
    return found
