"""Every fitted number and every expectation of the calibration studies belongs to a stage."""

import pytest

from insulattice.environment.body import read_parameters
from insulattice.runs.fitting.stages import (
    STAGES,
    earlier,
    experiments_of,
    find_stages,
    rows_of,
    stage_of,
    stage_of_row,
)
from insulattice.runs.fitting.tables import A_SOURCE, source_text
from insulattice.runs.parameter_space import label_of
from insulattice.runs.study.command import find_studies, shipped_studies
from insulattice.runs.study.file import read_study
from insulattice.runs.study.running import Options

TABLE = read_parameters()


def test_every_fitted_number_has_a_stage():
    lacking = [label_of(row) for row in TABLE if row.kind == "fitted" and stage_of_row(row) is None]
    assert not lacking, "say their stage in runs/data/fit_stages.csv"
    assert sum(len(rows_of(stage, TABLE)) for stage in STAGES) == sum(row.kind == "fitted" for row in TABLE)


@pytest.mark.parametrize(
    ("name", "cell_type", "stage"),
    [
        ("k_akt_t308", "", "cell"),
        ("k_as160_double", "", "cell"),
        ("k_as160_double", "myocyte", "organ"),
        ("fat_oxidation_max", "hepatocyte", "body"),
        ("k_s312_acyl", "myocyte", "challenge"),
        ("metformin_half", "", "intervention"),
    ],
)
def test_the_most_special_word_on_a_number_holds(name, cell_type, stage):
    assert stage_of_row(TABLE.get(name, cell_type)) == stage


def stages_of(name):
    """The stage of each expectation of a shipped study."""
    study = read_study(shipped_studies()[name])
    return [stage_of(expect, study) for expect in study.expect]


def test_expectations_belong_to_what_is_done_to_the_subjects():
    assert set(stages_of("rizza1981")) == {"organ"}
    assert set(stages_of("jackson1984")) == {"body"}
    assert stages_of("itani2002")[:2] == ["organ", "challenge"]
    assert set(stages_of("krogh_madsen2010")) == {"challenge"}
    assert set(stages_of("hundal2000")) == {"intervention"}


def test_the_stages_share_out_the_calibration_studies():
    paths = find_studies(["calibration"])
    found = {stage: experiments_of(stage, paths, Options()) for stage in STAGES}
    shared = sum(len(one.outputs) for stage in STAGES[1:] for one in found[stage])
    assert shared == sum(len(read_study(path).expect) for path in paths)
    assert [one.name for one in found["cell"]] == ["brannmark2013"]
    assert all(A_SOURCE.fullmatch(source_text(one.source)) for group in found.values() for one in group)


def test_words_for_stages():
    assert find_stages("all") == STAGES
    assert earlier("body") == ("cell", "organ")
    with pytest.raises(ValueError, match=r"--stage is 'organs', allowed: cell, organ, .* Did you mean organ"):
        find_stages("organs")
