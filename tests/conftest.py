"""Shared fixtures. Which warnings are errors is said in setup.cfg."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

FEW_CELLS = 60


@pytest.fixture(scope="session", autouse=True)
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cache of compiled steps and settled bodies for the whole session; a given INSULATTICE_CACHE is kept."""
    with pytest.MonkeyPatch.context() as patch:
        if not os.environ.get("INSULATTICE_CACHE"):
            patch.setenv("INSULATTICE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield Path(os.environ["INSULATTICE_CACHE"])


@pytest.fixture(scope="session")
def lean_body(shared_cache: Path):
    """A settled lean body of few cells. Nobody may change it: simulate, or take a branch."""
    from insulattice.environment import Body

    return Body(phenotype="lean", cells=FEW_CELLS, seed=1)
