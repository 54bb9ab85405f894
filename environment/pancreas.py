"""Pancreas: insulin from beta cells, glucagon from alpha cells.

Insulin has a static part, which follows a sigmoid of glucose with a delay, and a dynamic part, which answers only a
rise: an amount proportional to the rise of that same sigmoid, so that both vanish where the curve is flat. Incretins
multiply both, circulating insulin holds both down (assumed: at 500 pM a lean body makes about half), and
both scale with the beta-cell capacity (1 = lean and healthy). What the islets make ready leaves into the portal vein
within minutes.

Glucagon release is held down by the insulin of the same islet and called up by hypoglycaemia. A type 2 diabetic
pancreas makes less insulin, so glucagon falls less after a meal, without any further assumption; the higher fasting
glucagon of diabetics is not explained.

Somatostatin (``silenced``) stops both hormones; a protocol then replaces them.

Sources: doi:10.1109/TBME.2007.893506 (static and dynamic secretion), doi:10.1172/JCI113338 (secretion from fasting
to hyperglycaemia), doi:10.1371/journal.pcbi.1002577 (glucagon against glucose, collected data).
Left out: pulses, fatty acids and amino acids on beta cells, inhibition of glucagon by circulating insulin.
"""

from math import exp

from .hormones import Insulin
from .parameters import Numbers

SETTLING_PASSES = 40


class Pancreas:
    """Islets of one body.

    Parameters
    ----------
    p : namespace
        The environment's parameters by name.
    beta_cell_capacity : float
        Secretory capacity relative to a lean healthy adult [1].
    glucose : float
        Plasma glucose at which the islets start at rest [mM].
    """

    def __init__(self, p: Numbers, beta_cell_capacity: float = 1.0, glucose: float = 5.0) -> None:
        self.p = p
        self.beta_cell_capacity = beta_cell_capacity
        self.silenced = False
        self.secretion = 0.0  # insulin into the portal vein [pmol/min]
        self.glucagon_release = 0.0  # [pmol/min]
        self.settle(glucose)

    def settle(self, glucose: float, insulin: float = 0.0) -> None:
        """Bring the islets to their steady state at a glucose [mM] and a plasma insulin [pM]."""
        self._called = self._followed = self.drive(glucose)
        self.secretion = self.static_secretion(glucose, insulin)
        self._ready = self.secretion / self.p.k_secretion_release
        self.glucagon_release = self._glucagon_target(glucose)

    def drive(self, glucose: float) -> float:
        """Share of the maximal static secretion that a glucose [mM] calls for [1]."""
        power: float = (max(glucose, 0.0) / self.p.secretion_glucose_half) ** self.p.secretion_glucose_power
        return power / (1.0 + power)

    def permitted(self, insulin: float) -> float:
        """Share of secretion that a plasma insulin [pM] leaves [1]."""
        return 1.0 / (1.0 + max(insulin, 0.0) / self.p.secretion_insulin_half)

    def static_secretion(self, glucose: float, insulin: float = 0.0) -> float:
        """Secretion at steady glucose [mM] and plasma insulin [pM], without incretins [pmol/min]."""
        return self.beta_cell_capacity * self.p.secretion_max * self.drive(glucose) * self.permitted(insulin)

    def step(self, dt: float, glucose: float, incretin: float = 1.0, insulin: float = 0.0) -> float:
        """Advance by ``dt`` [min] at a plasma glucose [mM] and return the insulin secretion [pmol/min].

        Parameters
        ----------
        incretin : float
            Factor of the gut on secretion, at least 1 [1].
        insulin : float
            Plasma insulin, which holds secretion down [pM].
        """
        p = self.p
        called = self.drive(glucose)
        rise = max(called - self._called, 0.0)
        between = 0.5 * (self._called + called)
        self._followed = between + (self._followed - between) * exp(-p.k_secretion_delay * dt)
        self._called = called
        made = (
            self.beta_cell_capacity
            * incretin
            * self.permitted(insulin)
            * (p.secretion_max * self._followed + p.secretion_dynamic * rise / dt)
        )
        made = 0.0 if self.silenced else made
        self.secretion, self._ready = _released(self._ready, made, p.k_secretion_release, dt)
        target = self._glucagon_target(glucose)
        self.glucagon_release = target + (self.glucagon_release - target) * exp(-p.k_glucagon_release * dt)
        return self.secretion

    def _glucagon_target(self, glucose: float) -> float:
        """Glucagon release at steady glucose [mM] and the present insulin secretion [pmol/min]."""
        if self.silenced:
            return 0.0
        p = self.p
        power: float = (max(glucose, 0.0) / p.glucagon_glucose_half) ** p.glucagon_glucose_power
        alarm = 1.0 + p.glucagon_hypoglycaemia_gain / (1.0 + power)
        return p.glucagon_release_free * alarm / (1.0 + self.secretion / p.glucagon_insulin_half)


def settle_together(pancreas: Pancreas, insulin: Insulin, glucose: float) -> None:
    """Bring islets and insulin to the steady state that they have in common at a glucose [mM]."""
    for _ in range(SETTLING_PASSES):
        pancreas.settle(glucose, insulin.plasma_pM)
        insulin.settle(pancreas.secretion)


def _released(held: float, made: float, rate: float, dt: float) -> tuple[float, float]:
    """Mean outflow of a first-order pool over ``dt`` with a steady inflow, and what the pool then holds (exact)."""
    fading = exp(-rate * dt)
    left = held * fading + made / rate * (1.0 - fading)
    return (held - left) / dt + made, left
