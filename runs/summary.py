"""The numbers one asks for first, from the minute-by-minute course of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..analysis import measures
from ..environment.observe import Quantity
from ..environment.protocols import Clamp
from ..environment.rule import Rule

LAST = 30.0
"""A clamp is read as the mean over the last so many minutes of a step."""


OFF_TARGET = 0.05
"""Relative distance of glucose from its target from which a clamp says so."""


class Course:
    """What was observed every minute.

    Parameters
    ----------
    times : list of float
        From 0 at the start [min].
    looks : list of mapping
        One for each time, all with the same quantities.
    """

    def __init__(self, times: list[float], looks: Sequence[Mapping[Quantity, float]]) -> None:
        self.times: NDArray[np.float64] = np.array(times, float)
        self._looks = looks
        self._found: dict[Quantity, NDArray[np.float64]] = {}

    def __getitem__(self, quantity: Quantity) -> NDArray[np.float64]:
        """Return one quantity at all times."""
        if quantity not in self._found:
            self._found[quantity] = np.array([look[quantity] for look in self._looks], float)
        return self._found[quantity]

    @property
    def places(self) -> list[Quantity]:
        """All quantities."""
        return list(self._looks[0])

    def at(self, quantity: Quantity, minute: float) -> float:
        """Return a quantity at a minute; NaN if the run did not reach it."""
        found = np.flatnonzero(self.times == minute)
        return float(self[quantity][found[0]]) if found.size else float("nan")

    def mean(self, quantity: Quantity, start: float, stop: float) -> float:
        """Return the mean over ``start < time <= stop``; at least the last value before ``stop`` counts."""
        inside = (self.times > start) & (self.times <= stop)
        if not inside.any():
            inside = self.times == self.times[self.times <= stop][-1]
        return float(self[quantity][inside].mean())


def summarise(protocol: Rule, course: Course) -> dict[str, Any]:
    """Return the summary of a test; what all have in common, and what belongs to the protocol."""
    name = getattr(protocol, "name", type(protocol).__name__)
    own = _OWN.get(name, _nothing)
    stop = float(course.times[-1])
    found: dict[str, Any] = {"protocol": name, "hours": stop / 60.0} | own(protocol, course)
    return found | {
        key: value for key, value in _levels(course, stop - LAST, stop).items() if key not in found
    }


def _levels(course: Course, start: float, stop: float) -> dict[str, Any]:
    """Return blood levels and fluxes as means over a window."""
    rates = ("gir", "rd", "egp", "lipolysis")
    found: dict[str, Any] = {
        f"{name}_umol_kg_min": course.mean(("body", name), start, stop) for name in rates
    }
    units = {
        "glucose": "mM",
        "insulin": "pM",
        "ffa": "mM",
        "glucagon": "pM",
        "lactate": "mM",
        "glycerol": "mM",
    }
    found |= {
        f"plasma_{pool}_{unit}": course.mean(("blood", pool), start, stop) for pool, unit in units.items()
    }
    organs = [organ for organ, quantity in course.places if quantity == "glucose_uptake"]
    found["glucose_uptake_umol_kg_min"] = {
        organ.replace(" ", "_"): course.mean((organ, "glucose_uptake"), start, stop) for organ in organs
    }
    return found


def _nothing(protocol: Rule, course: Course) -> dict[str, Any]:
    return {}


def _fasting(course: Course) -> dict[str, Any]:
    """Return the values at time 0 and the indices that follow from them."""
    glucose, insulin, ffa = (course.at(("blood", pool), 0) for pool in ("glucose", "insulin", "ffa"))
    egp = course.at(("body", "egp"), 0)
    return {
        "fasting_glucose_mM": glucose,
        "fasting_insulin_pM": insulin,
        "fasting_ffa_mM": ffa,
        "fasting_egp_umol_kg_min": egp,
        "fasting_rd_umol_kg_min": course.at(("body", "rd"), 0),
        "fasting_lipolysis_umol_kg_min": course.at(("body", "lipolysis"), 0),
        "homa_ir": measures.homa_ir(glucose, insulin),
        "adipo_ir": measures.adipo_ir(ffa, insulin),
        "hepatic_ir": measures.hepatic_ir(egp, insulin),
    }


def _fast_summary(protocol: Rule, course: Course) -> dict[str, Any]:
    return _fasting(course)


def _clamp_summary(protocol: Rule, course: Course) -> dict[str, Any]:
    assert isinstance(protocol, Clamp)
    end = float(course.times[-1])
    steps: list[dict[str, Any]] = []
    for step in protocol.steps:
        if steps and step.start >= end:
            break
        stop = end if step is protocol.steps[-1] else min(step.stop, end)
        steps.append({"insulin": f"{step.insulin:g} {step.unit}"} | _clamp_step(course, step.start, stop))
    found = {name: value for name, value in steps[-1].items() if name != "insulin"}
    note = _off_target(found["plasma_glucose_mM"], protocol.glucose_mM)
    return (
        found | {"glucose_target_mM": protocol.glucose_mM, "note": note} | _fasting(course) | {"steps": steps}
    )


def _off_target(glucose: float, target: float) -> str | None:
    """Return a remark if a clamp does not hold glucose at its target [mM], else None."""
    if abs(glucose / target - 1.0) <= OFF_TARGET:
        return None
    return f"glucose is {glucose:.2f} mM, not at its target of {target:g} mM: give the clamp more hours"


def _clamp_step(course: Course, start: float, stop: float) -> dict[str, Any]:
    """Return what a step of a clamp is read for."""
    start = max(start, stop - LAST)
    basal = {name: course.at(("body", name), 0) for name in ("egp", "lipolysis")}
    found = _levels(course, start, stop)
    return {
        "m_value_mg_kg_min": measures.GLUCOSE_MG_PER_UMOL * found["gir_umol_kg_min"],
        "egp_suppression_percent": measures.suppression_percent(basal["egp"], found["egp_umol_kg_min"]),
        "lipolysis_suppression_percent": measures.suppression_percent(
            basal["lipolysis"], found["lipolysis_umol_kg_min"]
        ),
    } | found


def _meal_summary(protocol: Rule, course: Course) -> dict[str, Any]:
    """Return indices and time courses after a drink or a meal."""
    samples = measures.MATSUDA_MINUTES
    glucose, insulin = ([course.at(("blood", pool), t) for t in samples] for pool in ("glucose", "insulin"))
    found = _fasting(course) | {"matsuda": measures.matsuda(glucose, insulin)}
    found |= {
        "samples_min": list(samples),
        "glucose_mM": glucose,
        "insulin_pM": insulin,
        "glucose_2h_mM": glucose[-1],
    }
    for pool, unit in (("glucose", "mM"), ("insulin", "pM")):
        values = course["blood", pool]
        peak = int(values.argmax())
        found |= {
            f"{pool}_peak_{unit}": float(values[peak]),
            f"{pool}_peak_min": float(course.times[peak]),
            f"{pool}_auc_{unit}_min": measures.auc(course.times, values),
        }
    return found


_OWN: dict[str, Callable[[Rule, Course], dict[str, Any]]] = {
    "clamp": _clamp_summary,
    "fasting": _fast_summary,
    "biopsy": _fast_summary,
    "ogtt": _meal_summary,
    "meal": _meal_summary,
}
