"""Markdown from docstrings and tables: links to papers, escaped cells, tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

DOI = re.compile(r"doi:(10\.\d{4,9}/[^\s,;)]*[^\s,;:.)])")
MODEL = re.compile(r"\b(BIOMD\d{10}|MODEL\d{10})\b")
ADDRESS = re.compile(r"(?<![(<])https?://[^\s,;)]+[^\s,;:.)]")
ROLE = re.compile(r":(?:mod|class|meth|func|attr|data):`~?\.*([^`]+)`")
HEADS = re.compile(r"\s+(Scheme|Sources?|Left out):")


def with_links(text: str) -> str:
    """Return a text with papers, models and addresses as links."""
    text = ADDRESS.sub(lambda found: f"[{_host(found[0])}]({found[0]})", text)
    text = DOI.sub(lambda found: f"[doi:{found[1]}](https://doi.org/{found[1]})", text)
    return MODEL.sub(lambda found: f"[{found[1]}](https://www.ebi.ac.uk/biomodels/{found[1]})", text)


def _host(address: str) -> str:
    return address.split("/")[2].removeprefix("www.")


def prose(docstring: str, page_of: Callable[[str], str | None]) -> str:
    """Return a docstring as Markdown; ``page_of`` gives the page of a name, if it has one."""

    def reference(found: re.Match[str]) -> str:
        page = page_of(found[1])
        return f"[`{found[1]}`]({page})" if page else f"`{found[1]}`"

    text = ROLE.sub(lambda found: f"``{found[1]}``", docstring)
    text = re.sub(r"``([^`]+)``", reference, text)
    return with_links(HEADS.sub(r"\n\n**\1:**", f" {text}")).strip()


def title_and_rest(docstring: str) -> tuple[str, str]:
    """Return the first sentence or paragraph of a docstring, and what follows."""
    first, _, rest = docstring.strip().partition("\n\n")
    return " ".join(first.split()), rest.strip()


def cell(value: object) -> str:
    """Return what a cell of a table shows: nothing in it is markup."""
    text = re.sub(r"([\\`*_\[\]<>|$~])", r"\\\1", str(value))
    return " ".join(text.split())


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; cells are Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def folded(summary: str, content: str) -> str:
    """Return a part that opens when one clicks on it."""
    return f"<details>\n<summary>{summary}</summary>\n\n{content}\n\n</details>"


def code(source: str) -> str:
    """Return source as a code block."""
    return f"```py\n{source.rstrip()}\n```"


def write(path: Path, text: str) -> None:
    """Write a page, unless it says this already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = text.rstrip() + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
