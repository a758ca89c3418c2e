"""A sentence with what it holds: its numbers, the runs that it names, its clauses, its lists; of which metric a number is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from agent.drafts.naming import beside, says
from agent.drafts.naming.context import Context, Names
from agent.drafts.naming.data_sets import Named, in_place
from agent.drafts.naming.in_step import in_step
from agent.drafts.naming.likeness import root_of
from agent.drafts.naming.mention import Mention
from agent.drafts.naming.pieces import before_its_name, but_of_what, of_millions, without_numbers
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import Numeral, numerals
from agent.proofreading.sentences.clauses import around, between


@dataclass(frozen=True)
class Sentence:
    """`before` is what the sentence before it in its paragraph named."""

    names: Names
    text: str
    before: Context = field(default_factory=Context)

    @cached_property
    def _in_step(self) -> tuple[tuple[Numeral, ...], dict[int, int]]:
        return in_step(self.text, tuple(numerals(self.text)), [(each.start, each.end) for each in self.mentions])

    @property
    def numbers(self) -> tuple[Numeral, ...]:
        return self._in_step[0]

    def goes_on_from(self, number: Numeral) -> Numeral | None:
        """The number whose clause has the verb of this one's: the 5.0 of `A gains 5.0 points, B 2.1`."""
        start = self._in_step[1].get(number.start)
        return next((one for one in self.numbers if one.start == start), None)

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        return self.names.runs.mentions(self.text)

    @cached_property
    def cuts(self) -> list[tuple[int, int]]:
        spans = [(each.start, each.end) for each in self.mentions]
        spans += [(one.start, one.end) for one in self.numbers if "," in one.shown]  # 1,450 is one number
        return says.CUT.cuts(self.text, spans)

    @cached_property
    def unnamed(self) -> str:
        """The text with blanks for the runs that it names: PGD-AT is no PGD-20."""
        text = self.text
        for each in self.mentions:
            end = each.end
            own = self.names.likeness.words_of(each.runs) if len(each.runs) == 1 else frozenset[str]()
            while (word := says.NEXT_WORD.match(text, end)) and root_of(word.group().strip()) in own:
                end = word.end()
            text = text[: each.start] + " " * (end - each.start) + text[end:]
        return text

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
        told = [one for one in self.numbers if not beside.is_in_a_name(self.text, self.mentions, one)]
        means = [one for one in told if not says.SPREAD.search(self.text[: one.start])]
        numbers = means if number in means else list(self.numbers)  # `0.94 ± 0.01 and 0.93 ± 0.02`: two of each
        start = end = at = numbers.index(number)
        while start > 0 and self._are_listed(numbers[start - 1], numbers[start]):
            start -= 1
        while end + 1 < len(numbers) and self._are_listed(numbers[end], numbers[end + 1]):
            end += 1
        inside = [(each.start, each.end) for each in self.mentions]
        ends = [one.end for one in numbers[:start] if not any(a <= one.start < b for a, b in inside)]
        return at - start, numbers[start : end + 1], self.text[max(ends, default=0) : numbers[start].start]

    def _are_listed(self, one: Numeral, two: Numeral) -> bool:
        return says.NUMBERS.match(says.ITS_SPREAD.sub("", self.text[one.end : two.start])) is not None

    @cached_property
    def _rows(self) -> list[list[Named]]:
        return self.names.sets.rows(self.text)

    def set_of(self, number: Numeral) -> str:
        """The data set in the number's place, where as many are listed as numbers; empty where none is."""
        place, group, _ = self.listed(number)
        return in_place(self._rows, len(group), place, group[0].start) if self._rows else ""

    def of_its_set(self, metrics: frozenset[Key], number: Numeral) -> frozenset[Key]:
        """`0.97, 1.01 and 1.44 on text8, enwik8 and Shakespeare`: of these metrics those of the data set in the number's place."""
        name = self.set_of(number)
        own = (
            frozenset(key for key in self.names.metrics.widened(metrics) if name in key.qualifiers) if name else metrics
        )
        return own or metrics

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
        return rows[0] if len(rows) == 1 else self._each_with_its_own(told, group)

    def _each_with_its_own(self, told: list[Mention], group: list[Numeral]) -> list[Mention]:
        """`A reaches 91% and B 92%, with losses of 0.41 and 0.31`: as many runs as numbers, each of which had one before; none between."""
        ends = [*(each.start for each in told[1:]), group[0].start] if told else []
        rest = list(zip(told, ends, strict=True))
        spoken = all(any(each.end <= one.start < end for one in self.numbers) for each, end in rest)
        apart = len({each.runs for each in told}) == len(told) == len(group) and not any(each.target for each in told)
        return told if apart and spoken and "," in self.text[told[-1].end : group[0].start] else []

    def are_joined(self, found: Sequence[Mention]) -> bool:
        between = ((self.text[a.end : b.start], cuts_across(a.runs, b.runs)) for a, b in pairwise(found))
        return all(says.LIST.match(text) and not across for text, across in between)

    def group(self, one: Mention, among: Sequence[Mention]) -> tuple[frozenset[str], str]:
        """`run 2 and run 3`: both."""
        runs = set(one.runs)
        at = among.index(one)
        while (
            at > 0
            and (one.target or not among[at - 1].target)
            and says.LIST.match(self.text[among[at - 1].end : among[at].start])
            and not cuts_across(among[at - 1].runs, one.runs)
        ):
            at -= 1
            runs |= among[at].runs
        return frozenset(runs), self.said(one)

    @cached_property
    def like(self) -> list[tuple[int, int, frozenset[str]]]:
        """Where words stand that are like the names of runs and name none: the `chunking` of "chunked attention"."""
        return [(start, end, runs) for start, end, runs in self._alike if not self._is_of_a_key(start, end)]

    @cached_property
    def like_any(self) -> list[frozenset[str]]:
        """The same runs, and those that words of a setting's or a metric's name are like."""
        return [runs for _, _, runs in self._alike]

    @cached_property
    def _alike(self) -> list[tuple[int, int, frozenset[str]]]:
        found: list[tuple[int, int, frozenset[str]]] = []
        group: list[re.Match[str]] = []
        for match in [*says.WORDS.finditer(self.unnamed), None]:
            if group and (match is None or not says.NEXT.fullmatch(self.unnamed[group[-1].end() : match.start()])):
                start, end = group[0].start(), group[-1].end()
                runs = self.names.likeness.like(root_of(each.group()) for each in group)
                if runs:
                    found.append((start, end, runs))
                group = []
            if match is not None and root_of(match.group()) in self.names.likeness.known:
                group.append(match)
        return found

    def _is_of_a_key(self, start: int, end: int) -> bool:
        """Whether text[start:end] is part of the name of a setting or a metric: the chunk of `chunk size`, `dropout 0.1`."""
        told = self.unnamed[start:end] + (match.group() if (match := says.NEXT_WORD.match(self.unnamed, end)) else "")
        valued = says.ITS_VALUE.match(self.text, end) or not says.AS_A_RUN.search(self.text[:start])
        return bool(self.names.metrics.named(told) or (valued and self.names.settings.named(told)))

    def said(self, mention: Mention) -> str:
        return self.text[mention.start : mention.end]


def cuts_across(place: frozenset[str], runs: frozenset[str]) -> bool:
    """`At batch size 32, INT8 gains …`: the first is no second subject, it says which runs of the second are meant."""
    shared = place & runs
    return bool(shared) and shared != place and shared != runs


def metrics_of(at: Sentence, number: Numeral, left: int, right: int) -> tuple[frozenset[Key], bool]:
    """The metrics of a number, by the words beside it, of its clause, of others or of the sentence before; whether they are near."""
    if parallel := _parallel(at, number):
        return parallel, True

    def named(text: str, blank: str = "") -> frozenset[Key]:
        found = at.names.metrics.named(blank) if blank else frozenset[Key]()
        return found or (frozenset() if says.WORDS.search(blank) else at.names.told(text))

    bare = at.unnamed
    others = [each for each in at.numbers if not says.IN_NAME.search(at.text[: each.start])]
    start = max((each.end for each in others if each.end <= number.start and each.end >= left), default=left)
    end = min((each.start for each in others if each.start >= number.end and each.start <= right), default=right)
    after = next((one for one in at.numbers if one.start >= number.end), number)
    held = says.HELD_AGAINST.fullmatch(at.text[number.end : after.start])  # `0.468 against 0.471 bpp`: both
    unit = says.UNIT.match(at.text, number.end) or (says.UNIT.match(at.text, after.end) if held else None)
    behind = says.IN_BRACKET.match(at.text, number.end)
    if (ahead := before_its_name(at.text, start, number)) and (found := at.names.metrics.named(ahead)):
        return found, True
    for text, blank in (
        (unit[1].lower() if unit else of_millions(at.text, number), ""),
        (at.text[start : number.start], bare[start : number.start]),
        (but_of_what(at.text, number, number.end, end), but_of_what(bare, number, number.end, end)),
        (without_numbers(behind[1]) if behind else "", ""),
    ):
        if found := at.names.metrics.named(blank):
            return found, True
        if not blank and (found := at.names.told(text)):
            return found, True
    clause = without_numbers(but_of_what(bare, number, left, right))
    if found := named(without_numbers(but_of_what(at.text, number, left, right)), clause):
        return found, True
    if found := by_what_is_counted(at, number, right):
        return found, True
    pieces = at.pieces
    for a, b in [piece for piece in reversed(pieces) if piece[1] <= left] + [p for p in pieces if p[0] >= right]:
        counted = (each for each in at.numbers if a <= each.start < b)
        if found := named(without_numbers(at.text[a:b]), without_numbers(bare[a:b])) or next(
            (keys for each in counted if (keys := by_what_is_counted(at, each, b))), frozenset()
        ):
            return found, False
    if (number.factor or number.percent) and (of_unit := at.names.metrics.of_unit(at.text[left:right])):
        return of_unit, True
    rare = at.names.metrics.by_a_rare_word(without_numbers(bare[left:right]))
    return rare or (at.before.metrics | at.before.leading), False


def by_what_is_counted(at: Sentence, number: Numeral, right: int) -> frozenset[Key]:
    """`after 1,450 steps`, `18% of the passkeys`: by the noun behind a number, which is a part of a metric's name."""
    noun = says.NOUN.match(at.text[:right], number.end)
    if number.percent and (whole := says.OF_WHAT.match(at.text, number.end)):
        return at.names.metrics.partly(whole[0].split()[-1])
    return at.names.metrics.partly(noun[1]) if noun else frozenset()


def _parallel(at: Sentence, number: Numeral) -> frozenset[Key]:
    """`accuracy and F1 of 0.91 and 0.88`: the second of two is of the second of two."""
    place, group, text = at.listed(number)
    if len(group) < 2:
        return frozenset()
    text = says.UNIT_BEFORE.sub("", text)  # of the number before
    if any(one.end <= group[0].start for one in at.numbers) and says.ITS_NOUN.match(text):
        text = text.partition(",")[2]  # `92.2% test accuracy, with a loss of …`
    parts = [found for part in says.AND.split(text) if (found := at.names.metrics.named(part))]
    return parts[-len(group) :][place] if len(parts) == len(group) else frozenset()
