"""Quantities that studies report, and how each is read from what is observed during a test.

Sources: doi:10.2337/dc08-0545 (HbA1c from mean glucose), doi:10.2337/diacare.18.4.440 (half of it is the last month),
doi:10.1152/ajpendo.1979.236.6.E667 (minimal model).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...agents.parameters import nearest
from ...analysis import measures
from ...analysis.minimal_model import fit_minimal_model
from ...environment.observe import BODY_UNITS, CELL_MEANS, TISSUE_UNITS, unit_of
from ...environment.observe import Quantity as Observed

Array = NDArray[np.float64]

CELLS_EVERY = 10
"""Cells are looked at every so many minutes of a window [min]."""
STEP_READ = 30
"""A step is read as the mean of its last so many minutes [min]."""

HBA1C_HALF_DAYS = 30.0
"""Days back within which half of HbA1c was made."""


class Reading(NamedTuple):
    """What is read of a test: a quantity at a minute, over a step, or over a window; else as its protocol says."""

    quantity: str
    per_lean: bool = False
    at_minute: int | None = None
    step: int | None = None
    window: tuple[int, int] | None = None
    summary: str = "mean"


class Span(NamedTuple):
    """Minutes over which something is read, and how; ``start == stop`` is a moment."""

    start: int
    stop: int
    summary: str = "mean"


@dataclass
class Course:
    """What was seen of a test.

    Attributes
    ----------
    looks : dict
        By minute, what was observed of blood and body, every minute.
    cell_looks : dict
        By minute, means over cells.
    daily_glucose : list of (float, float)
        Day, counted back from the test, and mean glucose of days lived before it [day, mM].
    muscle_lipid_reference : float
        Triglyceride of muscle that counts as 1 [mmol/kg].
    """

    looks: dict[int, Mapping[Observed, float]]
    cell_looks: dict[int, Mapping[Observed, float]]
    daily_glucose: Sequence[tuple[float, float]]
    muscle_lipid_reference: float

    def at(self, place: Observed, minute: int) -> float:
        """Return what was observed at a minute."""
        if place in self.looks[minute]:
            return self.looks[minute][place]
        return self.cell_looks[minute][place]


@dataclass(frozen=True)
class Quantity:
    """One quantity.

    Attributes
    ----------
    name, unit : str
    at : callable
        Returns its value in a course at a minute.
    flux : bool
        Whether it is per kg of body mass, so that it can be given per kg of fat-free mass.
    cells : bool
        Whether cells have to be looked at.
    rest : bool
        Whether it is a figure of the fasting state: read there unless a moment is given.
    whole : bool
        Whether it is a figure of the whole test.
    protocols : tuple of str
        Where it can be measured; everywhere if empty.
    needs : tuple of int
        Minutes that it needs.
    missing : str
        Why no body has it, if none has.
    """

    name: str
    unit: str
    at: Callable[[Course, int], float]
    flux: bool = False
    cells: bool = False
    rest: bool = False
    whole: bool = False
    protocols: tuple[str, ...] = ()
    needs: tuple[int, ...] = ()
    missing: str = ""


# ---- values ---------------------------------------------------------------------------------------------------------


def _observed(*place: str) -> Callable[[Course, int], float]:
    compartment, quantity = place

    def at(course: Course, minute: int) -> float:
        return course.at((compartment, quantity), minute)

    return at


def _suppression(name: str) -> Callable[[Course, int], float]:
    """Return how far a flux fell since minute 0 [%]."""

    def at(course: Course, minute: int) -> float:
        return measures.suppression_percent(course.at(("body", name), 0), course.at(("body", name), minute))

    return at


def _of_levels(index: Callable[[float, float], float], *places: Observed) -> Callable[[Course, int], float]:
    """Return an index of two observations of the same minute."""

    def at(course: Course, minute: int) -> float:
        return index(*(course.at(place, minute) for place in places))

    return at


def _m_value(course: Course, minute: int) -> float:
    return measures.GLUCOSE_MG_PER_UMOL * course.at(("body", "gir"), minute)


def _muscle_lipid(course: Course, minute: int) -> float:
    return course.at(("muscle", "muscle_lipid"), minute) / course.muscle_lipid_reference


def _matsuda(course: Course, minute: int) -> float:
    glucose, insulin = (
        [course.at(("blood", pool), t) for t in measures.MATSUDA_MINUTES] for pool in ("glucose", "insulin")
    )
    return measures.matsuda(glucose, insulin)


def _hba1c(course: Course, minute: int) -> float:
    return hba1c(mean_glucose(course.daily_glucose))


def mean_glucose(days: Sequence[tuple[float, float]]) -> float:
    """Return the mean glucose that HbA1c shows [mM].

    Parameters
    ----------
    days : sequence of (float, float)
        Day, 0 the last and negative before, and its mean glucose [day, mM]; straight between them, and as on the first
        of them ever before it.
    """
    known = sorted(days)
    first = int(known[0][0])
    ages = np.arange(first, 1)
    levels = np.interp(ages, [day for day, _ in known], [level for _, level in known])
    pace = log(2.0) / HBA1C_HALF_DAYS
    weights = np.exp(pace * ages) * (1.0 - np.exp(-pace))
    return float(weights @ levels + (1.0 - weights.sum()) * levels[0])


def hba1c(glucose_mM: float) -> float:
    """Return HbA1c [%] of a mean glucose [mM]: 28.7 A1C - 46.7 = mg/dL."""
    return (glucose_mM * measures.GLUCOSE_MG_DL_PER_MM + 46.7) / 28.7


def _minimal(figure: str) -> Callable[[Course, int], float]:
    """Return a figure of the minimal model."""

    def at(course: Course, minute: int) -> float:
        minutes = [t for t in sorted(course.looks) if t >= 0]
        glucose, insulin = (
            [course.at(("blood", pool), t) for t in minutes] for pool in ("glucose", "insulin")
        )
        return float(getattr(fit_minimal_model(minutes, glucose, insulin), figure))

    return at


# ---- the table ------------------------------------------------------------------------------------------------------

BLOOD = (
    "glucose",
    "insulin",
    "ffa",
    "glycerol",
    "tnf",
    "il6",
    "adiponectin",
    "triglyceride",
    "glucagon",
    "lactate",
)
FLUXES = (
    "egp", "rd", "gir", "lipolysis", "ra_meal", "insulin_secretion", "insulin_clearance", "glucose_clearance",
    "gluconeogenesis",
)  # fmt: skip
MASSES = ("body_mass", "fat_mass", "lean_mass")
TISSUES = ("muscle", "fat", "liver")
ABSENT = {
    "muscle": ("diameter", "macrophages", "m1", "crowns", "liver_fat"),
    "fat": ("liver_fat", "muscle_lipid"),
    "liver": ("glut4", "glut4_total", "g6p", "diameter", "macrophages", "m1", "crowns", "muscle_lipid"),
}
"""What the cells of a tissue do not have."""
NOT_HERE = ("akt_response", "resistant")
IVGTT = {"si": "1e-4/min per uU/mL", "sg": "1/min", "air": "pM"}
LAST_IVGTT_MINUTE = 180


def _blood_and_fluxes() -> list[Quantity]:
    found = [Quantity(pool, unit_of("blood", pool), _observed("blood", pool)) for pool in BLOOD]
    found += [Quantity(name, BODY_UNITS[name], _observed("body", name), flux=True) for name in FLUXES]
    return found + [Quantity(name, "kg", _observed("body", name), rest=True) for name in MASSES]


def _derived() -> list[Quantity]:
    glucose, insulin, ffa, egp = ("blood", "glucose"), ("blood", "insulin"), ("blood", "ffa"), ("body", "egp")
    return [
        Quantity("m_value", "mg/kg/min", _m_value, flux=True),
        Quantity("egp_suppression", "%", _suppression("egp"), needs=(0,)),
        Quantity("lipolysis_suppression", "%", _suppression("lipolysis"), needs=(0,)),
        Quantity("homa_ir", "1", _of_levels(measures.homa_ir, glucose, insulin), rest=True),
        Quantity("adipo_ir", "mM uU/mL", _of_levels(measures.adipo_ir, ffa, insulin), rest=True),
        Quantity(
            "hepatic_ir",
            "umol/kg/min pM",
            _of_levels(measures.hepatic_ir, egp, insulin),
            flux=True,
            rest=True,
        ),
        Quantity(
            "matsuda", "1", _matsuda, whole=True, protocols=("ogtt", "meal"), needs=measures.MATSUDA_MINUTES
        ),
        Quantity("liver_fat", "%", _observed("liver", "liver_fat"), cells=True, rest=True),
        Quantity("muscle_lipid", "1", _muscle_lipid, cells=True, rest=True),
        Quantity("hba1c", "%", _hba1c, rest=True),
    ]


def _minimal_figures() -> list[Quantity]:
    needs = (0, LAST_IVGTT_MINUTE)
    return [
        Quantity(name, unit, _minimal(name), whole=True, protocols=("ivgtt",), needs=needs)
        for name, unit in IVGTT.items()
    ]


def _cells() -> list[Quantity]:
    return [
        Quantity(f"{tissue}.{name}", unit_of(tissue, name), _observed(tissue, name), cells=True)
        for tissue in TISSUES
        for name in (*CELL_MEANS, *TISSUE_UNITS)
        if name not in ABSENT[tissue] and name not in NOT_HERE
    ]


QUANTITIES: dict[str, Quantity] = {
    quantity.name: quantity
    for quantity in (*_blood_and_fluxes(), *_derived(), *_minimal_figures(), *_cells())
}
"""Every quantity by its name in studies."""


def _not_in(tissue: str, name: str) -> Quantity:
    reason = f"{tissue}.{name} is not there: {CELLS_OF[tissue]} have no {name}"
    return Quantity(f"{tissue}.{name}", unit_of(tissue, name), lambda course, minute: nan, missing=reason)


CELLS_OF = {"fat": "fat cells", "liver": "liver cells"}
MISSING: dict[str, Quantity] = {
    f"{tissue}.{name}": _not_in(tissue, name)
    for tissue in CELLS_OF
    for name in ABSENT[tissue]
    if f"muscle.{name}" in QUANTITIES
}
"""What studies may ask of muscle, and by the same name of fat and liver, whose cells have none of it."""


def find_quantity(name: str) -> Quantity:
    """Return a quantity, one that no body has too (see its ``missing``).

    Raises
    ------
    ValueError
        For an unknown name; names the nearest one.
    """
    if name in MISSING:
        return MISSING[name]
    if name not in QUANTITIES:
        raise ValueError(f"no quantity is called {name!r}.{nearest(name, list(QUANTITIES))}")
    return QUANTITIES[name]


# ---- reading --------------------------------------------------------------------------------------------------------


def span_of(reading: Reading, step_ends: Sequence[tuple[int, int]]) -> Span:
    """Return when a reading is made.

    Parameters
    ----------
    reading : Reading
        Without a moment, it is made over the last minutes of the first step if there are steps, else at minute 0.
    step_ends : sequence of (int, int)
        Begin and end of the steps of the test [min].
    """
    quantity = find_quantity(reading.quantity)
    if reading.window is not None:
        return Span(*reading.window, reading.summary)
    if reading.at_minute is not None:
        return Span(reading.at_minute, reading.at_minute)
    if reading.step is None and (quantity.rest or quantity.whole or not step_ends):
        return Span(0, 0)
    start, stop = step_ends[(reading.step or 1) - 1]
    return Span(max(start, stop - STEP_READ), stop)


def cell_minutes(span: Span) -> list[int]:
    """Return when cells are looked at for a reading [min]: at its end, and every ten minutes back to its start."""
    if span.start == span.stop:
        return [span.stop]
    minutes = list(range(span.stop, span.start, -CELLS_EVERY))[::-1]
    return minutes if span.summary == "mean" else [span.start, *minutes]


def needed_minutes(reading: Reading, step_ends: Sequence[tuple[int, int]]) -> tuple[int, set[int]]:
    """Return the last minute that a reading needs, and the minutes at which it needs the cells."""
    quantity, span = find_quantity(reading.quantity), span_of(reading, step_ends)
    return max((span.stop, *quantity.needs)), set(cell_minutes(span)) if quantity.cells else set()


def read(course: Course, reading: Reading, step_ends: Sequence[tuple[int, int]]) -> float:
    """Return what is read of a course."""
    quantity, span = find_quantity(reading.quantity), span_of(reading, step_ends)
    if span.start == span.stop:
        minutes = [span.stop]
    elif quantity.cells:
        minutes = cell_minutes(span)
    else:
        minutes = list(range(span.start + (span.summary == "mean"), span.stop + 1))
    lean = reading.per_lean and quantity.flux
    values = [
        quantity.at(course, minute) * (_per_lean(course, minute) if lean else 1.0) for minute in minutes
    ]
    return summarised(span.summary, minutes, values)


def _per_lean(course: Course, minute: int) -> float:
    """Return body mass over fat-free mass [1]."""
    return course.at(("body", "body_mass"), minute) / course.at(("body", "lean_mass"), minute)


def summarised(summary: str, minutes: Sequence[int], values: Sequence[float]) -> float:
    """Return the mean, area under the curve [unit x min], peak or minimum of values."""
    if summary == "auc":
        return measures.auc(minutes, values)
    numbers: Array = np.asarray(values, float)
    if summary == "peak":
        return float(numbers.max())
    return float(numbers.min() if summary == "minimum" else numbers.mean())
