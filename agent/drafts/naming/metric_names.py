"""Which metrics and settings a stretch of text names: by their words, by the words around them in the file, by initials."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from agent.drafts.naming.words import GENERIC, initials, plain_words, tokens
from agent.drafts.records.runs import Key, Quantity

_HALF = 0.5
_LASTS = re.compile(
    r"\b(?:slower|faster|longer|shorter|takes?|took|taking|seconds?|minutes?|hours?|runs? for|\d\s?(?:s|ms|min|h))\b"
)
_TIME = frozenset({"time"})
"""What words of speed and duration are about."""


@dataclass(frozen=True)
class _Name:
    key: Key
    leaf: frozenset[str]
    """Words of the last part of the path that tell something."""
    around: frozenset[str]
    """Words of the parts above it."""
    short: frozenset[str]
    """The name as one word, and its initials."""
    qualifiers: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class _Match:
    name: _Name
    hits: frozenset[str]
    covered: float
    strayed: int
    """Data sets or classes of the metric that the text does not name."""


class KeyNames:
    """The names of a folder's metrics, or of its settings."""

    def __init__(self, quantities: Iterable[Quantity], nested: bool = True) -> None:
        keys = {one.key.path: one.key for one in quantities}
        self._names = [_name(key, nested) for key in keys.values()]
        self._cache: dict[str, frozenset[Key]] = {}

    @cached_property
    def _weights(self) -> dict[str, float]:
        known = Counter(word for name in self._names for word in name.leaf | name.around)
        return {word: math.log(1 + len(self._names) / count) for word, count in known.items()}

    @cached_property
    def _by_word(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        for number, name in enumerate(self._names):
            for word in name.leaf | name.short:
                index.setdefault(word, []).append(number)
        return index

    def named(self, text: str) -> frozenset[Key]:
        """The keys that a stretch of text names; those that fit it less well than another are left out."""
        if text not in self._cache:
            self._cache[text] = frozenset(match.name.key for match in self._best(text))
        return self._cache[text]

    def _best(self, text: str) -> list[_Match]:
        text = re.sub(r"\btimes\b", " ", text)
        words = frozenset(tokens(text)) | (_TIME if _LASTS.search(text) else frozenset())
        whole = frozenset(plain_words(text)) | _windows(plain_words(text))
        near = sorted({number for word in words | whole for number in self._by_word.get(word, ())})
        found = [match for number in near if (match := self._match(self._names[number], text, words, whole))]
        least = min((match.strayed for match in found), default=0)
        found = [match for match in found if match.strayed == least]
        return [match for match in found if not any(_outdoes(other, match) for other in found)]

    def _match(self, name: _Name, text: str, words: frozenset[str], whole: frozenset[str]) -> _Match | None:
        hits = name.leaf & words
        around = name.around & words
        covered = self._weight(hits) / (self._weight(name.leaf) or 1.0)
        if name.short & whole:
            hits, covered = name.leaf, 1.0
        if not hits or not (covered >= _HALF or around):
            return None
        strayed = sum(1 for each in name.qualifiers if each and not (each <= words and _is_said(each, text)))
        return _Match(name, hits | around, covered, strayed)

    def _weight(self, words: frozenset[str]) -> float:
        return sum(self._weights.get(word, 1.0) for word in words)


def _is_said(qualifier: frozenset[str], text: str) -> bool:
    """Whether a class of one letter is really named: a letter alone is mostly an article or a unit."""
    if any(len(word) > 1 or word.isdigit() for word in qualifier):
        return True
    letter = re.escape(next(iter(qualifier)))
    return bool(
        re.search(rf"\b(?:letters?|class|classes|features?)\s+{letter}\b|['\"‘“`]{letter}['\"’”]", text, re.IGNORECASE)
    )


def _outdoes(one: _Match, other: _Match) -> bool:
    """Whether `one` is meant rather than `other`: it explains more of the text, or as much and is fully named."""
    if one.hits > other.hits:
        return True
    return one.hits == other.hits and one.covered > 0.99 > other.covered


def _name(key: Key, nested: bool) -> _Name:
    own = [tokens(part) for part in key.path]
    leaf = frozenset(own[-1]) - GENERIC
    above = own[:-1] if nested else []
    while not leaf and above:
        leaf = frozenset(above.pop()) - GENERIC
    leaf = leaf or frozenset(own[-1])
    around = frozenset(word for part in above for word in part) - GENERIC - leaf
    plain = plain_words(key.path[-1].replace("_", " "))
    short = {initials(plain), "".join(plain)} - {""}
    if len(key.path[-1]) == 1:
        short = set()
    told = tuple(frozenset(tokens(each)) - GENERIC for each in sorted(key.qualifiers))
    return _Name(key, leaf, around, frozenset(each for each in short if len(each) > 1), told)


def _windows(words: Sequence[str]) -> frozenset[str]:
    """Initials of two to four words in a row, for keys that are nothing but initials."""
    return frozenset(
        "".join(word[0] for word in words[start : start + size])
        for size in (3, 4)
        for start in range(len(words) - size + 1)
    )
