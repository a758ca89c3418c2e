"""Options of a list, which models know from enumitem: the look goes without a word, a label with words of its own is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LIST = re.compile(
    r"(\\begin\s*\{(?:itemize|enumerate|description)\})[ \t]*\[((?:[^\[\]{}]|\{[^{}]*\}|\[[^\[\]]*\])*)\]"
)
_KEYS = frozenset(
    [
        "nosep",
        "noitemsep",
        "wide",
        "resume",
        "inline",
        "unboxed",
        "sharp",
        "leftmargin",
        "labelindent",
        "labelsep",
        "labelwidth",
        "itemsep",
        "topsep",
        "parsep",
        "partopsep",
        "itemindent",
        "align",
        "font",
        "style",
        "before",
        "after",
        "start",
        "rightmargin",
        "listparindent",
    ]
)
_COUNTER = re.compile(r"\\(?:arabic|alph|Alph|roman|Roman)\s*\*?(?:\{\w+\})?")
_FACE = re.compile(
    r"\\(?:textbf|textit|textrm|emph|bfseries|itshape|upshape|normalfont|small|bullet|circ|ast|cdot|textbullet)(?![A-Za-z])"
)
_WORDS = re.compile(r"[A-Za-z]")


def without_look(text: str) -> str:
    """A text whose lists have no options that say only how they look."""
    return _LIST.sub(lambda match: match[0] if _labels(match[2]) else match[1], text)


def label_problems(text: str) -> Iterator[str]:
    """A sentence for each list whose option gives its items labels of words."""
    for match in _LIST.finditer(text):
        if label := _labels(match[2]):
            yield (
                f"the option [{label[:40]}] of a list is not taken: leave it out, and give a label of words at its item, "
                "\\item[\\textbf{H1}]"
            )


def _labels(options: str) -> str:
    """The part of the options that gives words to the labels; empty where they only say how the list looks."""
    for option in re.split(r",(?![^{}]*\})", options):
        key, given, value = (part.strip() for part in option.partition("="))
        if key.rstrip("*") in _KEYS:
            continue
        shown = value if given and key in ("label", "label*", "ref") else option
        words = _FACE.sub("", _COUNTER.sub("", shown))
        single = re.fullmatch(r"\W*[AaIi1]\W*", words.strip())  # enumerate's own [(a)]
        if (given and key not in ("label", "label*", "ref")) or (_WORDS.search(words) and not single):
            return option.strip()
    return ""
