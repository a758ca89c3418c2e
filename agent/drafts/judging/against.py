"""Whom a change is said against, where that stands right beside it: `5.6 points below LoRA`, `39.8% relative to LoRA`, `beats LoRA by 5.6`."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from agent.drafts.naming import phrases, says
from agent.drafts.naming.context import Context
from agent.drafts.naming.mention import Mention
from agent.drafts.naming.reader import Reader
from agent.drafts.text.numerals import Numeral

_BEHIND = re.compile(r"(?:(?!\b(?:and|but|while|whereas|which|who|where)\b)[^,;:.()=\d]|(?<=\w)-\d)*")
"""From a number to whom it is against: the same clause, without another number."""
_LOSES_TO = re.compile(r"\b(?:los(?:e|es|t|ing)|cedes?|gives? up)\s+(?:only\s+|about\s+|some\s+)?\Z", re.IGNORECASE)
_TO = re.compile(r"\bto\s+(?:the\s+|a\s+|an\s+|our\s+)?\Z")
_GONE = re.compile(
    r"\b(?:remov\w*|saves?|saved|saving|cuts?|eliminat\w*)\s+(?:about\s+|only\s+|some\s+|~\s*)?\Z", re.IGNORECASE
)
_OF_ITS = re.compile(r"\s?%?\s+of\s+(?:the\s+)?")
_OF_WHOM = re.compile(r"\s?%?\s+of\s+(?:the|its|all)\s+[\w\s-]{3,40}?\s+(?:of|in|with)\s+(?:the\s+|an?\s+|our\s+)?")
"""`removes 34% of the absorption of LoRA` is against LoRA."""
_BY = re.compile(
    r"(?:(?!\b(?:and|but|while|whereas|which)\b)[^,;:.()\d])*\bby\s+(?:about|only|around|roughly|nearly|almost|just|over|another|some|up to|~|\s)*\Z"
)
"""From whom is beaten to the number."""


_BETWEEN = re.compile(r"\b(?:gap|differences?|distance|margin)\s+between\s+(?:the\s+|our\s+)?\Z", re.IGNORECASE)
_AND = re.compile(r"\s+(?:\w+\s+)?and\s+(?:the\s+|our\s+)?")
_IS = re.compile(
    r"[^.;:,()\d]*\b(?:is|was|are|of|at|to|by|amounts to|remains|stays)\s+(?:about\s+|only\s+|just\s+|still\s+)*\Z"
)


def _between_two(at: Reader, number: Numeral) -> tuple[Mention, Mention] | None:
    """`the gap between LoRA and masked models is 2.7 points`."""
    for one, two in pairwise(at.mentions):
        opened = _BETWEEN.search(at.text[: one.start]) and _AND.fullmatch(at.text[one.end : two.start])
        if opened and two.end <= number.start and _IS.fullmatch(at.text[two.end : number.start]):
            return one, two
    return None


def with_whom_against(at: Reader, number: Numeral, context: Context) -> Context:
    """The context with `against`; whom is spoken of is not whom it is held against."""
    left, right = at.clause(number)
    if both := _between_two(at, number):
        one, two = (_in_the_place_of(at.crossed(each.runs, left, right, number), at.before.runs) for each in both)
        return replace(context, runs=one, against=two) if not one & two else context
    told = _told(at, number)
    if told is None:
        return context
    against = at.crossed(told.runs, left, right, number)
    subject = any(each != told and not each.target and context.runs <= each.runs for each in at.mentions)
    if subject and context.runs < against:
        against -= context.runs  # `above the full model`, which is what all but the baseline are called
    runs = context.runs - against
    if not runs and context.runs and (says.GOES_ON.match(at.text) or says.IT.match(at.text)):
        runs = at.before.runs - against
        runs = at.crossed(runs, left, right, number) if runs else runs
        against = _in_the_place_of(against, runs)
    return replace(context, runs=runs or context.runs, against=against)


def _in_the_place_of(runs: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Of these runs those of the place of others: `lora/16k` of `masked/16k`."""
    parts = [set(run.split("/")) for run in others]
    shared = set.intersection(*parts) if parts else set()
    return frozenset(run for run in runs if shared & set(run.split("/"))) or runs


def _told(at: Reader, number: Numeral) -> Mention | None:
    for each in at.mentions:
        between = at.text[number.end : each.start] if each.start >= number.end else ""
        if between and _BEHIND.fullmatch(between):
            owns = _OF_ITS.fullmatch(between) and at.text[each.end : each.end + 2] in ("'s", "’s")
            if _GONE.search(at.text[: number.start]) and (owns or _OF_WHOM.fullmatch(between)):
                return each
            to = _TO.search(between) and _LOSES_TO.search(at.text[: number.start])
            return each if phrases.TARGET.search(between) or to else None  # the 3,125 of `against 3,125 for B` is B's
    before = [each for each in at.mentions if each.end <= number.start]
    if before and before[-1].target and _BY.fullmatch(at.text[before[-1].end : number.start]):
        return before[-1]
    return None
