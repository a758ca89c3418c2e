"""Which metrics and settings a stretch of text names: by their words, by the words around them in the file, by initials."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from agent.drafts.naming.by_unit import of_unit
from agent.drafts.naming.data_sets import shortened
from agent.drafts.naming.glossary import foreign, written_out
from agent.drafts.naming.key_name import (
    KeyName,
    Match,
    is_said,
    is_spelt,
    key_name,
    of_results,
    outdoes,
    says_more,
    telling,
    told_by,
    windows,
    without_first,
)
from agent.drafts.naming.other_words import at_ranks, by_other_words
from agent.drafts.naming.words import GENERIC, hyphenated, plain_words, tokens, with_units
from agent.drafts.records.runs import Key, Quantity

_HALF = 0.5
_LASTS = re.compile(
    r"\b(?:slower|faster|longer|shorter|as long|takes?|took|taking|seconds|minutes?|hours?|runs? for|\d\s?(?:s|ms|min|h))\b"
)
_FASTER = re.compile(r"\b(?:slower|faster)\b")
_DOTTED = re.compile(r"\b([A-Za-z]{3,7})\.(?!\w)")
_NAME = re.compile(r"\b[A-Z][a-z]{3,}\b")
"""A word that may be a name for short: the Wiki of `wikitext`."""
_A_FEW = 3
_ALIKE = 7
"""Letters with which two words of one stem begin."""
_SPLITS = frozenset({"train", "training", "test", "validation"})
_LASTING = frozenset({"time", "latency"})
"""What words of speed and duration are about."""


@dataclass(frozen=True)
class _Said:
    """A stretch of text, by its words."""

    text: str
    words: frozenset[str]
    whole: frozenset[str]
    """Words as they stand, and the initials of words in a row."""
    capitals: frozenset[str]
    spelt: Mapping[str, frozenset[str]]
    """Initials, with the words that they are of."""


class KeyNames:
    """The names of a folder's metrics, or of its settings."""

    def __init__(
        self, quantities: Iterable[Quantity], nested: bool = True, glossary: Mapping[str, str] | None = None
    ) -> None:
        self._of_settings = not nested
        quantities = tuple(quantities)
        keys = {one.key.path: one.key for one in quantities}
        sets = tuple(part for key in keys.values() for part in key.qualifiers)
        self._glossary = {**shortened(sets), **foreign(glossary or {}, (*keys, sets))}
        self._names = [key_name(key, nested) for key in (of_results(keys, quantities) if nested else keys).values()]
        self._leaves = {key.path[-1] for key in keys.values()}
        self._cache: dict[str, tuple[frozenset[Key], bool]] = {}

    @cached_property
    def _weights(self) -> dict[str, float]:
        known = Counter(word for name in self._names for word in name.leaf | name.around)
        return {word: math.log(1 + len(self._names) / count) for word, count in known.items()}

    @cached_property
    def _measures(self) -> Counter[str]:
        """How many names begin with a short word of a measure: the ppl of `ppl_c4` and `ppl_wikitext`."""
        return Counter(name.first for name in self._names)

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

    def called(self, text: str) -> frozenset[Key]:
        """The keys whose whole names, of two words or more, are the words of a text."""
        said = frozenset(tokens(text)) - GENERIC
        return frozenset(name.key for name in self._names if len(name.leaf) > 1 and name.leaf == said)

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
        """Those keys, or of what is kept over all data sets and of each those of each, whose data set or class the first text
        names that names any; all keys where none does."""
        plain = {key.path[-1] for key in keys} if not any(key.qualifiers for key in keys) else set[str]()
        of_sets = {each.key for each in self._names if each.key.path[-1] in plain} if plain else keys
        for text in (written_out(each, self._glossary) for each in texts):
            words = frozenset(tokens(text)) | frozenset(plain_words(text)) | hyphenated(text)  # CoLA is no camel's hump
            said = frozenset(
                key
                for key in of_sets
                if key.qualifiers and any(self._says(each, text, words) for each in key.qualifiers)
            )
            if said:
                return said
        return keys

    def of_sets(self, text: str) -> frozenset[Key]:
        """All metrics of the data sets that a text names: `on SST-2`."""
        every = frozenset(name.key for name in self._names if name.key.qualifiers)
        found = self.narrowed(every, text)
        return found if found != every else frozenset()

    def of_unit(self, text: str) -> frozenset[Key]:
        """The metrics that a text calls by what their unit is of: memory, time."""
        return of_unit(text, (name.key for name in self._names))

    def by_a_rare_word(self, text: str) -> frozenset[Key]:
        """The keys of the one metric that alone has a word of the text in its name: `for tail items`."""
        words = frozenset(word for word in tokens(text) if len(word) > _A_FEW) - GENERIC
        found = [name.key for name in self._names if words & name.leaf - {name.head}]
        return frozenset(found) if len({key.kind for key in found}) == 1 else frozenset()

    @staticmethod
    def _says(qualifier: str, text: str, words: frozenset[str]) -> bool:
        told = told_by(qualifier)
        return (told <= words and is_said(told, text)) or (len(qualifier) > _A_FEW and qualifier.lower() in words)

    def _best(self, text: str) -> list[Match]:
        text = at_ranks(written_out(text, self._glossary), self._leaves)
        text = by_other_words(self._without_dots(text), self._by_word.keys())
        text = re.sub(r"\btimes\b|\b(?:the|a|its|their)\s+second\b|\bSecond\b", " ", text)
        spelt = windows(plain_words(text)) | self._spelt_out(plain_words(text))
        begun = frozenset(self._beginnings.get(word.lower(), word.lower()) for word in _NAME.findall(text))
        words = frozenset(tokens(text)) | frozenset(plain_words(text)) | hyphenated(text) | begun
        words |= frozenset(spelt) & self._weights.keys()  # warm-up of `warmup`
        words |= frozenset({"second"}) if _FASTER.search(text) else frozenset()
        words |= self._shortened(words) if self._of_settings else frozenset()
        words |= _LASTING if _LASTS.search(text) else frozenset()
        capitals = frozenset(word.lower() for word in re.findall(r"\b[A-Z][A-Z0-9]+\b", text))
        whole = frozenset(plain_words(text)) | frozenset(spelt)
        whole |= frozenset(short for short in self._by_word if len(short) == 3 and f"-{short[1:]}" in spelt)
        near = sorted({number for word in words | whole for number in self._by_word.get(word, ())})
        stands = frozenset(plain_words(text)) | frozenset(spelt) | with_units(text)
        said = _Said(text, words, stands, capitals, spelt)
        found = [match for number in near if (match := self._match(self._names[number], said))]
        found = found or list(self._by_part(said))
        found = [match for match in found if not any(says_more(other, match) for other in found)]
        least, row = min((match.strayed for match in found), default=0), tokens(text)
        found = [match for match in found if match.strayed == least]
        return [match for match in found if not any(outdoes(other, match, row) for other in found)]

    def _spelt_out(self, words: Sequence[str]) -> dict[str, frozenset[str]]:
        """Names of a few letters that two words spell, each from its first letter on: the bwt of "backward transfer"."""
        rows = [row for row in pairwise(words) if min(map(len, row)) > _A_FEW]
        return {short: frozenset(row) for row in rows for short in self._letters if is_spelt(short, row)}

    @cached_property
    def _letters(self) -> frozenset[str]:
        return frozenset(
            short for name in self._names for short in name.short if 2 < len(short) < 6 and short.isalpha()
        )

    def _shortened(self, words: frozenset[str]) -> frozenset[str]:
        """Short words of names with which longer words of a text begin: the env of environments."""
        long = [word for word in words if len(word) > _A_FEW + 2]
        return frozenset(
            name
            for name in self._weights
            if (2 < len(name) < 5 and any(word.startswith(name) for word in long))
            or (len(name) > _ALIKE and any(word.startswith(name[:_ALIKE]) for word in long))  # subsampling of subsample
            or (
                len(name) > _A_FEW + 2 and any(len(word) > _A_FEW and name.endswith(word) for word in words)
            )  # timesteps
        )

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

    def _by_part(self, said: _Said) -> Iterator[Match]:
        """`sparse probing`: everything below a part of the path that is called so, where no last part is named."""
        for name in self._names:
            for part in name.parts:
                if part <= said.words:
                    yield Match(name, part, 0.0, self._strayed(name, said))

    def _match(self, name: KeyName, said: _Said) -> Match | None:
        words = said.words
        hits = telling(name.leaf & words, said.whole, name.letters)
        around = telling(name.around & words, said.whole, name.letters)
        covered = self._weight(hits) / (self._weight(name.leaf) or 1.0)
        called = bool(name.short & said.whole or name.initials & said.capitals)
        if not (hits or called) and (pair := without_first(name.short, said.spelt)):
            return Match(name, pair, 0.9, self._strayed(name, said))
        if called:
            spelt = (said.spelt.get(short, frozenset[str]()) for short in name.short)
            hits, covered = name.leaf.union(*spelt), 1.0
        lasts = _LASTING & hits and _LASTS.search(said.text)
        measured = name.first in hits and (self._measures[name.first] > 1 or name.first in said.capitals)
        if not hits - _SPLITS and name.leaf - _SPLITS and not called:
            return None  # `we train for 60 epochs` is of no train_loss
        if not hits or not (covered >= _HALF or around or name.head in hits or measured or lasts):
            return None
        return Match(name, hits | around, covered, self._strayed(name, said))

    @staticmethod
    def _strayed(name: KeyName, said: _Said) -> int:
        return sum(1 for each in name.qualifiers if each and not (each <= said.words and is_said(each, said.text)))

    def _weight(self, words: frozenset[str]) -> float:
        return sum(self._weights.get(word, 1.0) for word in words)
