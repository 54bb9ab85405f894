"""Pages of interventions, of the parts of the body around the cells, of the causal web, and of all numbers."""

from __future__ import annotations

import inspect
from collections import defaultdict
from functools import cache
from importlib import import_module
from pathlib import Path

from insulattice import environment
from insulattice.agents.arrows import read_arrows
from insulattice.agents.parameters import Parameter, ParameterTable, read_agent_parameters
from insulattice.environment import RULES, Intervention, describe
from insulattice.environment.parameters import read_environment_parameters

from . import mechanisms
from .numbers import kind_words, number, parameter_table
from .text import cell, code, folded, prose, table, title_and_rest, with_links, write

FOLDER = Path(environment.__file__).parent
SHARED = {"start_day", "stop_day", "ramp_days", "adherence"}


@cache
def numbers() -> ParameterTable:
    """Return the parameters of the environment."""
    return read_environment_parameters()


def page_of(name: str) -> str | None:
    """Return the page of a mechanism or a part, from a page in a folder beside it."""
    if name in mechanisms.modules():
        return f"../mechanisms/{name}.md"
    if name in parts():
        return f"../parts/{name}.md"
    return None


@cache
def parts() -> dict[str, str]:
    """Return the docstrings of the parts of the environment that have numbers, by name."""
    where = dict.fromkeys(row.where for row in numbers())
    names = [name for name in where if (FOLDER / f"{name}.py").exists()]
    return {name: import_module(f"{environment.__name__}.{name}").__doc__ or "" for name in names}


def write_pages(folder: Path) -> None:
    """Write the pages into folders of ``folder``, and take away those that are of nothing."""
    pages = {f"interventions/{name}.md": _intervention(name, rule) for name, rule in RULES.items()}
    pages |= {f"parts/{name}.md": _part(name, text) for name, text in parts().items()}
    pages |= {"web.md": _web(), "numbers.md": _numbers()}
    for place, text in pages.items():
        write(folder / place, text)
    for path in (*folder.glob("interventions/*.md"), *folder.glob("parts/*.md")):
        if path.relative_to(folder).as_posix() not in pages:
            path.unlink()


def _intervention(name: str, rule: type[Intervention]) -> str:
    """Return the page of an intervention."""
    module = inspect.getmodule(rule)
    assert module is not None
    first, rest = title_and_rest(module.__doc__ or "")
    described = describe(rule)
    lines = [
        [
            f"`{a.name}`",
            cell("needed" if a.default is None and not _optional(rule, a.name) else _default(a.default)),
            cell(a.unit or "–"),
            cell(a.allowed),
        ]
        for a in sorted(described.arguments, key=lambda a: a.name in SHARED)
    ]
    rows = _own_numbers(name, rule)
    read = f"The same words do in a study, a sweep and on the command line: `{name}`, then its arguments."
    body = [
        f"# {name.replace('_', ' ').capitalize()}",
        prose(first, page_of),
        prose(rest, page_of),
        f"In Python `insulattice.environment.{rule.__name__}`. {read}",
        "## Arguments",
        table(["argument", "if not given", "unit", "allowed"], lines),
        *(["## Numbers", f"{kind_words(rows).capitalize()}.", parameter_table(rows)] if rows else []),
        "## Source",
        folded(
            f"environment/interventions/{Path(module.__file__ or '').name}", code(inspect.getsource(module))
        ),
    ]
    return "\n\n".join(part for part in body if part)


def _optional(rule: type[Intervention], name: str) -> bool:
    from dataclasses import MISSING, fields

    return any(one.name == name and one.default is not MISSING for one in fields(rule))


def _default(value: object) -> str:
    if value is None:
        return "may be left out"
    return (
        number(float(value))
        if isinstance(value, (int, float)) and not isinstance(value, bool)
        else str(value)
    )


def _own_numbers(name: str, rule: type[Intervention]) -> list[Parameter]:
    """The rows that an intervention reads: those of its file, and those named after its drugs."""
    module = inspect.getmodule(rule)
    assert module is not None
    drugs = {name, *getattr(rule, "doses", {})}
    return [
        row
        for row in numbers()
        if row.where == module.__name__.rpartition(".")[2]
        or any(row.name.startswith(f"{drug}_") for drug in drugs)
    ]


def _part(name: str, docstring: str) -> str:
    """Return the page of a part of the environment."""
    rows = [row for row in numbers() if row.where == name]
    first, rest = title_and_rest(docstring)
    body = [
        f"# {name.replace('_', ' ').capitalize()}",
        prose(first, page_of),
        prose(rest, page_of),
        "## Numbers",
        f"{kind_words(rows).capitalize()}.",
        parameter_table(rows),
        "## Source",
        folded(f"environment/{name}.py", code((FOLDER / f"{name}.py").read_text(encoding="utf-8"))),
    ]
    return "\n\n".join(part for part in body if part)


def _web() -> str:
    """Return the page of the causal web: all arrows, by driver."""
    by_driver: dict[str, list[str]] = defaultdict(list)
    for arrow in read_arrows().values():
        by_driver[arrow.driver].append(arrow.name)
    every = read_arrows()
    body = [
        "# The causal web",
        f"{len(every)} arrows stand for what acts on what. Each can be cut, alone or with others, and the body then "
        'settles without it: `Body(without="dag->pkc")`, `insulattice clamp --without "dag->pkc"`, in studies the rule '
        "[`knockout`](interventions/knockout.md). What cutting each does to resistance stands in "
        "[the validation](../validation.md).",
    ]
    for driver, names in by_driver.items():
        lines = [
            [
                f"`{name}`",
                cell(every[name].effect),
                _place(every[name].source),
                with_links(cell(_paper(every[name].source))),
            ]
            for name in names
        ]
        title = driver if driver[:2].isupper() else driver.capitalize()
        body += [f"## {title}", table(["arrow", "what it does", "where", "source"], lines)]
    return "\n\n".join(body)


def _paper(source: str) -> str:
    return source.partition("; mechanism ")[0]


def _place(source: str) -> str:
    """Links to the mechanisms that a source names."""
    names = [name.strip() for name in source.partition("; mechanism ")[2].split(",")]
    found = []
    for name in filter(None, names):
        page = page_of(name)
        found.append(f"[{name}]({page.removeprefix('../')})" if page else name)
    return ", ".join(found)


def _numbers() -> str:
    """Return the page that says how many numbers there are of each kind, and from which papers."""
    rows = [*read_agent_parameters(), *numbers()]
    counted = [row for row in rows if row.kind != "start"]
    by_file: dict[str, list[Parameter]] = defaultdict(list)
    by_source: dict[str, list[Parameter]] = defaultdict(list)
    for row in counted:
        by_file[row.where].append(row)
        by_source[row.source].append(row)
    files = [[_file(name), str(len(of)), kind_words(of)] for name, of in sorted(by_file.items())]
    order = sorted(by_source, key=lambda source: (source == "assumed", -len(by_source[source]), source))
    sources = [[with_links(cell(s)), str(len(by_source[s])), kind_words(by_source[s])] for s in order]
    return "\n\n".join(
        [
            "# The numbers",
            f"{len(counted)} numbers, starting values of states aside: {kind_words(counted)}. *Measured*: read in a "
            "paper; *derived*: computed from what was measured; *fitted*: chosen so that the model meets what a paper "
            "measured; *assumed*: a guess, and it says so.",
            "## By file",
            table(["file", "numbers", "kinds"], files),
            "## By source",
            table(["source", "numbers", "kinds"], sources),
        ]
    )


def _file(name: str) -> str:
    page = page_of(name)
    if page is None and name in RULES:
        page = f"interventions/{name}.md"
    return f"[{name}]({page.removeprefix('../')})" if page else name
