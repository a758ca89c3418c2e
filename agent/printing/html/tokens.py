"""LaTeX in tokens, and what stands between braces: all that the HTML draft knows of TeX, and whoever reads a print again."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\\[A-Za-z@]+\*?|\\.|\\\n|\s+|%[^\n]*\n?\s*|[^\\\s%]", re.DOTALL)
_BEGIN_OR_END = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}")


@dataclass
class Tokens:
    """A text that is read from left to right."""

    text: str
    at: int = 0

    @property
    def done(self) -> bool:
        return self.at >= len(self.text)

    def next(self) -> str:
        """The next token: a command, a sign behind a backslash, white space, or a character; empty for a comment."""
        match = _TOKEN.match(self.text, self.at)
        if match is None:  # a backslash at the end
            self.at = len(self.text)
            return ""
        self.at = match.end()
        return "" if match[0].startswith("%") else match[0]

    def gap(self) -> None:
        """Past white space and comments."""
        match = re.compile(r"(?:\s|(?<!\\)%[^\n]*\n?)*").match(self.text, self.at)
        self.at = match.end() if match else self.at

    def argument(self) -> str:
        """What stands between the braces that come next; without braces the next token."""
        self.gap()
        if not self.text.startswith("{", self.at):
            return self.next()
        start = self.at + 1
        self.at = closing(self.text, self.at) + 1
        return self.text[start : self.at - 1]

    def option(self) -> str:
        """What stands between the brackets that come next; empty where none come."""
        match = re.compile(r"\s*\[((?:[^\[\]{}]|\{[^{}]*\})*)\]").match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[1]

    def environment(self, name: str) -> str:
        """What stands before the \\end of the environment that was begun just now."""
        depth, start = 1, self.at
        for match in _BEGIN_OR_END.finditer(self.text, self.at):
            if match[2] == name:
                depth += 1 if match[1] == "begin" else -1
                if depth == 0:
                    self.at = match.end()
                    return self.text[start : match.start()]
        self.at = len(self.text)
        return self.text[start:]

    def until(self, end: str) -> str:
        """What stands before `end`, which is passed."""
        place = self.text.find(end, self.at)
        place = len(self.text) if place < 0 else place
        found, self.at = self.text[self.at : place], place + len(end)
        return found


def closing(text: str, start: int) -> int:
    """Where the brace that opens at `start` closes; the end of the text where it does not."""
    depth, place = 0, start
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] in "{}":
            depth += 1 if text[place] == "{" else -1
            if depth == 0:
                return place
        place += 1
    return len(text)


def split_cells(text: str, separator: str) -> list[str]:
    """A text cut at `&`, or at `\\\\`, where these are not within braces or an inner environment."""
    parts, depth, start, place = [], 0, 0, 0
    while place < len(text):
        found = _BEGIN_OR_END.match(text, place)
        if found:
            depth += 1 if found[1] == "begin" else -1
            place = found.end()
        elif depth == 0 and text.startswith(separator, place):
            parts.append(text[start:place])
            place += len(separator)
            start = place
        elif text[place] == "\\":
            place += 2
        else:
            depth += {"{": 1, "}": -1}.get(text[place], 0)
            place += 1
    return [*parts, text[start:]]
