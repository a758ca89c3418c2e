"""Who is called the best, the fastest, the lowest: a value that is at no end of what all runs measured is none of these."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.drafts.judging.case import Case, Ruling
from agent.drafts.records.pool import Found
from agent.drafts.records.runs import Key
from agent.proofreading.sentences.number_words import IN_WORDS, count_of

_COUNT = rf"(?:{IN_WORDS}|\d+)"
_MOST = r"(?:most|least)\s+(?:accurate|efficient|stable|robust|expensive|costly|precise|overconfident|calibrated|sparse|faithful|reliable)"
_IS_FIRST = re.compile(
    rf"\b(?:is|are|was|were|remains?|performs?|comes? out|ranks?|works?)\s+(?:by far\s+|clearly\s+|again\s+|also\s+)?(?:the\s+)?(?:overall\s+)?(?:best|worst|fastest|slowest|cheapest|strongest|weakest|smallest|largest|{_MOST})"
    r"(?:\s+(?:overall|of all|on average|method|model|variant|one|run))?(?:\s+of all)?\s*(?:,\s*)?(?:\(|at\b|with\b|on\b|in\b|,)",
    re.IGNORECASE,
)
"""Who is first of all, and of no smaller circle: `is fastest at`, `is the best with`, and not `is the best 4-bit method`."""
_RUNS = r"(?:runs|variants|methods|models|configurations|versions|conditions|ones)"
_SMALLER = re.compile(
    r"\b(?:second|third|fourth|next|runner|2nd|3rd)[\s-]"
    r"|\b(?:among|amongst|within|of)\s+(?:the\s+)?(?:other|remaining|rest)\b"
    rf"|\b(?:among|amongst|within|of)\s+(?:the\s+)?(?!all\b|every\b|any\b|{_RUNS}\b)(?:[a-z]+-)?(?!of\b|{_COUNT}\b)[A-Za-z]+\s+(?:{_RUNS}|without|with)\b"
    r"|\b(?:except|besides|excluding|apart from|other than|leaving out|not counting)\b",
    re.IGNORECASE,
)
"""What says that the best is meant of some of the runs, or is the second."""
_OF_SO_MANY = re.compile(rf"\b(?:among|of)\s+the\s+({_COUNT})\b", re.IGNORECASE)
_OF_ANOTHER = re.compile(
    r"\b(?:ahead of|followed by|before|then|against|vs|versus|than|compared (?:to|with)|over|beating|whereas|while|with)\b"
)
"""Behind which a number is of whom the best is compared with."""
_AFTER = 60
"""Characters between the word and the number that it is said of."""


def of_a_smaller_circle(case: Case) -> bool:
    """Whether a text speaks of the best of some: `the second highest`, `among the small models`, `of the two`, `except for A`."""
    runs, baseline = len(case.names.records.runs), len(case.names.runs.baseline)
    told = _OF_SO_MANY.search(case.text)
    of_some = told is not None and count_of(told[1]) not in (runs, runs - baseline)
    return of_some or _SMALLER.search(case.text) is not None


def still_of_it(words: str) -> str:
    """What stands between a number and whom the best was compared with before: `the highest, ahead of B at` says nothing of B."""
    return _OF_ANOTHER.split(words)[-1]


_BEST_VALUE = re.compile(
    r"(?<!one of the )(?<!second )(?<!next )(?<!its )(?<!their )\b(?:best|worst)\s+(?P<what>[A-Za-z][\w@-]*(?:\s+(?!seeds?\b|runs?\b|folds?\b|epochs?\b|checkpoints?\b)[A-Za-z][\w@-]*){0,4})",
    re.IGNORECASE,
)
"""`the worst explained variance is that of A (0.602)`: of which metric a value is an end."""


def _best_values(case: Case, key: Key) -> Iterator[re.Match[str]]:
    for match in _BEST_VALUE.finditer(case.text[: case.number.start]):
        if key in case.names.metrics.named(match["what"]) and not case.names.metrics.only_in_part(match["what"]):
            yield match


def not_the_first(case: Case, fitting: list[Found]) -> Ruling | None:
    """`Warm restarts are fastest at 652 tokens/s`, where others are faster and others slower: which end is the good one is not known."""
    keys: set[Key] = {one.key for one in fitting}
    if case.in_table or len(keys) != 1 or of_a_smaller_circle(case):
        return None
    said = [match for match in _IS_FIRST.finditer(case.text) if match.end() <= case.number.start + 1]
    said += _best_values(case, next(iter(keys)))
    if not said or any("best" in part or "worst" in part for part in fitting[0].key.path[-1].lower().split("_")):
        return None
    between = case.names.runs.without(case.text[: case.number.start])[said[-1].end() :]
    if len(between) > _AFTER or re.search(r"\d[\d.]*\s|[;:]", between):
        return None
    one = fitting[0]
    known = case.values.central.get(one.key, {})
    ends = (min(known.values(), key=lambda each: each.value), max(known.values(), key=lambda each: each.value))
    shared = {part for part in one.run.split("/") if sum(part in run.split("/") for run in known) > 1}
    if len(known) < 3 or "/" in one.run or shared - {one.run}:
        return None  # methods on several data sets: of which circle it is first is not said
    slack = 2 * case.number.half * (abs(one.value / case.number.value) if case.number.value else 1.0)
    if any(abs(each.value - end.value) <= slack for each in fitting for end in ends):
        return None
    told = f"{ends[0].value:.6g} ({ends[0].run}) to {ends[1].value:.6g} ({ends[1].run})"
    return Ruling("misattributed", one.shown, f"it is no end of {one.key.name}, which goes from {told}")


def is_first_of_its_places(case: Case, one: Found, high: bool) -> bool:
    """Whether a value is the highest of its run over several data sets."""
    known = (each.get(one.run) for key, each in case.values.central.items() if key.kind == one.key.kind)
    own = [each.value for each in known if each]
    return len(own) > 2 and bool(one.key.qualifiers) and one.value == (max if high else min)(own)


def at_values(case: Case, fitting: list[Found]) -> frozenset[str]:
    """The runs of all sizes and values that the sentence gives, where the runs that have the number are among them."""
    having = {one.run for one in fitting}
    told = [
        each.runs
        for each in case.names.runs.mentions(case.text)
        if len(each.runs) > 1 and each.runs & having and re.search(r"\d", case.text[each.start : each.end])
    ]
    return frozenset.intersection(*told) if told else frozenset()
