"""The commands ``live``, ``compare`` and ``rules``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import pandas as pd
import typer

from ..environment import RULES, Body, describe, read_rule
from ..environment import checkpoint as checkpoints
from ..environment.rule import Rule
from .arms import compare, read_arms
from .checkup import Results, check_up, find_test
from .console import (
    FAILED_RUN,
    Request,
    bad_input,
    check_figure,
    complain,
    failures,
    label,
    messages,
    number,
    progress_bar,
    settle_with_bar,
    show_json,
    show_table,
)
from .folders import DATA
from .life import Life, Plan, check_life, live, resume
from .record import save_whole
from .stream import check_free

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console

ERRORS = DATA / "acceleration_errors.csv"
"""M after accelerated lives against every minute lived, as benchmarks/life.py measured it."""


@dataclass
class Wish:
    """What ``live`` and ``compare`` are asked for alike."""

    request: Request
    days: float
    tests: list[str]
    accelerated: bool
    figure: Path | None
    failed: bool = False

    def check(self, rules: list[Rule], every_days: float = 1.0) -> None:
        """Raise a ValueError for what cannot be done, before anything long begins."""
        self.request.check()
        check_life(self.days, every_days, rules)
        for test in self.tests:
            find_test(test)
        if self.figure is not None:
            check_figure(self.figure)

    def body(self, console: Console) -> Body:
        """Return the settled body."""
        with bad_input():
            body = self.request.body()
        settle_with_bar(body, console)
        return body

    def inputs(self) -> dict[str, Any]:
        """Return what the body is made of, and how it lives."""
        request = self.request
        return {
            "phenotype": request.phenotype,
            "cells": request.cells,
            "seed": request.seed,
            "without": request.without or [],
            "days": self.days,
            "mode": "accelerated" if self.accelerated else "full",
        }

    def draw(self, figure: Callable[[], Figure]) -> list[str]:
        """Write the figure, if one is wanted; if it cannot be written, that is said, and noted in ``failed``."""
        if self.figure is None:
            return []
        drawn = figure()
        ending = self.figure.suffix.removeprefix(".").lower()
        try:
            save_whole({self.figure: lambda to: drawn.savefig(to, format=ending, dpi=150)})
        except (OSError, ValueError) as error:
            words = error.strerror if isinstance(error, OSError) else None
            complain(f"cannot write {self.figure}: {words or error}")
            self.failed = True
            return []
        return [str(self.figure)]

    def leave(self) -> None:
        """Leave with the exit status of a failed run if something could not be written."""
        if self.failed:
            raise typer.Exit(FAILED_RUN)


@dataclass
class LifeCommand:
    """``insulattice live``."""

    wish: Wish
    rules: list[str]
    checkpoint: Path | None
    resume: bool
    every_days: float

    def run(self) -> None:
        """Live, test before and after, show."""
        with bad_input():
            rules: list[Rule] = [read_rule(text) for text in self.rules]
            self.wish.check(rules, self.every_days)
            going_on = self._going_on()
            if not going_on and self.wish.request.out is not None:
                check_free(self.wish.request.out)
        with messages() as console, failures(self._hint):
            before, life = self._go_on(rules, console) if going_on else self._begin(rules, console)
            after = check_up(life.body, self.wish.tests, rules)
        self._show(before, after, life)
        self.wish.leave()

    def _hint(self) -> str:
        """Return what can be done if the life ends early."""
        there = self.checkpoint is not None and self.checkpoint.exists()
        return " (go on with --resume)" if there else ""

    def _going_on(self) -> bool:
        """Return whether there is a life to go on with."""
        if self.resume and self.checkpoint is None:
            raise ValueError("--resume needs --checkpoint FILE")
        if self.checkpoint is not None and self.wish.request.out is None:
            raise ValueError("--checkpoint needs --out FILE, for the diary")
        if self.checkpoint is None or not self.checkpoint.exists():
            return False
        if not self.resume and "plan" in checkpoints.read_notes(self.checkpoint):
            raise ValueError(
                f"{self.checkpoint} is of a life that was interrupted; add --resume, or remove it"
            )
        return self.resume

    def _begin(self, rules: list[Rule], console: Console) -> tuple[Results, Life]:
        wish = self.wish
        body = wish.body(console)
        before = check_up(body, wish.tests)
        with progress_bar(console, "living") as bar, bad_input():
            life = live(
                body, wish.days, rules, wish.accelerated, wish.request.out, self.checkpoint, self.every_days,
                self._progress(bar), {"before": before, "asked": self._asked()},
            )  # fmt: skip
        return before, life

    def _go_on(self, rules: list[Rule], console: Console) -> tuple[Results, Life]:
        wish, place = self.wish, str(Path(str(self.wish.request.out)).absolute())
        assert self.checkpoint is not None
        plan = Plan(wish.days, [repr(rule) for rule in rules], wish.accelerated, self.every_days, place)
        with bad_input():
            kept = checkpoints.read_notes(self.checkpoint).get("notes", {})
            for name, value in self._asked().items():
                if kept.get("asked", {}).get(name, value) != value:
                    was = kept["asked"][name]
                    raise ValueError(f"{self.checkpoint} is of a life with {name} {was!r}, given {value!r}")
        with progress_bar(console, "living on") as bar, bad_input():
            life = resume(self.checkpoint, rules, self._progress(bar), plan)
        return life.notes["before"], life

    def _asked(self) -> dict[str, Any]:
        """Return what has to be the same when a life is gone on with."""
        return self.wish.inputs() | {"tests": self.wish.tests, "set": self.wish.request.values or []}

    def _progress(self, bar: Callable[[int, int], None] | None) -> Callable[[float], None] | None:
        return None if bar is None else lambda day: bar(round(day), round(self.wish.days))

    def _show(self, before: Results, after: Results, life: Life) -> None:
        from ..analysis.figures import life_time_course

        wish = self.wish
        files = [] if life.path is None else [str(life.path)]
        clamps = _m_values(wish.days, before, after)
        name = wish.request.phenotype
        files += wish.draw(lambda: life_time_course({name: life.table}, {name: clamps}))
        if wish.request.as_json:
            show_json(
                wish.inputs()
                | {"rules": self.rules, "before": before, "after": after, "error": None, "files": files}
            )
            return
        rows = [["", "", "before", "after", "change", "unit"]]
        for test, numbers in before.items():
            rows += [[test, *_changed(name, value, after[test][name])] for name, value in numbers.items()]
        show_table(
            f"{wish.request.phenotype}, {wish.days:g} days: {', '.join(self.rules) or 'no rules'}", rows
        )
        typer.echo(mode_words(wish.accelerated))
        for file in files:
            typer.echo(f"written: {file}")


@dataclass
class CompareCommand:
    """``insulattice compare``."""

    wish: Wish
    arms: list[str]
    file: Path | None

    def run(self) -> None:
        """Let all arms live, test, show."""
        wish = self.wish
        with bad_input():
            arms = read_arms(self.arms, self.file)
            for rules in arms.values():
                wish.check(rules)
            if wish.request.out is not None:
                check_free(wish.request.out)
        with messages() as console, failures():
            body = wish.body(console)
            whole = round(len(arms) * wish.days)
            with progress_bar(console, "living") as bar, bad_input():
                found = compare(
                    body, arms, wish.days, wish.tests, wish.accelerated, wish.request.out,
                    None if bar is None else lambda day: bar(round(day), whole),
                )  # fmt: skip
        self._show(found.before, found.after, found.path, lambda: found.diaries)
        wish.leave()

    def _show(
        self,
        before: Results,
        after: dict[str, Results],
        path: Path | None,
        diaries: Callable[[], pd.DataFrame],
    ) -> None:
        wish = self.wish
        files = [] if path is None else [str(path)]
        files += wish.draw(lambda: _drawn_arms(wish.days, before, after, diaries()))
        if wish.request.as_json:
            show_json(wish.inputs() | {"before": before, "after": after, "error": None, "files": files})
            return
        rows = [["", "", "before", *after, "unit"]]
        for test, numbers in before.items():
            for name, value in numbers.items():
                words, unit = label(name)
                rows.append(
                    [
                        test,
                        words,
                        number(value),
                        *(number(found[test][name]) for found in after.values()),
                        unit,
                    ]
                )
        show_table(f"{wish.request.phenotype}, {wish.days:g} days in {len(after)} arms", rows)
        typer.echo(mode_words(wish.accelerated))
        for file in files:
            typer.echo(f"written: {file}")


def _drawn_arms(days: float, before: Results, after: dict[str, Results], diaries: pd.DataFrame) -> Figure:
    """Return the figure of several arms."""
    from ..analysis.figures import life_time_course

    tables = {str(name): rows for name, rows in diaries.groupby("arm", sort=False)}
    return life_time_course(tables, {name: _m_values(days, before, found) for name, found in after.items()})


def _m_values(days: float, before: Results, after: Results) -> list[tuple[float, float]]:
    """Return day and M-value of the clamps at the begin and the end, if there were any."""
    key = "m_value_mg_kg_min"
    return [(day, found["clamp"][key]) for day, found in ((0.0, before), (days, after)) if "clamp" in found]


def mode_words(accelerated: bool) -> str:
    """Return how a life was lived, and how far from every minute lived that was found to lead."""
    if not accelerated:
        return "full resolution: every minute was lived"
    table = pd.read_csv(ERRORS)
    parts = [
        f"{lives['error_percent'].abs().max():.1f} % of every minute lived in {len(lives)} "
        f"{'life' if len(lives) == 1 else 'lives'} of {days} days"
        for days, lives in table.groupby("days")
    ]
    return (
        "accelerated: representative days were lived, slow states carried between; M came within "
        + " and ".join(parts)
    )


def rule_rows(search: str | None) -> pd.DataFrame:
    """Return every rule with its arguments, one row for each argument."""
    rows = []
    for name in RULES:
        rule = describe(name)
        for argument in rule.arguments:
            default = "" if argument.default is None else str(argument.default)
            rows.append(
                (
                    name,
                    rule.text,
                    argument.name,
                    default,
                    argument.unit,
                    shorten(argument.allowed, 60, placeholder=" ..."),
                    rule.source,
                )
            )
    table = pd.DataFrame(rows, columns=["rule", "what", "argument", "default", "unit", "allowed", "source"])
    if search:
        there = table.apply(lambda row: search.lower() in " ".join(map(str, row)).lower(), axis=1)
        table = table[there]
    return table.reset_index(drop=True)


def _changed(name: str, before: float, after: float) -> list[str]:
    """Return words, both values, their difference and the unit."""
    words, unit = label(name)
    return [words, number(before), number(after), number(after - before), unit]
