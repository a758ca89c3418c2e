"""Reads a sentence: for each of its numbers, the metrics, runs and settings that its clause names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from agent.drafts.naming import beside, brackets, says
from agent.drafts.naming.context import Context
from agent.drafts.naming.mention import Mention
from agent.drafts.naming.pieces import without_numbers
from agent.drafts.naming.sentence import Sentence, cuts_across, metrics_of
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import Numeral


@dataclass(frozen=True)
class Reader(Sentence):
    """Reads a sentence."""

    def context(self, number: Numeral) -> Context:
        """What this number of the sentence must be of."""
        left, right = self.clause(number)
        if of_it := brackets.says_again(self.text, self.numbers, number):
            before = self.context(of_it)  # `588 points above TD3 (+14.7%)`
            return replace(before, words=f"{before.words} {self.text[left:right]}", sentence=self.text)
        metrics, near = metrics_of(self, number, left, right)
        if not near and (origin := self.goes_on_from(number)):
            metrics, near = metrics_of(self, origin, *self.clause(origin))
        metrics = metrics if near else self.names.metrics.widened(metrics)  # of which data set its own clause says
        of_all = len(self.listed(number)[1]) > 1 and says.ALL_OF.search(self.text)
        metrics = self.names.metrics.narrowed(metrics, self.text[left:right], "" if of_all else self.text)
        sets = self.names.metrics.of_sets
        if not near and (own := sets(self.text[left:right]) or sets(self.text[:left])):
            kinds = {key.kind for key in metrics}
            metrics = (
                (metrics & own) or frozenset(key for key in own if key.kind in kinds) or own
            )  # `by 2.5 points on SST-2`
        metrics = self.of_its_set(metrics or self.names.metrics.of_sets(self.text), number)
        came, went = self.way(number)
        runs, called = (went.runs, self.said(went)) if went else self._runs(number, left, right)
        runs = beside.on_the_way(self.text, self.mentions, number, runs)
        runs = self._gone_on(self.crossed(runs, left, right, number), number)
        clause = self.text[left:right]
        if origin := self.goes_on_from(number):
            start, end = self.clause(origin)
            clause = f"{self.text[start:end]} {clause}"
        targets = self.crossed(
            frozenset(run for each in self.mentions for run in each.runs if each.target), left, right, number
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
            main=self.before.main,
            between=self._between(),
            targets=targets - runs,
            before=(self.before.runs | self.before.others) - runs,
        )

    def _gone_on(self, runs: frozenset[str], number: Numeral) -> frozenset[str]:
        """`Training takes 2.6 times as long on CIFAR`: where only places are named, of whom the sentence before spoke."""
        places = all(len(each.runs) > 1 and says.PLACE.search(self.text[: each.start]) for each in self.mentions)
        moved = says.MOVED.search(self.text) and not says.FROM_OR_TO.search(self.text[: number.start])
        goes_on = says.IT.match(self.text) or says.GOES_ON.match(self.text) or number.factor or moved
        shared = runs & self.before.runs
        return shared if self.mentions and places and goes_on and shared else runs

    def _between(self) -> tuple[frozenset[Key], ...]:
        """The two metrics of `the gap between A and B`, where both are named."""
        told = says.BETWEEN.search(self.text) or says.ONE_THAN_OTHER.search(self.text)
        if told is None:
            return ()
        second = self.names.metrics.named(told[2])
        first = (
            self.names.metrics.named(told[1]) or self.names.metrics.named(f"{told[1]} {told[2].split()[-1]}") - second
        )
        return (first, second) if first and second else ()

    def percents(self, number: Numeral) -> bool:
        """Whether a number stands in a list of percentages: `91.1 and 92.8%`."""
        return any(one.percent for one in self.listed(number)[1])

    def whole(self) -> Context:
        """What the sentence names as a whole, for the one after it."""
        subject = next((each for each in self.mentions if not each.target), None)
        metrics = self.names.metrics.widened(self.names.told(without_numbers(self.text)))
        runs = subject.runs if subject else self.before.runs
        for each in self.mentions if subject and says.PLACE.search(self.text[: subject.start]) else ():
            if cuts_across(runs, each.runs) and not each.target:
                runs &= each.runs  # `At 16k units, A …` speaks of A at 16k
        return Context(
            metrics or self.before.metrics,
            runs,
            others=frozenset(run for each in self.mentions for run in each.runs) - runs
            if subject
            else self.before.others,
            headed=self.before.headed,
            placed=self.before.placed,
            main=self.before.main,
            stale=self.before.stale and not metrics,
        )

    def _runs(self, number: Numeral, left: int, right: int) -> tuple[frozenset[str], str]:
        place, group, _ = self.listed(number)
        if len(group) > 1 and (listed := self.listed_mentions(group)):
            return listed[place].runs, self.said(listed[place])
        behind = beside.owner_of_all(self.text, self.mentions, group) if len(group) > 1 else None
        if owner := behind or beside.owner(self.text, self.mentions, number):
            return owner.runs, self.said(owner)
        since = self.before.runs | self.names.runs.baseline
        if arrow := beside.of_arrow(self.text, self.mentions, number, since):
            return arrow, "what the arrow goes from or to"
        inside = [each for each in self.mentions if left <= each.start and each.end <= right]
        if inside and all(each.target for each in inside) and says.LEADS_AGAINST.match(self.text):
            before = [each.end for each in inside if each.end <= number.start]
            if not before or says.MOVED.search(self.text[before[-1] : number.start]):
                return self._but(inside)
        if inside:
            return self._of_clause(inside, number)
        if len(like := [runs for start, end, runs in self.like if left <= start and end <= right]) == 1:
            return like[0], "words like its name"
        if which := self._before_which(left):
            return which.runs, self.said(which)
        bracketed = (each for each in self.mentions if says.BRACKET.fullmatch(self.text[number.end : each.start]))
        if behind := next((each for each in bracketed if not brackets.has_its_own(self.text, each)), None):
            return behind.runs, self.said(behind)
        if brackets.compares(self.text, self.mentions, number):
            return frozenset(), ""
        if opened := brackets.before(self.text, self.mentions, self.numbers, left):
            return opened.runs, self.said(opened)
        if says.AFTER_TARGET.search(self.text[: group[0].start]):
            return frozenset(), ""
        if self._of_another(left):
            return frozenset(), ""
        earlier = self._earlier(left)
        if earlier:
            subjects = [
                each
                for each in earlier
                if ("," in self.said(each) or not says.OBJECT.search(self.text[: each.start]))
                and not says.OWNS.match(self.text, each.end)
            ]
            whose = (subjects or earlier)[-1]
            runs, called = self.group(whose, earlier)
            aside = says.OBJECT.search(self.text[: whose.start]) or brackets.is_aside(self.text, whose, left)
            changed = aside and says.FROM_A_TO.search(self.text[: number.start])
            turned = changed or (runs <= self.names.runs.baseline and says.TURNED.search(self.text[: number.start]))
            return (frozenset(), "") if turned else (runs, called)
        return self._implied(number, left, right)

    def _earlier(self, left: int) -> list[Mention]:
        """The runs before text[left], without those whose bracket is closed: a bracket that tells its own value never counts."""
        told = [each for each in self.mentions if each.end <= left and not each.target]
        told = [
            each for each in told if ")" not in self.text[each.end : left] or not brackets.has_its_own(self.text, each)
        ]
        return [each for each in told if not brackets.is_aside(self.text, each, left)] or told

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
        cut = max((end for _, end in self.cuts if end < left), default=0)
        piece = self.text[cut:left]
        inside = [each for each in self.mentions if cut <= each.start and each.end <= left]
        if inside:
            return all(each.target for each in inside) and piece.rstrip().endswith(",")
        return piece.rstrip().endswith("(") and says.THING.search(piece) is not None

    def crossed(self, runs: frozenset[str], left: int, right: int, number: Numeral) -> frozenset[str]:
        """`on CIFAR, the CNN`: where one name is of several runs and another cuts across them, both together are meant."""
        if placed := self._placed_in_order(runs, left, number):
            return placed
        inside = [each for each in self.mentions if left <= each.start and each.end <= right]
        behind = min((one.start for one in self.numbers if one.start >= right), default=len(self.text))
        outside = [each for each in self.mentions if each not in inside and each.start < behind]
        outside = [each for each in outside if each.end <= left or ";" not in self.text[right - 1 : each.start + 1]]
        for each in (*inside, *reversed(outside)):
            shared = runs & each.runs
            if shared and shared != runs and shared != each.runs and not each.target:
                runs = shared
        return (runs & self.before.placed) or runs

    def _placed_in_order(self, runs: frozenset[str], left: int, number: Numeral) -> frozenset[str]:
        """`A reaches 94% on pets and 76% on cars, and B 95% and 77%`: the places in the order in which they were named."""
        place, group, _ = self.listed(number)
        places = [each for each in self.mentions if each.end <= left and runs & each.runs and not runs <= each.runs]
        later = any(each.start >= group[-1].end and runs & each.runs for each in self.mentions)
        if len(group) < 2 or len(places) != len(group) or later:
            return frozenset()
        apart = not any(one.runs & two.runs for one, two in pairwise(places))
        return runs & places[place].runs if apart else frozenset()

    def _implied(self, number: Numeral, left: int, right: int) -> tuple[frozenset[str], str]:
        """`While reaching 0.9, our method …`; `… by 12% compared with the baseline`: the subject is not the baseline."""
        if says.LEADS.match(self.text) and (like_it := [each for _, end, each in self.like if end <= left]):
            return like_it[-1], "words like its name"
        later = [each for each in self.mentions if each.start >= right and not each.target]
        if later and says.LEADS.match(self.text) and not says.COMPARED.search(self.text[right - 1 : later[0].start]):
            return later[0].runs, self.said(later[0])
        goes_on = says.GOES_ON.match(self.text) or (not self.mentions and says.IT.match(self.text))
        given = says.FROM_OR_TO.search(self.text[: number.start])
        moves = not self.mentions and says.MOVED.search(self.text) and not given
        behind = says.GOES_ON.match(self.text) and all(each.start >= right for each in self.mentions)
        if self.before.runs and (behind or ((goes_on or moves) and all(each.target for each in self.mentions))):
            return self.before.runs, "the sentence before"
        targets = frozenset(run for each in self.mentions if each.target for run in each.runs)
        if targets and targets <= self.names.runs.baseline and all(each.target for each in self.mentions):
            return self.names.runs.all - targets, "what is compared"
        return self.before.headed, "the heading"

    def _of_clause(self, inside: list[Mention], number: Numeral) -> tuple[frozenset[str], str]:
        if owner := [each for each in inside if says.OWNED.fullmatch(self.text[each.end : number.start])]:
            return self.group(owner[-1], list(self.mentions))
        told = [each for each in inside if self.text[each.end : number.start].strip() == "at"]
        if told and any(one.end <= told[-1].start for one in self.numbers):
            return told[-1].runs, self.said(told[-1])  # `at 76.3%, ahead of B at 75.2%`
        for each in inside:  # "0.143 for the baseline" is the baseline's, whatever it is compared with
            if each.start >= number.end and says.JOINED.fullmatch(self.text[number.end : each.start]):
                return self.group(each, list(self.mentions))
        plain = [each for each in inside if not each.target] or inside
        before = [each for each in plain if each.end <= number.start]
        nearest = before[-1] if before else plain[0]
        if says.MOVED.search(self.text[nearest.end : number.start]) and says.OBJECT.search(self.text[: nearest.start]):
            nearest = before[0] if before else nearest  # `A lowers the error of B by 12%` is of A
        if nearest.target and (
            first := [each for each in self.mentions if not each.target and each.end <= nearest.start]
        ):
            nearest = first[-1]
        return self.group(nearest, list(self.mentions))

    def _settings(self, number: Numeral, left: int, right: int) -> frozenset[Key]:
        named = self.names.settings.named
        start = max((each.end for each in self.numbers if left <= each.end <= number.start), default=left)
        end = min((each.start for each in self.numbers if number.end <= each.start <= right), default=right)
        found = named(self.text[start : number.start]) | named(self.text[number.end : end])
        around = (self.text[:left][-60:], self.text[right:][:40])
        near = next((near for part in around if (near := named(without_numbers(part)))), frozenset[Key]())
        widened = self.names.settings.widened(near)  # `a rate of 0.1 on pets and 0.05 on cars`
        return found or self.names.settings.narrowed(widened, self.text[left:right]) or near
