"""Praise: words that say how good or how important what was found is, where nothing says it but they."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.proofreading.compared.claims import claims_a_result
from agent.proofreading.compared.comparing import is_said_otherwise
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names, names_method
from agent.proofreading.sentences.prose import Sentence

_WORTH = r"(?:importance|effectiveness|efficacy|benefits?|value|potential|promise|necessity|power|superiority|strengths?|advantages?|usefulness|viability)"
_ALWAYS = re.compile(
    rf"\b(?:underscor|highlight|emphasi[sz]|showcas|attest|testif|demonstrat|illustrat|confirm|show)\w*\s+(?:to\s+)?the\s+(?:\w+\s+)?{_WORTH}\b"
    r"|\bpays? off\b|\bin the (?:right|desired) direction\b|\bregardless of the (?:metric|seed|setting)s?\b|\bspeaks? for (?:itself|themselves)\b|\bstrikes?\s+an?\b[^.;]{0,30}\bbalance\b|\bconsistent (?:gains?|improvements?|benefits?|advantages?)\b"
    r"|\bmeaningful(?:ly)? (?:in practice|better|improvements?|gains?)\b|\b(?:practical|real-world) (?:benefits?|value|relevance|impact)\b",
    re.IGNORECASE,
)
"""Praise whatever it is said of."""
_OF_A_RESULT = re.compile(
    r"\b(?:is|are|proves?|remains?|seems?|looks?)\s+(?:\w+ly\s+|very\s+|both\s+)?(?:promising|compelling|powerful|robust|impressive|remarkable|encouraging|convincing|striking)\b"
    r"|\b(?:strong|substantial|clear|positive|beneficial|profound|pronounced|dramatic|remarkable)\s+(?:positive\s+|negative\s+)?(?:effects?|impacts?|influence|improvements?|gains?|benefits?)\b"
    r"|\bat no (?:extra |additional |measurable )?(?:cost|expense|loss)\b|\bwithout (?:any )?(?:drawbacks?|downsides?)\b|\bimpressive(?:ly)?\b|\bremarkably\b",
    re.IGNORECASE,
)
"""Praise where it is of a metric, of the method or of what was found."""
_NEEDED = re.compile(
    r"\b(?:is|are|proves?|remains?)\s+(?:\w+ly\s+)?(?:crucial|essential|vital|pivotal|key|indispensable|necessary|decisive|instrumental)\s+(?:for|to|in)\b",
    re.IGNORECASE,
)
"""What a metric is said to need."""
_FOUND = re.compile(
    r"\b(?:results?|findings?|experiments?|approach|we (?:show|demonstrate|find|observe))\b", re.IGNORECASE
)


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the words, why they cannot stand) of the first praise in a sentence."""
    for match in sorted(_praised(sentence, names), key=lambda each: each.start()):
        left, right = sentence.clause_span(*match.span())
        around = f"{sentence.text[left : match.start()]} {sentence.text[match.end() : right]}"
        if not is_said_otherwise(sentence.text, *match.span()) and not DENIES.search(around):
            yield (
                match.group(),
                "praise, which no reference bears; say what was measured, and leave the judgement to the reader",
            )
            return


def _praised(sentence: Sentence, names: Names) -> Iterator[re.Match[str]]:
    text = sentence.text
    yield from _ALWAYS.finditer(text)
    if claims_a_result(sentence, names) or names_method(text) or _FOUND.search(text):
        yield from _OF_A_RESULT.finditer(text)
    yield from (match for match in _NEEDED.finditer(text) if names.metrics(text[match.end() :]))
