"""Reads a sentence: for each of its numbers, the metrics, runs and settings that its clause names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from agent.drafts.naming import brackets, says
from agent.drafts.naming.context import Context, Names
from agent.drafts.naming.pieces import but_of_what, without_numbers
from agent.drafts.naming.run_names import Mention
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import Numeral, numerals
from agent.proofreading.clauses import around, between


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
        return says.CUT.cuts(self.text, ((each.start, each.end) for each in self.mentions))

    def clause(self, number: Numeral) -> tuple[int, int]:
        """Where the number's own clause begins and ends."""
        return around(self._cuts, number.start, number.end, len(self.text))

    def context(self, number: Numeral) -> Context:
        """What this number of the sentence must be of."""
        left, right = self.clause(number)
        metrics, near = self._metrics(number, left, right)
        metrics = metrics if near else self.names.metrics.widened(metrics)  # of which data set its own clause says
        of_all = len(self._listed(number)[1]) > 1 and says.ALL_OF.search(self.text)
        metrics = self.names.metrics.narrowed(metrics, self.text[left:right], "" if of_all else self.text)
        came, went = self._way(number)
        runs, called = (went.runs, self._said(went)) if went else self._runs(number, left, right)
        runs = self._crossed(runs, left, right)
        clause = self.text[left:right]
        targets = self._crossed(
            frozenset(run for each in self.mentions for run in each.runs if each.target), left, right
        )
        return Context(
            metrics=metrics,
            runs=runs,
            settings=self._settings(number, left, right),
            others=came.runs
            if came
            else targets
            or (frozenset(run for each in self.mentions for run in each.runs) - runs if runs else frozenset()),
            near=near,
            words=clause,
            sentence=self.text,
            called=called,
        )

    def _way(self, number: Numeral) -> tuple[Mention, Mention] | tuple[None, None]:
        """`19% from run 1 to run 2`: from which run a change goes, and to which."""
        for one, two in pairwise(self.mentions):
            starts = one.start >= number.end and says.FROM.fullmatch(self.text[number.end : one.start])
            if starts and says.TO.fullmatch(self.text[one.end : two.start]):
                return one, two
        return None, None

    def percents(self, number: Numeral) -> bool:
        """Whether a number stands in a list of percentages: `91.1 and 92.8%`."""
        return any(one.percent for one in self._listed(number)[1])

    def whole(self) -> Context:
        """What the sentence names as a whole, for the one after it."""
        subject = next((each for each in self.mentions if not each.target), None)
        metrics = self.names.metrics.widened(self.names.metrics.named(without_numbers(self.text)))
        return Context(
            metrics or self.before.metrics, subject.runs if subject else self.before.runs, headed=self.before.headed
        )

    def _metrics(self, number: Numeral, left: int, right: int) -> tuple[frozenset[Key], bool]:
        if parallel := self._parallel_metrics(number):
            return parallel, True
        named = self.names.metrics.named
        others = [each for each in self.numbers if not says.IN_NAME.search(self.text[: each.start])]
        start = max((each.end for each in others if each.end <= number.start and each.end >= left), default=left)
        end = min((each.start for each in others if each.start >= number.end and each.start <= right), default=right)
        unit = says.UNIT.match(self.text, number.end)
        behind = says.IN_BRACKET.match(self.text, number.end)
        for text in (
            unit[1].lower() if unit else "",
            self.text[start : number.start],
            but_of_what(self.text, number, number.end, end),
            without_numbers(behind[1]) if behind else "",
        ):
            if found := named(text):
                return found, True
        if found := named(without_numbers(but_of_what(self.text, number, left, right))):
            return found, True
        if found := self._by_what_is_counted(number, right):
            return found, True
        pieces = between(self._cuts, len(self.text))
        for a, b in [piece for piece in reversed(pieces) if piece[1] <= left] + [p for p in pieces if p[0] >= right]:
            counted = (each for each in self.numbers if a <= each.start < b)
            if found := named(without_numbers(self.text[a:b])) or next(
                (keys for each in counted if (keys := self._by_what_is_counted(each, b))), frozenset()
            ):
                return found, False
        return self.before.metrics | self.before.leading, False

    def _by_what_is_counted(self, number: Numeral, right: int) -> frozenset[Key]:
        """`after 1,450 steps`, `18% of the passkeys`: by the noun behind a number, which is a part of a metric's name."""
        noun = says.NOUN.match(self.text[:right], number.end)
        if number.percent and (whole := says.OF_WHAT.match(self.text, number.end)):
            return self.names.metrics.partly(whole[0].split()[-1])
        return self.names.metrics.partly(noun[1]) if noun else frozenset()

    def _parallel_metrics(self, number: Numeral) -> frozenset[Key]:
        """`accuracy and F1 of 0.91 and 0.88`: the second of two is of the second of two."""
        place, group, text = self._listed(number)
        if len(group) < 2:
            return frozenset()
        parts = [found for part in says.AND.split(text) if (found := self.names.metrics.named(part))]
        return parts[-len(group) :][place] if len(parts) == len(group) else frozenset()

    def _listed(self, number: Numeral) -> tuple[int, list[Numeral], str]:
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

    def _runs(self, number: Numeral, left: int, right: int) -> tuple[frozenset[str], str]:
        place, group, _ = self._listed(number)
        if len(group) > 1 and (listed := self._listed_mentions(group)):
            return listed[place].runs, self._said(listed[place])
        inside = [each for each in self.mentions if left <= each.start and each.end <= right]
        if inside and all(each.target for each in inside) and says.LEADS_AGAINST.match(self.text):
            before = [each.end for each in inside if each.end <= number.start]
            if not before or says.MOVED.search(self.text[before[-1] : number.start]):
                return self._but(inside)
        if inside:
            return self._of_clause(inside, number)
        if which := self._before_which(left):
            return which.runs, self._said(which)
        if behind := next(
            (each for each in self.mentions if says.BRACKET.fullmatch(self.text[number.end : each.start])), None
        ):
            return behind.runs, self._said(behind)
        if brackets.compares(self.text, self.mentions, number):
            return frozenset(), ""
        if bracketed := brackets.before(self.text, self.mentions, self.numbers, left):
            return bracketed.runs, self._said(bracketed)
        if says.AFTER_TARGET.search(self.text[: number.start]):
            return frozenset(), ""
        if self._of_another(left):
            return frozenset(), ""
        earlier = [each for each in self.mentions if each.end <= left and not each.target]
        earlier = [each for each in earlier if not brackets.is_aside(self.text, each, left)] or earlier
        if earlier:
            subjects = [
                each
                for each in earlier
                if ("," in self._said(each) or not says.OBJECT.search(self.text[: each.start]))
                and not says.OWNS.match(self.text, each.end)
            ]
            runs, called = self._group((subjects or earlier)[-1], earlier)
            turned = runs <= self.names.runs.baseline and says.TURNED.search(self.text[: number.start])
            return (frozenset(), "") if turned else (runs, called)
        return self._implied(right)

    def _before_which(self, left: int) -> Mention | None:
        """`than the baseline, which takes 4,310`: of the run right before the pronoun, whatever it is there for."""
        which = says.WHICH.search(self.text[:left])
        return next((each for each in self.mentions if which and each.end == which.start()), None)

    def _but(self, targets: Sequence[Mention]) -> tuple[frozenset[str], str]:
        """`Against the baseline it falls by 12%`: who is spoken of since the sentence before, else all others."""
        against = frozenset(run for each in targets for run in each.runs)
        return (self.before.runs - against) or (self.names.runs.all - against), "what is compared"

    def _of_another(self, left: int) -> bool:
        """`beats Adam's best, 0.93` and `the smoothed network (0.04)`: what stands right before is no subject that is known."""
        cut = max((end for _, end in self._cuts if end < left), default=0)
        piece = self.text[cut:left]
        inside = [each for each in self.mentions if cut <= each.start and each.end <= left]
        if inside:
            return all(each.target for each in inside) and piece.rstrip().endswith(",")
        return piece.rstrip().endswith("(") and says.THING.search(piece) is not None

    def _crossed(self, runs: frozenset[str], left: int, right: int) -> frozenset[str]:
        """`on CIFAR, the CNN`: where one name is of several runs and another cuts across them, both together are meant."""
        inside = [each for each in self.mentions if left <= each.start and each.end <= right]
        outside = [each for each in self.mentions if each not in inside]
        for each in (*inside, *reversed(outside)):
            shared = runs & each.runs
            if shared and shared != runs and shared != each.runs and not each.target:
                runs = shared
        return runs

    def _implied(self, right: int) -> tuple[frozenset[str], str]:
        """`While reaching 0.9, our method …`; `… by 12% compared with the baseline`: the subject is not the baseline."""
        later = [each for each in self.mentions if each.start >= right and not each.target]
        if later and says.LEADS.match(self.text):
            return later[0].runs, self._said(later[0])
        if says.GOES_ON.match(self.text) and self.before.runs and all(each.target for each in self.mentions):
            return self.before.runs, "the sentence before"
        targets = frozenset(run for each in self.mentions if each.target for run in each.runs)
        if targets and targets <= self.names.runs.baseline and all(each.target for each in self.mentions):
            return self.names.runs.all - targets, "what is compared"
        return self.before.headed, "the heading"

    def _of_clause(self, inside: list[Mention], number: Numeral) -> tuple[frozenset[str], str]:
        if owner := [each for each in inside if says.OWNED.fullmatch(self.text[each.end : number.start])]:
            return self._group(owner[-1], list(self.mentions))
        for each in inside:  # "0.143 for the baseline" is the baseline's, whatever it is compared with
            if each.start >= number.end and says.JOINED.fullmatch(self.text[number.end : each.start]):
                return self._group(each, list(self.mentions))
        plain = [each for each in inside if not each.target] or inside
        before = [each for each in plain if each.end <= number.start]
        nearest = before[-1] if before else plain[0]
        if says.MOVED.search(self.text[nearest.end : number.start]) and says.OBJECT.search(self.text[: nearest.start]):
            nearest = before[0] if before else nearest  # `A lowers the error of B by 12%` is of A
        if nearest.target and (
            first := [each for each in self.mentions if not each.target and each.end <= nearest.start]
        ):
            nearest = first[-1]
        return self._group(nearest, list(self.mentions))

    def _group(self, one: Mention, among: Sequence[Mention]) -> tuple[frozenset[str], str]:
        """`run 2 and run 3`: both."""
        runs = set(one.runs)
        at = among.index(one)
        while at > 0 and says.LIST.match(self.text[among[at - 1].end : among[at].start]):
            at -= 1
            runs |= among[at].runs
        return frozenset(runs), self._said(one)

    def _listed_mentions(self, group: list[Numeral]) -> list[Mention]:
        """As many runs as numbers, in the clause before the list or behind it."""
        told = [each for each in self.mentions if each.end <= group[0].start]
        before = told if len(told) < 3 or not told[-1].target else [each for each in told if not each.target]
        after = [each for each in self.mentions if each.start >= group[-1].end]
        for found in (before[-len(group) :], after[: len(group)]):
            if len(found) == len(group) and self._are_joined(found):
                return found
        rows = [before[at : at + len(group)] for at in range(len(before) - len(group) + 1)]
        rows = [row for row in rows if self._are_joined(row)]  # `INT4 and KIVI halve the memory of FP16: …`
        return rows[0] if len(rows) == 1 else []

    def _are_joined(self, found: Sequence[Mention]) -> bool:
        return all(says.LIST.match(self.text[a.end : b.start]) for a, b in pairwise(found))

    def _settings(self, number: Numeral, left: int, right: int) -> frozenset[Key]:
        named = self.names.settings.named
        start = max((each.end for each in self.numbers if left <= each.end <= number.start), default=left)
        end = min((each.start for each in self.numbers if number.end <= each.start <= right), default=right)
        found = named(self.text[start : number.start]) | named(self.text[number.end : end])
        around = (self.text[:left][-60:], self.text[right:][:40])
        return found or next((near for part in around if (near := named(without_numbers(part)))), frozenset())

    def _said(self, mention: Mention) -> str:
        return self.text[mention.start : mention.end]
