"""Sentences of a draft, each character with its line: what stands on what is decided sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.drafts.text.passages import Passage
from agent.proofreading.sentences.names import CITED
from agent.proofreading.sentences.prose import sentences

__all__ = ["CITED", "passages_of", "plain_latex"]

ET_AL = re.compile(
    r"\b[A-Z][\w’'-]+(?:\s|~)+et(?:\s|~)+al\b(?:\.?\\[@ ]|\.(?!\s+[A-Z]))?(?!\s*\(?(?:19|20)\d\d)(?:~?\s*(?=\\cite))?"
)
"""Authors whose findings follow."""
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_HEADED = re.compile(r"^[ \t]*#{1,6}[ \t]+\S[^\n]*$", re.MULTILINE)
"""A heading is a paragraph of its own, with empty lines around it or without."""
_HEADING = re.compile(r"^\s*#{1,6}\s*|^\s*(?=\d+(?:\.\d+)*\.?\s+[A-Z])")
_MARKED = re.compile(r"\s*(#{1,6})\s")
"""A line that Markdown sets as a heading."""
_LISTED = re.compile(r"^\s*(?:[-*•#|]+|\d+[.)]|\(\d+\)|\([a-z]\))\s+")


def passages_of(text: str, latex: bool) -> Iterator[Passage]:
    """The sentences of a text in order."""
    line = 1
    start = 0
    paragraph = 0
    for end, after in _ends(text, latex):
        part = text[start:end]
        if part.strip():
            paragraph += 1
            rows = part.split("\n")
            for sentence in sentences(part, latex):
                lines = tuple(line - 1 + each for each in sentence.lines)
                told, cut = _without_mark(sentence.text)
                if told:
                    marked = None if latex else _MARKED.match(rows[sentence.line - 1])
                    depth = len(sentence.text) - len(sentence.text.lstrip("#"))
                    yield Passage(told, lines[cut:], paragraph, len(marked[1]) if marked else depth)
        line += text.count("\n", start, after)
        start = after


def _ends(text: str, latex: bool) -> Iterator[tuple[int, int]]:
    """Where paragraphs end, and where the next begin."""
    found = [match.span() for match in _PARAGRAPH.finditer(text)]
    for match in () if latex else _HEADED.finditer(text):
        found += [(match.start() - 1, match.start())] if match.start() else []
        found.append((match.end(), match.end() + 1))
    done = 0
    for start, end in [*sorted(found), (len(text), len(text))]:
        if start >= done:
            yield start, min(end, len(text))
            done = min(end, len(text))


def _without_mark(text: str) -> tuple[str, int]:
    """A sentence without its bullet or number in a list."""
    match = _LISTED.match(text)
    cut = match.end() if match else 0
    return text[cut:], cut


def plain_latex(text: str) -> str:
    """A fragment of LaTeX, such as a cell, as it reads."""
    if "\\" not in text and "$" not in text and "{" not in text:
        return re.sub(r"\s+", " ", text.replace("~", " ")).strip()
    return " ".join(each.text for each in sentences(text, latex=True)).strip()
