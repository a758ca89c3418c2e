"""Results that were typed into a figure's script: what is drawn must be read from the runs' files."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_TYPED_LIST = 3
_SHORTEST_NUMBER = 3
_FEW = 2
_TELLING = 3
"""Digits of a number that nobody types for a place on the paper."""


def typed_result(source: str, infos: Mapping[str, Mapping[str, Any]]) -> str:
    """Where a script holds a run's metric typed in, or a list of typed decimals; empty where it does not, or cannot be read."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ""  # the run will say so better
    values = [(f"{run}'s {name}", value) for run, info in infos.items() for name, value in _metrics(info)]
    for node in ast.walk(tree):
        if sum(map(_is_decimal, _items(node))) >= _TYPED_LIST:
            return f"{node.lineno}: a list of decimals"  # type: ignore[attr-defined]
        if _is_decimal(node):
            text = repr(node.value)  # type: ignore[attr-defined]
            digits = len(text.split(".")[1])
            for name, value in values:
                if digits >= _SHORTEST_NUMBER and abs(round(value, digits)) == float(text):
                    return f"{node.lineno}: {text} is {name}"  # type: ignore[attr-defined]
    return ""


def typed_and_drawn(source: str, series: Iterable[Mapping[str, Any]]) -> str:
    """Numbers of a figure that stand in no file but in the script, in words; empty where there are none.

    One of three digits is such a number, two in one series are whatever their digits; a line at 0.5 is none. `series`: as
    `agent.results.traced` tells them, with what stands in no file under `x_computed`, `y_computed`.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ""
    typed = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float)}
    for entry in series:
        for side in ("x", "y"):
            here = sorted({abs(value) for value in entry.get(f"{side}_computed", ())} & typed)
            if len(here) >= _FEW or any(len(repr(value).replace(".", "").strip("0")) >= _TELLING for value in here):
                return f"{', '.join(map(repr, here[:4]))} in {entry.get('panel') or entry.get('label') or 'a panel'}"
    return ""


def _metrics(info: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, entry in info.get("metrics", {}).items():
        for part in ("mean", "spread", "noise"):
            value = entry.get(part) if isinstance(entry, Mapping) else None
            if isinstance(value, float) and value not in (0.0, 1.0):
                yield (name if part == "mean" else f"{name} ({part})"), value


def _items(node: ast.AST) -> list[ast.expr]:
    """What a literal collection holds."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return node.elts
    return node.values if isinstance(node, ast.Dict) else []


def _is_decimal(node: ast.AST) -> bool:
    """A typed number with a fraction of at least three digits, as results have and settings of a figure do not."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, float)):
        return False
    text = repr(node.value)
    return "e" not in text and len(text.partition(".")[2]) >= _SHORTEST_NUMBER
