"""What bodies do is what they did when it was recorded; refresh.py writes the records anew."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

WITHIN = 1e-6
"""Machines differ in rounding, and by no more than this; on one machine the bits are equal (tests/unit)."""

spec = importlib.util.spec_from_file_location("golden_refresh", Path(__file__).with_name("refresh.py"))
golden = importlib.util.module_from_spec(spec)
spec.loader.exec_module(golden)


@pytest.mark.parametrize("name", golden.TRAJECTORIES)
def test_a_trajectory_is_the_recorded_one(name, shared_cache):
    old, new = golden.recorded(name), golden.live(name)
    advice = "if this is meant: python tests/golden/refresh.py, and an entry under 'Results change' in CHANGELOG.md"
    assert list(new.index) == list(old.index), advice
    assert list(new.columns) == list(old.columns), advice
    size = np.nanmax(np.abs(old.to_numpy()), axis=1, keepdims=True)
    close = np.isclose(new, old, rtol=WITHIN, atol=WITHIN * 1e-3 * size, equal_nan=True).all(axis=1)
    assert close.all(), f"{golden.moved(old, new).head(8).to_string()}\n{advice}"


def test_every_record_has_its_trajectory():
    assert {path.stem for path in golden.FOLDER.glob("*.csv")} == set(golden.TRAJECTORIES)


def test_a_change_would_be_seen():
    old = golden.recorded("lean_meal")
    new = old.copy()
    new.loc[("body", "rd")] *= 1.01
    changes = golden.moved(old, new)
    assert changes.index[0][:2] == ("body", "rd")
    assert (changes > WITHIN).sum() == 1
