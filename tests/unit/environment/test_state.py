"""A body's state as arrays: packed, written, read and unpacked without losing a bit."""

import json

import numpy as np
import pytest

from insulattice.environment import Body, observe
from insulattice.environment import state as states


def plain():
    return Body("obese", cells=60, settle=False)


@pytest.fixture(scope="module")
def fed():
    """A body in the middle of a meal."""
    body = plain()
    body.gut.meal(90.0, 30.0, 25.0)
    for _ in range(45):
        body.step()
    body.open_books()
    return body


def future(body):
    """The state an hour later."""
    for _ in range(60):
        body.step()
    return states.pack(body)


def equal(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def test_unpacking_gives_back_what_was_packed(fed):
    twin = plain()
    states.unpack(twin, states.pack(fed))
    assert equal(states.pack(twin), states.pack(fed))


def test_an_unpacked_body_has_the_same_future(fed):
    twin = plain()
    states.unpack(twin, states.pack(fed))
    assert equal(future(twin), future(fed.branch()))


def test_the_books_come_along(fed):
    living, twin = fed.branch(), plain()
    future(living)
    states.unpack(twin, states.pack(living))
    assert twin.accounts == living.accounts
    assert twin.audit() == living.audit()
    assert max(abs(gap) for gap in twin.audit().values()) < 1e-12


def test_what_is_seen_comes_along(fed):
    twin = plain()
    states.unpack(twin, states.pack(fed))
    assert observe(twin) == observe(fed)


def test_numbers_that_a_part_does_not_keep_are_refused(fed):
    twin, arrays = plain(), states.pack(fed)
    numbers = json.loads(str(arrays["numbers"]))
    numbers["gut"]["meal"] = 1.0
    with pytest.raises(ValueError, match="Gut does not keep the same numbers: meal"):
        states.unpack(twin, arrays | {"numbers": np.array(json.dumps(numbers))})


def test_what_is_packed_is_not_what_the_body_goes_on_with(fed):
    twin = plain()
    packed = {name: array.copy() for name, array in states.pack(fed).items()}
    states.unpack(twin, packed)
    kept = {name: array.copy() for name, array in packed.items()}
    future(twin)
    assert equal(packed, kept)


def test_a_file_gives_back_every_bit(fed, tmp_path):
    states.write(tmp_path / "folder" / "body.npz", states.pack(fed))
    assert equal(states.read(tmp_path / "folder" / "body.npz"), states.pack(fed))
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["body.npz"]


def test_a_write_that_fails_leaves_nothing(fed, tmp_path, monkeypatch):
    def full(file, **_):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        states.write(tmp_path / "body.npz", states.pack(fed))
    assert list(tmp_path.iterdir()) == []


def test_a_state_of_another_size_is_refused(fed):
    other = Body("obese", cells=120, settle=False)
    with pytest.raises(ValueError, match=r"shape|broadcast|zip"):
        states.unpack(other, states.pack(fed))
