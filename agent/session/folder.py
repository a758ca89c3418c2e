"""A folder that nobody vouches for, read: no link leads out of it, nothing huge, damaged or missing stops the reader."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LARGEST = 20_000_000
"""Bytes of JSON that are still read."""


@dataclass(frozen=True)
class Folder:
    """What lies in a session's folder; `root` is resolved."""

    root: Path

    def inside(self, *parts: str | Path) -> Path | None:
        """The regular file of this name inside the folder; None where it is missing or leads outside."""
        path = self.root.joinpath(*parts)
        try:
            real = path.resolve()
            return path if real.is_file() and real.is_relative_to(self.root) else None
        except (OSError, ValueError, RuntimeError):  # a name too long, with a NUL, or a ring of links
            return None

    def text(self, *parts: str | Path) -> str | None:
        """The text of this file, what is no UTF-8 in it replaced; None where it is missing or cannot be read."""
        path = self.inside(*parts)
        try:
            return None if path is None else path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def json_object(self, *parts: str | Path) -> dict[str, Any] | None:
        """The JSON object in this file; None where it is missing, damaged, something else, or huge."""
        path = self.inside(*parts)
        try:
            if path is None or path.stat().st_size > LARGEST:
                return None
            value = json.loads(path.read_text(encoding="utf-8", errors="replace"))
        except (OSError, ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None

    def names(self, *parts: str | Path) -> list[str]:
        """The names in a folder below, sorted; none where there is no such folder or it cannot be read."""
        try:
            return sorted(path.name for path in self.root.joinpath(*parts).iterdir())
        except (OSError, ValueError):
            return []

    def files(self, *parts: str | Path, most: int = 60) -> list[Path]:
        """Regular files below a folder, relative to it, sorted; the first `most` of them, no links."""
        root = self.root.joinpath(*parts)
        found: list[Path] = []
        for folder, _, names in os.walk(root):
            found += [Path(folder, name).relative_to(root) for name in names if not Path(folder, name).is_symlink()]
            if len(found) > 10 * most:
                break
        return sorted(found)[:most]
