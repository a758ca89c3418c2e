"""Where the files lie that this template keeps for every session."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """This template's part of the cache."""
    named = os.environ.get("LABLOOP_CACHE")
    cache = Path(named) if named else Path(__file__).resolve().parents[3] / ".cache" / "labloop"
    return cache / "synthetic"
