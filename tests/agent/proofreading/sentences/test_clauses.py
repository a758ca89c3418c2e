"""Clauses are cut at marks and at the words that a reader names; a cut within a name is none."""

from __future__ import annotations

from agent.proofreading.sentences.clauses import MARKS, Cutter

CUTTER = Cutter(rf"{MARKS}|\bbut\b")


def parts(text: str, held: tuple[tuple[int, int], ...] = ()) -> list[str]:
    return [text[left:right].strip() for left, right in CUTTER.clauses(text, held)]


def test_a_text_is_cut_at_marks_and_words() -> None:
    """Commas, brackets, dashes between spaces, and the words that were asked for; a hyphen in a word cuts nothing."""
    assert parts("run 3 (top-k) is low, but run 2 – the old one – is not") == [
        "run 3",
        "top-k",
        "is low",
        "",
        "run 2",
        "the old one",
        "is not",
    ]


def test_a_clause_is_found_around_a_place() -> None:
    """From the cut before it to the cut behind it."""
    text = "mse falls, absorption rises, and that is all"
    start = text.index("absorption")
    left, right = CUTTER.around(text, start, start + 10)
    assert text[left:right] == " absorption rises"


def test_a_cut_within_a_name_is_none() -> None:
    """`Adam, tuned` may be the name of a run."""
    assert parts("Adam, tuned is best, here", ((0, 11),)) == ["Adam, tuned is best", "here"]
