"""Films of runs: what the camera sees, what can be seen, and files."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from insulattice.analysis.film import Film
from insulattice.environment import Body, Clamp, SimulationError
from insulattice.runs import cli, simulate
from insulattice.runs.export.film import Camera, ffmpeg, film, find_column, save_film

SHORT = ("--cells", "60", "--seed", "1")


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    """Draw films small, which is quick."""
    monkeypatch.setattr("insulattice.runs.export.film.DPI", 40)


@pytest.fixture(scope="module")
def script(lean_body):
    """Ten minutes of a clamp, a frame every four minutes and one at the end."""
    return film(lean_body, Clamp(hours=10 / 60), "glut4", every=4)


def test_a_camera_sees_the_beginning_the_end_and_what_lies_between(script):
    assert script.times == [0.0, 4.0, 8.0, 10.0]
    assert script.state == "glut4_surface"
    assert (script.title, script.units["muscle"]) == ("Lean: clamp at 40 mU/m²/min", "1")
    first, last = (
        frame[frame["type"] == "adipocyte"]["glut4_surface"].mean() for frame in script.frames[::3]
    )
    assert last > 1.2 * first
    assert script.plasma["time"].max() == 10.0


def test_a_camera_changes_nothing(lean_body, script):
    alone = simulate(lean_body, Clamp(hours=10 / 60))
    np.testing.assert_array_equal(alone.table["value"], script.plasma["value"])


def test_a_quantity_is_found_by_its_column_or_its_short_name(lean_body):
    known = {
        "glut4": "glut4_surface",
        "akt": "akt_s473",
        "insulin": "local_insulin",
        "m1": "m1",
        "dag": "dag",
    }
    assert {name: find_column(lean_body, name) for name in known} == known
    with pytest.raises(ValueError, match=r"cells have no 'aktt' to be coloured by. Did you mean akt"):
        find_column(lean_body, "aktt")


@pytest.mark.parametrize("ending", [".gif", ".mp4"])
def test_a_film_is_a_file(script, ending, tmp_path):
    if ending == ".mp4" and ffmpeg() is None:
        pytest.skip("NO FFMPEG: no MP4 was made")
    done: list = []
    path = save_film(Film(script), tmp_path / f"film{ending}", 10, lambda *counts: done.append(counts))
    assert done[-1] == (4, 4)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    if ending == ".gif":
        with Image.open(path) as image:
            assert (image.size, image.n_frames, image.info["duration"]) == ((384, 240), 4, 100)
    else:
        assert path.read_bytes()[4:8] == b"ftyp"


def test_a_film_that_cannot_be_written_leaves_nothing(script, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(ValueError, match=r"cannot write .*film.gif: No space left on device"):
        save_film(Film(script), tmp_path / "film.gif", 10)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_gives_the_film_until_then(lean_body, monkeypatch):
    def check(self):
        if self.minute - lean_body.minute > 6:
            raise SimulationError("muscle, state 'dag' of cell 7 is nan")

    monkeypatch.setattr(Body, "check", check)
    with pytest.raises(SimulationError) as failed:
        film(lean_body, Clamp(hours=0.5), "akt", every=2)
    assert failed.value.script.times == [0.0, 2.0, 4.0]


@pytest.mark.usefixtures("lean_body")
def test_the_command_writes_a_film(tmp_path):
    out = tmp_path / "film.gif"
    arguments = ("--test", "fasting", "--hours", "0.1", "--every", "3", "--state", "local_glucose")
    result = CliRunner().invoke(cli.app, ["film", *SHORT, *arguments, "--out", str(out), "--json"])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert (found["frames"], found["bytes"]) == (3, out.stat().st_size)


def test_a_camera_is_itself_when_a_run_copies_its_rules():
    import copy

    camera = Camera("akt_s473", 2)
    assert copy.deepcopy([camera])[0] is camera
