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
from . import transport
from .alarm import provoked_il6, provoked_tnf, working_muscle_il6
from .blood import POOL, POOLS, SITE_POOLS
from .compartment import SITE, Compartment
from .energy import visceral_share
from .fields import Fields, Sinusoid
from .ledger import book

if TYPE_CHECKING:
    from .body import Body

Array = NDArray[np.float64]

PM_PER_NM = 1000.0
IN_FIELDS = slice(0, len(SITE_POOLS))
"""Pools that exchange with fields, among all pools."""
BEHIND_INSULIN = slice(1, len(SITE_NAMES))
"""The same pools among the species of a field, which insulin leads."""
FREE: Array = np.full(len(POOLS), np.nan)
"""Levels at which pools are held: none is."""
CLEARED = [(POOL[pool], f"{pool}_cleared") for pool in ("ffa", "glycerol", "lactate", "triglyceride")]
TAKEN = {tissue: [f"{pool}_to_{tissue}" for pool in SITE_POOLS] for tissue in ("muscle", "fat")}
"""Names of flows."""


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
    uses = blood.glucose_uses()
    level = np.array([blood.level[pool] for pool in POOLS])
    gains = _gains(body, level, absorbed, fat)
    gains[POOL["glucose"]] -= sum(uses.values())
    shown = _mix(body, level, gains, dt)
    for compartment in (muscle, adipose):
        moved = compartment.grid.step(dt, shown).from_blood[BEHIND_INSULIN] * compartment.litres
        level[IN_FIELDS] -= moved / blood.volumes[IN_FIELDS]
        flows.update(zip(TAKEN[compartment.name], (moved / dt).tolist(), strict=True))
    blood.level.update(zip(POOLS, level.tolist(), strict=True))
    _hold_pools(body, dt)
    book(body, uses, absorbed, dt)


def _gains(body: Body, level: Array, absorbed: float, fat: float) -> Array:
    """Return what each pool gains in a step, but for the plain uptakes of glucose, shape (pools,) [amount/min]."""
    gains = body.blood.productions.copy()
    for pool, amount in body.infusions.items():
        if pool in POOL:
            gains[POOL[pool]] += amount
    gains[POOL["il6"]] += working_muscle_il6(body) + provoked_il6(body)
    gains[POOL["tnf"]] += provoked_tnf(body)
    gains[IN_FIELDS] += _pass_liver(body, body.liver, level, absorbed)
    for tissue in body.compartments.values():
        gains += tissue.to_blood
    gains[POOL["glucose"]] += absorbed
    gains[POOL["triglyceride"]] += fat / 3.0
    glycolysis = body.muscle.total_flux("glycolysis") + body.fat.total_flux("glycolysis")
    gains[POOL["lactate"]] += body.p.lactate_share * 2.0 * glycolysis
    return gains


def _pass_liver(body: Body, liver: Compartment[Sinusoid], level: Array, absorbed: float) -> Array:
    """Lead blood through the liver; return what it gave to the pools of fields, shape (pools,) [amount/min]."""
    insulin = body.insulin
    flow = insulin.hepatic_flow * body.p.blood_flow_share
    inflow = np.empty(len(SITE_NAMES))
    inflow[SITE["insulin"]] = insulin.portal_pM / PM_PER_NM
    inflow[BEHIND_INSULIN] = level[IN_FIELDS]
    inflow[SITE["glucose"]] += absorbed / flow
    inflow[SITE["ffa"]] += _visceral_release(body) / flow
    grid = liver.grid
    grid.set_clearance("insulin", -flow / liver.kg * log(1.0 - insulin.hepatic_extraction))
    given: Array = flow * (grid.step(inflow, flow / liver.kg).outflow - inflow)[BEHIND_INSULIN]
    return given


def _visceral_release(body: Body) -> float:
    """Return the fatty acids that go from visceral fat into the portal vein, not into other blood [mmol/min]."""
    released = body.fat.total_flux("ffa_output") - body.fat.total_flux("ffa_uptake")
    share = visceral_share(body.age, body.anatomy.fat_mass, body.phenotype.height, body.p)
    return body.arrows["visceral_to_portal"] * share * max(released, 0.0)


def _mix(body: Body, level: Array, gains: Array, dt: float) -> Array:
    """Change the levels of blood by gains and clearance; return what it shows the fields, shape (species,).

    Fast exchange stays stable because that is implicit; what the fields then take is credited afterwards.
    """
    blood, flows = body.blood, body.flows
    clearances = blood.clearances.copy()
    clearances[POOL["ffa"]] *= body.energy.fat_clearance_factor
    held = FREE
    if body.holds:
        held = np.array([body.holds.get(pool, np.nan) for pool in POOLS])
    rest_reach, reaches = _reaches(body, dt)
    rest = np.array([blood.glucose_rest, blood.rest_litres])
    shown, cleared = np.empty(len(SITE_NAMES)), np.empty(len(POOLS))
    shown[SITE["insulin"]] = body.insulin.plasma_pM / PM_PER_NM
    first, second = (
        (reach, tissue.grid.values, tissue.grid.source)
        for reach, tissue in zip(reaches, (body.muscle, body.fat), strict=True)
    )
    flows["glucose_to_rest"] = transport.mix(
        level, blood.volumes, clearances, gains, held, rest, rest_reach, first, second, dt, shown, cleared
    )
    blood.glucose_rest = float(rest[0])
    for pool, name in CLEARED:
        flows[name] = float(cleared[pool])
    return shown


def _reaches(body: Body, dt: float) -> tuple[float, list[Array]]:
    """Return the volume that blood reaches in a step of tissue that is not simulated, and of muscle and fat [L].

    Those of muscle and fat are arrays by species.
    """
    if dt not in body.reaches:
        rest = body.blood.rest_litres * (1.0 - exp(-body.p.glucose_rest_exchange * dt))
        body.reaches[dt] = rest, [_reach(tissue, dt) for tissue in (body.muscle, body.fat)]
    return body.reaches[dt]


def _reach(tissue: Compartment[Fields], dt: float) -> Array:
    """Return the volume of a tissue that blood reaches in a step, shape (species,) [L]."""
    rates = tissue.grid.exchange.reshape(len(SITE_NAMES), -1).mean(axis=1)
    reached: Array = tissue.litres * (1.0 - np.exp(-rates * dt))
    return reached


def _hold_pools(body: Body, dt: float) -> None:
    """Put held pools at their level; what that took counts as infused."""
    for pool, level in body.holds.items():
        if pool in body.blood.level:
            given = (level - body.blood.level[pool]) * body.blood.litres[pool]
            body.infusions[pool] = body.infusions.get(pool, 0.0) + given / dt
            body.blood.level[pool] = level
