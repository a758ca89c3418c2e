"""The paper before it is filled in: title and sections, as the journal has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from agent.session.events import SectionWritten
from agent.session.session import Session
from agent.writing.draft.sections import Section, section_of


@dataclass(frozen=True)
class Draft:
    """Title and sections as LaTeX with references, and what is wrong with each."""

    title: str
    sections: Mapping[str, str]
    problems: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    """Sections that LaTeX would not take, set as plain text."""

    def placed(self, event: SectionWritten) -> Draft:
        """The draft with a section as it was written now."""
        name = event.section
        return Draft(
            event.title or self.title,
            {**self.sections, name: event.source},
            {**self.problems, name: tuple(event.problems)},
            self.plain | {name} if event.plain else self.plain - {name},
        )

    def whole(self, section: Section) -> str:
        """A section as the writer gives it; the first one with its title."""
        text = self.sections.get(section.name, "")
        if not section.carries_title:
            return text
        return f"\\title{{{self.title}}}\n\\begin{{abstract}}\n{text}\n\\end{{abstract}}"


def read_draft(session: Session) -> Draft:
    """The draft as the journal has it: the last version of each section."""
    return draft_of(session.idea.Title, session.journal.all(SectionWritten))


def draft_of(title: str, written: Iterable[SectionWritten]) -> Draft:
    """The draft after these events, begun with a title."""
    draft = Draft(title, {})
    for event in written:
        if event.phase == "title":
            draft = replace(draft, title=event.title or draft.title)
        elif section_of(event.section):
            draft = draft.placed(event)
    return draft
