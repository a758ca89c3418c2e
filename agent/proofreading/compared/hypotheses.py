"""What a text owes the hypotheses that were registered: each spoken of in the conclusion, and no outcome typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.evidence.reference import references
from agent.proofreading.sentences.prose import Sentence
from agent.results.registered.outcomes import Registration

HYPOTHESIS = re.compile(r"\bH(\d{1,2})\b|\b[Hh]ypothesis\s+H?(\d{1,2})\b")
_OUTCOME = re.compile(
    r"\b(?:held|holds|hold|confirm(?:s|ed)|support(?:s|ed)|reject(?:s|ed)|refut(?:es|ed)|falsified|disproved|proved|proven|fail(?:s|ed)"
    r"|undecided|verified|validated|true|false)\b",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(r"\b(?:whether|if|would|could|may|might|registered|asks?|claims?)\b", re.IGNORECASE)


def unspoken(text: str, registration: Registration) -> list[str]:
    """A sentence for each hypothesis whose outcome a conclusion does not give."""
    given = {reference.head for reference in references(text) if reference.rest == ("outcome",)}
    names = [tested.hypothesis.name for tested in registration.tested]
    return [
        f"the hypothesis {name} was registered before the first run, and the conclusion does not say what came of it: write [[{name}.outcome]]"
        for name in names
        if name not in given
    ]


def typed_outcomes(sentence: Sentence, registration: Registration) -> Iterator[tuple[str, str]]:
    """(what was typed, why it cannot stand) for an outcome in words, of a hypothesis whose outcome no reference of the sentence says."""
    word = _OUTCOME.search(sentence.text)
    if word is None or _CONDITIONAL.search(sentence.text):
        return
    given = {reference.head for reference in sentence.references if reference.rest == ("outcome",)}
    named = {f"H{match[1] or match[2]}" for match in HYPOTHESIS.finditer(sentence.text)}
    named |= {reference.head for reference in sentence.references if reference.rest == ()}
    for tested in registration.tested:
        name = tested.hypothesis.name
        if name in named and name not in given:
            yield (
                word.group(),
                f"a typed outcome of {name}; it is computed: write [[{name}.outcome]], which says it with its reason",
            )
