"""The best, the highest, the lowest: held against the runs that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from agent.proofreading.compared.comparing import is_said_otherwise
from agent.proofreading.compared.standing import all_hold
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names, named_runs, names_baseline
from agent.proofreading.sentences.prose import Sentence
from agent.results.results import Results, RunResult
from agent.results.verdicts.verdict import improves
from agent.session.steps import BASELINE

Extreme = Literal["best", "worst", "highest", "lowest"]
_SUPERLATIVE = re.compile(
    r"\b(?P<best>best|strongest|top(?!-)(?= (?:run|value|score|result|variant|configuration|performer))|winning|most (?:effective|successful|accurate))\b"
    r"|\b(?P<worst>worst|weakest|poorest)\b|\b(?P<highest>highest|largest|greatest|maximal)\b|\b(?P<lowest>lowest|smallest|minimal|least)\b",
    re.IGNORECASE,
)
_ONE_OF = re.compile(r"\b(?:a|no|one of|among|second|third|next|at)\s+(?:the\s+)?(?:\w+\s+)?$", re.IGNORECASE)
_SUMMED_UP = re.compile(
    r"\b(?:distributions?|histograms?|densit(?:y|ies)|means?|averages?|medians?|quantiles?|sums?) (?:\w+ ){0,3}?of (?:the |its |their |each \w+[’']s )?\Z",
    re.IGNORECASE,
)
"""`the distribution over words of the highest score`: the highest of each word, not of the runs."""
_OF_SOME = re.compile(
    r"^[^,;:]*\b(?:of|among|between|than)\s+(?:the\s+)?(?:two|three|four|both|these|runs? \d)", re.IGNORECASE
)
"""`the better of runs 1 and 2`: among whom is said, and not judged here."""
_ALONE = re.compile(r"\s*(?:$|(?:of|in|among|for|with|at|on)\b)")


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the word, why it cannot stand) where the run of which it is said is not the one."""
    results, text = names.evidence.results, sentence.text
    runs = {str(each.run) for each in named_runs(text)} | ({BASELINE} if names_baseline(text) else set())
    runs |= {ref.head for ref in sentence.references if ref.rest == () and results.get(ref.head) is not None}
    for match in _SUPERLATIVE.finditer(text):
        clause = sentence.clause(*match.span())
        metrics = _metrics(sentence, match, names)
        printed = all_hold(sentence.given(*match.span()), names.evidence)
        excused = not printed or is_said_otherwise(text, *match.span()) or DENIES.search(clause)
        before = text[: match.start()]
        if excused or _ONE_OF.search(before) or _SUMMED_UP.search(before) or _OF_SOME.match(text[match.end() :]):
            continue
        if len(runs) != 1 or len(metrics) != 1 or metrics[0] not in results.metrics:
            continue
        best = _extreme(results, metrics[0], _kind(match))
        if best is not None and best.name not in runs:
            yield (
                match.group(),
                f"the {match.group().lower()} by {metrics[0]} is {best.name} among the runs that can be compared; write [[best {metrics[0]}]]",
            )
            return


def _metrics(sentence: Sentence, match: re.Match[str], names: Names) -> list[str]:
    """By what it is the one: `the lowest mse`, `mse is lowest in run 1`, `an mse of …, the lowest`; the best by the primary metric where none is said."""
    text = sentence.text
    if _kind(match) in ("best", "worst"):
        return names.metrics(sentence.clause(*match.span())) or names.metrics(text) or [names.evidence.results.primary]
    _, right = sentence.clause_span(*match.span())
    after = text[match.end() : right]
    if not _ALONE.match(after):
        return names.metrics(" ".join(after.split()[:3]))
    return names.metrics(sentence.clause(*match.span())) or names.metrics(text)


def _kind(match: re.Match[str]) -> Extreme:
    kinds: tuple[Extreme, ...] = ("best", "worst", "highest", "lowest")
    return next(kind for kind in kinds if match.group(kind) is not None)


def _extreme(results: Results, metric: str, kind: Extreme) -> RunResult | None:
    """The comparable run, the baseline among them, of which the word is true; None where that cannot be said."""
    if kind == "best":
        return results.best_by(metric)
    fair = [run for run in results.runs if not run.differences and metric in run.values]
    direction = results.metrics[metric].direction
    if not fair or (kind == "worst" and direction is None):
        return None
    most = kind == "highest" or (kind == "worst" and improves(-1.0, results.metrics[metric]))
    return (max if most else min)(fair, key=lambda run: run.values[metric].mean)
