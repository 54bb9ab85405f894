"""Check built pages: nothing from elsewhere is loaded, and every image says what it shows.

Use: python docs/check_built.py FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

LOADS = {
    "script": "src",
    "img": "src",
    "source": "src",
    "iframe": "src",
    "link": "href",
    "video": "src",
    "audio": "src",
}
"""What a browser fetches by itself, by element."""

LINKS_ONLY = {"canonical", "index", "search", "next", "prev", "author", "copyright"}
SHORTEST_TEXT = 15
"""Letters of a text that says what an image shows."""


class Page(HTMLParser):
    """Finds what is wrong in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        given = {name: value or "" for name, value in attrs}
        target = given.get(LOADS.get(tag, ""), "")
        only_a_link = tag == "link" and given.get("rel", "") in LINKS_ONLY
        if target.startswith(("http:", "https:", "//")) and not only_a_link:
            self.wrong.append(f"<{tag}> loads {target}")
        if tag == "img" and len(given.get("alt", "")) < SHORTEST_TEXT:
            self.wrong.append(f"the image {given.get('src', '')[:60]} has the text {given.get('alt', '')!r}")


def faults(folder: Path) -> Iterator[str]:
    """Return what is wrong, one line each."""
    pages = sorted(folder.rglob("*.html"))
    if not pages:
        yield f"{folder}: no pages"
    for path in pages:
        page = Page()
        page.feed(path.read_text(encoding="utf-8"))
        yield from (f"{path.relative_to(folder)}: {fault}" for fault in page.wrong)
    for path in sorted(folder.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        if "url(http" in text or "url(//" in text or "@import" in text:
            yield f"{path.relative_to(folder)}: loads from elsewhere"


def main() -> int:
    """Say what is wrong; return 1 if anything is."""
    found = list(faults(Path(sys.argv[1])))
    sys.stderr.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
