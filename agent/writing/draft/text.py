"""The draft as its reviewer reads it, where in it a quote stands, and which objected sentences came back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill
from agent.results.story.reviewed import Review
from agent.writing.draft import Draft
from agent.writing.draft.sections import SECTIONS

_LEAST_QUOTED = 12
"""Characters; fewer are found anywhere."""
_SAME = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "−": "-", "–": "-", "~": " ", " ": " "})
_CONTROL = re.compile(r"\s\([^();]{1,80} scores [^();]{1,30} here\)|; [^();]{1,80} scores [^();]{1,30} here(?=\))")
"""What a control scores is said at its metric's first mention: another sentence's, once that one is gone."""


@dataclass(frozen=True)
class DraftText:
    """Title and sections with their numbers filled in, by name."""

    title: str
    sections: Mapping[str, str]

    def section_of(self, quote: str) -> str | None:
        """The section in which the quote stands, but for spaces, quotation marks and dashes; None where it stands in none."""
        wanted = _bare(quote)
        if len(wanted) < _LEAST_QUOTED:
            return None
        return next((name for name, text in self.sections.items() if wanted in _bare(text)), None)

    def holds(self, section: str, quote: str) -> bool:
        """Whether the quote stands in this section, but for the same."""
        wanted = _bare(quote)
        return len(wanted) >= _LEAST_QUOTED and wanted in _bare(self.sections.get(section, ""))


def draft_text(draft: Draft, evidence: Evidence) -> DraftText:
    """The draft with its numbers, in the order in which it was written."""
    texts = {section.name: draft.whole(section) for section in SECTIONS if section.name in draft.sections}
    return DraftText(draft.title, {name: fill(text, evidence, "text").text for name, text in texts.items()})


def returned(review: Review | None, text: DraftText) -> tuple[int, ...]:
    """The objections of the reviewer that were met by a change and whose sentence stands in their section again, by number."""
    met = (each for each in review.standing if each.is_changed and each.objection.by == "reviewer") if review else ()
    return tuple(each.objection.number for each in met if text.holds(each.objection.section, each.objection.quote))


def _bare(text: str) -> str:
    text = re.sub(r"\.{3,}|…", " ", _CONTROL.sub("", text.translate(_SAME)))
    text = text.replace("``", '"').replace("''", '"').replace("\\%", "%").replace("\\_", "_").replace("\\&", "&")
    return re.sub(r"\s+", " ", text).strip(" .\"'").lower()
