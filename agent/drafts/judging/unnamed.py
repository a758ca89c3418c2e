"""Whether a number is plainly the value of a setting that its clause does not call by its name."""

from __future__ import annotations

import re

from agent.drafts.judging.case import Case, Ruling
from agent.drafts.judging.settings import LAST_WORDS, NOUN, differs, is_length, of_other_runs, settings_of, told
from agent.drafts.records.pool import Found

_COUNTED = re.compile(r"(?<=\d)\s+[A-Za-z]+\s+of\s+\Z")
"""`128 samples of 2048 tokens`: the samples are the 128."""
_LEADS = re.compile(r"(?:^|[,;(]\s*)(?:with|at|under|using|for)\s+(?:only\s+|just\s+)?\Z", re.IGNORECASE)
"""What begins a clause with a condition: `With 30% of the weights removed, …`."""
_GIVEN = re.compile(r"([A-Za-zα-ω_]+)\$?\s*=\s*\Z")
"""What gives a value to a setting, whatever it is called: `p=0.1`."""
_LARGE = 100
_AT = re.compile(r"\b(?:at|with)\s*\Z", re.IGNORECASE)
_CHOSEN = re.compile(
    r"\b(?:an?|the|its|our|with|constant|fixed)\s+(?:[A-Za-z-]+\s+){0,3}(?:[A-Za-z-]+\s+of|probability|weight|strength|coefficient|rate)\s+\Z"
)
"""What says that something is given a value: `a constant penalty of 0.02`, `with probability 0.1`."""


def _given(case: Case) -> Ruling | None:
    """`p=0.1`: a value that a setting has in the folder, whatever the draft calls it."""
    word = _GIVEN.search(case.text[: case.number.start])
    if case.in_table or word is None or case.names.metrics.named(word[1]) or case.names.settings.named(word[1]):
        return None
    found = [one for one in settings_of(case) if not one.run]
    return Ruling("setting", told(found[0]), f"the setting {found[0].key.name}") if found else None


def _chosen(case: Case) -> Ruling | None:
    """A value in which runs differ, given to something that is no metric."""
    said = _CHOSEN.search(case.text[: case.number.start])
    if case.in_table or case.number.percent or said is None or case.names.metrics.named(said[0]) or case.is_measured:
        return None
    found = [one for one in settings_of(case) if differs(case, one)]
    return Ruling("setting", told(found[0]), f"the setting {found[0].key.name}") if found else None


def unnamed_setting(case: Case) -> Ruling | None:
    """A value that is plainly a setting's though the clause does not call it so."""
    number, before = case.number, case.text[: case.number.start]
    if given := _given(case):
        return given
    if chosen := _chosen(case):
        return chosen
    sure = case.context.metrics and case.context.near and not case.names.metrics.only_in_part(case.context.words)
    found = settings_of(case)
    theirs = _AT.search(before) and [one for one in found if one.run in case.context.runs and differs(case, one)]
    if theirs and not (case.in_table or case.is_measured):
        return Ruling("setting", told(theirs[0]), f"the setting {theirs[0].key.name}")  # `Lion at 1e-3 has a loss of`
    if case.in_table or (sure and not (number.whole and not number.percent)):
        return None
    words = LAST_WORDS.search(_COUNTED.sub("", before))
    last = re.split(r"\bof\s+(?=\w)", re.sub(r"\s+of\s*\Z", "", words[0]) if words else "")[-1]
    settings = case.names.settings
    plainly = settings.named(last) and not (number.digits > 2 and settings.only_in_part(last))
    if plainly and not any(settings.related(one.key, last) for one in found):
        return None  # it is named, and has another value
    among = number.digits >= 2 and bool(case.names.settings.named(case.text))
    if (noun := NOUN.match(case.text, number.end)) and (keys := case.names.settings.named(noun[2])):
        found = [one for one in found if one.key in keys or is_length(one.key)]  # `512 samples` are no tokens
    rare = (
        among if number.percent else number.digits >= 3 or abs(number.value) >= 100 or abs(number.value) < 0.01 or among
    )
    if not found and (shared := _of_all(case)):
        return Ruling("supported", told(shared), f"{shared.key.name} of all runs", (shared.run,))
    rare = rare or bool(_LEADS.search(before) and any(differs(case, one) for one in found))
    if not found or not rare:
        return None
    if odd := of_other_runs(case, found, frozenset(one.key for one in found)):
        return odd
    return Ruling("setting", told(found[0]), f"the setting {found[0].key.name}")


def _of_all(case: Case) -> Found | None:
    """`The test set has 1,246 images`: a large whole number that one metric has in every run."""
    number = case.number
    if not number.whole or number.percent or number.factor or number.value < _LARGE:
        return None
    known = case.values.central
    shared = (
        one for one in case.hits if one.role != "spread" and len(known.get(one.key, {})) == len(case.names.records.runs)
    )
    return next((one for one in shared if all(each.value == one.value for each in known[one.key].values())), None)
