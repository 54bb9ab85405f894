"""The minimal model finds the numbers that made a course."""

import numpy as np
import pytest

from insulattice.analysis.minimal_model import acute_response, fit_minimal_model

MINUTES = np.arange(181.0)


def course(si, sg, p2=0.03, basal=5.0, start=16.0):
    """Glucose and insulin of a test with known numbers, in steps of a twentieth of a minute."""
    insulin = (
        60.0
        + 400.0 * np.exp(-MINUTES / 8.0) * (MINUTES > 0)
        + 200.0 * np.exp(-(((MINUTES - 40.0) / 25.0) ** 2))
    )
    insulin[0] = 60.0
    fine = np.arange(0.0, 180.0 + 1e-9, 0.05)
    rise = np.interp(fine, MINUTES, insulin - 60.0) / 6.0
    glucose, remote, found = start, 0.0, []
    for k in range(fine.size):
        found.append(glucose)
        remote += 0.05 * p2 * (si * 1e-4 * rise[k] - remote)
        glucose += 0.05 * (sg * (basal - glucose) - remote * glucose)
    levels = np.array(found)[::20]
    levels[0] = basal
    return levels, insulin


@pytest.mark.parametrize(("si", "sg"), [(6.0, 0.02), (1.5, 0.012)])
def test_it_finds_the_numbers_that_made_a_course(si, sg):
    glucose, insulin = course(si, sg)
    found = fit_minimal_model(MINUTES, glucose, insulin)
    assert found.si == pytest.approx(si, rel=0.05)
    assert found.sg == pytest.approx(sg, rel=0.05)


def test_the_acute_response_is_the_mean_rise_of_minutes_2_to_10():
    insulin = np.where((MINUTES >= 2) & (MINUTES <= 10), 360.0, 60.0)
    assert acute_response(MINUTES, insulin) == pytest.approx(300.0)


def test_too_short_a_course_is_refused():
    with pytest.raises(ValueError, match="allowed: glucose and insulin for an hour or more"):
        fit_minimal_model(np.arange(30.0), np.full(30, 5.0), np.full(30, 60.0))
