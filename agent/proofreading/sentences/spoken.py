"""Which runs a part of a sentence speaks of: by number, title or reference; and by a pronoun, which its passage resolves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from agent.evidence.reference import Reference
from agent.proofreading.sentences.names import Names, names_baseline
from agent.session.steps import BASELINE, RunName

_PRONOUN = re.compile(r"\b(?:it|its|(?:this|that|the)\s+(?:run|variant|one))\b(?!\s+\d)", re.IGNORECASE)
_LOOKED_BACK = 3
"""Sentences before a pronoun in which a run may be named that it stands for."""


class Said(Protocol):
    """A sentence, as far as it says of whom it speaks."""

    @property
    def text(self) -> str: ...
    @property
    def references(self) -> Sequence[Reference]: ...
    @property
    def before(self) -> Said | None: ...


def mentioned(sentence: Said, names: Names, start: int, end: int) -> set[str]:
    """The runs beside the baseline that text[start:end] names, by number, title or reference."""
    named: set[str] = {str(each.run) for each in names.runs(sentence.text[start:end])}
    places = [place for place, char in enumerate(sentence.text) if 0xE000 <= ord(char) < 0xF8FF]
    for place, reference in zip(places, sentence.references, strict=True):
        if start <= place < end:
            named |= {name for name in (reference.head, *reference.rest) if RunName.parse(name)}
    return named - {BASELINE}


def pronoun_side(sentence: Said, names: Names, mine: str, theirs: str, start: int, end: int) -> int:
    """1 where text[start:end] compares a pronoun to `theirs` ("it beats run 1"), -1 the other way round, 0 where it does neither.

    The pronoun stands for `mine`: the run that was named last before it, or that of the passage's condition where none was.
    """
    if mentioned(sentence, names, 0, len(sentence.text)) != {theirs} or names_baseline(sentence.text):
        return 0
    if _named_last(sentence, names) - {theirs} not in (set(), {mine}):
        return 0
    if _PRONOUN.search(sentence.text[:start]) and theirs in mentioned(sentence, names, end, len(sentence.text)):
        return 1
    return -1 if _PRONOUN.search(sentence.text[end:]) and theirs in mentioned(sentence, names, 0, start) else 0


def means_another(sentence: Said, names: Names, mine: str, start: int) -> bool:
    """Whether a pronoun before `start` stands for another run than `mine`: the last named, which the condition does not speak of."""
    named = _named_last(sentence, names)
    return bool(mine and named) and mine not in named and _PRONOUN.search(sentence.text[:start]) is not None


def _named_last(sentence: Said, names: Names) -> set[str]:
    """The runs of the nearest sentence before that names any; empty where none of the last few does."""
    before = sentence.before
    for _ in range(_LOOKED_BACK):
        if before is None:
            break
        if named := mentioned(before, names, 0, len(before.text)):
            return named
        before = before.before
    return set()
