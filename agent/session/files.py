"""Hashes of files, and writing them so that a kill or a power loss leaves the old one or the new one, never half of one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from agent.errors import SessionError


def sha256(data: bytes) -> str:
    """Hex digest of `data`."""
    return hashlib.sha256(data).hexdigest()


def code_sha(files: Mapping[str, bytes]) -> str:
    """One hash of several files, names and contents."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


def write_bytes(path: Path, data: bytes) -> None:
    """Write aside, fsync, rename, fsync the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with naming(path):
        try:
            with open(aside, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        except OSError:
            with suppress(OSError):
                aside.unlink()
            raise
        sync_folder(path.parent)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Within it an OSError that names no file (a write, an fsync) names this one."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def write_text(path: Path, text: str) -> None:
    """`write_bytes` of UTF-8 text; lone surrogates become U+FFFD."""
    write_bytes(path, text.encode("utf-8", "replace"))


def write_json(path: Path, value: Any) -> None:
    """`write_text` of indented JSON; NaN and infinity are refused (ValueError)."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def stamp(path: Path) -> tuple[int, int]:
    """What tells whether a file was written again: its inode, and the time of its last change in ns; (0, 0) where there is none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns


def sync_folder(folder: Path) -> None:
    """Make a rename or a new name in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_UNDO = "put it back from a copy of the session, else begin a new one (a version of the code lies in it)"


class Blobs:
    """File contents by sha256, each written once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Keep `data`; its sha256."""
        name = sha256(data)
        path = self.folder / name
        if not path.exists():
            write_bytes(path, data)
        return name

    def get(self, name: str) -> bytes:
        """The contents with this sha256. Raises SessionError where they are missing or no longer these."""
        path = self.folder / name
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise SessionError(f"{path}: missing: {_UNDO}") from None
        if sha256(data) != name:
            raise SessionError(f"{path}: altered: its contents are not those that its name is the hash of; {_UNDO}")
        return data
