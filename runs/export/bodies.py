"""The body that is exported or filmed: of a phenotype, settled, or from a checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..console import FAILED_RUN, Request, bad_input, complain, progress_bar

if TYPE_CHECKING:
    from rich.console import Console

    from ...environment.body import Body


def body_of(
    request: Request,
    checkpoint: Path | None,
    console: Console,
    check: Callable[[Body], object] | None = None,
) -> Body:
    """Return the body that a command asks for; wrong input ends the command with status 2, a failure with status 1.

    Parameters
    ----------
    request : Request
        Phenotype and the like.
    checkpoint : Path or None
        Where a body was saved that is wanted instead.
    console : Console
        Where progress is shown.
    check : callable, optional
        Raises a ValueError if the body cannot serve, before it settles.
    """
    from ...environment import Body, SimulationError
    from ...environment.settle import settle

    with bad_input():
        body = request.body() if checkpoint is None else Body.load(checkpoint)
        if check is not None:
            check(body)
    if checkpoint is not None:
        return body
    try:
        with progress_bar(console, f"settling {request.phenotype}") as progress:
            settle(body, None if progress is None else lambda share: progress(round(100 * share), 100))
    except SimulationError as error:
        complain(f"settling failed: {error}")
        raise typer.Exit(FAILED_RUN) from None
    return body
