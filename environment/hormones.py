"""Hormones in blood: insulin in liver and plasma, glucagon, and the tone of the sympathetic system.

Insulin secreted into the portal vein meets the liver first. The liver is one well-stirred pool, reached by the
hepatic plasma flow, that removes insulin through a saturable (receptor-like) uptake; what escapes reaches plasma,
recirculates, or is removed elsewhere (kidney, muscle) at a constant clearance. Extraction therefore falls by itself
when the liver is loaded, after a meal or in a clamp. ``clearance_factor`` scales the hepatic uptake: fewer hepatic
receptors or more fat in the liver, less clearance. Flows, volumes and clearances go with body surface.

Each sub-step is an implicit midpoint step of the 2x2 system, solved exactly, with the saturable uptake taken at the
midpoint; the books of insulin close to rounding.

Sources: doi:10.1109/TBME.2007.893506, doi:10.1152/ajpendo.90842.2008, doi:10.1172/JCI113338, doi:10.2337/db19-1152.
Left out: insulin bound to receptors as a store, slow extravascular insulin, glucagon's own hepatic first pass.
"""

from math import ceil, exp, sqrt

from .parameters import Numbers

LONGEST_STEP = 0.5  # [min]


class Insulin:
    """Insulin in the liver and in plasma of one body.

    Parameters
    ----------
    p : namespace
        The environment's parameters by name.
    body_surface : float
        [m2].
    clearance_factor : float
        Hepatic insulin uptake relative to normal [1].

    Attributes
    ----------
    peripheral_factor : float
        Clearance of insulin by all but the liver, relative to normal [1].
    """

    def __init__(self, p: Numbers, body_surface: float, clearance_factor: float = 1.0) -> None:
        self.p = p
        self.body_surface = body_surface
        self.clearance_factor = clearance_factor
        self.peripheral_factor = 1.0
        self.plasma_pM = 0.0
        self.liver_pM = 0.0  # what leaves the liver
        self.portal_pM = 0.0  # mixture of portal vein and hepatic artery where it enters the liver
        self.secreted = self.infused = self.removed_by_liver = self.removed_elsewhere = (
            0.0  # running sums [pmol]
        )
        self.settle(0.0)

    @property
    def hepatic_flow(self) -> float:
        """Hepatic plasma flow, portal vein and artery together [L/min]."""
        return self.p.hepatic_plasma_flow * self.body_surface

    @property
    def hepatic_extraction(self) -> float:
        """Share of the insulin entering the liver that the liver removes [1]."""
        uptake = self._uptake_most / (self.p.hepatic_insulin_uptake_half + self.liver_pM)
        return uptake / (self.hepatic_flow + uptake)

    @property
    def clearance(self) -> float:
        """Plasma insulin clearance, liver and elsewhere [L/min]."""
        return self.hepatic_flow * self.hepatic_extraction + self._elsewhere

    @property
    def stored(self) -> float:
        """Insulin in plasma and liver [pmol]."""
        p = self.p
        return self.body_surface * (
            p.insulin_plasma_volume * self.plasma_pM + p.insulin_liver_volume * self.liver_pM
        )

    @property
    def _elsewhere(self) -> float:
        """Clearance by all but the liver [L/min]."""
        return self.peripheral_factor * self.p.insulin_peripheral_clearance * self.body_surface

    def settle(self, secretion: float, infusion: float = 0.0) -> None:
        """Bring insulin to its steady state at a secretion and an infusion [pmol/min]."""
        flow = self.hepatic_flow
        elsewhere = self._elsewhere
        capacity = self._uptake_most
        half = self.p.hepatic_insulin_uptake_half
        load = secretion + infusion * flow / (flow + elsewhere)
        bypass = flow * elsewhere / (flow + elsewhere)
        excess = load - bypass * half - capacity
        self.liver_pM = (excess + sqrt(excess * excess + 4.0 * bypass * load * half)) / (2.0 * bypass)
        self.plasma_pM = (flow * self.liver_pM + infusion) / (flow + elsewhere)
        self.portal_pM = self.plasma_pM + secretion / flow

    def step(self, dt: float, secretion: float, infusion: float = 0.0) -> float:
        """Advance by ``dt`` [min] at a secretion and an infusion [pmol/min]; return plasma insulin [pM]."""
        parts = max(1, ceil(dt / LONGEST_STEP))
        self._substeps(parts, dt / parts, secretion, infusion)
        self.secreted += secretion * dt
        self.infused += infusion * dt
        self.portal_pM = self.plasma_pM + secretion / self.hepatic_flow
        return self.plasma_pM

    def correct(self, plasma_pM: float) -> float:
        """Put plasma insulin at a level [pM] by what is infused; return how much that took [pmol]."""
        change = plasma_pM - self.plasma_pM
        amount = change * self.p.insulin_plasma_volume * self.body_surface
        self.plasma_pM = plasma_pM
        self.portal_pM += change
        self.infused += amount
        return amount

    @property
    def _uptake_most(self) -> float:
        """Hepatic uptake at saturation [pmol/min]."""
        return self.clearance_factor * self.p.hepatic_insulin_uptake_max * self.body_surface

    def _substeps(self, number: int, dt: float, secretion: float, infusion: float) -> None:
        """Implicit midpoint steps of ``dt`` [min]; two passes settle the saturable uptake of each."""
        p, flow, elsewhere = self.p, self.hepatic_flow, self._elsewhere
        most, half = self._uptake_most, p.hepatic_insulin_uptake_half
        liver_hold = 2.0 * p.insulin_liver_volume * self.body_surface / dt
        plasma_hold = 2.0 * p.insulin_plasma_volume * self.body_surface / dt
        plasma_out = plasma_hold + flow + elsewhere
        for _ in range(number):
            to_liver = liver_hold * self.liver_pM + secretion
            to_plasma = plasma_hold * self.plasma_pM + infusion
            liver = self.liver_pM
            for _ in range(2):
                uptake = most / (half + liver)
                liver_out = liver_hold + flow + uptake
                liver = (to_liver * plasma_out + flow * to_plasma) / (liver_out * plasma_out - flow * flow)
            plasma = (to_plasma + flow * liver) / plasma_out
            self.removed_by_liver += uptake * liver * dt
            self.removed_elsewhere += elsewhere * plasma * dt
            self.liver_pM = 2.0 * liver - self.liver_pM
            self.plasma_pM = 2.0 * plasma - self.plasma_pM


class Glucagon:
    """Plasma glucagon of one body: one pool, constant clearance.

    Parameters
    ----------
    p : namespace
        The environment's parameters by name.
    release : float
        Pancreatic release at which it starts at rest [pmol/min].
    """

    def __init__(self, p: Numbers, release: float = 0.0) -> None:
        self.p = p
        self.plasma_pM = release / p.glucagon_clearance

    def step(self, dt: float, release: float, infusion: float = 0.0) -> float:
        """Advance by ``dt`` [min] at a release and an infusion [pmol/min]; return plasma glucagon [pM]."""
        target = (release + infusion) / self.p.glucagon_clearance
        turnover = self.p.glucagon_clearance / self.p.glucagon_volume
        self.plasma_pM = target + (self.plasma_pM - target) * exp(-turnover * dt)
        return self.plasma_pM


class SympatheticTone:
    """Catecholamine tone of one body: 1 at rest, the multiple of resting adrenaline in hypoglycaemia.

    Parameters
    ----------
    p : namespace
        The environment's parameters by name.
    """

    def __init__(self, p: Numbers) -> None:
        self.p = p
        self.tone = 1.0

    def step(self, dt: float, glucose: float, call: float = 0.0) -> float:
        """Advance by ``dt`` [min] at a plasma glucose [mM]; return the tone [1].

        Parameters
        ----------
        call : float
            Further drive, as from exercise, added to the tone [1].
        """
        p = self.p
        power: float = (max(glucose, 0.0) / p.sympathetic_glucose_half) ** p.sympathetic_glucose_power
        target = 1.0 + call + p.sympathetic_gain / (1.0 + power)
        self.tone = target + (self.tone - target) * exp(-p.k_sympathetic * dt)
        return self.tone
