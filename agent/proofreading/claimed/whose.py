"""Of whom a sentence speaks: of this study's runs, method and findings, or of things in general."""

from __future__ import annotations

import re
from functools import lru_cache

from agent.proofreading.claimed.kinds.kind import Scope
from agent.proofreading.claimed.kinds.phrases import phrases
from agent.proofreading.claimed.kinds.words import OUTCOME
from agent.proofreading.compared.claims import claims_a_result
from agent.proofreading.sentences.names import Names, named_runs, names_baseline, names_method
from agent.proofreading.sentences.prose import Sentence

_STUDY = phrases(
    r"(?:an|one|the|these|this|all|both|each|every|most|our|other|either|any|no|none of the|(?:two|three|four|five) of the) (?:\w+[- ]){0,2}(?:runs?|variants?|configurations?|ablations?|components?|ingredients?)",
    r"(?:the|these|this|our|all|in|of) (?:\w+[- ]){0,2}(?:results?|findings?|experiments?|evidence|data|study|ablations?|verdicts?|measurements?|comparisons?|rankings?)",
    r"(?:the|these|its|all|most|each|every|learned|resulting) (?:\w+[- ]){0,2}(?:features?|dictionar(?:y|ies)|representations?|codes?)",
    r"this (?:\w+ )?(?:change|choice|trick|modification|step|makes|made)",
    r"(?:fresh|new|extra|further|unseen|other|more)[- ]seeds?",
    r"(?:the|our|this|its) (?:\w+[- ]){0,2}(?:method|approach|technique|idea|recipe|schedule|scheme|penalty|decay|hypothes[ie]s|objective|regulari[sz]er|modification|intervention|variant|control|model)s?",
    r"\A(?:\w+ )?(?:reconstruction|fidelity|quality|accuracy|performance|interpretability|convergence|training|optimi[sz]ation|sparsity|generali[sz]ation|separation) (?:is|are|was|were|remains?|stays?|does|did|gets?|becomes?|\w+s)",
    r"(?:we|i) (?:\w+ )?(?:show(?:ed|n)?|find|found|demonstrated?|observed?|see|saw|seen|establish(?:ed)?|concluded?|confirm(?:ed)?|prove[dn]?|obtain(?:ed)?|achieved?|reach(?:ed)?|present(?:ed)?|introduced?|report(?:ed)?)",
    rf"(?:the|this|that|these|our) (?:\w+ )?{OUTCOME}",
)
_OUTCOME = phrases(
    r"(?:the|this|that|these|its|their|our|a|an|any|all|no|of|most|such|in)? ?(?:\w+ )?(?:gain|improvement|benefit|advantage|reduction|increase|decrease|drop|loss|effect|difference|gap|win|progress|cost|trade-?off|degradation|success)s?",
    r"performance|quality|accuracy",
)
_STEM = 5
"""Letters by which "penalised" is of the "penalty"."""
_LETTERS = re.compile(r"[A-Za-z]{5,}")
_COMMON = frozenset(
    _LETTERS.findall(
        "variant without weight plain first second third smaller larger lower higher baseline other under after before constant model"
        " models steps training number value batch alone instead while between every share squared error"
    )
)
"""Words of titles that call no run: they stand in sentences on anything."""


def speaks_of(sentence: Sentence, names: Names, scope: Scope) -> bool:
    """Whether the sentence speaks of what a claim of this scope must be said of."""
    if scope == "anything":
        return True
    text = sentence.text
    if scope == "metric":
        return bool(names.metrics(text))
    if scope == "result" and (names.metrics(text) or _OUTCOME.search(text)):
        return True
    if claims_a_result(sentence, names) or named_runs(text) or names_method(text):
        return True
    return _STUDY.search(text) is not None or names_baseline(text) or names_a_change(text, names)


def names_a_change(text: str, names: Names) -> bool:
    """Whether a word of it is one by which a run is called: "the decay" of a run with the title "Cosine decay"."""
    titles = tuple(run.title for run in names.evidence.results.runs[1:])
    return bool(called(titles) & {word.lower()[:_STEM] for word in _LETTERS.findall(text)})


@lru_cache(maxsize=8)
def called(titles: tuple[str, ...]) -> frozenset[str]:
    """The stems by which runs of these titles are called."""
    words = {word.lower() for title in titles for word in _LETTERS.findall(title)}
    return frozenset(word[:_STEM] for word in words - _COMMON)
