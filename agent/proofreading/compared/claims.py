"""Words that claim a spread, a test or significance without the reference that would bear them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.proofreading.compared.standing import all_hold
from agent.proofreading.sentences.cited import of_a_cited_work
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names, names_a_run
from agent.proofreading.sentences.prose import Sentence
from agent.proofreading.sentences.supposed import is_supposed

_SIGNIFICANT = re.compile(
    r"\b(?:statistically\s+)?(?:in)?significan(?:t|tly|ce)\b(?!\s+(?:digit|figure|bit|test))"
    r"|\bstatistically\s+(?:robust|sound|reliable|meaningful|different|indistinguishable|equivalent)\b"
    r"|\b(?:not|unlikely to be|cannot be|beyond|hardly)\s+(?:due to |explained by |by |a matter of )?(?:mere |pure |random )?chance\b",
    re.IGNORECASE,
)
_ORDER = re.compile(r"\b(?:runs?[ _]\d+|baseline)\s*[<>≻≺≫≪]\s*(?:the )?(?:runs?[ _]\d+|baseline)", re.IGNORECASE)
_P_VALUE = re.compile(r"\bp\s*-?\s*values?\b|\bp\s*[<≤=]\s*0?\.0\d*", re.IGNORECASE)
_TEST = re.compile(
    r"\b(?:(?:paired|unpaired|two-sample|one-sided|two-sided|permutation|bootstrap|signed[- ]rank|rank[- ]sum|significance|hypothesis)\s+(?:t-)?tests?|t-tests?"
    r"|wilcoxon|mann[-–]whitney|kruskal|anova|null hypothesis|cohen[’']s d|effect sizes?)\b"
    r"|\b(?:confidence |error )?(?:intervals?|bars?)\b(?:\s+\S+){0,10}?\s+(?:do(?:es)? not |don[’']t |never )?overlap",
    re.IGNORECASE,
)
_SPREAD = re.compile(r"±\s*\d[\d.]*|\d[\d.]*\s*±")
_PERFORMANCE = re.compile(r"\b(?:results?|performance|scores?|metrics?|quality|fidelity|accuracy)\b", re.IGNORECASE)
_OPEN = re.compile(
    r"within (?:the )?noise|not comparable|noise (?:is )?(?:not known|unknown)|not measured|\bequal to\b"
)


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(what was typed, why it cannot stand) for each claim in words that no reference bears."""
    yield from _typed_spread(sentence)
    yield from _p_value(sentence)
    yield from _a_test(sentence)
    yield from _significance(sentence, names)
    if order := _ORDER.search(sentence.text):
        yield order.group(), "an order of runs that no reference says; write [[compare RUN RUN METRIC]]"


def is_open(sentence: Sentence, names: Names) -> str:
    """What the sentence's verdicts say where not one of them decides anything; empty where one does, or there is none."""
    said = [names.evidence.resolve(reference).text for reference in sentence.references if reference.judges]
    return said[0] if said and all(_OPEN.search(text) for text in said) else ""


def _claimed(sentence: Sentence, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The matches that are neither supposed nor another's."""
    for match in pattern.finditer(sentence.text):
        if not is_supposed(sentence.text, *match.span()) and not of_a_cited_work(sentence.text, *match.span()):
            yield match


def _typed_spread(sentence: Sentence) -> Iterator[tuple[str, str]]:
    for match in _SPREAD.finditer(sentence.text):
        if not of_a_cited_work(sentence.text, *match.span()):
            why = "a typed spread; spreads come from seeds, write [[baseline.METRIC]] or [[RUN.METRIC.spread]]"
            yield match.group(), why
            return


def _p_value(sentence: Sentence) -> Iterator[tuple[str, str]]:
    for match in _claimed(sentence, _P_VALUE):
        if "progress" not in sentence.text and not DENIES.search(sentence.clause(*match.span())):
            yield match.group(), "no test with a p-value was made; write [[RUN.METRIC.verdict]]"
            return


def _a_test(sentence: Sentence) -> Iterator[tuple[str, str]]:
    """`A paired test rejects …`; that none was made may be said."""
    for match in _claimed(sentence, _TEST):
        denied = DENIES.search(sentence.clause(*match.span())) and not match.group().endswith("overlap")
        if not denied:
            yield match.group(), "no such test was computed; write [[RUN.METRIC.verdict]], which holds it against noise"
            return


def _significance(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    judged = any(reference.judges for reference in sentence.references)
    for match in _claimed(sentence, _SIGNIFICANT):
        if not judged:
            yield match.group(), "significance is a computed verdict; write [[RUN.METRIC.verdict]] in this sentence"
            return
        denied = DENIES.search(sentence.clause(*match.span())) or match.group().lower().startswith("insig")
        printed = all_hold(sentence.given(*match.span()), names.evidence)
        if printed and (said := is_open(sentence, names)) and not denied:
            yield match.group(), f"the verdict beside it decides nothing ({said})"
            return


def claims_a_result(sentence: Sentence, names: Names) -> bool:
    """Whether the sentence names a metric or a measured value, as it must to claim something about one."""
    if names.metrics(sentence.text):
        return True
    if any(ref.tells_a_result for ref in sentence.references):
        return True
    return names_a_run(sentence.text) and _PERFORMANCE.search(sentence.text) is not None
