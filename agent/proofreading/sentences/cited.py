"""Whose a clause is: one that a cited work says tells what others found, and its numbers are theirs.

It is the clause that is freed, not the sentence: "run 5 is lower, which agrees with [cited]" claims something of run 5.
"""

from __future__ import annotations

import re

from agent.proofreading.sentences.clauses import MARKS, Cutter, between
from agent.proofreading.sentences.names import CITED, named_runs, names_baseline

_CUT = Cutter(
    rf"{MARKS}|\bwhile\b|\bwhereas\b|\bbut\b|\b(?:and|so)\b(?=\s+(?:we|our|ours|run|runs|the (?:baseline|penalty))\b)"
)
_SELF = re.compile(r"\b(?:we|our|ours|us|here|runs|this (?:work|paper|study|session)|the proposed)\b", re.IGNORECASE)
_THEIRS = re.compile(
    r"\b(?:their|his|her|its|the authors[’']?)\s+(?:\w+\s+){0,2}?(?:baseline|runs?|control|method)\b", re.IGNORECASE
)
_POINTS = re.compile(
    r"\b(?:agree\w*|consistent|in line|in keeping|in agreement|in accord\w*|contrary|opposed|like|similar\w*|compar\w+|contrast|confirm\w*|contradict\w*|match\w*|following"
    rf"|unlike|as in|than|reproduc\w+|replicat\w+|support\w*|echo\w*|mirror\w*)\b[^{CITED}]{{0,40}}{CITED}",
    re.IGNORECASE,
)
"""The work is only pointed to: the sentence is about something else."""
_SAYS = re.compile(
    r"\b(?:report|find|found|show|observe|obtain|reach|achieve|measure|give|state|claim|publish|note|argue|describe)\w*\b",
    re.IGNORECASE,
)
_ACCORDING = re.compile(
    rf"^\W*(?:according to|as (?:reported|found|shown|stated|given|measured) (?:in|by)|in|by)\W*(?:the \w+ (?:of|by|in)\W*)?{CITED}",
    re.IGNORECASE,
)
_THEY = re.compile(
    r"^\W*(?:and\s+|but\s+)?(?:they|their|he|she|his|her|the (?:former|latter|authors?|same work))\b", re.IGNORECASE
)
"""How a sentence goes on to speak of a cited work behind a semicolon, which ends what it has said."""
_GOES_ON = re.compile(
    r"^\W*(?:\d|\Z|(?:and|with(?! an? \w+ (?:it|they|one)\b)|for|of|on|at|or|to|from|up|which|where|who|they|its?|that|respectively|down|compared|against|in)\b"
    r"|report|find|found|show|observe|reach|achieve|give|obtain|attain)",
    re.IGNORECASE,
)


_ASIDE = re.compile(
    rf"^\W*(?:\w+ly |first |as )?\w+(?:ed|en)\s+(?:on|by|from|in|after)\b[^{CITED}]{{0,40}}{CITED}", re.IGNORECASE
)
"""`our variant, described by …, reaches`: what follows is said of our variant."""
_TAKEN_UP = re.compile(
    r"\b(?:inspired|motivated|adapted|based|built|borrowed|derived|taken|suggested)\b", re.IGNORECASE
)
"""What is taken up from a cited work is not that work: what follows is said of what was done here."""


def of_a_cited_work(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] stands in a clause that a cited work says."""
    if CITED not in text:
        return False
    clauses = _clauses(text)
    parts = [text[left:right] for left, right in clauses]
    theirs = [_says_it(part, place == 0) for place, part in enumerate(parts)]
    for place in range(1, len(parts)):
        led = _ACCORDING.match(parts[place - 1]) is not None
        ended = ";" in text[clauses[place - 1][1] : clauses[place][0]]
        goes_on = _THEY if ended else _GOES_ON
        theirs[place] |= (
            theirs[place - 1]
            and not _is_ours(parts[place])
            and not _behind_an_aside(parts, place)
            and (led or goes_on.match(parts[place]) is not None)
        )
    for place in reversed(range(len(parts) - 1)):
        ended = ";" in text[clauses[place][1] : clauses[place + 1][0]]
        theirs[place] |= theirs[place + 1] and not ended and not _is_ours(parts[place])
    return any(own and left <= start and end <= right for own, (left, right) in zip(theirs, clauses, strict=True))


def _clauses(text: str) -> list[tuple[int, int]]:
    """Where the parts between cuts begin and end; brackets round a citation cut nothing."""
    cuts = [
        (start, end)
        for start, end in _CUT.cuts(text)
        if not (text[start:end] == "(" and text[end:].lstrip()[:1] == CITED)
        and not (text[start:end] == ")" and text[:start].rstrip()[-1:] == CITED)
    ]
    return between(cuts, len(text))


def _behind_an_aside(parts: list[str], place: int) -> bool:
    """Whether a part goes on with what was done here, behind words on where that comes from."""
    aside = place > 1 and _ASIDE.match(parts[place - 1])
    return bool(aside) and (_TAKEN_UP.search(parts[place - 1]) is not None or _is_ours(parts[place - 2]))


def _is_ours(clause: str) -> bool:
    """Whether a clause speaks of what was done here, in words or by a reference."""
    others = _THEIRS.sub(" ", clause)
    ours = _SELF.search(others) or named_runs(others) or names_baseline(others)
    return bool(ours) or any(0xE000 <= ord(char) < 0xF8FF for char in others)


def _says_it(clause: str, first: bool) -> bool:
    """Whether a clause gives a citation as who says it, not as who says the like."""
    if CITED not in clause or _is_ours(clause):
        return False
    if first and _ACCORDING.match(clause):
        return True
    return not (_POINTS.search(clause) and not _SAYS.search(clause))
