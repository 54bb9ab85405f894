"""The published adipocyte as it stands in its paper: every step by mass action, in percent of each pool.

Brannmark 2013, doi:10.1074/jbc.M112.432062 (BIOMD0000000448 and 449). The yardstick for our own chain, which
has ten states of it; kept apart from the mechanisms on purpose.
"""

from collections.abc import Iterable
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy.integrate import solve_ivp

# fmt: off
CONSTANTS = SimpleNamespace(
    k1a=0.6331, k1basal=0.03683, k1c=0.8768, k1d=31.01, k1f=1840.0, k1g=1944.0, k1r=0.5471,
    k2a=3.227, k2b=3424.0, k2c=5759.0, k2d=280.8, k2f=2.913, k2g=0.2671, k2basal=0.04228,
    k3a=0.001377, k3b=0.09876, k4a=5790.0, k4b=34.8, k4c=4.456, k4e=42.84, k4f=143.6, k4h=0.5361,
    k5a1=1.842, k5a2=0.05506, k5b=24.83, k5c=0.08575, k5d=1.06,
    k6f1=2.652, k6f2=36.93, km6=30.54, n6=2.137, k6b=65.18, k7f=50.98, k7b=2286.0,
    k9f1=0.1298, k9b1=0.04441, km9=5873.0, n9=0.9855, k9f2=3.329, k9b2=31.0,
)
# fmt: on
SPECIES = (
    *("IR", "IRins", "IRp", "IRip", "IRi", "IRS1", "IRS1p", "IRS1p307", "IRS1_307", "Xp"),
    *("PKB", "PKB308", "PKBpp", "PKB473", "mTORC1", "mTORC2", "AS160p", "GLUT4m", "S6Kp", "S6p"),
)


def insulin_receptor(x: SimpleNamespace, insulin: float) -> list[float]:
    """Return the rates of IR, IRins, IRp, IRip, IRi [%/min]."""
    k = CONSTANTS
    bind, basal, active, inside = k.k1a * insulin * x.IR, k.k1basal * x.IR, k.k1c * x.IRins, k.k1d * x.IRp
    surface, release, recycle = k.k1g * x.IRp, k.k1f * x.Xp * x.IRip, k.k1r * x.IRi
    return [
        recycle + surface - bind - basal,
        bind - active,
        basal + active - inside - surface,
        inside - release,
        release - recycle,
    ]


def irs1(x: SimpleNamespace, feedback: float) -> list[float]:
    """Return the rates of IRS1, IRS1p, IRS1p307, IRS1_307, Xp [%/min]."""
    k = CONSTANTS
    tyr, off, to_307 = k.k2a * x.IRip * x.IRS1, k.k2b * x.IRS1p, k.k2c * feedback * x.mTORC1 * x.IRS1p
    from_307, tyr_off_307 = k.k2d * x.IRS1p307, k.k2f * x.IRS1p307
    basal, reset = k.k2basal * x.IRS1, k.k2g * x.IRS1_307
    return [
        off + reset - tyr - basal,
        tyr + from_307 - off - to_307,
        to_307 - from_307 - tyr_off_307,
        basal + tyr_off_307 - reset,
        k.k3a * (100.0 - x.Xp) * x.IRS1p - k.k3b * x.Xp,
    ]


def akt(x: SimpleNamespace) -> list[float]:
    """Return the rates of PKB, PKB308, PKBpp, PKB473, mTORC1, mTORC2 [%/min]."""
    k = CONSTANTS
    t308, t308_off, s473 = k.k4a * x.IRS1p * x.PKB, k.k4b * x.PKB308, k.k4c * x.mTORC2 * x.PKB308
    regain, loss, s473_off = k.k4e * x.IRS1p307 * x.PKB473, k.k4f * x.PKBpp, k.k4h * x.PKB473
    return [
        t308_off + s473_off - t308,
        t308 - t308_off - s473,
        s473 + regain - loss,
        loss - regain - s473_off,
        (k.k5a1 * x.PKBpp + k.k5a2 * x.PKB308) * (100.0 - x.mTORC1) - k.k5b * x.mTORC1,
        k.k5c * x.IRip * (100.0 - x.mTORC2) - k.k5d * x.mTORC2,
    ]


def distal(x: SimpleNamespace, glut4: float) -> list[float]:
    """Return the rates of AS160p, GLUT4m, S6Kp, S6p [%/min]."""
    k = CONSTANTS
    akt473, mtorc1 = max(x.PKB473, 0.0) ** k.n6, max(x.mTORC1, 0.0) ** k.n9
    as160 = k.k6f1 * x.PKBpp + k.k6f2 * akt473 / (k.km6**k.n6 + akt473)
    s6k = k.k9f1 * mtorc1 / (k.km9**k.n9 + mtorc1)
    return [
        as160 * (100.0 - x.AS160p) - k.k6b * x.AS160p,
        k.k7f * x.AS160p * (glut4 - x.GLUT4m) - k.k7b * x.GLUT4m,
        s6k * (100.0 - x.S6Kp) - k.k9b1 * x.S6Kp,
        k.k9f2 * x.S6Kp * (100.0 - x.S6p) - k.k9b2 * x.S6p,
    ]


class PublishedAdipocyte:
    """The published cell; ``receptor`` and ``glut4`` are shares of normal, ``feedback`` the diabetes factor."""

    def __init__(self, receptor: float = 1.0, glut4: float = 1.0, feedback: float = 1.0) -> None:
        self.glut4, self.feedback = 100.0 * glut4, feedback
        start = dict.fromkeys(SPECIES, 0.0) | {"IR": 100.0 * receptor, "IRS1": 100.0, "PKB": 100.0}
        self.rest = self._integrate(
            0.0, np.array([start[name] for name in SPECIES]), np.array([0.0, 5000.0])
        )[-1]

    def _integrate(self, insulin: float, start: np.ndarray, times: np.ndarray) -> np.ndarray:
        def rates(_: float, state: np.ndarray) -> list[float]:
            x = SimpleNamespace(**dict(zip(SPECIES, state, strict=True)))
            return insulin_receptor(x, insulin) + irs1(x, self.feedback) + akt(x) + distal(x, self.glut4)

        return solve_ivp(
            rates, (0.0, times[-1]), start, method="LSODA", t_eval=times, rtol=1e-7, atol=1e-11
        ).y.T

    def respond(self, insulin: float, times: Iterable[float]) -> pd.DataFrame:
        """Return shares of each pool, under our names, at ``times`` [min] after a step to ``insulin`` [nM]."""
        times = np.asarray(tuple(times), dtype=float)
        grid = times if times[0] == 0.0 else np.concatenate(([0.0], times))
        states = self._integrate(insulin, self.rest, grid)[len(grid) - len(times) :]
        x = pd.DataFrame(states / 100.0, columns=SPECIES, index=pd.Index(times, name="time_min"))
        return pd.DataFrame(
            {
                "receptor_tyr": x.IRp + x.IRip,
                "irs1_tyr": x.IRS1p + x.IRS1p307,
                "irs1_s307_all": x.IRS1_307 + x.IRS1p307,
                "akt_t308": x.PKB308 + x.PKBpp,
                "akt_s473": x.PKB473 + x.PKBpp,
                "as160": x.AS160p,
                "glut4_surface": x.GLUT4m,
                "mtorc1": x.mTORC1,
                "mtorc2": x.mTORC2,
                "s6k": x.S6Kp,
                "s6": x.S6p,
            }
        )
