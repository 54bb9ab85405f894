"""The page in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from ..console import BAD_INPUT, complain

group = typer.Typer()


@group.command(epilog="Example: insulattice serve --port 8765 --no-open")
def serve(
    port: Annotated[int, typer.Option("--port", help="Port on this machine.", min=1, max=65535)] = 8765,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
) -> None:
    """The page: three tissues, plasma over time, and controls, at http://127.0.0.1:PORT."""
    from ..serve import NoServer, serve_page

    try:
        serve_page(port, open_page)
    except NoServer as error:
        complain(str(error))
        raise typer.Exit(BAD_INPUT) from None
