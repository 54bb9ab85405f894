"""Counter-regulation against the data collected by Koenig 2012 (doi:10.1371/journal.pcbi.1002577).

Assays differ severalfold between studies, so each study is compared with its own level at normal glucose.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from insulattice.environment.hormones import Glucagon, SympatheticTone
from insulattice.environment.pancreas import Pancreas
from insulattice.environment.parameters import read_environment_parameters

P = read_environment_parameters().namespace()


def ratios(hormone, low, high):
    """Hormone over its level at 4.4-5.6 mM in the same study, where glucose was between low and high [mM]."""
    with open(
        Path(__file__).with_name("data") / "koenig2012_hormones.csv", newline="", encoding="utf-8"
    ) as file:
        rows = [row for row in csv.DictReader(file) if row["hormone"] == hormone and row["protocol"] == ""]
    found = []
    for study in {row["reference"] for row in rows}:
        pairs = [
            (float(row["glucose_mM"]), float(row["hormone_pM"])) for row in rows if row["reference"] == study
        ]
        rest = [value for glucose, value in pairs if 4.4 <= glucose <= 5.6]
        if rest:
            found += [value / np.median(rest) for glucose, value in pairs if low <= glucose < high]
    return found


def settled(glucose):
    """Glucagon [pM] and sympathetic tone after two hours at a glucose [mM]."""
    pancreas = Pancreas(P, glucose=5.0)
    glucagon = Glucagon(P, pancreas.glucagon_release)
    tone = SympatheticTone(P)
    for _ in range(120):
        pancreas.step(1.0, glucose)
        glucagon.step(1.0, pancreas.glucagon_release)
        tone.step(1.0, glucose)
    return glucagon.plasma_pM, tone.tone


BANDS = [(2.4, 2.7), (2.7, 3.1), (3.1, 3.4), (3.4, 3.7), (3.7, 4.1), (4.1, 4.5)]


@pytest.mark.parametrize(("low", "high"), BANDS)
def test_glucagon_in_hypoglycaemia_lies_in_the_middle_of_the_studies(low, high):
    ratio = settled(0.5 * (low + high))[0] / settled(5.0)[0]
    lower, upper = np.percentile(ratios("glucagon", low, high), [20, 80])
    assert 0.97 * lower <= ratio <= 1.03 * upper


@pytest.mark.parametrize(("low", "high"), BANDS)
def test_sympathetic_tone_follows_adrenaline(low, high):
    tone = settled(0.5 * (low + high))[1]
    lower, upper = np.percentile(ratios("epinephrine", low, high), [20, 80])
    assert 0.97 * lower <= tone <= 1.03 * upper


def test_fasting_glucagon_is_about_22_pM():
    assert settled(5.0)[0] == pytest.approx(22.0, abs=1.5)
