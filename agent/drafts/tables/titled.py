"""What a draft calls its own method by its title: `# tinycodec` over a README."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agent.drafts.naming.context import Names
from agent.drafts.tables.cells import OF_SPREAD
from agent.drafts.tables.headed import like
from agent.drafts.text.passages import Document, Table
from agent.drafts.text.sentences import CITED

_NAME = re.compile(r"[A-Za-z][\w.-]{3,30}")
_PLAIN = frozenset(
    ["results", "report", "readme", "experiments", "notes", "summary", "evaluation", "benchmark", "abstract"]
)


def named_in_title(document: Document, names: Names) -> Iterator[str]:
    """The title where it is one word that is no run, no metric and no common heading: that of the work itself."""
    title = next((each.text.strip() for each in document.passages if each.heading == 1), "")
    known = names.runs.mentions(title) or names.metrics.named(title)
    if _NAME.fullmatch(title) and title.lower() not in _PLAIN and not known:
        yield title


def named_in_rows(tables: Iterable[Table], names: Names) -> dict[str, frozenset[str]]:
    """Rows whose whole header is a run's name though a word of it is a metric's or a spread's: `Focal loss` beside `Cross entropy`."""
    found: dict[str, frozenset[str]] = {}
    for table in tables:
        heads = {cell.row[-1].replace(CITED, "").strip() for cell in table.cells if cell.row}
        runs = {head: like((head,), names)[0] for head in sorted(heads) if not head.startswith("+")}
        runs = {head: own for head, own in runs.items() if own}
        more = {head for head in runs if _says_more(head, names)}
        alone = {head for head in more if sum(own == runs[head] for own in runs.values()) == 1}
        if len(runs) > 1 and len(more) < len(runs):  # else each row is a run's loss, a run's spread
            found |= {head: runs[head] for head in alone}
    return found


def _says_more(head: str, names: Names) -> bool:
    left = names.runs.without(head)
    return bool(names.metrics.named(left) or OF_SPREAD.search(left))
