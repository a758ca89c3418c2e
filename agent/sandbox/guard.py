"""Were protected files touched? Asked where no namespace keeps them out of reach."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from agent.sandbox.leavings import entries_below, remove
from agent.session.files import write_bytes

_KEPT_BYTES = 32_000_000


@dataclass(frozen=True)
class Guard:
    """What protected files and folders held at one moment; files up to 32 MB are kept so that they can be restored."""

    paths: tuple[Path, ...]
    before: dict[str, str]
    kept: dict[str, bytes] = field(repr=False)

    def touched(self) -> list[str]:
        """Paths of files that were changed, added, removed or replaced by something else since."""
        after = _fingerprints(self.paths, {})
        return sorted(name for name in self.before.keys() | after.keys() if self.before.get(name) != after.get(name))

    def restore(self) -> list[str]:
        """Undo every change; the paths that could not be put back."""
        failed = []
        for name in self.touched():
            path = Path(name)
            try:
                if name in self.kept:
                    _remove(path)
                    write_bytes(path, self.kept[name])
                elif self.before.get(name, "absent") == "absent":
                    _remove(path)
                else:
                    failed.append(name)
            except OSError:  # the folder above it was made unusable; who reads the report has to look
                failed.append(name)
        return failed


def guard(paths: Iterable[Path]) -> Guard:
    """Remember the contents of these files and of every file below these folders."""
    fixed = tuple(paths)
    kept: dict[str, bytes] = {}
    return Guard(fixed, _fingerprints(fixed, kept), kept)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        remove(path)
    else:
        path.unlink(missing_ok=True)


def _fingerprints(paths: Iterable[Path], kept: dict[str, bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            for name, status in entries_below(path):
                if not stat.S_ISDIR(status.st_mode) and "__pycache__" not in name.parts:
                    found[str(path / name)] = _fingerprint(path / name, kept)
        else:
            found[str(path)] = _fingerprint(path, kept)
    return found


def _fingerprint(path: Path, kept: dict[str, bytes]) -> str:
    if path.is_symlink():
        return f"link to {path.readlink()}"
    if not path.exists():
        return "absent"
    if not path.is_file():
        return "not a regular file"
    if path.stat().st_size <= _KEPT_BYTES:
        kept[str(path)] = path.read_bytes()
        return hashlib.sha256(kept[str(path)]).hexdigest()
    status = path.stat()  # no user can set back the time of the last change of an inode
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
