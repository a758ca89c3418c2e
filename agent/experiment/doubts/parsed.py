"""Python files as trees, for what can be told of code without running it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping


def parsed(files: Mapping[str, bytes]) -> list[ast.Module]:
    """Each Python file's tree; none where one does not parse, for then nothing can be told."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [ast.parse(content) for name, content in files.items() if name.endswith(".py")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
