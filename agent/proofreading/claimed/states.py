"""What a sentence gives beside its words: by its references, by its passage's conditions, by its own modesty."""

from __future__ import annotations

from collections.abc import Iterator

from agent.evidence.condition import terms_of
from agent.evidence.reference import CONFIRMED, Reference
from agent.proofreading.claimed.kinds.kind import State
from agent.proofreading.claimed.kinds.phrases import phrases
from agent.proofreading.compared.borne import confirmed_given
from agent.proofreading.compared.claims import is_open
from agent.proofreading.sentences.names import Names
from agent.proofreading.sentences.prose import Sentence
from agent.results.words.confirmed import outcome_of
from agent.session.steps import BASELINE

_OF_SEVERAL = frozenset({"count", "list", "conclusion", "share", "verdicts", "table"})
_MODEST = phrases(
    "perhaps",
    "possibly",
    "presumably",
    "conceivably",
    "plausibly",
    "probably",
    "likely",
    "apparently",
    "seemingly",
    r"(?:we|i) (?:\w+ )?(?:suspect|speculate|conjecture|guess|believe|think|wonder|suppose|assume)",
    r"(?:an|another|one) alternative (?:is|would be) that",
    r"(?:one|a|another) (?:possible |plausible |likely )?(?:reading|explanation|interpretation|candidate|possibility)",
    r"(?:one|a|another) (?:possible|plausible|likely) reason",
    "may",
    "might",
    "could",
    r"it is (?:possible|conceivable|plausible) that",
    r"(?:hypothesis|conjecture|speculation|intuition|idea|question|expectation|hope) (?:is|was|that|behind)",
    r"no run (?:tests?|tells?|shows?|lacks?|separates?)",
    r"(?:not|never|un)[- ]?tested",
    r"of several looks",
)


def states_of(sentence: Sentence, names: Names) -> frozenset[State]:
    """All that hold of the sentence."""
    return frozenset(_states(sentence, names))


def _states(sentence: Sentence, names: Names) -> Iterator[State]:
    judging = [reference for reference in sentence.references if reference.judges]
    if any(reference.tells_a_result or reference.head == "table" for reference in sentence.references):
        yield "value"
    if judging:
        yield "verdict"
        yield "undecided" if is_open(sentence, names) else "decided"
    if any(reference.head == "best" and not reference.judges for reference in sentence.references):
        yield from ("extreme", "value", "verdict")
    runs = {run for reference in judging for run in _runs(reference)}
    conditions = tuple(dict.fromkeys(one for each in sentence.under for one in each))
    given = {term.subject for term in terms_of(conditions)}
    if given:
        yield from ("value", "verdict", "decided")
    runs |= {run for subject in given for run in subject.names if names.evidence.results.get(run) is not None}
    if len(runs - {BASELINE}) > 1 or any(reference.head in _OF_SEVERAL for reference in sentence.references):
        yield "several"
    if confirmed_given(conditions) or any(_is_borne_out(reference, names) for reference in sentence.references):
        yield "confirmed"
    if _MODEST.search(sentence.text):
        yield "modest"


def is_modest(text: str) -> bool:
    """Whether words say of themselves that they are a guess."""
    return _MODEST.search(text) is not None


def _runs(reference: Reference) -> tuple[str, ...]:
    return (reference.head, *reference.rest[:2]) if reference.head == "compare" else (reference.head,)


def _is_borne_out(reference: Reference, names: Names) -> bool:
    """Whether it is an outcome on fresh seeds that says so."""
    if reference.head != CONFIRMED:
        return False
    results = names.evidence.results
    known = results.confirmation
    named = reference.rest[:1] if reference.rest and reference.rest[0] in results.metrics else ()
    metrics = named or (known.metrics if known is not None else ())
    return any(outcome_of(results, name).is_confirmed for name in metrics if name in results.metrics)
