"""Which way things flow (agents <- environment <- runs, analysis beside them); where heavy libraries may go."""

import ast
import subprocess
import sys
from collections.abc import Iterator

import pytest

MAY_IMPORT = {
    "agents": set(),
    "environment": {"agents"},
    "analysis": set(),
    "runs": {"agents", "environment", "analysis"},
}

# A library that is kept at arm's length, and the only files that may touch it.
ONLY_IN = {
    "numba": {
        "agents/kernel.py",
        "agents/vector_math.py",
        "environment/fields.py",
        "environment/transport.py",
    },
    "llvmlite": {"agents/kernel.py", "agents/vector_math.py"},
    "mesa": {"runs/mesa_model.py"},
    "solara": {
        "runs/app.py",
        "runs/page/chart_widget.py",
        "runs/page/controls.py",
        "runs/page/life.py",
        "runs/page/treatment_panel.py",
        "runs/page/views.py",
    },
    "dask": {"runs/sweeping/cluster.py"},
    "distributed": {"runs/sweeping/cluster.py", "runs/sweeping/flow.py"},
    "pint": {"agents/parameters.py"},
}


def is_type_checking(node: ast.AST) -> bool:
    """Whether the node is ``if TYPE_CHECKING:``, whose imports never run."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def walk_running_code(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that can run, at any depth."""
    for child in ast.iter_child_nodes(tree):
        if not is_type_checking(child):
            yield child
            yield from walk_running_code(child)


def imports(module) -> Iterator[str]:
    """Dotted names that a module imports; ours are given below ``insulattice``, as ``agents.kernel``."""
    package = module.name if module.path.name == "__init__.py" else module.name.rpartition(".")[0]
    for node in walk_running_code(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.removeprefix("insulattice.") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = (node.module or "").removeprefix("insulattice.")
            if node.level:
                parts = ["insulattice", *package.split(".")]
                start = ".".join(parts[: len(parts) - node.level + 1]).removeprefix("insulattice").lstrip(".")
                base = ".".join(part for part in (start, base) if part)
            base = "" if base == "insulattice" else base
            yield from (f"{base}.{alias.name}".lstrip(".") for alias in node.names)


def our_module(name: str, modules: dict) -> str | None:
    """The module of ours in which ``name`` (a module, or something in one) lives."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name or None


def graph(modules: dict) -> dict[str, set[str]]:
    """For each module of ours, the modules of ours that it imports."""
    found = {
        name: {our_module(target, modules) for target in imports(module)} for name, module in modules.items()
    }
    return {name: targets - {None, name} for name, targets in found.items()}


def find_cycle(edges: dict[str, set[str]]) -> list[str] | None:
    """One cycle of a directed graph, or None."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str] | None:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return None
        for target in sorted(edges[name]):
            cycle = visit(target, [*path, name])
            if cycle:
                return cycle
        done.add(name)
        return None

    return next((cycle for name in sorted(edges) if (cycle := visit(name, []))), None)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_the_rooms_it_may(room, modules):
    wrong = {
        f"{modules[name].place} imports {target}"
        for name, targets in graph(modules).items()
        if name.split(".")[0] == room
        for target in targets
        if target.split(".")[0] not in MAY_IMPORT[room] | {room}
    }
    assert not wrong


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_heavy_library_is_touched_in_few_files(library, modules):
    users = {m.place for m in modules.values() if any(name.split(".")[0] == library for name in imports(m))}
    assert users <= ONLY_IN[library]


def test_there_are_no_import_cycles(modules):
    assert find_cycle(graph(modules)) is None


def test_a_cycle_would_be_found():
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert find_cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) is None


def test_the_library_imports_itself_by_relative_imports(modules):
    wrong = [
        f"{module.place}:{node.lineno}"
        for module in modules.values()
        for node in ast.walk(module.tree)
        if (
            isinstance(node, ast.ImportFrom)
            and not node.level
            and (node.module or "").startswith("insulattice")
        )
        or (isinstance(node, ast.Import) and any(a.name.startswith("insulattice") for a in node.names))
    ]
    assert not wrong


@pytest.mark.parametrize("package", ["agents", "runs", "runs.cli"])
def test_what_is_imported_first_stays_light(package):
    heavy = ("mesa", "solara", "dask", "distributed", "matplotlib", "seaborn", "pint")
    code = f"import sys, insulattice.{package}; print(*(set({heavy!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imported_by_its_bare_name_says_how_to_import_it(room, root):
    run = subprocess.run([sys.executable, "-c", f"import {room}"], cwd=root, capture_output=True, text=True)
    assert run.stderr.rstrip().endswith(f"import insulattice.{room}, not {room}")
