"""Text from a session made fit for the page: Markdown without anything live, the end of a log.

Everything that people, models and experiments wrote is untrusted. HTML is escaped by the template, and what escaping leaves
alone `visible` shows.
"""

from __future__ import annotations

import re
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

from agent.session.logs import read_log
from agent.session.visible import visible

_HEADING = re.compile(r"\A\s*## [^\n]*\n")
_LABEL = re.compile(r"\n\n([A-Za-z][\w .-]{0,60}):\n(?=([^\s|*+#>-]?))")
_LABELLED = re.compile(r"(?<=\S)\n(?=[A-Z][\w ]{0,20}: )")
"""Where a line with a label follows another: `H1: …`, `From: …`; Markdown would run them into one."""
_LONGEST_LINE = 400
_LONGEST_MARKDOWN = 60_000
_markdown = (
    MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "image", "autolink", "reference"])
)


def prose(text: str, level: int) -> Markup:
    """Markdown as HTML: no raw HTML, no links, no images; all its headings of one `level`, below the page's own; labelled lines stay lines."""
    if len(text) > _LONGEST_MARKDOWN:
        return Markup("<pre>{}</pre>").format(visible(text))
    tokens = _markdown.parse(_LABELLED.sub("  \n", visible(text)))
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
