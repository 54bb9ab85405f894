"""Rows of the table of targets as tests: each row of the sections that a test file names becomes one test.

Rows that the model misses stand in ``data/known_misses.csv`` with what the model gives. They are expected to fail,
and a test that then passes is an error, so that the list stays true; refresh_known_misses.py, run by hand, writes it
anew.
"""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from insulattice.analysis.compare import KEY, compare
from insulattice.environment.body import read_parameters
from insulattice.runs.validation.command import targets
from insulattice.runs.validation.jobs import PARTS, SLOW, examine
from insulattice.runs.validation.report import band

KNOWN_MISSES = Path(__file__).with_name("data") / "known_misses.csv"
CELLS, SEED = 300, 1


def pytest_generate_tests(metafunc):
    """Give each test that asks for ``row`` the rows of its file's ``SECTIONS``."""
    if "row" not in metafunc.fixturenames:
        return
    table = targets()
    rows = table[table["section"].isin(metafunc.module.SECTIONS)]
    known = pd.read_csv(KNOWN_MISSES).set_index(["section", "what"])["model"].to_dict()
    metafunc.parametrize("row", [as_test(row, known) for _, row in rows.iterrows()])


def as_test(row, known):
    """A row as a parameter, expected to fail if it is a known miss."""
    model = known.get((row["section"], row["what"]))
    asked = f"asked: {band(row['low'], row['high'])} {row['unit']}"
    reason = f"{asked}, the model gives {model}; {row['reason']}"
    marks = [] if model is None else [pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)]
    return pytest.param(row, marks=marks, id=row["what"].replace(" ", "_"))


@pytest.fixture(scope="session")
def predict(shared_cache):
    """Give the prediction of a row; a body is settled and tested when it is first asked for."""

    @cache
    def numbers(phenotype):
        parts = tuple(part for part in PARTS if part not in SLOW)
        return examine(phenotype, CELLS, SEED, read_parameters(), parts).numbers

    def predict(row):
        bodies = [name for name in (row["phenotype"], row["versus"]) if name]
        found = {key: value for name in bodies for key, value in numbers(name).items()}
        return compare(pd.DataFrame([row]), found).iloc[0]

    return predict


@pytest.fixture
def agrees(predict):
    """Assert that a row's prediction lies in its range."""

    def agrees(row):
        found = predict(row)
        where = ", ".join(str(row[name]) for name in KEY if row[name])
        observed = f"observed {row['observed']} ({row['source']}; {where})"
        assert found["verdict"] == "pass", (
            f"{row['what']}: {found['predicted']:.4g} {row['unit']}, {observed}"
        )

    return agrees
