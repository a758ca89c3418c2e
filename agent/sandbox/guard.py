"""Were protected files touched? A second net under every sandbox, and the only one without namespaces."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Guard:
    """What protected files and folders held at one moment."""

    paths: tuple[Path, ...]
    before: dict[str, str]

    def touched(self) -> list[str]:
        """Names of files that were changed, added, removed or replaced by something else since."""
        after = _fingerprints(self.paths)
        return sorted(name for name in self.before.keys() | after.keys() if self.before.get(name) != after.get(name))


def guard(paths: Iterable[Path]) -> Guard:
    """Remember the contents of these files and of every file below these folders."""
    fixed = tuple(paths)
    return Guard(fixed, _fingerprints(fixed))


def _fingerprints(paths: Iterable[Path]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            for folder, folders, files in os.walk(path):
                folders[:] = [name for name in folders if name != "__pycache__"]
                for name in files:
                    found[os.path.join(folder, name)] = _fingerprint(Path(folder, name))
        else:
            found[str(path)] = _fingerprint(path)
    return found


def _fingerprint(path: Path) -> str:
    if path.is_symlink():
        return f"link to {os.readlink(path)}"
    if not path.exists():
        return "absent"
    if not path.is_file():
        return "not a regular file"
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
