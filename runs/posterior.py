"""The posterior of the parameters as a file, and sets of parameters drawn from it.

The file holds a Gaussian in coordinates over the ranges (see :mod:`.parameter_space`): for each number its mean, its
standard deviation and its covariance with every other. Its mean is where the tables stand, so that it holds for these
tables only. Draws are cut off at the ends of the ranges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..agents.parameters import Parameter, ParameterTable
from ..analysis.identifiability import truncated_draws
from .folders import DATA
from .parameter_space import Space, Values, label_of
from .record import save_whole

Array = NDArray[np.float64]

POSTERIOR = DATA / "posterior.csv"
HEAD = ("parameter", "scale", "low", "high", "value", "mean", "sd")
MAKE = "make one with: insulattice identifiability --write"
SAME = 1e-3
"""Relative difference of values that are the same: the tables hold five digits."""


@dataclass(frozen=True)
class Posterior:
    """A Gaussian in coordinates over the ranges.

    Attributes
    ----------
    table : DataFrame
        Columns ``HEAD``, a line for each number.
    covariance : array
        Shape (parameters, parameters).
    """

    table: pd.DataFrame
    covariance: Array

    @classmethod
    def of(cls, space: Space, covariance: Array) -> Posterior:
        """Return the posterior of the numbers of a space, with the mean where they stand."""
        lines = [
            (
                axis.label,
                "logarithmic" if axis.logarithmic else "linear",
                axis.row.low,
                axis.row.high,
                axis.row.value,
                axis.place(axis.row.value),
                float(covariance[place, place]) ** 0.5,
            )
            for place, axis in enumerate(space.axes)
        ]
        return cls(pd.DataFrame(lines, columns=list(HEAD)), covariance)

    def text(self, remarks: Sequence[str] = ()) -> str:
        """Return it as a file: remarks, then a line for each number with its covariances."""
        names = list(self.table["parameter"])
        whole = pd.concat([self.table, pd.DataFrame(self.covariance, columns=names)], axis=1)
        return "".join(f"# {remark}\n" for remark in remarks) + whole.to_csv(index=False)

    def write(self, path: Path, remarks: Sequence[str] = ()) -> None:
        """Write it, whole or not at all."""
        save_whole({path: lambda to: to.write_text(self.text(remarks), encoding="utf-8")})

    def draws(self, table: ParameterTable, number: int, seed: int) -> tuple[Values, ...]:
        """Return sets of changed parameters; one more changes no other.

        Raises
        ------
        ValueError
            If the tables have changed since it was made.
        """
        space = Space(table, self._rows(table))
        places = truncated_draws(self.table["mean"], self.covariance, number, seed)
        return tuple(space.changes(point) for point in places)

    def _rows(self, table: ParameterTable) -> list[Parameter]:
        """Return the rows of the tables, if they are as they were."""
        rows = {label_of(row): row for row in table}
        found = []
        for line in self.table.itertuples(index=False):
            row = rows.get(str(line.parameter))
            if row is None:
                raise ValueError(f"the posterior has {line.parameter}, which the tables lack; {MAKE}")
            for name in ("low", "high", "value"):
                now, then = float(getattr(row, name)), float(getattr(line, name))
                if abs(now - then) > SAME * max(abs(now), abs(then)):
                    what = f"{name} of {line.parameter} was {then:g}, now it is {now:g}"
                    raise ValueError(f"the posterior is of other tables: {what}; {MAKE}")
            found.append(row)
        return found


def read_posterior(path: Path = POSTERIOR) -> Posterior:
    """Return the posterior of a file.

    Raises
    ------
    ValueError
        If there is none, or it cannot be used.
    """
    if not path.exists():
        raise ValueError(f"there is no posterior of the parameters in {path}; {MAKE}")
    try:
        whole = pd.read_csv(path, comment="#")
        names = list(whole["parameter"].astype(str))
        covariance = whole[names].to_numpy(float)
        table = whole[list(HEAD)]
        np.linalg.cholesky(covariance)
    except (KeyError, ValueError, OSError, np.linalg.LinAlgError) as error:
        raise ValueError(f"the posterior in {path} cannot be used ({error}); {MAKE}") from None
    return Posterior(table, covariance)
