"""What infusions into a vein share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..body import Body


def infuse(body: Body, pool: str, amount: float) -> None:
    """Add to what is infused into a blood pool during the next step [the pool's amount per minute]."""
    body.infusions[pool] = body.infusions.get(pool, 0.0) + amount


def cytokine_clearance(body: Body, pool: str) -> float:
    """Return how fast a body clears a cytokine from blood in steady state, its tissues included [L/min].

    Blood clears some itself; muscle and fat take it up through their capillaries, in series with the breakdown there.
    """
    decay = float(getattr(body.p, f"{pool}_decay"))
    cleared = body.blood.clearance(pool)
    for tissue in (body.muscle, body.fat):
        exchange = float(getattr(body.p, f"{tissue.name}_{pool}_exchange"))
        cleared += tissue.litres * exchange * decay / (exchange + decay)
    return cleared


def infuse_to_level(body: Body, pool: str, level: float, before: float, strength: float) -> None:
    """Infuse a cytokine at the rate that brings its level from one to another [pg/mL] in steady state."""
    infuse(body, pool, strength * max(level - before, 0.0) * cytokine_clearance(body, pool))
