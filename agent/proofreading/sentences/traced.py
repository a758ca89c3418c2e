"""A text that knows from which line of its source each of its characters came, whatever is replaced in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Pattern = str | re.Pattern[str]
Replacement = str | Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class Traced:
    """`lines` holds a line of the source, from 1, for each character of `text`."""

    text: str
    lines: tuple[int, ...]

    @classmethod
    def of(cls, source: str) -> Traced:
        """The source as it stands."""
        lines, line = [], 1
        for char in source:
            lines.append(line)
            line += char == "\n"
        return cls(source, tuple(lines))

    def sub(self, pattern: Pattern, replacement: Replacement) -> Traced:
        """As `re.sub`; what is put in comes from the line on which the match began."""
        text: list[str] = []
        lines: list[int] = []
        end = 0
        for match in re.finditer(pattern, self.text):
            new = match.expand(replacement) if isinstance(replacement, str) else replacement(match)
            text += [self.text[end : match.start()], new]
            lines += [*self.lines[end : match.start()], *[self._line(match.start())] * len(new)]
            end = match.end()
        return Traced("".join([*text, self.text[end:]]), (*lines, *self.lines[end:]))

    def split(self, pattern: Pattern) -> Iterator[Traced]:
        """What stands between the matches of `pattern`."""
        end = 0
        for match in re.finditer(pattern, self.text):
            yield self._cut(end, match.start())
            end = match.end()
        yield self._cut(end, len(self.text))

    def strip(self) -> Traced:
        """Without white space at either end."""
        start = len(self.text) - len(self.text.lstrip())
        return self._cut(start, start + len(self.text.strip()))

    def after(self, prefix: str) -> Traced:
        """With `prefix` before it, on the first line."""
        return Traced(prefix + self.text, (1,) * len(prefix) + self.lines)

    def _cut(self, start: int, end: int) -> Traced:
        return Traced(self.text[start:end], self.lines[start:end])

    def _line(self, place: int) -> int:
        return self.lines[min(place, len(self.lines) - 1)] if self.lines else 1
