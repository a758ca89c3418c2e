"""Python sources, parsed once."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HOUSE = ("agent", "harness", "setup", "benchmarks", "templates/*/judge")
"""Where the rules of size hold; tests may be longer."""


@dataclass(frozen=True)
class Source:
    """One module: its path below the root, its text, its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """Its dotted name; a package is named by its folder."""
        parts = self.path.removesuffix(".py").split("/")
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @functools.cached_property
    def docstrings(self) -> frozenset[int]:
        """The ids of the nodes that are docstrings, those of fields included."""
        return frozenset(
            id(statement.value)
            for node in ast.walk(self.tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            for statement in node.body
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        )

    def strings(self) -> Iterator[tuple[int, str]]:
        """Line and text of every string but docstrings; an f-string is one, `{}` where a value goes."""
        known = set(self.docstrings)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr):
                known.update(id(part) for part in node.values)
                yield node.lineno, "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in known:
                yield node.lineno, node.value


def sources(root: Path, folders: Sequence[str] = HOUSE) -> list[Source]:
    """Every module below the folders of a tree, by path; a pattern names several folders, a file itself."""
    found = sorted({path for folder in folders for top in root.glob(folder) for path in _modules(top)})
    return [_parsed(path, path.relative_to(root).as_posix(), path.stat().st_mtime_ns) for path in found]


def _modules(top: Path) -> list[Path]:
    return [top] if top.is_file() else [path for path in top.rglob("*.py") if "__pycache__" not in path.parts]


@functools.cache
def _parsed(path: Path, name: str, changed: int) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(name, text, ast.parse(text))
