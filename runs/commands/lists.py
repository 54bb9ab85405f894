"""Lists of what the model is made of."""

from __future__ import annotations

import typer

from ..console import bad_input, show_list, show_table
from .options import (
    IdleCells,
    IdleSeed,
    JsonOption,
    OutOption,
    SearchOption,
    SetOption,
    WithoutOption,
)

group = typer.Typer()


@group.command(epilog="Example: insulattice parameters --search receptor")
def parameters(
    search: SearchOption = None,
    values: SetOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    seed: IdleSeed = 1,
    cells: IdleCells = 3000,
) -> None:
    """Every number of the model, with unit, range, kind and source."""
    with bad_input():
        from ..listing import parameter_rows, parameters_with

        table = parameters_with(values or ())
    show_list("parameters", parameter_rows(search, table), out, as_json, {"parameters": table.fingerprint()})


@group.command(epilog="Example: insulattice arrows --search pkc")
def arrows(
    search: SearchOption = None,
    without: WithoutOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    seed: IdleSeed = 1,
    cells: IdleCells = 3000,
) -> None:
    """The arrows of the causal web; --without takes their names."""
    with bad_input():
        from ..listing import arrow_rows

        rows = arrow_rows(search, without or ())
    show_list("arrows", rows, out, as_json, {"without": without or []})


@group.command(epilog="Example: insulattice sources --json")
def sources(
    without: WithoutOption = None,
    values: SetOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    seed: IdleSeed = 1,
    cells: IdleCells = 3000,
) -> None:
    """The papers behind a run, and how many numbers are measured, derived, fitted or assumed."""
    with bad_input():
        from ..listing import kind_counts, parameters_with, source_rows

        table = parameters_with(values or ())
        rows = source_rows(table, without or ())
    kinds = kind_counts(table)
    data = {"sources": rows.to_dict(orient="records"), "parameters_by_kind": kinds}
    show_list("sources", rows, out, as_json, {"parameters": table.fingerprint()}, data)
    if not as_json:
        show_table("parameters by kind", [["kind", "number"], *([kind, str(n)] for kind, n in kinds.items())])


@group.command(epilog="Example: insulattice info --json")
def info(
    as_json: JsonOption = False,
    out: OutOption = None,
    seed: IdleSeed = 1,
    cells: IdleCells = 3000,
) -> None:
    """Versions, engine, threads and cache."""
    with bad_input():
        from ..listing import info as found
        from ..listing import info_rows

        facts = found()
    show_list("info", info_rows(facts), out, as_json, {}, facts)
