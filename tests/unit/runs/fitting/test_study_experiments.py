"""Quantities by name, and studies as experiments; no body is simulated."""

import numpy as np
import pytest

from insulattice.environment import SimulationError
from insulattice.environment.body import read_parameters
from insulattice.runs.fitting import cell_experiments
from insulattice.runs.fitting.evaluations import Answers, Evaluator, WorkLost
from insulattice.runs.fitting.study_experiments import find_quantities
from insulattice.runs.parameter_space import Space, choose
from insulattice.runs.study import running as study
from insulattice.runs.study.running import Options

TABLE = read_parameters()
SPACE = Space(TABLE, choose(TABLE, ["lipolysis_max"]))


def test_an_expectation_a_whole_study_a_phenotype_and_a_cell():
    given = ["hundal2000:fasting.egp", "hundal2000:fasting.glucose", "lean:clamp.m_value", "lean:fasting.muscle.dag",
             "cell:t2d.akt_s473", "itani2002"]  # fmt: skip
    found = find_quantities(given, Options())
    units = [one.unit for one in found]
    assert units[:5] == ["%", "%", "mg/kg/min", "mmol/kg", "nM"]
    assert len(found) == 5 + 11
    assert found[0].experiment is found[1].experiment
    assert found[2].experiment is found[3].experiment
    assert [len(found[place].experiment.outputs) for place in (0, 2, 5)] == [2, 2, 11]
    assert found[0].output == "fasting.egp, metformin versus before, percent change"


def test_one_of_several_that_are_alike():
    (found,) = find_quantities(["itani2002:clamp.rd#3"], Options())
    assert found.output == "clamp.rd 120 min, lipid versus control, percent change"
    assert [datum.observed for datum in found.experiment.data({})] == [0.0]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hundal2001:fasting.egp", "Did you mean hundal2000?"),
        ("hundal2000:fasting.egq", "hundal2000 expects no 'fasting.egq'. Did you mean fasting.egp?"),
        (
            "itani2002:clamp.rd",
            "itani2002 expects clamp.rd 3 times, allowed: clamp.rd#1 (clamp.rd 360 min, control); ",
        ),
        ("itani2002:clamp.rd#9", "itani2002 expects clamp.rd 3 times, allowed"),
        ("lean:clampp.rd", "lean:clampp.rd: test 'clampp', allowed: fasting, clamp,"),
        (
            "lean:clamp.matsuda",
            "lean:clamp.matsuda: 'matsuda' in test 'clamp', a clamp, allowed: in ogtt or meal",
        ),
        ("lean:fasting.gluc", "lean:fasting.gluc: no quantity is called 'gluc'. Did you mean glucose?"),
        ("lean", "lean: a phenotype alone, allowed: STUDY:TEST.QUANTITY"),
        ("cell:norm.s6", "the isolated cell is 'norm', allowed: normal, t2d"),
        ("cell:normal.akt", "signal 'akt', allowed: receptor_tyr,"),
        ("calibration", "calibration is 32 studies, allowed"),
    ],
)
def test_what_is_no_quantity_is_said(name, words):
    with pytest.raises(ValueError) as error:
        find_quantities([name], Options())
    assert words in str(error.value)


def test_no_quantity_at_all_is_said():
    with pytest.raises(ValueError, match="no quantity is given, allowed: STUDY:TEST"):
        find_quantities([], Options())


# ---- answers --------------------------------------------------------------------------------------------------------


@pytest.fixture
def played(monkeypatch):
    """No bodies: everything is 10 before and 8 after, times the change of ``lipolysis_max``."""

    def live(subject, lived, visits, cells, accelerated):
        share = dict(subject.values).get("lipolysis_max", 0.048) / 0.048
        if share > 2.0:
            raise SimulationError("glucose in blood is -1")
        if share < 0.5:
            raise MemoryError("too little")
        value = (8.0 if lived.life else 10.0) * share + 0.1 * subject.number
        return {(visit.test.name, reading): value for visit in visits for reading in visit.readings}

    outputs = {"fasting_glucose_mM": 10.0, "liver_fat_percent": 10.0, "muscle_lipid": 1.0}
    monkeypatch.setattr(study, "settle_representative", lambda *given: None)
    monkeypatch.setattr(study, "settle_subject", lambda subject, cells: outputs)
    monkeypatch.setattr(study, "live_and_test", live)


def answers(folder, *values, name="hundal2000:fasting.egp"):
    """What the study gives under values of ``lipolysis_max``."""
    (found,) = find_quantities([name], Options(subjects=2, cells=80))
    evaluator = Evaluator(SPACE, [found.experiment], Answers(folder))
    axis = SPACE.axes[0]
    return [answer[found.output] for (answer,) in evaluator([[axis.place(value)] for value in values])]


def test_a_study_is_done_with_other_parameters(played, tmp_path):
    one, other = answers(tmp_path, 0.048, 0.06)
    assert one.value == pytest.approx(100.0 * (8.05 / 10.05 - 1.0))
    assert other.value == pytest.approx(100.0 * (10.05 / 12.55 - 1.0), rel=1e-6)
    assert (one.compared, other.compared) == (pytest.approx(10.05), pytest.approx(12.55, rel=1e-6))
    assert one.error > 0.0


def test_a_body_that_runs_out_of_range_is_an_answer_and_a_lost_process_is_none(played, tmp_path):
    (failed,) = answers(tmp_path, 0.12)
    assert np.isnan(failed.value)
    assert failed.reason == "glucose in blood is -1"
    with pytest.raises(WorkLost, match="MemoryError: too little"):
        answers(tmp_path, 0.02)
    assert len(list(tmp_path.glob("*.parquet"))) == 1


def test_what_was_observed_does_not_make_it_another_experiment_and_subjects_do():
    def key(subjects, observed):
        (found,) = find_quantities(["hundal2000:fasting.egp"], Options(subjects=subjects))
        found.experiment.study.expect[0].observed = observed
        return found.experiment.key(TABLE)

    assert key(2, -24.0) == key(2, 1.0)
    assert key(2, -24.0) != key(3, -24.0)


# ---- the isolated cell ----------------------------------------------------------------------------------------------


def test_every_measured_point_has_a_name_of_its_own_and_an_error():
    data = cell_experiments.measured()
    assert len({datum.output for datum in data}) == len(data) == 266
    assert min(datum.error for datum in data) > 0.0
    assert any(datum.output == "PKB-S473P t2d course 10 min" for datum in data)
    (half,) = (datum for datum in data if datum.output == "glucose uptake t2d EC50")
    assert half.observed == pytest.approx(np.log(0.169402))


def test_only_the_numbers_of_its_chain_make_it_another_cell():
    experiment = cell_experiments.adipocyte_experiment()
    keys = [
        experiment.key(TABLE.with_values(change))
        for change in ({}, {"liver_akt_half": 0.3}, {"k_akt_t308": 1e6})
    ]
    assert keys[0] == keys[1] != keys[2]
    assert {"k_receptor_binding", "k_s6_off", "ceramide_reference"} <= cell_experiments.parameters_read()


def test_doses_integrated_together_are_those_integrated_alone():
    model = cell_experiments.isolated(TABLE, "t2d")
    together = model.respond_to((0.0, 0.1, 10.0), (0.0, 2.0, 20.0))
    alone = model.respond(0.1, (0.0, 2.0, 20.0))
    assert list(together[0.1].columns) == list(alone.columns)
    assert together[0.1].to_numpy() == pytest.approx(alone.to_numpy(), rel=1e-4, abs=1e-6)
