"""What blood, tissue fields and liver exchange in a step.

Cells have left at their sites what they take and give. Blood passes the liver and mixes what all give; it shows the
fields of muscle and fat one level of each pool, found implicitly so that fast exchange stays stable. What the fields
then take is credited to the last bit, and the books are kept where matter crosses the border of the body's pools.

Sources: J Clin Invest 113:1582 (2004) for visceral fat and the portal vein; volumes and clearances in the tables.
Left out: flow to single organs (except the liver), arterial and venous blood apart.
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..agents.mechanism import SITE_NAMES
from .alarm import provoked_il6, provoked_tnf, working_muscle_il6
from .blood import SITE_POOLS
from .compartment import SITE, Compartment
from .energy import visceral_share
from .fields import Fields, Sinusoid
from .ledger import book

if TYPE_CHECKING:
    from .body import Body


def exchange(body: Body, absorbed: float, fat: float, dt: float) -> None:
    """Let blood, fields and liver exchange, and keep the books.

    Parameters
    ----------
    absorbed, fat : float
        Glucose and fatty acids that came from the gut in this step [mmol].
    dt : float
        [min].
    """
    blood, flows = body.blood, body.flows
    muscle, adipose, liver = body.muscle, body.fat, body.liver
    for compartment in (muscle, adipose):
        compartment.deposit(compartment.sites / compartment.main.count * compartment.kg / compartment.litres)
    liver.deposit(1.0 / liver.main.count)
    gains = {pool: blood.production(pool) + body.infusions.get(pool, 0.0) for pool in blood.level}
    gains["il6"] += working_muscle_il6(body) + provoked_il6(body)
    gains["tnf"] += provoked_tnf(body)
    from_liver = _pass_liver(body, liver, absorbed)
    for pool, amount in from_liver.items():
        gains[pool] += amount
    for tissue in body.compartments.values():
        for pool, amount in tissue.blood_output.items():
            gains[pool] += amount
    gains["glucose"] += absorbed
    gains["triglyceride"] += fat / 3.0
    gains["lactate"] += (
        body.p.lactate_share * 2.0 * sum(c.total_flux("glycolysis") for c in (muscle, adipose))
    )
    uses = blood.glucose_uses()
    gains["glucose"] -= sum(uses.values())
    mixed = np.zeros(len(SITE_NAMES))
    mixed[SITE["insulin"]] = body.insulin.plasma_pM / 1000.0
    reaches = [_reach(body, tissue, dt) for tissue in (muscle, adipose)]
    rest = {pool: _mix(body, pool, gains[pool], reaches, mixed, dt) for pool in SITE_POOLS}
    for compartment in (muscle, adipose):
        moved = compartment.grid.step(dt, mixed)
        flows |= _credit(body, compartment, moved.from_blood, dt)
    flows["glucose_to_rest"] = rest["glucose"]
    for pool in ("glycerol", "lactate", "triglyceride"):
        _clear(body, pool, gains[pool], dt)
    _hold_pools(body, dt)
    book(body, uses, absorbed, dt)


def _pass_liver(body: Body, liver: Compartment[Sinusoid], absorbed: float) -> dict[str, float]:
    """Lead blood through the liver; return what it gave to blood [amount/min]."""
    flow = body.insulin.hepatic_flow * body.p.blood_flow_share
    inflow = [body.blood.level.get(name, 0.0) for name in SITE_NAMES]
    inflow[SITE["insulin"]] = body.insulin.portal_pM / 1000.0
    inflow[SITE["glucose"]] += absorbed / flow
    inflow[SITE["ffa"]] += _visceral_release(body) / flow
    grid = liver.grid
    grid.set_clearance("insulin", -flow / liver.kg * log(1.0 - body.insulin.hepatic_extraction))
    outflow = grid.step(inflow, flow / liver.kg).outflow.tolist()
    return {pool: flow * (outflow[SITE[pool]] - inflow[SITE[pool]]) for pool in SITE_POOLS}


def _visceral_release(body: Body) -> float:
    """Return the fatty acids that go from visceral fat into the portal vein, not into other blood [mmol/min]."""
    released = body.fat.total_flux("ffa_output") - body.fat.total_flux("ffa_uptake")
    share = visceral_share(body.age, body.anatomy.fat_mass, body.phenotype.height, body.p)
    return body.arrows["visceral_to_portal"] * share * max(released, 0.0)


def _reach(body: Body, tissue: Compartment[Fields], dt: float) -> tuple[list[float], list[float]]:
    """Return, by species, the volume of a tissue that blood reaches in a step [L], and what it draws from it."""
    grid, sites = tissue.grid, tissue.sites
    known = tissue.name, dt
    if known not in body.reaches:
        rates = grid.exchange.reshape(len(SITE_NAMES), -1).mean(axis=1)
        body.reaches[known] = (tissue.litres * (1.0 - np.exp(-rates * dt))).tolist()
    reach, (levels, sources) = body.reaches[known], grid.sums()
    drawn = [
        litres * (level + 0.5 * dt * source) / sites
        for litres, level, source in zip(reach, levels, sources, strict=True)
    ]
    return reach, drawn


def _mix(
    body: Body,
    pool: str,
    gain: float,
    reaches: list[tuple[list[float], list[float]]],
    mixed: NDArray[np.float64],
    dt: float,
) -> float:
    """Find the level that blood shows the tissues in this step: implicit, so that fast exchange stays stable.

    Blood receives ``gain`` and gives up its clearance here; what the fields take is credited afterwards.
    Returns the glucose that went to the tissue that is not simulated [mmol].
    """
    blood, k = body.blood, SITE[pool]
    litres, level = blood.litres[pool], blood.level[pool]
    clearance = blood.clearance(pool) if pool != "glucose" else 0.0
    if pool == "ffa":
        clearance *= body.energy.fat_clearance_factor
    weight, drawn = litres + clearance * dt, litres * level + gain * dt
    for reach_of, drawn_from in reaches:
        weight += reach_of[k]
        drawn += drawn_from[k]
    to_rest = 0.0
    if pool == "glucose":
        reach = blood.rest_litres * (1.0 - exp(-body.p.glucose_rest_exchange * dt))
        weight, drawn = weight + reach, drawn + reach * blood.glucose_rest
    shown = body.holds.get(pool, drawn / weight)
    if pool == "glucose":
        to_rest = reach * (shown - blood.glucose_rest)
        blood.glucose_rest += to_rest / blood.rest_litres
    cleared = clearance * shown * dt
    if pool == "ffa":
        body.flows["ffa_cleared"] = cleared
    blood.level[pool] = level + (gain * dt - cleared - to_rest) / litres
    mixed[k] = shown
    return to_rest


def _credit(
    body: Body, tissue: Compartment[Fields], from_blood: NDArray[np.float64], dt: float
) -> dict[str, float]:
    """Take from blood what the fields took; return the flows [amount/min]."""
    flows, taken, blood = {}, from_blood.tolist(), body.blood
    for pool in SITE_POOLS:
        amount = taken[SITE[pool]] * tissue.litres
        blood.level[pool] -= amount / blood.litres[pool]
        flows[f"{pool}_to_{tissue.name}"] = amount / dt
    return flows


def _clear(body: Body, pool: str, gain: float, dt: float) -> None:
    """Advance a pool that only cells and plain clearance change (implicit)."""
    blood = body.blood
    litres, clearance = blood.litres[pool], blood.clearance(pool)
    level = (litres * blood.level[pool] + gain * dt) / (litres + clearance * dt)
    body.flows[f"{pool}_cleared"] = clearance * level * dt
    blood.level[pool] = level


def _hold_pools(body: Body, dt: float) -> None:
    """Put held pools at their level; what that took counts as infused."""
    for pool, level in body.holds.items():
        if pool in body.blood.level:
            given = (level - body.blood.level[pool]) * body.blood.litres[pool]
            body.infusions[pool] = body.infusions.get(pool, 0.0) + given / dt
            body.blood.level[pool] = level
