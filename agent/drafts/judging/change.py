"""Differences, ratios and percent changes: which two values a printed change is of, from which base, in which direction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.drafts.naming.context import Context
from agent.drafts.records.pool import Found, Values
from agent.drafts.text.numerals import Numeral

DOWN = re.compile(
    r"\b(?:reduc\w+|decreas\w+|lower\w*|drop\w*|f[ae]lls?|fell|falling|shrink\w*|shrank|less|fewer|cuts?|below|declin\w+|smaller|worse\s+by|minus)\b",
    re.IGNORECASE,
)
UP = re.compile(
    r"\b(?:increas\w+|higher|ris(?:es?|ing)|rose|grows?|grew|growing|gains?|gained|more|above|rais\w+|larger|boosts?\w*|greater|exceeds?)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:by|improv\w+|change[sd]?|differ\w*|gap|margin|delta|relative|gains?|loss of|reduction|points?|pp|better|worse|of the (?:baseline|original))\b|Δ|[+−-]$",
    re.IGNORECASE,
)
_POINTS = re.compile(r"\s*(?:absolute\s+)?(?:percentage\s+|%\s*)?(?:points?\b|pp\b|p\.p\.)", re.IGNORECASE)
_SHARE = re.compile(
    r"\b(?:of (?:the|its|that)|recovers?|retain\w*|preserv\w*|keep\w*|ratio|times|as (?:much|many|large|high))\b", re.I
)
_MEAN = re.compile(r"\b(?:averag\w+|mean)\b", re.IGNORECASE)
_MANY = 400
_BY_CHANCE = 0.6


@dataclass(frozen=True)
class Derived:
    """What came of looking for a change: `formula` where one fits, else `against` where one fits only the wrong way."""

    formula: str = ""
    against: str = ""
    runs: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Pair:
    subject: Found
    base: Found


def speaks_of_change(number: Numeral, words: str) -> bool:
    """Whether a number is printed as a change: with a word of movement, as a factor, in points."""
    moved = _CHANGE.search(words) or DOWN.search(words) or UP.search(words)
    return number.factor or (
        bool(moved)
        and (
            number.percent
            or bool(
                re.search(
                    r"\bby\b|points?\b|Δ|differ|gap|margin|gain|change|delta|improvement|reduction|\bdrop of|(?:higher|lower|more|less|better|worse)\s+(?:than|by)",
                    words,
                    re.I,
                )
            )
        )
    )


def derive(number: Numeral, context: Context, values: Values, baseline: frozenset[str], nearby: list[Found]) -> Derived:
    """The change that a printed number is. `nearby` are the values that stand in the same sentence."""
    pairs = list(_pairs(context, values, baseline, nearby))
    against = Derived()
    fits = []
    for pair in pairs[: 4 * _MANY]:
        for formula, value in _changes(number, context, pair):
            if abs(value - abs(number.value)) <= number.half * (1 + 1e-6):
                wrong = _wrong_way(number, context, pair)
                told = Derived(formula=_shown(formula, pair), runs=(pair.subject.run, pair.base.run))
                if wrong:
                    against = against if against.against else Derived(against=wrong)
                else:
                    fits.append(told)
        if not fits and not against.against and number.percent and (base := _wrong_base(number, pair)):
            against = Derived(against=base)
    if fits and (
        len(pairs) <= 2 or context.runs or len(pairs) * 2 * number.half / max(abs(number.value), 1.0) < _BY_CHANCE
    ):
        return fits[0]
    if not fits and _MEAN.search(context.sentence) and (mean := _mean(number, context, values)):
        return mean
    return against if not fits else Derived()


def _pairs(context: Context, values: Values, baseline: frozenset[str], nearby: list[Found]) -> Iterator[_Pair]:
    """Subject and base: what stands in the sentence, else the run that is named against the one it is compared with."""
    printed = [one for one in nearby if not context.metrics or one.key in context.metrics]
    bases = (context.others - context.runs) or (baseline - context.runs)
    if len({(one.run, one.key) for one in printed}) >= 2:
        told = list(_of_printed(printed, bases, context))
        if told:
            yield from told
            return
    for key in sorted(context.metrics, key=lambda each: each.path)[:40]:
        known = values.central.get(key, {})
        subjects = context.runs or (frozenset(known) - bases)
        for run in sorted(subjects & known.keys()):
            for other in sorted((bases or (frozenset(known) - {run})) & known.keys()):
                if run != other:
                    yield _Pair(known[run], known[other])
    if len(context.runs) == 1 and not context.others:  # "adding warmup to run 1 gives": who adds is not named
        for key in sorted(context.metrics, key=lambda each: each.path)[:40]:
            known = values.central.get(key, {})
            for run in sorted(context.runs & known.keys()):
                yield from (_Pair(known[other], known[run]) for other in sorted(known) if other != run)


def _of_printed(printed: list[Found], bases: frozenset[str], context: Context) -> Iterator[_Pair]:
    for place, first in enumerate(printed):
        for second in printed[place + 1 :]:
            if first.key != second.key or first.run == second.run:
                continue
            if second.run in bases and first.run not in bases:
                yield _Pair(first, second)
            elif first.run in bases and second.run not in bases:
                yield _Pair(second, first)
            elif not bases:
                yield _Pair(first, second)
                yield _Pair(second, first)


def _changes(number: Numeral, context: Context, pair: _Pair) -> Iterator[tuple[str, float]]:
    a, b = pair.subject.value, pair.base.value
    after = context.sentence[number.end :] if context.sentence else ""
    points = bool(_POINTS.match(after)) or "point" in context.words.lower()
    if number.percent or (points and not number.factor):
        if b:
            yield "100 × |{a} − {b}| / |{b}|", 100 * abs(a - b) / abs(b)
            if _SHARE.search(context.words):
                yield "100 × {a} / {b}", 100 * abs(a / b)
        if points:
            yield "100 × |{a} − {b}|", 100 * abs(a - b)
        if points or max(abs(a), abs(b)) > 1.5:
            yield "|{a} − {b}|", abs(a - b)
    elif number.factor:
        if b:
            yield "{a} / {b}", abs(a / b)
        if a:
            yield "{b} / {a}", abs(b / a)
    else:
        yield "|{a} − {b}|", abs(a - b)
        if b and re.search(r"\b(?:ratio|times|factor)\b", context.words, re.I):
            yield "{a} / {b}", abs(a / b)


def _shown(formula: str, pair: _Pair) -> str:
    told = formula.format(a=f"{pair.subject.value:.6g}", b=f"{pair.base.value:.6g}")
    return f"{told}, {pair.subject.key.name} of {pair.subject.run} and {pair.base.run}"


def _wrong_way(number: Numeral, context: Context, pair: _Pair) -> str:
    """Why a change that fits in size does not fit in direction; empty where it does."""
    sign = _direction(number, context)
    change = pair.subject.value - pair.base.value
    if sign == 0 or change == 0 or (change > 0) == (sign > 0):
        return ""
    way = "rises" if change > 0 else "falls"
    return f"{pair.subject.key.name} {way} from {pair.base.value:.6g} ({pair.base.run}) to {pair.subject.value:.6g} ({pair.subject.run})"


def _direction(number: Numeral, context: Context) -> int:
    """1 where the words say more, -1 where they say less, 0 where they do not say."""
    for words in (context.words, context.sentence):
        down, up = bool(DOWN.search(words)), bool(UP.search(words))
        if down != up:
            return 1 if up else -1
        if down and up:
            return 0
    if number.shown[:1] in "+-−" and not context.sentence:
        return -1 if number.shown[0] in "-−" else 1
    return 0


def _wrong_base(number: Numeral, pair: _Pair) -> str:
    a, b = pair.subject.value, pair.base.value
    if not a or not b or abs(100 * abs(a - b) / abs(a) - abs(number.value)) > number.half * (1 + 1e-6):
        return ""
    right = 100 * abs(a - b) / abs(b)
    return f"the percentage is of the wrong base: of {b:.6g} ({pair.base.run}) it is {right:.3g}%, not of {a:.6g} ({pair.subject.run})"


def _mean(number: Numeral, context: Context, values: Values) -> Derived | None:
    """The mean of a metric over all runs, or over those that are named."""
    for key in sorted(context.metrics, key=lambda each: each.path)[:40]:
        known = values.central.get(key, {})
        chosen = [known[run].value for run in sorted(known) if not context.runs or run in context.runs]
        for scale in (1.0, 100.0) if number.percent else (1.0,):
            if len(chosen) > 1 and abs(scale * sum(chosen) / len(chosen) - number.value) <= number.half * (1 + 1e-6):
                return Derived(formula=f"mean of {key.name} over {len(chosen)} runs", runs=tuple(sorted(known)))
    return None
