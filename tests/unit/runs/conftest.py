"""What tests of runs share: results of studies without bodies."""

import pytest

from insulattice.runs.study.file import read_study
from insulattice.runs.study.running import StudyResult, fill, seen_of


@pytest.fixture(scope="session")
def result_of():
    """Give a function that returns a made-up result of a study file."""
    return made_up


def made_up(path, shift=0.0, error=""):
    """A study whose every prediction is what was observed, or off by some percent; or that failed."""
    study = read_study(path)
    seen = []
    for number, expect in enumerate(study.expect):
        failed = error if number == 0 else ""
        before = [100.0, 100.0]
        after = {
            "percent_change": 100.0 + expect.observed, "ratio": 100.0 * expect.observed,
            "difference": 100.0 + expect.observed, "value": expect.observed,
        }[expect.kind]  # fmt: skip
        values = [[after * (1.0 + shift), after * (1.02 + shift)], before][
            : 1 if expect.kind == "value" else 2
        ]
        seen.append(seen_of(expect, [] if failed else values, True, failed))
    found = StudyResult(study.id, study.title)
    fill(found, seen)
    return found
