"""Whether a verb claims: one that no list has, or one that is listed with words behind it that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.proofreading.claimed.case import Case, is_favourable
from agent.proofreading.claimed.grammar.common_words import is_common_noun
from agent.proofreading.claimed.grammar.parts import Token
from agent.proofreading.claimed.grammar.word_classes import ADVERBS, DETERMINERS, FUNCTION, PREPOSITIONS, RELATIVES
from agent.proofreading.claimed.of_whom import LEARNT, SET, head_of
from agent.proofreading.claimed.plain_words import is_judging
from agent.proofreading.claimed.procedures import forms_of, is_light, is_procedure

_MOVES = forms_of(
    "raise lower increase reduce double halve rise fall grow shrink fade vanish lose gain change narrow widen strengthen weaken improve"
    " move drop touch affect separate limit cut support help ensure"
)
"""What is no set-up where a metric moves, or is moved."""
_STRIKES = forms_of("surprise puzzle strike")
"""`It surprised us`: what authors say of themselves."""
_COSTS = forms_of("cost sacrifice save buy spend")
"""What is said to be paid, or gained, in a metric."""
_OF_A_METRIC = forms_of(
    "need cover say tell show mean have come take make stay act allow require give lie ask want lack rest stand speak look concern answer"
)
"""What may be said of a metric as such: of how it is made, and what it can tell."""

_RUNS_ITS_COURSE = forms_of(
    "stay remain follow start begin end decay shrink fall rise grow drop decrease increase move run go vary reach"
)
"""What a schedule does to what it sets."""

_ALIKE = forms_of("agree coincide tie share overlap match equal resemble converge")
"""What several do together, or alike."""
_DEFINITE = frozenset({"the", "its", "their", "our", "these", "those"})
_OF_A_RUN = re.compile(r"\w of run \d+|\brun \d+ s \w", re.IGNORECASE)
_IF = re.compile(r"\b(?:if|for|were|had)\b", re.IGNORECASE)
_DEGREES = frozenset({"best", "worst", "enough", "impossible", "right", "much"})
"""Behind a plain verb these say how well it went: `takes the best from both`, `asks for too much`."""
_PARTICLES = frozenset({"up", "out", "off", "ahead", "away", "down", "forth"})


def is_scheduled(case: Case) -> bool:
    """`The weight stays at a third`, `the threshold falls to zero`: how a quantity that is set runs, with no run or metric beside it."""
    subject = [token for token in case.clause.subject if token.low not in DETERMINERS]
    main, names = case.clause.main, case.vocabulary.names
    if not subject or main is None or main.low not in _RUNS_ITS_COURSE or _likens(case):
        return False
    if case.vocabulary.names_a_result(case.clause.tokens):
        return False
    return subject[-1].low in SET or bool(names.settings(" ".join(token.text for token in subject)))


def is_claimed_verb(case: Case, verb: Token) -> bool:
    """Whether a verb, with what stands behind it, is more than how something was made, set, measured or shown."""
    low, rest, chain = verb.low, case.clause.rest, case.clause.chain
    if not verb.is_word or low in FUNCTION:
        return False
    if _likens(case) or _is_alike(case, low):
        return True
    if is_procedure(low) or (low in ("given", "gave", "gives") and rest[:1] and rest[0].low == "up"):
        return False
    if low in _STRIKES and rest[:1] and rest[0].low == "us":
        return False
    if _is_foretold(case) or _moves_a_metric(case, low):
        return True
    sets_out = (
        bool(case.clause.subject)
        and case.clause.subject[0].low == "we"
        and [token.low for token in rest[1:2]] == ["to"]
    )
    closed = (case.knows(rest) or case.names_a_setting(rest)) and (sets_out or not _is_phrasal(rest))
    if is_judging(low) and case.tells and case.whose in ("result", "part"):
        return True
    if "would" in chain and is_favourable(case):
        return True
    if "must" in chain and _is_learnt(case.clause.subject) and not _IF.search(case.sentence.text):
        return True
    if (
        is_light(low)
        and case.tells
        and case.whose != "other"
        and any(token.low in _DEGREES or _is_valued(token) for token in rest)
    ):
        return True
    if is_light(low):
        return not closed or _is_told_by_a_stranger(case) or _is_of_what_was_learnt(case)
    if {"would", "should"} & set(chain) or case.whose == "result":
        return True
    told = [token for token in rest if token.is_word and token.low not in ADVERBS]
    acts = bool(told) and told[0].low not in PREPOSITIONS and told[0].low not in ("its", "their", "itself")
    return not acts or not closed or case.vocabulary.names_what_was_found(rest)


def _is_valued(token: Token) -> bool:
    """`leading to degraded reconstruction`: a participle that says how well it went."""
    return is_judging(token.low) and token.low.endswith("ed")


def _is_alike(case: Case, verb: str) -> bool:
    """`The variants tie on absorption`: how runs stand to one another on a metric, which a verdict says."""
    on_a_metric = case.vocabulary.names_a_metric(case.clause.tokens)
    return verb in _ALIKE and case.tells and case.whose == "result" and on_a_metric


def _is_foretold(case: Case) -> bool:
    """`Future models will want it`: what will be so, other than what the authors will do."""
    subject = case.clause.subject
    if (
        not subject
        or subject[0].low == "we"
        or "next" in (token.low for token in subject)
        or "will" not in case.clause.chain
    ):
        return False
    return not (case.vocabulary.is_of_others(subject) and case.knows(case.behind))


def _moves_a_metric(case: Case, verb: str) -> bool:
    """`Absorption met its match`: of a metric more is said than how it is made, or that something moves it."""
    clause, names_a_metric = case.clause, case.vocabulary.names_a_metric
    if clause.rest and clause.rest[0].low == "no":
        return False
    if verb in _COSTS and (names_a_metric(clause.rest) or _is_learnt(clause.rest)):
        return True
    if verb in _MOVES:
        return names_a_metric(clause.rest) or names_a_metric(clause.subject)
    of_it = bool(clause.subject) and clause.subject[0].low not in PREPOSITIONS and names_a_metric(clause.subject)
    return of_it and not clause.chain and is_light(verb) and verb not in _OF_A_METRIC


def _likens(case: Case) -> bool:
    """`drop like a stone`: to what nobody measured."""
    rest = case.clause.rest
    return any(
        token.low == "like"
        and rest[place + 1].low in ("a", "an")
        and not (SET & {one.low for one in rest[place + 1 :]})
        and (case.whose == "result" or not case.knows(rest[place + 1 : place + 3]))
        for place, token in enumerate(rest[:-2])
    )


def _is_told_by_a_stranger(case: Case) -> bool:
    """`A whisker separates run 2 from the baseline`: a noun that nobody knows, of runs or metrics."""
    subject = [token for token in case.clause.subject if token.is_word and token.low not in FUNCTION]
    known = not subject or any(case.vocabulary.is_known(token) for token in subject)
    return case.whose == "other" and not known and case.vocabulary.names_a_result(case.clause.rest)


def _is_learnt(words: Sequence[Token]) -> bool:
    """Whether words are of what training leaves, by their head."""
    head = head_of(words) if words else None
    return head is not None and head.low in LEARNT


def _is_of_what_was_learnt(case: Case) -> bool:
    """`The features come out clean`, `units of run 3 each know their place`: of what training left, and not of how it went."""
    subject, names = case.clause.subject, case.vocabulary.names
    head = head_of(subject)
    if (
        not case.tells
        or head is None
        or head.low in DETERMINERS
        or not head.is_word
        or case.clause.opener in RELATIVES
        or head.low in SET
    ):
        return False
    single = not head.low.endswith("s") and subject[0].low not in ("each", "every")
    part = case.vocabulary.is_part(head.low) and single
    if _OF_A_RUN.search(" ".join(token.text for token in subject)):
        others = case.vocabulary.is_of_others(subject[1:])
        return not (others or is_common_noun(head.low) or part or names.settings(head.text))
    return head.low in LEARNT and subject[0].low in _DEFINITE


def _is_phrasal(rest: Sequence[Token]) -> bool:
    """`holds up`, `comes out ahead`, `leaves the others behind`."""
    if not rest:
        return False
    after = rest[1].low if len(rest) > 1 else ""
    first = rest[0].low in _PARTICLES and (not after or (after in PREPOSITIONS | _PARTICLES and after != "of"))
    last = len(rest) > 1 and rest[-1].low in ("ahead", "behind")
    return first or last
