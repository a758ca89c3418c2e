"""Changes of numbers that the sentence itself prints, and of whom it calls an end: `53 minutes for A and 50 for B, some 6% longer`, `than the weakest variant`."""

from __future__ import annotations

import re
from dataclasses import replace

from agent.drafts.judging.behind import way_before
from agent.drafts.judging.case import Case, Ruling, computed
from agent.drafts.judging.change import derive
from agent.drafts.judging.fitting import fits_by_chance
from agent.drafts.judging.movement import DOWN, UP, is_only_a_change, speaks_of_change
from agent.drafts.judging.printed import is_change_of
from agent.drafts.judging.values import supported
from agent.drafts.naming.context import Context
from agent.drafts.records.pool import whole_of
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import Numeral, numerals

_END = r"(?:weakest|worst|best|strongest|slowest|fastest|lowest|highest|largest|smallest|cheapest|most expensive)"
_RUN = r"(?:\w+\s+)?(?:variant|run|method|model|configuration|setting|system|one|version|condition)s?\b"
_THAN_AN_END = re.compile(
    rf"\b(?:[Cc]ompared (?:with|to)|[Rr]elative to|[Aa]gainst|[Oo]ver|than|below|above|behind|ahead of)\s+(?:the|our)\s+{_END}\s+{_RUN}"
)
_FOR_AN_END = re.compile(rf"\s*(?:%|percent|[a-zA-Z]{{1,8}})?\s*(?:for|by|with|in|of)\s+(?:the|our)\s+{_END}\s+{_RUN}")
_BEFORE = 60
"""Characters of a clause in which the direction of a change may stand."""


def from_print(case: Case) -> Ruling | None:
    """What comes of the values that the sentence prints, or of the ends of all runs; None where it says nothing of these."""
    if case.in_table:
        return None
    return (
        _of_an_end(case)
        or _against_an_end(case)
        or _of_two_printed(case)
        or _of_the_value_before(case)
        or _of_another_subject(case)
    )


def not_of_its_end(case: Case, ruling: Ruling) -> Ruling:
    """The ruling on a number; where it is said of the slowest, or against the weakest, and is of a run that is no end of anything, that it is not so."""
    if case.in_table or not ruling.runs or any("/" in run for run in ruling.runs):
        return ruling
    if ruling.status == "derived" and len(ruling.runs) == 2 and (told := _THAN_AN_END.search(case.text)):
        base = set(ruling.runs) - case.context.runs
        if len(base) == 1 and not case.context.others and not base & _of_any_end(case):
            return Ruling("unsupported", reason=f"{base.pop()} is at no end of anything: {told[0]}")
    of_an_end = ruling.status == "supported" and _FOR_AN_END.match(case.text, case.number.end)
    if of_an_end and not set(ruling.runs) & _of_any_end(case):
        return Ruling("misattributed", ruling.evidence, f"{ruling.runs[0]} is at no end of anything")
    return ruling


def _of_an_end(case: Case) -> Ruling | None:
    """`44.0 for the slowest variant`: the first or the last of all."""
    if not _FOR_AN_END.match(case.text, case.number.end) or not case.context.metrics:
        return None
    ends = (
        one for one in case.hits if case.of_metric(one) and one.role != "spread" and one.run in _ends(case, one.key)
    )
    return next((supported(one) for one in ends), None)


def _ends(case: Case, key: Key) -> frozenset[str]:
    known = case.values.central.get(key, {})
    ordered = sorted(known, key=lambda run: known[run].value)
    return frozenset({ordered[0], ordered[-1]}) if ordered else frozenset()


def _of_any_end(case: Case) -> frozenset[str]:
    """The runs that are the first or the last of all in something."""
    return frozenset[str]().union(*(_ends(case, key) for key in case.values.central))


def _against_an_end(case: Case) -> Ruling | None:
    """`29% more than the weakest variant`."""
    number, context = case.number, case.context
    if not (_THAN_AN_END.search(case.text) and speaks_of_change(number, f"{context.words} {case.text}")):
        return None
    for key in sorted(context.metrics, key=lambda each: each.path):
        for end in sorted(_ends(case, key) - context.runs):
            base, others = frozenset({end}), context.runs or case.names.runs.all - {end}
            wider = replace(context, metrics=frozenset({key}), runs=others, others=base, targets=base)
            told = derive(number, wider, case.values, frozenset(), [])
            if told.formula:
                return computed(told.formula, told.runs)
    return None


def _of_two_printed(case: Case) -> Ruling | None:
    """A percentage or a factor of the two values right before it, both of which are one metric's."""
    number, text = case.number, case.text
    if not (number.percent or number.factor) or number.shown[:1] in "<>~":
        return None
    two = way_before(number, text) or _compared(case)
    if two is None or not is_change_of(case, *two) or not _are_measured(case, *two):
        return None
    return Ruling("derived", f"of {two[0].shown} and {two[1].shown}", "computed from the values before it")


def _compared(case: Case) -> tuple[Numeral, Numeral] | None:
    """The two numbers before it, first what the change is of: the smaller where it is said to be more."""
    number, text = case.number, case.text
    told = [one for one in numerals(text) if one.end <= number.start and not is_only_a_change(one, text)]
    if len(told) < 2 or (told[-1].percent, told[-1].suffix) != (told[-2].percent, told[-2].suffix):
        return None
    words = text[max(told[-1].end, number.start - _BEFORE) : number.end + _BEFORE // 2]
    up, down = bool(UP.search(words)), bool(DOWN.search(words))
    if number.percent and up == down:
        return None
    one, other = sorted(told[-2:], key=lambda each: each.value, reverse=down)
    return one, other


def _are_measured(case: Case, one: Numeral, other: Numeral) -> bool:
    """Whether two numbers are values of one metric, or what its shares leave over, of runs that may be meant."""
    keys = [_keys(case, each) for each in (one, other)]
    return bool(keys[0] & keys[1])


def _keys(case: Case, number: Numeral) -> frozenset[Key]:
    before = (each for each in case.names.runs.mentions(case.text) if each.end <= case.number.start)
    named = {run for each in before for run in each.runs}
    named |= (case.context.runs | case.names.runs.baseline) if named else set()
    whole = 100.0 if number.percent else whole_of([number.value])
    told = [number, *([replace(number, value=whole - number.value)] if whole > number.value > 0 else [])]
    hits = (hit for each in told for hit in replace(case, number=each, nearby=[]).hits)
    return frozenset(hit.key for hit in hits if hit.role != "spread" and (hit.run in named or not named))


def _of_the_value_before(case: Case) -> Ruling | None:
    """`Its loss, 0.321, is 8% larger than that of A`; `to 0.0151 (−18%)`: a change of the metric whose value stands before it."""
    number, context, text = case.number, case.context, case.text
    if not context.hand or context.hand.sure_metric:
        return None
    told = [one for one in numerals(text) if one.end <= number.start and not is_only_a_change(one, text)]
    if not told or told[-1].factor or told[-1].digits < _TELLING:
        return None
    bracket = _BRACKET.fullmatch(text[told[-1].end : number.start])
    if not bracket and not speaks_of_change(number, f"{context.words} {text[number.end :][:40]}"):
        return None
    here = replace(case, number=told[-1], nearby=[])
    hits = [hit for hit in here.hits if hit.role != "spread" and here.of_run(hit)]
    keys = frozenset(hit.key for hit in hits)
    if not keys or len(keys) > _FEW_KEYS or (bracket and context.metrics and not keys & context.metrics):
        return None
    wider = replace(context, metrics=(keys & context.metrics) or keys)
    if bracket and not context.runs:
        runs = frozenset(hit.run for hit in hits if hit.key in wider.metrics)
        wider = replace(wider, runs=runs, others=frozenset()) if len(runs) == 1 else wider
    return _derived(case, wider)


_TELLING = 3
_FEW_KEYS = 3
_BRACKET = re.compile(r"\s?%?\s*\(\s*[-−+]?\s*")
_SUBJECT = re.compile(
    r"(?:;|,\s+(?:while|whereas|but|and)|\A)\s*(?:[Tt]he|[Aa]n?|[Oo]ur)\s+(?:[a-z-]+\s+){1,5}?(?:loses|gains|adds|saves|costs|improves|reduces|lowers|raises|brings|drops|falls|rises|gives up)\b[^,;:]*\Z"
)
"""A subject of its own before a number, with a verb of change."""


def _of_another_subject(case: Case) -> Ruling | None:
    """`; the strongest penalty loses 0.007`, which is called by no name that is known: a change of one of all against the baseline."""
    number, context, baseline = case.number, case.context, case.names.runs.baseline
    subject = _SUBJECT.search(case.text[: number.start])
    if subject is None or not context.metrics or not baseline or context.against:
        return None
    if any(each.end > subject.start() for each in case.names.runs.mentions(case.text[: number.end])):
        return None
    if not speaks_of_change(number, f"{subject[0]} {case.text[number.end :][:40]}"):
        return None
    runs = case.names.runs.all - baseline
    if fits_by_chance(number, len(runs) * len(context.metrics), _CHANCE):
        return None
    return _derived(case, replace(context, runs=runs, others=baseline, targets=baseline))


_CHANCE = 0.6
"""Of how many changes a number may be one by chance."""


def _derived(case: Case, context: Context) -> Ruling | None:
    told = derive(case.number, context, case.values, case.names.runs.baseline, [])
    return computed(told.formula, told.runs) if told.formula else None
