"""Text made safe for LaTeX."""

from __future__ import annotations

import functools
import logging
import re
from typing import Any

from pylatexenc.latexencode import UnicodeToLatexEncoder

logging.getLogger("pylatexenc.latexencode").setLevel(logging.ERROR)  # it warns of each character that it replaces


@functools.cache
def _encoder(non_ascii_only: bool) -> Any:
    return UnicodeToLatexEncoder(non_ascii_only=non_ascii_only, unknown_char_policy="replace")


def escape_latex(text: str) -> str:
    """Plain text as LaTeX that shows it: `50% of a_b ± λ` becomes `50\\% of a\\_b \\ensuremath{\\pm} …`."""
    flat = "".join(char if char.isprintable() or char == " " else " " for char in text)
    return _readable(_encoder(False).unicode_to_latex(flat))


def number_latex(text: str) -> str:
    """A number with its unit as LaTeX: as `escape_latex`, with a true minus sign."""
    return re.sub(r"\A-(?=[\d.])", r"\\ensuremath{-}", escape_latex(text))


def ascii_latex(text: str) -> str:
    """LaTeX with its characters beyond ASCII written as commands; everything else is left alone."""
    flat = "".join(char if char.isprintable() or char in "\n\t" else " " for char in text)
    return _readable(_encoder(True).unicode_to_latex(flat))


def _readable(text: str) -> str:
    """A missing glyph is a question mark; subscripts and × also work in math."""
    text = text.replace("{\\bfseries ?}", "?").replace("{\\texttimes}", "\\ensuremath{\\times}")
    text = text.replace("{\\textrightarrow}", "\\ensuremath{\\to}")
    return re.sub(r"\{\\text(one|two|three)superior\}", lambda m: f"\\ensuremath{{^{_DIGITS[m.group(1)]}}}", text)


_DIGITS = {"one": 1, "two": 2, "three": 3}
