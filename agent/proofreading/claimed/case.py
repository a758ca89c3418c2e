"""A clause on trial: whom it speaks of, what stands before it, and who says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.evidence.condition import terms_of
from agent.proofreading.claimed.clause import Clause
from agent.proofreading.claimed.of_whom import Vocabulary, Whose
from agent.proofreading.claimed.parts import Token
from agent.proofreading.claimed.plain_words import is_plain
from agent.proofreading.claimed.word_classes import ADVERBS
from agent.proofreading.sentences.cited import of_a_cited_work
from agent.proofreading.sentences.names import named_runs
from agent.proofreading.sentences.prose import Sentence
from agent.session.steps import BASELINE

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
        known = {name for term in terms_of(given) for name in term.subject.names} | {BASELINE}
        named = {str(one.run) for one in named_runs(self.sentence.text[self.clause.start : self.clause.end])}
        return (bool(given) and named <= known) or of_a_cited_work(self.sentence.text, start, end)

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
