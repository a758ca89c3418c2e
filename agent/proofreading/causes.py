"""Causes: that a result came about because of something, where one run alone was measured and nothing was held against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from agent.evidence.condition import terms_of
from agent.proofreading.compared.comparing import claims_in, is_said_otherwise
from agent.proofreading.sentences.clauses import Cutter
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names, named_runs
from agent.proofreading.sentences.prose import Sentence
from agent.results.results import Results
from agent.session.steps import BASELINE

_CAUSE = re.compile(
    r"\bbecause(?: of)?\b|\A\W*(?:Since|As)(?= the| its| our| it)|\bdue to\b|\bowing to\b|\bthanks to\b|\b(?:is|are|was|were) (?:caused|driven|explained) by\b|\bcaused by\b|\bstem(?:s|med|ming) from\b"
    r"|\b(?:be )?attribut(?:able|ed) to\b|\bresponsible for\b|\blead(?:s|ing)? to\b|\bled to\b|\bresults? (?:from|in)\b|\bas a (?:direct )?(?:result|consequence) of\b"
    r"|\bcomes? from\b|\barises? from\b|\bexplains (?:why|the|this)\b|\bthe (?:reason|cause) (?:is|for this is|was)\b|\bgives? rise to\b|\bby virtue of\b|\bthereby\b|\b(?:this|which) is why\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:may|might|could|can|would|likely|perhaps|possibly|probably|presumably|plausibl[ey]|conceivabl[ey]|apparently|seems?|appears?|suspect\w*"
    r"|conjectur\w+|speculat\w+|hypothes\w+|believe|think|assume|expect\w*|suggests?|hints?|possible|candidate|one (?:reason|explanation)|consistent with|untested|not tested"
    r"|did not test|open|whether|if|unclear|not known|unknown)\b",
    re.IGNORECASE,
)
_OF_MEASURING = re.compile(
    r"\b(?:noise|seeds?|compar(?:able|ed|ison)|by construction|by definition|definition|defined|measured|evaluat\w+|metric|budget|steps|setting|settings|digits"
    r"|identical|fixed|the same|reported|recorded|exact|chance|sample|random|launch\w*|trained|the plan (?:was )?(?:changed|revised)|single run|one run)\b",
    re.IGNORECASE,
)
"""What a reason may be that was not tried because it needs no trying: how a thing was measured or set."""
_PART = Cutter(r"[;:]|\.\s")


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the word, why it cannot stand) for a cause of a result for which one run alone speaks."""
    text = sentence.text
    for match in _CAUSE.finditer(text):
        if is_said_otherwise(text, *match.span()):
            continue
        left, right = _PART.around(text, *match.span())
        part = text[left:right]
        if _HEDGED.search(part) or _OF_MEASURING.search(part) or DENIES.search(sentence.clause(*match.span())):
            continue
        if _tells_a_result(sentence, names) and len(_runs(sentence, match, names.evidence.results)) < 2:
            yield (
                match.group(),
                "a cause, for which one run speaks and against which nothing was held; say that it may be so, or compare with a run "
                "that lacks it: [[compare RUN RUN METRIC]]",
            )
            return


def effects_alone(sentence: Sentence, unborne: Sentence) -> Sentence:
    """The sentence with what it says behind its first word of cause as in `unborne`, where what a passage's condition bears is struck out:
    that a result is the reason of something may be said there, not that something is the reason of the result."""
    match = _CAUSE.search(sentence.text)
    return (
        sentence if match is None else replace(unborne, text=sentence.text[: match.end()] + unborne.text[match.end() :])
    )


def _tells_a_result(sentence: Sentence, names: Names) -> bool:
    """Whether the sentence says how something came out: by a verdict, or by a comparison of a metric."""
    if any(reference.judges for reference in sentence.references):
        return True
    return any(claim.metrics or names.metrics(sentence.text) for claim in claims_in(sentence, names))


def _runs(sentence: Sentence, match: re.Match[str], results: Results) -> set[str]:
    """Runs beside the baseline on which the sentence rests; those of a list, a count or a conclusion are several.

    So does a condition of the passage: "where run 3 is better, and run 5, which lacks the decay, is not".
    """
    runs = {str(one.run) for one in named_runs(sentence.text)} - {BASELINE}
    for reference in sentence.references:
        if reference.head in ("count", "list", "conclusion", "table", "best"):
            runs |= {"", "several"}
        runs |= {part for part in (reference.head, *reference.rest) if results.get(part)} - {BASELINE}
    for term in terms_of(sentence.given(*match.span())):
        runs |= {"", "several"} if term.subject.kind == "any" else set()
        runs |= {name for name in term.subject.names if results.get(name)} - {BASELINE}
    return runs
