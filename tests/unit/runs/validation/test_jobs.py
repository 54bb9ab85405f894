"""The table of targets, the plan of a validation, its numerics, and the document."""

import re

import numpy as np
import pandas as pd
import pytest

from insulattice.analysis.compare import KEY, compare
from insulattice.environment import SimulationError, read_phenotypes
from insulattice.environment import body as environment
from insulattice.environment.body import read_parameters
from insulattice.runs.validation import command as validate
from insulattice.runs.validation import report, trials
from insulattice.runs.validation.found import Found, Job
from insulattice.runs.validation.jobs import PARTS, arrow_table, plan, run_all, size_table

IDENTIFIER = re.compile(r"HA\d{4}|[a-z]+(?:_[a-z]+)*_\d{4}_\d\d")


@pytest.fixture(scope="module")
def table():
    return validate.targets()


# ---- targets ----------------------------------------------------------------------------------------------------


def test_every_target_says_what_is_observed_where_and_why_it_may_miss(table):
    for column in (
        "section",
        "what",
        "phenotype",
        "test",
        "quantity",
        "unit",
        "observed",
        "source",
        "reason",
    ):
        assert (table[column] != "").all(), column
    assert set(table["role"]) == set(report.ROLES)
    assert not table.duplicated(["section", "what"]).any()
    assert not table.duplicated(KEY).any()


def test_every_range_is_a_range(table):
    assert (table["low"].fillna(-np.inf) <= table["high"].fillna(np.inf)).all()
    assert table[["low", "high"]].notna().any(axis=1).all()


def test_every_identifier_is_in_the_list_of_measurements_and_every_measurement_is_used(table):
    used = {name for source in table["source"] for name in IDENTIFIER.findall(source)}
    listed = set(pd.read_csv(report.DATA / "published_measurements.csv")["id"])
    assert used == listed


def test_numbers_from_memory_are_no_targets_unless_they_say_so(table):
    rows = pd.read_csv(report.DATA / "published_measurements.csv")
    memory = set(rows.loc[rows["verified"] == "no", "id"])
    for _, row in table.iterrows():
        if memory & set(IDENTIFIER.findall(row["source"])):
            assert "from memory" in row["source"], row["what"]


def test_every_section_has_a_title_and_a_note(table):
    assert list(report.sections().index) == list(dict.fromkeys(table["section"]))
    assert report.sections().notna().all().all()


# ---- the plan ---------------------------------------------------------------------------------------------------


def test_a_whole_plan_has_all_bodies_the_cell_sizes_and_every_arrow_twice():
    jobs = [job.label for job in plan(read_phenotypes(), PARTS, 300, 1, read_parameters())]
    assert set(read_phenotypes()) < set(jobs)
    assert "isolated adipocyte" in jobs
    assert {"lean without dag->pkc", "obese without dag->pkc", "obese without nothing"} < set(jobs)
    assert len(jobs) == len(set(jobs))


@pytest.mark.parametrize("given", [(["leen"], ["clamp"]), (["lean"], ["clamps"])])
def test_an_unknown_part_or_body_is_named(given):
    with pytest.raises(ValueError, match=r"'leen' is unknown|'clamps' is unknown"):
        plan(*given, 300, 1, read_parameters())


def finds(value):
    """A job that finds one number."""
    return Found({("lean", "clamp", "m"): value})


def fails():
    """A job that fails as a run does."""
    raise SimulationError("minute 3: muscle, state 'ros' of cell 1 is 51")


def test_what_jobs_find_is_joined_and_a_run_that_fails_is_said_and_left_out(capsys):
    found = run_all([Job("good", finds, (2.0,)), Job("bad", fails)], 1)
    assert found.numbers == {("lean", "clamp", "m"): 2.0}
    assert found.failures == {"bad": "minute 3: muscle, state 'ros' of cell 1 is 51"}
    assert "bad: minute 3" in capsys.readouterr().err


def test_jobs_run_in_several_processes(capsys):
    table = pd.DataFrame({"a": [1]})
    found = run_all([Job("one", Found, ({}, {"x": table})), Job("other", Found, ({}, {"y": table}))], 2)
    assert set(found.tables) == {"x", "y"}


# ---- trials -----------------------------------------------------------------------------------------------------


def test_a_fasting_body_has_the_numbers_that_targets_ask_for(lean_body, table):
    found = trials.fasting(lean_body)
    asked = table[table["test"] == "fasting"]
    assert set(asked["quantity"]) <= set(found)
    assert found["muscle_share"] + found["insulin_independent_share"] < 100.0


def test_a_clamp_and_its_steps_have_the_numbers_that_targets_ask_for(lean_body, table):
    rest = trials.fasting(lean_body)
    found = trials.clamp(lean_body, rest)
    assert set(table.loc[table["test"] == "clamp", "quantity"]) <= set(found)
    steps = trials.three_steps(lean_body, rest, {"low": 100, "medium": 200, "high": 600}, "pM")
    assert steps["high_egp_change"] < steps["medium_egp_change"] < steps["low_egp_change"] < 0.0
    assert steps["high_rd_change"] > steps["medium_rd_change"] > steps["low_rd_change"] > 0.0


def test_half_maximal_doses_lie_within_the_curve_they_are_read_from(lean_body, table):
    found, curve = trials.dose_response(lean_body, trials.fasting(lean_body))
    assert set(table.loc[table["test"] == "dose", "quantity"]) <= set(found)
    assert curve["insulin"].is_monotonic_increasing
    for name in ("rd_ec50", "egp_ic50", "lipolysis_ic50"):
        assert curve["insulin"].iloc[0] < found[name] < curve["insulin"].iloc[-1]


def test_a_step_of_another_length_lasts_only_for_a_while(lean_body):
    usual = environment.MINUTE, environment.SUBSTEPS
    with pytest.raises(RuntimeError), trials.stepped(0.5, 8):
        assert (environment.MINUTE, environment.SUBSTEPS) == (0.5, 8)
        raise RuntimeError
    assert usual == (environment.MINUTE, environment.SUBSTEPS)


@pytest.fixture(scope="module")
def halved(lean_body):
    """What halving the step of a clamp changes [%], and what was found with each step."""
    return trials.halved_steps(lean_body)


def test_halving_the_step_hardly_changes_a_clamp(halved):
    found, steps = halved
    assert found["substeps_change"] < 1.0
    m_value = steps.set_index("step")["m_value"]
    assert len(m_value) == 3
    assert m_value.max() / m_value.min() == pytest.approx(1.0, abs=0.005)


@pytest.mark.xfail(strict=True, reason="asked: below 3 %; fatty acids, at 0.06 mM, move by 3.2 %")
def test_halving_the_step_hardly_changes_any_quantity_of_a_clamp(halved):
    assert halved[0]["step_change"] < 3.0


def test_the_plain_clamp_is_the_clamp(lean_body):
    assert trials.plain_clamp(lean_body)["m_value"] == pytest.approx(
        trials.clamp(lean_body, trials.fasting(lean_body))["m_value_mg_kg_min"], rel=0.01
    )


# ---- tables and the document ------------------------------------------------------------------------------------


@pytest.fixture
def found():
    """What a small validation may have found."""
    found = Found()
    for name, value in (("lean", 8.0), ("obese", 4.0)):
        found.add(name, "without ", {"m_value": value, "insulin": 50.0})
        found.add(name, "without dag->pkc", {"m_value": value + 0.5, "insulin": 40.0})
        found.add(name, "size", {"300 1": value, "300 2": value + 0.2, "600 1": value})
        found.add(name, "fasting", {"blood.glucose": 5.0, "body.rd": 10.0, "muscle.glucose_uptake": 1.4})
        found.add(name, "clamp", {"m_value_mg_kg_min": value, "body.rd": 45.0, "muscle.glucose_uptake": 30.0})
    found.failures["prediabetic"] = "minute 3: it failed"
    return found


def test_an_arrow_that_carries_the_loss_raises_the_ratio(found):
    row = arrow_table(found).set_index("arrow cut").loc["dag->pkc"]
    assert row["obese/lean"] == pytest.approx(4.5 / 8.5)
    assert row["ratio, change [%]"] == pytest.approx(100.0 * (4.5 / 8.5 / 0.5 - 1.0))


def test_an_arrow_without_which_nothing_is_disposed_has_no_ratio(found):
    for name in ("lean", "obese"):
        found.add(name, "without as160->glut4", {"m_value": 0.0, "insulin": 50.0})
    row = arrow_table(found).set_index("arrow cut").loc["as160->glut4"]
    assert np.isnan(row["obese/lean"])
    assert row["lean, change [%]"] == -100.0


def test_sizes_are_listed_by_cells_and_seed(found):
    assert size_table(found)[["cells", "seed"]].to_numpy().tolist() == [[300, 1], [300, 2], [600, 1]]


def test_the_document_says_that_it_is_generated_and_holds_every_target_that_ran(found, table):
    report.derive(found)
    compared = compare(table, found.numbers)
    text = report.document(
        compared, found, {"what": "five bodies", "parameters": "abc", "code": "def"}, {"meal": "meal.png"}
    )
    assert report.MARK in text
    assert "![Mixed meal: the model beside what was observed, where it was](meal.png)" in text
    assert "* prediabetic: minute 3: it failed" in text
    for title in report.sections()["title"]:
        assert f"## {title}" in text
    ran = compared["verdict"] != "not run"
    assert 0 < ran.sum() < len(ran)
    for what, row_ran in zip(compared["what"], ran, strict=True):
        assert (f"| {what.replace('|', chr(92) + '|')} |" in text) == row_ran
    missing = [int(count) for count in re.findall(r"Not run this time: (\d+) of \d+ rows", text)]
    assert sum(missing) == (~ran).sum()
    assert "HA0010" in text
    assert "five bodies; parameters `abc`, code `def`" in text
    assert not re.search(r"\bnan\b", text)


def test_studies_alone_make_a_document_without_measurements(table):
    made_by = {"what": "2 studies", "parameters": "abc", "code": "def"}
    text = report.document(compare(table, {}), Found(), made_by, {}, "## Score card of studies\n")
    assert "## Score card" in text
    assert "Measurements\n" not in text


def test_counts_are_of_rows_that_ran(found, table):
    counts = report.counts(compare(table, found.numbers)).set_index("section")
    assert counts.loc["fasting", "target"] == "2 of 2"
    assert "meal" not in counts.index
