"""The draft is what the journal says: the last version of each section, and the title as it was settled."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from agent.session.events import SectionWritten
from agent.writing.draft import Draft, read_draft
from agent.writing.draft.sections import SECTIONS, section_of
from tests.world.stage import IDEA, make_session


def written(
    section: str, source: str, phase: Literal["fill", "refine", "title"] = "fill", **more: Any
) -> SectionWritten:
    return SectionWritten(step=f"{section}/{source}", section=section, phase=phase, source=source, **more)


def test_the_last_version_of_a_section_stands() -> None:
    """With its own problems, and plain only where that version is."""
    draft = Draft("T", {}).placed(written("Method", "a", problems=["p"], plain=True))
    assert draft.sections == {"Method": "a"} and draft.problems == {"Method": ("p",)} and draft.plain == {"Method"}
    again = draft.placed(written("Method", "b", "refine"))
    assert again.sections == {"Method": "b"} and again.problems == {"Method": ()} and not again.plain


def test_the_first_section_is_given_with_its_title() -> None:
    """As the writer gives it; any other is its text, and an absent one is empty."""
    draft = Draft("A Title", {"Title and Abstract": "Short.", "Method": "m"})
    assert draft.whole(SECTIONS[0]) == "\\title{A Title}\n\\begin{abstract}\nShort.\n\\end{abstract}"
    method, results = section_of("Method"), section_of("Results")
    assert method and results and (draft.whole(method), draft.whole(results)) == ("m", "")


def test_reads_the_draft_from_the_journal(tmp_path: Path) -> None:
    """The idea's title until one is settled; a section that the paper does not have is left out."""
    session = make_session(tmp_path)
    assert read_draft(session) == Draft(IDEA.Title, {})
    for event in (
        written("Title and Abstract", "a", title="First"),
        written("Appendix", "x"),
        written("Title and Abstract", "t", "title", title="Second"),
    ):
        session.journal.append(event)
    draft = read_draft(session)
    assert draft.title == "Second" and draft.sections == {"Title and Abstract": "a"}
