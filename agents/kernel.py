"""Write the composed step of a cell type as a plain Python file, and compile it.

The file is named by a hash of all that went into it, so that an edited mechanism is always picked up.
Cells are handled in blocks that are copied to small local arrays, which the compiler can vectorise.

One macro step runs half of the fast sub-steps, one step of the medium and slow states together, and the other half
of the fast sub-steps. Each is the second-order predictor-corrector

    y  = x + dt f(x) phi(L dt)
    x' = x + dt ((f(x) + f(y))/2 + L(y) (y - x)/2) phi((L(x) + L(y))/2 dt)

with ``phi(z) = (1 + z/2) / (1 + z + z**2/2)``, where ``L`` is a state's own loss coefficient (0 for conserved
material): exact in its fixed points, positive, and stable however stiff the loss.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import inspect
import logging
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numba
import numpy as np
from numpy.typing import NDArray

from . import vector_math
from .cache import cache_folder
from .compose import Composed
from .mechanism import SHARED_NAMES, SITE_NAMES

BLOCK = 32
"""Cells of a block: few, so that a block stays in the nearest cache and a small population needs little padding."""
Array = NDArray[np.float64]
log = logging.getLogger("insulattice")

_HEADER = '''"""The compiled step of a cell type, written by insulattice.agents.kernel. Do not edit."""

import numpy as np
from numba import njit

from insulattice.agents.vector_math import exp, log, power

law = njit(error_model="numpy", forceinline=True, fastmath={fastmath})
'''

FASTMATH = "{'arcp', 'contract', 'nsz', 'reassoc'}"

LOOPS = {"fast": ("fast",), "slow": ("medium", "slow")}
"""Loop -> the paces of the states that it advances together."""


@dataclass(frozen=True)
class Kernel:
    """A compiled step and the names of its rows.

    Attributes
    ----------
    composed : Composed
        What it was written from.
    advance : callable
        ``advance(rows, site, shared, p, fluxes, start, stop, dt, substeps)``; ``rows`` has shape
        (states + traits, cells), ``site`` (fields, cells), ``shared`` (shared,), ``fluxes`` (fluxes, cells) receives
        the mean flux over the step. ``start`` and ``stop`` are multiples of :data:`BLOCK`.
    source : str
        The file it was compiled from.
    """

    composed: Composed
    advance: Callable[..., None]
    source: str


def build_kernel(name: str, composed: Composed) -> Kernel:
    """Write and compile the step of a cell type; compiled code is kept in the cache folder."""
    source = kernel_source(composed)
    module = _load(name, source)
    return Kernel(composed, module.advance, source)


def kernel_source(composed: Composed) -> str:
    """Return the Python source of the step."""
    parts = [_HEADER.format(fastmath=FASTMATH)]
    parts += [_law_source(law) for law in composed.laws if not hasattr(vector_math, law.__name__)]
    parts += [_stage_source(stage) for stage in stages(composed)]
    parts.append(_advance_source(composed))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _law_source(law: Callable[..., float]) -> str:
    """Return a law of _laws as a compiled function, with ** as the vectorised power."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(law)))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.decorator_list = [ast.Name("law")]
    function.returns = None
    for argument in function.args.args:
        argument.annotation = None
    function.body = [s for s in function.body if not isinstance(s, ast.Expr)]
    return ast.unparse(ast.fix_missing_locations(PowerToCall().visit(tree)))


class PowerToCall(ast.NodeTransformer):
    """Write x**2, x**3, x**4 as products, any other power as a call, and every number as a decimal."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Replace one power."""
        whole = isinstance(node.right, ast.Constant) and node.right.value in (2, 3, 4)
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow):
            return node
        if not whole:
            return ast.Call(ast.Name("power"), [node.left, node.right], [])
        product: ast.expr = node.left
        for _ in range(int(node.right.value) - 1):  # type: ignore[attr-defined]
            product = ast.BinOp(product, ast.Mult(), node.left)
        return product

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Turn an integer into a decimal number, so that the text means the same in C."""
        return ast.Constant(float(node.value)) if isinstance(node.value, int) else node


def _expression(node: ast.expr) -> str:
    copy = ast.parse(ast.unparse(node), mode="eval")
    return ast.unparse(ast.fix_missing_locations(PowerToCall().visit(copy)))


def places(composed: Composed) -> dict[str, int]:
    """Return the row of each quantity in the one local array of a block.

    States and traits come first, then predicted states ``y:k``, rates ``f:k``, losses ``l:k``, fluxes and fields.
    A single array, with every place known when the loop is compiled, is what lets the compiler see that no two
    places overlap; with an array for each purpose it gives up after 128 comparisons of pointers.
    """
    names = [*composed.states, *composed.traits]
    most = max(len(_states(composed, pair)) for pair in LOOPS.values())
    for letter in ("y", "f", "l"):
        names += [f"{letter}:{k}" for k in range(most)]
    names += [f"flux:{flux}" for flux in composed.fluxes]
    names += [f"local_{name}" for name in SITE_NAMES]
    return {name: i for i, name in enumerate(names)}


@dataclass(frozen=True)
class Stage:
    """One loop over a block: ``name``, what it reads ``before`` the loop, and the lines of its ``body``.

    Each line is ``target = expression`` or ``target += expression``, which reads the same in Python and in C.
    """

    name: str
    before: tuple[str, ...]
    body: tuple[str, ...]


def stages(composed: Composed) -> list[Stage]:
    """Return the loops of a step: predict and correct, fast and slow."""
    return [_stage(composed, loop, kind) for loop in LOOPS for kind in ("predict", "correct")]


def _states(composed: Composed, paces: tuple[str, ...]) -> list[str]:
    return [state for pace in paces for state in composed.paced[pace]]


def _stage(composed: Composed, loop: str, kind: str) -> Stage:
    """Return the loop that predicts or corrects the states of some paces."""
    paces = LOOPS[loop]
    states = _states(composed, paces)
    fluxes = [flux for pace in paces for flux in composed.paced_fluxes[pace]]
    losses = [s for s in states if composed.has_loss(s)]
    statements = composed.needed([f"d_{s}" for s in states] + [f"l_{s}" for s in losses] + fluxes)
    uses = frozenset(states).union(*(s.uses for s in statements))
    place = {name: f"w[{row * BLOCK} + j]" for name, row in places(composed).items()}
    predicted = {state: place[f"y:{k}"] for k, state in enumerate(states)} if kind == "correct" else {}
    body = [f"{n} = {predicted.get(n, place[n])}" for n in composed.states + composed.traits if n in uses]
    body += [f"local_{n} = {place[f'local_{n}']}" for n in SITE_NAMES if f"local_{n}" in uses]
    body += [f"{s.target} = {_expression(s.expression)}" for s in statements]
    for k, state in enumerate(states):
        update = _predict if kind == "predict" else _correct
        body += update(
            state, "dt", place[state], [place[f"{letter}:{k}"] for letter in "yfl"], state in losses
        )
    body += [f"{place[f'flux:{flux}']} += weight * {flux}" for flux in fluxes]
    before = [f"p_{n} = p[{i}]" for i, n in enumerate(composed.parameters) if f"p_{n}" in uses]
    before += [f"local_{n} = shared[{i}]" for i, n in enumerate(SHARED_NAMES) if f"local_{n}" in uses]
    return Stage(f"{kind}_{loop}", tuple(before), tuple(body))


def _stage_source(stage: Stage) -> str:
    """Return a stage as a compiled function."""
    before = "\n".join("    " + line for line in stage.before)
    body = "\n".join("        " + line for line in stage.body or ("pass",))
    return (
        f"@njit(error_model='numpy', fastmath={FASTMATH})\n"
        f"def {stage.name}(w, shared, p, dt, weight):\n"
        f"{before}\n    for j in range({BLOCK}):\n{body}\n"
    )


def _predict(state: str, step: str, x: str, keep: list[str], has_loss: bool) -> list[str]:
    """Return the lines that predict one state and keep its rate and loss."""
    y, f, loss = keep
    if not has_loss:
        return [f"{f} = d_{state}", f"{y} = {state} + {step} * d_{state}"]
    return [
        f"{f} = d_{state}",
        f"{loss} = l_{state}",
        f"z_{state} = {step} * l_{state}",
        f"{y} = {state} + {step} * d_{state} * {_phi(state)}",
    ]


def _correct(state: str, step: str, x: str, kept: list[str], has_loss: bool) -> list[str]:
    """Return the lines that correct one state; ``x`` still holds its value before the step."""
    _, f, loss = kept
    if not has_loss:
        return [f"{x} += 0.5 * {step} * ({f} + d_{state})"]
    return [
        f"z_{state} = 0.5 * {step} * ({loss} + l_{state})",
        f"{x} += 0.5 * {step} * ({f} + d_{state} + l_{state} * ({state} - {x})) * {_phi(state)}",
    ]


def _phi(state: str) -> str:
    z = f"z_{state}"
    return f"(1.0 + 0.5 * {z}) / (1.0 + {z} + 0.5 * {z} * {z})"


def _advance_source(composed: Composed) -> str:
    """Return the function that advances a range of cells by one macro step."""
    rows = len(places(composed))
    states, own = len(composed.states), len(composed.states + composed.traits)
    site = rows - len(SITE_NAMES)
    flux = site - len(composed.fluxes)
    return f"""
@njit(error_model="numpy", nogil=True, cache=True)
def advance(rows, site, shared, p, fluxes, start, stop, dt, substeps):
    w = np.empty({rows * BLOCK + 8})
    w = w[-w.ctypes.data // 8 % 8 :]  # on a cache line: a vector across two costs a sixth of the speed
    half = substeps // 2
    step = dt / substeps
    weight = 0.5 / substeps
    for first in range(start, stop, {BLOCK}):
        for i in range({own}):
            for j in range({BLOCK}):
                w[i * {BLOCK} + j] = rows[i, first + j]
        for i in range({len(SITE_NAMES)}):
            for j in range({BLOCK}):
                w[({site} + i) * {BLOCK} + j] = site[i, first + j]
        w[{flux * BLOCK} : {site * BLOCK}] = 0.0
        for k in range(substeps + 1):
            if k == half:
                predict_slow(w, shared, p, dt, 0.5)
                correct_slow(w, shared, p, dt, 0.5)
            if k < substeps:
                predict_fast(w, shared, p, step, weight)
                correct_fast(w, shared, p, step, weight)
        for i in range({states}):
            for j in range({BLOCK}):
                rows[i, first + j] = w[i * {BLOCK} + j]
        for i in range({len(composed.fluxes)}):
            for j in range({BLOCK}):
                fluxes[i, first + j] = w[({flux} + i) * {BLOCK} + j]
"""


def _load(name: str, source: str) -> ModuleType:
    """Import the source from the cache folder, under a name that a change of any ingredient changes."""
    ingredients = source + inspect.getsource(vector_math) + numba.__version__ + sys.version
    digest = hashlib.sha256(ingredients.encode()).hexdigest()[:16]
    folder = cache_folder() / "kernels"
    path = folder / f"{name}_{digest}.py"
    module_name = f"insulattice_kernel_{name}_{digest}"
    if module_name in sys.modules:
        return sys.modules[module_name]
    if not path.exists():
        _write(path, source)
    return _module_of(path)


def _module_of(path: Path) -> ModuleType:
    """Import a generated file."""
    spec = importlib.util.spec_from_file_location(f"insulattice_kernel_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _write(path: Path, text: str) -> None:
    """Write a file so that another process sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def warm_up(name: str, kernel: Kernel) -> None:
    """Compile a kernel, or load it from the cache, by advancing nothing; says so if it takes time.

    It is compiled in a process of its own, and this one loads the result as every later one will. In the process that
    compiles, numba links ``advance`` with copies of its stages that were optimised by themselves; those in the kept
    file were optimised within it, and the two differ in the last bit.
    """
    advance = kernel.advance
    if advance.signatures:  # type: ignore[attr-defined]
        return
    path = Path(advance.py_func.__code__.co_filename)  # type: ignore[attr-defined]
    began = time.perf_counter()
    if not any(Path(advance.stats.cache_path).glob(f"{path.stem}.advance-*.nbc")):  # type: ignore[attr-defined]
        log.info("compiling the %s step (%d states), once ...", name, len(kernel.composed.states))
        _compile_apart(path)
    _advance_nothing(advance)
    log.debug("%s step ready after %.1f s", name, time.perf_counter() - began)


def _advance_nothing(advance: Callable[..., None]) -> None:
    """Call a step with arrays of the right types and no cell in them."""
    table, row = np.empty((0, 0)), np.empty(0)
    advance(table, table, row, row, table, 0, 0, 1.0, 4)


def compile_file(path: str) -> None:
    """Compile the step in a file and keep the result beside it."""
    _advance_nothing(_module_of(Path(path)).advance)


def _compile_apart(path: Path) -> None:
    """Compile the step in a file in another process; where that fails, this one compiles it at the first call."""
    code = f"import sys; from {__name__} import compile_file; compile_file(sys.argv[1])"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        subprocess.run(
            [sys.executable, "-c", code, str(path)],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        log.warning("the step could not be compiled apart: %s", getattr(error, "stderr", "") or error)
