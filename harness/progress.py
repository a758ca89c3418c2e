"""Progress on long work: a bar on a terminal, nothing elsewhere (there, the log's lines tell)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def track(items: Iterable[Item], what: str, unit: str = "step") -> Iterator[Item]:
    """The items, one by one, with a bar on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from tqdm import tqdm

    yield from tqdm(items, desc=what, unit=unit, leave=False)
