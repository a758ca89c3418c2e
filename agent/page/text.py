"""Text from a session made fit to be shown: nothing hidden, nothing live.

Everything that people, models and experiments wrote is untrusted. HTML is escaped by the template; this module makes
visible what escaping leaves alone: terminal sequences, control characters, characters that reorder or hide text.
"""

from __future__ import annotations

import re
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

from agent.experiment.logs import read_log

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_LONGEST_LINE = 400
_LONGEST_MARKDOWN = 60_000
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "image", "autolink", "reference"])


def visible(text: str) -> str:
    """`text` with every control, reordering or zero-width character replaced by a mark that shows it."""
    return _HIDDEN.sub(_mark, text.replace("\r\n", "\n"))


def _mark(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)  # ␛ and its kin
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"⟨U+{code:04X}⟩"


def prose(text: str) -> Markup:
    """Markdown as HTML: no raw HTML, no links, no images; headings become bold lines below the page's own."""
    if len(text) > _LONGEST_MARKDOWN:
        return Markup("<pre>{}</pre>").format(visible(text))
    tokens = _markdown.parse(visible(text))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h6"
    return Markup(_markdown.renderer.render(tokens, _markdown.options, {}))


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


def signed(number: float, digits: int) -> str:
    """`+0.0123`, `−0.0123` with a true minus sign; a difference that rounds to nothing has no sign."""
    text = f"{abs(number):.{digits}f}"
    if not text.strip("0."):
        return text
    return ("+" if number > 0 else "−") + text
