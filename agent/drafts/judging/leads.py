"""By how much the best leads the next, and how far runs lie apart: `the two best differ by 0.3 points`, `within 1.6 points of each other`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from agent.drafts.judging.case import Case, Ruling, computed
from agent.drafts.records.pool import Found
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import points_after

_TWO = r"(?:(?:two|2)\s+(?:best|strongest|top|highest|lowest|fastest|leading)|(?:best|top|strongest|highest|lowest|fastest|leading)\s+(?:two|2)|best\s+and\s+(?:the\s+)?second[\s-]best)"
_APART = r"(?:differ\w*|gap|margin|apart|separate[sd]?)"
_OF_THE_TWO = re.compile(
    rf"\b{_TWO}\b[^.;:,\d]*\b{_APART}\b[^.;:,\d]*\Z|\b{_APART}\b[^.;:,\d]*\b{_TWO}\b(?:[^.;:,\d]|(?<=[\w-])\d+\w*)*\Z",
    re.IGNORECASE,
)
"""Before a number that is by how much the two best differ."""
_AHEAD = re.compile(
    r"\s*(?:%|percent|(?:percentage\s+)?points?|pp)?\s*(?:of\s+[\w\s-]{3,40}?)?\s*(?:ahead of|above|below|behind|over|(?:better|higher|lower|faster|slower|more|less|fewer) than)\s+(?:the\s+|its\s+)?(?:second[\s-]best|next[\s-]best|runner[\s-]?up|next)\b",
    re.IGNORECASE,
)
"""Behind a number that is by how much the best leads the next."""
_ENDS = re.compile(
    r"\b(?:spread|range|gap|difference|distance|margin)\s+(?:\w+\s+)?between\s+(?:the\s+)?(?:best|highest|strongest|fastest|worst|lowest|weakest|slowest)\b[^.;,\d]*\band\s+(?:the\s+)?(?:worst|lowest|weakest|slowest|best|highest|strongest|fastest)\b(?:[^.;,\d]|(?<=[\w-])\d+\w*)*\Z",
    re.IGNORECASE,
)
"""Before a number that is by how much the first and the last differ."""
_WITHIN = re.compile(r"\bwithin\s+(?:about\s+|only\s+|just\s+)?\Z", re.IGNORECASE)
_EACH_OTHER = re.compile(
    r"\s*(?:%|percent|(?:percentage\s+)?points?|pp|[a-z]{1,3}\b)?\s*of\s+(?:each other|one another)\b", re.IGNORECASE
)


def lead(case: Case) -> Ruling | None:
    """The difference between the first and the second of all, or of those that are named."""
    number, text = case.number, case.text
    ends = _ENDS.search(text[: number.start])
    if case.in_table or not (ends or _OF_THE_TWO.search(text[: number.start]) or _AHEAD.match(text, number.end)):
        return None
    nearest: tuple[float, str] | None = None
    for key in _keys(case):
        for circle in _circles(case, key):
            ordered = sorted(circle, key=lambda each: each.value)
            lead = ((ordered[-1], ordered[0]),) if ends else ((ordered[-1], ordered[-2]), (ordered[0], ordered[1]))
            for one, two in lead:
                for formula, value in _differences(case, one, two):
                    told = f"{formula} of {one.run} and {two.run}, {key.name}"
                    if abs(value - abs(number.value)) <= number.half * (1 + 1e-6):
                        return computed(told, (one.run, two.run))
                    off = abs(value - abs(number.value))
                    nearest = min(nearest or (off, told), (off, told))
    if nearest is None:
        return None
    return Ruling("unsupported", reason=f"the first and the second differ by something else: {nearest[1]}")


def within(case: Case) -> Ruling | None:
    """A bound of how far the runs that are named lie apart, in each place where all of them are."""
    number, text = case.number, case.text
    if case.in_table or not _WITHIN.search(text[: number.start]):
        return None
    if not _EACH_OTHER.match(text, number.end):
        return _within_one(case)
    widest: tuple[float, str] | None = None
    for key in _keys(case):
        known = case.values.central.get(key, {})
        named = [{run: known[run] for run in each.runs if run in known} for each in case.names.runs.mentions(text)]
        named = [each for each in named if each]
        for one, two in _side_by_side(named):
            for formula, value in _differences(case, one, two):
                told = (value, f"{formula} of {one.run} and {two.run}, {key.name}")
                widest = max(widest or told, told)
        if widest:
            break
    if widest is None:
        return None
    if widest[0] <= number.value + number.half:
        return Ruling("derived", widest[1], "a bound of how far they lie apart")
    if not (case.context.hand and case.context.hand.sure_metric) and not case.context.near:
        return None
    return Ruling("unsupported", reason=f"they lie further apart: {widest[1]}")


def _within_one(case: Case) -> Ruling | None:
    """`stays within 0.007 of the baseline for every variant`: a bound of how far one, or all others, lie from whom is named."""
    number, text = case.number, case.text
    mentions = case.names.runs.mentions(text)
    base = next((each for each in mentions if _OF_ONE.fullmatch(text[number.end : each.start])), None)
    if base is None:
        return None
    named = [each.runs - base.runs for each in mentions if each is not base]
    others = frozenset[str]().union(*named) or case.context.runs - base.runs or case.context.before - base.runs
    if _EVERY.search(text) and not any(named):
        others = case.names.runs.all - base.runs
    for key in _keys(case):
        known = case.values.central.get(key, {})
        pairs = _side_by_side([{run: known[run] for run in runs if run in known} for runs in (base.runs, others)])
        told = [(value, formula) for one, two in pairs for formula, value in _differences(case, two, one)]
        if told and min(number.value * _LOOSE, number.value) <= max(told)[0] <= number.value + number.half:
            return Ruling("derived", f"{max(told)[1]}, {key.name}", "a bound of how far they lie from it")
        if key in case.context.metrics and case.context.near and told and max(told)[0] > number.value + number.half:
            return Ruling("unsupported", reason=f"one lies further from it: {max(told)[1]}, {key.name}")
    return None


_OF_ONE = re.compile(
    r"\s*(?:%|percent|(?:percentage\s+)?points?|pp|[a-z]{1,3}\b)?\s*of\s+(?:that\s+of\s+)?(?:the\s+|our\s+)?",
    re.IGNORECASE,
)
_EVERY = re.compile(r"\b(?:all|every|each|both|any|none)\b", re.IGNORECASE)
_LOOSE = 0.1
"""Of what a bound at least is reached where it says anything of a metric that is not named beside it."""


def _side_by_side(named: Sequence[dict[str, Found]]) -> Iterator[tuple[Found, Found]]:
    """Pairs of runs of different names in the same place: `lora/16k` and `masked/16k`."""
    for first, second in combinations(named, 2):
        for run, one in sorted(first.items()):
            parts = set(run.split("/"))
            for other, two in sorted(second.items()):
                alone = len(first) == len(second) == 1 or (len(parts) == 1 and "/" not in other)
                if run != other and (alone or parts & set(other.split("/"))):
                    yield one, two


def _keys(case: Case) -> list[Key]:
    """The metrics that may be meant, those that are named first."""
    hand = case.context.hand
    own = case.context.metrics or case.context.main
    others = hand.metrics | case.context.main if hand and not hand.sure_metric else frozenset[Key]()
    return [key for keys in (own, others - own) for key in sorted(keys, key=lambda each: each.path)][:_MANY]


_MANY = 12


def _circles(case: Case, key: Key) -> Iterator[list[Found]]:
    """Of whom one is the first: of all, of all but the baseline, of those that are named or share a place with them."""
    known = case.values.central.get(key, {})
    mentioned = [each.runs for each in case.names.runs.mentions(case.text)]
    placed = [runs for runs in (case.context.runs, *mentioned) if len(runs & known.keys()) > 2]
    for runs in placed or [frozenset(known), frozenset(known) - case.names.runs.baseline]:
        circle = [known[run] for run in sorted(runs & known.keys())]
        if len(circle) > 1:
            yield circle


def _differences(case: Case, one: Found, two: Found) -> Iterator[tuple[str, float]]:
    """In which form the difference of two values may be printed."""
    a, b = one.value, two.value
    points = points_after(case.text, case.number.end) or case.number.suffix == "pp"
    share = max(abs(a), abs(b)) <= 1.5
    shown = f"{a:.6g} − {b:.6g}"
    if points and share:
        yield f"100 × |{shown}|", 100 * abs(a - b)
    elif case.number.percent:
        if b:
            yield f"100 × |{shown}| / |{b:.6g}|", 100 * abs((a - b) / b)
        yield f"{'100 × ' if share else ''}|{shown}|", (100 if share else 1) * abs(a - b)
    elif case.number.factor and a and b:
        yield f"{a:.6g} / {b:.6g}", max(abs(a / b), abs(b / a))
    else:
        yield f"|{shown}|", abs(a - b)
