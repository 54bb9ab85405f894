"""Dalla Man, Rizza & Cobelli 2007, IEEE Trans Biomed Eng 54:1740 (doi:10.1109/TBME.2007.893506).

Forced with the measured glucose of 204 normal subjects (78 kg; body surface taken as 1.92 m2), gut, pancreas and
insulin kinetics must give the measured appearance of meal glucose, secretion and plasma insulin within one standard
deviation at 80 % of the points. The measured appearance integrates to more than the nominal 78 g: 103 g is the dose
that matches it, and the one used for the paper's own curves.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from insulattice.environment.gut import GLUCOSE_MMOL_PER_G, Gut
from insulattice.environment.hormones import Insulin
from insulattice.environment.pancreas import Pancreas, settle_together
from insulattice.environment.parameters import read_environment_parameters
from insulattice.runs.validation.trials import measured_meal

DATA = Path(__file__).with_name("data")
P = read_environment_parameters().namespace()
MG_DL_PER_MM = 18.016
WEIGHT, BODY_SURFACE = 78.0, 1.92
MINUTES = np.arange(431)


def rows(name):
    """Rows of a data file."""
    with open(DATA / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def measured(observable):
    """Time, mean and standard deviation of an observable of the normal subjects."""
    found = measured_meal()
    return found.loc[found["observable"] == observable, ["time_min", "mean", "sd"]].to_numpy().T


def share_within_one_sd(observable, values, times=MINUTES):
    """Share of the measured points that a simulated course meets within one standard deviation."""
    time, mean, sd = measured(observable)
    near = np.abs(np.interp(time, times, values) - mean) <= sd
    return near[sd > 0.0].mean()


def absorption(dose_g, minutes=430):
    """Absorption of each minute [mmol/min] and the incretin factor after it."""
    gut = Gut(P)
    gut.meal(dose_g)
    steps = [(gut.step(1.0)[0], gut.incretin) for _ in range(minutes)]
    return tuple(np.array(column) for column in zip(*steps, strict=True))


def meal(glucose, dose_g, capacity, body_surface):
    """Insulin [pM] and secretion [pmol/min] of every minute at a given course of glucose [mM]."""
    incretin = absorption(dose_g, len(glucose))[1]
    pancreas = Pancreas(P, capacity, glucose[0])
    insulin = Insulin(P, body_surface)
    settle_together(pancreas, insulin, glucose[0])
    course = [(insulin.plasma_pM, pancreas.secretion)]
    for minute in range(1, len(glucose)):
        secretion = pancreas.step(1.0, glucose[minute], incretin[minute - 1], insulin.plasma_pM)
        course.append((insulin.step(1.0, secretion), secretion))
    return np.array(course).T


@pytest.fixture(scope="module")
def normal():
    time, glucose, _ = measured("glucose")
    return meal(np.interp(MINUTES, time, glucose) / MG_DL_PER_MM, 103.0, 1.0, BODY_SURFACE)


@pytest.mark.parametrize("dose_g", [95.0, 103.0, 106.0])
def test_meal_glucose_appears_as_measured(dose_g):
    appearance = absorption(dose_g)[0] / GLUCOSE_MMOL_PER_G * 1000.0 / WEIGHT
    assert share_within_one_sd("Ra", appearance, np.arange(430) + 0.5) >= 0.95


def test_plasma_insulin_is_as_measured(normal):
    assert share_within_one_sd("insulin", normal[0]) >= 0.95
    assert 300.0 < normal[0].max() < 450.0


def test_insulin_secretion_is_as_measured(normal):
    assert share_within_one_sd("insulin_secretion", normal[1] / WEIGHT) >= 0.95


def test_a_type_2_diabetic_needs_only_a_smaller_capacity():
    course = rows("dallaman2007_t2d_meal.csv")
    time, glucose = (np.array([float(row[key]) for row in course]) for key in ("time_min", "glucose_mg_dL"))
    insulin, _ = meal(np.interp(np.arange(421), time, glucose) / MG_DL_PER_MM, 125.0, 0.57, 2.07)
    assert insulin[0] == pytest.approx(59.8, abs=6.0)
    assert 385.0 <= insulin.max() <= 460.0
