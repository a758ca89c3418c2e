"""An answer in fields is read in whatever form a model gives it."""

from __future__ import annotations

import pytest

from agent.writing.fields import read_fields

LABELS = ("Title", "What changed", "a.pdf")


@pytest.mark.parametrize(
    "answer",
    [
        "Title: one\nWhat changed: two\na.pdf: three",
        "# Title\none\n## What changed\ntwo\n### a.pdf\nthree",
        "**Title:** one\n- **What changed**: two\n`a.pdf`: three",
        "1. title: one\n2) WHAT_CHANGED: two\n3. a.pdf: three",
        "```\nTitle: one\nWhat changed: two\na.pdf: three\n```",
        '{"title": "one", "what_changed": "two", "a.pdf": "three"}',
        "Here it is:\n\nTitle： one\nWhat changed: two\na.pdf: three",
    ],
)
def test_takes_the_forms_that_models_give(answer: str) -> None:
    """Labels, headings, bold, numbering, fences, JSON, a wide colon."""
    assert read_fields(answer, LABELS) == {"Title": "one", "What changed": "two", "a.pdf": "three"}


def test_a_label_within_a_sentence_is_no_label() -> None:
    """It counts before a colon or alone on its line only."""
    assert read_fields("Title: one\nTitle pages are rare\nand a.pdf too", LABELS) == {
        "Title": "one\nTitle pages are rare\nand a.pdf too"
    }


def test_a_label_given_twice_keeps_both() -> None:
    """Nothing that was said is lost; what was not said is absent."""
    assert read_fields("Title: one\nTitle: two", LABELS) == {"Title": "one\ntwo"}
    assert read_fields("nothing of the kind", LABELS) == {}


def test_a_list_in_json_is_a_list_in_text() -> None:
    """An item a line; JSON that does not hold is read as lines."""
    assert read_fields('{"Title": ["a", "b"]}', LABELS) == {"Title": "- a\n- b"}
    assert read_fields('{"Title": \nTitle: one', LABELS) == {"Title": "one"}


def test_latex_in_a_note_of_json_is_kept() -> None:
    """A model that answers in JSON writes `$\\theta$` with one backslash: no tab takes its place."""
    assert read_fields('{"Reading": "the rate $\\theta$ and $\\alpha$"}', ["Reading"]) == {
        "Reading": "the rate $\\theta$ and $\\alpha$"
    }
