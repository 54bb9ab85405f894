"""The arithmetic of mechanisms as the mathematics of SBML: the same trees, node by node.

What is written is what :mod:`insulattice.agents.compose` reads from the source of the mechanisms, which is also what is
compiled, so that a file cannot say anything else than the model.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import libsbml

OPERATORS = {
    ast.Add: libsbml.AST_PLUS,
    ast.Sub: libsbml.AST_MINUS,
    ast.Mult: libsbml.AST_TIMES,
    ast.Div: libsbml.AST_DIVIDE,
    ast.Pow: libsbml.AST_POWER,
}
BUILT_IN = {"abs": libsbml.AST_FUNCTION_ABS}
"""What a law may call, besides other laws."""

MATHML_WORDS = (
    "power",
    "root",
    "exp",
    "ln",
    "log",
    "abs",
    "floor",
    "ceiling",
    "min",
    "max",
    "quotient",
    "rem",
)
"""Words of MathML that are no names for functions of one's own: readers would take one for the other."""


def law_id(name: str) -> str:
    """Return the identifier of a law in the file."""
    return f"{name}_law" if name in MATHML_WORDS else name


def to_math(node: ast.expr, ids: Mapping[str, str]) -> Any:
    """Return an expression as an ``ASTNode``; numbers have no unit, as the units of the tables demand.

    Parameters
    ----------
    node : ast.expr
        Numbers, names, + - * / **, and calls of laws by position.
    ids : mapping of str to str
        Identifier in the file by name; a name that is not there keeps its own.

    Raises
    ------
    ValueError
        For anything else.
    """
    if isinstance(node, ast.Name):
        found = libsbml.ASTNode(libsbml.AST_NAME)
        found.setName(ids.get(node.id, node.id))
        return found
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return _number(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _with(libsbml.ASTNode(libsbml.AST_MINUS), [node.operand], ids)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return _with(libsbml.ASTNode(OPERATORS[type(node.op)]), [node.left, node.right], ids)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        found = libsbml.ASTNode(BUILT_IN.get(node.func.id, libsbml.AST_FUNCTION))
        if node.func.id not in BUILT_IN:
            found.setName(ids.get(node.func.id, node.func.id))
        return _with(found, node.args, ids)
    raise ValueError(
        f"{ast.unparse(node)!r} cannot be written as SBML, allowed: + - * / **, numbers and laws"
    )


def _number(value: float) -> Any:
    found = libsbml.ASTNode(libsbml.AST_INTEGER if isinstance(value, int) else libsbml.AST_REAL)
    found.setValue(value)
    found.setUnits("dimensionless")
    return found


def _with(parent: Any, children: list[ast.expr], ids: Mapping[str, str]) -> Any:
    for child in children:
        parent.addChild(to_math(child, ids))
    return parent


def law_to_math(law: Callable[..., float]) -> Any:
    """Return a law as a lambda, what it assigns on its way put in the place where it is used.

    Raises
    ------
    ValueError
        If the law is more than assignments and a return.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(law))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    assigned: dict[str, ast.expr] = {}
    found = libsbml.ASTNode(libsbml.AST_LAMBDA)
    for argument in tree.args.args:
        found.addChild(to_math(ast.Name(argument.arg), {}))
    for line in tree.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            assigned[line.targets[0].id] = _Put(assigned).visit(line.value)
        elif isinstance(line, ast.Return) and line.value is not None:
            found.addChild(to_math(_Put(assigned).visit(line.value), {}))
            return found
        elif not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)):
            raise ValueError(
                f"law {law.__name__}, {ast.unparse(line)!r}: allowed are assignments and a return"
            )
    raise ValueError(f"law {law.__name__} returns nothing")


class _Put(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace one name."""
        return self.values.get(node.id, node)
