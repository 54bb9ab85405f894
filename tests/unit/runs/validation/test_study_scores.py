"""Rows for the score card, reasons of misses, and what the document says of studies."""

import re

import numpy as np
import pandas as pd
import pytest

from insulattice.runs.study.command import shipped_studies
from insulattice.runs.study.file import read_study
from insulattice.runs.study.running import StudyResult, bad_rows
from insulattice.runs.validation import score_report
from insulattice.runs.validation.score_report import Data
from insulattice.runs.validation.study_scores import NO_REASON, read_reasons, scored

NAMES = ("bajaj2005", "hundal2000", "roden1996", "abbasi1997", "heer2014")


@pytest.fixture(scope="module")
def paths():
    """Files of five studies of both sets."""
    return [shipped_studies()[name] for name in NAMES]


@pytest.fixture(scope="module")
def rows(paths, result_of):
    """Rows of five studies: three as observed, one far off, one that failed in part."""
    results = [
        result_of(
            path,
            shift=0.8 if path.stem == "heer2014" else 0.0,
            error="it failed" if path.stem == "hundal2000" else "",
        )
        for path in paths
    ]
    results[-1].rows[0]["predicted"] = -60.0
    reasons = {("heer2014", "insulin", ""): "insulin is cleared too slowly"}
    return scored(results, paths, reasons)


def test_a_row_knows_its_set_level_tissue_moment_and_title(rows):
    row = rows[(rows["study"] == "heer2014") & (rows["quantity"] == "insulin")].iloc[0]
    assert tuple(row[["set", "level", "tissue", "when"]]) == (
        "validation",
        "challenge",
        "blood",
        "auc 0 to 120 min",
    )
    assert row["title"] == read_study(shipped_studies()["heer2014"]).title


def test_only_a_row_that_ran_and_misses_has_a_reason(rows):
    reasons = rows.set_index(["study", "quantity", "arm"])["reason"]
    assert reasons["heer2014", "insulin", "bed_rest"] == "insulin is cleared too slowly"
    assert reasons["heer2014", "glucose", "bed_rest"] == NO_REASON
    assert set(reasons["hundal2000"]) == {""}
    assert set(reasons["roden1996"]) == {""}


def test_the_rows_of_no_studies_are_a_table_without_rows():
    table = scored([], [], {})
    assert len(table) == 0
    assert {"set", "level", "tissue", "reason", "predicted"} <= set(table)
    assert score_report.figures(table) == {}


def test_a_bad_file_has_rows_without_level(tmp_path):
    path = tmp_path / "validation" / "bad.toml"
    path.parent.mkdir()
    path.write_text("id = 3\n[[expect]]\nquantity = 'rd'\n")
    table = scored([StudyResult("bad", rows=bad_rows(path, "it is bad"), bad="it is bad")], [path], {})
    assert table[["set", "level", "reason", "error"]].to_numpy().tolist() == [
        ["validation", "", "", "it is bad"]
    ]


# ---- reasons --------------------------------------------------------------------------------------------------------


def test_the_shipped_reasons_are_of_expectations():
    assert read_reasons(shipped_studies().values())


def test_a_reason_of_one_arm_goes_before_that_of_all(tmp_path, paths, result_of):
    file = tmp_path / "misses.csv"
    file.write_text("study,quantity,arm,reason\nbajaj2005,rd,,all arms\nbajaj2005,rd,acipimox,this arm\n")
    reasons = read_reasons(paths, file)
    result = result_of(paths[0], shift=1.0)
    table = scored([result], paths[:1], reasons)
    assert table.loc[table["quantity"] == "rd", "reason"].tolist() == ["this arm"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "bajaj2006,rd,,x",
            "line 2 (bajaj2006, rd, all arms): no study is called 'bajaj2006'. Did you mean bajaj2005?",
        ),
        ("bajaj2005,rdd,,x", "no expectation is of 'rdd'. Did you mean rd?"),
        ("bajaj2005,rd,acipimix,x", "no expectation of rd is of arm 'acipimix'. Did you mean acipimox?"),
        ("bajaj2005,rd,,", "it gives no reason"),
        ("bajaj2005,rd,,x\nbajaj2005,rd,,y", "line 3 (bajaj2005, rd, all arms): it stands twice"),
    ],
)
def test_a_reason_of_nothing_is_an_error(line, words, tmp_path, paths):
    file = tmp_path / "misses.csv"
    file.write_text(f"study,quantity,arm,reason\n{line}\n")
    with pytest.raises(ValueError, match=re.escape(words)):
        read_reasons(paths, file)


def test_columns_of_another_table_are_named(tmp_path, paths):
    file = tmp_path / "misses.csv"
    file.write_text("study,quantity,why\n")
    with pytest.raises(
        ValueError, match="has the columns study, quantity, why, allowed: study, quantity, arm, reason"
    ):
        read_reasons(paths, file)


# ---- the document ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def text(rows):
    """What the document says of the five studies."""
    return score_report.document(
        rows, Data(155, 100, 26, 42, 39, 266), {"effects": "effects.png", "validation": "far.png"}
    )


def test_the_score_card_stands_first(text):
    assert text.startswith("## Score card of studies")
    assert (
        text.index("| calibration | model |") < text.index("By level:") < text.index("## Studies, one by one")
    )
    assert "Gap, calibration less validation: inside +" in text
    assert "Fitted parameters: 155. Data of the calibration set: 142 (100 expectations of 26 studies" in text
    assert "39 of the parameters are fitted to the isolated adipocyte" in text
    assert "the other 116 stand beside the 142" in text


def test_every_expectation_stands_with_both_intervals(text, rows):
    last = text[text.index("## Studies, one by one") :]
    assert last.count("\n| agrees |") == int(rows["agrees"].sum())
    assert last.count("\n| **miss** |") == 2
    assert last.count("\n| failed |") == 1
    assert "| agrees | fasting | acipimox vs before | ffa (change) [%] | -59.1 (-74.6 to -43.6) |" in last
    assert "### heer2014 (validation): " in last


def test_failures_wrong_signs_and_negative_trials_are_listed(text):
    assert "* hundal2000 (1): it failed" in text
    wrong = text[text.index("### Effects with the wrong sign") : text.index("### Negative trials")]
    assert "| heer2014 (validation) | **miss** |" in wrong
    negative = text[text.index("### Negative trials") : text.index("## Studies, one by one")]
    assert "| abbasi1997 (validation) | yes | agrees |" in negative


def test_misses_say_why(text):
    assert "* insulin: insulin is cleared too slowly." in text
    assert f"* glucose: {NO_REASON}." in text


def test_figures_stand_where_they_were_drawn_and_nothing_is_no_number(text):
    assert "](effects.png)" in text
    assert "](far.png)" in text
    assert text.count("![") == 2
    assert not re.search(r"\bnan\b|None", text)


def test_the_figures_are_drawn_of_what_ran(rows):
    assert list(score_report.figures(rows)) == ["effects", "groups", "calibration", "validation"]
    assert list(score_report.figures(rows[rows["set"] == "validation"])) == [
        "effects",
        "groups",
        "validation",
    ]


def test_the_card_as_plain_data_counts_what_it_lists(rows):
    found = score_report.as_data(rows)
    assert [line["set"] for line in found["sets"]] == ["calibration"] * 3 + ["validation"] * 3
    assert found["wrong_signs"] == 1
    assert found["negative_trials"] >= found["predicted_as_about_nothing"] > 0
    assert np.isfinite(found["gap"]["inside"])
    assert pd.DataFrame(found["by"]["level"])["expectations"].sum() == len(rows)
