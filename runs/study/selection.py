"""Selecting subjects by their outputs, in two rounds, among bodies as they are drawn; outputs are never set.

To draw a subject costs nothing, to settle its body costs seconds. So a first round of bodies settles as they come. What
they show is laid out as a plane: a ridge regression of the logarithm of each wanted output on the logarithms of what
was drawn (:func:`inputs_of`). It predicts the outputs of a large pool of further subjects of the same population, and
the bodies predicted nearest to what is wanted settle in a second round. Of all that settled the nearest are taken.

The slopes are elasticities, all of the same size before anything is known, so that what people differ in most counts
most while bodies are few. Their penalty is fixed (``data/subject_relations.csv``), because few bodies cannot choose it.
The prediction only says which bodies are worth settling: a poor one costs matches, and cannot make a match of what is
none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, log, log1p
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .schema import Population
from .subjects import OUTPUTS, Subject, relations

Outputs = Mapping[str, float]
"""Outputs of a settled body by name, or those wanted."""
SMALLEST = 1e-6
"""Where logarithms of outputs end."""


def wanted_outputs(population: Population) -> dict[str, float]:
    """Return the outputs that a population wants, by name."""
    values = {name: getattr(population, name) for name in OUTPUTS}
    return {name: float(value) for name, value in values.items() if value is not None}


class Rounds(NamedTuple):
    """How many subjects settle as they come, how many by what is predicted of them, and how many are drawn in all."""

    first: int
    second: int
    drawn: int


def rounds(number: int, wanted: Outputs) -> Rounds:
    """Return how many subjects are drawn and settled for a number that is to be taken."""
    if not wanted:
        return Rounds(number, 0, number)
    share = relations()
    first = max(ceil(number * share["first_round_per_subject"]), int(share["first_round_least"]))
    second = ceil(number * share["second_round_per_subject"])
    pool = max(ceil(number * share["pool_per_subject"]), int(share["pool_least"]), second)
    return Rounds(first, second, first + pool)


# ---- predicting -----------------------------------------------------------------------------------------------------


def inputs_of(subjects: Sequence[Subject]) -> NDArray[np.float64]:
    """Return the logarithms of what outputs are predicted from, shape (subjects, inputs).

    Beta-cell ceiling, age, activity, fat mass, lean mass, number of fat cells, and the factors of the genes.
    """
    rows = [
        (
            subject.phenotype.beta_cell_ceiling,
            subject.phenotype.age,
            subject.phenotype.activity,
            subject.phenotype.fat_mass,
            subject.phenotype.lean_mass,
            subject.phenotype.adipocyte_number,
            *(factor for _, factor in subject.genes),
        )
        for subject in subjects
    ]
    logs: NDArray[np.float64] = np.log(np.array(rows))
    return logs


def ridge(
    inputs: NDArray[np.float64], outputs: NDArray[np.float64], others: NDArray[np.float64], penalty: float
) -> NDArray[np.float64]:
    """Return what a ridge regression predicts, shape (others, outputs).

    Parameters
    ----------
    inputs : array
        Of the settled bodies, shape (bodies, inputs).
    outputs : array
        Of the same, shape (bodies, outputs).
    others : array
        Inputs of those to be predicted, shape (others, inputs).
    penalty : float
        Of squared slopes, beside the squared errors of the bodies [1]: the variance of what the plane leaves open over
        that of slopes around 0. The mean bears none.
    """
    centre, mean = inputs.mean(axis=0), outputs.mean(axis=0)
    apart = inputs - centre
    kernel = apart @ apart.T + penalty * np.eye(len(apart))
    slopes = apart.T @ np.linalg.solve(kernel, outputs - mean)
    predicted: NDArray[np.float64] = mean + (others - centre) @ slopes
    return predicted


def predicted_nearest(
    pool: Sequence[Subject],
    settled: Sequence[Subject],
    found: Sequence[Outputs],
    wanted: Outputs,
    number: int,
) -> list[Subject]:
    """Return the subjects of a pool whose outputs are predicted nearest to those wanted, in the order of the pool.

    Parameters
    ----------
    pool : sequence of Subject
    settled : sequence of Subject
        Those whose bodies have settled; with none, the first of the pool are returned.
    found : sequence of mapping
        Their outputs.
    wanted : mapping
    number : int
        How many are returned.
    """
    if not settled:
        return list(pool[:number])
    logs = np.array([[log(max(one[name], SMALLEST)) for name in wanted] for one in found])
    guesses = np.exp(ridge(inputs_of(settled), logs, inputs_of(pool), relations()["slope_penalty"]))
    places = nearest_places([dict(zip(wanted, row, strict=True)) for row in guesses], wanted, number)
    return [pool[place] for place in places]


# ---- selecting ------------------------------------------------------------------------------------------------------


def distance(found: Outputs, wanted: Outputs) -> float:
    """Return how far outputs are from those wanted: the largest distance, as a logarithm of the ratio [1]."""
    return max(
        (abs(log(max(found[name], SMALLEST) / max(value, SMALLEST))) for name, value in wanted.items()),
        default=0.0,
    )


def nearest_places(found: Sequence[Outputs], wanted: Outputs, number: int) -> list[int]:
    """Return the places of those nearest to what is wanted, in their order; of two alike the first."""
    order = sorted(range(len(found)), key=lambda place: (distance(found[place], wanted), place))
    return sorted(order[:number])


def select(found: Sequence[Outputs], wanted: Outputs, number: int, drawn: int) -> tuple[list[int], str]:
    """Return which settled bodies are taken, in their order, and a remark if too few match.

    Parameters
    ----------
    found : sequence of mapping
        Outputs of the settled bodies.
    wanted : mapping
        Outputs wanted.
    number : int
        How many are to be taken.
    drawn : int
        How many were drawn, for the remark.
    """
    taken = nearest_places(found, wanted, number)
    near = log1p(relations()["match"])
    matching = sum(distance(found[place], wanted) <= near for place in taken)
    if not wanted or not taken or matching >= number:
        return taken, ""
    words = [
        f"{name} {value:g} (taken: mean {np.mean([found[place][name] for place in taken]):.3g})"
        for name, value in wanted.items()
    ]
    return (
        taken,
        f"{matching} of {number} subjects match {', '.join(words)}; the nearest of {len(found)} that settled, "
        f"among {drawn} drawn, are taken",
    )
