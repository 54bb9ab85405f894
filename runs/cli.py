"""The command line. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

from typing import Annotated

import typer

from .commands import bodies, installation, lists, lives, many, page, parameters, studies
from .console import Commands
from .export.command import app as export
from .export.film_command import film

app = typer.Typer(
    cls=Commands,
    name="insulattice",
    help="Insulin resistance arising from individual muscle, fat and liver cells.",
    epilog="Example: insulattice clamp --phenotype obese --insulin 40 --hours 3",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line."""
    app()


def _version(asked: bool) -> None:
    if asked:
        from .provenance import our_version

        typer.echo(f"insulattice {our_version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Insulin resistance arising from individual muscle, fat and liver cells."""


for part in (bodies, lives, studies, parameters, many, lists, page, installation):
    app.add_typer(part.group)
app.add_typer(export)
app.command(
    epilog="Example: insulattice film --phenotype obese --hours 3 --insulin 40 --state glut4 --out film.gif"
)(film)


if __name__ == "__main__":
    main()
