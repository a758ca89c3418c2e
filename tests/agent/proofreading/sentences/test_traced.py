"""A text that is rewritten still knows from which line each character came."""

from __future__ import annotations

import pytest

from agent.proofreading.sentences.traced import Traced

SOURCE = "one\ntwo % gone\n\nthree"


def test_each_character_has_its_line() -> None:
    """Lines count from 1; a line's end belongs to it."""
    assert Traced.of("a\nb").lines == (1, 1, 2)
    assert Traced.of("").sub("x", "y").lines == ()


@pytest.mark.parametrize(
    ("pattern", "replacement", "text", "lines"),
    [
        (r" %.*", "", "one\ntwo\n\nthree", (1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 4, 4, 4, 4)),
        (r"one\ntwo", "1+2", "1+2 % gone\n\nthree", (1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 4, 4, 4, 4, 4)),
        (r"(th)ree", r"\1", "one\ntwo % gone\n\nth", (1, 1, 1, 1, *(2,) * 11, 3, 4, 4)),
        (r"\Z", "!", SOURCE + "!", (1, 1, 1, 1, *(2,) * 11, 3, *(4,) * 6)),
    ],
)
def test_what_is_put_in_comes_from_where_the_match_began(
    pattern: str, replacement: str, text: str, lines: tuple[int, ...]
) -> None:
    """Cut, joined over a line's end, kept in part, or put in where nothing stood."""
    traced = Traced.of(SOURCE).sub(pattern, replacement)
    assert (traced.text, traced.lines) == (text, lines)


def test_its_parts_keep_their_lines() -> None:
    """Split at blank lines, stripped, and with something put before it."""
    first, second = Traced.of(SOURCE).split(r"\n\n")
    assert (first.lines[0], second.lines[0]) == (1, 4)
    assert Traced.of(" \n x ").strip().lines == (2,)
    assert Traced.of("a").after("\n").lines == (1, 1)
