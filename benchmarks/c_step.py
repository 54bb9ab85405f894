"""The step of a cell type in C, from the same statements as the compiled step, for comparison.

The text of every stage is the kernel's own, with types and semicolons. ``exp`` and ``log`` are the C library's, which
vectorise through libmvec; powers are written with them, which is a third faster than ``pow``. OpenMP shares the blocks
among threads.
"""

from __future__ import annotations

import ast
import ctypes
import inspect
import re
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np

from insulattice.agents.compose import Composed
from insulattice.agents.kernel import BLOCK, PowerToCall, Stage, places, stages
from insulattice.agents.mechanism import SITE_NAMES

COMPILE = ["gcc", "-O3", "-march=native", "-std=gnu11", "-fopenmp", "-fPIC", "-ffast-math", "-c"]
# Without -ffast-math gcc offers no libmvec; it is a little more licence than the kernel gives to LLVM (NaN stay NaN).
LINK = ["gcc", "-shared", "-fopenmp"]
# Linked without it: else loading the library sets the whole process to flush subnormal numbers to zero.

_HEADER = """#include <math.h>
static inline double power(double x, double n) { return exp(n * log(x > 1e-300 ? x : 1e-300)); }
#define abs fabs
"""


def c_source(composed: Composed) -> str:
    """Return the C file of a step."""
    laws = [_law(law) for law in composed.laws if law.__name__ != "power"]
    return "\n".join([_HEADER, *laws, *(_stage(stage) for stage in stages(composed)), _advance(composed)])


def _law(law: Callable[..., float]) -> str:
    """Return a law of _laws as an inline function."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(law)))
    function = PowerToCall().visit(tree).body[0]
    arguments = ", ".join(f"double {argument.arg}" for argument in function.args.args)
    lines = [ast.unparse(s) for s in function.body if not isinstance(s, ast.Expr)]
    body = "\n".join(f"    {line if line.startswith('return') else 'double ' + line};" for line in lines)
    return f"static inline double {function.name}({arguments}) {{\n{body}\n}}\n"


def _stage(stage: Stage) -> str:
    """Return a stage as a function."""
    before = "\n".join(f"    const double {line};" for line in stage.before)
    body = "\n".join(f"        {'' if line.startswith('w[') else 'double '}{line};" for line in stage.body)
    return (
        f"static void {stage.name}(double *restrict w, const double *restrict shared, const double *restrict p,\n"
        f"    double dt, double weight) {{\n{before}\n"
        f"    #pragma omp simd\n    for (int j = 0; j < {BLOCK}; j++) {{\n{body}\n    }}\n}}\n"
    )


def _advance(composed: Composed) -> str:
    """Return the function that advances all cells."""
    rows, states, own = len(places(composed)), len(composed.states), len(composed.states + composed.traits)
    site = rows - len(SITE_NAMES)
    flux = site - len(composed.fluxes)
    return f"""
static void copy(double *to, long to_stride, const double *from, long from_stride, int count) {{
    for (int i = 0; i < count; i++)
        for (int j = 0; j < {BLOCK}; j++) to[i * to_stride + j] = from[i * from_stride + j];
}}

void advance(double *rows, const double *site, const double *shared, const double *p, double *fluxes,
             long cells, int threads, double dt, int substeps) {{
    #pragma omp parallel for num_threads(threads) schedule(dynamic, 4)
    for (long first = 0; first < cells; first += {BLOCK}) {{
        const double step = dt / substeps;
        double w[{rows * BLOCK}] __attribute__((aligned(64)));
        copy(w, {BLOCK}, rows + first, cells, {own});
        copy(w + {site * BLOCK}, {BLOCK}, site + first, cells, {len(SITE_NAMES)});
        for (int i = {flux * BLOCK}; i < {site * BLOCK}; i++) w[i] = 0.0;
        for (int k = 0; k <= substeps; k++) {{
            if (k == substeps / 2) {{
                predict_slow(w, shared, p, dt, 0.5);
                correct_slow(w, shared, p, dt, 0.5);
            }}
            if (k < substeps) {{
                predict_fast(w, shared, p, step, 0.5 / substeps);
                correct_fast(w, shared, p, step, 0.5 / substeps);
            }}
        }}
        copy(rows + first, cells, w, {BLOCK}, {states});
        copy(fluxes + first, cells, w + {flux * BLOCK}, {BLOCK}, {len(composed.fluxes)});
    }}
}}
"""


class CStep:
    """The compiled C step of a cell type."""

    def __init__(self, composed: Composed, folder: Path) -> None:
        source, library = folder / "step.c", folder / "step.so"
        source.write_text(c_source(composed), encoding="utf-8")
        part = library.with_suffix(".o")
        subprocess.run([*COMPILE, "-o", str(part), str(source)], check=True)
        subprocess.run([*LINK, "-o", str(library), str(part), "-lmvec", "-lm"], check=True)
        self._advance = ctypes.CDLL(str(library)).advance

    def advance(self, population, shared, threads: int = 1) -> None:
        """Advance a population by one minute, as its own ``advance`` does."""
        arrays = [population.rows, population.site, shared, population.parameters, population.fluxes]
        pointers = [np.ctypeslib.as_ctypes(a.reshape(-1)) for a in arrays]
        cells = ctypes.c_long(population.rows.shape[1])
        self._advance(*pointers, cells, threads, ctypes.c_double(1.0), 4)


def packed_instructions(library: Path, name: str = "vmulpd") -> int:
    """Count a vector instruction in a compiled library."""
    text = subprocess.run(["objdump", "-d", str(library)], capture_output=True, text=True, check=True).stdout
    return len(re.findall(rf"\b{name}\b", text))
