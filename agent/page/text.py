"""Text from a session made fit to be shown: nothing hidden, nothing live.

Everything that people, models and experiments wrote is untrusted. HTML is escaped by the template; this module makes
visible what escaping leaves alone: terminal sequences, control characters, characters that reorder or hide text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

from agent.session.logs import read_log

_SUSPECT = re.compile(r"[^\t\n\x20-\x7e]")
_HIDING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_HEADING = re.compile(r"\A\s*## [^\n]*\n")
_LABEL = re.compile(r"\n\n([A-Za-z][\w .-]{0,60}):\n(?=([^\s|*+#>-]?))")
_LONGEST_LINE = 400
_LONGEST_MARKDOWN = 60_000
_markdown = (
    MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "image", "autolink", "reference"])
)


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


def prose(text: str, level: int) -> Markup:
    """Markdown as HTML: no raw HTML, no links, no images; all its headings of one `level`, below the page's own."""
    if len(text) > _LONGEST_MARKDOWN:
        return Markup("<pre>{}</pre>").format(visible(text))
    tokens = _markdown.parse(visible(text))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{level}"
    return Markup(_markdown.renderer.render(tokens, _markdown.options, {}))


def note_markdown(text: str) -> str:
    """A section of notes.txt as Markdown: its heading stands on the page already, its labels run into their text.

    Empty where there is none.
    """

    if not text:
        return ""

    def label(found: re.Match[str]) -> str:
        return f"\n\n**{found[1]}.**" + (" " if found[2] else "\n\n")

    return _LABEL.sub(label, "\n\n" + _HEADING.sub("", text, count=1).lstrip("\n"))


def log_tail(path: Path, lines: int = 60) -> str:
    """The last cleaned lines of the log at `path`; empty where it holds nothing but progress bars."""
    cleaned = read_log(path).splitlines()
    left_out = len(cleaned) - lines
    head = [f"… {left_out} lines before"] if left_out > 0 else []
    return "\n".join([*head, *(_shortened(line) for line in cleaned[-lines:])])


def _shortened(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} … ({len(line)} characters)"


def duration(seconds: float) -> str:
    """For people: `0.4 s`, `31 s`, `3 min 12 s`, `1 h 02 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def count(number: int) -> str:
    """Digits in groups of three, by thin spaces."""
    return f"{number:,}".replace(",", "\u202f")
