"""Short texts in the cache that save asking again: the hash of a large file, the commit behind a data set's name."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from harness.store.cache import Cache


def recall(kind: str, about: str) -> str | None:
    """What was noted about that; None where nothing was."""
    with contextlib.suppress(OSError):
        return _place(kind, about).read_text(encoding="utf-8")
    return None


def remember(kind: str, about: str, text: str) -> None:
    """Note it, whole or not at all. In a read-only or full cache nothing is noted, and it is asked again next time."""
    note = _place(kind, about)
    with contextlib.suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True)
        aside = note.with_name(f"{note.name}.{os.getpid()}")
        aside.write_text(text, encoding="utf-8")
        aside.replace(note)


def _place(kind: str, about: str) -> Path:
    return Cache().root / kind / hashlib.sha256(about.encode()).hexdigest()[:24]
