"""Differences, ratios and percent changes: which two values a printed change is of, from which base, in which direction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.drafts.judging.averages import Derived, mean, mean_over_sets
from agent.drafts.judging.movement import DOWN, MEAN, POINTS, SHARE, UP
from agent.drafts.judging.pairs import (
    Pair,
    across_sets,
    as_printed,
    between_metrics,
    left_over,
    of_two,
    pairs_of,
    turned,
)
from agent.drafts.naming.context import Context
from agent.drafts.records.pool import Found, Values
from agent.drafts.text.numerals import Numeral

_MANY = 400
_FEW = 8
"""Pairs among which one that fits only the wrong way is hardly there by chance."""
_BY_CHANCE = 0.6
_MISTAKES = re.compile(r"\b(?:mistakes?|errors?|error rates?|misclassif\w+|one minus|wrong)\b", re.IGNORECASE)
"""What says that a change is of what a share leaves over."""
_COST = re.compile(r"\b(?:costs?|price|expense)\b[^.;,]{0,12}\Z", re.IGNORECASE)


def derive(
    number: Numeral, context: Context, values: Values, baseline: frozenset[str], nearby: list[Found], said: bool = True
) -> Derived:
    """The change that a printed number is. `nearby` are the values that stand in the same sentence.

    Where no word says that it is a change (`said`), it must be one of few.
    """
    if itself := _of_the_base_itself(number, context, baseline):
        return itself
    if context.runs <= context.others:
        context = replace(context, runs=frozenset())  # `13% below the baseline`: of whom is not said beside it
    pairs = list(pairs_of(context, values, baseline, nearby))
    if MEAN.search(context.sentence) and (
        found := mean(number, context, values)
        or mean_over_sets(number, context, values)
        or (mean(number, replace(context, metrics=context.main), values) if context.runs else None)
    ):
        return found
    if gap := _gap(number, context, values):
        return gap
    if not said and len(pairs) > _FEW // 2:
        return Derived()
    told = _among(number, context, pairs)
    if not told.formula and _MISTAKES.search(f"{context.words} {context.sentence}"):
        told = _among(number, context, list(left_over(pairs)))
    if not told.formula:
        told = _among(number, context, list(as_printed(pairs))) if any(as_printed(pairs)) else told
    if not told.formula and said and context.before and not context.others:
        before = replace(
            context, others=context.before
        )  # `Accuracy falls by 0.6 points`, behind a sentence of two runs
        going_on = _among(number, before, list(pairs_of(before, values, frozenset(), [])))
        told = going_on if going_on.formula else told
    if not told.formula and not told.against:
        told = _among(number, context, [*turned(context, values), *of_two(context, values)])
    if not told.formula and said and context.runs:
        across = list(across_sets(context, values))
        moved = _among(number, context, across) if 0 < len(across) <= _MANY // 10 else told
        told = moved if moved.formula else told
    if not told.formula and not told.against and said:
        named = context.hand.clause - context.runs if context.hand and context.runs else frozenset[str]()
        if not named and context.runs:  # what stands in other clauses is no base of its own
            usual = replace(context, others=frozenset())
            told = _among(number, usual, list(pairs_of(usual, values, baseline, []))) if baseline else told
    if not told.formula and not told.against and said:
        alone = replace(context, others=named)  # whom the clause calls, else whomever
        any_base = list(pairs_of(alone, values, frozenset(), []))
        if len(values.records.runs) <= _FEW or (context.runs and len(any_base) <= _FEW):
            told = _among(number, alone, any_base, strict=True)
    return told


def _gap(number: Numeral, context: Context, values: Values) -> Derived | None:
    """The difference between two metrics of one run, where the sentence speaks of it."""
    if len(context.between) != 2:
        return None
    told = _among(
        number,
        replace(context, words="points" if _form(number, context).points else "", sentence=""),
        list(between_metrics(context, context.between, values)),
    )
    return told if told.formula else None


def _of_the_base_itself(number: Numeral, context: Context, baseline: frozenset[str]) -> Derived | None:
    """The row of the baseline in a column of changes: once itself, or no change at all."""
    own = context.runs and context.runs <= baseline and not context.sentence
    return (
        Derived(formula="the baseline against itself") if own and number.value == (1 if number.factor else 0) else None
    )


def _among(number: Numeral, context: Context, pairs: list[Pair], strict: bool = False) -> Derived:
    """The first of the pairs whose change is the number, where that is hardly so by chance; else why one is not.

    `strict`: nobody has named both of a pair.
    """
    by_chance = len(pairs) * 2 * number.half / max(abs(number.value), 1.0)
    if not context.runs and len(pairs) > 2 and by_chance >= _BY_CHANCE:
        return Derived()
    if strict and len(pairs) > 2 and len(pairs) * 2 * number.half / (abs(number.value) or 1.0) > _BY_CHANCE:
        return Derived()
    against = Derived()
    fits = []
    form = _form(number, context)
    for pair in pairs[:_MANY]:
        for formula, value in _changes(number, form, pair):
            if abs(value - abs(number.value)) <= number.half * (1 + 1e-6):
                wrong = _wrong_way(number, context, pair)
                told = Derived(formula=_shown(formula, pair), runs=(pair.subject.run, pair.base.run))
                if wrong:
                    against = against if against.against else Derived(against=wrong)
                else:
                    fits.append(told)
        if not fits and not against.against and number.percent and (base := _wrong_base(number, pair)):
            against = Derived(against=base)
    if fits:
        return fits[0]
    return against if len(pairs) <= _FEW else Derived()


@dataclass(frozen=True)
class _Form:
    """In which form the words give a change."""

    points: bool
    relative: bool
    share: bool
    ratio: bool


def _form(number: Numeral, context: Context) -> _Form:
    after = context.sentence[number.end :] if context.sentence else ""
    return _Form(
        points=number.suffix in ("pp", "pts")
        or bool(POINTS.match(after))
        or re.search(r"\bpoints?\b", f"{context.words} {context.sentence}", re.I) is not None,
        relative=re.search(r"\brelativ", f"{context.words} {context.sentence}", re.IGNORECASE) is not None,
        share=SHARE.search(context.words) is not None,
        ratio=re.search(r"\b(?:[Rr]atio|times|[Ff]actor)\b", context.words) is not None,
    )


def _changes(number: Numeral, form: _Form, pair: Pair) -> Iterator[tuple[str, float]]:
    """What the printed number may be of two values, with its formula."""
    a, b = pair.subject.value, pair.base.value
    if number.percent or (form.points and not number.factor):
        if b and (number.percent or form.relative):
            yield "100 × |{a} − {b}| / |{b}|", 100 * abs(a - b) / abs(b)
        if b and form.share:
            yield "100 × {a} / {b}", 100 * abs(a / b)
        if form.points:
            yield "100 × |{a} − {b}|", 100 * abs(a - b)
        if form.points or max(abs(a), abs(b)) > 1.5 or not number.percent:
            yield "|{a} − {b}|", abs(a - b)
    elif number.factor:
        if b:
            yield "{a} / {b}", abs(a / b)
        if a:
            yield "{b} / {a}", abs(b / a)
    else:
        yield "|{a} − {b}|", abs(a - b)
        if max(abs(a), abs(b)) <= 1 < abs(number.value):  # 12.7 points of what is kept as a share
            yield "100 × |{a} − {b}|", 100 * abs(a - b)
        if b and form.ratio:
            yield "{a} / {b}", abs(a / b)


def _shown(formula: str, pair: Pair) -> str:
    told = formula.format(a=f"{pair.subject.value:.6g}", b=f"{pair.base.value:.6g}")
    return f"{told}, {pair.subject.key.name} of {pair.subject.run} and {pair.base.run}"


def _wrong_way(number: Numeral, context: Context, pair: Pair) -> str:
    """Why a change that fits in size does not fit in direction; empty where it does."""
    sign = _direction(number, context)
    change = pair.subject.value - pair.base.value
    if sign == 0 or change == 0 or (change > 0) == (sign > 0):
        return ""
    way = "rises" if change > 0 else "falls"
    return f"{pair.subject.key.name} {way} from {pair.base.value:.6g} ({pair.base.run}) to {pair.subject.value:.6g} ({pair.subject.run})"


def _direction(number: Numeral, context: Context) -> int:
    """1 where the words say more, -1 where they say less, 0 where they do not say."""
    if not context.sentence:  # a cell: its headers say "lower is better" of something else
        if re.search(r"improv|reduc|gain|saving|saved", context.words, re.IGNORECASE):
            return 0  # -7% of improvement is a rise of what should fall
        return {"+": 1, "-": -1, "−": -1}.get(number.shown[:1], 0)
    before = re.split(r"(?<![A-Za-z\d])\d", context.sentence[: number.start])[-1][-50:]
    if _COST.search(before):
        return 0  # what is paid may rise or fall
    for words in (context.words, before):
        down, up = bool(DOWN.search(words)), bool(UP.search(words))
        if down != up:
            return 1 if up else -1
        if down and up:
            return 0
    return 0


def _wrong_base(number: Numeral, pair: Pair) -> str:
    a, b = pair.subject.value, pair.base.value
    if not a or not b or abs(100 * abs(a - b) / abs(a) - abs(number.value)) > number.half * (1 + 1e-6):
        return ""
    right = 100 * abs(a - b) / abs(b)
    return f"the percentage is of the wrong base: of {b:.6g} ({pair.base.run}) it is {right:.3g}%, not of {a:.6g} ({pair.subject.run})"
