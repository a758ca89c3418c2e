"""Why a clause stands though nobody foresaw its words: a reference bears it, or it says itself that it claims nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.evidence.reference import Reference
from agent.proofreading.claimed.clause import Clause
from agent.proofreading.claimed.excused import says_not_known
from agent.proofreading.claimed.of_whom import Vocabulary, Whose
from agent.proofreading.claimed.parts import Token
from agent.proofreading.claimed.plain_words import is_plain
from agent.proofreading.claimed.procedures import forms_of, is_listed, is_procedure
from agent.proofreading.claimed.states import is_modest
from agent.proofreading.claimed.word_classes import (
    ADVERBS,
    BE,
    CONDITIONS,
    DETERMINERS,
    DO,
    HAVE,
    NEGATIONS,
    RELATIVES,
    SUPPOSES,
    words_of,
)
from agent.proofreading.sentences.cited import of_a_cited_work
from agent.proofreading.sentences.names import named_runs
from agent.proofreading.sentences.prose import Sentence
from agent.proofreading.sentences.supposed import is_supposed

_SUPPOSES = SUPPOSES | {"whichever", "whatever", "wherever"}
_HEDGES = frozenset({"may", "might", "could", "would", "should", "wouldn't", "couldn't", "shouldn't"})
_HIDES = frozenset({"noise", "spread", "band"})
"""`A difference of that size would be hidden by the spread`: what could not have been seen."""
_CAN = re.compile(r"\bcan\b(?! ?not\b)", re.IGNORECASE)
_INVERTED = re.compile(r"\s*(?:Were|Had|Should)\b")
"""`Were it the weight that matters, …`"""
_GIVES = forms_of(
    "reach attain give yield obtain score lie stand end fall rise go drop amount equal cost take use start come show change move mean keep"
    " differ explain hold leave spend"
)
"""What a value bears: that something has it."""
_SETTINGS = (("config",), ("training",), ("compute",))
"""What a reference to these says is how a run was made."""
_HARM = forms_of(
    "mind hurt harm suffer lose pay break disappoint interfere disturb damage degrade worsen bother budge deteriorate sacrifice compromise"
    " waste notice care spoil ruin erode"
)
_ASKED_BY_US = words_of(
    "question hypothesis hypotheses aim goal contribution contributions expectation intuition idea motivation plan study"
)
"""What is ours and tells no result."""
_WORKS = words_of(
    "achieves remedies cures solves removes avoids prevents restores recovers unlocks yields gives gains wins helps"
)
_IN_FAVOUR = words_of("gain gains improvement improvements advantage benefit favour favor worth better success")
_SHORT_FOR = frozenset({"it", "they", "this", "that", "ours"})
_PEOPLE = ("ers", "ors", "tists", "gists")
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
        return bool(self.sentence.given(start, end)) or of_a_cited_work(self.sentence.text, start, end)

    @property
    def is_of_strangers(self) -> bool:
        """Whether its subject are people of whom nobody knows: engineers, adopters."""
        first = self.clause.subject[0] if self.clause.subject else None
        return first is not None and first.low.endswith(_PEOPLE) and not self.vocabulary.is_known(first)

    def names_a_setting(self, tokens: Sequence[Token]) -> bool:
        return bool(self.vocabulary.names.settings(" ".join(token.text for token in tokens)))

    def knows(self, tokens: Sequence[Token]) -> bool:
        return all(self.vocabulary.is_known(token) or is_plain(token.low) for token in tokens)


def evidence(place: int, clauses: Sequence[Clause]) -> tuple[Token, ...]:
    """The words of a clause, of those that belong to it ("a value that …") and of what it announces by a colon."""
    found = [*clauses[place].tokens, *(token for clause in clauses[place:] for token in clause.announced)]
    for clause in clauses[place + 1 :]:
        if clause.opener == ":" or (clause.opener in RELATIVES and not clause.mark):
            found += clause.tokens
        elif found and not (clause.opener == "and" and not clause.mark and clauses[place + 1].opener == ":"):
            break
        else:
            found += clause.tokens
    return tuple(found)


def is_negative(subject: Sequence[Token]) -> bool:
    """Whether a subject is that nothing, or no run: then nothing is claimed, unless somebody is compared with it."""
    first = next((token for token in subject if token.low not in ADVERBS - _NEGATIVE), None)
    return first is not None and first.low in _NEGATIVE


def is_borne(clause: Clause, given: Sequence[Reference]) -> bool:
    """Whether a reference of the clause says it: a verdict whatever is said, a value that something has it."""
    if any(reference.judges or reference.head == "best" for reference in given):
        return True
    if not given or clause.main is None:
        return False
    if any(reference.rest[:1] in _SETTINGS for reference in given):
        return True
    return clause.main.low in _GIVES or is_listed(clause.main.low) or any(word in BE | HAVE for word in clause.chain)


def is_excused(case: Case, behind: Sequence[Clause], references: Mapping[int, Reference]) -> bool:
    """Supposed, asked, another's, not known, denied, or printed under a condition."""
    clause, text = case.clause, case.sentence.text
    start, end = (clause.main.start, clause.main.end) if clause.main else (clause.start, clause.end)
    if case.is_anothers:
        return True
    if case.is_of_strangers:
        return False
    if clause.opener in _SUPPOSES or _is_denied(case) or _is_inverted(case) or _is_hedged(case) or _may_be(case):
        return True
    hedged = any(word in _HEDGES for word in clause.chain)
    if not hedged and is_supposed(_CAN.sub("xxx", text), start, end):
        return True
    around = text[clause.start : clause.end]
    guessed = says_not_known(around) or (not hedged and is_modest(around)) or _hangs_on_a_guess(case)
    return guessed or _is_told_behind(clause, behind, references)


def _is_inverted(case: Case) -> bool:
    """`Were it the weight that matters`: the condition itself; what stands behind it needs a "would"."""
    return not case.before and _INVERTED.match(case.sentence.text) is not None


def _is_denied(case: Case) -> bool:
    """Denied; that there never was a thing is said of the thing, and what a kind of thing never does of the kind."""
    clause = case.clause
    there = bool(clause.subject) and clause.subject[-1].low == "there"
    return clause.is_denied and not there and not denies_harm(clause) and not _is_a_law(case)


def _is_a_law(case: Case) -> bool:
    """`Dictionaries do not collapse`: in the present, of all of a kind, by a verb that tells no procedure."""
    clause = case.clause
    present = bool({"do", "does", "never", "don't", "doesn't"} & set(clause.chain)) and "did" not in clause.chain
    return (
        case.tells
        and present
        and clause.main is not None
        and case.whose in ("result", "part")
        and not case.sentence.references
        and not is_procedure(clause.main.low)
        and not (is_listed(clause.main.low) and clause.rest[:1] and clause.rest[0].low in DETERMINERS)
        and not says_not_known(case.sentence.text[clause.start : clause.end])
    )


def denies_harm(clause: Clause) -> bool:
    """`The loss does not mind the penalty`: to say that nothing is harmed claims something; not of what people do not do."""
    people = bool(clause.subject) and (clause.subject[0].low == "we" or clause.subject[0].low.endswith(_PEOPLE))
    return (
        clause.is_denied
        and not people
        and clause.opener not in RELATIVES
        and clause.main is not None
        and clause.main.low in _HARM
    )


def _may_be(case: Case) -> bool:
    """`so that features can form`, `an untrained model can score high`: possible in general, of no run by its number."""
    clause = case.clause
    if named_runs(" ".join(token.text for token in clause.rest)):
        return False
    general = clause.opener == "that" or (bool(clause.subject) and clause.subject[0].low in ("a", "an"))
    return "can" in clause.chain and general


def _is_told_behind(clause: Clause, behind: Sequence[Clause], references: Mapping[int, Reference]) -> bool:
    """`That it separates them is [[H1.outcome]]`: what is said of it stands behind."""
    if clause.opener != "that" or clause.mark not in ("", ";"):
        return False
    return any(references[token.start].judges for one in behind for token in one.tokens if token.is_reference)


def _is_hedged(case: Case) -> bool:
    """Said to be possible, or what would be so under a condition; not what "seeds would hardly alter", nor what others may do."""
    chain = case.clause.chain
    if not any(word in _HEDGES for word in chain):
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
    )


def is_favourable(case: Case) -> bool:
    """`Which a larger model would turn into a gain`: what nobody has seen, told of others than a study to come."""
    return case.tells and any(token.low in _IN_FAVOUR for token in case.clause.rest)


def _hangs_on_a_guess(case: Case) -> bool:
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
    hedged = any(word in _HEDGES for word in led.chain)
    return negative or hedged or says_not_known(around) or is_modest(around)


def is_short_for_a_result(clause: Clause, cites: bool) -> bool:
    """`… ; it does not`, where it says of what was asked, or of what a cited work says, how it came out."""
    alone = clause.main is None or (clause.main.low in NEGATIONS and not clause.rest)
    if cites and alone and clause.main is not None and not clause.inherited and clause.opener not in RELATIVES:
        return bool(clause.subject) and clause.subject[-1].low in _SHORT_FOR
    whose = clause.subject[-1].low if len(clause.subject) == 1 else ""
    return (
        alone
        and clause.opener in (";", ":", "and", "but", "")
        and whose in _SHORT_FOR
        and clause.chain[:1] != ()
        and clause.chain[0] in DO
    )


def is_of_our_work(case: Case) -> bool:
    """Whether a clause says of our work, where nothing is told of results, what no plain verb of a report says: `ours cures it`."""
    subject, main = case.clause.subject, case.clause.main
    if not subject or main is None:
        return False
    first, head = subject[0].low, subject[-1].low
    ours = first in ("our", "ours") or (
        first in ("this", "the") and len(subject) > 1 and subject[1].low in ("proposed", "present")
    )
    if not ours or head in _ASKED_BY_US:
        return False
    if any(word in BE for word in case.clause.chain):
        return not case.knows(case.behind)
    return not (is_plain(main.low) or is_listed(main.low)) or main.low in _WORKS
