"""Every command and every snippet that the README and the guides show runs as it stands.

A block that cannot run here stands below a comment ``<!-- not run: reason -->``.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_only_to_files_that_exist(page):
    targets = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]
