"""What a draft's tables say of the rest of it: what they call runs, and which metric it is mostly about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from agent.drafts.naming.cells import runs_of
from agent.drafts.naming.context import Names
from agent.drafts.naming.tables import entries
from agent.drafts.records.pool import Values
from agent.drafts.records.runs import Key
from agent.drafts.text.passages import Document, Table
from agent.drafts.text.sentences import CITED


def learned(tables: Iterable[Table], names: Names, values: Values) -> dict[str, frozenset[str]]:
    """What rows and columns are called whose runs only their values tell: the text may call them so too."""
    found: dict[str, frozenset[str]] = {}
    for table in tables:
        for entry in entries(table, names, values):
            if entry.agreed is None or len(entry.context.runs) != 1:
                continue
            header = (entry.cell.row, entry.cell.column)[entry.agreed][-1:]
            own = runs_of(header, names)
            if header and not names.metrics.named(header[0]) and entry.context.runs != own and (entry.alike or not own):
                name = header[0].replace(CITED, "").strip()
                found[name] = found.get(name, frozenset()) | entry.context.runs
    return {name: runs for name, runs in found.items() if re.search(r"[A-Za-z]{3}", name)}


def leading(document: Document, names: Names, values: Values) -> frozenset[Key]:
    """The metric that most values of the tables are of, on all data sets; where there is no table, that most sentences name."""
    counted = Counter(entry.context.metrics for table in document.tables for entry in entries(table, names, values))
    counted.pop(frozenset(), None)
    if not counted:
        told = (names.told(each.text) for each in document.passages)
        counted = Counter(keys for keys in told if len({key.kind for key in keys}) == 1)
    return names.metrics.widened(counted.most_common(1)[0][0]) if counted else frozenset()
