"""The experiment of most sweeps: a body settles, lives for some days under rules, and is tested.

What can be varied, by name::

    phenotype, cells, days, without, rules      as here
    input.NAME                                  an input of the phenotype, such as input.activity or input.age
    parameter.NAME, parameter.NAME@cell_type    a parameter of the model
    rule.RULE.ARGUMENT                          an argument of a rule, such as rule.metformin.dose_mg_per_day

Runs that differ by what comes after settling share the settled body.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...agents.parameters import nearest
from ..sources import digest_of
from .design import Point

if TYPE_CHECKING:
    from ...agents.parameters import ParameterTable
    from ...environment import Body, Phenotype
    from ...environment.interventions import Intervention

NAMES = ("phenotype", "cells", "days", "without", "rules")
GROUPS = ("input", "parameter", "rule")
NOT_INPUTS = ("name", "text", "intake", "known_beta_cells")
"""Fields of a phenotype that are no single number."""


@dataclass(frozen=True)
class BodyExperiment:
    """A body that settles, lives and is tested; called with what is varied, it gives numbers by name.

    Attributes
    ----------
    name : str
        Of the sweep.
    phenotype : str
    cells : int
    days : float
        [days], before the tests; 0 for none.
    accelerated : bool
        Live representative days only.
    rules : tuple
        Rules in words, or as mappings with ``rule``.
    without : tuple of str
        Arrows that are cut.
    tests : tuple of str
        Names of tests, see :mod:`..checkup`.
    keep_cells : bool
        Keep one row per cell at the end, as the table ``cells``.
    """

    name: str = "bodies"
    phenotype: str = "lean"
    cells: int = 300
    days: float = 0.0
    accelerated: bool = False
    rules: tuple[Any, ...] = ()
    without: tuple[str, ...] = ()
    tests: tuple[str, ...] = ("clamp",)
    keep_cells: bool = False

    @property
    def code(self) -> str:
        """Hash of the code behind it."""
        return digest_of("runs.sweeping.body_experiment")[:20]

    def __call__(self, *, seed: int, prepared: bytes | None = None, **point: Any) -> dict[str, Any]:
        """Return the numbers of the tests, as ``clamp.m_value_mg_kg_min``, and the cells if they are kept."""
        from ..checkup import check_up
        from ..record import cell_table

        body = self._body(point, seed) if prepared is None else loaded(prepared)
        days, rules = self._days(point), self._rules(point)
        if days > 0.0:
            body.live(days, rules, accelerated=self.accelerated)
        found: dict[str, Any] = {
            f"{test}.{name}": value
            for test, numbers in check_up(body, self.tests, rules).items()
            for name, value in numbers.items()
        }
        return found | ({"cells": cell_table(body)} if self.keep_cells else {})

    # ---- what runs share ----------------------------------------------------------------------------------------

    def shared(self, point: Point, seed: int) -> Any:
        """Return what the settled body depends on."""
        later = {name: None for name in point if name in ("days", "rules") or name.startswith("rule.")}
        facts = {name: value for name, value in point.items() if name not in later}
        return [self.phenotype, self.cells, list(self.without), facts, seed]

    def prepare(self, point: Point, seed: int) -> bytes:
        """Return the settled body as the content of a checkpoint."""
        body = self._body(point, seed)
        with tempfile.TemporaryDirectory() as folder:
            return body.save(Path(folder) / "body.npz").read_bytes()

    def warm(self) -> None:
        """Compile the kernels, or load them."""
        from ...environment import Body

        Body("lean", cells=40, settle=False).step()

    # ---- checking -----------------------------------------------------------------------------------------------

    def check(self, point: Point) -> None:
        """Raise a ValueError for a point that cannot be run."""
        from ...environment.body import FEWEST_CELLS, MOST_CELLS
        from ...environment.interventions import check_rules
        from ..checkup import find_test
        from ..life import check_life

        for name in point:
            _check_name(name)
        cells = point.get("cells", self.cells)
        if isinstance(cells, bool) or not isinstance(cells, int) or not FEWEST_CELLS <= cells <= MOST_CELLS:
            raise ValueError(
                f"cells is {cells!r}, allowed: a whole number from {FEWEST_CELLS} to {MOST_CELLS}"
            )
        if not self.tests:
            raise ValueError("tests is empty, allowed: one or more")
        for test in self.tests:
            find_test(test)
        days, rules = self._days(point), self._rules(point)
        check_life(days, 1.0, rules) if days > 0.0 else check_rules(rules, 0.0)
        self._phenotype(point)
        self._table(point)
        self._without(point)

    def _phenotype(self, point: Point) -> Phenotype:
        name = point.get("phenotype", self.phenotype)
        if not isinstance(name, str):
            raise ValueError(f"phenotype is {name!r}, allowed: a name in quotes")
        base = _known(name)
        inputs = {
            key.removeprefix("input."): value for key, value in point.items() if key.startswith("input.")
        }
        known = [item.name for item in dataclasses.fields(base) if item.name not in NOT_INPUTS]
        for key in inputs:
            if key not in known:
                raise ValueError(f"a phenotype has no input {key!r}.{nearest(key, known)}")
        return dataclasses.replace(base, **inputs) if inputs else base

    def _table(self, point: Point) -> ParameterTable | None:
        values = {
            key.removeprefix("parameter."): value
            for key, value in point.items()
            if key.startswith("parameter.")
        }
        return _standard().with_values(values) if values else None

    def _without(self, point: Point) -> tuple[str, ...]:
        from ...agents.arrows import switches

        given = point.get("without", self.without)
        if not isinstance(given, (str, list, tuple, type(None))):
            raise ValueError(f"without is {given!r}, allowed: arrows in quotes")
        found = (given,) if isinstance(given, str) else tuple(given or ())
        switches([str(arrow) for arrow in found if arrow])
        return tuple(str(arrow) for arrow in found if arrow)

    def _days(self, point: Point) -> float:
        days = point.get("days", self.days)
        if isinstance(days, bool) or not isinstance(days, (int, float)) or days < 0.0:
            raise ValueError(f"days is {days!r}, allowed: a number, 0 or more")
        return float(days)

    def _rules(self, point: Point) -> list[Intervention]:
        """Return the rules, with the arguments that are varied."""
        from ...environment.interventions import make_rule

        given = point.get("rules", self.rules)
        if not isinstance(given, (str, Mapping, list, tuple, type(None))):
            raise ValueError(f"rules is {given!r}, allowed: a list of rules")
        rules = [_read(rule) for rule in ([given] if isinstance(given, (str, Mapping)) else given or ())]
        for rule, arguments in _varied(point).items():
            own = [one for one in rules if one.name == rule]
            if len(own) > 1:
                raise ValueError(f"rule.{rule} is varied and given {len(own)} times, allowed: once")
            before = {a.name: getattr(own[0], a.name) for a in dataclasses.fields(own[0])} if own else {}
            _check_arguments(rule, arguments)
            rules = [one for one in rules if one.name != rule]
            rules.append(make_rule(rule, **(before | arguments)))
        return rules

    def _body(self, point: Point, seed: int) -> Body:
        from ...environment import Body

        return Body(
            self._phenotype(point), cells=point.get("cells", self.cells), seed=seed,
            without=self._without(point), parameters=self._table(point),
        )  # fmt: skip


@cache
def _known(name: str) -> Phenotype:
    """Return a phenotype, read once; a design asks for each of its points."""
    from ...environment import find_phenotype

    return find_phenotype(name)


@cache
def _standard() -> ParameterTable:
    """Return the parameter tables, read once."""
    from ...environment.body import read_parameters

    return read_parameters()


def loaded(content: bytes) -> Body:
    """Return the body of a checkpoint's content."""
    from ...environment import Body

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "body.npz"
        path.write_bytes(content)
        return Body.load(path)


def _read(rule: Any) -> Intervention:
    """Return a rule; of a mapping, its arguments are plain values."""
    from ...environment import read_rule

    if isinstance(rule, Mapping):
        if not isinstance(rule.get("rule", ""), str):
            raise ValueError(f"rule is {rule['rule']!r}, allowed: a name in quotes")
        _check_arguments(rule.get("rule", "rule"), {key: item for key, item in rule.items() if key != "rule"})
    elif not isinstance(rule, str):
        raise ValueError(f"rule {rule!r}, allowed: words, or a table with the key rule")
    elif "name" in (pair.partition("=")[0] for pair in rule.split()[1:]):
        raise ValueError(f"rule {rule!r} has no argument 'name'")
    return read_rule(rule)


def _check_arguments(rule: str, arguments: Mapping[str, Any]) -> None:
    """Raise a ValueError for an argument that no rule has, or whose value is no number or word."""
    for key, value in arguments.items():
        if key == "name":
            raise ValueError(f"rule {rule!r} has no argument 'name'")
        if not isinstance(value, (int, float, str)):
            raise ValueError(f"{key} of rule {rule!r} is {value!r}, allowed: a number or a word")


def _varied(point: Point) -> dict[str, dict[str, Any]]:
    """Return the arguments that are varied, by rule."""
    found: dict[str, dict[str, Any]] = {}
    for name, value in point.items():
        if name.startswith("rule."):
            _, rule, argument = name.split(".", 2)
            found.setdefault(rule, {})[argument] = value
    return found


def _check_name(name: str) -> None:
    """Raise a ValueError for a name that cannot be varied."""
    group, _, rest = name.partition(".")
    if name in NAMES or (group in GROUPS and rest and (group != "rule" or "." in rest)):
        return
    if group == "rule":
        raise ValueError(f"{name!r} cannot be varied, allowed: rule.RULE.ARGUMENT")
    known: Iterable[str] = (*NAMES, *(f"{one}.NAME" for one in GROUPS))
    near = nearest(name, list(NAMES), listed=True)
    raise ValueError(f"{name!r} cannot be varied, allowed: {', '.join(known)}.{near}")
