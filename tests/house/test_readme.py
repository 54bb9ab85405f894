"""Every command and every snippet that the README and the documentation show runs as it stands.

A block that cannot run here stands below a comment ``<!-- not run: reason -->``. Cells of tutorials are run by
the build of the documentation (``make docs``), which also writes the pages about biology.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = (
    "api/",
    "build/",
    "biology/mechanisms/",
    "biology/interventions/",
    "biology/parts/",
    "biology/web",
    "biology/numbers",
)
"""Where the build of the documentation writes."""


def is_written(page: Path) -> bool:
    """Whether the build of the documentation writes a page."""
    docs = ROOT / "docs"
    return page.is_relative_to(docs) and page.relative_to(docs).as_posix().startswith(WRITTEN)


PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if not is_written(page)),
]
BLOCK = re.compile(
    r"(?P<why><!-- not run: .+? -->\s*)?^```(?P<language>bash|python)\n(?P<code>.*?)^```", re.M | re.S
)


class Block(NamedTuple):
    """A fenced block that runs."""

    page: str
    line: int
    language: str
    code: str


def blocks(page: Path) -> list[Block]:
    """The blocks of a page that are to run."""
    text = page.read_text(encoding="utf-8")
    place = page.relative_to(ROOT).as_posix()
    return [
        Block(place, text.count("\n", 0, found.start("language")) + 1, found["language"], found["code"])
        for found in BLOCK.finditer(text)
        if not found["why"]
    ]


ALL = [block for page in PAGES for block in blocks(page)]


@pytest.mark.slow
@pytest.mark.parametrize("block", ALL, ids=[f"{block.page}:{block.line}" for block in ALL])
def test_a_shown_block_runs(block, tmp_path):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "MPLBACKEND": "agg"}
    command = ["bash", "-euo", "pipefail", "-c"] if block.language == "bash" else [sys.executable, "-c"]
    run = subprocess.run(
        [*command, block.code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, f"{block.code}\n{run.stdout[-2000:]}\n{run.stderr[-4000:]}"


def test_the_readme_shows_commands_and_code():
    assert {block.language for block in ALL if block.page == "README.md"} == {"bash", "python"}


def test_a_block_that_is_not_run_says_why():
    found = BLOCK.search("<!-- not run: it is make test itself -->\n```bash\nmake test\n```\n")
    assert found["why"]
    assert not BLOCK.search("text\n\n```bash\nls\n```\n")["why"]


def will_be_written(page: Path) -> bool:
    """Whether the build writes this page: it is of a mechanism, an intervention or a part that there is."""
    sources = {
        "mechanisms": ROOT / "agents" / "mechanisms",
        "interventions": ROOT / "environment" / "interventions",
        "parts": ROOT / "environment",
    }
    of = sources.get(page.parent.name)
    return is_written(page) and (of is None or (of / f"{page.stem}.py").exists())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_only_to_files_that_exist(page):
    targets = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    places = [(page.parent / target).resolve() for target in targets]
    assert not [place for place in places if not place.exists() and not will_be_written(place)]
