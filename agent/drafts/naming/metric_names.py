"""Which metrics and settings a stretch of text names: by their words, by the words around them in the file, by initials."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from agent.drafts.naming.glossary import written_out
from agent.drafts.naming.words import GENERIC, initials, plain_words, tokens
from agent.drafts.records.runs import Key, Quantity

_HALF = 0.5
_LASTS = re.compile(
    r"\b(?:slower|faster|longer|shorter|as long|takes?|took|taking|seconds|minutes?|hours?|runs? for|\d\s?(?:s|ms|min|h))\b"
)
_DOTTED = re.compile(r"\b([A-Za-z]{3,7})\.(?!\w)")
_A_FEW = 3
_PER_SECOND = re.compile(r"per_?(?:s|secs?|seconds?)$|_ps$", re.IGNORECASE)
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
    """The name as one word."""
    initials: frozenset[str]
    """EV of explained_variance: said in capitals, since "it" is no inference_time."""
    qualifiers: tuple[frozenset[str], ...]
    parts: tuple[frozenset[str], ...] = ()
    """The words of each part of the path above the last, but for those that are a data set or a class."""
    head: str = ""
    """The last word that tells something: the accuracy of top_1_test_accuracy."""


@dataclass(frozen=True)
class _Said:
    """A stretch of text, by its words."""

    text: str
    words: frozenset[str]
    whole: frozenset[str]
    """Words as they stand, and the initials of words in a row."""
    capitals: frozenset[str]


@dataclass(frozen=True)
class _Match:
    name: _Name
    hits: frozenset[str]
    covered: float
    strayed: int
    """Data sets or classes of the metric that the text does not name."""


class KeyNames:
    """The names of a folder's metrics, or of its settings."""

    def __init__(
        self, quantities: Iterable[Quantity], nested: bool = True, glossary: Mapping[str, str] | None = None
    ) -> None:
        self._glossary = dict(glossary or {})
        keys = {one.key.path: one.key for one in quantities}
        self._names = [_name(key, nested) for key in keys.values()]
        self._cache: dict[str, tuple[frozenset[Key], bool]] = {}

    @cached_property
    def _weights(self) -> dict[str, float]:
        known = Counter(word for name in self._names for word in name.leaf | name.around)
        return {word: math.log(1 + len(self._names) / count) for word, count in known.items()}

    @cached_property
    def _by_word(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        for number, name in enumerate(self._names):
            for word in name.leaf | name.short | name.initials:
                index.setdefault(word, []).append(number)
        return index

    def named(self, text: str) -> frozenset[Key]:
        """The keys that a stretch of text names; those that fit it less well than another are left out."""
        return self._read(text)[0]

    def only_in_part(self, text: str) -> bool:
        """Whether a text says no key's whole name: a name is guessed from one of its words."""
        return not self._read(text)[1]

    def related(self, key: Key, text: str) -> bool:
        """Whether a text holds any telling word of a key's path."""
        words = frozenset(tokens(written_out(text, self._glossary))) - GENERIC
        return any(words & frozenset(tokens(part)) for part in key.path)

    def partly(self, noun: str) -> frozenset[Key]:
        """The keys of a few metrics of which a noun is a part of the name, though not the whole: the passkeys of `passkey_acc`."""
        said = frozenset(tokens(noun)) - GENERIC
        found = [name.key for name in self._names if said and said & name.leaf - {name.head} and said != name.leaf]
        return frozenset(found) if len({key.kind for key in found}) <= _A_FEW else frozenset()

    def _read(self, text: str) -> tuple[frozenset[Key], bool]:
        if text not in self._cache:
            best = self._best(text)
            self._cache[text] = frozenset(match.name.key for match in best), any(match.covered > 0.99 for match in best)
        return self._cache[text]

    def widened(self, keys: frozenset[Key]) -> frozenset[Key]:
        """The same metrics of all data sets and classes."""
        kinds = {key.kind for key in keys if key.kind}  # one file a metric: the metrics tell the files apart
        return keys | frozenset(name.key for name in self._names if name.key.kind in kinds)

    def narrowed(self, keys: frozenset[Key], *texts: str) -> frozenset[Key]:
        """Those keys whose data set or class the first text names that names any; all where none does."""
        for text in (written_out(each, self._glossary) for each in texts):
            words = frozenset(tokens(text))
            said = frozenset(
                key for key in keys if key.qualifiers and any(self._says(each, text, words) for each in key.qualifiers)
            )
            if said:
                return said
        return keys

    @staticmethod
    def _says(qualifier: str, text: str, words: frozenset[str]) -> bool:
        told = _told_by(qualifier)
        return told <= words and _is_said(told, text)

    def _best(self, text: str) -> list[_Match]:
        text = self._without_dots(written_out(text, self._glossary))
        text = re.sub(r"\btimes\b|\b(?:the|a|its|their)\s+second\b|\bSecond\b", " ", text)
        words = frozenset(tokens(text)) | (_TIME if _LASTS.search(text) else frozenset())
        capitals = frozenset(word.lower() for word in re.findall(r"\b[A-Z][A-Z0-9]+\b", text))
        whole = frozenset(plain_words(text)) | _windows(plain_words(text))
        near = sorted({number for word in words | whole for number in self._by_word.get(word, ())})
        said = _Said(text, words, whole, capitals)
        found = [match for number in near if (match := self._match(self._names[number], said))]
        found = found or list(self._by_part(said))
        least = min((match.strayed for match in found), default=0)
        found = [match for match in found if match.strayed == least]
        return [match for match in found if not any(_outdoes(other, match) for other in found)]

    @cached_property
    def _beginnings(self) -> dict[str, str]:
        """`absorp` → absorption: beginnings of three letters and more that only one word of the names has."""
        held: dict[str, set[str]] = {}
        for word in self._weights:
            for end in range(3, len(word) - 1):
                held.setdefault(word[:end], set()).add(word)
        return {short: min(words) for short, words in held.items() if len(words) == 1}

    def _without_dots(self, text: str) -> str:
        """`CE Rec.` with the word of which it is the beginning."""
        return _DOTTED.sub(lambda match: self._beginnings.get(match[1].lower(), match[1]) + " ", text)

    def _by_part(self, said: _Said) -> Iterator[_Match]:
        """`sparse probing`: everything below a part of the path that is called so, where no last part is named."""
        for name in self._names:
            for part in name.parts:
                if part <= said.words:
                    strayed = sum(
                        1 for each in name.qualifiers if not (each <= said.words and _is_said(each, said.text))
                    )
                    yield _Match(name, part, 0.0, strayed)

    def _match(self, name: _Name, said: _Said) -> _Match | None:
        words = said.words
        hits = name.leaf & words
        around = name.around & words
        covered = self._weight(hits) / (self._weight(name.leaf) or 1.0)
        if name.short & said.whole or name.initials & said.capitals:
            hits, covered = name.leaf, 1.0
        lasts = hits >= _TIME and _LASTS.search(said.text)
        if not hits or not (covered >= _HALF or around or name.head in hits or lasts):
            return None
        strayed = sum(1 for each in name.qualifiers if each and not (each <= words and _is_said(each, said.text)))
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
        return one.covered >= other.covered
    return one.hits == other.hits and one.covered > 0.99 > other.covered


def _name(key: Key, nested: bool) -> _Name:
    own = [tokens(re.sub(r"_s$", "_second", part)) for part in key.path]
    leaf = frozenset(own[-1]) - GENERIC
    above = own[:-1] if nested else []
    while not leaf and above:
        leaf = frozenset(above.pop()) - GENERIC
    leaf = leaf or frozenset(own[-1])
    around = frozenset(word for part in above for word in part) - GENERIC - leaf
    plain = plain_words(key.path[-1].replace("_", " "))
    short = frozenset({"".join(plain)} if len("".join(plain)) > 1 else ())
    short |= frozenset({"throughput"} if _PER_SECOND.search(key.path[-1]) else ())
    letters = frozenset({initials(plain)} - {""})
    told = tuple(_told_by(each) for each in sorted(key.qualifiers))
    head = next((word for word in reversed(own[-1]) if word in leaf), "")
    parts = tuple(frozenset(tokens(part)) - GENERIC for part in key.path[:-1] if nested and part not in key.qualifiers)
    return _Name(
        key=key,
        leaf=leaf,
        around=around,
        short=short,
        initials=letters,
        qualifiers=told,
        parts=tuple(part for part in parts if part and any(len(word) > 3 for word in part)),
        head=head,
    )


def _told_by(qualifier: str) -> frozenset[str]:
    """The words of a data set's or a class's name; a name of one letter is that letter."""
    if len(qualifier) == 1:
        return frozenset({qualifier.lower()})
    words = frozenset(tokens(qualifier))
    return (words - GENERIC) or words


def _windows(words: Sequence[str]) -> frozenset[str]:
    """Initials of two to four words in a row, for keys that are nothing but initials."""
    pairs = frozenset(one + two for one, two in pairwise(words) if len(one) > 2 and len(two) > 2)
    return pairs | frozenset(
        "".join(word[0] for word in words[start : start + size])
        for size in (3, 4)
        for start in range(len(words) - size + 1)
    )
