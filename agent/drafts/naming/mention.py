"""A run as a text names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mention:
    """text[start:end] names these runs. A target is what another is compared with: `than the baseline`."""

    start: int
    end: int
    runs: frozenset[str]
    target: bool = False
    plain: bool = False
    """It says baseline."""
    ours: bool = False
