"""Whether what stands behind "is" claims: more than how a thing was made, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from agent.proofreading.claimed.case import Case
from agent.proofreading.claimed.grammar.common_words import is_attributive, is_common_noun, is_state
from agent.proofreading.claimed.grammar.parts import Token
from agent.proofreading.claimed.grammar.word_classes import (
    ADVERBS,
    DETERMINERS,
    NEGATIONS,
    OPENS,
    PREPOSITIONS,
    is_participle,
    words_of,
)
from agent.proofreading.claimed.of_whom import SET, head_of
from agent.proofreading.claimed.plain_words import is_descriptive, is_plain
from agent.proofreading.claimed.procedures import is_listed

_TO_BE_DONE = words_of(
    """
    easy easier hard harder difficult cheap cheaper simple simpler costly expensive quick slow natural usual tempting
    """
)
"""`hard to tell`, `easy to minimise`: of a task, not of a result."""
_DIMENSIONS = words_of("shorter longer larger smaller higher lower wider narrower steeper earlier later")
_OUT_OF = frozenset({"scope", "memory", "range", "date", "order"})
_WELL = frozenset({"well-defined", "well-known", "well-posed"})
_SURE = words_of("confident sure certain convinced proud pleased delighted happy right")
"""What authors say of themselves that says something of their results."""


def is_claimed_state(case: Case, said: Sequence[Token]) -> bool:
    """Whether what stands behind "is" is more than how a thing was made, and where it stands."""
    words = [token for token in said if token.low not in ADVERBS or is_state(token.low)]
    if not words:
        return False
    first, low = words[0], words[0].low
    if case.clause.subject[:1] and case.clause.subject[0].low == "we":
        return low in _SURE
    if not first.is_word or "_" in low or low in OPENS or low in NEGATIONS - {"no"} or first.text[0].isupper():
        return False
    second = words[1].low if len(words) > 1 else ""
    if low == "to":
        return second != "be" and not is_listed(second)
    if low == "out" and second == "of":
        return not any(token.low in _OUT_OF for token in words[2:4])
    if low in PREPOSITIONS or low in DETERMINERS:
        return not case.knows(_phrase(words))
    if low.endswith("s") and (is_common_noun(low) or is_plain(low)):
        return False
    if is_attributive(low):
        return second != "to"
    if low in _DIMENSIONS and _is_set(case):
        return False
    if is_listed(low) or is_state(low) or (low in _TO_BE_DONE and second == "to"):
        return False
    if low.startswith("well-") and low not in _WELL:
        return True
    if is_descriptive(low) and case.whose != "result":
        return False
    if low.endswith("ing") or is_participle(low) or case.whose == "result":
        return True
    return not case.vocabulary.is_known(first)


def _is_set(case: Case) -> bool:
    """`The ramp is shorter`: of a quantity that is set, and no metric."""
    head = head_of(case.clause.subject)
    return head is not None and head.low in SET and not case.vocabulary.names_a_metric(case.clause.subject)


def _phrase(words: Sequence[Token]) -> Sequence[Token]:
    """Words up to the second preposition, behind which another thing is spoken of."""
    for place, token in enumerate(words[1:], start=1):
        if token.low in PREPOSITIONS:
            return words[:place]
    return words
