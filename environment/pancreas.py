"""Pancreas: insulin from beta cells, glucagon from alpha cells.

Insulin has a static part, which follows a sigmoid of glucose with a delay, and a dynamic part, which answers only a
rise: an amount proportional to the rise of that same sigmoid, so that both vanish where the curve is flat. Incretins
multiply both, circulating insulin holds both down (at 500 pM to seven tenths), and both scale with the beta-cell
capacity (1 = lean and healthy). What the islets make ready leaves into the portal vein within minutes.

Glucagon release is held down by the insulin of the same islet and, at high levels, by that of plasma, and called up by
hypoglycaemia. A type 2 diabetic pancreas makes less insulin, so glucagon falls less after a meal, without any further
assumption; the higher fasting glucagon of diabetics is not explained.

The beta-cell capacity is a mass times a function, and both change with what the islets live through. The mass grows
over years when mean glucose calls each unit of it to secrete more than in a lean body, up to a genetic ceiling, and
shrinks when it has less to do; lasting hyperglycaemia destroys it. The function falls within weeks under high mean
glucose (through interleukin-1 in part) and fatty acids, and recovers when they fall.

Somatostatin (``silenced``) stops both hormones; a protocol then replaces them.

Sources: doi:10.1109/TBME.2007.893506 (static and dynamic secretion), doi:10.1172/JCI113338 (secretion from fasting
to hyperglycaemia), doi:10.1371/journal.pcbi.1002577 (glucagon against glucose, collected data).
BIOMD0000000341 (mass and glucose; here mass follows its load, and the rates are assumed).
doi:10.2337/db10-0728 (circulating insulin holds glucagon down where no islet insulin is left).
Left out: pulses, amino acids on beta cells.
"""

from collections.abc import Mapping
from math import ceil, exp

from .hormones import Insulin
from .parameters import Numbers

SETTLING_PASSES = 40
LONGEST_GROWTH_STEP = 30.0
"""Days."""
UNCUT = dict.fromkeys(
    ("glucose_to_beta_cell", "ffa_to_beta_cell", "il1_to_beta_cell", "load_to_beta_cell"), 1.0
)


class Pancreas:
    """Islets of one body.

    Parameters
    ----------
    p : namespace
        The environment's parameters by name.
    beta_cell_mass, beta_cell_ceiling : float
        Mass of beta cells and the most that it can grow to, relative to a lean healthy adult [1].
    glucose : float
        Plasma glucose at which the islets start at rest [mM].

    Attributes
    ----------
    beta_cell_function : float
        What a unit of mass secretes, relative to health [1].
    arrows : mapping
        Switches of ``glucose->beta_cell``, ``ffa->beta_cell``, ``il1->beta_cell`` and ``load->beta_cell``.
    """

    def __init__(
        self,
        p: Numbers,
        beta_cell_mass: float = 1.0,
        glucose: float = 5.0,
        beta_cell_ceiling: float = 10.0,
        arrows: Mapping[str, float] = UNCUT,
    ) -> None:
        self.p = p
        self.arrows = arrows
        self.beta_cell_mass = beta_cell_mass
        self.beta_cell_ceiling = beta_cell_ceiling
        self.beta_cell_function = 1.0
        self.glucose_seen = self.ffa_seen = self.blockade_seen = self.minutes_seen = 0.0
        self.glucose_mean = self.ffa_mean = self.blockade_mean = 0.0
        self.silenced = False
        self.secretion = 0.0  # insulin into the portal vein [pmol/min]
        self.glucagon_release = 0.0  # [pmol/min]
        self.settle(glucose)

    @property
    def beta_cell_capacity(self) -> float:
        """Secretory capacity relative to a lean healthy adult [1]."""
        return self.beta_cell_mass * self.beta_cell_function

    def note(self, dt: float, glucose: float, ffa: float, blockade: float = 0.0) -> None:
        """Remember what the islets lived through for ``dt`` [min].

        Parameters
        ----------
        glucose, ffa : float
            In plasma [mM].
        blockade : float
            Share of interleukin-1 that is blocked [1].
        """
        self.blockade_seen += blockade * dt
        self.glucose_seen += glucose * dt
        self.ffa_seen += ffa * dt
        self.minutes_seen += dt

    def adapt(self, days: float) -> None:
        """Let mass and function follow, for some days, the means since the last call (or those of the last day)."""
        if self.minutes_seen > 0.0:
            for name in ("glucose", "ffa", "blockade"):
                setattr(self, f"{name}_mean", getattr(self, f"{name}_seen") / self.minutes_seen)
                setattr(self, f"{name}_seen", 0.0)
            self.minutes_seen = 0.0
        target = self.function_target()
        fading = exp(-days / self.p.beta_cell_function_tau)
        self.beta_cell_function = target + (self.beta_cell_function - target) * fading
        parts = max(1, ceil(days / LONGEST_GROWTH_STEP))
        for _ in range(parts):
            self._grow(days / parts)

    def function_target(self) -> float:
        """Function of beta cells [1] to which the present means of glucose and fatty acids lead."""
        p, arrows = self.p, self.arrows
        sugar = max(self.glucose_mean / p.beta_cell_glucose_reference - 1.0, 0.0)
        interleukin = p.beta_cell_il1_share * (1.0 - (1.0 - self.blockade_mean) * arrows["il1_to_beta_cell"])
        fat = max(self.ffa_mean / p.beta_cell_ffa_reference - 1.0, 0.0)
        glucotoxic = arrows["glucose_to_beta_cell"] * p.beta_cell_glucose_gain * sugar * (1.0 - interleukin)
        return 1.0 / (1.0 + glucotoxic + arrows["ffa_to_beta_cell"] * p.beta_cell_ffa_gain * fat)

    def _grow(self, days: float) -> None:
        """Let the mass follow its load for some days, at the mean glucose of the last."""
        p = self.p
        load = self.drive(self.glucose_mean) / self.drive(p.beta_cell_glucose_set)
        drive = self.arrows["load_to_beta_cell"] * (load - 1.0)
        room = 1.0 - self.beta_cell_mass / self.beta_cell_ceiling if drive > 0.0 else 1.0
        destroyed = p.beta_cell_loss * max(self.glucose_mean / p.beta_cell_loss_glucose - 1.0, 0.0)
        self.beta_cell_mass *= exp(days * (p.beta_cell_growth * drive * room - destroyed))

    def settle(self, glucose: float, insulin: float = 0.0) -> None:
        """Bring the islets to their steady state at a glucose [mM] and a plasma insulin [pM]."""
        self._called = self._followed = self.drive(glucose)
        self.secretion = self.static_secretion(glucose, insulin)
        self._ready = self.secretion / self.p.k_secretion_release
        self.glucagon_release = self._glucagon_target(glucose, insulin)

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
            Plasma insulin, which holds both hormones down [pM].
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
        target = self._glucagon_target(glucose, insulin)
        self.glucagon_release = target + (self.glucagon_release - target) * exp(-p.k_glucagon_release * dt)
        return self.secretion

    def _glucagon_target(self, glucose: float, insulin: float) -> float:
        """Glucagon release at steady glucose [mM] and plasma insulin [pM], and the present secretion [pmol/min]."""
        if self.silenced:
            return 0.0
        p = self.p
        power: float = (max(glucose, 0.0) / p.glucagon_glucose_half) ** p.glucagon_glucose_power
        alarm = 1.0 + p.glucagon_hypoglycaemia_gain / (1.0 + power)
        held = (
            1.0
            + self.secretion / p.glucagon_insulin_half
            + max(insulin, 0.0) / p.glucagon_plasma_insulin_half
        )
        return p.glucagon_release_free * alarm / held


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
