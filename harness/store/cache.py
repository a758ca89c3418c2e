"""A content-addressed store on disk: what one process computed, every later run, seed and session reads.

    <root>/<kind>/<key>/         a finished entry: its files and entry.json (the fields that the key is of, checksums)
    <root>/<kind>/<key>.part/    an entry in the making, or one being mended; journal.jsonl lists what is written
    <root>/locks/<kind>-<key>    held by the process that builds; who uses an entry holds a shared lock on its folder

The key is a hash of everything the content depends on, so an entry never goes stale: it is found or it is not.
Files are written in shards, each with a checksum. An entry with a damaged shard goes back to `.part`, and so does a
build that was killed: the next build writes only the shards that are not intact.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.errors import CacheError, CacheMiss
from harness.store.draft import Draft
from harness.store.entry import is_damaged, is_entry, last_used, read_record, size_of

__all__ = ["Cache", "Draft", "Make", "key_of"]

log = logging.getLogger(__name__)

REPOSITORY = Path(__file__).resolve().parents[2]
CAP_GB = 50.0  # LABLOOP_CACHE_GB

_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)

Make = Callable[[Draft], None]
_held: dict[Path, int] = {}  # entries that this process uses → the inode of the folder that is locked


class Cache:
    """The store in a folder. `Cache()` is the one that the environment names (LABLOOP_CACHE)."""

    def __init__(self, root: Path | None = None, cap_bytes: int | None = None) -> None:
        named = root or Path(os.environ.get("LABLOOP_CACHE") or REPOSITORY / ".cache" / "labloop")
        self.root = named.resolve()  # whoever changes the working folder still means this one
        self.cap_bytes = _cap_bytes() if cap_bytes is None else cap_bytes

    def find(self, kind: str, fields: Mapping[str, Any]) -> Path | None:
        """The folder of an intact entry, or None where it is missing or damaged. Marks it as used."""
        folder = self.root / kind / key_of(fields)
        if is_damaged(folder):
            return None
        with contextlib.suppress(OSError):  # a read-only cache keeps its times
            os.utime(folder)
        return folder

    def get(self, kind: str, fields: Mapping[str, Any], make: Make) -> Path:
        """The folder of the entry, built by `make` where it is missing or damaged.

        Two processes that want the same entry build it once: the second waits. Raises CacheMiss where the entry is
        not there and the cache cannot be written, CacheError where the disk is full.
        """
        found = self.find(kind, fields)
        if found:
            return found
        if self.root.exists() and not self.root.is_dir():
            raise CacheError(f"the cache {self.root} is no folder: set LABLOOP_CACHE to one")
        if not self.is_writable():
            raise CacheMiss(self._miss(kind, fields))
        try:
            with self._lock(f"{kind}-{key_of(fields)}"):
                return self.find(kind, fields) or self._build(kind, fields, make)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise CacheError(
                    f"the disk of the cache {self.root} is full: make room, or set LABLOOP_CACHE to a folder on "
                    "another disk; what is written already is kept"
                ) from error
            if error.errno not in _REFUSED:  # something else that went wrong while it was made
                raise
            raise CacheError(
                f"the cache {self.root} cannot be used ({error}): set LABLOOP_CACHE to a folder that can be written"
            ) from error

    def hold(self, folder: Path) -> bool:
        """Keep an entry from being evicted until this process ends; False where it was evicted just now."""
        try:
            descriptor = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            return False
        if _held.get(folder) == os.fstat(descriptor).st_ino:
            os.close(descriptor)
            return True
        with contextlib.suppress(OSError):  # a file system without locks: entries there are not protected
            fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits where it is being removed
        _held[folder] = os.fstat(descriptor).st_ino  # the descriptor stays open, and the system closes it at the end
        return (folder / "entry.json").exists()

    def is_writable(self) -> bool:
        """Whether entries can be built here."""
        nearest = next(folder for folder in (self.root, *self.root.parents) if folder.exists())
        return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """The fields of every finished entry of a kind."""
        records = (read_record(folder) for folder in sorted((self.root / kind).glob("*")) if folder.suffix != ".part")
        return [record["fields"] for record in records if record]

    def _build(self, kind: str, fields: Mapping[str, Any], make: Make) -> Path:
        folder = self.root / kind / key_of(fields)
        part = folder.with_name(folder.name + ".part")
        if folder.exists():
            self._reopen(folder, part)
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Draft(part, lambda size: self._make_room(size, keep=part))
        make(draft)
        draft.finish(fields, folder)
        self._evict(keep=folder, limit=self.cap_bytes)
        return folder

    def _make_room(self, size: int, keep: Path) -> None:
        """Remove old entries until `size` bytes more are within the cap. Raises CacheError where they never are."""
        if size + size_of(keep) > self.cap_bytes:
            raise CacheError(
                f"{(size + size_of(keep)) / 1e9:.2f} GB are needed and the cache {self.root} may hold "
                f"{self.cap_bytes / 1e9:.2f} GB: set LABLOOP_CACHE_GB to more, or ask for fewer tokens"
            )
        self._evict(keep, limit=self.cap_bytes - size)

    def _reopen(self, folder: Path, part: Path) -> None:
        """Turn a damaged entry back into a draft that keeps its intact shards."""
        log.warning("mending a damaged cache entry: %s", folder)
        record = read_record(folder)
        shutil.rmtree(part, ignore_errors=True)
        folder.replace(part)
        (part / "entry.json").unlink(missing_ok=True)
        lines = [json.dumps(shard) for shard in record["shards"]] if record else []
        (part / "journal.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")

    @contextlib.contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        """Hold the lock of that name; the system lets go of it when the process ends, however it ends."""
        path = self.root / "locks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                log.info("waiting for another process that is building %s", name)
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _evict(self, keep: Path, limit: int) -> None:
        """Remove what was used longest ago until the store is within `limit` bytes, but nothing that is in use.

        What a killed build left (`.part`) counts and goes like an entry.
        """
        folders = [folder for folder in self.root.glob("*/*") if is_entry(folder) and folder != keep]
        sizes = {folder: size_of(folder) for folder in folders}
        total = sum(sizes.values()) + size_of(keep)
        for folder in sorted(folders, key=last_used):
            if total <= limit:
                return
            if self._remove(folder):
                log.info("the cache is over %.1f GB: removed %s", self.cap_bytes / 1e9, folder)
                total -= sizes[folder]
        if total > limit:
            log.warning("the cache %s takes %.1f GB of %.1f: all of it is in use", self.root, total / 1e9, limit / 1e9)

    def _remove(self, folder: Path) -> bool:
        """Remove an entry or a draft, unless another process builds it or anyone holds it; whether it is gone."""
        with contextlib.ExitStack() as locks:
            try:
                name = f"{folder.parent.name}-{folder.name.removesuffix('.part')}"
                file = locks.enter_context((self.root / "locks" / name).open("w"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                descriptor = os.open(folder, os.O_RDONLY)
                locks.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:  # held, or removed by another process just now
                return False
            shutil.rmtree(folder, ignore_errors=True)
        return True

    def _miss(self, kind: str, fields: Mapping[str, Any]) -> str:
        held = self.entries(kind)
        differ = [name for name in fields if any(found.get(name) != fields[name] for found in held)] or list(fields)
        shown = [", ".join(f"{name}={each.get(name)}" for name in differ) for each in (fields, *held)]
        return (
            f"the cache does not hold, intact, {kind} with {shown[0]}; {self.root} is read-only here. "
            f"It holds: {'; '.join(shown[1:]) or 'none'}. "
            "Use those settings, or run `python -m harness.prepare` first (see its --help)"
        )


def key_of(fields: Mapping[str, Any]) -> str:
    """The key of an entry: a hash of its fields, whatever their order."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:24]


def _cap_bytes() -> int:
    given = os.environ.get("LABLOOP_CACHE_GB") or str(CAP_GB)
    try:
        return int(float(given) * 1e9)
    except (ValueError, OverflowError):
        raise CacheError(f"LABLOOP_CACHE_GB is {given!r}: give a number of gigabytes") from None
