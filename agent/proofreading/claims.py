"""Words that claim a comparison, a spread or significance without the reference that would bear them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.evidence.evidence import Evidence
from agent.evidence.reference import Reference
from agent.proofreading.cited import of_a_cited_work
from agent.proofreading.names import Names, names_a_run
from agent.proofreading.prose import Sentence
from agent.proofreading.supposed import is_supposed

_COMPARES = re.compile(
    r"\b(improv(?:es?|ed|ing|ements?)|outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|exceed(?:s|ed|ing)?|beats?|superior|inferior"
    r"|(?:better|worse|higher|lower|larger|smaller|greater|fewer|more|less)(?:\s+\w+){0,3}\s+than"
    r"|reduc(?:es?|ed|ing|tions?)|increas(?:es?|ed|ing)|decreas(?:es?|ed|ing)|lowers|lowered|raises|raised|gains?"
    r"|degrad(?:es?|ed|ation)|doubles?|doubled|halves|halved|twice|(?:two|three|four|five|ten)fold|drops?|dropped)\b",
    re.IGNORECASE,
)
_HYPOTHETICAL = re.compile(
    r"\b(may|might|could|should|would|whether|if|aims?|aimed|intend(?:s|ed)?|meant|designed|expect(?:s|ed)?|hop(?:e|ed|ing)"
    r"|hypothes\w+|question|asks?|goal|target(?:s|ed)?|supposed|predict(?:s|ed)|seeks?|wants?|tries|suggests? trying|next"
    r"|future|propose to|to test|to see|in order to|so as to|is better|higher is|lower is|counts as|call(?:ed)? )\b",
    re.IGNORECASE,
)
_SIGNIFICANT = re.compile(
    r"\b(?:statistically\s+)?(?:in)?significan(?:t|tly|ce)\b(?!\s+(?:digit|figure|bit|test))", re.IGNORECASE
)
_P_VALUE = re.compile(r"\bp\s*-?\s*values?\b|\bp\s*[<≤=]\s*0?\.0\d*", re.IGNORECASE)
_SPREAD = re.compile(r"±\s*\d[\d.]*|\d[\d.]*\s*±")
_NO = re.compile(r"\b(?:no|not|never|without|neither|nor)\b", re.IGNORECASE)
_PERFORMANCE = re.compile(r"\b(?:results?|performance|scores?|metrics?|quality|fidelity|accuracy)\b", re.IGNORECASE)


def compares(text: str) -> str:
    """The first word of comparison in a text; empty where there is none."""
    match = _COMPARES.search(text)
    return match.group() if match else ""


def is_hypothetical(text: str) -> bool:
    """Whether a sentence says what is hoped, asked or meant, not what was found."""
    return _HYPOTHETICAL.search(text) is not None


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(what was typed, why it cannot stand) for each claim in words that no reference bears."""
    yield from _typed_spread(sentence)
    yield from _p_value(sentence)
    yield from _significance(sentence)
    yield from _unborne_comparison(sentence, names)


def _typed_spread(sentence: Sentence) -> Iterator[tuple[str, str]]:
    if (match := _SPREAD.search(sentence.text)) and not of_a_cited_work(sentence.text, *match.span()):
        why = "a typed spread; spreads come from seeds, write [[baseline.METRIC]] or [[RUN.METRIC.spread]]"
        yield match.group(), why


def _p_value(sentence: Sentence) -> Iterator[tuple[str, str]]:
    text = sentence.text
    if (
        (match := _P_VALUE.search(text))
        and "progress" not in text
        and not _NO.search(text)
        and not of_a_cited_work(text, *match.span())
    ):
        yield match.group(), "no test with a p-value was made; write [[RUN.METRIC.verdict]]"


def _significance(sentence: Sentence) -> Iterator[tuple[str, str]]:
    judged = any(reference.judges for reference in sentence.references)
    if (
        (match := _SIGNIFICANT.search(sentence.text))
        and not judged
        and not is_supposed(sentence.text, *match.span())
        and not of_a_cited_work(sentence.text, *match.span())
    ):
        yield match.group(), "significance is a computed verdict; write [[RUN.METRIC.verdict]] in this sentence"


def _unborne_comparison(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """A comparison that no reference in its sentence says, or only one about another metric."""
    borne = {_borne_by(reference, names.evidence) for reference in sentence.references if reference.judges}
    for match in _COMPARES.finditer(sentence.text):
        if is_supposed(sentence.text, *match.span()) or of_a_cited_work(sentence.text, *match.span()):
            continue
        spoken_of = set(names.metrics(sentence.clause(*match.span())))
        if match.group().lower().endswith("fold") and not spoken_of:
            continue  # a tenfold change of a setting
        if re.search(r"\bthere\s+(?:is|are|were)\s+$", sentence.text[: match.start()], re.IGNORECASE):
            continue  # "when there are more features than dimensions" compares no values
        if re.match(r"\s+(?:the\s+)?noise\b", sentence.text[match.end() :]):
            continue  # what is compared with the noise is no claim by itself
        if borne and (not spoken_of or spoken_of & borne or "" in borne):
            continue
        if borne or claims_a_result(sentence, names):
            of = f" of {', '.join(sorted(spoken_of))}" if spoken_of else ""
            yield (
                match.group(),
                f"a comparison{of} in words, with no reference that says it; write [[RUN.METRIC.verdict]], "
                "[[compare RUN RUN METRIC]] or [[conclusion METRIC]] in this sentence, or leave the comparison out",
            )
            return


def _borne_by(reference: Reference, evidence: Evidence) -> str:
    """The metric whose comparison a reference says; a hypothesis's is its own."""
    hypothesis = evidence.registration.get(reference.head)
    return hypothesis.hypothesis.metric if hypothesis else reference.judged_metric(evidence.results.primary)


def claims_a_result(sentence: Sentence, names: Names) -> bool:
    """Whether the sentence names a metric or a measured value, as it must to claim something about one."""
    if names.metrics(sentence.text):
        return True
    if any(ref.tells_a_result for ref in sentence.references):
        return True
    return names_a_run(sentence.text) and _PERFORMANCE.search(sentence.text) is not None
