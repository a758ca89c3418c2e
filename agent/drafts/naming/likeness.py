"""Names that are like a run's without being it: `SpecAugment + chunked` of "SpecAugment + chunked attention", by the words that both have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from agent.drafts.records.runs import Run

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+(?:\.\d+)?")
_ENDINGS = ("ations", "ation", "ness", "ings", "ing", "ed", "es", "s")
_STEM = 4
_IDLE = frozenset(
    [
        "run",
        "the",
        "a",
        "an",
        "of",
        "with",
        "and",
        "plus",
        "method",
        "model",
        "our",
        "ours",
        "variant",
        "results",
        "only",
        "full",
        "proposed",
        "in",
        "on",
        "at",
        "by",
        "for",
        "to",
        "no",
        "w",
        "o",
        "without",
        "is",
        "as",
        "or",
        "seed",
        "step",
        "best",
    ]
)
_LONG = 7
"""Letters of a word that is hardly in a run's name and in a text by chance."""
_ENOUGH = 0.34
"""Of all words of both names, those that both must have."""


def root_of(word: str) -> str:
    """A word without its ending: the chunk of chunked, chunking and chunks."""
    low = word.lower()
    for end in _ENDINGS:
        if low.endswith(end) and len(low) - len(end) >= _STEM:
            return low[: len(low) - len(end)]
    return low


def roots(text: str) -> frozenset[str]:
    """The roots of the words of a name; camelCase parts them."""
    return frozenset(root_of(word) for word in _WORD.findall(text)) - _IDLE


def _begins(word: str, name: str) -> bool:
    """Whether a word is one of which a name is short: the spec of "speculative"."""
    return word.lower().startswith(name) and len(word) > len(name) + 2


def _is_alike(shared: frozenset[str]) -> bool:
    """Whether words that two names share say something: the u of `u10` is no U-Net, 32 and k are a size."""
    words = [word for word in shared if not word.isdigit()]
    return any(len(word) > 1 for word in words) or (bool(words) and len(words) < len(shared))


@dataclass(frozen=True)
class Likeness:
    """The runs of a folder by the roots of their names."""

    runs: tuple[Run, ...]
    called: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What a draft calls them besides."""

    @cached_property
    def _named(self) -> list[tuple[str, frozenset[str]]]:
        texts = [
            (run.name, text)
            for run in self.runs
            for text in dict.fromkeys([run.name, *run.name.split("/"), *run.labels, *_settings(run)])
        ]
        texts += [(name, text) for text, names in self.called.items() for name in self._kin(names)]
        found = [(name, roots(text)) for name, text in texts]
        return [(name, words) for name, words in found if any(not word.isdigit() for word in words)]

    def _kin(self, names: frozenset[str]) -> frozenset[str]:
        """All runs with the part that the names of these share: of `int4/batch_size=8` all of `int4`."""
        shared = frozenset.intersection(*(frozenset(name.split("/")) for name in names)) if names else frozenset[str]()
        return names | frozenset(run.name for run in self.runs if shared & frozenset(run.name.split("/")))

    @cached_property
    def known(self) -> frozenset[str]:
        """Roots that the names of some runs have, and not those of all."""
        every = [frozenset().union(*(words for name, words in self._named if name == run.name)) for run in self.runs]
        return frozenset().union(*every) - (frozenset.intersection(*every) if len(every) > 1 else frozenset())

    def spoken(self, text: str) -> frozenset[str]:
        """The roots of a header, initials for the words that a run's name has by these: `ft` of fine-tuning."""
        words = _WORD.findall(text)
        short = {f"{one[0]}{two[0]}".lower(): (one, two) for one, two in pairwise(words) if min(len(one), len(two)) > 3}
        known = {letters: pair for letters, pair in short.items() if letters in self.known}
        left = [word for word in words if not any(word in pair for pair in known.values())]
        joined = {f"{one}{two}".lower() for one, two in pairwise(words)} & self.known  # n-gram of `ngram`
        begun = {name for name in self.known if len(name) >= _STEM and any(_begins(word, name) for word in left)}
        return roots(" ".join(left)) | frozenset(known) | joined | begun

    def alike(self, words: Iterable[str]) -> frozenset[str]:
        """All runs whose names share any of these roots."""
        said = frozenset(words)
        return frozenset(name for name, own in self._named if _is_alike(said & own))

    def words_of(self, runs: Iterable[str]) -> frozenset[str]:
        """The roots of all names of these runs."""
        wanted = frozenset(runs)
        return frozenset().union(*(words for name, words in self._named if name in wanted))

    def _of_a_word_alone(self, said: frozenset[str]) -> frozenset[str]:
        """The runs of the one method that has a long word in its name: the `hindsight` of `td3_hindsight` on all tasks."""
        long = [word for word in said if len(word) >= _LONG and word.isalpha()]
        held = [frozenset(name for name, own in self._named if word in own) for word in long]
        parts = [frozenset.intersection(*(frozenset(name.split("/")) for name in names)) for names in held if names]
        return held[0] if len(held) == len(parts) == 1 and (parts[0] or len(held[0]) == 1) else frozenset()

    def like(self, words: Iterable[str], among: frozenset[str] = frozenset()) -> frozenset[str]:
        """The runs, of `among` where there are any, whose name shares most with these roots; empty where none shares enough."""
        said = frozenset(words)
        scores: dict[str, float] = {}
        for name, own in self._named:
            shared = {word for word in said & own if not word.isdigit()}
            if shared and (not among or name in among):
                scores[name] = max(scores.get(name, 0.0), len(said & own) / len(said | own))
        if (alone := self._of_a_word_alone(said)) and not among:
            return alone
        best = max(scores.values(), default=0.0)
        return frozenset(name for name, score in scores.items() if score == best) if best >= _ENOUGH else frozenset()


def _settings(run: Run) -> list[str]:
    """What tells it from others in its settings, in words: `gptq 3` of a method at three bits."""
    return [" ".join(run.words.values())] if 0 < len(run.words) <= 3 else []
