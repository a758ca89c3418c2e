"""A draft taken apart: sentences and tables, whatever it is written in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Passage:
    """A sentence as it reads without markup; `lines` holds for each character the line of the draft that it came from."""

    text: str
    lines: tuple[int, ...]
    paragraph: int
    """Sentences of one paragraph have the same number."""
    heading: int = 0
    """How deep a heading it is, from 1; 0 for a sentence."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table's body, and the headers that stand over it and before it, outermost first."""

    text: str
    line: int
    row: tuple[str, ...]
    column: tuple[str, ...]
    row_number: int
    column_number: int


@dataclass(frozen=True)
class Table:
    """A table as it is read: its caption, and its body's cells."""

    caption: str
    cells: tuple[Cell, ...]
    line: int


@dataclass(frozen=True)
class Document:
    """All that a draft says."""

    passages: tuple[Passage, ...]
    tables: tuple[Table, ...]
    left_out: int = 0
    """Numbers in code, equations and bibliographies, which claim nothing."""
    unread: tuple[str, ...] = field(default=())
