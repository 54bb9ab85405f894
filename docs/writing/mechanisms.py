"""A page per mechanism: biology, states, equations, numbers and arrows, from its file and the tables."""

from __future__ import annotations

import inspect
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from insulattice.agents import mechanisms
from insulattice.agents.arrows import Arrow, read_arrows
from insulattice.agents.cell_type import CELL_TYPES
from insulattice.agents.mechanism import Mechanism
from insulattice.agents.parameters import Parameter, ParameterTable, read_agent_parameters
from insulattice.analysis.style import WORDS, printed_name

from .equations import Name, equations_of, laws_read, mathml, names_read
from .numbers import kind_words, number, parameter_table, unit
from .text import cell, code, folded, prose, table, title_and_rest, with_links, write

PACES = {
    "fast": "Two sub-steps a minute.",
    "medium": "One step a minute.",
    "slow": "One step a minute; carried ahead in accelerated living.",
}
LAWS = {
    "hill": "hill(*x*, *K*, *n*) = *x*<sup>*n*</sup> / (*K*<sup>*n*</sup> + *x*<sup>*n*</sup>)",
    "positive_part": "[*x*]<sub>+</sub> is *x* where it is positive, and 0 elsewhere",
}
LEGEND = (
    '<p class="legend"><span class="state">state</span> <span class="signal">signal</span> '
    '<span class="trait">trait of the cell</span> <span class="site">surroundings<sub>local</sub></span> '
    '<span class="parameter">parameter</span> <span class="arrow">arrow, 1 or 0 if cut</span> '
    '<span class="name">found on the way</span></p>'
)


@cache
def modules() -> dict[str, ModuleType]:
    """Return the modules of the mechanisms by name, those of the cell types in their order first."""
    names = dict.fromkeys(one.name for kind in CELL_TYPES.values() for one in kind.mechanisms)
    for path in sorted(Path(mechanisms.__file__).parent.glob("[a-z]*.py")):
        names.setdefault(path.stem)
    return {name: import_module(f"{mechanisms.__name__}.{name}") for name in names}


@cache
def owners() -> dict[str, dict[str, str]]:
    """Return who owns what: by name of a state, signal or trait, its kind and mechanism."""
    found: dict[str, dict[str, str]] = {}
    for name, module in modules().items():
        one = Mechanism.of(module)
        for kind, owned in (("state", one.states), ("signal", one.signal_names), ("trait", one.traits)):
            for item in owned:
                found.setdefault(item, {})[name] = kind
    return found


def page_of(name: str) -> str | None:
    """Return the page of a mechanism, from the page of another."""
    return f"{name}.md" if name in modules() else None


def titled(name: str) -> str:
    """Return the title of a mechanism's page."""
    if name in WORDS:
        return printed_name(name)
    text = " ".join(WORDS.get(word, word) for word in name.split("_"))
    return text[:1].upper() + text[1:]


def write_pages(folder: Path) -> None:
    """Write all pages of mechanisms."""
    rows = read_agent_parameters()
    for name, module in modules().items():
        write(folder / f"{name}.md", page(name, module, rows))
    for path in folder.glob("*.md"):
        if path.stem not in modules():
            path.unlink()


def page(name: str, module: ModuleType, rows: ParameterTable) -> str:
    """Return the page of a mechanism."""
    one = Mechanism.of(module)
    first, rest = title_and_rest(module.__doc__ or "")
    names = _parameters(module)
    used = [row for row in rows if row.name in names]
    parts = [
        f"# {titled(name)}",
        prose(first, page_of),
        prose(rest, page_of),
        _facts(one),
        "## States and signals",
        _owned(one, module, rows),
        "## Equations",
        LEGEND,
        *_equations(one, module, rows),
        "## Numbers",
        f"{kind_words(used).capitalize()}. Where a row names a cell type, it holds there only.",
        parameter_table(used),
        *_spreads(one, rows),
        *_arrows(module),
        "## Source",
        folded(f"agents/mechanisms/{name}.py", code(inspect.getsource(module))),
    ]
    return "\n\n".join(part for part in parts if part)


def _functions(module: ModuleType) -> list[Any]:
    return [function for function in (getattr(module, "signals", None), module.rates) if function is not None]


@cache
def _read(module: ModuleType, argument: str) -> frozenset[str]:
    """Names that a mechanism reads from one of its arguments."""
    return frozenset(name for function in _functions(module) for name in names_read(function)[argument])


def _parameters(module: ModuleType) -> frozenset[str]:
    """Names of the parameters that a mechanism reads; arrows left out."""
    return _read(module, "p") - {arrow.parameter for arrow in read_arrows().values()}


def _facts(one: Mechanism) -> str:
    """Who has it, its pace, and from and to whom it reads."""
    cells = [name for name, kind in CELL_TYPES.items() if any(m.name == one.name for m in kind.mechanisms)]
    own = {*one.states, *one.signal_names, *one.traits}
    module = modules()[one.name]
    reads = sorted(
        {owner for name in _read(module, "cell") - own for owner in owners().get(name, {})} - {one.name}
    )
    read_by = sorted(
        other for other, its in modules().items() if other != one.name and _read(its, "cell") & own
    )
    local = sorted(_read(module, "local"))
    links = {"Reads": reads, "Is read by": read_by}
    facts = [("Cells", ", ".join(cells) or "none, a rival of another"), ("Pace", PACES[one.pace])]
    facts += [
        (what, ", ".join(f"[{titled(n)}]({n}.md)" for n in names) or "none") for what, names in links.items()
    ]
    facts.append(("Senses", ", ".join(f"`{name}`" for name in local) or "nothing around it"))
    return "\n".join(f"- **{what}**: {said}" for what, said in facts)


def _owned(one: Mechanism, module: ModuleType, rows: ParameterTable) -> str:
    """States, traits and signals, with what their classes say."""
    said = []
    for kind in ("State", "Traits", "Signals"):
        owner = getattr(module, kind, None)
        if owner is not None and owner._fields:
            names = ", ".join(f"`{name}`" for name in owner._fields)
            said.append(
                f"- **{kind.removesuffix('s') + 's'}** {names}. {prose(inspect.getdoc(owner) or '', page_of)}"
            )
    if one.conserved:
        names = ", ".join(f"`{name}`" for name in sorted(one.conserved))
        said.append(f"- **Material**: {names}; moved by fluxes, so that nothing is lost.")
    if one.exchanges:
        ways = [
            f"`{signal}` {'into' if sign > 0 else 'out of'} the {field} around the cell"
            for signal, (field, sign) in one.exchanges.items()
        ]
        said.append(f"- **Exchanges**: {'; '.join(ways)}.")
    starts = [row for row in rows if row.kind == "start" and row.name in one.states]
    lines = [[f"`{r.name}`", cell(r.cell_type or "all"), number(r.value), cell(unit(r.unit))] for r in starts]
    head = "A body starts from these values, and then settles:\n\n" if lines else ""
    return "\n".join(said) + (
        "\n\n" + head + table(["state", "cell type", "start", "unit"], lines) if lines else ""
    )


def _equations(one: Mechanism, module: ModuleType, rows: ParameterTable) -> list[str]:
    known = _known(one, module, rows)
    parts = []
    for heading, function in (("Signals", getattr(module, "signals", None)), ("Rates [1/min]", module.rates)):
        if function is not None:
            formulas = equations_of(function, rate=function is module.rates)
            parts += [f"### {heading}", f'<div class="equations">{mathml(formulas, known)}</div>']
    laws = {law for function in _functions(module) for law in laws_read(function)}
    parts += [f"{LAWS[law]}." for law in LAWS if law in laws]
    return parts


def _known(one: Mechanism, module: ModuleType, rows: ParameterTable) -> dict[str, dict[str, Name]]:
    """What the names of a mechanism are, with what the tables say of them."""
    cells = {}
    for name in _read(module, "cell") | set(one.states) | set(one.signal_names):
        of = owners().get(name, {})
        owner = one.name if one.name in of else next(iter(of), "")
        cells[name] = Name(of.get(owner, "state"), f"{of.get(owner, 'state')} of {owner}")
    arrows = {arrow.parameter: arrow for arrow in read_arrows().values()}
    numbers = {}
    for name in _read(module, "p"):
        if name in arrows:
            numbers[name] = Name("arrow", f"arrow {arrows[name].name}: {arrows[name].effect}")
        else:
            numbers[name] = Name("parameter", "; ".join(_said(row) for row in rows if row.name == name))
    return {"cell": cells, "p": numbers, "local": {name: Name("site") for name in _read(module, "local")}}


def _said(row: Parameter) -> str:
    where = f" ({row.cell_type})" if row.cell_type else ""
    return f"{number(row.value)} {row.unit}".removesuffix(" 1") + f", {row.kind}{where}"


def _spreads(one: Mechanism, rows: ParameterTable) -> list[str]:
    """How cells differ."""
    spreads = [row for row in rows if row.name in {f"spread_{trait}" for trait in one.traits}]
    return ["How cells differ:", parameter_table(spreads)] if spreads else []


def _arrows(module: ModuleType) -> list[str]:
    """The arrows of the causal web that this mechanism holds."""
    read = _read(module, "p")
    held = [arrow for arrow in read_arrows().values() if arrow.parameter in read]
    if not held:
        return []
    return ["## Arrows", 'They can be cut: `Body(without="NAME")`, `--without NAME`.', arrow_table(held)]


def arrow_table(arrows: list[Arrow]) -> str:
    """Return arrows as a table."""
    lines = [
        [f"`{arrow.name}`", cell(arrow.driver), cell(arrow.effect), with_links(cell(arrow.source))]
        for arrow in arrows
    ]
    return table(["arrow", "driver", "what it does", "source"], lines)
