"""Units of equations: what each expression of a cell's arithmetic is measured in, and how SBML writes it.

A unit is kept as powers of plain symbols, as ``mmol/kg/min`` = mmol 1, kg -1, min -1, and molarity as amount per litre.
The tables and the equations agree in scale as well as in dimension (a test of the cells sees to it), so that nothing is
ever converted here: two units are the same, or the expression has none.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import NamedTuple

Unit = tuple[tuple[str, float], ...]
"""Powers by symbol, in the order of the alphabet; empty for a pure number."""

PURE: Unit = ()
PLAIN_LAWS = ("hill", "michaelis", "power")
"""Laws that give a pure number; any other gives what it is given."""

MOLAR = {"mM": "mmol", "uM": "umol", "nM": "nmol", "pM": "pmol"}
LONG = {"mmol": ("millimole", "millimoles"), "min": ("minute", "minutes")}


class Base(NamedTuple):
    """A symbol as SBML knows it: ``multiplier * 10**scale * kind``."""

    kind: str
    scale: int = 0
    multiplier: float = 1.0


BASES = {
    "mol": Base("mole"), "mmol": Base("mole", -3), "umol": Base("mole", -6), "nmol": Base("mole", -9),
    "pmol": Base("mole", -12), "L": Base("litre"), "mL": Base("litre", -3), "kg": Base("kilogram"), "g": Base("gram"),
    "mg": Base("gram", -3), "ug": Base("gram", -6), "ng": Base("gram", -9), "pg": Base("gram", -12),
    "m": Base("metre"), "um": Base("metre", -6), "s": Base("second"), "min": Base("second", 0, 60.0),
    "h": Base("second", 0, 3600.0), "day": Base("second", 0, 86400.0), "year": Base("second", 0, 31557600.0),
    "J": Base("joule"), "kJ": Base("joule", 3),
}  # fmt: skip
"""Every symbol that the tables may use; a year has 365.25 days."""


def read_unit(text: str) -> Unit:
    """Return a unit of the tables, such as ``1/nM/min``.

    Raises
    ------
    ValueError
        For a symbol that SBML has no word for here.
    """
    first, *others = text.split("/")
    powers: dict[str, float] = {}
    for symbol, sign in ((first, 1), *((other, -1) for other in others)):
        if symbol == "1":
            continue
        parts = ((MOLAR[symbol], sign), ("L", -sign)) if symbol in MOLAR else ((symbol, sign),)
        for name, power in parts:
            if name not in BASES:
                raise ValueError(f"unit {text!r} has {name!r}, allowed: {', '.join((*MOLAR, *BASES))}")
            powers[name] = powers.get(name, 0.0) + power
    return _unit(powers)


def times(left: Unit, right: Unit, sign: float = 1.0) -> Unit:
    """Return the unit of a product, or of a quotient if ``sign`` is -1."""
    powers = dict(left)
    for name, power in right:
        powers[name] = powers.get(name, 0.0) + sign * power
    return _unit(powers)


def _unit(powers: Mapping[str, float]) -> Unit:
    return tuple(sorted((name, float(power)) for name, power in powers.items() if power))


def unit_name(unit: Unit) -> str:
    """Return the identifier of a unit, as ``mmol_per_kg_per_min``; ``dimensionless`` for a pure number."""
    if not unit:
        return "dimensionless"
    over = [_power(name, power) for name, power in unit if power > 0.0]
    under = [_power(name, -power) for name, power in unit if power < 0.0]
    return "_per_".join(["_".join(over)] * bool(over) + under) if over else "per_" + "_per_".join(under)


def _power(name: str, power: float) -> str:
    return name if power == 1.0 else f"{name}{power:g}".replace(".", "p")


def unit_of(node: ast.expr, known: Mapping[str, Unit | None]) -> Unit | None:
    """Return the unit of an expression; None if it mixes units, or one of its names has none."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Constant):
        return PURE
    if isinstance(node, ast.UnaryOp):
        return unit_of(node.operand, known)
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        return _unit_of_law(node.func.id, [unit_of(argument, known) for argument in node.args])
    assert isinstance(node, ast.BinOp)
    left, right = unit_of(node.left, known), unit_of(node.right, known)
    if left is None or right is None:
        return None
    if isinstance(node.op, (ast.Mult, ast.Div)):
        return times(left, right, 1.0 if isinstance(node.op, ast.Mult) else -1.0)
    if isinstance(node.op, ast.Pow):
        return _unit_of_power(left, right, node.right)
    return left if left == right else None


def _unit_of_power(left: Unit, right: Unit, exponent: ast.expr) -> Unit | None:
    if not left and not right:
        return PURE
    if isinstance(exponent, ast.Constant) and isinstance(exponent.value, (int, float)):
        return _unit({name: power * exponent.value for name, power in left})
    return None


def _unit_of_law(name: str, arguments: list[Unit | None]) -> Unit | None:
    return PURE if name in PLAIN_LAWS and None not in arguments else arguments[0]
