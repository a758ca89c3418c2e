"""Text made safe for LaTeX; what no font of the paper holds is shown by its code point, never as another character."""

from __future__ import annotations

import functools
import logging
import re
import unicodedata
import urllib.parse
from collections.abc import Iterable
from typing import Any

from pylatexenc.latexencode import UnicodeToLatexEncoder

logging.getLogger("pylatexenc.latexencode").setLevel(logging.ERROR)  # it warns of each character that it replaces

CITE = re.compile(r"\\[Cc]ite\w*\*?(?:\s*\[[^\]]*\])*\{([^{}]*)\}")
"""A citation, with its keys."""
_NAMED = re.compile(
    r"(\\(?:includegraphics|label|[A-Za-z]*ref|[Cc]ite[A-Za-z]*|hyperlink|hypertarget)\*?\s*(?:\[[^\]]*\]\s*)*\{)([^{}]*)(\})"
)
"""Commands whose argument names a file, a label or a key: it is no prose, and stands as it is."""
_ADDRESS = re.compile(r"(\\(?:url|href)\s*\{)([^{}]*)(\})")
_WITHOUT_GLYPH = re.compile(
    r"\\(?:CYR|cyr|C\b|U\b|nument|texthvlig|textnrleg|textschwa|textphi|textglotstop|textturnk|arrowwave|dblarrow|DownArrow"
    r"|rightangle|surfintegral|volintegral|clwintegral|homothetic|lazysinv|approxnotequal|tildetrpl|allequal|estimates"
    r"|starequal|notlessgreater|notgreaterless|truestate|forcesextra|VDash|original|image|hermitconj|verymuch|precedesnot"
    r"|udots|varpersp|recorder|quarternote|clockoint|sqrint|mathscr\{[a-z]|mathbb\{[^A-Z])"
)
"""Commands that the encoder knows and the fonts of the paper do not."""
_MENDED = (
    (re.compile(r"\{\\texttimes\}"), r"\\ensuremath{\\times}"),
    (re.compile(r"\{\\textrightarrow\}"), r"\\ensuremath{\\to}"),
    (re.compile(r"(?<!ensuremath)\{\\(varepsilon|Upsilon|flat|natural|sharp)\}"), r"\\ensuremath{\\\1}"),
    (re.compile(r"\\textfrac(\{\d\}\{\d\})"), r"\\ensuremath{\\tfrac\1}"),
    (re.compile(r"\\mathscr"), r"\\mathcal"),
    (re.compile(r"\A(\\acute\{.*\})\Z"), r"\\ensuremath{\1}"),
)
"""What the encoder writes for text only, put so that it works in math too."""
_SUPERIOR = {"one": 1, "two": 2, "three": 3}
_TEXT_ACCENTS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0323\u0327\u0328\u0331",
        "`'^~=u.\"rHvdckb",
        strict=True,
    )
)
_MATH_ACCENTS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u030c\u20d7",
        ["grave", "acute", "hat", "tilde", "bar", "bar", "breve", "dot", "ddot", "check", "vec"],
        strict=True,
    )
)
"""Combining marks, and the commands of LaTeX that set them."""
_BELOW = ("\u0323", "\u0327", "\u0328", "\u0331")
"""Marks below a letter: set last, round a letter that has its other marks."""
_MARKED = re.compile(f"([A-Za-z\u0391-\u03c9])([{''.join({**_TEXT_ACCENTS, **_MATH_ACCENTS})}])")
_HORN, _HOOK, _COMMA = "\u031b", "\u0309", "\u0326"
_TALL = frozenset("bdfhklt")


def _stroke(letter: str, kern_em: float, from_ex: float) -> str:
    bar = f"\\vrule height{from_ex + 0.08:.2f}ex depth-{from_ex:.2f}ex width.32em"
    return f"\\mbox{{\\rlap{{\\kern{kern_em:.2f}em{bar}}}{letter}}}"


_OWN = {
    "Ħ": _stroke("H", 0.22, 1.05),
    "ħ": _stroke("h", -0.02, 1.25),
    "Ŧ": _stroke("T", 0.14, 0.62),
    "ŧ": _stroke("t", 0.0, 0.62),
    "Ű": "\\H{U}",
    "ű": "\\H{u}",
    "Ŀ": "L\\textperiodcentered{}",
    "ŀ": "l\\textperiodcentered{}",
    "ẞ": "\\SS{}",
    "ŉ": "'n",
}
"""Letters that do not come apart into one and its marks, or that the encoder takes for others."""
_MINUS = re.compile(r"(?:(?<=[\s(\[])|\A)-(?=\.?\d)")
"""The sign of a number that begins a text or a word of it; in a name (`top-1`, `1e-5`) and between numbers it is a hyphen."""
_POWER = re.compile(r"(?<![\w.])(?P<factor>\d+(?:\.\d+)?)e(?P<sign>[+-])(?P<exponent>\d{2,3})(?!\w|\.\d)")
"""A number as Python writes one with an exponent (`1e-05`); in a name that somebody typed (`lr_1e-5`) it is none."""
_MOST_NAMED = 6
UNSET = re.compile(r"\[U\+([0-9A-F]{4,6})\]")
"""What stands for a character that no font of the paper holds."""


def escape_latex(text: str) -> str:
    """Plain text as LaTeX that shows it: `50% of a_b ± λ` becomes `50\\% of a\\_b \\ensuremath{\\pm} …`."""
    return _encoded(text.replace("\n", " ").replace("\t", " "), non_ascii_only=False)


def number_latex(text: str) -> str:
    """Numbers, with their units or in words, as LaTeX: as `escape_latex`, with true minus signs and powers of ten."""
    return _POWER.sub(_power_latex, _MINUS.sub(r"\\ensuremath{-}", escape_latex(text)))


def _power_latex(number: re.Match[str]) -> str:
    """`1e-05` as 10 to the power of −5, `2.5e-05` as 2.5 times that."""
    factor = "" if number["factor"] == "1" else f"{number['factor']}\\times "
    sign = "-" if number["sign"] == "-" else ""
    return f"\\ensuremath{{{factor}10^{{{sign}{int(number['exponent'])}}}}}"


def ascii_latex(text: str) -> str:
    """LaTeX with its characters beyond ASCII written as commands; names of files, labels and keys are left alone."""
    pieces = []
    for kind, piece in _pieces(text):
        if kind == "prose":
            pieces.append(_encoded(piece, non_ascii_only=True))
        elif kind == "address":
            pieces.append("".join(char if char.isascii() else _percent_written(char) for char in piece))
        else:
            pieces.append(piece)
    return "".join(pieces)


def unset_characters(text: str) -> list[str]:
    """A sentence that names each character of a LaTeX text that no font of the paper holds; [] where all can be set."""
    prose = "".join(piece for kind, piece in _pieces(text) if kind == "prose")
    rest = _MARKED.sub(r"\1", _composed(prose))
    lacking = dict.fromkeys(char for char in rest if not char.isascii() and _is_unset(char))
    return [without_glyph(lacking)] if lacking else []


def without_glyph(chars: Iterable[str]) -> str:
    """The sentence that names characters which no font of the paper holds, and what to do."""
    named = [f"{char!r} (U+{ord(char):04X})" for char in chars]
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return (
        f"the paper's fonts have no glyph for {', '.join(named[:_MOST_NAMED])}{more}: "
        "write it as a LaTeX command or in Latin letters"
    )


def masked_arguments(text: str) -> str:
    """A LaTeX text in which arguments that are no prose (files, labels, keys, addresses) are a plain `x`."""
    return "".join(piece if kind == "prose" else "x" for kind, piece in _pieces(text))


def _pieces(text: str) -> list[tuple[str, str]]:
    """The text in order as (kind, piece); kind is prose, named or address. Joined, the pieces are the text."""
    pieces: list[tuple[str, str]] = []
    at = 0
    spans = [("named", match) for match in _NAMED.finditer(text)] + [("address", m) for m in _ADDRESS.finditer(text)]
    for kind, match in sorted(spans, key=lambda span: span[1].start()):
        if match.start() >= at:
            pieces += [("prose", text[at : match.start(2)]), (kind, match[2])]
            at = match.end(2)
    return [*pieces, ("prose", text[at:])]


def _percent_written(char: str) -> str:
    return urllib.parse.quote(char).replace("%", "\\%")


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _encoded(text: str, non_ascii_only: bool) -> str:
    if text.isascii() and non_ascii_only:
        return "".join(char if char.isprintable() or char in "\n\t" else " " for char in text)
    pieces = _MARKED.split(_composed(text))  # text, letter, mark, text, …
    return "".join(
        _accented(piece, pieces[place + 1], non_ascii_only)
        if place % 3 == 1
        else "".join(_written(char, non_ascii_only) for char in piece)
        for place, piece in enumerate(pieces)
        if place % 3 != 2
    )


def _accented(letter: str, mark: str, non_ascii_only: bool) -> str:
    """A letter with a mark that Unicode has no composed letter for, such as an x with a hat: it is mathematics."""
    inner = _written(letter, non_ascii_only)
    if mark in _MATH_ACCENTS:
        return f"\\ensuremath{{\\{_MATH_ACCENTS[mark]}{{{inner}}}}}"
    return f"\\{_TEXT_ACCENTS[mark]}{{{inner}}}"


@functools.cache
def _written(char: str, non_ascii_only: bool) -> str:
    """One character as LaTeX; where no font has it, its code point."""
    if char in "\n\t":
        return char
    if unicodedata.category(char) in ("Cf", "Cc", "Zs", "Zl", "Zp"):
        invisible = unicodedata.category(char) == "Cf"
        return "" if invisible else " "
    return _glyph(char, non_ascii_only) or f"[U+{ord(char):04X}]"


def _is_unset(char: str) -> bool:
    return _written(char, True).startswith("[U+")


def _glyph(char: str, non_ascii_only: bool) -> str:
    """What sets a character; empty where nothing does."""
    if char in _OWN:
        return _OWN[char]
    latex = str(_encoder(non_ascii_only).unicode_to_latex(char))
    if "\\bfseries ?" not in latex and not _WITHOUT_GLYPH.search(latex):
        for pattern, better in _MENDED:
            latex = pattern.sub(better, latex)
        return re.sub(
            r"\{\\text(one|two|three)superior\}", lambda m: f"\\ensuremath{{^{_SUPERIOR[m.group(1)]}}}", latex
        )
    base, *marks = list(unicodedata.normalize("NFD", char))
    if not marks or not all(mark in _TEXT_ACCENTS for mark in marks):
        return _built(base, marks)
    latex = _glyph(base, non_ascii_only)
    for mark in sorted(marks, key=lambda mark: mark in _BELOW) if latex else ():
        latex = f"\\{_TEXT_ACCENTS[mark]}{{{latex}}}"
    return latex


def _built(base: str, marks: list[str]) -> str:
    """LaTeX that draws a letter from an ASCII letter and marks that the fonts lack; empty where it cannot."""
    if not (base.isascii() and base.isalpha()) or not set(marks) <= {*_TEXT_ACCENTS, _HORN, _HOOK, _COMMA}:
        return ""
    latex, over = base, [mark for mark in marks if mark in _TEXT_ACCENTS and mark not in _BELOW]
    for mark in over:
        latex = f"\\{_TEXT_ACCENTS[mark]}{{{latex}}}"
    if _HORN in marks:
        height = 0.9 if base.isupper() else 0.35
        latex = f"\\mbox{{{latex}\\kern-.09em\\raise{height}ex\\hbox{{\\scriptsize\\char39}}\\kern-.03em}}"
    if _HOOK in marks:
        height = (1.6 if base.isupper() or base in _TALL else 1.15) + (0.3 if over else 0.0)
        hook = f"\\hidewidth\\raise{height:.2f}ex\\hbox{{$\\scriptscriptstyle\\rhook$}}\\hidewidth"
        latex = f"\\mbox{{\\protect\\ooalign{{{hook}\\crcr {latex}\\crcr}}}}"
    for mark in marks:
        if mark in _BELOW or mark == _COMMA:
            latex = f"\\{_TEXT_ACCENTS.get(mark, 'textcommabelow')}{{{latex}}}"
    return latex


@functools.cache
def _encoder(non_ascii_only: bool) -> Any:
    return UnicodeToLatexEncoder(non_ascii_only=non_ascii_only, unknown_char_policy="replace")
