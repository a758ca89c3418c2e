"""A clause on trial: whom it speaks of, who says it, and whether it says of itself, by a modal or by what it hangs on, that it may be so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.evidence.condition import terms_of
from agent.proofreading.claimed.excused import says_not_known
from agent.proofreading.claimed.grammar.clause import Clause
from agent.proofreading.claimed.grammar.parts import Token
from agent.proofreading.claimed.grammar.word_classes import (
    ADVERBS,
    BE,
    CONDITIONS,
    COORDINATES,
    NEGATIONS,
    ends_as_verb,
    words_of,
)
from agent.proofreading.claimed.of_whom import Vocabulary, Whose
from agent.proofreading.claimed.plain_words import is_plain
from agent.proofreading.claimed.procedures import is_listed
from agent.proofreading.claimed.states import is_modest
from agent.proofreading.sentences.cited import of_a_cited_work
from agent.proofreading.sentences.names import named_runs
from agent.proofreading.sentences.prose import Sentence
from agent.session.steps import BASELINE

HEDGES = frozenset({"may", "might", "could", "would", "should", "wouldn't", "couldn't", "shouldn't"})
_INVERTED = re.compile(r"\s*(?:Were|Had|Should)\b")
"""`Were it the weight that matters, …`"""
_FINDINGS = words_of("result finding outcome verdict difference effect change conclusion")
_HIDES = frozenset({"noise", "spread", "band"})
"""`A difference of that size would be hidden by the spread`: what could not have been seen."""
_IN_FAVOUR = words_of("gain gains improvement improvements advantage benefit favour favor worth better success")
PEOPLE = ("ers", "ors", "tists", "gists")
"""How words for people end."""
_NEGATIVE = frozenset({"nothing", "none", "nobody", "neither", "no"})


@dataclass(frozen=True)
class Case:
    """A clause on trial, with whom it speaks of and what stands before it in its sentence."""

    clause: Clause
    whose: Whose
    before: tuple[Clause, ...]
    sentence: Sentence
    vocabulary: Vocabulary
    tells: bool = True

    @property
    def is_open(self) -> bool:
        """Whether it may claim something though no result is its subject."""
        if self.vocabulary.names_a_result(self.behind) or {"would", "will", "should"} & set(self.clause.chain):
            return True
        return self.tells and not self.vocabulary.is_of_others(self.clause.subject)

    @property
    def behind(self) -> tuple[Token, ...]:
        main = self.clause.main
        return (*((main,) if main else ()), *self.clause.rest)

    @property
    def is_anothers(self) -> bool:
        """Whether a cited work says it, or it is printed where a condition holds."""
        main = self.clause.main
        start, end = (main.start, main.end) if main else (self.clause.start, self.clause.end)
        given = self.sentence.given(start, end)
        subjects = [term.subject for term in terms_of(given)]
        known = {name for subject in subjects for name in subject.names} | {BASELINE}
        named = {str(one.run) for one in named_runs(self.sentence.text[self.clause.start : self.clause.end])}
        of_runs = all(subject.kind in ("verdict", "compare") for subject in subjects)
        return (bool(given) and (named <= known or not of_runs)) or of_a_cited_work(self.sentence.text, start, end)

    @property
    def is_of_strangers(self) -> bool:
        """Whether its subject are people of whom nobody knows: engineers, adopters."""
        first = self.clause.subject[0] if self.clause.subject else None
        return first is not None and first.low.endswith(PEOPLE) and not self.vocabulary.is_known(first)

    def names_a_setting(self, tokens: Sequence[Token]) -> bool:
        return bool(self.vocabulary.names.settings(" ".join(token.text for token in tokens)))

    def knows(self, tokens: Sequence[Token]) -> bool:
        return all(self.vocabulary.is_known(token) or is_plain(token.low) for token in tokens)


def is_negative(subject: Sequence[Token]) -> bool:
    """Whether a subject is that nothing, or no run: then nothing is claimed, unless somebody is compared with it."""
    first = next((token for token in subject if token.low not in ADVERBS - _NEGATIVE), None)
    return first is not None and first.low in _NEGATIVE


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
