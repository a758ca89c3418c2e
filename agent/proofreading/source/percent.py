"""Percent signs in a writer's LaTeX: a comment goes only where it can be nothing else; no word goes with it unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PERCENT = re.compile(r"(?<!\\)((?:\\\\)*)%")
_ADDRESS = re.compile(r"(\\(?:url|href|nolinkurl)\s*\{)([^{}]*)\}")
_VERBATIM = re.compile(r"\\verb\*?([^A-Za-z\s*]).*?\1")
_QUANTITY = re.compile(r"(?:[\w)\]'’]|(?<!\$)\$|\\[,;:! ])[ ~]*\Z|(?:\s|[(&{])\Z")
"""What stands before a percent sign that is meant: a number, a formula, a word, a bracket, or a gap after one."""
_COMMAND = re.compile(
    r"(?:\\\\(?:\[[^\]]*\])?|\\(?:hline|(?:top|mid|bottom)rule|centering|small|footnotesize|noindent)"
    r"|\\(?:begin|end|label|caption|includegraphics|cmidrule|vspace|hspace|setlength)\*?(?:\[[^\]]*\]|\([^)]*\)|\{(?:[^{}]|\{[^{}]*\})*\})+)\s*\Z"
)
"""What lays out a line of LaTeX; what follows a % behind it is a comment."""
_AFTER_NUMBER = re.compile(r"(?:\d|(?<!\$)\$|\]\])(?:[ ~]|\\,)*\Z")


def settled(text: str) -> str:
    """The text without its comments, each percent sign that is meant escaped; one that may be either stays as it is."""
    text = _ADDRESS.sub(lambda match: f"{match[1]}{_escaped(match[2])}}}", text)
    lines: list[str] = []
    for line in text.split("\n"):
        if re.match(r"\s*%", line):
            if not (lines and _AFTER_NUMBER.search(lines[-1])):
                continue  # a comment's line is no line at all: left empty, it would end the paragraph
            line = line.replace("%", "\\%", 1)
        lines.append(_settled_line(line))
    return "\n".join(lines)


def doubtful(text: str) -> Iterator[str]:
    """A sentence for each percent sign in mid-line that may be text or a comment."""
    for line in text.split("\n"):
        for match in _signs(line):
            yield (
                f"an unescaped % in mid-line (in {line[max(0, match.end() - 30) : match.end() + 20].strip()!r}) would swallow the "
                "rest of the line: write \\% for a percent sign, and leave comments out"
            )


def _settled_line(line: str) -> str:
    at = 0
    while match := next(_signs(line, at), None):
        before, after = line[: match.end() - 1], line[match.end() :]
        if not after.strip():
            return f"{before}\\%{after}" if _AFTER_NUMBER.search(before) else before
        if _COMMAND.search(before) and not re.search(r"(?<!\\)&|\\\\", after):
            return before
        if _QUANTITY.search(before) and not _ends_sentence(before):
            line = f"{before}\\%{after}"
            at = match.end() + 1
        else:
            at = match.end()
    return line


def _signs(line: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Percent signs that are not escaped and stand in nothing verbatim."""
    held = [match.span() for match in _VERBATIM.finditer(line)]
    for match in _PERCENT.finditer(line):
        if match.end() > start and not any(left < match.end() <= right for left, right in held):
            yield match


def _ends_sentence(before: str) -> bool:
    return re.search(r"[.;!?}\\]\s*\Z", before) is not None and not re.search(r"\\[,;:! ]\s*\Z", before)


def _escaped(address: str) -> str:
    return re.sub(r"(?<!\\)([#&])", r"\\\1", _PERCENT.sub(r"\1\\%", address))
