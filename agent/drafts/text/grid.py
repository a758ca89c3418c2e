"""Rows of cells read as a table: which rows and columns are headers, and what stands under which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.drafts.text.passages import Cell, Table

_NUMERIC = re.compile(
    r"^[\s~≈<>≤≥↑↓*†‡()\[\]+−-]*(?:\d|\.\d)[\d.,]*(?:[eE][-+]?\d+)?\s*(?:%|[kKMB×x]\b|\w{0,3}\b)?\s*(?:[±(\[/–-].*)?$"
)

_YES = re.compile(r"yes|on|true|[✓✔☑]|\W*c(?:heck)?mark\W*", re.IGNORECASE)
_NO = re.compile(r"no|off|false|[✗✘☒×]|\W*xmark\W*", re.IGNORECASE)
_SEVERAL = 2
_ADDED = re.compile(r"\W*\+\s*[A-Za-z]")
"""A row that adds to the one above it: `+ warmup`."""


@dataclass(frozen=True)
class Square:
    """One cell as it was written; it covers `wide` columns and `high` rows."""

    text: str
    line: int
    wide: int = 1
    high: int = 1


def table_of(rows: Sequence[Sequence[Square]], caption: str, headed: int | None = None) -> Table:
    """The table that these rows make. `headed` is how many of them are headers, where the markup says so."""
    spread = _spread(rows)
    line = rows[0][0].line if rows and rows[0] else 1
    heads = _head_rows(spread) if headed is None else _further_heads(spread, headed)
    spread[: heads - 1] = [_over_empty(row) for row in spread[: heads - 1]]
    stubs = _stub_columns(spread[heads:])
    columns = [_header(spread[:heads], column) for column in range(max(map(len, spread), default=0))]
    ticked = frozenset(column for column in range(stubs) if _is_ticked(spread[heads:], column))
    cells: list[Cell] = []
    section: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    for number, row in enumerate(spread[heads:]):
        if _is_section(row):
            section = (row[0].text,)
            continue
        told = [(at, one.text or ("no" if at in ticked else "")) for at, one in enumerate(row[:stubs])]
        before = tuple(dict.fromkeys(_stub(text, columns[at]) for at, text in told if text))
        if before and _ADDED.match(before[-1]):
            before = (*(part for part in whole if part not in before), *before)
        else:
            whole = before
        for column, one in enumerate(row[stubs:], stubs):
            if one.text and (column == stubs or row[column - 1] is not one):
                cells.append(Cell(one.text, one.line, section + before, columns[column], number, column))
    return Table(caption, tuple(cells), line)


def is_numeric(text: str) -> bool:
    """Whether a cell holds a value: a number, with its spread or unit."""
    return bool(_NUMERIC.match(text.strip()))


def _spread(rows: Sequence[Sequence[Square]]) -> list[list[Square]]:
    """The rows with each cell repeated over the columns and rows that it covers."""
    whole = [[one for one in row for _ in range(max(1, one.wide))] for row in rows]
    for number, row in enumerate([list(row) for row in whole]):
        for column, one in enumerate(row):
            for below in whole[number + 1 : number + one.high]:  # LaTeX leaves the cells below a \multirow empty
                if column < len(below) and not below[column].text:
                    below[column] = one
    return whole


def _head_rows(rows: Sequence[Sequence[Square]]) -> int:
    """Rows before the first in which at least one cell after the first holds a value."""
    for number, row in enumerate(rows):
        if any(is_numeric(one.text) for one in row[1:]) and (number > 0 or _is_body(row)):
            return number
    return min(1, len(rows))


def _further_heads(rows: Sequence[Sequence[Square]], headed: int) -> int:
    """Header rows with those that follow under an empty corner: `| Method | Pets | Cars | Pets | Cars |` under `| | Accuracy | | Loss | |`."""
    while headed < len(rows) - 1:
        row, above = rows[headed], rows[headed - 1]
        told = [one.text for one in row[1:] if one.text]
        groups = headed > 0 and not above[0].text and any(not one.text for one in above[2:])
        numbers = any(map(is_numeric, told))
        if (row[0].text and not groups) or len(told) < _SEVERAL or (numbers and not _heads_groups(row, above)):
            break
        headed += 1
    return headed


def _heads_groups(row: Sequence[Square], above: Sequence[Square]) -> bool:
    """Whether a row of numbers under an empty corner parts what stands above it: `| | 1e-4 | 3e-4 |` under `| Optimizer | AUC | |`."""
    return not row[0].text and any(not one.text for one in above[_SEVERAL:]) and all(one.text for one in row[1:])


def _over_empty(row: Sequence[Square]) -> list[Square]:
    """A row of headers over other headers: what heads a group stands over its first column, the cells behind it empty."""
    done = list(row)
    if any(one.wide > 1 for one in row):
        return done  # the markup says how far each goes
    for column in range(2, len(done)):
        if not done[column].text and done[column - 1].text:
            done[column] = done[column - 1]
    return done


def _is_body(row: Sequence[Square]) -> bool:
    """Whether a first row is no header: most of its cells hold values that are no names of columns such as 1, 2, 4."""
    values = [one.text for one in row[1:] if is_numeric(one.text)]
    return any("." in value or "%" in value for value in values)


def _stub_columns(rows: Sequence[Sequence[Square]]) -> int:
    """Columns from the left that hold no values; at least one."""
    width = max(map(len, rows), default=1)
    for column in range(width):
        texts = [row[column].text for row in rows if column < len(row) and row[column].text and not _is_section(row)]
        if column and any(is_numeric(text) for text in texts):
            return column
    return min(1, width)


def _is_ticked(rows: Sequence[Sequence[Square]], column: int) -> bool:
    """Whether a column says yes or nothing: nothing is no."""
    told = [row[column].text.strip(" –—-") for row in rows if column < len(row)]
    return any(told) and not all(told) and all(_YES.fullmatch(text) for text in told if text)


def _is_section(row: Sequence[Square]) -> bool:
    """A line across the table that heads what is below it."""
    told = {id(one) for one in row if one.text}
    return len(told) == 1 and len(row) > 1 and bool(row[0].text) and not is_numeric(row[0].text)


def _header(rows: Sequence[Sequence[Square]], column: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row[column].text for row in rows if column < len(row) and row[column].text))


def _stub(text: str, heads: tuple[str, ...]) -> str:
    """What stands before a row; a mere number says of what: `k = 40`, a mere yes or no, too: `no distillation`."""
    if heads and (_YES.fullmatch(text.strip()) or _NO.fullmatch(text.strip())):
        return heads[-1] if _YES.fullmatch(text.strip()) else f"no {heads[-1]}"
    return f"{heads[-1]} = {text}" if heads and is_numeric(text) else text
