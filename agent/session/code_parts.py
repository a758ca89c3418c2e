"""Python source by its functions: the text of one, and which of them a line stands in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A function, a method or a class of a file."""

    name: str
    """With the class it stands in: `Model.loss`."""
    first: int
    """Its first line, from 1, decorators among it."""
    last: int
    text: str
    is_class: bool = False

    def is_called(self, name: str) -> bool:
        """Whether `name` is its own, with or without the class."""
        return name in (self.name, self.name.rpartition(".")[2])


def parts_of(source: str) -> list[Part]:
    """Every function, method and class, in the order of the file; [] where it is no Python that can be read."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):  # what a model wrote need not be Python
        return []
    lines = source.splitlines(keepends=True)
    return list(_parts(tree, lines, ""))


def part_at(parts: list[Part], line: int) -> str:
    """Name of the innermost part in which a line stands; empty outside of all."""
    inside = [part for part in parts if part.first <= line <= part.last]
    return min(inside, key=lambda part: part.last - part.first).name if inside else ""


def _parts(node: ast.AST, lines: list[str], outer: str) -> Iterator[Part]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
        last = child.end_lineno or child.lineno
        name = f"{outer}{child.name}"
        yield Part(name, first, last, "".join(lines[first - 1 : last]), isinstance(child, ast.ClassDef))
        if isinstance(child, ast.ClassDef):
            yield from _parts(child, lines, f"{name}.")
