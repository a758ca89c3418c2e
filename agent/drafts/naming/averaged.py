"""Whether a cell of a table is a mean over what stands before it, by its headers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.drafts.naming.data_sets import DataSets
from agent.drafts.text.passages import Cell, Table

_AVERAGE = re.compile(r"^\W*(?:avg|average|mean|overall)\W*$", re.IGNORECASE)


def is_average(cell: Cell) -> bool:
    """Whether it stands under, or behind, a mean over what stands before it."""
    column = heads_average(cell.column)
    return column != heads_average(cell.row) and bool(cell.column_number if column else cell.row_number)


def is_beside_sets(cell: Cell, table: Table, sets: DataSets) -> bool:
    """Whether it stands under a mean beside a data set, both below one header: `Training | mean` beside `Training | dino`."""
    if len(cell.column) < 2 or not heads_average(cell.column[-1:]):
        return False
    return any(sets.named(each.column[-1]) for each in table.cells if each.column[:-1] == cell.column[:-1])


def heads_average(headers: Sequence[str]) -> bool:
    return bool(_AVERAGE.search(" | ".join(headers)))
