"""Tables of plain text: lines of the same number of cells, parted by two spaces or a tab, of which all but the first hold values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.drafts.text.grid import Square, is_numeric, table_of
from agent.drafts.text.passages import Table

_GAP = re.compile(r"\t+| {2,}")
_RULE = re.compile(r"^[\s=+|-]*[=-]{3,}[\s=+|-]*$")
_FEWEST = 2
"""Cells of a row, and rows of values."""


def aligned_tables(lines: Sequence[str]) -> Iterator[tuple[int, int, Table]]:
    """From which line to which (behind the last) each table stands, and what it says."""
    place = 0
    while place < len(lines):
        head = _cells(lines[place])
        end, rows = (
            _rows(lines, place + 1, len(head)) if len(head) >= _FEWEST and not _has_values(head) else (place, [])
        )
        if len(rows) < _FEWEST:
            place += 1
            continue
        width = len(rows[0][1])
        top = [Square(text, place + 1) for text in ([""] if len(head) < width else []) + head]
        body = [[Square(text, number + 1) for text in cells] for number, cells in rows]
        yield place, end, table_of([top, *body], _caption(lines, place), 1)
        place = end


def _rows(lines: Sequence[str], start: int, width: int) -> tuple[int, list[tuple[int, list[str]]]]:
    """Where the rows end, and each with its line; a row has as many cells as the header, or a name before them."""
    rows: list[tuple[int, list[str]]] = []
    place = start
    while place < len(lines):
        cells = _cells(lines[place])
        if not _RULE.match(lines[place]):
            same = len(cells) == (len(rows[0][1]) if rows else len(cells))
            if not same or len(cells) not in (width, width + 1) or not _has_values(cells):
                break
            rows.append((place, cells))
        place += 1
    return place, rows


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _GAP.split(line.strip()) if cell.strip()]


def _has_values(cells: Sequence[str]) -> bool:
    return any(is_numeric(cell) for cell in cells[1:])


def _caption(lines: Sequence[str], head: int) -> str:
    """The last line of words above, where at most an empty line stands between."""
    above = [line.strip() for line in lines[max(0, head - 2) : head] if line.strip() and not _RULE.match(line)]
    return re.sub(r"^\d+(?:\.\d+)*[.)]?\s+", "", above[-1]) if above else ""
