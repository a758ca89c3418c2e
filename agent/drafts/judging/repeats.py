"""One repeat of several: spoken of as such, named by its number, the best or the worst of all; or given as if it were the run's."""

from __future__ import annotations

import re

from agent.drafts.judging.case import Case, Ruling
from agent.drafts.judging.settings import told
from agent.drafts.records.pool import Found, says_mean
from agent.drafts.records.runs import Key
from agent.proofreading.sentences.number_words import SEVERAL_IN_WORDS

_SINGLE = re.compile(
    rf"\b(?:best|worst)\s+(?:single|individual)\b|\b(?:single|individual)\s+(?:best|worst)\b|\b(?:one|single|individual|best|worst|first|last|any)\s+(?:\w+\s+)?(?:seeds?|folds?|runs?|repeats?)\b|\bseed\s+\d|\b(?:{SEVERAL_IN_WORDS}|\d+)\s+(?:seeds|folds|runs|repeats)\s+(?:give|gave|reach|are|were|have|had|score|yield|var(?:y|ied)|differ|lie)\w*|\b(?:highest|lowest|max(?:im\w+)?|min(?:im\w+)?|rang\w+"
    r"|between\s+[\d.]|varies|median|one of)\b",
    re.IGNORECASE,
)
"""Words with which a text may speak of one repeat of several."""
_REPEAT = r"(?:seeds?|folds?|repeats?|restarts?|trials?|repetitions?|replicates?|initiali[sz]ations?)"
_OF_REPEATS = re.compile(
    rf"\b(?:best|worst|highest|lowest|weakest|strongest)\s+(?:(?:performing|random|[A-Z][\w+-]*)\s+){{0,3}}?(?:{_REPEAT}|(?:single|individual)\s+(?:[\w+-]+\s+){{0,2}}?(?:{_REPEAT}|runs?|models?))\b"
    rf"|\b(?:single|individual)[\s-](?:best|worst)\b|\brang\w+\b.*\b{_REPEAT}\b|\b(?:over|across|among|between)\s+(?:the\s+|all\s+)?(?:\w+\s+)?{_REPEAT}\b.*\brang\w+",
    re.IGNORECASE,
)
"""What says that the best or the worst of a run's repeats is meant."""
_SIDE = re.compile(
    r"\b(?:(best|worst|strongest|weakest|rang\w+)|(highest|largest|max\w*)|(lowest|smallest|min\w*))\b", re.IGNORECASE
)
_HEADED = re.compile(
    rf"(?:(?P<max>max(?:imum)?|highest|largest)|(?P<min>min(?:imum)?|lowest|smallest)|(?P<any>best|worst|strongest|weakest|{_REPEAT}\s*#?\d+))"
    rf"\.?(?:\s+(?:of\s+|over\s+)?(?:\w+\s+)?(?:{_REPEAT}|runs?))?",
    re.IGNORECASE,
)
_RANGES = re.compile(r"\brang\w+", re.IGNORECASE)
_NUMBERED = re.compile(r"\b(?:seed|fold|split|repeat|trial)\s*(?:no\.?\s*|number\s*|=\s*|#)?(\d+)\b", re.IGNORECASE)
_IN_A_PLACE = re.compile(r"(?:seed|fold|split|rep(?:eat)?|trial)[_=-]?0*(\d+)", re.IGNORECASE)


def speaks_of_one(case: Case, key: Key) -> bool:
    """Whether the text speaks of one repeat of several; the maximum error is a metric's name."""
    named = re.findall(r"max|min", key.path[-1].lower())
    text = re.sub(rf"\b(?:{'|'.join(named)})\w*", " ", case.text, flags=re.IGNORECASE) if named else case.text
    return _SINGLE.search(text) is not None or (not named and _heads_one(case) is not None)


def _heads_one(case: Case) -> re.Match[str] | None:
    """A header of a cell that says one repeat of several: `min` beside `max`, `Best seed`."""
    heads = case.context.words.split(" | ") if case.in_table else ()
    return next((found for head in heads if (found := _HEADED.fullmatch(head.strip()))), None)


def is_one_seed(case: Case, one: Found) -> bool:
    """Whether a value is one of several repeats, not what they come to."""
    repeats = case.values.repeats.get((one.run, one.key), [])
    if (one.run, one.key, one.value) in case.values.stated:
        return False
    return not one.formula and not says_mean(one.place, one.key) and len(set(repeats)) > 1


def picked_seed(case: Case, one: Found) -> Ruling | None:
    """One seed's value, given as if it were the run's; or another seed's than is named, the best that is not the best."""
    mean = case.values.central.get(one.key, {}).get(one.run)
    if mean is None or not is_one_seed(case, one):
        return None
    if speaks_of_one(case, one.key):
        return _another_repeat(case, one) or _no_extreme(case, one)
    reason = f"{case.number.shown} is one seed's; the mean of {case.values.seeds(one.run, one.key)} is {mean.value:.6g}"
    return Ruling("misattributed", told(one), reason, (one.run,))


def _another_repeat(case: Case, one: Found) -> Ruling | None:
    """`Seed 2 has 0.94`, where that is what seed 1 has; only where the files say which seed is which."""
    told_before = list(_NUMBERED.finditer(case.text[: case.number.start]))
    if not told_before or case.in_table or re.search(r"\d", case.text[told_before[-1].end() : case.number.start]):
        return None
    said = told_before[-1]
    same = [each for each in case.hits if each.run == one.run and each.key == one.key and is_one_seed(case, each)]
    places = [_IN_A_PLACE.search(each.shown) for each in same]
    if not places or any(place is None or place[1] == said[1] for place in places):
        return None
    reason = f"{case.number.shown} is {one.key.name} of {one.run} in {places[0][0] if places[0] else ''}, not of {said[0].strip()}"
    return Ruling("misattributed", told(one), reason, (one.run,))


def _no_extreme(case: Case, one: Found) -> Ruling | None:
    """`The best seed reaches 0.94`, where another of the run has more; of what is good is not known, so either end may be the best."""
    if headed := _heads_one(case):
        ends = {"max": max, "min": min}.get(headed.lastgroup or "")
        return _between(case, one, (ends(case.values.repeats[one.run, one.key]),)) if ends else None
    if case.in_table or not _OF_REPEATS.search(case.text):
        return None
    before = [each.end() for each in re.finditer(r"\d[\d.]*", case.text[: case.number.start])]
    side = list(_SIDE.finditer(case.text, before[-1] if before else 0, case.number.start))
    if not side and not _RANGES.search(case.text):
        return None
    repeats = case.values.repeats[one.run, one.key]
    which = side[-1].lastindex if side else 1
    return _between(case, one, {1: (min(repeats), max(repeats)), 2: (max(repeats),), 3: (min(repeats),)}[which or 1])


def _between(case: Case, one: Found, ends: tuple[float, ...]) -> Ruling | None:
    """Why a repeat is none of the ends of all that its run has; None where it is."""
    repeats = case.values.repeats[one.run, one.key]
    if any(each.value in ends for each in case.hits if (each.run, each.key) == (one.run, one.key)):
        return None
    ends_told = " and ".join(f"{end:.6g}" for end in ends)
    reason = f"{one.key.name} of {one.run} is {ends_told} at the {'ends' if len(ends) > 1 else 'end'} of its {len(repeats)} repeats; {case.number.shown} lies between"
    return Ruling("misattributed", told(one), reason, (one.run,))
