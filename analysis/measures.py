"""Measures of insulin sensitivity and of time courses, from plain numbers.

Sources: doi:10.1007/BF00280883 (HOMA), doi:10.2337/diacare.22.9.1462 (Matsuda),
doi:10.1152/ajpendo.1979.237.3.E214 (M-value), doi:10.2337/db16-1213 (adipose index).
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

GLUCOSE_MG_PER_UMOL = 0.180156
GLUCOSE_MG_DL_PER_MM = 18.0156
INSULIN_PM_PER_UU_ML = 6.0

MATSUDA_MINUTES = (0, 30, 60, 90, 120)
"""When the Matsuda index samples [min]."""


class Hill(NamedTuple):
    """A dose-response: effect at dose 0, effect at saturation, dose of half effect [unit of dose], slope [1]."""

    bottom: float
    top: float
    ec50: float
    slope: float


def homa_ir(glucose_mM: float, insulin_pM: float) -> float:
    """Return HOMA-IR [1] from fasting glucose [mM] and insulin [pM]."""
    return glucose_mM * insulin_pM / INSULIN_PM_PER_UU_ML / 22.5


def matsuda(glucose_mM: ArrayLike, insulin_pM: ArrayLike) -> float:
    """Return the Matsuda index [1] from glucose [mM] and insulin [pM] at the ``MATSUDA_MINUTES`` of a glucose drink."""
    glucose = np.asarray(glucose_mM, float) * GLUCOSE_MG_DL_PER_MM
    insulin = np.asarray(insulin_pM, float) / INSULIN_PM_PER_UU_ML
    if glucose.shape != insulin.shape or glucose.size < 2:
        given = f"{glucose.size} values of glucose and {insulin.size} of insulin"
        raise ValueError(f"{given}, allowed: as many of each, 2 or more")
    product = float(glucose[0] * insulin[0] * glucose.mean() * insulin.mean())
    return 1e4 / sqrt(product) if product > 0.0 else float("nan")


def adipo_ir(ffa_mM: float, insulin_pM: float) -> float:
    """Return the insulin resistance of fat [mM x uU/mL] from fasting fatty acid [mM] and insulin [pM]."""
    return ffa_mM * insulin_pM / INSULIN_PM_PER_UU_ML


def hepatic_ir(egp_umol_kg_min: float, insulin_pM: float) -> float:
    """Return the insulin resistance of liver [umol/kg/min x pM] from fasting glucose production and insulin."""
    return egp_umol_kg_min * insulin_pM


def m_value(minutes: ArrayLike, gir_umol_kg_min: ArrayLike, window: float = 30.0) -> float:
    """Return the M-value [mg/kg/min]: the mean glucose infusion of the last ``window`` minutes.

    Parameters
    ----------
    minutes : array_like
        End of the interval that each value stands for [min].
    gir_umol_kg_min : array_like
        Glucose infusion [umol/kg/min].
    window : float
        [min].
    """
    time, infusion = np.asarray(minutes, float), np.asarray(gir_umol_kg_min, float)
    return GLUCOSE_MG_PER_UMOL * float(infusion[time > time[-1] - window].mean())


def suppression_percent(basal: float, value: float) -> float:
    """Return by how much a quantity fell [% of basal]; negative if it rose, NaN without a basal value."""
    return 100.0 * (1.0 - value / basal) if basal > 0.0 else float("nan")


def auc(minutes: ArrayLike, values: ArrayLike, baseline: float = 0.0) -> float:
    """Return the area under a time course above a baseline [its unit x min], by trapezoids."""
    return float(np.trapezoid(np.asarray(values, float) - baseline, np.asarray(minutes, float)))


def hill_response(
    dose: ArrayLike, bottom: float, top: float, ec50: float, slope: float
) -> NDArray[np.float64]:
    """Return the effect of a dose by Hill's law."""
    power = (np.asarray(dose, float) / ec50) ** slope
    return np.asarray(bottom + (top - bottom) * power / (1.0 + power))


def fit_hill(dose: ArrayLike, effect: ArrayLike) -> Hill:
    """Return Hill's law fitted to a dose-response by least squares.

    Parameters
    ----------
    dose, effect : array_like
        Four or more doses, 0 or above, and the effects; a falling response gives ``top`` below ``bottom``.

    Raises
    ------
    ValueError
        If there are too few doses, or they show no response.
    """
    from scipy.optimize import curve_fit

    doses, effects = np.asarray(dose, float), np.asarray(effect, float)
    if doses.size < 4 or doses.size != effects.size or doses.min() < 0.0:
        given = f"{doses.size} doses and {effects.size} effects"
        raise ValueError(f"{given}, allowed: as many of each, 4 or more, doses 0 or above")
    order = np.argsort(doses)
    first, last = effects[order[0]], effects[order[-1]]
    size = abs(last - first)
    if not size > 0.0:
        raise ValueError("the effect of the highest dose equals that of the lowest: no response to fit")
    positive = doses[doses > 0.0]
    start = (first, last, float(np.exp(np.log(positive).mean())), 1.0)
    low = (-np.inf, -np.inf, positive.min() / 100.0, 0.1)
    high = (np.inf, np.inf, positive.max() * 100.0, 10.0)
    scale = np.array([size, size, start[2], 1.0])
    found, _ = curve_fit(
        hill_response, doses, effects, p0=start, bounds=(low, high), x_scale=scale, max_nfev=20_000
    )
    return Hill(*map(float, found))


def ec50(dose: ArrayLike, effect: ArrayLike) -> float:
    """Return the dose of half effect [unit of dose], by :func:`fit_hill`."""
    return fit_hill(dose, effect).ec50
