"""Every section has its place in the paper and its words in prompts/sections/."""

from __future__ import annotations

from agent.prompts import FOLDER
from agent.writing.draft.sections import LABELS, PLACED, SECTIONS, section_of


def test_every_section_has_its_guidance() -> None:
    """One file each, and no file that belongs to none."""
    files = {f"sections/{path.name}" for path in (FOLDER / "sections").iterdir()}
    assert {section.guidance for section in SECTIONS} == files


def test_every_section_is_placed_once() -> None:
    """The abstract stands before the others, and each of them has a label of its own."""
    assert {section.name for section in SECTIONS if not section.carries_title} == set(PLACED)
    assert [section.name for section in SECTIONS if section.carries_title] == ["Title and Abstract"]
    assert len(LABELS) == len(PLACED) + 1 and "sec:evidence" in LABELS


def test_a_section_is_found_by_its_name() -> None:
    """None where the paper has none."""
    assert section_of("Method") in SECTIONS and section_of("Appendix") is None


def test_only_some_sections_may_speak_of_results() -> None:
    """Background and Related Work are shown no name that could be referred to."""
    assert [section.name for section in SECTIONS if not section.refers] == ["Background", "Related Work"]
