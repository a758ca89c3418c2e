"""Words of confirmation: they say that fresh seeds bore a result out, so a reference to that outcome must bear them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.evidence.reference import CONFIRMED, Reference
from agent.proofreading.claimed.kinds.phrases import phrases
from agent.proofreading.claimed.kinds.words import CAME_OUT, COMPARATIVE
from agent.proofreading.compared.claims import claims_a_result
from agent.proofreading.sentences.cited import of_a_cited_work
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names, names_a_run, names_method
from agent.proofreading.sentences.prose import Sentence
from agent.proofreading.sentences.supposed import is_supposed
from agent.results.results import Results
from agent.results.words.confirmed import outcome_of

_SAYS = re.compile(
    r"\b(?:re-?)?confirm(?:s|ed|ing|ations?)?\b|\breplicat(?:es?|ed|ing|ions?)\b"
    r"|\b(?:fresh|new|other|unseen|further|additional|across|held-?out)\s+(?:random\s+)?seeds\b"
    r"|\b(?:holds?|held|stands?|stood)\s+up\b|\b(?:reproducib(?:le|ly|ility)|repeatable)\b|\b(?:robust|stable|insensitive)\s+(?:to|across|over)\s+(?:the\s+|different\s+)?(?:random\s+)?seeds?\b",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"(?:re-?)?confirmations?|replications?|(?:fresh|new|other|unseen|further|additional|held-?out)\s+(?:random\s+)?seeds",
    re.IGNORECASE,
)
"""What only names the confirmation, as a caption and the set-up must: it claims where something is said to have come out."""
_CAME_OUT = phrases(
    CAME_OUT,
    COMPARATIVE,
    r"(?:bears?|bore|the same|too(?! \w)|as well|alike|real|true|likewise|again|succe\w+|clear(?:ly)?|positive|convinc\w+|back(?:s|ed)?|show(?:s|ed|n)?|stands?|stood|intact)",
)
_AS_A_FACT = re.compile(
    r"\b(?:re-?)?confirm(?:s|ed)\b|\breplicat(?:es|ed)\b|\b(?:holds?|held|stands?|stood)\s+up\b", re.IGNORECASE
)
_LACKS = re.compile(r"\b(?:un-?confirmed|fail(?:s|ed)?|lacks?|needs?)\b", re.IGNORECASE)
_RESULT = re.compile(
    r"\b(?:results?|findings?|effects?|gains?|differences?|improvements?|outcomes?|claims?|advantage|ranking|order|lead|verdicts?|conclusions?)\b",
    re.IGNORECASE,
)


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(what was typed, why it cannot stand) for words of confirmation that no outcome on fresh seeds bears.

    That nothing was confirmed may be said without a reference: a result is called no better by it.
    """
    said = next((match for match in _SAYS.finditer(sentence.text) if not _is_excused(sentence, match)), None)
    if said is None:
        return
    results = names.evidence.results
    borne = [reference for reference in sentence.references if reference.head == CONFIRMED]
    clause = sentence.clause(*said.span())
    denied = bool(DENIES.search(clause) or _LACKS.search(clause))
    if not borne:
        if not denied and _is_of_a_result(sentence, names):
            why = "words of confirmation, with no reference that bears them; "
            yield said.group(), why + _instead(results)
        return
    fact = _AS_A_FACT.search(sentence.text)
    if fact and not denied and not any(_holds(reference, results) for reference in borne):
        shown = f"[[{borne[0].text}]]"
        yield (
            fact.group(),
            f"{shown} says that this was not confirmed; let the reference say the outcome, and type none",
        )


def _is_excused(sentence: Sentence, match: re.Match[str]) -> bool:
    text = sentence.text
    if is_supposed(text, *match.span()) or of_a_cited_work(text, *match.span()):
        return True
    if _NAMES.fullmatch(match.group()) is None or any(reference.judges for reference in sentence.references):
        return False
    return _CAME_OUT.search(_NAMES.sub(" ", text)) is None


def _instead(results: Results) -> str:
    if results.confirmation is None:
        return "nothing has been confirmed here; say that it was seen in one run"
    return f"write [[{CONFIRMED}]] or [[{CONFIRMED}.METRIC]] in this sentence, or say that it was seen in one run, not confirmed"


def _is_of_a_result(sentence: Sentence, names: Names) -> bool:
    """Whether the sentence speaks of something that was found here."""
    text = sentence.text
    return (
        claims_a_result(sentence, names) or names_a_run(text) or names_method(text) or _RESULT.search(text) is not None
    )


def _holds(reference: Reference, results: Results) -> bool:
    """Whether what the reference is about was confirmed: its metric, or any."""
    known = results.confirmation
    named = reference.rest[:1] if reference.rest and reference.rest[0] in results.metrics else ()
    metrics = named or (known.metrics if known is not None else ())
    return any(outcome_of(results, name).is_confirmed for name in metrics if name in results.metrics)
