"""Differences, ratios and percent changes: which two values a printed change is of, read in one way after the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from agent.drafts.judging.averages import Derived, mean, mean_over_family, mean_over_sets
from agent.drafts.judging.bases import only_the_baseline
from agent.drafts.judging.fitting import FEW, among, is_in_points
from agent.drafts.judging.movement import MEAN, NOUN, is_only_a_change
from agent.drafts.judging.opposites import opposite_of
from agent.drafts.judging.pairs import (
    Pair,
    across_sets,
    as_printed,
    between_metrics,
    left_over,
    of_families,
    of_means,
    of_two,
    pairs_of,
    turned,
)
from agent.drafts.naming.context import Context
from agent.drafts.records.pool import Found, Values
from agent.drafts.text.numerals import Numeral

_ACROSS = 40
_MISTAKES = re.compile(r"\b(?:mistakes?|errors?|error rates?|misclassif\w+|one minus|wrong)\b", re.IGNORECASE)
"""What says that a change is of what a share leaves over."""
_FURTHER = re.compile(
    r"\b(?:another|(?:a )?further|additional(?:ly)?|an extra|on top)\s+(?:by\s+|of\s+)?[-+−]?\Z", re.IGNORECASE
)
"""What says that a change goes on from whom was spoken of before."""


@dataclass(frozen=True)
class _Asked:
    """A number that may be a change, and what it may be a change of."""

    number: Numeral
    context: Context
    values: Values
    baseline: frozenset[str]
    pairs: tuple[Pair, ...]
    """What the sentence names first."""
    nearby: tuple[Found, ...] = ()
    """The values that stand in the same sentence."""
    printed: bool = False
    """The sentence prints values of several runs, of which it may be the change."""

    def of(self, pairs: list[Pair], context: Context | None = None, strict: bool = False) -> Derived:
        against = self.context.against
        if against:  # whom it is held against stands beside it
            pairs = [pair for pair in pairs if len({pair.subject.run, pair.base.run} & against) == 1]
        elif self.context.parts:
            pairs = [pair for pair in pairs if self._is_told(pair)]
        return among(self.number, context or self.context, pairs, strict)

    def _is_told(self, pair: Pair) -> bool:
        """Whether two runs differ in one thing, or the text says each in which they differ: methods are compared in one place."""
        one, two = pair.subject.run.split("/"), pair.base.run.split("/")
        if len(one) != len(two) or len(one) < 2 or {pair.subject.run, pair.base.run} & self.baseline:
            return True
        apart = [(a, b) for a, b in zip(one, two, strict=True) if a != b]
        switched = [(a, b) for a, b in apart if a.removeprefix("no_") == b.removeprefix("no_")]
        return len(apart) < 2 or all({a, b} <= self.context.parts for a, b in apart if (a, b) not in switched)


def derive(
    number: Numeral, context: Context, values: Values, baseline: frozenset[str], nearby: list[Found], said: bool = True
) -> Derived:
    """The change that a printed number is. `nearby` are the values that stand in the same sentence.

    Where no word says that it is a change (`said`), it must be one of few.
    """
    if itself := _of_the_base_itself(number, context, baseline):
        return itself
    if context.against:
        context = replace(context, others=context.against, targets=context.against)
    plain = not is_only_a_change(number, context.sentence)
    if plain and MEAN.search(context.sentence) and (over := mean_over_family(number, context, values)):
        return over
    if context.runs <= context.others:
        context = replace(context, runs=frozenset())  # `13% below the baseline`: of whom is not said beside it
    further = context.before if _FURTHER.search(context.sentence[: number.start]) else frozenset[str]()
    if further and context.runs and not context.others:
        context, baseline = replace(context, others=further, targets=further), frozenset()
    pairs = pairs_of(context, values, baseline, nearby)
    told_of = {one.run for one in nearby if one.key in context.metrics}
    asked = _Asked(
        number=number,
        context=context,
        values=values,
        baseline=baseline,
        pairs=tuple(pairs),
        nearby=tuple(nearby),
        printed=len(told_of) == 2 and number.factor,
    )
    if found := _of_means(asked) or _gap(asked):
        return found
    if not said and len(asked.pairs) > FEW // 2:
        return Derived()
    told = asked.of(list(asked.pairs))
    against = told.against
    for reading in _READINGS[: None if said else _PLAIN]:
        if told.formula:
            break
        if against and reading in _ONLY_OPEN:
            continue
        if reading in (_turned, _against_any) and only_the_baseline(asked.context, asked.values, asked.baseline):
            continue
        again = reading(asked)
        if again is not None and (again.formula or not told.against):
            told = again
            against = against if reading in _ONLY_OPEN else told.against
    return told


def _of_means(asked: _Asked) -> Derived | None:
    """A mean over runs or data sets, or a change between two, where the sentence speaks of one."""
    context, values = asked.context, asked.values
    if not MEAN.search(context.sentence):
        return None
    found = None
    if not is_only_a_change(asked.number, context.sentence):
        found = (
            mean(asked.number, context, values, asked.baseline)
            or mean_over_sets(asked.number, context, values)
            or mean_over_family(asked.number, context, values)
        )
        if found is None and context.runs:
            found = mean(asked.number, replace(context, metrics=context.main), values)
    over = found or asked.of([*of_means(context, values, asked.baseline), *of_families(context, values)])
    return over if over.formula else None


def _gap(asked: _Asked) -> Derived | None:
    """The difference between two metrics of one run, where the sentence speaks of it."""
    context = asked.context
    if len(context.between) != 2:
        return None
    bare = replace(context, words="points" if is_in_points(asked.number, context) else "", sentence="")
    told = asked.of(list(between_metrics(context, context.between, asked.values)), bare)
    return told if told.formula else None


def _of_mistakes(asked: _Asked) -> Derived | None:
    """`27% fewer mistakes` of an accuracy, `42% fewer dead units` of those alive."""
    context = asked.context
    rest = opposite_of(context.words, asked.values.central)
    if rest and not rest <= context.metrics:
        of_rest = replace(context, metrics=rest)
        told = asked.of(list(left_over(list(pairs_of(of_rest, asked.values, asked.baseline, [])))), of_rest)
        if told.formula:
            return told
    if not _MISTAKES.search(f"{context.words} {context.sentence}"):
        return None
    told = asked.of(list(left_over(list(asked.pairs))))
    if told.formula:
        return told
    accuracies = replace(context, metrics=asked.values.accuracies)  # the error rate is no calibration error
    return asked.of(list(left_over(list(pairs_of(accuracies, asked.values, asked.baseline, [])))), accuracies)


def _of_what_is_printed(asked: _Asked) -> Derived | None:
    """Computed from the rounded values that stand in the sentence."""
    printed = list(as_printed(list(asked.pairs)))
    return asked.of(printed) if printed else None


def _of_two_metrics_printed(asked: _Asked) -> Derived | None:
    """`a training loss of 2.94 and a test loss of 3.33, a gap of 0.39`: two metrics of one run, both of which the sentence prints."""
    context = asked.context
    if asked.number.percent or asked.number.factor or not NOUN.search(context.sentence):
        return None
    bare = replace(context, words="points" if is_in_points(asked.number, context) else "", sentence="")
    pairs = [
        Pair(one, two)
        for at, one in enumerate(asked.nearby)
        for two in asked.nearby[at + 1 :]
        if one.key != two.key and (one.run == two.run or context.runs <= {one.run, two.run})
    ]
    told = asked.of(pairs[:FEW], bare)
    return told if told.formula else None


def _going_on(asked: _Asked) -> Derived | None:
    """`Accuracy falls by 0.6 points`, behind a sentence of two runs."""
    context = asked.context
    if not context.before or context.others:
        return None
    before = replace(context, others=context.before)
    return asked.of(list(pairs_of(before, asked.values, frozenset(), [])), before)


def _turned(asked: _Asked) -> Derived:
    return asked.of([*turned(asked.context, asked.values), *of_two(asked.context, asked.values)])


def _across(asked: _Asked) -> Derived | None:
    across = list(across_sets(asked.context, asked.values)) if asked.context.runs else []
    return asked.of(across) if 0 < len(across) <= _ACROSS else None


def _named(context: Context) -> frozenset[str]:
    """Whom the clause calls besides."""
    return context.hand.clause - context.runs if context.hand and context.runs else frozenset()


def _usual(asked: _Asked) -> Derived | None:
    """Against the baseline: what stands in other clauses is no base of its own."""
    context = asked.context
    if asked.printed or _named(context) or not context.runs or not asked.baseline or context.targets:
        return None
    usual = replace(context, others=frozenset())
    return asked.of(list(pairs_of(usual, asked.values, asked.baseline, [])), usual)


def _against_any(asked: _Asked) -> Derived | None:
    """Against whom the clause calls, else whomever, where that is hardly by chance."""
    context = asked.context
    if asked.printed or (context.targets and context.runs and context.targets != context.runs):
        return None  # whom it is compared with is said
    alone = replace(context, others=_named(context))
    pairs = list(pairs_of(alone, asked.values, frozenset(), []))
    if len(asked.values.records.runs) > FEW and not (context.runs and len(pairs) <= FEW):
        return None
    return asked.of(pairs, alone, strict=True)


_Reading = Callable[[_Asked], "Derived | None"]
_READINGS: tuple[_Reading, ...] = (
    _of_mistakes,
    _of_what_is_printed,
    _of_two_metrics_printed,
    _turned,
    _going_on,
    _across,
    _usual,
    _against_any,
)
_PLAIN = 4
"""As many of them are tried where no word says that a number is a change."""
_ONLY_OPEN: tuple[_Reading, ...] = (_turned, _usual, _against_any)
"""Those that say nothing against a change that fits only the wrong way."""


def _of_the_base_itself(number: Numeral, context: Context, baseline: frozenset[str]) -> Derived | None:
    """The row of the baseline in a column of changes: once itself, or no change at all."""
    own = context.runs and context.runs <= baseline and not context.sentence
    return (
        Derived(formula="the baseline against itself") if own and number.value == (1 if number.factor else 0) else None
    )
