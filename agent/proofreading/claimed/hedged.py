"""Whether a clause says of itself, by its modal or by what it hangs on, that it may be so, or would be so under a condition."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.proofreading.claimed.case import Case, is_negative
from agent.proofreading.claimed.excused import says_not_known
from agent.proofreading.claimed.parts import Token
from agent.proofreading.claimed.procedures import is_listed
from agent.proofreading.claimed.states import is_modest
from agent.proofreading.claimed.word_classes import (
    ADVERBS,
    BE,
    CONDITIONS,
    COORDINATES,
    NEGATIONS,
    ends_as_verb,
    words_of,
)
from agent.proofreading.sentences.names import named_runs

HEDGES = frozenset({"may", "might", "could", "would", "should", "wouldn't", "couldn't", "shouldn't"})
_INVERTED = re.compile(r"\s*(?:Were|Had|Should)\b")
"""`Were it the weight that matters, …`"""
_FINDINGS = words_of("result finding outcome verdict difference effect change conclusion")
_HIDES = frozenset({"noise", "spread", "band"})
"""`A difference of that size would be hidden by the spread`: what could not have been seen."""
_IN_FAVOUR = words_of("gain gains improvement improvements advantage benefit favour favor worth better success")


def is_inverted(case: Case) -> bool:
    """`Were it the weight that matters`: the condition itself; what stands behind it needs a "would"."""
    return not case.before and _INVERTED.match(case.sentence.text) is not None


def may_be(case: Case) -> bool:
    """`so that features can form`, `an untrained model can score high`: possible in general, of no run by its number."""
    clause = case.clause
    if named_runs(" ".join(token.text for token in clause.rest)):
        return False
    general = clause.opener == "that" or (bool(clause.subject) and clause.subject[0].low in ("a", "an"))
    return "can" in clause.chain and general


def is_hedged(case: Case) -> bool:
    """Said to be possible, or what would be so under a condition; not what "seeds would hardly alter", nor what others may do."""
    chain, before = case.clause.chain, case.before[-1:]
    if not chain and before and case.clause.inherited and case.clause.opener in COORDINATES and case.clause.main:
        goes_on = not ends_as_verb(case.clause.main.low)  # "may be real and go undetected"
        return goes_on and any(word in HEDGES for word in before[0].chain)
    if not any(word in HEDGES for word in chain):
        return False
    low = case.clause.main.low if case.clause.main else ""
    words = {token.lower() for token in re.findall(r"[A-Za-z]+", case.sentence.text)}
    return (
        not {"would", "should"} & set(chain)
        or (is_listed(low) and case.knows(case.clause.rest) and not is_favourable(case))
        or low == "to"
        or bool(words & CONDITIONS)
        or _INVERTED.match(case.sentence.text) is not None
        or any(token.low in _HIDES for token in case.clause.rest)
        or (any(word in BE for word in chain) and case.whose != "result")
        or (
            (any(word in BE for word in chain) or low in ("go", "pass", "stay"))
            and _is_of_any_finding(case.clause.subject)
        )
    )


def _is_of_any_finding(subject: Sequence[Token]) -> bool:
    """`Even a negative result would be informative`, `any smaller effect would go unseen`: of one that may come."""
    said = [token.low for token in subject if token.low not in ADVERBS]
    return len(said) > 1 and said[0] in ("a", "an", "any", "no") and bool(_FINDINGS & {*said})


def is_favourable(case: Case) -> bool:
    """`Which a larger model would turn into a gain`: what nobody has seen, told of others than a study to come."""
    return case.tells and any(token.low in _IN_FAVOUR for token in case.clause.rest)


def hangs_on_a_guess(case: Case) -> bool:
    """Whether the clause is what another says may be so, is not known, or is not said: "nothing here says that it carries over"."""
    if (
        case.clause.opener not in ("that", "because", "since", "as", "how", "why", "what", "which", "so")
        or not case.before
    ):
        return False
    led = case.before[-1]
    around = case.sentence.text[led.start : case.clause.start]
    last = led.rest[-1].low if led.rest else ""
    negative = led.is_denied or is_negative(led.subject) or last in NEGATIONS
    hedged = any(word in HEDGES for word in led.chain)
    return negative or hedged or says_not_known(around) or is_modest(around)
