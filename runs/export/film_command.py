"""What ``insulattice film`` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..commands.completion import offers, states, words
from ..commands.options import CellsOption, JsonOption, PhenotypeOption, SeedOption, SetOption, WithoutOption
from ..console import FAILED_RUN, Request, bad_input, complain, messages, progress_bar, show_json
from .bodies import body_of
from .command import CheckpointOption

if TYPE_CHECKING:
    from rich.console import Console

    from ...analysis.film import Script
    from ...environment.body import Body
    from ...environment.rule import Rule

FPS = (1, 60)


def film(
    phenotype: PhenotypeOption = "lean",
    state: Annotated[
        str,
        typer.Option(
            "--state",
            help="What colours the cells: a state, signal or field, as akt, glut4, dag, xbp1s, local_insulin.",
            autocompletion=offers(states),
        ),
    ] = "akt",
    test: Annotated[
        str,
        typer.Option(
            "--test",
            help="clamp, ogtt, meal or fasting.",
            autocompletion=words("clamp", "ogtt", "meal", "fasting"),
        ),
    ] = "clamp",
    insulin: Annotated[
        list[str] | None,
        typer.Option(
            "--insulin", help="Of a clamp: 40 (mU/m2/min, the default); may be repeated, for steps."
        ),
    ] = None,
    hours: Annotated[
        float | None, typer.Option("--hours", help="Length of it, or of each step of a clamp, in hours.")
    ] = None,
    every: Annotated[int, typer.Option("--every", help="Minutes from one frame to the next.")] = 2,
    fps: Annotated[int, typer.Option("--fps", help="Frames in a second.")] = 12,
    checkpoint: CheckpointOption = None,
    cells: CellsOption = 3000,
    seed: SeedOption = 1,
    without: WithoutOption = None,
    values: SetOption = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="As .gif, or .mp4 (needs ffmpeg).")
    ] = Path("film.gif"),
    as_json: JsonOption = False,
) -> None:
    """A test of a body as moving pictures: its cells, coloured by what goes on in them, and its plasma."""
    request = Request(phenotype, cells, seed, without, values, 1, None, None, as_json)
    FilmCommand(request, state, test, insulin, hours, every, fps, checkpoint, out).run()


@dataclass
class FilmCommand:
    """What was asked for."""

    request: Request
    state: str
    test: str
    insulin: list[str] | None
    hours: float | None
    every: int
    fps: int
    checkpoint: Path | None
    out: Path

    def run(self) -> None:
        """Simulate, draw, write, and say so; of a run that failed, what came before."""
        from ..record import check_path
        from .film import ENDINGS, check_writer, find_column

        with bad_input():
            protocol = self._protocol()
            check_path(self.out, ENDINGS)
            check_writer(self.out)
            self._check_frames(protocol)
        with messages() as console:
            body = body_of(self.request, self.checkpoint, console, lambda body: find_column(body, self.state))
            script, error = self._shoot(body, protocol, console)
            if script is not None:
                self._save(script, console)
        if script is not None:
            self._tell(script, error)
        if error:
            complain(error + (f" (the film until then is in {self.out})" if script is not None else ""))
            raise typer.Exit(FAILED_RUN)

    def _protocol(self) -> Rule:
        """Return the test."""
        from ...environment import Clamp
        from ..checkup import TESTS, find_test

        if self.test != "clamp" and self.insulin:
            raise ValueError(f"--insulin is given for a test {self.test!r}, allowed: with --test clamp only")
        if self.test == "clamp":
            return Clamp(insulin=self.insulin or ["40"], hours=self.hours)
        find_test(self.test)
        make: Callable[..., Rule] = TESTS[self.test]
        return make() if self.hours is None else make(hours=self.hours)

    def _check_frames(self, protocol: Rule) -> None:
        from .film import MOST_FRAMES

        if self.every < 1:
            raise ValueError(f"--every is {self.every}, allowed: 1 or more")
        if not FPS[0] <= self.fps <= FPS[1]:
            raise ValueError(f"--fps is {self.fps}, allowed: {FPS[0]} to {FPS[1]}")
        minutes = float(protocol.minutes)  # type: ignore[attr-defined]
        if minutes / self.every > MOST_FRAMES:
            least = -(-int(minutes) // MOST_FRAMES)
            raise ValueError(
                f"{minutes / self.every:.0f} frames, allowed: {MOST_FRAMES}; give --every {least} or more"
            )

    def _shoot(self, body: Body, protocol: Rule, console: Console) -> tuple[Script | None, str]:
        from ...environment import SimulationError
        from .film import film

        try:
            with progress_bar(console, self.test) as progress:
                return film(body, protocol, self.state, every=self.every, progress=progress), ""
        except SimulationError as error:
            return getattr(error, "script", None), str(error)

    def _save(self, script: Script, console: Console) -> None:
        from ...analysis.film import Film
        from .film import save_film

        try:
            with progress_bar(console, "drawing") as progress:
                save_film(Film(script), self.out, self.fps, progress)
        except ValueError as error:
            complain(str(error))
            raise typer.Exit(FAILED_RUN) from None

    def _tell(self, script: Script, error: str) -> None:
        size = self.out.stat().st_size
        if self.request.as_json:
            facts = {
                "title": script.title,
                "state": script.state,
                "frames": len(script.frames),
                "bytes": size,
            }
            show_json(facts | {"error": error or None, "files": [str(self.out)]})
        elif not error:
            typer.echo(f"written: {self.out} ({len(script.frames)} frames, {size / 1e6:.1f} MB)")
