"""What a number stands for by where it stands: the metrics, runs and settings that its clause, its row or its column name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from agent.drafts.naming.metric_names import KeyNames
from agent.drafts.naming.run_names import Mention, RunNames
from agent.drafts.records.runs import Key, Records
from agent.drafts.text.numerals import Numeral, numerals

_CUT = re.compile(
    r"[,;:()\[\]—]|\s[–-]{1,3}\s|\b(?:and|or|but|while|whereas|versus|than|from|to|compared (?:to|with)|against|which|respectively)\b|\bvs\b\.?"
)
_LIST = re.compile(r"^\s*(?:,|/|;)?\s*(?:and|or|&)?\s*$")
_AND = re.compile(r"\s*(?:,\s*(?:and|or)?|\band\b|\bor\b|&)\s*(?:the|by|for|in|on|of)?\s*")
_AFTER_TARGET = re.compile(
    r"(?:\b(?:vs|versus|than|from|against|compared (?:to|with))\b\.?|→|\bto)\s*(?:the|a|only|just)?\s*\Z", re.I
)
_BEFORE_BRACKET = 14
"""Characters that may stand between a name and the bracket that tells its value."""


@dataclass(frozen=True)
class Context:
    """What a number must be of. An empty set means that nothing is named."""

    metrics: frozenset[Key] = frozenset()
    runs: frozenset[str] = frozenset()
    settings: frozenset[Key] = frozenset()
    others: frozenset[str] = frozenset()
    """Runs that the sentence names besides, as what is compared with."""
    near: bool = True
    """The metric stands in the number's own clause or header, not somewhere else in the sentence or before it."""
    words: str = ""
    """The clause, or the headers and the caption."""
    sentence: str = ""
    called: str = ""
    """The words that name the run, for messages."""


@dataclass(frozen=True)
class Names:
    """All names of a folder."""

    records: Records
    runs: RunNames

    @cached_property
    def metrics(self) -> KeyNames:
        return KeyNames(self.records.measured)

    @cached_property
    def settings(self) -> KeyNames:
        return KeyNames(self.records.configured, nested=False)


@dataclass(frozen=True)
class Reader:
    """Reads a sentence; `before` is what the sentence before it in its paragraph named."""

    names: Names
    text: str
    before: Context = field(default_factory=Context)

    @cached_property
    def numbers(self) -> tuple[Numeral, ...]:
        return tuple(numerals(self.text))

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        return self.names.runs.mentions(self.text)

    @cached_property
    def _cuts(self) -> list[tuple[int, int]]:
        inside = [(each.start, each.end) for each in self.mentions]
        return [
            match.span()
            for match in _CUT.finditer(self.text)
            if not any(left <= match.start() < right for left, right in inside)
        ]

    def clause(self, number: Numeral) -> tuple[int, int]:
        """Where the number's own clause begins and ends."""
        left = max((end for _, end in self._cuts if end <= number.start), default=0)
        return left, min((start for start, _ in self._cuts if start >= number.end), default=len(self.text))

    def context(self, number: Numeral) -> Context:
        """What this number of the sentence must be of."""
        left, right = self.clause(number)
        metrics, near = self._metrics(number, left, right)
        runs, called = self._runs(number, left, right)
        clause = self.text[left:right]
        targets = frozenset(run for each in self.mentions for run in each.runs if each.target)
        return Context(
            metrics=metrics,
            runs=runs,
            settings=self._settings(number, left, right),
            others=targets or frozenset(run for each in self.mentions for run in each.runs) - runs,
            near=near,
            words=clause,
            sentence=self.text,
            called=called,
        )

    def percents(self, number: Numeral) -> bool:
        """Whether a number stands in a list of percentages: `91.1 and 92.8%`."""
        return any(one.percent for one in self._listed(number)[1])

    def whole(self) -> Context:
        """What the sentence names as a whole, for the one after it."""
        subject = next((each for each in self.mentions if not each.target), None)
        metrics = self.names.metrics.named(_without_numbers(self.text))
        return Context(metrics or self.before.metrics, subject.runs if subject else self.before.runs)

    def _metrics(self, number: Numeral, left: int, right: int) -> tuple[frozenset[Key], bool]:
        if parallel := self._parallel_metrics(number):
            return parallel, True
        named = self.names.metrics.named
        start = max((each.end for each in self.numbers if each.end <= number.start and each.end >= left), default=left)
        end = min(
            (each.start for each in self.numbers if each.start >= number.end and each.start <= right), default=right
        )
        for text in (self.text[start : number.start], self.text[number.end : end]):
            if found := named(text):
                return found, True
        if found := named(_without_numbers(self.text[left:right])):
            return found, True
        edges = [0, *(edge for cut in self._cuts for edge in cut), len(self.text)]
        pieces = list(zip(edges[::2], edges[1::2], strict=True))
        for a, b in [piece for piece in reversed(pieces) if piece[1] <= left] + [p for p in pieces if p[0] >= right]:
            if found := named(_without_numbers(self.text[a:b])):
                return found, False
        return self.before.metrics, False

    def _parallel_metrics(self, number: Numeral) -> frozenset[Key]:
        """`accuracy and F1 of 0.91 and 0.88`: the second of two is of the second of two."""
        place, group, text = self._listed(number)
        if len(group) < 2:
            return frozenset()
        parts = [found for part in _AND.split(text) if (found := self.names.metrics.named(part))]
        return parts[-len(group) :][place] if len(parts) == len(group) else frozenset()

    def _listed(self, number: Numeral) -> tuple[int, list[Numeral], str]:
        """The number's place in a list of numbers, the list, and the text before it back to the number before."""
        at = self.numbers.index(number)
        start = end = at
        while start > 0 and _LIST.match(self.text[self.numbers[start - 1].end : self.numbers[start].start]):
            start -= 1
        while end + 1 < len(self.numbers) and _LIST.match(
            self.text[self.numbers[end].end : self.numbers[end + 1].start]
        ):
            end += 1
        inside = [(each.start, each.end) for each in self.mentions]
        ends = [one.end for one in self.numbers[:start] if not any(a <= one.start < b for a, b in inside)]
        return (
            at - start,
            list(self.numbers[start : end + 1]),
            self.text[max(ends, default=0) : self.numbers[start].start],
        )

    def _runs(self, number: Numeral, left: int, right: int) -> tuple[frozenset[str], str]:
        place, group, _ = self._listed(number)
        if len(group) > 1 and (listed := self._listed_mentions(group)):
            return listed[place].runs, self._said(listed[place])
        inside = [each for each in self.mentions if left <= each.start and each.end <= right]
        if inside:
            return self._of_clause(inside, number)
        if bracketed := self._before_bracket(left):
            return bracketed.runs, self._said(bracketed)
        if _AFTER_TARGET.search(self.text[: number.start]):
            return frozenset(), ""
        earlier = [each for each in self.mentions if each.end <= left and not each.target]
        if earlier:
            return self._group(earlier[-1], earlier)
        return frozenset(), ""

    def _of_clause(self, inside: list[Mention], number: Numeral) -> tuple[frozenset[str], str]:
        plain = [each for each in inside if not each.target] or inside
        before = [each for each in plain if each.end <= number.start]
        nearest = before[-1] if before else plain[0]
        if nearest.target and (
            first := [each for each in self.mentions if not each.target and each.end <= nearest.start]
        ):
            nearest = first[-1]
        return self._group(nearest, list(self.mentions))

    def _group(self, one: Mention, among: Sequence[Mention]) -> tuple[frozenset[str], str]:
        """`run 2 and run 3`: both."""
        runs = set(one.runs)
        at = among.index(one)
        while at > 0 and _LIST.match(self.text[among[at - 1].end : among[at].start]):
            at -= 1
            runs |= among[at].runs
        return frozenset(runs), self._said(one)

    def _listed_mentions(self, group: list[Numeral]) -> list[Mention]:
        """As many runs as numbers, in the clause before the list or behind it."""
        before = [each for each in self.mentions if each.end <= group[0].start]
        after = [each for each in self.mentions if each.start >= group[-1].end]
        for found in (before[-len(group) :], after[: len(group)]):
            joined = all(_LIST.match(self.text[a.end : b.start]) for a, b in pairwise(found))
            if len(found) == len(group) and joined:
                return found
        return []

    def _before_bracket(self, left: int) -> Mention | None:
        """`the baseline (0.143)`."""
        opened = self.text.rfind("(", 0, left)
        if opened < 0 or ")" in self.text[opened:left]:
            return None
        near = [each for each in self.mentions if each.end <= opened and opened - each.end <= _BEFORE_BRACKET]
        closed = self.text.find(")", opened)
        inside = [one for one in self.numbers if opened < one.start < (closed if closed > 0 else len(self.text))]
        return near[-1] if near and len(inside) == 1 else None

    def _settings(self, number: Numeral, left: int, right: int) -> frozenset[Key]:
        named = self.names.settings.named
        start = max((each.end for each in self.numbers if left <= each.end <= number.start), default=left)
        end = min((each.start for each in self.numbers if number.end <= each.start <= right), default=right)
        found = named(self.text[start : number.start]) | named(self.text[number.end : end])
        around = (self.text[:left][-60:], self.text[right:][:40])
        return found or next((near for part in around if (near := named(_without_numbers(part)))), frozenset())

    def _said(self, mention: Mention) -> str:
        return self.text[mention.start : mention.end]


def _without_numbers(text: str) -> str:
    return re.sub(r"(?<![\w-])[-+]?\d+\.?\d*%?(?![\w-])", " ", text)
