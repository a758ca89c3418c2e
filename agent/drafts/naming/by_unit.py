"""Metrics by what their units are of, where a text calls them so: `half the memory` of `weights_gb`, `twice as long` of `wall_clock_h`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.drafts.records.runs import Key
from agent.drafts.text.units import unit_of_path

_KINDS = {
    "memory": re.compile(r"\b(?:memory|footprint|storage|VRAM|RAM)\b", re.IGNORECASE),
    "time": re.compile(
        r"\b(?:as long|longer|shorter|(?:wall[- ]?clock|training|running|compute|total)[- ]?time|runtime|time to train|slower|faster|quicker)\b",
        re.IGNORECASE,
    ),
}


def of_unit(text: str, keys: Iterable[Key]) -> frozenset[Key]:
    """The keys that are kept in a unit of that of which the text speaks."""
    kinds = {kind for kind, words in _KINDS.items() if words.search(text)}
    return frozenset(key for key in keys if kinds and (unit := unit_of_path(key.path)) and unit.kind in kinds)
