"""A test can fail, and says in a sentence what it shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.guards.source import Source, sources

_RAISES = ("raises", "warns", "fail")
"""What pytest has for a test that expects an exception."""
_CHECKS = ("check", "refuse")
"""Functions of the tool that raise where something is wrong: to call one is to expect that nothing is."""


def cannot_fail(root: Path) -> list[str]:
    """Tests that hold nothing: no assertion that depends on anything, no exception that is expected, no check or command that must end
    well."""
    return [f"{source.path}:{test.lineno} {test.name}" for source, test in _tests(root) if not _holds(source, test)]


def untold(root: Path) -> list[str]:
    """Tests without the sentence that says what they show."""
    return [f"{source.path}:{test.lineno} {test.name}" for source, test in _tests(root) if not ast.get_docstring(test)]


def _tests(root: Path) -> Iterator[tuple[Source, ast.FunctionDef]]:
    for source in sources(root, ("tests",)):
        if source.path.rsplit("/", 1)[-1].startswith("test_"):
            yield from (
                (source, node) for node in source.tree.body if isinstance(node, ast.FunctionDef) and _is_test(node)
            )


def _is_test(node: ast.FunctionDef) -> bool:
    return node.name.startswith("test_")


def _holds(source: Source, test: ast.FunctionDef) -> bool:
    """Whether the test itself, or a function of its module that it calls, asserts or expects something."""
    beside = {node.name: node for node in source.tree.body if isinstance(node, ast.FunctionDef) and not _is_test(node)}
    called = [beside[name] for node in ast.walk(test) if (name := _name(node)) in beside]
    return any(_asserts(node) for each in (test, *called) for node in ast.walk(each))


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not isinstance(node.test, ast.Constant | ast.Tuple)  # a tuple is true whatever stands in it
    if isinstance(node, ast.Call):
        must_end_well = any(each.arg == "check" and ast.unparse(each.value) == "True" for each in node.keywords)
        return must_end_well or _name(node) in _RAISES or _name(node).startswith(_CHECKS)
    return False


def _name(node: ast.AST) -> str:
    """The name of the function that is called; empty for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
