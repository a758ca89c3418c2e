"""Words that end a question which no verdict ends: movement without a reference, finality, a conclusion from "within noise"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from agent.proofreading.cited import of_a_cited_work
from agent.proofreading.claims import claims_a_result
from agent.proofreading.names import Names, named_runs, names_method
from agent.proofreading.prose import Sentence
from agent.proofreading.supposed import is_supposed

_MOVES = re.compile(
    r"\b(?:falls|fell|rises|rose|climbs|climbed|shrinks|shrank|grows|grew|declines|declined|plummets|plummeted|soars|soared|jumps|jumped)\b",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"\b(?:proves|proved|proven)\b(?!\s+(?:to be\s+)?(?:difficult|hard|useful|costly|necessary))|\bsolve[sd]\b|\bsolved problem\b"
    r"|\bbest of both worlds\b|\bdominates?\b|\beliminates?\b|\bguarantees?\b|\bconclusive(?:ly)?\b|\bundoubtedly\b|\bstate[- ]of[- ]the[- ]art\b"
    r"|\bonce and for all\b|\bbeyond (?:any )?doubt\b",
    re.IGNORECASE,
)
_OF_ITSELF = re.compile(
    r"\bsolved problem\b|\bbest of both worlds\b|\bproves that\b|\bbeyond (?:any )?doubt\b", re.IGNORECASE
)
"""What claims a result of this study whatever it speaks of."""
_CONCLUDES = re.compile(
    r"\b(?:which|this|that|and|so|thus|hence)\s+(?:\w+\s+)?(?:confirms?|shows?|proves?|demonstrates?|establishes|implies|means)\b|\b(?:confirming|showing|proving|demonstrating)\s+that\b",
    re.IGNORECASE,
)
_OPEN_VERDICT = re.compile(
    r"within (?:the )?noise|not comparable|noise (?:is )?(?:not known|unknown)|not measured", re.IGNORECASE
)
_NO = re.compile(r"\b(?:no|not|never|nor|neither|cannot|without|nothing)\b|n't\b", re.IGNORECASE)
_BEST = re.compile(r"\b(?:is|are|was)\s+(?:the\s+)?best\b|\bbest\s+(?:run|of all|value|score|result)\b", re.IGNORECASE)

Rule = Callable[[Sentence, Names], "tuple[str, str] | None"]


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(what was typed, why it cannot stand), one for each rule that has a say."""
    yield from (said for rule in RULES if (said := rule(sentence, names)) is not None)


def _moves(sentence: Sentence, names: Names) -> tuple[str, str] | None:
    """`Absorption falls`: a comparison by a verb of movement, of a metric that its clause names."""
    if any(reference.judges for reference in sentence.references):
        return None
    for match in _MOVES.finditer(sentence.text):
        clause = sentence.clause(*match.span())
        before = clause[: clause.find(match.group())]
        if names.metrics(before) and not _is_excused(sentence, match):
            return (
                match.group(),
                "a comparison in words, with no reference that says it; write [[RUN.METRIC.verdict]] in this sentence",
            )
    return None


def _is_final(sentence: Sentence, names: Names) -> tuple[str, str] | None:
    """`This proves that …`, `a solved problem`: more than any verdict of a few seeds can say."""
    for match in _FINAL.finditer(sentence.text):
        of_a_result = (
            _OF_ITSELF.search(sentence.text) or claims_a_result(sentence, names) or names_method(sentence.text)
        )
        if of_a_result and not _is_excused(sentence, match):
            return (
                match.group(),
                "more than measurements against noise can bear; say what was measured, and leave this out",
            )
    return None


def _concludes_from_nothing(sentence: Sentence, names: Names) -> tuple[str, str] | None:
    """`[[run_5.mse.verdict]], which confirms …`, where the verdict decides nothing."""
    match = _CONCLUDES.search(sentence.text)
    judged = [reference for reference in sentence.references if reference.judges]
    if match is None or not judged or _is_excused(sentence, match):
        return None
    said = [names.evidence.resolve(reference).text for reference in judged]
    if all(_OPEN_VERDICT.search(text) for text in said):
        return (
            match.group(),
            f"a conclusion from a verdict that decides nothing ({said[0]}); leave it out, or say that it is open",
        )
    return None


def _is_not_the_best(sentence: Sentence, names: Names) -> tuple[str, str] | None:
    """`Run 4 is the best run`, where another is, or where it cannot be compared."""
    match, results = _BEST.search(sentence.text), names.evidence.results
    runs = {str(each.run) for each in named_runs(sentence.text)}
    metrics = names.metrics(sentence.text) or ([results.primary] if results.primary else [])
    if match is None or len(runs) != 1 or len(metrics) != 1 or _is_excused(sentence, match):
        return None
    best = results.best_by(metrics[0])
    if best.name in runs:
        return None
    return (
        match.group(),
        f"the best by {metrics[0]} is {best.name} among the runs that can be compared; write [[best {metrics[0]}]]",
    )


RULES: tuple[Rule, ...] = (_moves, _is_final, _concludes_from_nothing, _is_not_the_best)


def _is_excused(sentence: Sentence, match: re.Match[str]) -> bool:
    """Denied in its clause, supposed, or another's."""
    text, span = sentence.text, match.span()
    if is_supposed(text, *span) or of_a_cited_work(text, *span):
        return True
    return _NO.search(sentence.clause(*span)) is not None
