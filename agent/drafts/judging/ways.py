"""From where to where a value is said to go: what falls does not go from 14.2 to 14.6."""

from __future__ import annotations

import re

from agent.drafts.judging.case import Case, Ruling
from agent.drafts.text.numerals import Numeral, numerals

_DOWN = r"f[ae]lls?|fell|falling|fallen|drop\w*|decreas\w+|declin\w+|reduc\w+|lower(?:s|ed|ing)|shrink\w*|shrank|cuts?|cutting"
_UP = r"ris(?:es?|ing)|rose|increas\w+|grow(?:s|n|ing)?|grew|climb\w*|rais(?:es?|ed|ing)"
_VERB = re.compile(rf"\b(?:(?P<down>{_DOWN})|(?P<up>{_UP}))\b", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+(?:about\s+|around\s+|~\s*)?\Z")
_NOT = re.compile(r"\b(?:not|never|no|neither|without|nor|instead of|rather than|if|whether)\b|n['’]t\b", re.IGNORECASE)
_BETWEEN = re.compile(
    r"(?P<unit>\s?(?:%|percent|pp|(?:percentage )?points?|[a-zA-Zµ/]{1,12})?)(?:\s*\([^()]{1,40}\)|\s+(?:at|for|with|in|on|under|of|without)\s[^,;:()]{1,40}?)?\s+(?:down\s+|up\s+)?to\s+(?:about\s+|only\s+|just\s+|around\s+|~\s*)?"
)
_UNIT = re.compile(
    r"\s?(?:%|percent|pp|(?:percentage )?points?|(?!(?:at|for|with|in|on|and|as|when|by|of|to|or)\b)[a-zA-Zµ/]{1,12}\b)?"
)
_AWAY = 60
"""Characters between the verb and where it goes from."""


def goes_the_other_way(case: Case) -> str:
    """Why a number cannot be an end of the way that the text says; empty where it can, and where no way is said."""
    if case.in_table or not _VERB.search(case.text):
        return ""
    told = list(numerals(case.text))
    for one, other in ((one, other) for at, one in enumerate(told) for other in told[at + 1 :]):
        if case.number.start not in (one.start, other.start):
            continue
        if (says := _said(case.text, one, other)) and (other.value - one.value) * says < 0:
            if case.number.start == one.start and any(
                hit.run in case.names.runs.baseline for hit in case.hits if case.of_metric(hit)
            ):
                return ""  # it does start there
            return f"it is said to {'rise' if says > 0 else 'fall'} from {one.shown} to {other.shown}"
    return ""


def _said(text: str, one: Numeral, other: Numeral) -> int:
    """1 where the text says that something rises from one number to the other, -1 where it falls, 0 where it says no such thing."""
    between = _BETWEEN.fullmatch(text[one.end : other.start])
    came = _FROM.search(text[: one.start])
    if between is None or came is None or (one.percent, one.suffix) != (other.percent, other.suffix):
        return 0
    unit = between["unit"].strip()
    behind = _UNIT.match(text, other.end)
    if unit and not one.percent and (behind is None or behind[0].strip() != unit):
        return 0  # from 800 ms to 1.2 s
    clause = re.split(r"[,;:()]|(?<![A-Za-z@-])\d", text[: came.start()])[-1][-_AWAY:]
    verbs = list(_VERB.finditer(clause))
    if len(verbs) != 1 or _NOT.search(clause) or one.value < 0 or other.value < 0:
        return 0
    return 1 if verbs[0]["up"] else -1


def wrong_end(case: Case, ruling: Ruling) -> Ruling:
    """The ruling on a number; where it is an end of a way that goes the other way round, that it is not so."""
    if ruling.status not in ("supported", "derived") or not (why := goes_the_other_way(case)):
        return ruling
    return Ruling("misattributed", ruling.evidence, why, ruling.runs)
