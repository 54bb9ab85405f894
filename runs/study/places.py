"""Places in a study file: what is wrong there, how it is named, and on which line it stands."""

from __future__ import annotations

import re

Place = tuple[str | int, ...]
"""Where a value stands in a file: table, its number, key."""


class Wrong(ValueError):
    """Something is wrong at a place of a file."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


def wrong(place: Place, given: object, allowed: str, said: str = "is") -> Wrong:
    """Return what is wrong at a place: what was given and what is allowed."""
    return Wrong(place, f"{named(place)} {said} {given}, allowed: {allowed}")


def named(place: Place) -> str:
    """Return a place as it is written in messages: ``expect[2].quantity``, counted from 1."""
    text = ""
    for part in place:
        if part in ("function-wrap", "tuple"):
            continue
        word = f"[{part + 1}]" if isinstance(part, int) else part or "''"
        text += f".{word}" if text and isinstance(part, str) else word
    return text


def line_of(text: str, place: Place) -> int | None:
    """Return the line of a place of a file, as near as it can be found, counted from 1."""
    if not place:
        return None
    lines = text.splitlines()
    table = str(place[0])
    count = place[1] if len(place) > 1 and isinstance(place[1], int) else 0
    begin, stop = _section(lines, table, count)
    keys = [part for part in place if isinstance(part, str)]
    for key in reversed(keys):
        for number in range(begin, stop):
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", lines[number]):
                return number + 1
    for key in reversed(keys[1:]):
        for number in range(begin, stop):
            if re.search(rf"[{{,\s][\"']?{re.escape(key)}[\"']?\s*=", lines[number]):
                return number + 1
    return begin + 1 if begin < len(lines) and lines[begin].lstrip().startswith("[") else None


HEAD = re.compile(r"\s*\[{1,2}\s*([A-Za-z_]\w*)\s*\]{1,2}\s*(?:#.*)?$")


def _section(lines: list[str], table: str, count: int) -> tuple[int, int]:
    """Return first and last line of a table's section; of all before the first section for a plain key."""
    heads = {number: head[1] for number, line in enumerate(lines) if (head := HEAD.match(line))}
    own = [number for number, name in heads.items() if name == table]
    if count < len(own):
        after = [number for number in heads if number > own[count]]
        return own[count], after[0] if after else len(lines)
    return 0, min(heads, default=len(lines))
