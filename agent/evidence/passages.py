"""Passages that carry their condition: `[[if run_3.mse better]] … [[else if H1 held]] … [[else]] … [[end]]`, never nested.

The first branch whose condition holds is printed; where none does, what stands behind `[[else]]`, which may be nothing. Without
an else such a passage is stale.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from agent.errors import BadAnswer
from agent.evidence.condition import Condition, parse_condition

_MARK = re.compile(
    r"\[\[\s*(?:(?P<if>if\b(?P<first>[^\[\]]*))|(?P<elif>(?:else\s*if|elif)\b(?P<next>[^\[\]]*))|(?P<else>else)"
    r"|(?P<end>(?:end|/)\s*(?:if\b[^\[\]]*)?))\s*\]\]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Branch:
    """A text and what it is printed under; None stands behind `[[else]]`. `start` is where the text stands in its source."""

    condition: Condition | None
    text: str
    start: int


@dataclass(frozen=True)
class Passage:
    """A passage of which one branch is printed, or none."""

    branches: tuple[Branch, ...]

    @property
    def has_else(self) -> bool:
        return self.branches[-1].condition is None

    def given(self, place: int) -> tuple[Condition, ...]:
        """What holds where the branch at this place is printed: its condition, and none of those before it."""
        before = [branch.condition.negated() for branch in self.branches[:place] if branch.condition is not None]
        own = self.branches[place].condition
        return (*before, *([own] if own is not None else []))

    def header(self, place: int) -> str:
        """The conditions up to this branch in one line: `run_3.mse better / else`."""
        told = [branch.condition.text if branch.condition else "else" for branch in self.branches[: place + 1]]
        return " / ".join(told)


@dataclass(frozen=True)
class Plain:
    """Text outside of all passages, and where it stands."""

    text: str
    start: int


@dataclass(frozen=True)
class Torn:
    """A mark that belongs to no passage, or whose condition is none: what is wrong with it."""

    text: str
    start: int
    why: str
    opens: bool = False
    """It begins a passage that nothing ends."""


Part = Plain | Passage | Torn


@dataclass
class _Open:
    """A passage whose end has not come yet."""

    first: str
    start: int
    branches: list[Branch]
    condition: Condition | None
    wrong: str = ""
    within: int = 0
    """How many passages were begun within it, and not ended."""


def parts(text: str) -> list[Part]:
    """A text taken apart at its marks; every mark that has no place is told as such."""
    found: list[Part] = []
    opened: _Open | None = None
    at = 0
    for mark in _MARK.finditer(text):
        body, start = text[at : mark.start()], at
        at = mark.end()
        if opened is None:
            found += [Plain(body, start)] if body else []
            if mark["if"] is not None:
                opened = _opened(mark)
            else:
                why = f"[[{_shown(mark)}]] with no [[if …]] before it"
                found.append(Torn(_shown(mark), mark.start(), why))
            continue
        opened.branches.append(Branch(opened.condition, body, start))
        if mark["end"] is None:
            _divide(opened, mark)
        elif opened.within:
            opened.within -= 1
        else:
            found.append(_closed(opened))
            opened = None
    if opened is not None:
        why = f"[[{opened.first}]] has no [[end]]"
        found += [
            Torn(opened.first, opened.start, why, opens=True),
            *(Plain(branch.text, branch.start) for branch in opened.branches),
        ]
    return [*found, *([Plain(text[at:], at)] if text[at:] else [])]


@dataclass(frozen=True)
class Piece:
    """A part of a text as it is read: plain, the branch of a passage that is printed, or what stands in place of one.

    `given` holds where it is a branch; `header` names the passage's conditions up to it. `why`: why nothing of a passage can be
    printed, its marks or names being wrong. `stale`: none of its conditions holds, and it has no else.
    """

    text: str
    start: int
    given: tuple[Condition, ...] = ()
    header: str = ""
    why: str = ""
    stale: bool = False
    of: Passage | None = None


def pieces(text: str, choose: Callable[[Passage], int | None]) -> list[Piece]:
    """The text with the branch of each passage that is chosen, None for none. A BadAnswer of `choose` is kept as `why`.

    Joined they are the text: a mark leaves neither a second blank nor an empty line.
    """
    read: list[Piece] = []
    so_far = ""
    for part in parts(text):
        piece = _piece(part, choose)
        left = joined(so_far, piece.text)[len(so_far) :] if read else piece.text
        read.append(replace(piece, text=left, start=piece.start + len(piece.text) - len(left)))
        so_far += left or ("\x00" if piece.why or piece.stale else "")
    return read


def _piece(part: Part, choose: Callable[[Passage], int | None]) -> Piece:
    if isinstance(part, Plain):
        return Piece(part.text, part.start)
    if isinstance(part, Torn):
        return Piece("", part.start, header=part.text, why=part.why)
    first = part.branches[0]
    try:
        place = choose(part)
    except BadAnswer as bad:
        return Piece("", first.start, header=f"if {part.header(0)}", why=str(bad))
    if place is None:
        header = part.header(len(part.branches) - 1)
        return Piece("", first.start, header=header, stale=not part.has_else, of=part)
    branch = part.branches[place]
    body = body_of(branch)
    start = branch.start + branch.text.index(body)
    return Piece(text=body, start=start, given=part.given(place), header=part.header(place), of=part)


def joined(before: str, after: str) -> str:
    """Two pieces between which a mark stood: it leaves neither a second blank nor an empty line."""
    if re.search(r"(?:\A|\n)[ \t]*\Z", before) and re.match(r"[ \t]*\n", after):
        return before + after.lstrip(" \t")[1:]
    if before[-1:] in (" ", "\n") and after[:1] == " ":
        return before + after.lstrip(" ")
    return before + after


def body_of(branch: Branch) -> str:
    """The branch's text without the line ends that part it from its marks."""
    return re.sub(r"\n[ \t]*\Z", "", re.sub(r"\A[ \t]*\n", "", branch.text))


def _opened(mark: re.Match[str]) -> _Open:
    opened = _Open(_shown(mark), mark.start(), [], None)
    opened.condition, opened.wrong = _condition(mark["first"] or "")
    return opened


def _divide(opened: _Open, mark: re.Match[str]) -> None:
    """Another branch begins, or something stands in the passage that cannot."""
    closed = opened.branches[-1].condition is None
    opened.condition = None
    if mark["if"] is not None:
        opened.within += 1
        wrong = f"[[{_shown(mark)}]] stands within [[{opened.first}]]: passages are not nested; write and, or, or [[else if …]]"
    elif closed and not opened.wrong:
        wrong = f"[[{_shown(mark)}]] behind the [[else]] of [[{opened.first}]]"
    elif mark["elif"] is not None:
        opened.condition, wrong = _condition(mark["next"] or "")
    else:
        wrong = ""
    opened.wrong = opened.wrong or wrong


def _closed(opened: _Open) -> Passage | Torn:
    if opened.wrong:
        return Torn(opened.first, opened.start, opened.wrong)
    return Passage(tuple(opened.branches))


def _condition(inner: str) -> tuple[Condition | None, str]:
    """(the condition, what is wrong with it)."""
    try:
        return parse_condition(inner), ""
    except BadAnswer as bad:
        return None, str(bad)


def _shown(mark: re.Match[str]) -> str:
    return " ".join(mark.group()[2:-2].split())


def without_torn_end(text: str) -> str:
    """A text that was cut off somewhere, without the passage that the cut fell into."""
    opened = [part.start for part in parts(text) if isinstance(part, Torn) and part.opens]
    return text[: opened[-1]].rstrip() if opened else text


def passages(text: str) -> Iterator[Passage]:
    """Every whole passage of a text."""
    return (part for part in parts(text) if isinstance(part, Passage))
