"""A sentence with what it holds: its numbers, the runs that it names, its clauses, its lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from agent.drafts.naming import says
from agent.drafts.naming.context import Context, Names
from agent.drafts.naming.run_names import Mention
from agent.drafts.text.numerals import Numeral, numerals
from agent.proofreading.clauses import around, between


@dataclass(frozen=True)
class Sentence:
    """`before` is what the sentence before it in its paragraph named."""

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
    def cuts(self) -> list[tuple[int, int]]:
        return says.CUT.cuts(self.text, ((each.start, each.end) for each in self.mentions))

    @cached_property
    def pieces(self) -> list[tuple[int, int]]:
        """Where the clauses begin and end."""
        return between(self.cuts, len(self.text))

    def clause(self, number: Numeral) -> tuple[int, int]:
        """Where the number's own clause begins and ends."""
        return around(self.cuts, number.start, number.end, len(self.text))

    def way(self, number: Numeral) -> tuple[Mention, Mention] | tuple[None, None]:
        """`19% from run 1 to run 2`: from which run a change goes, and to which."""
        for one, two in pairwise(self.mentions):
            starts = one.start >= number.end and says.FROM.fullmatch(self.text[number.end : one.start])
            if starts and says.TO.fullmatch(self.text[one.end : two.start]):
                return one, two
        return None, None

    def listed(self, number: Numeral) -> tuple[int, list[Numeral], str]:
        """The number's place in a list of numbers, the list, and the text before it back to the number before."""
        at = self.numbers.index(number)
        start = end = at
        while start > 0 and says.NUMBERS.match(self.text[self.numbers[start - 1].end : self.numbers[start].start]):
            start -= 1
        while end + 1 < len(self.numbers) and says.NUMBERS.match(
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

    def listed_mentions(self, group: list[Numeral]) -> list[Mention]:
        """As many runs as numbers, in the clause before the list or behind it."""
        told = [each for each in self.mentions if each.end <= group[0].start]
        before = told if len(told) < 3 or not told[-1].target else [each for each in told if not each.target]
        after = [each for each in self.mentions if each.start >= group[-1].end]
        for found in (before[-len(group) :], after[: len(group)]):
            if len(found) == len(group) and self.are_joined(found):
                return found
        rows = [before[at : at + len(group)] for at in range(len(before) - len(group) + 1)]
        rows = [row for row in rows if self.are_joined(row)]  # `INT4 and KIVI halve the memory of FP16: …`
        return rows[0] if len(rows) == 1 else []

    def are_joined(self, found: Sequence[Mention]) -> bool:
        return all(says.LIST.match(self.text[a.end : b.start]) for a, b in pairwise(found))

    def group(self, one: Mention, among: Sequence[Mention]) -> tuple[frozenset[str], str]:
        """`run 2 and run 3`: both."""
        runs = set(one.runs)
        at = among.index(one)
        while at > 0 and says.LIST.match(self.text[among[at - 1].end : among[at].start]):
            at -= 1
            runs |= among[at].runs
        return frozenset(runs), self.said(one)

    def said(self, mention: Mention) -> str:
        return self.text[mention.start : mention.end]
