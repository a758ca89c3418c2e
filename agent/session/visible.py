"""Text that nobody vouches for, made fit to be shown, on a page or a terminal: nothing in it hides, moves or drives anything."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SUSPECT = re.compile(r"[^\t\n\x20-\x7e]")
_HIDING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def visible(text: str) -> str:
    """`text` with every control, reordering or zero-width character replaced by a mark that shows it."""
    return _SUSPECT.sub(lambda found: _mark(found.group()), text.replace("\r\n", "\n"))


@lru_cache(maxsize=4096)
def _mark(letter: str) -> str:
    code, category = ord(letter), unicodedata.category(letter)
    if code < 0x20:
        return chr(0x2400 + code)  # ␛ and its kin
    if category == "Cs":
        return "\ufffd"
    return f"⟨U+{code:04X}⟩" if category in _HIDING or letter in _BLANK_LETTERS else letter
