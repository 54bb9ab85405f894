"""All benchmarks, with their targets, written to RESULTS.md beside this file.

    make bench          (or: python benchmarks/run.py)

Needs gcc. Every comparison runs in turns and takes medians; give the machine to it alone, for twenty minutes.
"""

from __future__ import annotations

import os

os.environ.setdefault(
    "OMP_WAIT_POLICY", "passive"
)  # before C is loaded: waiting threads of OpenMP do not spin

import platform
import subprocess
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import cells
import fields
import life
import whole

RESULTS = Path(__file__).with_name("RESULTS.md")


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """Return a table in Markdown."""
    lines = [
        list(head),
        *([f"{item:.3g}" if isinstance(item, float) else str(item) for item in row] for row in rows),
    ]
    lines.insert(1, ["---"] * len(lines[0]))
    return ["| " + " | ".join(line) + " |" for line in lines]


def verdict(value: float, limit: float, at_least: bool = False) -> str:
    """Say whether a target is met."""
    return "met" if (value >= limit if at_least else value <= limit) else "**missed**"


def machine() -> list[str]:
    """Return what it ran on."""
    cpus = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.split(":")[1].strip() for line in cpus if line.startswith("model name")), "?")
    gcc = subprocess.run(
        ["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True
    ).stdout.strip()
    packages = ", ".join(f"{name} {version(name)}" for name in ("numba", "llvmlite", "numpy", "mesa"))
    load = os.getloadavg()[0]
    return [
        f"{date.today()}, {cpu}, {len(os.sched_getaffinity(0))} cores, load at the start {load:.1f}; "
        f"Python {platform.python_version()}, {packages}, gcc {gcc}."
    ]


def python_section() -> list[str]:
    """Compare with plain Python."""
    rows = []
    for name in cells.TISSUE_CELLS:
        t = cells.against_python(name)
        flat, plain = t["flat Python"] / t["compiled"], t["mechanisms in Python"] / t["compiled"]
        states = len(cells.CELL_TYPES[name].composed.states)
        rows.append(
            [name, states, t["compiled"], t["flat Python"], flat, plain, verdict(flat, 70, at_least=True)]
        )
    head = (
        "cell",
        "states",
        "compiled [us]",
        "plain agent [us]",
        "times",
        "times, by mechanisms",
        "target: 70 times",
    )
    return [
        "## Against a plain Mesa agent",
        "",
        "Time of one cell and one minute (a macro step: 4 fast and 1 slow predictor-corrector steps), one thread.",
        "The plain agent runs the same flat statements on Python numbers, the fastest that plain Python can do; the",
        "last ratio is to an agent that calls the mechanisms' own functions.",
        "",
        *table(head, rows),
    ]


def c_section() -> list[str]:
    """Compare with C."""
    rows = []
    for name in cells.TISSUE_CELLS:
        t = cells.against_c(name)
        one, cpu, two = (t[f"ours_{kind}"] / t[f"c_{kind}"] for kind in ("1", "1_cpu", "2"))
        rows.append(
            [name, t["ours_1"], t["c_1"], one, cpu, t["ours_2"], t["c_2"], two, verdict(max(one, two), 2.0)]
        )
    head = ["cell", "ours [ms]", "C [ms]", "ratio", "ratio of processor time"]
    head += ["ours, 2 threads", "C, 2 threads", "ratio", "target: 2.0"]
    return [
        f"## Against C ({cells.CELLS} cells, one minute)",
        "",
        "`c_step.py` writes the C from the statements of the compiled step; a test holds the two equal to 1e-9.",
        "`gcc -O3 -march=native -ffast-math -fopenmp`, libmvec; median of 9 alternations.",
        "",
        *table(head, rows),
    ]


def number_section() -> list[str]:
    """Show that time grows in step with the number of cells."""
    found = cells.by_number()
    spread = max(found.values()) / min(found.values())
    return [
        "## Number of cells",
        "",
        *table(("muscle cells", "time of one cell and minute [us]"), found.items()),
        "",
        f"Linear to a factor of {spread:.2f} from ten thousand to a million.",
    ]


def field_section() -> list[str]:
    """Compare the field solve with an explicit sweep."""
    found = fields.measure()
    ratio = found["solve_per_sweep"]
    rows = [
        ["one explicit five-point sweep [ms]", found["explicit_sweep_ms"], "", ""],
        ["one implicit solve [ms]", found["implicit_solve_ms"], "", ""],
        ["solve per sweep", ratio, "10", verdict(ratio, 10)],
        ["a minute of a small tissue, 7 species on 35 x 35 sites [ms]", found["small_minute_ms"], "", ""],
    ]
    return [
        "## Fields (200 x 200 sites, 6 species, one thread)",
        "",
        *table(("what", "found", "target", ""), rows),
    ]


def whole_section() -> list[str]:
    """Show what a body costs."""
    parts, clamp, memory = whole.shares(), whole.clamp_seconds(), whole.bytes_per_cell()
    rows = [
        ["cells, one minute [ms]", parts["cells_ms"], "", ""],
        [
            "fields, blood and bookkeeping, one minute [ms]",
            parts["rest_ms"],
            "less than the cells",
            verdict(parts["rest_ms"], parts["cells_ms"]),
        ],
        ["clamp of 3 hours, once compiled [s]", clamp, "4", verdict(clamp, 4.0)],
        ["memory of a cell [bytes]", memory, "1000", verdict(memory, 1000.0)],
    ]
    return [
        f"## The whole model ({whole.CELLS} cells)",
        "",
        *table(("what", "found", "target", ""), rows),
    ]


def life_section() -> list[str]:
    """Show what a life of months costs, and what acceleration costs in accuracy."""
    times, day, year = life.step_times(), life.a_day(), life.year()
    full, quick = day * life.HALF_A_YEAR / 60.0, life.accelerated()
    days, share, errors = life.days_in_turn(), life.turnover_share(), life.errors()
    life.write(errors)
    grown, largest = year["late"] - year["early"], max(abs(row[-1]) for row in errors)
    line = life.linearity(times)
    rows = [
        ["half a year at full resolution, reckoned from a day of it [min]", full, "30", verdict(full, 30.0)],
        [
            f"half a year accelerated, {life.days_lived()} days of it lived [s]",
            quick,
            "60",
            verdict(quick, 60.0),
        ],
        ["10,000 cells over the line through fewer", line, "1.1", verdict(line, 1.1)],
        ["fourth day over the first", days[-1] / days[0], "1.1", verdict(days[-1] / days[0], 1.1)],
        ["share of cells that come, crawl and die [%]", share, "10", verdict(share, 10.0)],
        ["memory gained in the last 9 tenths of a year [MB]", grown, "1", verdict(grown, 1.0)],
        ["diary of that year on disk [MB]", year["disk"], "", ""],
        ["largest error of M by acceleration [%]", largest, "2", verdict(largest, 2.0)],
    ]
    return [
        f"## A life ({life.MANY} cells; year: {life.FEW}; errors: {life.SOME})",
        "",
        *table(("what", "found", "target", ""), rows),
        "",
        *table(("cells", "a minute [ms]"), times.items()),
        "",
        *table(
            ("life", "days", "M accelerated", "M full", "error [%]"),
            [list(row) for row in errors],
        ),
    ]


def main() -> None:
    """Run everything, print it and write it down."""
    parts = [
        ["# How fast it is", "", "Rerun with `make bench` (needs gcc), on a machine with nothing else to do."]
    ]
    for section in (
        machine,
        python_section,
        c_section,
        number_section,
        field_section,
        whole_section,
        life_section,
    ):
        parts.append(["", *section()])
        print("\n".join(parts[-1]), flush=True)
    lines = [line for part in parts for line in part]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"\nwritten to {RESULTS}")


if __name__ == "__main__":
    main()
