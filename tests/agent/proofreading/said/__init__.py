"""Sentences as models write them, honest and not, over the study of tests/world: `python -m tests.agent.proofreading.said`."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def said(name: str) -> list[tuple[str, str]]:
    """(kind, sentence) of each line of honest.txt or dishonest.txt."""
    found, kind = [], ""
    for line in (_HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            kind = line[2:]
        elif line:
            found.append((kind, line))
    return found
