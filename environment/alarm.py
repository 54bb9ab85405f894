"""What cells that are not simulated, and nerves, answer to work, endotoxin, high glucose and a surge of TNF-alpha.

The simulated cells secrete by their own state; what stands here comes on top, from blood cells, endothelium and
muscle at work, and reaches blood at once. All of it is nothing, or nearly, in a resting body with normal glucose.

Sources: J Clin Endocrinol Metab 93:543 (2008) for TNF-alpha; doi:10.1186/1479-5876-10-124 for endotoxin.
Left out: fever, cortisol, acute-phase proteins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .body import Body


def working_muscle_il6(body: Body) -> float:
    """Return the IL-6 that contracting muscle releases into blood [ng/min]."""
    release = body.arrows["contraction_to_il6"] * body.p.contraction_il6 * body.contraction
    return float(release) * body.muscle.kg


def provoked_tnf(body: Body) -> float:
    """Return the TNF-alpha that cells which are not simulated release at endotoxin or high glucose [ng/min]."""
    p = body.p
    excess = max(body.blood.level["glucose"] / p.tnf_glucose_reference - 1.0, 0.0)
    sugar = body.arrows["glucose_to_tnf"] * p.tnf_glucose_gain * excess
    return float(p.endotoxin_tnf_gain * _endotoxin_effect(body) + sugar) * body.blood.production("tnf")


def provoked_il6(body: Body) -> float:
    """Return the IL-6 that cells which are not simulated release at endotoxin or much TNF-alpha [ng/min]."""
    gain = body.arrows["tnf_to_il6"] * body.p.il6_tnf_gain * _alarm(body)
    gain += body.p.endotoxin_il6_gain * _endotoxin_effect(body)
    return float(gain) * body.blood.production("il6")


def _endotoxin_effect(body: Body) -> float:
    """Return how far endotoxin in plasma calls for cytokines, in [0, 1]."""
    endotoxin = body.effects.get(("liver", "endotoxin"), 0.0)
    return float(endotoxin / (endotoxin + body.p.endotoxin_tnf_half))


def call_of_nerves(body: Body) -> float:
    """Return what work and TNF-alpha in plasma add to the sympathetic tone [1]."""
    alarm = body.arrows["tnf_to_sympathetic"] * body.p.sympathetic_tnf_gain * _alarm(body)
    return float(body.p.sympathetic_work_gain * body.contraction + alarm)


def _alarm(body: Body) -> float:
    """Return the acute response to TNF-alpha in plasma, in [0, 1]: flat at the levels of obesity."""
    relative = (body.blood.level["tnf"] / body.p.tnf_alarm_half) ** body.p.tnf_alarm_power
    return float(relative / (1.0 + relative))
