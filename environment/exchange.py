"""What blood, tissue fields and liver exchange in a step.

Cells have left at their sites what they take and give. Blood passes the liver and mixes what all give; it shows the
fields of muscle and fat one level of each pool, found implicitly so that fast exchange stays stable. What the fields
then take is credited to the last bit, and the books are kept where matter crosses the border of the body's pools.

Sources: J Clin Invest 113:1582 (2004) for visceral fat and the portal vein; volumes and clearances in the tables.
Left out: flow to single organs (except the liver), arterial and venous blood apart.
"""

from __future__ import annotations

from math import exp, log
from operator import itemgetter
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
IN_ORDER = itemgetter(*POOLS)
"""Takes the levels of the pools, in their order."""
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
    level = IN_ORDER(blood.level)
    gains = _gains(body, level, absorbed, fat)
    gains[POOL["glucose"]] -= sum(uses.values())
    mixed, shown = _mix(body, level, gains, dt)
    for compartment in (muscle, adipose):
        from_blood = compartment.grid.step(dt, shown).from_blood
        taken = transport.credit(mixed, blood.volumes, compartment.litres, from_blood, dt)
        flows.update(zip(TAKEN[compartment.name], taken.tolist(), strict=True))
    blood.level.update(zip(POOLS, mixed.tolist(), strict=True))
    _hold_pools(body, dt)
    book(body, uses, absorbed, dt)


def _gains(body: Body, level: tuple[float, ...], absorbed: float, fat: float) -> Array:
    """Return what each pool gains in a step, but for the plain uptakes of glucose, shape (pools,) [amount/min]."""
    given = body.blood.productions.tolist()
    for pool, amount in body.infusions.items():
        if pool in POOL:
            given[POOL[pool]] += amount
    given[POOL["il6"]] += working_muscle_il6(body) + provoked_il6(body)
    given[POOL["tnf"]] += provoked_tnf(body)
    gains = np.array(given)
    gains[IN_FIELDS] += _pass_liver(body, body.liver, level[IN_FIELDS], absorbed)
    for tissue in body.compartments.values():
        gains += tissue.to_blood
    gains[POOL["glucose"]] += absorbed
    gains[POOL["triglyceride"]] += fat / 3.0
    glycolysis = body.muscle.total_flux("glycolysis") + body.fat.total_flux("glycolysis")
    gains[POOL["lactate"]] += body.p.lactate_share * 2.0 * glycolysis
    return gains


def _pass_liver(body: Body, liver: Compartment[Sinusoid], level: tuple[float, ...], absorbed: float) -> Array:
    """Lead blood through the liver; return what it gave to the pools of fields, shape (pools,) [amount/min]."""
    insulin = body.insulin
    flow = insulin.hepatic_flow * body.p.blood_flow_share
    entering = [insulin.portal_pM / PM_PER_NM, *level]
    entering[SITE["glucose"]] += absorbed / flow
    entering[SITE["ffa"]] += _visceral_release(body) / flow
    grid, inflow = liver.grid, np.array(entering)
    grid.set_clearance("insulin", -flow / liver.kg * log(1.0 - insulin.hepatic_extraction))
    given: Array = flow * (grid.step(inflow, flow / liver.kg).outflow - inflow)
    return given[BEHIND_INSULIN]


def _visceral_release(body: Body) -> float:
    """Return the fatty acids that go from visceral fat into the portal vein, not into other blood [mmol/min]."""
    released = body.fat.total_flux("ffa_output") - body.fat.total_flux("ffa_uptake")
    share = visceral_share(body.age, body.anatomy.fat_mass, body.phenotype.height, body.p)
    return body.arrows["visceral_to_portal"] * share * max(released, 0.0)


def _mix(body: Body, level: tuple[float, ...], gains: Array, dt: float) -> tuple[Array, Array]:
    """Return the levels of blood after gains and clearance, shape (pools,), and what it shows fields, shape (species,).

    Fast exchange stays stable because that is implicit; what the fields then take is credited afterwards.
    """
    blood, flows, muscle, adipose = body.blood, body.flows, body.muscle.grid, body.fat.grid
    clearances = blood.clearances.copy()
    clearances[POOL["ffa"]] *= body.energy.fat_clearance_factor
    held = FREE
    if body.holds:
        held = np.array([body.holds.get(pool, np.nan) for pool in POOLS])
    rest_reach, (in_muscle, in_fat) = _reaches(body, dt)
    mixed, shown, cleared = np.array(level), np.empty(len(SITE_NAMES)), np.empty(len(POOLS))
    shown[SITE["insulin"]] = body.insulin.plasma_pM / PM_PER_NM
    to_rest = transport.mix(
        mixed, blood.volumes, clearances, gains, held, blood.glucose_rest, rest_reach,
        (in_muscle, muscle.values, muscle.source), (in_fat, adipose.values, adipose.source), dt, shown, cleared,
    )  # fmt: skip
    blood.glucose_rest += to_rest / blood.rest_litres
    flows["glucose_to_rest"] = to_rest
    gone = cleared.tolist()
    for pool, name in CLEARED:
        flows[name] = gone[pool]
    return mixed, shown


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
