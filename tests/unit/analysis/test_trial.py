"""Trials: differences, power, and how many subjects it takes, against known numbers."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from insulattice.analysis.trial import compare_arms, needed, power


def trial(paired, effect=1.0, number=12):
    """A made-up trial of two arms."""
    rng, rows = np.random.default_rng(2), []
    for arm in ("control", "drug"):
        for subject in range(number):
            who = subject if paired or arm == "control" else subject + number
            before = 5.0 + rng.normal()
            after = before + rng.normal() + effect * (arm == "drug")
            rows += [(who, arm, "before.m", before), (who, arm, "after.m", after)]
    return pd.DataFrame(rows, columns=["subject", "arm", "output", "value"])


@pytest.mark.parametrize(
    ("size", "wanted", "paired", "number"),
    [
        (0.5, 0.8, False, 64),
        (0.8, 0.8, False, 26),
        (0.2, 0.8, False, 394),
        (0.5, 0.9, False, 86),
        (0.5, 0.8, True, 34),
    ],
)
def test_needed_subjects_are_those_of_the_textbook(size, wanted, paired, number):
    assert needed(size, wanted, paired) == number
    assert power(size, number, paired) >= wanted > power(size, number - 1, paired)


def test_without_an_effect_power_is_the_level_of_the_test():
    assert power(0.0, 20) == pytest.approx(0.05)
    assert needed(0.0, 0.8) == np.inf


def test_power_is_a_number_for_a_huge_effect_in_few():
    assert 0.9 < power(9.17, 2) <= 1.0


@pytest.mark.parametrize("paired", [False, True])
def test_arms_compare_as_by_the_tests_of_scipy(paired):
    table = trial(paired)
    found = compare_arms(table, ["control", "drug"], "m", paired).set_index("arm")
    wide = table.pivot(index=["arm", "subject"], columns="output", values="value")
    change = wide["after.m"] - wide["before.m"]
    one, other = change["drug"].to_numpy(), change["control"].to_numpy()
    test = stats.ttest_rel(one, other) if paired else stats.ttest_ind(one, other, equal_var=False)
    interval = test.confidence_interval(0.95)
    assert found.loc["drug", "p"] == pytest.approx(test.pvalue)
    assert found.loc["drug", ["low", "high"]].tolist() == pytest.approx([interval.low, interval.high])
    assert np.isnan(found.loc["control", "p"])


def test_an_arm_without_subjects_has_no_numbers():
    table = trial(False)
    found = compare_arms(table[table["arm"] == "control"], ["control", "drug"], "m", False)
    assert found["subjects"].tolist() == [12, 0] and np.isnan(found["difference"][1])
