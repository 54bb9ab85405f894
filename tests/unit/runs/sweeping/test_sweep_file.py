"""Sweep files: what they say, and that whatever is wrong with them is one clear line."""

import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insulattice.runs.study.file import StudyError, read_study
from insulattice.runs.sweeping.body_experiment import BodyExperiment
from insulattice.runs.sweeping.sweep_file import SweepFileError, read_sweep

WHOLE = """
name = "doses"
phenotype = "obese_t2d"
cells = 60
days = 14
accelerated = true
tests = ["fasting"]
seeds = [1, 2]
timeout_s = 600
rules = ["exercise"]

[grid]
rule.metformin.dose_mg_per_day = [1000, 2000]
"input.activity" = [0.8, 1.2]

[sample]
number = 4
method = "sobol"
ranges.parameter.k_irs1_tyr = {low = 1.0, high = 10.0, logarithmic = true}
"""


@pytest.fixture
def file(tmp_path):
    """Write a file and give its path."""

    def write(text):
        path = tmp_path / "some.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_file_says_what_is_varied_and_done(file):
    plan = read_sweep(file(WHOLE))
    assert plan.seeds == [1, 2] and plan.timeout == 600.0 and len(plan.points) == 2 * 2 * 4
    assert list(plan.points[0]) == [
        "rule.metformin.dose_mg_per_day",
        "input.activity",
        "parameter.k_irs1_tyr",
    ]
    for point in plan.points:
        plan.experiment.check(point)


def test_arms_can_be_points_with_rules(file):
    text = 'name = "arms"\ndays = 7\n[[points]]\nrules = []\n[[points]]\nrules = [{rule = "metformin"}, "exercise"]\n'
    plan = read_sweep(file(text))
    for point in plan.points:
        plan.experiment.check(point)
    assert plan.points[1]["rules"] == [{"rule": "metformin"}, "exercise"]


def test_an_argument_that_is_varied_replaces_that_of_the_rule():
    experiment = BodyExperiment(days=7, rules=("metformin dose_mg_per_day=500 start_day=2",))
    (rule,) = experiment._rules({"rule.metformin.dose_mg_per_day": 1500})
    assert (rule.dose_mg_per_day, rule.start_day) == (1500, 2)


def test_runs_that_differ_after_settling_share_the_body():
    experiment = BodyExperiment()
    point = {"days": 7, "rule.metformin.dose_mg_per_day": 500}
    assert experiment.shared(point, 1) == experiment.shared(point | {"days": 14}, 1)
    assert experiment.shared(point, 1) != experiment.shared(point, 2)
    assert experiment.shared(point, 1) != experiment.shared(point | {"cells": 80}, 1)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "doses"', "", "name is missing"),
        ("days = 14", "dais = 14", "line 5: unknown key 'dais'. Did you mean days"),
        ("days = 14", "days = -1", "line 5: days is -1, allowed: greater than or equal to 0"),
        ("days = 14", 'days = "a"', "allowed: a valid number"),
        ("days = 14", "days = nan", "allowed: a finite number"),
        ("number = 4", "number = 5", "power of 2"),
        ("number = 4", "number = 4\nnumbr = 2", "unknown key 'sample.numbr'"),
        ("low = 1.0", "low = 20.0", "lower one first"),
        ("low = 1.0", "lo = 1.0", "unknown key 'lo'"),
        ("[1000, 2000]", "1000", "allowed: a list of values"),
        ("[grid]", "[grid", "is no TOML"),
    ],
)
def test_what_is_wrong_is_one_line_with_file_and_line(file, old, new, said):
    with pytest.raises(SweepFileError) as caught:
        read_sweep(file(WHOLE.replace(old, new)))
    assert said in str(caught.value) and "\n" not in str(caught.value) and "some.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ({"fenotype": "lean"}, "Did you mean phenotype"),
        ({"phenotype": "leen"}, "Did you mean lean"),
        ({"phenotype": 3}, "phenotype is 3"),
        ({"cells": 3}, "cells is 3"),
        ({"cells": 60.5}, "cells is 60.5"),
        ({"input.activty": 1.0}, "Did you mean activity"),
        ({"input.activity": -1.0}, "above 0"),
        ({"parameter.k_irs1_tir": 1.0}, "Did you mean"),
        ({"parameter.k_irs1_tyr": "fast"}, "finite number"),
        ({"rule.metformn.dose_mg_per_day": 1.0}, "Did you mean metformin"),
        ({"rule.metformin": 1.0}, r"rule\.RULE\.ARGUMENT"),
        ({"rules": ["metformin"], "rule.metformin.dose": 1.0}, "no argument 'dose'"),
        ({"without": ["dag->pcc"]}, "Did you mean"),
        ({"days": -2}, "days is -2"),
        ({"rules": [3]}, "rule 3, allowed: words"),
        ({"phenotype": "../../etc/passwd"}, "no phenotype is called"),
        ({"rules": ["os.system command=true"]}, "no rule is called"),
        ({"rules": [{"rule": "metformin", "__class__": 1}]}, "no argument"),
        ({"without": ["__import__('os')->pkc"]}, "no arrow"),
    ],
)
def test_a_point_that_cannot_be_run_says_what_is_allowed(point, said):
    with pytest.raises(ValueError, match=said):
        BodyExperiment(days=7).check(point)


# ---- any file -------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["name", "phenotype", "cells", "days", "rules", "rule", "tests", "grid", "points", "sample", "ranges", "number",
     "method", "seeds", "input", "parameter", "metformin", "dose_mg_per_day", "lean", "obese", "clamp", "low", "high",
     "population", "arms", "expect", "id", "source", "title", "quantity", "observed", "k_irs1_tyr", "../x", "a.b", ""]
)  # fmt: skip
PLAIN = st.one_of(
    WORDS.map(lambda word: f'"{word}"'),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.sampled_from(
        ["true", "false", "[]", "{}", "1979-05-27", "07:32:00", "1e400", '"\\u0000"', "[[1]]", "0x1f"]
    ),
)
VALUES = st.one_of(
    PLAIN, st.lists(PLAIN, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
    st.tuples(WORDS, PLAIN).map(lambda pair: f'{{"{pair[0]}" = {pair[1]}}}'),
)  # fmt: skip
LINES = st.one_of(
    st.tuples(WORDS, VALUES).map(lambda pair: f'"{pair[0]}" = {pair[1]}'),
    st.tuples(WORDS, WORDS, VALUES).map(lambda three: f'"{three[0]}"."{three[1]}" = {three[2]}'),
    WORDS.map(lambda word: f'["{word}"]'),
    WORDS.map(lambda word: f'[["{word}"]]'),
    st.text(max_size=20),
)
FILES = st.lists(LINES, max_size=12).map("\n".join)
NEAR = st.tuples(st.integers(0, WHOLE.count("\n")), LINES).map(
    lambda change: "\n".join(
        [*WHOLE.split("\n")[: change[0]], change[1], *WHOLE.split("\n")[change[0] + 1 :]]
    )
)
FILES_TRIED = int(os.environ.get("INSULATTICE_FUZZ", "100"))
ANY = settings(
    max_examples=FILES_TRIED, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def is_one_line(error):
    """Whether a message is one that a person can read."""
    return str(error).strip() and not re.search(r"[\n\r]|Traceback", " ".join(str(error).split()))


@ANY
@given(text=FILES | NEAR)
def test_any_sweep_file_is_a_sweep_or_one_clear_line(file, text):
    try:
        plan = read_sweep(file(text.encode("utf-8", "replace").decode()))
        for point in plan.points[:3]:
            plan.experiment.check(point)
    except ValueError as error:
        assert is_one_line(error)


@ANY
@given(text=FILES)
def test_any_study_file_is_a_study_or_one_clear_line(file, text):
    try:
        read_study(file(text.encode("utf-8", "replace").decode()))
    except StudyError as error:
        assert is_one_line(error)


@ANY
@given(
    words=st.lists(WORDS | st.text(max_size=8), max_size=5),
    table=st.dictionaries(WORDS, st.floats() | WORDS | st.none() | st.lists(st.integers())),
)
def test_any_words_are_a_rule_or_one_clear_line(words, table):
    for rule in (" ".join(words), "metformin name=1", table, {"rule": "metformin", **table}, 3, None):
        try:
            BodyExperiment(days=7).check({"rules": [rule]})
        except ValueError as error:
            assert is_one_line(error)
