"""Claims that reach beyond the runs: to a law between two things, to other models, to what others should do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.proofreading.compared.claims import claims_a_result
from agent.proofreading.compared.comparing import is_said_otherwise
from agent.proofreading.sentences.cited import of_a_cited_work
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names, names_a_run, names_method
from agent.proofreading.sentences.prose import Sentence

_RELATES = re.compile(
    r"\bmonoton\w+\b|\b(?:anti-?)?correlat(?:es?|ed)\s+(?:\w+ly\s+)?with\b|\b(?:strong|weak|positive|negative|clear|high|tight)(?:ly)?\s+correlat\w+|\bcorrelation between\b|\bcorrelate\b|\bscales?\s+(?:\w+ly\s+)?with\b|\b(?:inversely|directly)?\s?proportional to\b"
    r"|\b(?:linear|inverse|clear|strong|positive|negative)\s+(?:relation(?:ship)?|dependence|association|link)\b|\bdose[- ]response\b"
    r"|\btrend(?:s|ed|ing)?\b|\bthe more\b[^.;]*\bthe (?:more|less|lower|higher|better|fewer)\b",
    re.IGNORECASE,
)
_LIKEWISE = re.compile(
    r"\b(?:gap|difference|margin|advantage)\b[^.;,]{0,40}\b(?:widens|grows|shrinks|narrows|closes|increases|decreases)\b|"
    r"\b(?:the )?same (?:pattern|trend|effect|picture|behaviou?r|improvement|gain|result)\b|\b(?:the )?same (?:holds|is true|is seen)\b",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    r"\bgenerali[sz]e[sd]?\b|\btransfers? to (?:other|any|larger|new|unseen)\b|\bscales? (?:well|gracefully|favou?rably)\b"
    r"|\b(?:on|for|to|with|in) any (?:\w+ )?(?:model|data ?set|task|setting|architecture|domain)\b|\buniversal(?:ly)?\b|\bmodel-agnostic\b",
    re.IGNORECASE,
)
_RECOMMENDS = re.compile(
    r"\b(?:we|i) (?:\w+ly |therefore |thus |hence )?(?:recommend|advise|advocate|encourage)\b|\bpractitioners\s+(?:should|can|may|are|could)\b"
    r"|\bshould (?:be|become) (?:the |a )?(?:default|adopted|preferred|standard)\b|\b(?:is|are) (?:strongly )?recommended\b|\bdrop-in replacement\b|\bfree lunch\b",
    re.IGNORECASE,
)
_OF_METRICS = re.compile(r"\bmetrics\b", re.IGNORECASE)


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the word, why it cannot stand), one for each rule that has a say."""
    for rule in (_a_law, _another_run, _elsewhere, _advice):
        yield from rule(sentence, names)


def _a_law(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """`Absorption correlates with mse`: nobody computed how two things go together."""
    for match in _RELATES.finditer(sentence.text):
        told = names.metrics(sentence.text) or _OF_METRICS.search(sentence.text)
        if told and not _is_excused(sentence, match):
            why = "how two things go together was not computed; give the values or verdicts of the runs, and leave the law out"
            yield match.group(), why
            return


def _another_run(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """`The same pattern is seen in run 2`, and no reference says so."""
    match = _LIKEWISE.search(sentence.text)
    borne = any(reference.judges for reference in sentence.references)
    if match and not borne and names_a_run(sentence.text) and not _is_excused(sentence, match):
        yield match.group(), "that runs agree is a comparison; write the [[RUN.METRIC.verdict]] of each"


def _elsewhere(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """`The result generalizes to larger models`, of which none was run."""
    match = _GENERAL.search(sentence.text)
    if match and _is_of_the_study(sentence, names) and not _is_excused(sentence, match):
        yield match.group(), "nothing else was run; say of what it was seen, or that it is open"


def _advice(sentence: Sentence, _: Names) -> Iterator[tuple[str, str]]:
    """`Practitioners should adopt it`: a modal word makes no question of it."""
    match = _RECOMMENDS.search(sentence.text)
    if match is None or of_a_cited_work(sentence.text, *match.span()):
        return
    if not DENIES.search(sentence.clause(*match.span())):
        yield match.group(), "a recommendation to others is more than a few runs can bear; leave it out"


def _is_of_the_study(sentence: Sentence, names: Names) -> bool:
    of_a_result = re.search(r"\b(?:results?|findings?|effects?|gains?|improvements?|the method)\b", sentence.text, re.I)
    return bool(of_a_result) or claims_a_result(sentence, names) or names_method(sentence.text)


def _is_excused(sentence: Sentence, match: re.Match[str]) -> bool:
    if is_said_otherwise(sentence.text, *match.span()):
        return True
    return DENIES.search(sentence.clause(*match.span())) is not None
