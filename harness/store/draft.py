"""An entry of the cache in the making: files written in shards, each with a checksum, so that no work is lost."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.errors import CacheError

FORMAT = 1  # of entry.json
READ_BYTES = 1 << 24


@dataclass(frozen=True)
class Shard:
    """A range of a file: `bytes` from offset `at`, and their CRC-32."""

    file: str
    at: int
    bytes: int
    crc32: int


class Draft:
    """An entry in the making. What is intact of an earlier try is kept; `make_room` is told how much will be written."""

    def __init__(self, folder: Path, make_room: Callable[[int], None] = lambda _: None) -> None:
        self.folder = folder
        self._make_room = make_room
        self._journal = folder / "journal.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        self._shards = {(shard.file, shard.at): shard for shard in self._intact()}

    def has(self, file: str, at: int = 0) -> bool:
        """Whether the shard of `file` that begins at byte `at` is already there, intact."""
        return (file, at) in self._shards

    def write(self, file: str, data: bytes | memoryview, at: int = 0) -> None:
        """Write one shard of `file`, at byte `at`, to disk."""
        descriptor = os.open(self.folder / file, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(descriptor, data[written:], at + written)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self._record(Shard(file, at, len(data), zlib.crc32(data)))

    def reserve(self, size: int) -> None:
        """Make room for an entry of `size` bytes before any time is spent on it.

        Raises CacheError where the cache's cap does not allow it, or the disk has not that much free.
        """
        needed = max(0, size - sum(shard.bytes for shard in self._shards.values()))
        self._make_room(needed)
        free = shutil.disk_usage(self.folder).free
        if needed > free:
            raise CacheError(
                f"{needed / 1e9:.2f} GB are needed and the disk of {self.folder.parent} has {free / 1e9:.2f} GB free: "
                "make room, or set LABLOOP_CACHE to a folder on another disk"
            )

    def adopt(self, file: str) -> None:
        """Take up a file that other code wrote into `folder`."""
        path = self.folder / file
        size = path.stat().st_size
        self._record(Shard(file, 0, size, crc32_of(path, 0, size)))

    def adopt_all(self) -> None:
        """Take up every file that other code wrote into `folder`."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and path not in (self._journal, self.folder / "entry.json"):
                self.adopt(str(path.relative_to(self.folder)))

    def finish(self, fields: Mapping[str, Any], destination: Path) -> None:
        """Write entry.json and rename the folder to its place."""
        shards = sorted(self._shards.values(), key=lambda shard: (shard.file, shard.at))
        changed = {shard.file: (self.folder / shard.file).stat().st_mtime_ns for shard in shards}
        record = {
            "format": FORMAT,
            "fields": fields,
            "changed_ns": changed,
            "shards": [asdict(shard) for shard in shards],
        }
        (self.folder / "entry.json").write_text(json.dumps(record), encoding="utf-8")
        self._journal.unlink(missing_ok=True)
        self.folder.replace(destination)

    def _record(self, shard: Shard) -> None:
        self._shards[shard.file, shard.at] = shard
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(shard)) + "\n")

    def _intact(self) -> Iterator[Shard]:
        if not self._journal.exists():
            return
        for line in self._journal.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError, TypeError):  # the last line may be half-written
                shard = Shard(**json.loads(line))
                if is_intact(self.folder, shard):
                    yield shard


def crc32_of(path: Path, at: int, size: int) -> int:
    """CRC-32 of a range of a file; of what there is, where the file is shorter."""
    value = 0
    with path.open("rb") as file:
        file.seek(at)
        while size > 0 and (chunk := file.read(min(size, READ_BYTES))):
            value, size = zlib.crc32(chunk, value), size - len(chunk)
    return value


def is_intact(folder: Path, shard: Shard) -> bool:
    """Whether the file holds, in that range, what was written."""
    path = folder / shard.file
    long_enough = path.is_file() and path.stat().st_size >= shard.at + shard.bytes
    return long_enough and crc32_of(path, shard.at, shard.bytes) == shard.crc32
