"""Whose a number is by what stands right beside it: a possessive, a name behind a list, an arrow, the two ends of a way."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from agent.drafts.naming import phrases, says
from agent.drafts.naming.mention import Mention
from agent.drafts.text.numerals import Numeral


def is_in_a_name(text: str, mentions: Sequence[Mention], number: Numeral) -> bool:
    """Whether a number calls a run by a value behind a sign: the 40 of `0.137 at k = 40 and 0.117 at k = 80`."""
    return any(each.start < number.start < each.end and "=" in text[each.start : number.start] for each in mentions)


def owner(text: str, mentions: Sequence[Mention], number: Numeral) -> Mention | None:
    """`than the baseline's 5.24`; `0.0704, is that of masking`."""
    before = (each for each in mentions if says.POSSESSIVE.fullmatch(text[each.end : number.start]))
    return next(before, None) or owner_behind(text, mentions, number)


def owner_behind(text: str, mentions: Sequence[Mention], number: Numeral) -> Mention | None:
    """`0.0704, is that of masking`, and not `3.41, that of Mixup 1.92`."""
    behind = (each for each in mentions if says.THAT_OF.fullmatch(text[number.end : each.start]))
    return next((each for each in behind if not phrases.VERB.match(text, each.end)), None)


def owner_of_all(text: str, mentions: Sequence[Mention], group: Sequence[Numeral]) -> Mention | None:
    """The run behind a whole list: `1.45, 1.01 and 0.98, respectively, for the baseline`."""
    end = group[-1].end
    behind = (each for each in mentions if each.start >= end)
    return next((each for each in behind if says.FOR_ALL.fullmatch(text[end : each.start])), None)


def of_arrow(text: str, mentions: Sequence[Mention], number: Numeral, since: frozenset[str]) -> frozenset[str] | None:
    """`run 3 improves it (0.98 → 0.96)`: the first is of whom was spoken before (`since`), the second is run 3's; None at no arrow."""
    own = [each for each in mentions if each.end <= number.start and not each.target]
    arrived = says.TURNS_TO.search(text[: number.start][-5:]) or says.BRACKET_TO.search(text[: number.start])
    if arrived and len(own) == 1:
        return own[0].runs
    opened = says.BRACKET_FROM.search(text[: number.start]) and says.BRACKET_ON.match(text, number.end)
    if arrived or not (opened or says.TURNS_TO.match(text, number.end)):
        return None
    return since - frozenset(run for each in mentions for run in each.runs) or since


def on_the_way(text: str, mentions: Sequence[Mention], number: Numeral, runs: frozenset[str]) -> frozenset[str]:
    """`From k=20 to k=80, absorption falls from 0.30 to 0.10`: of these runs those of the place that the value is at."""
    for one, two in pairwise(mentions):
        starts = says.STARTS.search(text[: one.start])
        if not starts or not says.TO.fullmatch(text[one.end : two.start]) or number.start < two.end:
            continue
        first, second = says.FROM_VALUE.search(text[: number.start]), says.TO_VALUE.search(text[: number.start])
        place = one if first else two if second else None
        return (runs & place.runs if place else runs) or runs
    return runs
