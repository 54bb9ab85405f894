"""The installation: completion by the shell, and whether all is sound."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import FAILED_RUN, bad_input, messages, show_json
from .completion import HINTS, SHELLS, script, shell_in_use, words
from .options import JsonOption

if TYPE_CHECKING:
    from ..doctor import Finding

group = typer.Typer()

WIDTHS = (18, 6)
STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


@group.command(epilog="Example: insulattice completion bash >> ~/.bashrc")
def completion(
    shell: Annotated[
        str | None,
        typer.Argument(
            metavar="SHELL",
            help="bash, zsh or fish; the one in use if not given.",
            autocompletion=words(*SHELLS),
        ),
    ] = None,
) -> None:
    """The script by which a shell completes commands, options and names; the shell reads it when it starts."""
    with bad_input():
        text = script(shell or shell_in_use())
    typer.echo(f"# {HINTS[shell or shell_in_use()]}")
    typer.echo(text)


@group.command(epilog="Example: insulattice doctor --quick")
def doctor(
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the smoke run, which compiles when it is the first.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Is the installation sound? A line for each check, ok, warn or fail, and what to do; fails with status 1."""
    from ..doctor import examine

    found: list[Finding] = []
    with messages():
        for finding in examine(("smoke",) if quick else ()):
            found.append(finding)
            if not as_json:
                _show(finding)
    count = {status: sum(finding.status == status for finding in found) for status in STYLES}
    if as_json:
        show_json({"checks": [asdict(finding) for finding in found], **count})
    else:
        typer.echo(", ".join(f"{number} {status}" for status, number in count.items()))
    if count["fail"]:
        raise typer.Exit(FAILED_RUN)


def _show(finding: Finding) -> None:
    """Print one line."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False, soft_wrap=True)
    line = Text(finding.check.ljust(WIDTHS[0]))
    line.append(finding.status.ljust(WIDTHS[1]), STYLES[finding.status])
    line.append(finding.found + (f"  -> {finding.advice}" if finding.advice else ""))
    console.print(line)
