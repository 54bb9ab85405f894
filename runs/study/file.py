"""Study files: published experiments as data, read and checked.

A file says who was studied, what was done to them, how they were tested and what was seen. Everything that can be wrong
with it is found here, before anything runs, and said in one line: file, line, key, what was given and what is allowed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ...agents.parameters import nearest
from .checks import check_study
from .places import Place, Wrong, line_of, named
from .schema import PROTOCOLS, Arm, Expect, Population, Step, Study


class StudyError(ValueError):
    """A study file is wrong; the message names file, key, what was given and what is allowed."""


def read_study(path: str | Path) -> Study:
    """Return the study of a file.

    Raises
    ------
    StudyError
        If the file cannot be read, or something in it is wrong.
    """
    path = Path(path)
    text = _text(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(
            f"{path}: is no TOML: {error}; allowed: a study file (insulattice study --new ID)"
        ) from None
    try:
        return _study(raw, path.stem)
    except Wrong as error:
        line = line_of(text, error.place)
        raise StudyError(f"{path}{'' if line is None else f', line {line}'}: {error}") from None


def _text(path: Path) -> str:
    """Return the text of a file."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudyError(f"{path}: byte {error.start} is no UTF-8, allowed: text in UTF-8") from None
    except OSError as error:
        raise StudyError(f"{path}: cannot be read: {error.strerror or error}") from None


def _study(raw: dict[str, Any], stem: str) -> Study:
    """Return a study of plain data, checked."""
    prepared = dict(raw)
    _plain_words(prepared)
    for key in prepared:
        if key not in Study.model_fields:
            raise Wrong((key,), f"unknown key {key!r}.{nearest(key, list(Study.model_fields))}")
    if isinstance(raw.get("tests"), list):
        prepared["tests"] = [_test(test, number) for number, test in enumerate(raw["tests"])]
    study: Study = _validated(Study, prepared, ())
    check_study(study, stem)
    return study


def _plain_words(raw: dict[str, Any]) -> None:
    """Take sex in any of its usual words."""
    population = raw.get("population")
    if isinstance(population, dict) and isinstance(population.get("sex"), str):
        word = population["sex"].strip().lower()
        raw["population"] = population | {"sex": SEX_WORDS.get(word, population["sex"])}


SEX_WORDS = {
    "m": "male", "man": "male", "men": "male", "male": "male", "f": "female", "woman": "female", "women": "female",
    "female": "female", "both": "mixed", "mixed": "mixed",
}  # fmt: skip


def _test(raw: Any, number: int) -> Any:
    """Return a test, by its protocol."""
    place: Place = ("tests", number)
    if not isinstance(raw, dict):
        raise Wrong(place, f"tests[{number + 1}] is {raw!r}, allowed: a table [[tests]]")
    protocol = raw.get("protocol")
    if protocol is None:
        raise Wrong(place, f"tests[{number + 1}] lacks the key 'protocol', allowed: {', '.join(PROTOCOLS)}")
    if not isinstance(protocol, str) or protocol not in PROTOCOLS:
        near = nearest(str(protocol), list(PROTOCOLS), listed=True)
        raise Wrong(
            (*place, "protocol"),
            f"tests[{number + 1}].protocol is {protocol!r}, allowed: {', '.join(PROTOCOLS)}.{near}",
        )
    return _validated(PROTOCOLS[protocol], raw, place)


def _validated(model: type[BaseModel], raw: Any, place: Place) -> Any:
    """Return a validated table, or say what is wrong first."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = min(error.errors(), key=lambda item: item["type"] == "missing")
        raise _wrong(model, first, place) from None


def _wrong(model: type[BaseModel], error: Mapping[str, Any], place: Place) -> Wrong:
    """Return what pydantic found, in our words."""
    where = (*place, *error["loc"])
    key, holder = str(where[-1]), _table_of(model, error["loc"][:-1])
    context = error.get("ctx", {})
    given = error["input"]
    if error["type"] == "extra_forbidden":
        return Wrong(where, f"unknown key {named(where)}.{nearest(key, list(_keys(holder)))}")
    if error["type"] == "missing":
        return Wrong(where[:-1], f"{named(where)} is missing; {_needs(holder)}")
    if error["type"] == "literal_error":
        allowed = re.findall(r"'([^']+)'", context["expected"])
        return Wrong(
            where,
            f"{named(where)} is {given!r}, allowed: {', '.join(allowed)}.{nearest(str(given), allowed, listed=True)}",
        )
    return Wrong(where, f"{named(where)} is {_shown(given)}, allowed: {_allowed(error, holder, key)}")


def _shown(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "..."


def _table_of(model: type[BaseModel], path: Sequence[Any]) -> type[BaseModel]:
    """Return the model that a place within a model belongs to."""
    inner: dict[str, type[BaseModel]] = {
        "population": Population,
        "arms": Arm,
        "expect": Expect,
        "steps": Step,
    }
    for part in path:
        model = inner.get(str(part), model)
    return model


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _needs(model: type[BaseModel]) -> str:
    needed = [field.alias or name for name, field in model.model_fields.items() if field.is_required()]
    return f"needed: {', '.join(needed)}"


KIND_WORDS = {
    "string": "text in quotes", "float": "a number", "int": "a whole number", "finite": "a finite number",
    "list": "a list", "dict": "a table", "model": "a table", "bool": "true or false",
}  # fmt: skip

PAIRS = {"ci95": "two numbers, low then high", "window": "two minutes, first then last"}


def _allowed(error: Mapping[str, Any], model: type[BaseModel], key: str) -> str:
    """Return what is allowed at a key, in words."""
    context = error.get("ctx", {})
    if key in PAIRS:
        return PAIRS[key]
    if error["type"] == "string_too_short":
        return "text that is not empty"
    limits = _limits(model, key)
    for word, text in KIND_WORDS.items():
        if str(error["type"]).startswith(word):
            return f"{text}{f', {limits}' if limits else ''}"
    if limits:
        return limits
    if "min_length" in context:
        return f"{context['min_length']} or more"
    return str(error["msg"]).removeprefix("Input should be ")


def _limits(model: type[BaseModel], key: str) -> str:
    """Return the range of a key, in words."""
    field = model.model_fields.get(key)
    found = {name: getattr(item, name) for item in (field.metadata if field else ()) for name in ("ge", "gt", "le")
             if hasattr(item, name)}  # fmt: skip
    if not found:
        return ""
    low = f"{found['ge']:g}" if "ge" in found else f"above {found['gt']:g}" if "gt" in found else ""
    return f"{low} to {found['le']:g}" if "le" in found and low else f"{low} or more" if low else ""


# ---- what can be read of a bad file ---------------------------------------------------------------------------------


def raw_expects(path: str | Path) -> list[dict[str, Any]]:
    """Return the expectations of a file as far as they can be read, plain; those of a damaged file one by one."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return []
    try:
        found = tomllib.loads(text).get("expect", [])
    except tomllib.TOMLDecodeError:
        parts = re.split(r"^\s*\[\[\s*expect\s*\]\]", text, flags=re.M)[1:]
        found = [_salvaged(re.split(r"^\s*\[", part, maxsplit=1, flags=re.M)[0]) for part in parts]
    found = found if isinstance(found, list) else [found]
    return [item if isinstance(item, dict) else {} for item in found]


def _salvaged(text: str) -> dict[str, Any]:
    """Return the lines of a table that can be read."""
    kept: dict[str, Any] = {}
    for line in text.splitlines():
        try:
            kept |= tomllib.loads(line)
        except tomllib.TOMLDecodeError:
            continue
    return kept
