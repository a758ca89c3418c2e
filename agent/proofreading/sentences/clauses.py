"""Where clauses begin and end: the one cutter, for whoever asks whose a word is and of what a number is said.

What ends a clause depends on what is asked: "and" joins two values, and parts two subjects. Each reader says with which words it
cuts; how it is cut stands here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

DASHES = r"\s[–—-]{1,3}\s"
MARKS = rf"[,;:()]|{DASHES}"
"""What ends a clause whatever is asked."""
Span = tuple[int, int]


@dataclass(frozen=True)
class Cutter:
    """Cuts a text at each match of `pattern`."""

    pattern: str
    flags: re.RegexFlag = re.IGNORECASE

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)

    def cuts(self, text: str, held: Iterable[Span] = ()) -> list[Span]:
        """Where the text is cut; a cut that begins within `held` is none (a comma in a name)."""
        kept = list(held)
        found = (match.span() for match in self._compiled.finditer(text))
        return [cut for cut in found if not any(left <= cut[0] < right for left, right in kept)]

    def clauses(self, text: str, held: Iterable[Span] = ()) -> list[Span]:
        """Begin and end of each clause, in order."""
        return between(self.cuts(text, held), len(text))

    def around(self, text: str, start: int, end: int, held: Iterable[Span] = ()) -> Span:
        """Begin and end of the clause in which text[start:end] stands; cuts within that are none."""
        return around(self.cuts(text, held), start, end, len(text))


def between(cuts: Iterable[Span], length: int) -> list[Span]:
    """Begin and end of each clause of a text of this length with these cuts."""
    edges = [0, *(edge for cut in cuts for edge in cut), length]
    return list(zip(edges[::2], edges[1::2], strict=True))


def around(cuts: Iterable[Span], start: int, end: int, length: int) -> Span:
    """As `Cutter.around`, with cuts that are known."""
    known = list(cuts)
    left = max((cut[1] for cut in known if cut[1] <= start), default=0)
    return left, min((cut[0] for cut in known if cut[0] >= end), default=length)
