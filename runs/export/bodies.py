"""The body that is exported or filmed: of a phenotype, settled, or from a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..console import FAILED_RUN, Request, bad_input, complain, progress_bar

if TYPE_CHECKING:
    from rich.console import Console

    from ...environment.body import Body


def body_of(request: Request, checkpoint: Path | None, console: Console) -> Body:
    """Return the body that a command asks for; a body that does not settle ends the command with status 1."""
    from ...environment import Body, SimulationError
    from ...environment.settle import settle

    with bad_input():
        if checkpoint is not None:
            return Body.load(checkpoint)
        body = request.body()
    try:
        with progress_bar(console, f"settling {request.phenotype}") as progress:
            settle(body, None if progress is None else lambda share: progress(round(100 * share), 100))
    except SimulationError as error:
        complain(f"settling failed: {error}")
        raise typer.Exit(FAILED_RUN) from None
    return body
