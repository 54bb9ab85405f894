"""The body that is exported or filmed: of a phenotype, settled, or from a checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..console import Request, bad_input, settle_with_bar

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
    from ...environment import Body

    with bad_input():
        body = request.body() if checkpoint is None else Body.load(checkpoint)
        if check is not None:
            check(body)
    if checkpoint is None:
        settle_with_bar(body, console)
    return body
