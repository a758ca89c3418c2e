"""A module reads in one sitting, a function fits a screen, a wide object is built by keyword."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.guards.source import Source, sources

MODULE_LINES = 260
FUNCTION_LINES = 50
FIELDS = 6
"""A class with more fields than these is built by keyword, its first two aside."""
_PLAIN = 2


def long_modules(root: Path) -> list[str]:
    """Modules of more than 260 lines."""
    lengths = {source.path: len(source.text.splitlines()) for source in sources(root)}
    return [f"{path}: {lines} lines" for path, lines in lengths.items() if lines > MODULE_LINES]


def long_functions(root: Path) -> list[str]:
    """Functions of more than 50 lines, from `def` to their last one."""
    return [
        f"{source.path}:{node.lineno} {node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines"
        for source in sources(root)
        for node in ast.walk(source.tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        if (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
    ]


def wide_objects_built_by_position(root: Path) -> list[str]:
    """Calls of a class of ours with more than six fields that pass more than two of them by position."""
    modules = sources(root)
    wide = {f"{source.module}.{name}" for source in modules for name in _wide_classes(source)}
    return [
        f"{source.path}:{node.lineno} {node.func.id} takes {len(node.args)} by position"
        for source in modules
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > _PLAIN
        if _full_name(source, node.func.id) in wide
    ]


def _wide_classes(source: Source) -> list[str]:
    return [
        node.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
        and sum(isinstance(statement, ast.AnnAssign) for statement in node.body) > FIELDS
    ]


def _full_name(source: Source, name: str) -> str:
    """A name with the module that it is imported from, else with the module itself."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) == name for alias in node.names):
            return f"{node.module}.{name}"
    return f"{source.module}.{name}"
