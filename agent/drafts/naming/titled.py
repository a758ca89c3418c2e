"""What a draft calls its own method by its title: `# tinycodec` over a README."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.drafts.naming.context import Names
from agent.drafts.text.passages import Document

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
