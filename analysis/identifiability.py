"""What data say of parameters: Fisher information, standard errors, directions that nothing pins down, draws.

Every parameter lies on a coordinate from 0 to 1 over its range, and every residual is in standard errors of what was
observed. Large residuals count less, by the weight of the robust loss that was fitted with. Where residuals are larger
than their errors say, the model is wrong by that much, and all standard errors grow by the root of the reduced
chi-square (Birge).

Beside the data, only the range is known of a parameter: as a prior it has the variance of a uniform one, 1/12. The
posterior is the Gaussian of both together (Laplace's approximation), cut off at the ends of the ranges.

Sources: doi:10.1093/bioinformatics/btp358 (identifiability), doi:10.1103/PhysRev.40.207 (Birge's ratio).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

PRIOR_VARIANCE = 1.0 / 12.0
"""Of a coordinate of which only its range is known: that of a uniform one."""
SINGULAR = 1e-10
"""Directions with less of the largest eigenvalue than this count as having no information."""
PINNED, WEAK = 0.5, 0.9
"""A parameter is pinned down, or weakly so, if data leave less than this share of its prior's standard deviation."""
SWEEPS = 500


def robust_weights(residuals: ArrayLike, scale: float | None) -> Array:
    """Return the weight of each squared residual under ``soft_l1`` of a scale [standard errors]; 1 without a scale."""
    size = np.asarray(residuals, float)
    return np.ones_like(size) if scale is None else 1.0 / np.sqrt(1.0 + (size / scale) ** 2)


def robust_cost(residuals: ArrayLike, scale: float | None) -> float:
    """Return half the sum of squares, or of ``soft_l1`` of a scale, as ``scipy.optimize.least_squares`` counts it."""
    squares = np.asarray(residuals, float) ** 2
    if scale is None:
        return 0.5 * float(squares.sum())
    return float((scale**2 * (np.sqrt(1.0 + squares / scale**2) - 1.0)).sum())


@dataclass(frozen=True)
class Information:
    """What data say of parameters.

    Attributes
    ----------
    names : tuple of str
        Of the parameters.
    fisher : array
        Fisher information in coordinates over the ranges, errors widened by ``birge``; shape (parameters, parameters).
    birge : float
        Root of the reduced chi-square, at least 1.
    """

    names: tuple[str, ...]
    fisher: Array
    birge: float

    @classmethod
    def of(
        cls, names: Sequence[str], jacobian: ArrayLike, residuals: ArrayLike, scale: float | None = None
    ) -> Information:
        """Return the information of a Jacobian.

        Parameters
        ----------
        names : sequence of str
        jacobian : array_like
            Change of each residual by each coordinate, shape (residuals, parameters).
        residuals : array_like
            In standard errors.
        scale : float, optional
            Of the robust loss [standard errors]; squares without it.
        """
        slope, left = np.asarray(jacobian, float), np.asarray(residuals, float)
        weights = robust_weights(left, scale)
        fisher = slope.T @ (weights[:, None] * slope)
        known = int(np.linalg.matrix_rank(slope)) if slope.size else 0
        freedom = max(len(left) - known, 1)
        birge = float(np.sqrt(max(1.0, float(weights @ left**2) / freedom)))
        return cls(tuple(names), fisher / birge**2, birge)

    @cached_property
    def _spectrum(self) -> tuple[Array, Array]:
        values, vectors = np.linalg.eigh(self.fisher)
        return np.maximum(values, 0.0), vectors

    @property
    def eigenvalues(self) -> Array:
        """Eigenvalues, smallest first."""
        return self._spectrum[0]

    @property
    def standard_errors(self) -> Array:
        """Standard errors by the data alone [1 = the whole range]; infinite where they say nothing."""
        values, vectors = self._spectrum
        blind = values <= SINGULAR * max(float(values.max(initial=0.0)), 1e-300)
        shares = vectors**2
        known = shares[:, ~blind] @ (1.0 / values[~blind])
        found: Array = np.where(shares[:, blind].sum(axis=1) > 1e-6, np.inf, np.sqrt(known))
        return found

    @cached_property
    def covariance(self) -> Array:
        """Covariance of the posterior, data and ranges together, shape (parameters, parameters)."""
        found = np.linalg.inv(self.fisher + np.eye(len(self.names)) / PRIOR_VARIANCE)
        both: Array = 0.5 * (found + found.T)
        return both

    @property
    def deviations(self) -> Array:
        """Standard deviations of the posterior before it is cut off [1 = the whole range]."""
        found: Array = np.sqrt(np.diag(self.covariance))
        return found

    @property
    def correlation(self) -> Array:
        """Correlation in the posterior, shape (parameters, parameters)."""
        found: Array = self.covariance / np.outer(self.deviations, self.deviations)
        return found

    def table(self) -> pd.DataFrame:
        """Return ``parameter, information, standard_error, posterior_sd, pinned_down, why`` in parts of the range."""
        left = self.deviations / np.sqrt(PRIOR_VARIANCE)
        verdicts = np.select([left < PINNED, left < WEAK], ["yes", "weakly"], "no")
        partners = self.correlation - np.eye(len(self.names))
        rows = []
        for place, name in enumerate(self.names):
            rows.append(
                {
                    "parameter": name,
                    "information": float(self.fisher[place, place]),
                    "standard_error": float(self.standard_errors[place]),
                    "posterior_sd": float(self.deviations[place]),
                    "pinned_down": str(verdicts[place]),
                    "why": "" if verdicts[place] == "yes" else self._why(place, partners[place]),
                }
            )
        return pd.DataFrame(rows)

    def _why(self, place: int, correlations: Array) -> str:
        """Return why a parameter is not pinned down, in words."""
        if self.fisher[place, place] * PRIOR_VARIANCE < 1e-3:
            return "what is predicted does not depend on it"
        alone = 1.0 / np.sqrt(self.fisher[place, place] + 1.0 / PRIOR_VARIANCE)
        if alone > PINNED * np.sqrt(PRIOR_VARIANCE):
            return "what is predicted depends on it too little"
        partner = int(np.abs(correlations).argmax())
        return (
            f"only together with others, most {self.names[partner]} (correlation {correlations[partner]:.2f})"
        )

    def directions(self) -> pd.DataFrame:
        """Return ``direction, eigenvalue, posterior_sd, pinned_down, made_of``, what is known least first."""
        values, vectors = self._spectrum
        deviations = 1.0 / np.sqrt(values + 1.0 / PRIOR_VARIANCE)
        left = deviations / np.sqrt(PRIOR_VARIANCE)
        return pd.DataFrame(
            {
                "direction": np.arange(1, len(values) + 1),
                "eigenvalue": values,
                "posterior_sd": deviations,
                "pinned_down": np.select([left < PINNED, left < WEAK], ["yes", "weakly"], "no"),
                "made_of": [_words(self.names, vector) for vector in vectors.T],
            }
        )


def _words(names: Sequence[str], vector: Array, most: int = 5) -> str:
    """Return the largest parts of a direction, as ``0.71 a - 0.70 b``."""
    vector = vector * np.sign(vector[np.abs(vector).argmax()])
    order = [place for place in np.argsort(-np.abs(vector), kind="stable")[:most] if abs(vector[place]) > 0.1]
    text = " ".join(
        f"{'-' if vector[place] < 0.0 else '+'} {abs(vector[place]):.2f} {names[place]}" for place in order
    )
    return text.removeprefix("+ ")


def truncated_draws(
    mean: ArrayLike, covariance: ArrayLike, number: int, seed: int, sweeps: int = SWEEPS
) -> Array:
    """Return draws of a Gaussian cut off at 0 and 1 in every coordinate, by Gibbs sampling, each its own chain.

    Parameters
    ----------
    mean : array_like
        Within 0 and 1, shape (parameters,).
    covariance : array_like
        Shape (parameters, parameters).
    number : int
        How many; one more changes no other.
    seed : int
    sweeps : int
        Of each chain; it begins at an uncut draw, pushed to the nearest ends.

    Returns
    -------
    array
        Shape (number, parameters).
    """
    centre, spread = np.asarray(mean, float), np.asarray(covariance, float)
    size = len(centre)
    precision, root = np.linalg.inv(spread), np.linalg.cholesky(spread)
    sources = [np.random.default_rng([seed, draw]) for draw in range(number)]
    start = np.array([source.standard_normal(size) for source in sources]).reshape(number, size)
    shares = np.array([source.random((sweeps, size)) for source in sources]).reshape(number, sweeps, size)
    points: Array = np.clip(centre + start @ root.T, 0.0, 1.0)
    for sweep in range(sweeps):
        for place in range(size):
            away = (points - centre) @ precision[place] - precision[place, place] * (
                points[:, place] - centre[place]
            )
            middle = centre[place] - away / precision[place, place]
            points[:, place] = _between(middle, precision[place, place] ** -0.5, shares[:, sweep, place])
    return points


def _between(middle: Array, deviation: float, shares: Array) -> Array:
    """Return quantiles of a normal cut off at 0 and 1."""
    from scipy.special import ndtr, ndtri

    mirrored = middle < 0.0  # work in the lower tail, where small probabilities keep their digits
    middle = np.where(mirrored, 1.0 - middle, middle)
    low, high = ndtr(-middle / deviation), ndtr((1.0 - middle) / deviation)
    found = np.clip(middle + deviation * ndtri(low + shares * (high - low)), 0.0, 1.0)
    found = np.where(np.isfinite(found), found, np.clip(middle, 0.0, 1.0))
    kept: Array = np.where(mirrored, 1.0 - found, found)
    return kept
