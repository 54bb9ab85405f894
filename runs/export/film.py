"""A run as a film, GIF or MP4: the cells of three tissues coloured by a quantity, minute after minute."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from subprocess import CalledProcessError
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...agents.mechanism import SITE_NAMES
from ...agents.parameters import nearest
from ...analysis.style import printed_name, printed_unit
from ...environment.observe import CELL_MEANS
from ..page.look import FIELD_UNITS, SIGNALS
from ..record import Record, cell_table
from ..simulation import simulate

if TYPE_CHECKING:
    from ...analysis.film import Film, Script
    from ...environment.body import Body
    from ...environment.rule import Rule

PLACE = ["type", "compartment", "x", "y"]
RELATIVE_IN_FAT = ("dag", "ceramide")
"""Followed in fat as relative levels only."""
MOST_FRAMES = 500
"""A GIF is held in memory until it is written, at about 2 MB a frame."""


@dataclass
class Camera:
    """A rule that changes nothing, and looks at the cells every few minutes.

    Attributes
    ----------
    column : str
        What it looks at: a column of a table of cells.
    every : int
        Minutes between two frames [min].
    times, frames
        What it saw: minutes from its first look [min], and a table of cells for each.
    """

    column: str
    every: int
    times: list[float] = field(default_factory=list, repr=False)
    frames: list[pd.DataFrame] = field(default_factory=list, repr=False)
    began: float | None = field(default=None, repr=False)

    def act(self, body: Body, dt: float) -> None:
        """Look, if it is time to."""
        self.began = body.minute if self.began is None else self.began
        if (body.minute - self.began) % self.every == 0:
            self.look(body)

    def look(self, body: Body) -> None:
        """Keep the cells as they are now."""
        began = body.minute if self.began is None else self.began
        self.times.append(body.minute - began)
        self.frames.append(cell_table(body)[[*PLACE, self.column]])

    def __deepcopy__(self, memo: dict[int, Any]) -> Camera:
        """Return itself: a run copies its rules, and the pictures are wanted here."""
        return self


def film(
    body: Body,
    protocol: Rule,
    state: str,
    hours: float | None = None,
    every: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> Script:
    """Simulate a test of a body and return what a film of it shows.

    Parameters
    ----------
    body : Body
        It stays as it was.
    protocol : Rule
        Such as ``Clamp(...)``.
    state : str
        State, signal, trait or surrounding of cells, as :func:`find_column` knows it.
    hours : float, optional
        Length of the run, if not the protocol's own [h].
    every : int
        Minutes between frames [min].
    progress : callable, optional
        Called after each minute with the minutes done and the minutes in all.

    Raises
    ------
    SimulationError
        If a state left its range; ``script`` of it is the film until then.
    ValueError
        For an unknown state.
    """
    from ...environment import SimulationError

    camera = Camera(find_column(body, state), every)
    try:
        record = simulate(body, protocol, hours=hours, progress=progress, rules=[camera])
    except SimulationError as error:
        if isinstance(error.record, Record) and camera.frames:
            error.script = _script(camera, error.record, protocol)  # type: ignore[attr-defined]
        raise
    if not camera.times or record.body.minute - (camera.began or 0.0) > camera.times[-1]:
        camera.look(record.body)
    return _script(camera, record, protocol)


def _script(camera: Camera, record: Record, protocol: Rule) -> Script:
    from ...analysis.film import Script

    body = record.body
    title = f"{printed_name(body.phenotype.name)}: {describe(protocol)}"
    units = {name: _unit(body, name, camera.column) for name in body.compartments}
    return Script(camera.times, camera.frames, record.table, camera.column, units, title)


def describe(protocol: Rule) -> str:
    """Return a test in a few words."""
    own = str(getattr(protocol, "name", "run"))
    name = {"ogtt": "oral glucose", "meal": "mixed meal"}.get(own, own)
    steps = [f"{step.insulin:g} {printed_unit(step.unit)}" for step in getattr(protocol, "steps", ())]
    return f"{name} at {', '.join(steps)}" if steps else name


def columns(body: Body) -> list[str]:
    """Return everything that cells can be coloured by, as columns of a table of cells."""
    found: dict[str, None] = {}
    for compartment in body.compartments.values():
        for population in compartment.populations.values():
            composed = population.cell_type.composed
            found |= dict.fromkeys((*composed.states, *composed.signal_names, *composed.traits))
    return [*found, *(f"local_{name}" for name in SITE_NAMES)]


def find_column(body: Body, state: str) -> str:
    """Return the column of a table of cells that a name means: of a state, signal, trait, field, or a short name.

    Raises
    ------
    ValueError
        For an unknown name; names the nearest one.
    """
    known = columns(body)
    short = {name: column for name, (column, _) in CELL_MEANS.items()} | {n: f"local_{n}" for n in SITE_NAMES}
    found = state if state in known else short.get(state, "")
    if found not in known:
        raise ValueError(f"cells have no {state!r} to be coloured by.{nearest(state, [*known, *short])}")
    return found


def _unit(body: Body, tissue: str, column: str) -> str:
    """Return the unit of a column in a tissue; empty where it is not known."""
    if column.startswith("local_"):
        return FIELD_UNITS[column.removeprefix("local_")]
    if tissue == "fat" and column in RELATIVE_IN_FAT:
        return "1"
    starts = body.table.starts(body.compartments[tissue].main.cell_type.name)
    return starts[column].unit if column in starts else SIGNALS.get(column, "")


# ---- files --------------------------------------------------------------------------------------------------------

ENDINGS = (".gif", ".mp4")
DPI = 100


def ffmpeg() -> str | None:
    """Return the program that makes MP4, or None: that of imageio-ffmpeg, else the system's."""
    if find_spec("imageio_ffmpeg") is not None:
        from imageio_ffmpeg import get_ffmpeg_exe

        try:
            return str(get_ffmpeg_exe())
        except RuntimeError:
            pass  # it came without the program
    return shutil.which("ffmpeg")


def check_writer(path: Path) -> None:
    """Raise a ValueError, which says what to install, if a film of this kind cannot be made."""
    if path.suffix.lower() == ".mp4" and ffmpeg() is None:
        raise ValueError(
            "MP4 needs ffmpeg; install it with: pip install 'insulattice[film]', or give --out with the ending .gif"
        )


def save_film(shown: Film, path: Path, fps: int, progress: Callable[[int, int], None] | None = None) -> Path:
    """Write a film as .gif or .mp4, by the ending; whole or not at all.

    Parameters
    ----------
    shown : Film
    path : Path
    fps : int
        Frames in a second.
    progress : callable, optional
        Called after each frame with the frames done and the frames in all.

    Raises
    ------
    ValueError
        If it cannot be written there.
    """
    kind = path.suffix.lower()
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".film") as folder:
            file = Path(folder) / f"film{kind}"
            with _writer(kind, fps) as writer, writer.saving(shown.figure, str(file), dpi=DPI):
                for number in range(len(shown)):
                    shown.show(number)
                    writer.grab_frame(facecolor="white")
                    if progress is not None:
                        progress(number + 1, len(shown))
            os.replace(file, path)
    except (OSError, CalledProcessError) as error:
        raise ValueError(f"cannot write {path}: {getattr(error, 'strerror', '') or error}") from None
    return path


@contextmanager
def _writer(kind: str, fps: int) -> Iterator[Any]:
    """Give what writes frames."""
    import matplotlib as mpl
    from matplotlib.animation import FFMpegWriter, PillowWriter

    if kind == ".gif":
        yield PillowWriter(fps=fps)
        return
    options = ["-pix_fmt", "yuv420p", "-crf", "20", "-movflags", "+faststart"]
    with mpl.rc_context({"animation.ffmpeg_path": ffmpeg()}):
        yield FFMpegWriter(fps=fps, codec="libx264", extra_args=options)
