"""Whether a number is a measured value of the metric and the run that its sentence, row or column names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from agent.drafts.judging.bounds import end_of_all
from agent.drafts.judging.case import Case, Ruling
from agent.drafts.judging.extremes import (
    at_values,
    is_first_of_its_places,
    not_the_first,
    of_a_smaller_circle,
    still_of_it,
)
from agent.drafts.judging.over_places import no_mean
from agent.drafts.judging.repeats import is_one_seed, picked_seed, speaks_of_one
from agent.drafts.judging.settings import told
from agent.drafts.records.pool import Found, is_row
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import points_after

_NO_GAIN = r"(?!\s+(?:\w+\s+)?(?:gain|improvement|drop|increase|decrease|difference|reduction|change|effect|benefit|gap|margin)s?\b)"
"""The largest gain is no largest value."""
_HIGHEST = re.compile(rf"\b(?:highest|largest|maximum|greatest)\b{_NO_GAIN}", re.IGNORECASE)
_LOWEST = re.compile(rf"\b(?:lowest|smallest|minimum|(?<!at )least(?!\s+\w+ed\b))\b{_NO_GAIN}", re.IGNORECASE)
_OF_THE_NEXT = re.compile(r"(?<=\band )(?:highest|largest|lowest|smallest)\b(?=[^\d]{0,12}\d)", re.IGNORECASE)
"""`80% without vaccine and lowest, 64%, for B`: said of the number behind it."""
_ONE_SEED = re.compile(
    r"\b(?:single|any|one|individual)\s+(?:\w+\s+)?(?:seeds?|folds?|runs?|repeats?|trials?|models?)\b", re.IGNORECASE
)
_OF_SEEDS = re.compile(r"\b(?:seeds?|folds?|repeats?|trials?)\s+(?:of|for|with)\s+(?:the\s+)?\Z", re.IGNORECASE)
_ON_ALL = re.compile(r"\b(?:on|in|for|across)\s+(?:all|each|every|both)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w-])\d[\d.,]*")
_ON = re.compile(r"\b(?:on|in|at)\s+(?:the\s+)?\Z", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:this|it|its|that|these|those|they|their)\b", re.IGNORECASE)
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "at",
        "in",
        "on",
        "for",
        "with",
        "by",
        "to",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "be",
        "as",
        "it",
        "its",
        "our",
        "we",
        "this",
        "that",
        "which",
        "reach",
        "reaches",
        "reached",
        "achieve",
        "achieves",
        "achieved",
        "achieving",
        "obtain",
        "obtains",
        "obtained",
        "reaching",
        "about",
        "only",
        "just",
        "still",
        "has",
        "have",
        "had",
        "get",
        "gets",
        "while",
        "yield",
        "yields",
        "yielding",
        "attain",
        "attains",
        "both",
        "all",
        "each",
        "run",
        "runs",
        "baseline",
        "value",
        "values",
        "score",
        "scores",
        "shows",
        "show",
        "gives",
        "give",
        "respectively",
    ]
)


def supported(one: Found) -> Ruling:
    if one.formula:
        return Ruling("derived", one.shown, one.formula, (one.run,))
    return Ruling("supported", told(one), f"{one.key.name} of {one.run}", (one.run,))


def value(case: Case) -> Ruling | None:
    """A measured value of the metric and the run that are named."""
    if abs(case.number.value) <= 1 and points_after(case.text, case.number.end):
        return None  # no share is told in points
    fitting = [one for one in case.hits if case.fits(one) and one.role != "spread"]
    context = case.context
    if fitting and (case.telling or (context.metrics and not _is_of_something_else(case))):
        if odd := (
            not_the_extreme(case, fitting)
            or not_the_first(case, fitting)
            or end_of_all(case, fitting)
            or no_mean(case, fitting)
        ):
            return odd
        one = first(case, fitting)
        return picked_seed(case, one) or supported(one)
    if _is_guessed(case) and case.telling:
        loose = [one for one in case.hits if case.of_run(one) and one.role != "spread" and _may_mean(case, one)]
        if loose:
            return supported(loose[0])
    return None


def _is_of_something_else(case: Case) -> bool:
    """`clipped at a norm of 1.0`: no metric stands in the sentence, a setting does, and the clause says of what the number is."""
    context = case.context
    if case.in_table or case.number.percent or context.near or case.names.metrics.named(case.text):
        return False
    if _PRONOUN.search(case.text):
        return False
    return bool(context.settings or not context.runs) and _has_own_words(case)


def _is_guessed(case: Case) -> bool:
    """Whether the metric is a guess: it stands elsewhere and the clause has words of its own, or a part of its name does."""
    if not case.context.metrics or case.in_table:
        return False
    if case.context.near:
        return case.names.metrics.only_in_part(case.context.words)
    return _has_own_words(case)


def _may_mean(case: Case, one: Found) -> bool:
    sets = frozenset().union(*(key.qualifiers for key in case.context.metrics))
    if sets and one.key.qualifiers and not sets & one.key.qualifiers:
        return False  # `94.9% on cifar` is said of that data set
    return not case.context.near or case.names.metrics.related(one.key, case.context.words)


def first(case: Case, fitting: list[Found]) -> Found:
    """Of values that fit alike: what a file says, then the mean over seeds, then a single seed's, unless one is spoken of."""
    single = speaks_of_one(case, fitting[0].key)

    def order(one: Found) -> tuple[bool, bool, bool, bool]:
        return is_row(one.place), is_one_seed(case, one) != single, bool(one.formula), "[" in one.shown

    return min(fitting, key=order)


def _has_own_words(case: Case) -> bool:
    """Whether the clause says of what the number is, in words that no metric of the folder has."""
    mentions = " ".join(case.text[each.start : each.end] for each in case.names.runs.mentions(case.text))
    words = re.findall(r"[a-z]{4,}", case.context.words.lower())
    return any(word not in _STOP and word not in mentions.lower() for word in words)


def _parts(runs: Iterable[str]) -> set[str]:
    return {part for run in runs for part in run.split("/")}


def _of_the_subject(case: Case) -> set[str]:
    """The parts that all runs of the first mention share: the method, where the names are methods on data sets."""
    first = next((each.runs for each in case.names.runs.mentions(case.text) if not each.target), frozenset())
    return _shared(first)


def _shared(runs: frozenset[str]) -> set[str]:
    return {part for part in _parts(runs) if all(part in run.split("/") for run in runs)}


def _places(case: Case) -> set[str]:
    """Parts of runs' names that the sentence gives as a place: `on CIFAR-10`, which all runs of the mention share."""
    found: set[str] = set()
    for each in case.names.runs.mentions(case.text):
        behind = re.search(r"[,;:]", case.text[case.number.end : each.start])
        if len(each.runs) > 1 and not behind and _ON.search(case.text[: each.start]):
            found.update(part for part in min(each.runs).split("/") if all(part in run.split("/") for run in each.runs))
    return found


def _reaches(value: float, best: float, high: bool, slack: float) -> bool:
    return value >= best - slack if high else value <= best + slack


def _half_of(case: Case, one: Found) -> float:
    """How far a value may be off what is printed of it, in its own unit."""
    return case.number.half * (abs(one.value / case.number.value) if case.number.value else 1.0)


def not_the_extreme(case: Case, fitting: list[Found]) -> Ruling | None:
    """`the highest accuracy, 0.87`, where another run has more."""
    before = case.text[: case.number.start]
    if case.in_table or of_a_smaller_circle(case):
        return None
    clause = _OF_THE_NEXT.sub(" ", case.context.words) if case.context.words in case.text else case.context.words
    words = f"{clause} {still_of_it(_NUMBER.split(before)[-1][-70:])}"
    high, low = bool(_HIGHEST.search(words)), bool(_LOWEST.search(words))
    keys: set[Key] = {one.key for one in fitting}
    if any("max" in one.path[-1].lower() or "min" in one.path[-1].lower() for one in keys):
        return None  # the maximum error is a metric's name
    if high == low or len(keys) != 1:
        return None
    key = next(iter(keys))
    known = dict(case.values.central.get(key, {}))
    if _ONE_SEED.search(case.text):  # `the highest of any seed` is of all repeats
        of_one = [
            each.runs for each in case.names.runs.mentions(case.text) if _OF_SEEDS.search(case.text[: each.start])
        ]
        if of_one:  # `the highest of any seed of mixup` is of its own
            known = {run: one for run, one in known.items() if run in of_one[0]}
        pick = max if high else min
        known |= {
            run: replace(known[run], value=pick(told))
            for (run, own), told in case.values.repeats.items()
            if own == key and run in known
        }
    if _ON_ALL.search(case.text):  # the highest on each data set is of the runs on that data set
        sets = _parts({one.run for one in fitting}) - (_of_the_subject(case) or _shared(case.context.runs))
        known = {run: one for run, one in known.items() if not sets or sets & _parts({run})}
    if circle := at_values(case, fitting):  # `at 16k and k = 20, the highest` is of the runs of that size
        known = {run: one for run, one in known.items() if run in circle} or known
    if places := _places(case):  # `the lowest on CIFAR-10` is of the runs on that data set
        known = {run: one for run, one in known.items() if places <= set(run.split("/"))} or known
    best = (max if high else min)(known.values(), key=lambda one: one.value, default=None)
    if best is None or any(_reaches(one.value, best.value, high, 2 * _half_of(case, one)) for one in fitting):
        return None
    if any(is_first_of_its_places(case, one, high) for one in fitting):
        return None  # `highest on code: 78.9% on HumanEval`, of one run over its data sets
    word = "highest" if high else "lowest"
    return Ruling("misattributed", fitting[0].shown, f"the {word} {best.key.name} is {best.value:.6g}, of {best.run}")
