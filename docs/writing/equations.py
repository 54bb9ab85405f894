"""Equations from source: the arithmetic of ``signals`` and ``rates`` as MathML, which browsers draw without help.

Names are those of the code. Their class says what they are (``state``, ``signal``, ``trait``, ``parameter``, ``arrow``,
``site``, ``name``), and a title what the table has to say of them.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from typing import Any, NamedTuple

WIDEST = 66.0
"""Where a line is broken [letters]."""

KEPT = 34.0
"""Brackets up to this width are not broken [letters]."""


class Name(NamedTuple):
    """What a name is, and what is said of it when one points at it."""

    kind: str
    title: str = ""


class Piece(NamedTuple):
    """A part of a formula that is not broken: its MathML, its width [letters], and whether a line may begin with it."""

    mathml: str
    width: float
    breaks: bool = False


class Equation(NamedTuple):
    """``left = right``, or with ``rate`` the time derivative of ``left``."""

    left: str
    right: ast.expr
    rate: bool
    returned: bool


OPEN, CLOSE = Piece('<mo stretchy="false">(</mo>', 1.0), Piece('<mo stretchy="false">)</mo>', 1.0)
SIGNS = {ast.Add: ("+", 3.0), ast.Sub: ("−", 3.0), ast.Mult: ("·", 2.0)}
SUMS, PRODUCTS = (ast.Add, ast.Sub), (ast.Mult, ast.Div)


def equations_of(function: Callable[..., Any], rate: bool) -> list[Equation]:
    """Return the equations of a function of ``(cell, local, p)``: its assignments, then what it returns."""
    body = _body(function)
    named = [
        Equation(line.targets[0].id, line.value, rate=False, returned=False)
        for line in body
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
    ]
    last = body[-1]
    assert isinstance(last, ast.Return) and isinstance(last.value, ast.Call)
    returned = [Equation(str(item.arg), item.value, rate, returned=True) for item in last.value.keywords]
    return [*named, *(one for one in returned if rate or not _same(one))]


def names_read(function: Callable[..., Any]) -> dict[str, set[str]]:
    """Return the names that a function reads, by argument: ``cell``, ``local`` and ``p``."""
    found: dict[str, set[str]] = {"cell": set(), "local": set(), "p": set()}
    for line in _body(function):
        for node in ast.walk(line):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in found
            ):
                found[node.value.id].add(node.attr)
    return found


def laws_read(function: Callable[..., Any]) -> set[str]:
    """Return the laws that a function calls."""
    return {
        node.func.id
        for line in _body(function)
        for node in ast.walk(line)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def mathml(equations: Sequence[Equation], known: Mapping[str, Mapping[str, Name]]) -> str:
    """Return equations as one MathML table, aligned at their signs of equality.

    Parameters
    ----------
    equations : sequence of Equation
    known : mapping
        What names are: by argument (``cell``, ``local``, ``p``), then by name.
    """
    writer = _Writer(known)
    rows = [row for equation in equations for row in _rows(writer, equation)]
    return (
        f'<math display="block"><mtable displaystyle="true" class="equation">{"".join(rows)}</mtable></math>'
    )


def _rows(writer: _Writer, equation: Equation) -> Iterator[str]:
    """Give the rows of an equation: the first with its left side, the others set in."""
    first, *others = _lines(writer.pieces(equation.right))
    left = f'<mtd class="left">{writer.left(equation)}<mo>=</mo></mtd>'
    yield f'<mtr>{left}<mtd class="right">{first}</mtd></mtr>'
    for line in others:
        indented = f'<mspace width="1.2em"/>{line}'
        yield f'<mtr><mtd class="left"></mtd><mtd class="right">{indented}</mtd></mtr>'


@cache
def _body(function: Callable[..., Any]) -> list[ast.stmt]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return [line for line in tree.body if not isinstance(line, ast.Expr)]


def _same(equation: Equation) -> bool:
    """Tell whether an equation says only that a name is itself."""
    return isinstance(equation.right, ast.Name) and equation.right.id == equation.left


def _lines(pieces: list[Piece]) -> Iterator[str]:
    """Fill lines with pieces."""
    line, width = "", 0.0
    groups: list[list[Piece]] = []
    for piece in pieces:
        if piece.breaks or not groups:
            groups.append([])
        groups[-1].append(piece)
    for group in groups:
        wide = sum(piece.width for piece in group)
        if line and width + wide > WIDEST:
            yield line
            line, width = "", 0.0
        line += "".join(piece.mathml for piece in group)
        width += wide
    yield line


def _row(pieces: list[Piece]) -> str:
    return "<mrow>" + "".join(piece.mathml for piece in pieces) + "</mrow>"


def _width(pieces: list[Piece]) -> float:
    return sum(piece.width for piece in pieces)


class _Writer:
    """Writes expressions, given what names are."""

    def __init__(self, known: Mapping[str, Mapping[str, Name]]) -> None:
        self.known = known

    def left(self, equation: Equation) -> str:
        """The left side; a rate is a derivative by time."""
        names = self.known.get("cell", {}) if equation.returned else {}
        own = names.get(equation.left, Name("name"))
        name = _name(equation.left, own).mathml
        if not equation.rate:
            return name
        return f"<mfrac><mrow><mi>d</mi><mspace width='0.15em'/>{name}</mrow><mrow><mi>d</mi><mi>t</mi></mrow></mfrac>"

    def pieces(self, node: ast.expr) -> list[Piece]:
        """An expression as pieces in a row."""
        if isinstance(node, ast.BinOp):
            return self.operation(node)
        if isinstance(node, ast.UnaryOp):
            return [Piece("<mo>−</mo>", 1.0), *self.factor(node.operand)]
        if isinstance(node, ast.Constant):
            return [Piece(f"<mn>{_number(node.value)}</mn>", len(_number(node.value)))]
        if isinstance(node, ast.Attribute):
            return [self.attribute(node)]
        if isinstance(node, ast.Name):
            return [_name(node.id, Name("name"))]
        if isinstance(node, ast.Call):
            return self.call(node)
        raise TypeError(f"an equation cannot hold {ast.unparse(node)}")

    def operation(self, node: ast.BinOp) -> list[Piece]:
        """A sum, a product, a fraction or a power."""
        if isinstance(node.op, ast.Pow):
            return self.power(node.left, node.right)
        if isinstance(node.op, ast.Div):
            return self.fraction(node)
        sign, width = SIGNS[type(node.op)]
        right = self.factor(node.right, sums=not isinstance(node.op, ast.Add))
        left = self.pieces(node.left) if isinstance(node.op, SUMS) else self.factor(node.left)
        return [*left, Piece(f"<mo>{sign}</mo>", width, breaks=True), *right]

    def factor(self, node: ast.expr, sums: bool = True) -> list[Piece]:
        """An operand, in brackets if it is a sum."""
        inner = self.pieces(node)
        if sums and isinstance(node, ast.BinOp) and isinstance(node.op, SUMS):
            if _width(inner) <= KEPT:
                inner = [piece._replace(breaks=False) for piece in inner]
            return [OPEN, *inner, CLOSE]
        return inner

    def fraction(self, node: ast.BinOp) -> list[Piece]:
        """A fraction; one that is too wide becomes a product with a reciprocal."""
        above, below = self.pieces(node.left), self.pieces(node.right)
        if max(_width(above), _width(below)) <= 0.8 * WIDEST:
            return [
                Piece(f"<mfrac>{_row(above)}{_row(below)}</mfrac>", max(_width(above), _width(below)) + 1.0)
            ]
        under = Piece(f"<mfrac><mn>1</mn>{_row(below)}</mfrac>", _width(below) + 1.0)
        return [*self.factor(node.left), Piece("<mo>·</mo>", 2.0, breaks=True), under]

    def power(self, base: ast.expr, exponent: ast.expr) -> list[Piece]:
        """A power."""
        inner, above = self.pieces(base), self.pieces(exponent)
        if isinstance(base, (ast.BinOp, ast.UnaryOp)):
            inner = [OPEN, *inner, CLOSE]
        return [Piece(f"<msup>{_row(inner)}{_row(above)}</msup>", _width(inner) + 0.7 * _width(above))]

    def call(self, node: ast.Call) -> list[Piece]:
        """A law: as a fraction, a power or brackets where that is short, else by its name."""
        assert isinstance(node.func, ast.Name)
        law, given = node.func.id, node.args
        if law == "power":
            return self.power(given[0], given[1])
        if law == "positive_part":
            inner = self.pieces(given[0])
            close = '<msub><mo stretchy="false">]</mo><mo>+</mo></msub>'
            return [Piece('<mo stretchy="false">[</mo>', 1.0), *inner, Piece(close, 2.0)]
        if law == "michaelis":
            x, half = self.pieces(given[0]), self.pieces(given[1])
            below = [*half, Piece("<mo>+</mo>", 3.0), *x]
            return [Piece(f"<mfrac>{_row(x)}{_row(below)}</mfrac>", _width(below) + 1.0)]
        inside: list[Piece] = []
        for number, item in enumerate(given):
            comma = [Piece('<mo separator="true">,</mo>', 1.5)] if number else []
            inside += [*comma, *self.pieces(item)]
        return [Piece(f'<mi class="law">{escape(law)}</mi>', len(law) + 0.5), OPEN, *inside, CLOSE]

    def attribute(self, node: ast.Attribute) -> Piece:
        """A name of ``cell``, ``local`` or ``p``."""
        assert isinstance(node.value, ast.Name)
        where = node.value.id
        found = self.known.get(where, {}).get(node.attr, Name("parameter" if where == "p" else "state"))
        piece = _name(node.attr, found)
        if where != "local":
            return piece
        return Piece(f"<msub>{piece.mathml}<mtext>local</mtext></msub>", piece.width + 3.5)


def _name(name: str, what: Name) -> Piece:
    title = f' title="{escape(what.title)}"' if what.title else ""
    return Piece(f'<mi class="{what.kind}"{title}>{escape(name)}</mi>', float(len(name)))


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)
