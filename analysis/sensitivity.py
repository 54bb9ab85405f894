"""Which parameters matter: elementary effects of Morris, and shares of variance of Sobol.

Designs are points of the unit cube, one coordinate for each parameter; what they mean is the caller's affair. Answers
are what a model gave at the points, NaN where it failed. A failure is never filled in: Morris leaves out the steps that
begin or end at it, Sobol the whole block of points that share its two base points. What is left then speaks for that
part of the ranges in which the model runs.

Designs and Sobol indices are SALib's; elementary effects are taken here, because SALib cannot leave out a step.

Sources: doi:10.1080/00401706.1991.10484804 (elementary effects), doi:10.1016/j.envsoft.2006.10.004 (mu*),
doi:10.1016/j.cpc.2009.09.018 (estimators of Sobol indices).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

LEVELS = 4
"""Levels of a coordinate in the design of Morris: 0, 1/3, 2/3, 1."""
NORMAL_95 = 1.959964
FEWEST_BLOCKS = 4
"""Below so many whole blocks there are no Sobol indices."""


def _problem(number: int) -> dict[str, Any]:
    return {
        "num_vars": number,
        "names": [f"x{place}" for place in range(number)],
        "bounds": [[0.0, 1.0]] * number,
    }


# ---- Morris ---------------------------------------------------------------------------------------------------------


def morris_design(number: int, trajectories: int, seed: int) -> Array:
    """Return trajectories through the unit cube; a longer design begins with a shorter one of the same seed.

    Parameters
    ----------
    number : int
        Of parameters.
    trajectories : int
    seed : int

    Returns
    -------
    array
        Shape (trajectories x (number + 1), number).
    """
    from SALib.sample import morris

    design: Array = morris.sample(_problem(number), trajectories, num_levels=LEVELS, seed=seed)
    return design


def elementary_effects(design: ArrayLike, answers: ArrayLike) -> Array:
    """Return the elementary effects [unit of the answer per whole range], NaN where an end of the step failed.

    Parameters
    ----------
    design : array_like
        As :func:`morris_design` returns it, shape (trajectories x (parameters + 1), parameters).
    answers : array_like
        Of each point.

    Returns
    -------
    array
        Shape (parameters, trajectories).
    """
    points = np.asarray(design, float)
    number = points.shape[1]
    points = points.reshape(-1, number + 1, number)
    values = np.asarray(answers, float).reshape(-1, number + 1)
    steps, changes = np.diff(points, axis=1), np.diff(values, axis=1)
    moved = np.abs(steps).argmax(axis=2)
    effects = np.full((number, len(points)), np.nan)
    lengths = np.take_along_axis(steps, moved[:, :, None], axis=2)[:, :, 0]
    effects[moved, np.arange(len(points))[:, None]] = changes / lengths
    return effects


def morris_indices(names: Sequence[str], design: ArrayLike, answers: ArrayLike) -> pd.DataFrame:
    """Return ``parameter, mu, mu_star, mu_star_conf, sigma, effects``.

    ``mu_star`` is the mean size of the effects, ``mu_star_conf`` the half-width of its 95 % interval, ``sigma`` their
    standard deviation (large where a parameter acts by way of others, or not in proportion), ``effects`` how many of
    them there are; figures are NaN where there are too few.
    """
    rows = []
    for name, all_effects in zip(names, elementary_effects(design, answers), strict=True):
        found = all_effects[np.isfinite(all_effects)]
        size = np.abs(found)
        some, several = found.size > 0, found.size > 1
        rows.append(
            {
                "parameter": name,
                "mu": float(found.mean()) if some else np.nan,
                "mu_star": float(size.mean()) if some else np.nan,
                "mu_star_conf": NORMAL_95 * float(size.std(ddof=1) / np.sqrt(size.size))
                if several
                else np.nan,
                "sigma": float(found.std(ddof=1)) if several else np.nan,
                "effects": int(found.size),
            }
        )
    return pd.DataFrame(rows)


def survivors(tables: Mapping[str, pd.DataFrame], keep: int) -> list[str]:
    """Return the parameters that matter most for any of the quantities, in their order.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        What :func:`morris_indices` returns, by quantity.
    keep : int
        How many; each counts by its largest share of a quantity's sum of ``mu_star``.
    """
    shares: dict[str, float] = {}
    for table in tables.values():
        total = float(table["mu_star"].sum())
        for name, size in zip(table["parameter"], table["mu_star"].fillna(0.0), strict=True):
            shares[name] = max(shares.get(name, 0.0), float(size) / total if total > 0.0 else 0.0)
    best = sorted(shares, key=lambda name: -shares[name])[:keep]
    return [name for name in shares if name in best]


# ---- Sobol ----------------------------------------------------------------------------------------------------------


def sobol_design(number: int, samples: int, seed: int) -> Array:
    """Return points for first-order and total indices; a larger design begins with a smaller one of the same seed.

    Parameters
    ----------
    number : int
        Of parameters.
    samples : int
        A power of 2.
    seed : int

    Returns
    -------
    array
        Shape (samples x (number + 2), number).
    """
    from SALib.sample import sobol

    design: Array = sobol.sample(_problem(number), samples, calc_second_order=False, seed=seed)
    return design


def whole_blocks(number: int, answers: ArrayLike) -> Array:
    """Return the answers of the blocks of ``number + 2`` points in which none failed, shape (blocks, number + 2)."""
    blocks: Array = np.asarray(answers, float).reshape(-1, number + 2)
    return blocks[np.isfinite(blocks).all(axis=1)]


def sobol_indices(names: Sequence[str], answers: ArrayLike, seed: int) -> pd.DataFrame:
    """Return ``parameter, S1, S1_conf, ST, ST_conf, blocks``.

    ``S1`` is the share of variance that a parameter explains alone, ``ST`` with all its interactions, each with the
    half-width of its 95 % interval by resampling; ``blocks`` is how many base points they rest on. NaN below four; an
    answer that does not vary has 0.

    Parameters
    ----------
    names : sequence of str
    answers : array_like
        Of each point of :func:`sobol_design`.
    seed : int
        Of the resampling.
    """
    from SALib.analyze import sobol

    number = len(names)
    blocks = whole_blocks(number, answers)
    figures = ("S1", "S1_conf", "ST", "ST_conf")
    if len(blocks) < FEWEST_BLOCKS:
        found: Mapping[str, Any] = dict.fromkeys(figures, np.nan)
    elif np.ptp(blocks) <= 1e-12 * np.abs(blocks).max():
        found = dict.fromkeys(figures, 0.0)
    else:
        found = sobol.analyze(_problem(number), blocks.ravel(), calc_second_order=False, seed=seed)
    table = pd.DataFrame({"parameter": list(names)})
    for figure in figures:
        table[figure] = np.asarray(found[figure], float) if np.ndim(found[figure]) else found[figure]
    return table.assign(blocks=len(blocks))
