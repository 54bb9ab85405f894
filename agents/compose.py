"""Compose mechanisms into the arithmetic of one step.

The source of every ``signals`` and ``rates`` is read, its names are resolved (``cell.x`` becomes ``x``,
``local.y`` ``local_y``, ``p.k`` ``p_k``), and the statements are laid out in one flat list that can be printed
as Python or as C. The loss coefficient of a state, which the integrator needs, is the derivative of its rate
with respect to itself, found by differentiating the statements of that ``rates`` (signals count as given).
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .mechanism import PACES, SHARED_NAMES, SITE_NAMES, Mechanism
from .parameters import nearest

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


class ComposeError(ValueError):
    """A mechanism's source cannot be composed; the message names file, function and what is allowed."""


@dataclass(frozen=True)
class Statement:
    """``target = expression``; ``uses`` are the plain names that the expression reads."""

    target: str
    expression: ast.expr
    uses: frozenset[str]


@dataclass(frozen=True)
class Composed:
    """The flat arithmetic of one cell type.

    Attributes
    ----------
    states, traits, fluxes : tuple of str
        Rows of the arrays: states first, then traits; fluxes are the exchanged and audited signals.
    paced : dict
        Pace -> states; ``paced_fluxes`` likewise.
    statements : tuple of Statement
        Signals first, in order, then rates as ``d_STATE`` and losses as ``l_STATE``.
    """

    states: tuple[str, ...]
    traits: tuple[str, ...]
    fluxes: tuple[str, ...]
    paced: dict[str, tuple[str, ...]]
    paced_fluxes: dict[str, tuple[str, ...]]
    parameters: tuple[str, ...]
    laws: tuple[Callable[..., float], ...]
    statements: tuple[Statement, ...]
    signal_names: tuple[str, ...]

    def needed(self, targets: Iterable[str]) -> list[Statement]:
        """Return the statements that ``targets`` depend on, in order."""
        want = set(targets)
        kept = []
        for statement in reversed(self.statements):
            if statement.target in want:
                kept.append(statement)
                want |= statement.uses
        return kept[::-1]

    def has_loss(self, state: str) -> bool:
        """Tell whether a state has a linear loss of its own (else it advances in plain flux form)."""
        return any(statement.target == f"l_{state}" for statement in self.statements)


def compose(mechanisms: tuple[Mechanism, ...]) -> Composed:
    """Lay out the arithmetic of a cell type.

    Raises
    ------
    ComposeError
        If a mechanism uses what cannot be compiled, or a name that nobody provides.
    """
    _check(mechanisms)
    states = tuple(s for m in mechanisms for s in m.states)
    traits = tuple(s for m in mechanisms for s in m.traits)
    known = set(states) | set(traits)
    parameters: dict[str, None] = {}
    laws: dict[str, Callable[..., float]] = {}
    signals: list[Statement] = []
    rates: list[Statement] = []
    for mechanism in mechanisms:
        if mechanism.signals is not None:
            reader = _Reader(mechanism, mechanism.signals, known, parameters, laws)
            signals += reader.read(mechanism.signal_names, prefix="")
            known |= set(mechanism.signal_names)
    for mechanism in mechanisms:
        reader = _Reader(mechanism, mechanism.rates, known, parameters, laws)
        rates += reader.read(mechanism.states, prefix="d_", losses=mechanism.states)
    by_pace = {pace: [m for m in mechanisms if m.pace == pace] for pace in PACES}
    fluxes: dict[str, tuple[str, ...]] = {
        pace: tuple(f for m in chosen for f in (*m.exchanges, *m.sinks)) for pace, chosen in by_pace.items()
    }
    return Composed(
        states=states,
        traits=traits,
        fluxes=tuple(flux for pace in PACES for flux in fluxes[pace]),
        paced={pace: tuple(s for m in chosen for s in m.states) for pace, chosen in by_pace.items()},
        paced_fluxes=fluxes,
        parameters=tuple(parameters),
        laws=tuple(laws.values()),
        statements=tuple(signals + rates),
        signal_names=tuple(name for m in mechanisms for name in m.signal_names),
    )


def _check(mechanisms: tuple[Mechanism, ...]) -> None:
    """Raise a ComposeError for a name with two owners, an unknown pace or unknown conserved states."""
    owners: dict[str, str] = {}
    for mechanism in mechanisms:
        if mechanism.pace not in PACES:
            raise ComposeError(
                f"mechanism {mechanism.name!r}: PACE is {mechanism.pace!r}, allowed: {', '.join(PACES)}"
            )
        for name in sorted(mechanism.conserved - set(mechanism.states)):
            raise ComposeError(
                f"mechanism {mechanism.name!r}: CONSERVED names {name!r}, which is not among its states"
            )
        for name in (*mechanism.states, *mechanism.traits, *mechanism.signal_names):
            if name in owners:
                raise ComposeError(
                    f"{name!r} is owned by both {owners[name]!r} and {mechanism.name!r}; give it one owner"
                )
            owners[name] = mechanism.name


class _Reader:
    """Reads one function of a mechanism into flat statements."""

    def __init__(
        self,
        mechanism: Mechanism,
        function: Callable[..., object],
        known: set[str],
        parameters: dict[str, None],
        laws: dict[str, Callable[..., float]],
    ) -> None:
        self.label = f"mechanism {mechanism.name!r}, {function.__name__}"
        self.own = f"{mechanism.name}_{function.__name__}__"
        self.mechanism = mechanism
        self.known = known
        self.parameters = parameters
        self.laws = laws
        self.globals = function.__globals__
        self.locals: dict[str, ast.expr] = {}
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        if not isinstance(tree, ast.FunctionDef):
            raise ComposeError(f"{self.label}: not a plain function")
        self.arguments = [a.arg for a in tree.args.args]
        if len(self.arguments) != 3:
            raise ComposeError(f"{self.label}: takes {self.arguments}, allowed: (cell, local, p)")
        self.body = [s for s in tree.body if not _is_docstring(s)]

    def read(self, wanted: tuple[str, ...], prefix: str, losses: tuple[str, ...] = ()) -> list[Statement]:
        """Return the statements; the returned names get ``prefix``."""
        statements = []
        for line in self.body[:-1]:
            if not (
                isinstance(line, ast.Assign)
                and len(line.targets) == 1
                and isinstance(line.targets[0], ast.Name)
            ):
                raise ComposeError(
                    f"{self.label}, {ast.unparse(line)!r}: allowed are `name = arithmetic` and a return"
                )
            name = line.targets[0].id
            if name in self.locals:
                raise ComposeError(f"{self.label}: {name!r} is assigned twice; use a new name")
            expression = self.resolve(line.value)
            self.locals[name] = expression
            statements.append(_statement(self.local_name(name), expression))
        returned = self.returned(wanted)
        for name in wanted:
            statements.append(_statement(prefix + name, returned[name]))
        for name in losses:
            if name in self.mechanism.conserved:
                continue
            slope = self.slope(returned[name], name)
            if slope is not None:
                statements.append(_statement(f"l_{name}", _negative(slope)))
        return statements

    def returned(self, wanted: tuple[str, ...]) -> dict[str, ast.expr]:
        """Return the keyword expressions of the return statement."""
        last = self.body[-1] if self.body else None
        if not (isinstance(last, ast.Return) and isinstance(last.value, ast.Call)):
            raise ComposeError(f"{self.label}: must end with `return State(name=..., ...)`")
        given = {str(k.arg): self.resolve(k.value) for k in last.value.keywords}
        if set(given) != set(wanted) or last.value.args:
            raise ComposeError(
                f"{self.label}: returns {sorted(given)}, allowed: {sorted(wanted)}, each by keyword"
            )
        return given

    def local_name(self, name: str) -> str:
        return f"{self.own}{name}"

    def resolve(self, node: ast.expr) -> ast.expr:
        """Return the expression with its names resolved."""
        if isinstance(node, ast.Attribute):
            return self.resolve_attribute(node)
        if isinstance(node, ast.Name):
            if node.id not in self.locals:
                raise ComposeError(f"{self.label}: {node.id!r} is not assigned here")
            return ast.Name(self.local_name(node.id))
        if isinstance(node, ast.BinOp) and isinstance(node.op, OPERATORS):
            return ast.BinOp(self.resolve(node.left), node.op, self.resolve(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return _negative(self.resolve(node.operand))
        if isinstance(node, ast.Call):
            return self.resolve_call(node)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return node
        raise ComposeError(
            f"{self.label}, {ast.unparse(node)!r}: allowed are + - * / **, numbers, names and laws"
        )

    def resolve_attribute(self, node: ast.Attribute) -> ast.expr:
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        cell, local, p = self.arguments
        if owner == cell:
            self.require(f"cell.{node.attr}", node.attr, self.known)
            return ast.Name(node.attr)
        if owner == local:
            self.require(f"local.{node.attr}", node.attr, SITE_NAMES + SHARED_NAMES)
            return ast.Name(f"local_{node.attr}")
        if owner == p:
            self.parameters[node.attr] = None
            return ast.Name(f"p_{node.attr}")
        raise ComposeError(f"{self.label}, {ast.unparse(node)!r}: allowed are {cell}.x, {local}.x and {p}.x")

    def require(self, shown: str, name: str, allowed: Iterable[str]) -> None:
        """Raise a ComposeError unless ``name`` is there to be read."""
        names = tuple(allowed)
        if name not in names:
            raise ComposeError(f"{self.label}: nobody before it provides {shown}.{nearest(name, names)}")

    def resolve_call(self, node: ast.Call) -> ast.expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
        law = self.globals.get(name)
        if not callable(law) or node.keywords:
            raise ComposeError(f"{self.label}: {name!r} is not a law of _laws, called by position")
        self.laws[name] = law
        return ast.Call(ast.Name(name), [self.resolve(a) for a in node.args], [])

    def slope(self, node: ast.expr, state: str) -> ast.expr | None:
        """Return d node / d state as an expression, or None if it is zero or unknown (a law of the state)."""
        if isinstance(node, ast.Name):
            if node.id == state:
                return ast.Constant(1.0)
            inner = self.locals.get(node.id.removeprefix(self.own)) if node.id.startswith(self.own) else None
            return self.slope(inner, state) if inner is not None else None
        if isinstance(node, ast.UnaryOp):
            inner_slope = self.slope(node.operand, state)
            return None if inner_slope is None else _negative(inner_slope)
        if isinstance(node, ast.BinOp):
            return self.slope_of_operation(node, state)
        return None

    def slope_of_operation(self, node: ast.BinOp, state: str) -> ast.expr | None:
        left, right = self.slope(node.left, state), self.slope(node.right, state)
        if isinstance(node.op, (ast.Add, ast.Sub)):
            if left is None and right is not None and isinstance(node.op, ast.Sub):
                return _negative(right)
            if left is None or right is None:
                return left or right
            return ast.BinOp(left, node.op, right)
        if isinstance(node.op, ast.Mult):
            terms = []
            if left is not None:
                terms.append(_product(left, node.right))
            if right is not None:
                terms.append(_product(node.left, right))
            if len(terms) == 2:
                return ast.BinOp(terms[0], ast.Add(), terms[1])
            return terms[0] if terms else None
        if isinstance(node.op, ast.Div):
            if right is None:
                return None if left is None else _quotient(left, node.right)
            falling = _product(node, right)
            return _quotient(
                _negative(falling) if left is None else ast.BinOp(left, ast.Sub(), falling), node.right
            )
        return None  # the own state in a power: left to the explicit part


def _negative(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return node.operand
    return ast.UnaryOp(ast.USub(), node)


def _product(left: ast.expr, right: ast.expr) -> ast.expr:
    """Return left * right, less factors of one and with a sign in front."""
    if isinstance(left, ast.UnaryOp):
        return _negative(_product(left.operand, right))
    if isinstance(right, ast.UnaryOp):
        return _negative(_product(left, right.operand))
    if isinstance(left, ast.Constant) and left.value == 1.0:
        return right
    if isinstance(right, ast.Constant) and right.value == 1.0:
        return left
    return ast.BinOp(left, ast.Mult(), right)


def _quotient(top: ast.expr, bottom: ast.expr) -> ast.expr:
    """Return top / bottom with a sign in front."""
    if isinstance(top, ast.UnaryOp):
        return _negative(_quotient(top.operand, bottom))
    return ast.BinOp(top, ast.Div(), bottom)


def _statement(target: str, expression: ast.expr) -> Statement:
    expression = ast.fix_missing_locations(expression)
    uses = frozenset(node.id for node in ast.walk(expression) if isinstance(node, ast.Name))
    return Statement(target, expression, uses)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
