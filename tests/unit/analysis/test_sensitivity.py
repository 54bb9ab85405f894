"""Designs and indices of sensitivity: against Ishigami's function, whose indices are known, and against SALib."""

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris

from insulattice.analysis.sensitivity import (
    elementary_effects,
    morris_design,
    morris_indices,
    sobol_design,
    sobol_indices,
    survivors,
)

NAMES = ("a", "b", "c")
KNOWN = {"S1": [0.3139, 0.4424, 0.0], "ST": [0.5576, 0.4424, 0.2437]}


def ishigami(places):
    x = np.pi * (2.0 * places - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_are_those_that_are_known():
    found = sobol_indices(NAMES, ishigami(sobol_design(3, 2048, 1)), 1)
    for figure, known in KNOWN.items():
        assert found[figure].to_numpy() == pytest.approx(known, abs=0.04)
        assert (np.abs(found[figure] - known) <= 1.5 * found[f"{figure}_conf"]).all()


def test_a_failure_takes_its_block_along_and_nothing_else():
    answers = ishigami(sobol_design(3, 512, 1))
    answers[[7, 1000]] = np.nan
    found = sobol_indices(NAMES, answers, 1)
    assert set(found["blocks"]) == {510}
    assert found["ST"].to_numpy() == pytest.approx(KNOWN["ST"], abs=0.08)


def test_too_few_blocks_give_no_index_and_a_constant_gives_none_of_the_variance():
    answers = ishigami(sobol_design(3, 4, 1))
    assert (sobol_indices(NAMES, np.full_like(answers, 3.0), 1)["ST"] == 0.0).all()
    answers[0] = np.nan
    assert sobol_indices(NAMES, answers, 1)["S1"].isna().all()


def test_morris_is_that_of_salib():
    design = morris_design(3, 40, 1)
    answers = ishigami(design)
    found = morris_indices(NAMES, design, answers)
    problem = {"num_vars": 3, "names": list(NAMES), "bounds": [[0.0, 1.0]] * 3}
    theirs = morris.analyze(problem, design, answers, seed=1)
    for figure in ("mu", "mu_star", "sigma"):
        assert found[figure].to_numpy() == pytest.approx(np.asarray(theirs[figure]), rel=1e-9)
    conf = np.asarray(theirs["mu_star_conf"], float)
    assert found["mu_star_conf"].to_numpy() == pytest.approx(conf, rel=0.4, abs=1e-9)


def test_a_failure_takes_only_the_steps_that_touch_it():
    design = morris_design(3, 5, 1)
    answers = design @ [1.0, -2.0, 3.0]
    answers[4] = np.nan  # first point of the second trajectory
    effects = elementary_effects(design, answers)
    assert np.isnan(effects).sum() == 1
    found = morris_indices(NAMES, design, answers)
    assert found["mu"].to_numpy() == pytest.approx([1.0, -2.0, 3.0])
    assert found["sigma"].to_numpy() == pytest.approx([0.0] * 3, abs=1e-12)
    assert sorted(found["effects"]) == [4, 5, 5]


def test_longer_designs_begin_with_shorter_ones():
    assert (morris_design(4, 9, 2)[:25] == morris_design(4, 5, 2)).all()
    assert (sobol_design(4, 16, 2)[:48] == sobol_design(4, 8, 2)).all()
    assert not (morris_design(4, 5, 3) == morris_design(4, 5, 2)).all()


def test_what_matters_for_any_quantity_goes_on():
    large = pd.DataFrame({"parameter": ["a", "b", "c"], "mu_star": [1e6, 1e3, 0.0]})
    small = pd.DataFrame({"parameter": ["a", "b", "c"], "mu_star": [0.0, 1e-9, 1e-6]})
    assert survivors({"large": large, "small": small}, 2) == ["a", "c"]
    assert survivors({"none": large.assign(mu_star=np.nan)}, 2) == ["a", "b"]
