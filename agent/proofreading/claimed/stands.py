"""Why a clause stands though nobody foresaw its words: a reference bears it, or it says itself that it claims nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agent.evidence.reference import Reference
from agent.proofreading.claimed.case import HEDGES, PEOPLE, Case, hangs_on_a_guess, is_hedged, is_inverted, may_be
from agent.proofreading.claimed.excused import says_not_known
from agent.proofreading.claimed.grammar.clause import Clause
from agent.proofreading.claimed.grammar.parts import Token
from agent.proofreading.claimed.grammar.word_classes import (
    BE,
    DETERMINERS,
    DO,
    HAVE,
    NEGATIONS,
    RELATIVES,
    SUPPOSES,
    words_of,
)
from agent.proofreading.claimed.plain_words import is_plain
from agent.proofreading.claimed.procedures import forms_of, is_listed, is_procedure
from agent.proofreading.claimed.states import is_modest
from agent.proofreading.sentences.names import CITED
from agent.proofreading.sentences.supposed import is_supposed

_SUPPOSES = SUPPOSES | {"whichever", "whatever", "wherever"}
_CAN = re.compile(r"\bcan\b(?! ?not\b)", re.IGNORECASE)
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
_SHORT_FOR = frozenset({"it", "they", "this", "that", "ours"})


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
    if clause.opener in _SUPPOSES or _is_denied(case) or is_inverted(case) or is_hedged(case) or may_be(case):
        return True
    hedged = any(word in HEDGES for word in clause.chain)
    if not hedged and is_supposed(_CAN.sub("xxx", text), start, end):
        return True
    around = text[clause.start : clause.end]
    guessed = says_not_known(around) or (not hedged and is_modest(around)) or hangs_on_a_guess(case)
    return guessed or _is_told_behind(clause, behind, references)


def _is_denied(case: Case) -> bool:
    """Denied; that there never was a thing is said of the thing, and what a kind of thing never does of the kind."""
    clause = case.clause
    there = bool(clause.subject) and clause.subject[-1].low == "there"
    return clause.is_denied and not there and not denies_harm(clause) and not _is_a_law(case)


def _is_a_law(case: Case) -> bool:
    """`Dictionaries do not collapse`: in the present, of all of a kind, by a verb that tells no procedure; not which one is meant."""
    clause = case.clause
    present = bool({"do", "does", "never", "don't", "doesn't"} & set(clause.chain)) and "did" not in clause.chain
    return (
        case.tells
        and present
        and clause.opener not in RELATIVES
        and clause.main is not None
        and (case.whose == "part" or case.vocabulary.names_what_is_learnt(clause.subject))
        and not case.sentence.references
        and not is_procedure(clause.main.low)
        and not (is_listed(clause.main.low) and clause.rest[:1] and clause.rest[0].low in DETERMINERS)
        and not says_not_known(case.sentence.text[clause.start : clause.end])
    )


def denies_harm(clause: Clause) -> bool:
    """`The loss does not mind the penalty`: to say that nothing is harmed claims something; not of what people do not do."""
    people = bool(clause.subject) and (clause.subject[0].low == "we" or clause.subject[0].low.endswith(PEOPLE))
    return (
        clause.is_denied
        and not people
        and clause.opener not in RELATIVES
        and clause.main is not None
        and clause.main.low in _HARM
    )


def _is_told_behind(clause: Clause, behind: Sequence[Clause], references: Mapping[int, Reference]) -> bool:
    """`That it separates them is [[H1.outcome]]`: what is said of it stands behind."""
    if clause.opener != "that" or clause.mark not in ("", ";"):
        return False
    return any(references[token.start].judges for one in behind for token in one.tokens if token.is_reference)


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
        cited = any(token.text == CITED for token in case.behind)  # "is closest to …"
        return not cited and not case.knows(case.behind)
    return not (is_plain(main.low) or is_listed(main.low)) or main.low in _WORKS
