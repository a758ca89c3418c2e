"""Whether a printed number is the difference, ratio or percent change of two values: in its size, its form and its direction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.drafts.judging.averages import Derived
from agent.drafts.judging.behind import way_before
from agent.drafts.judging.movement import DOWN, POINTS, SHARE, UP
from agent.drafts.judging.pairs import Pair
from agent.drafts.naming.context import Context
from agent.drafts.text.numerals import Numeral
from agent.drafts.text.units import unit_of_path

_MANY = 400
FEW = 8
"""Pairs among which one that fits only the wrong way is hardly there by chance."""
_BY_CHANCE = 0.6
_WHOLE = 100.0
"""What no share that is kept in percent exceeds."""
_COST = re.compile(r"\b(?:costs?|price|expense)\b[^.;,]{0,12}\Z", re.IGNORECASE)

_SAVED = re.compile(
    r"\b(?:remov(?:es|ed)|saves|saved|saving|eliminat(?:es|ed))\s+(?:about\s+|only\s+|some\s+|~\s*)?\Z", re.IGNORECASE
)
"""Before what is gone of a value: `removes 34% of the error`."""


def fits_by_chance(number: Numeral, ways: int, most: float) -> bool:
    """Whether more than `most` of so many changes may be expected to round to a number by chance."""
    return 2 * number.half * ways > most * abs(number.value)


def among(number: Numeral, context: Context, pairs: list[Pair], strict: bool = False) -> Derived:
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
    form = form_of(number, context)
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
    return against if len(pairs) <= FEW else Derived()


@dataclass(frozen=True)
class _Form:
    """In which form the words give a change."""

    points: bool
    relative: bool
    share: bool
    ratio: bool


def form_of(number: Numeral, context: Context) -> _Form:
    after = context.sentence[number.end :] if context.sentence else ""
    return _Form(
        points=number.suffix in ("pp", "pts")
        or bool(POINTS.match(after))
        or re.search(r"\bpoints?\b", context.words if number.percent else f"{context.words} {context.sentence}", re.I)
        is not None,
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
        if form.points and max(abs(a), abs(b)) <= 1.5:  # of what is kept as a share
            yield "100 × |{a} − {b}|", 100 * abs(a - b)
        kept_so = 1.5 < max(abs(a), abs(b)) <= _WHOLE and unit_of_path(pair.base.key.path) is None
        if form.points or kept_so or not number.percent:
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
    if way := way_before(number, context.sentence):
        return (way[1].value > way[0].value) - (way[1].value < way[0].value)
    before = re.split(r"(?<![A-Za-z\d])\d", context.sentence[: number.start])[-1][-50:]
    if _SAVED.search(before):
        return -1
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


def is_in_points(number: Numeral, context: Context) -> bool:
    """Whether the words give a change in points."""
    return form_of(number, context).points
