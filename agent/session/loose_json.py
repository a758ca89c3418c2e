"""JSON as people and models type it: with comments, commas too many, single or curly quotes, bare keys, line ends in texts. Standard library only."""

from __future__ import annotations

import json
import re
from typing import Any

_LATEX = "|".join(
    (
        r"[bfr][A-Za-z]+",  # a backspace, a form feed or a carriage return before a word is what nobody types
        r"t(?:o|op|heta|au|imes|ilde|ext(?:bf|it|tt|rm|sf|sc)?|frac|binom|anh|riangle\w*|hinspace|race)",
        r"n(?:abla|otin|onumber|olimits|leq|geq|mid|parallel|subseteq|exists|earrow|warrow|rightarrow)",
    )
)
"""Commands of LaTeX that begin as one of JSON's escapes does: as that, they would lose their first letter."""
_ESCAPE = re.compile(
    rf"\\(?:(?P<latex>(?:{_LATEX})(?![A-Za-z])|(?<=[$({{_^=+*/]\\)n(?:u|eq?|eg|orm)(?![A-Za-z]))"
    r'|(?P<json>["\\/bfnrt]|u[0-9a-fA-F]{4})|(?P<other>.))',
    re.DOTALL,
)
_CLOSES = {'"': '"', "'": "'", "“": "”", "‘": "’"}
_INSIDE = {closes: re.compile(rf"[^\\{closes}]*(?:\\.[^\\{closes}]*)*", re.DOTALL) for closes in _CLOSES.values()}
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_COMMENT = re.compile(r"//[^\n]*|#[^\n]*|/\*.*?\*/", re.DOTALL)
_WORDS = {"True": "true", "False": "false", "None": "null", "undefined": "null"}


def latex_kept(text: str) -> str:
    """JSON whose texts hold LaTeX with single backslashes, with these doubled: `\\frac` is no form feed, `\\alpha` no mistake.

    A text in which a person or a program has doubled them comes back as it is.
    """
    return _ESCAPE.sub(lambda found: found[0] if found["json"] else f"\\{found[0]}", text)


def loose_value(text: str, at: int = 0) -> tuple[Any, int]:
    """The object or list that begins at `at`, and where it ends. Raises ValueError (RecursionError) where there is none.

    What JSON leaves no doubt about is read as JSON reads it.
    """
    strict, end = _as_json(text, at)
    return _parsed(strict), end


def _parsed(strict: str) -> Any:
    return json.loads(strict, strict=False)


def _as_json(text: str, at: int) -> tuple[str, int]:
    """The value's text as JSON, and where it ends."""
    out: list[str] = []
    depth = 0
    while at < len(text):
        sign = text[at]
        if sign in _CLOSES or sign == "”":
            piece, at = _quoted(text, at)
        elif comment := _COMMENT.match(text, at):
            piece, at = "", comment.end()
        elif word := _WORD.match(text, at):
            piece, at = _worded(text, word), word.end()
        else:
            piece, at = sign, at + 1
            depth += (sign in "[{") - (sign in "]}")
            if sign in "]}":
                _drop_comma(out)
        out.append(piece)
        if depth <= 0 and piece.strip():
            return "".join(out), at
    raise ValueError("it never ends")


def _quoted(text: str, at: int) -> tuple[str, int]:
    """The string that begins here, in JSON's quotes, and where it ends."""
    closes, begun = _CLOSES.get(text[at], "”"), at + 1
    found = _INSIDE[closes].match(text, begun)
    if found is None or found.end() >= len(text):
        raise ValueError("a text in it never ends")
    inner, end = found[0], found.end()
    if closes != '"':
        inner = re.sub(r'\\.|"', lambda part: {'"': '\\"', "\\'": "'"}.get(part[0], part[0]), inner, flags=re.DOTALL)
    return f'"{inner}"', end + 1


def _worded(text: str, word: re.Match[str]) -> str:
    """A word outside quotes: a key where a colon follows, else one of the words that stand for a value."""
    is_key = text[word.end() :].lstrip()[:1] == ":"
    return json.dumps(word[0]) if is_key else _WORDS.get(word[0], word[0])


def _drop_comma(out: list[str]) -> None:
    """Without the comma behind the last item."""
    for place in range(len(out) - 1, -1, -1):
        if out[place].strip():
            if out[place] == ",":
                out[place] = ""
            return
