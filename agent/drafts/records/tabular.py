"""Rows of a CSV by their headers, also where these are of several levels, as a data frame writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?%?|nan|inf|", re.IGNORECASE)
_FEWEST = 2


def levelled(rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]], list[Sequence[str]]]:
    """The names of the columns of the index, the headers of all others from the outermost in, and the rows below them.

    Nothing of each for a table of one header: its first row repeats no name.
    """
    head = rows[0] if rows else ()
    told = [name for name in head[1:] if name]
    if len(set(told)) == len(told) or len(rows) <= _FEWEST:
        return [], [], []
    above = 1
    while above < len(rows) and _is_header(rows[above]):
        above += 1
    if above < _FEWEST:
        return [], [], []
    below = list(rows[above:])
    named = bool(below) and not any(below[0][-1:]) and any(below[0])
    index = [name for name in below[0] if name] if named else []
    below = below[1:] if named else below
    width = max(len(index), 1)
    headers = [
        [
            part
            for row in rows[:above]
            if (part := row[place].strip() if place < len(row) else "") and not part.startswith("Unnamed:")
        ]
        for place in range(width, len(head))
    ]
    return index or ["name"], headers, below


def nested(index: Sequence[str], headers: Sequence[Sequence[str]], cells: Sequence[Any]) -> dict[str, Any]:
    """A row's cells under their headers: `{"pets": {"acc": 0.9, "loss": 0.2}}`."""
    row: dict[str, Any] = dict(zip(index, cells, strict=False))
    for path, cell in zip(headers, cells[len(index) :], strict=False):
        within = row
        for part in path[:-1]:
            inner = within.setdefault(part, {})
            within = inner if isinstance(inner, dict) else within
        if path:
            within[path[-1]] = cell
    return row


def _is_header(row: Sequence[str]) -> bool:
    """Whether all cells behind the first are words."""
    return len(row) > 1 and any(row[1:]) and not any(_NUMBER.fullmatch(cell.strip()) for cell in row[1:])
