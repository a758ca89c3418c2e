"""A finished entry of the cache: what its entry.json says, and whether its files are as they were written."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from harness.store.draft import FORMAT, Shard, is_intact

TRUST_BYTES = 1 << 30  # a larger file is not read through again while its time of change is as recorded


def is_damaged(folder: Path) -> bool:
    """Whether the entry is missing, or a shard of it is not what was written."""
    record = read_record(folder)
    if record is None:
        return True
    trusted = {name for name, when in record["changed_ns"].items() if _is_unchanged(folder / name, when)}
    shards = (Shard(**shard) for shard in record["shards"])
    return not all(shard.file in trusted or is_intact(folder, shard) for shard in shards)


def _is_unchanged(path: Path, changed_ns: int) -> bool:
    return path.is_file() and path.stat().st_size > TRUST_BYTES and path.stat().st_mtime_ns == changed_ns


def read_record(folder: Path) -> dict[str, Any] | None:
    """entry.json, or None where there is none or it cannot be read: the entry is then built anew."""
    try:
        record: dict[str, Any] = json.loads((folder / "entry.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and record.get("format") == FORMAT else None


def is_entry(folder: Path) -> bool:
    """Whether a folder of the cache is an entry, finished or (`.part`) in the making."""
    return (folder / ("journal.jsonl" if folder.suffix == ".part" else "entry.json")).exists()


def last_used(folder: Path) -> float:
    """When an entry was found last, in seconds since 1970; 0 where it is gone."""
    with contextlib.suppress(OSError):
        return folder.stat().st_mtime
    return 0.0


def size_of(folder: Path) -> int:
    """Bytes of the files of a folder; 0 where another process has just removed it."""
    with contextlib.suppress(OSError):
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return 0
