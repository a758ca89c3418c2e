"""A reply as it was meant: without what a server, an editor or a quotation put round its edits. Standard library only.

Nothing here changes a character that an edit could mean: line ends, marks that cannot be seen at a line's begin, signs that
were written as entities because the whole reply was, and the quotation or the numbers that stand before every line.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterable, Sequence

_UNSEEN = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"
"""Marks without a glyph, of which Python takes none at the beginning of a line."""
_MOST_BLANK = 60
_RUN = re.compile(rf"\n(?:[ \t]*\n){{{_MOST_BLANK},}}")
"""Blank lines of a model that repeats itself; no file has so many on end."""
_WIDE = str.maketrans("＜＞＝", "<>=")
_WIDE_MARKS = re.compile(r"^\s*[＜＞＝]{3,}.*$", re.MULTILINE)
_TYPESET = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "−": "-", "…": "..."}
)
_ENTITY = re.compile(r"&(?:lt|gt|quot|amp|#39|#x27|apos);")
_QUOTED = re.compile(r"^ {0,3}>(?: |$)")
_NUMBERED = re.compile(r"^\s*(\d+)\s*(?:[|:│→]\s?|\t)(.*)$")
_COUNTED = re.compile(r"^\s*(?:L|\[|#)?(\d+)(?:\]|\.|\)|:)?(?: |$)(.*)$")
"""A number in another form, or with nothing but a space behind it: one where each line has the next."""
_PROMPT = re.compile(r"^(?:>>>|\.\.\.)(?: (.*))?$")


def as_meant(text: str, files: Iterable[str]) -> str:
    """The reply with plain line ends and marks, and without a quotation round all of it or round its blocks.

    `files` are the texts that may be edited: what is written as an entity in one of them is meant so.
    """
    text = _RUN.sub("\n" * _MOST_BLANK, text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "\n".join(line.lstrip(_UNSEEN) if line[:1] in _UNSEEN else line for line in text.split("\n"))
    text = _WIDE_MARKS.sub(lambda match: match[0].translate(_WIDE), text)
    if _is_escaped(text) and not any(_ENTITY.search(file) for file in files):
        text = html.unescape(text)
    return _unquoted(text)


def _is_escaped(text: str) -> bool:
    """Whether a reply was escaped as a whole: it holds entities, and no bare sign that would be one."""
    return _ENTITY.search(text) is not None and not set("<>") & set(text)


def _unquoted(text: str) -> str:
    """The text without the marks of a quotation, where it is one, or where a block stands in one."""
    lines = text.split("\n")
    if all(_QUOTED.match(line) for line in lines if line.strip()):
        return "\n".join(_QUOTED.sub("", line, count=1) for line in lines)
    found, at = [], 0
    while at < len(lines):
        end = at
        while end < len(lines) and _QUOTED.match(lines[end]):
            end += 1
        inner = [_QUOTED.sub("", line, count=1) for line in lines[at:end]]
        found += inner if any(line.startswith("<<<<<") for line in inner) else lines[at:end]
        if end < len(lines):
            found.append(lines[end])
        at = end + 1
    return "\n".join(found)


def unnumbered(lines: Sequence[str]) -> list[str]:
    """The lines without the numbers, or the prompts of an interpreter, that stand before each of them; else as they are."""
    said = [line for line in lines if line.strip()]
    numbers = [int(match[1]) for line in said if (match := _NUMBERED.match(line))]
    if said and len(numbers) == len(said) and all(a < b for a, b in itertools.pairwise(numbers)):
        return [match[2] if (match := _NUMBERED.match(line)) else line for line in lines]
    counted = [int(match[1]) for line in said if (match := _COUNTED.match(line))]
    if len(said) > 2 and len(counted) == len(said) and counted == _next_ones(lines, counted[0]):
        return [match[2] if (match := _COUNTED.match(line)) else line for line in lines]
    if said and said[0].startswith(">>> ") and all(_PROMPT.match(line) for line in said):
        return [(match[1] or "") if (match := _PROMPT.match(line)) else line for line in lines]
    return list(lines)


def _next_ones(lines: Sequence[str], first: int) -> list[int]:
    """What the numbers of the lines with text are, where each line has the next."""
    begun = next(at for at, line in enumerate(lines) if line.strip())
    return [first + at - begun for at, line in enumerate(lines) if line.strip()]


def typed(lines: Sequence[str]) -> list[str]:
    """The lines with the signs of a keyboard, where an editor has set others: quotes, dashes, spaces."""
    return [line.translate(_TYPESET) for line in lines]
