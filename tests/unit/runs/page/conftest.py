"""What tests of the page share: a small body, and a player of it."""

import pytest

from insulattice.environment.body import Body
from insulattice.runs.page.player import Player, Settings


@pytest.fixture(scope="session")
def young_body() -> Body:
    """A small body in a plain state. Nobody may change it: take a branch."""
    return Body("obese", cells=150, seed=2, settle=False)


@pytest.fixture
def player(young_body) -> Player:
    """A player of a small body in a plain state."""
    return Player(Settings("obese", cells=150, seed=2), young_body.branch())
