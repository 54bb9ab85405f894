"""Arms: one body lives on in several ways from the same moment, with common random numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ..environment import Body, read_rule
from ..environment.rule import Rule
from .checkup import Results, check_up
from .diary import COLUMNS
from .life import KINDS, Living, Plan, check_life
from .stream import Stream

Arms = dict[str, list[Rule]]

ARM_KINDS = {"arm": "word", **KINDS}


@dataclass
class Comparison:
    """What became of a body in several arms.

    Attributes
    ----------
    before : dict
        Numbers by test, before anything was done.
    after : dict
        By arm, the numbers by test at the end.
    path : Path or None
        The diaries on disk: as of one life, with a first column ``arm``.
    """

    before: Results
    after: dict[str, Results]
    path: Path | None
    rows: list[tuple[Any, ...]] = field(repr=False)

    @property
    def diaries(self) -> pd.DataFrame:
        """All diaries."""
        if self.path is None:
            return pd.DataFrame(self.rows, columns=["arm", *COLUMNS])
        if self.path.suffix.lower() == ".csv":
            return pd.read_csv(self.path, keep_default_na=False, na_values={"value": [""]})
        return pd.read_parquet(self.path)


def compare(
    body: Body,
    arms: Mapping[str, Sequence[Rule]],
    days: float,
    tests: Iterable[str] = ("clamp",),
    accelerated: bool = False,
    out: str | Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Comparison:
    """Let branches of a body live under different rules, and test each at the end.

    The body stays as it was. What is random is keyed by body, cell and time, so that arms differ by their rules alone.

    Parameters
    ----------
    body : Body
    arms : mapping of str to sequence of Rule
        Rules by the name of the arm; none for a control.
    days : float
        [days].
    tests : iterable of str
        Names of tests, as in :mod:`.checkup`.
    accelerated : bool
        Live representative days only.
    out : str or Path, optional
        Where the diaries go.
    progress : callable, optional
        Called with the days done in all arms together.
    """
    for rules in arms.values():
        check_life(days, 1.0, rules)
    tests = list(tests)
    stream = None if out is None else Stream(out, ARM_KINDS)
    found = Comparison(check_up(body, tests), {}, None, [])
    for number, (name, rules) in enumerate(arms.items()):
        plan = Plan(days, [repr(rule) for rule in rules], accelerated, 1.0, None)
        arm = Living(body.branch(), plan, list(rules), stream, label=(name,))
        arm.begin()
        arm.go_on(0, None if progress is None else lambda day, gone=number * days: progress(gone + day))  # type: ignore[misc]
        found.after[name] = check_up(arm.body, tests, rules)
        found.rows += arm.rows
    if stream is not None:
        found.path = stream.close(
            arm.provenance() | {"arms": {name: [repr(r) for r in rules] for name, rules in arms.items()}}
        )
    return found


def read_arms(given: Iterable[str], file: Path | None = None) -> Arms:
    """Return arms from words such as ``both: metformin; exercise minutes=30``, and those of a TOML file.

    The file has a table ``[arms]`` with a list of rules for each name.

    Raises
    ------
    ValueError
        For an arm that is given twice, has no name or no such rule, and for fewer than two arms.
    """
    texts: dict[str, list[str]] = {}
    for name, rules in [*_arms_of(file), *(_arm_of(text) for text in given)]:
        if name in texts:
            raise ValueError(f"arm {name!r} is given twice")
        texts[name] = rules
    if len(texts) < 2:
        raise ValueError(
            f"{len(texts)} arms are given, allowed: 2 or more, as --arm control --arm 'drug: metformin'"
        )
    return {name: [read_rule(rule) for rule in rules] for name, rules in texts.items()}


def _arm_of(text: str) -> tuple[str, list[str]]:
    name, _, rules = text.partition(":")
    if not name.strip():
        raise ValueError(f"arm {text!r} has no name, allowed: NAME: RULE; RULE")
    return name.strip(), [rule.strip() for rule in rules.split(";") if rule.strip()]


def _arms_of(file: Path | None) -> list[tuple[str, list[str]]]:
    if file is None:
        return []
    try:
        arms = tomllib.loads(file.read_text(encoding="utf-8"))["arms"]
        return [(str(name), [str(rule) for rule in rules]) for name, rules in arms.items()]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{file}: {error}; allowed: a section [arms] with NAME = [RULE, ...]") from None
