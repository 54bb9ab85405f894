"""The documentation: whole reference and gallery, equations that say what the code says, images with a text."""

import ast
import importlib
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

import check_built  # noqa: E402
from writing import environment, equations, mechanisms, text  # noqa: E402

WRITTEN = ("api", "build", "biology/mechanisms", "biology/interventions", "biology/parts")
PAGES = [
    page
    for page in (*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")))
    if not page.is_relative_to(DOCS) or not page.relative_to(DOCS).as_posix().startswith(WRITTEN)
]


def place(page: Path) -> str:
    """The path of a page from the root."""
    return page.relative_to(ROOT).as_posix()


# ---- reference and gallery ------------------------------------------------------------------------------------


def reference() -> dict[str, set[str]]:
    """What the reference lists, by module."""
    found: dict[str, set[str]] = {}
    page = (DOCS / "reference.md").read_text(encoding="utf-8")
    for block in re.findall(r"```\{eval-rst\}\n(.*?)```", page, re.S):
        module = re.search(r"currentmodule:: (\S+)", block)
        if module:
            found.setdefault(module[1], set()).update(re.findall(r"^   (\w+)$", block, re.M))
        for data in re.findall(r"py:data:: (\S+)", block):
            where, _, name = data.rpartition(".")
            found.setdefault(where, set()).add(name)
    return found


@pytest.mark.parametrize("package", ["environment", "environment.interventions", "runs", "analysis"])
def test_the_reference_has_every_public_name(package):
    listed = set().union(*(names for names in reference().values()))
    assert not sorted(set(importlib.import_module(f"insulattice.{package}").__all__) - listed)


def test_the_reference_lists_nothing_that_there_is_not():
    wrong = [
        f"{module}.{name}"
        for module, names in reference().items()
        for name in names
        if not hasattr(importlib.import_module(module), name)
    ]
    assert not wrong


def figure_functions() -> list[tuple[str, str]]:
    """Public functions of ``analysis`` that return a figure, with their file."""
    return [
        (path.name, node.name)
        for path in sorted((ROOT / "analysis").glob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and isinstance(node.returns, ast.Name)
        and node.returns.id == "Figure"
        and node.name != "new_figure"
    ]


@pytest.mark.parametrize("page", ["gallery.md", "reference.md"])
def test_every_figure_function_is_shown(page):
    shown = (DOCS / page).read_text(encoding="utf-8")
    assert not [f"{file} {name}" for file, name in figure_functions() if not re.search(rf"\b{name}\b", shown)]


# ---- images ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=place)
def test_every_image_of_a_page_says_what_it_shows(page):
    written = page.read_text(encoding="utf-8")
    short = [
        target
        for words, target in re.findall(r"!\[(.*?)\]\((.+?)\)", written)
        if len(words) < check_built.SHORTEST_TEXT
    ]
    assert not short
    assert "{image}" not in written and "{figure}" not in written


def cells(page: Path) -> list[str]:
    """The cells of a notebook."""
    return re.findall(r"^```\{code-cell\}.*?\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)


NOTEBOOKS = [page for page in PAGES if cells(page)]


@pytest.mark.parametrize("page", NOTEBOOKS, ids=place)
def test_a_cell_that_draws_has_a_text(page):
    drawing = {name for _, name in figure_functions()} | {"figure"}
    for cell in cells(page):
        last = cell.rstrip().splitlines()[-1].strip()
        draws = re.match(r"(\w+)(\(|$)", last)
        if draws and draws[1] in drawing:
            assert re.search(r'alt: ".{15,}"', cell), f"{place(page)}: {last} draws, and no text says what"


@pytest.mark.parametrize("page", NOTEBOOKS, ids=place)
def test_a_notebook_says_that_it_is_one_and_uses_public_names(page):
    written = page.read_text(encoding="utf-8")
    assert written.startswith("---\nfile_format: mystnb\n")
    assert not re.findall(r"import _\w+|\w\._[a-z]\w+\b", "\n".join(cells(page)))


def test_the_tutorials_are_those_that_were_asked_for():
    asked = {"clamp", "trial", "mechanism", "intervention", "study", "sweep", "server"}
    assert asked <= {page.stem for page in NOTEBOOKS}


@pytest.mark.parametrize("page", PAGES, ids=place)
def test_a_block_of_code_runs_or_says_why_not(page):
    """Fences are ``bash`` or ``python`` (the tests run them), cells (the build runs them), or no code at all."""
    allowed = {"bash", "python", "toml", "text", "ini", "", "{code-cell} ipython3", "{eval-rst}", "{toctree}"}
    languages = re.findall(
        r"^(?:```|:::)([^\n`]*)\n.*?^(?:```|:::)$", page.read_text(encoding="utf-8"), re.M | re.S
    )
    assert set(languages) <= allowed | {"{glossary}"}


# ---- biology --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", mechanisms.modules())
def test_the_equations_of_a_mechanism_hold_every_name_of_its_source(name):
    module = mechanisms.modules()[name]
    page = mechanisms.page(name, module, mechanisms.read_agent_parameters())
    formulas = [ElementTree.fromstring(found) for found in re.findall(r"<math .*?</math>", page)]
    written = {element.text for formula in formulas for element in formula.iter("mi")}
    for function in (getattr(module, "signals", None), module.rates):
        if function is not None:
            read = equations.names_read(function)
            assert read["cell"] | read["local"] | read["p"] <= written
    rates_of = formulas[-1].findall(".//mtd[@class='left']/mfrac")
    assert len(rates_of) == len(module.State._fields)


def test_the_page_of_a_mechanism_has_its_numbers_papers_and_arrows():
    page = mechanisms.page("akt", mechanisms.modules()["akt"], mechanisms.read_agent_parameters())
    row = next(line for line in page.splitlines() if line.startswith("| `k_akt_s473` |"))
    assert "fitted" in row and "(https://doi.org/10.1074/jbc.M112.432062)" in row and "1/min" in row
    assert "| `ceramide->akt` |" in page
    assert "[`lipids`]" not in page and "- **Cells**: myocyte, adipocyte, hepatocyte" in page


class State(NamedTuple):
    """Two states."""

    a: float
    b: float


def rates(cell, local, p):
    """As a mechanism has it."""
    free = 1.0 - (cell.a + cell.b)
    return State(a=p.k * free * local.insulin**2 - cell.a / p.tau, b=-((cell.b - 1.0) ** p.n))


def words(formula: str) -> list[str]:
    """The letters of each line of a formula, in order."""
    return ["".join(row.itertext()) for row in ElementTree.fromstring(formula).iter("mtr")]


def test_an_equation_reads_as_the_code_does():
    known = {"cell": {"a": equations.Name("state", "state of it")}}
    formula = equations.mathml(equations.equations_of(rates, rate=True), known)
    assert words(formula) == ["free=1−(a+b)", "dadt=k·free·insulinlocal2−atau", "dbdt=−(b−1)n"]
    assert '<mi class="state" title="state of it">a</mi>' in formula


def long_rates(cell, local, p):
    """A sum that fits in no line."""
    return SimpleNamespace(
        total=cell.one_long_name_of_a_state * p.one_long_name_of_a_parameter
        + cell.another_long_name_of_a_state * p.another_long_name_of_a_parameter
    )


def test_a_long_equation_is_broken_into_lines():
    formula = equations.mathml(equations.equations_of(long_rates, rate=False), {})
    assert len(words(formula)) > 1


def test_every_intervention_and_part_has_a_page(tmp_path):
    environment.write_pages(tmp_path)
    pages = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md")}
    assert {f"interventions/{name}.md" for name in environment.RULES} < pages
    assert {"parts/pancreas.md", "web.md", "numbers.md"} < pages
    metformin = (tmp_path / "interventions" / "metformin.md").read_text(encoding="utf-8")
    assert "| `dose_mg_per_day` |" in metformin and "| `metformin_half_life` | 5 |" in metformin


def test_a_page_of_something_that_has_gone_is_taken_away(tmp_path):
    gone = tmp_path / "interventions" / "gone.md"
    text.write(gone, "# Gone")
    environment.write_pages(tmp_path)
    assert not gone.exists()


def test_what_a_table_shows_is_no_markup():
    assert text.cell("a|b *c* <d>\n e") == r"a\|b \*c\* \<d\> e"
    assert text.with_links("doi:10.1/abc, and more") == "doi:10.1/abc, and more"
    assert text.with_links("(doi:10.1234/a.b-c).") == "([doi:10.1234/a.b-c](https://doi.org/10.1234/a.b-c))."


# ---- what is built --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ('<script src="https://cdn.example/x.js"></script>', "loads https://cdn.example/x.js"),
        ('<link rel="stylesheet" href="//fonts.example/f.css">', "loads //fonts.example/f.css"),
        ('<img src="a.png">', "the image a.png has the text ''"),
        ('<img src="a.png" alt="figure">', "the image a.png has the text 'figure'"),
        ('<a href="https://example.org">x</a><img src="a.png" alt="Two lines that cross at noon">', None),
    ],
)
def test_what_is_loaded_from_elsewhere_or_has_no_text_is_found(page, fault, tmp_path):
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    found = list(check_built.faults(tmp_path))
    assert (not found) if fault is None else fault in found[0]
