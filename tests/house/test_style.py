"""The style that can be checked by reading: short functions, no print, every public name documented."""

import ast
from collections.abc import Iterator

LONGEST = 40  # lines of a body; signature and docstring aside

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    """Lines of a function without its signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def is_setter(node: ast.ClassDef | Function) -> bool:
    """Whether this is the second half of a property, whose getter has the docstring."""
    return any(isinstance(mark, ast.Attribute) and mark.attr == "setter" for mark in node.decorator_list)


def public_definitions(tree: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | Function]:
    """Public classes and functions of a module, and public methods of its public classes."""
    for node in tree.body:
        if (
            isinstance(node, ast.ClassDef | Function)
            and not node.name.startswith("_")
            and not is_setter(node)
        ):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node)


def test_no_function_is_long(modules):
    long = [
        f"{module.place}:{function.lineno} {function.name} has {body_lines(function)} lines"
        for module in modules.values()
        for function in functions(module.tree)
        if body_lines(function) > LONGEST
    ]
    assert not long


def test_the_library_never_prints(modules):
    prints = [
        f"{module.place}:{node.lineno}"
        for module in modules.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not prints


def test_every_module_has_a_docstring(modules):
    assert not [module.place for module in modules.values() if not ast.get_docstring(module.tree)]


def test_every_public_name_has_a_docstring(modules):
    bare = [
        f"{module.place}:{node.lineno} {node.name}"
        for module in modules.values()
        for node in public_definitions(module.tree)
        if not ast.get_docstring(node)
    ]
    assert not bare


def test_nothing_raises_or_swallows_a_bare_exception(modules):
    wrong = [f"{module.place}:{line}" for module in modules.values() for line in bare_exceptions(module.tree)]
    assert not wrong


def bare_exceptions(tree: ast.AST) -> Iterator[int]:
    """Lines of ``raise Exception(...)`` and of handlers that catch everything and do not raise again."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if isinstance(node.exc.func, ast.Name) and node.exc.func.id in {"Exception", "BaseException"}:
                yield node.lineno
        elif isinstance(node, ast.ExceptHandler):
            everything = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}
            )
            if everything and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
                yield node.lineno


def test_there_is_no_global_random_generator(modules):
    allowed = {"default_rng", "Generator", "SeedSequence", "Philox", "PCG64", "BitGenerator"}
    wrong = [
        f"{module.place}:{node.lineno}"
        for module in modules.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "random"
        and node.attr not in allowed
    ]
    assert not wrong
