"""Figures, tables and algorithms of a section: each has a caption and a label behind it, and something speaks of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_FLOAT = re.compile(r"\\begin\s*\{(figure|table|algorithm)(\*?)\}(.*?)\\end\s*\{\1\2\}", re.DOTALL)
_CAPTION = re.compile(r"\\caption(?:of\s*\{[^{}]*\})?\*?\s*(?:\[[^\]]*\]\s*)?\{")
_PARTS = re.compile(r"\\begin\s*\{(subfigure|subtable|minipage)\}.*?\\end\s*\{\1\}", re.DOTALL)
"""Parts of a float that have captions of their own."""
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_SHOWS = {
    "figure": r"\\includegraphics",
    "table": r"\\begin\s*\{(?:tabular|longtable|array)|\[\[",
    "algorithm": r"\\begin\s*\{algorithmic",
}
_REF = re.compile(r"\\(?:ref|autoref|pageref|nameref|[cC]ref|subref|hyperref)\*?\s*(?:\{([^{}]*)\}|\[([^\[\]]*)\])")
_SHOWN_CHARACTERS = 40


def spoken_of(text: str) -> set[str]:
    """Labels that a text refers to."""
    groups = (braced or bracketed for braced, bracketed in _REF.findall(text))
    return {name.strip() for group in groups for name in group.split(",")}


def float_problems(text: str) -> Iterator[str]:
    """A sentence for each float that shows nothing, or that nobody can refer to."""
    for kind, _, body in _FLOAT.findall(text):
        caption, labels = _CAPTION.search(body), _LABEL.findall(body)
        called = f"the {kind} {labels[0] if labels else _start(body)!r}"
        if not re.search(_SHOWS[kind], body) and not re.search(r"\S", _without_words(body)):
            yield f"{called} shows nothing: put the {kind} into it, or leave it out"
        if len(_CAPTION.findall(_PARTS.sub("", body))) > 1:
            yield f"{called} has more than one \\caption: give it one, or make it two {kind}s"
        if caption is None:
            yield f"{called} has no \\caption: say in one what it shows"
        elif not labels:
            yield f"{called} has no \\label: give it one behind its \\caption, and speak of it by \\cref"
        elif body.index("\\label") < caption.start():
            yield f"\\label{{{labels[0]}}} stands before the \\caption, so that it names another number: put it behind"


def unspoken_floats(text: str, spoken: Collection[str] = ()) -> Iterator[str]:
    """A sentence for each float with a label that neither the text nor another section (`spoken`) refers to."""
    known = spoken_of(text) | set(spoken)
    for kind, _, body in _FLOAT.findall(text):
        labels = _LABEL.findall(body)
        if labels and not known & set(labels):
            yield (
                f"nothing speaks of the {kind} {labels[0]!r}: refer to it by \\cref{{{labels[0]}}} where the text needs it, "
                "or leave it out"
            )


def _start(body: str) -> str:
    caption = _CAPTION.search(body)
    words = body[caption.end() :] if caption else _without_words(body) or body
    return " ".join(words.split())[:_SHOWN_CHARACTERS]


def _without_words(body: str) -> str:
    """What stands in a float beside its caption, label and place."""
    body = re.sub(r"\\caption\*?\s*(?:\[[^\]]*\]\s*)?\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}", "", body)
    return re.sub(r"\A\s*\[[^\]]*\]|\\label\s*\{[^{}]*\}|\\(?:centering|small|footnotesize)\b|\s", "", body)
