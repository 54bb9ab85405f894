"""What ``insulattice completion`` does."""

from __future__ import annotations

from typing import Annotated

import typer

from .completion import HINTS, SHELLS, script, shell_in_use, words
from .console import bad_input


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
