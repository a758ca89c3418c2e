"""Ratios in words: "ten times lower", "half that of", "by a fifth", "doubles". They claim a number that nobody measured."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.evidence.evidence import Evidence
from agent.proofreading.compared.claims import claims_a_result
from agent.proofreading.sentences.cited import of_a_cited_work
from agent.proofreading.sentences.names import Names, names_baseline
from agent.proofreading.sentences.number_words import BELOW_TEN, IN_WORDS, SEVERAL_IN_WORDS
from agent.proofreading.sentences.prose import Sentence
from agent.proofreading.sentences.supposed import is_supposed
from agent.results.results import RunResult
from agent.results.words.phrases import percent_text

_COUNT = (
    rf"(?:\d+(?:\.\d+)?|{SEVERAL_IN_WORDS}|hundred|a hundred|a thousand"
    r"|a dozen|several|many|a few|one and a half|two and a half)"
)
_PART = r"(?:half|third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twentieth|hundredth|thousandth)s?"
_PARTS = rf"(?:(?:(?:a|an|{'|'.join(BELOW_TEN)})[\s-]+)?{_PART}|\d{{1,2}}/\d{{1,2}}|[½⅓⅔¼¾⅕⅖⅗⅘⅙⅛⅜⅝⅞])"
_MORE = r"(?:as|more|less|fewer|higher|lower|better|worse|faster|slower|larger|smaller|greater|bigger|stronger|weaker|lesser)"
_MULTIPLE = re.compile(
    rf"\b{_COUNT}\s+times\s+(?:{_MORE}\b|the\b|that\b|its\b|what\b|over\b)"
    r"|\b(?:(?:an?|one|two|three|four|several|many|\d)\s+)?(?:full\s+)?orders?\s+of\s+magnitudes?\b|\b(?:two|three|four|several)\s+orders\b"
    rf"|\b(?:twice|thrice)\s+(?:as|the|that|its|what)\b|\b{_COUNT}[\s-]?fold\b|\bmany-?fold\b"
    r"|\b(?:doubl|tripl|trebl|quadrupl|halv)(?:es|ed|ing|e)\b"
    rf"|\bby\s+(?:about |nearly |almost |roughly |more than |over |some |around )?{_PARTS}\b(?!\s+(?:of\s+the\s+)?(?:iteration|epoch|step|run|seed)s?\b)"
    rf"|(?<![\w./])(?:about |nearly |almost |roughly |only )?{_PARTS}\s+(?:that of|as\s+\w+\s+as|{_MORE}\b|of\s+(?:that|its|the baseline|what|run)\b|the\s+(?:\w+\s+){{0,2}}(?:of|value|error|loss)\b)"
    rf"|\b(?:to|is|at|only|just|nearly|about|roughly)\s+{_PARTS}\s+of\s+(?:that|its|the\s+(?:baseline|value|error|loss))\b"
    rf"|\b(?:cut|cuts|cutting|split|slashed|reduced|lowered|brought|brings|falls?|fell|drop(?:s|ped)?|shr[aiu]nk\w*)\s+(?:\w+\s+){{0,3}}?(?:in\s+half|in\s+two|(?:down\s+)?to\s+(?:about |nearly |almost |roughly |only )?{_PARTS}(?!\w|\.\d))"
    rf"|(?<![\w./])(?:about |nearly |almost |roughly |only |some )?{_PARTS}\s+of\s+the\b"
    r"|\b(?:most|the (?:bulk|majority|lion[’']s share)|(?:nearly|almost|virtually) all)\s+of\s+the\b"
    rf"|\bfrom\s+{_PARTS}\s+to\s+{_PARTS}(?!\w)|(?<![\w.]){_PARTS}\s+of\s+(?:the\s+(?:baseline|original|initial)|its\s+(?:former|original|initial))\b"
    r"|\bby\s+(?:about |nearly |some )?\d+(?:\.\d+)?\s*(?:dB|decibels?|octaves?|decades?|nats?|bits?)\b"
    rf"|\b{IN_WORDS}(?:[\s-]\w+)?\s+per\s?cent\b",
    re.IGNORECASE,
)

_OF_A_THING = re.compile(r"\s(?:the|that|its|what|over)\Z", re.IGNORECASE)
_OF_A_RESULT = re.compile(
    r"^\s*(?:of\b|\w*\s?(?:baseline|value|error|loss|score|gap|difference|gain|improvement|effect)\b)", re.IGNORECASE
)
"""What makes "ten times the …" one of a result: a metric, the baseline, a value; not a weight."""
_PHRASE = re.compile(r"[,;:(]|\s(?:on|in|is|are|was|were|and)\s")


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the ratio, why it cannot stand) for the first ratio in words that is claimed of a result of this study."""
    if sentence.text.endswith("?") or not claims_a_result(sentence, names):
        return
    for match in _MULTIPLE.finditer(sentence.text):
        if _is_of_a_result(sentence, match, names) and not of_a_cited_work(sentence.text, *match.span()):
            yield match.group(), f"a ratio in words, which no reference bears; {_instead(sentence, names)}"
            return


def _is_of_a_result(sentence: Sentence, match: re.Match[str], names: Names) -> bool:
    """Whether a ratio is that of a measured value: not of a setting, of a thing that is no metric, or of what is hoped."""
    clause = sentence.clause(*match.span())
    if is_supposed(sentence.text, *match.span()) or (names.settings(clause) and not names.metrics(clause)):
        return False
    after = _PHRASE.split(sentence.text[match.end() :], maxsplit=1)[0]
    return not _OF_A_THING.search(match.group()) or bool(names.metrics(after) or _OF_A_RESULT.search(after))


def _instead(sentence: Sentence, names: Names) -> str:
    """The reference to write, with what it says where sentence and evidence leave no doubt of it."""
    evidence = names.evidence
    referred = [ref.rest[0] for ref in sentence.references if ref.rest and ref.rest[0] in evidence.results.metrics]
    metrics = list(dict.fromkeys([*names.metrics(sentence.text), *referred]))
    runs = [run for run in names.runs_meant(sentence.text, sentence.references) if run.index]
    if len(metrics) != 1 or len(runs) not in (1, 2):
        return "write [[RUN.METRIC.percent]], or leave it out"
    if other := next((run for run in runs if run.differences), None):
        return f"{other.name} is not comparable with the baseline: write [[{other.name}.{metrics[0]}.verdict]], which says so, or leave it out"
    if len(runs) == 2 and not names_baseline(sentence.text):
        return f"write [[compare {runs[0].name} {runs[1].name} {metrics[0]}]], or leave it out"
    said = _percent(evidence, runs[0], metrics[0])
    return f"write [[{runs[0].name}.{metrics[0]}.percent]]{said}, or leave it out"


def _percent(evidence: Evidence, run: RunResult, metric: str) -> str:
    if metric not in run.values or metric not in evidence.results.baseline.values:
        return ""
    return f" ({percent_text(evidence.results, run, metric)} against the baseline)"
