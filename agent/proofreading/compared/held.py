"""A comparison in words against what was measured: of the runs that it speaks of, all of them where it says so.

That a reference in the sentence bears a comparison is not enough: "run 2 is [[run_2.mse.verdict]], a clear improvement" must be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.proofreading.compared.comparing import Claim, claims_in
from agent.proofreading.compared.standing import all_hold
from agent.proofreading.sentences.denials import DENIES
from agent.proofreading.sentences.names import Names
from agent.proofreading.sentences.prose import Sentence
from agent.results.results import Results, RunResult
from agent.results.verdicts.verdict import Verdict
from agent.session.steps import BASELINE

_KINDS = r"(?:\w+\s+){0,2}?"
_ALL_RUNS = re.compile(
    rf"\b(?:all|every|each|both|any)\s+(?:of\s+)?(?:the\s+|our\s+|these\s+)?{_KINDS}(?:runs?|variants?|models?|methods?|configurations?|settings?|variations?)\b"
    r"|\b(?:consistently|uniformly|invariably|without exception|across the board|in (?:all|every) cases?)\b|\bacross (?:all |the )?(?:runs|variants)\b",
    re.IGNORECASE,
)
_COMPARABLE = re.compile(r"\bcomparable\b", re.IGNORECASE)
_ALL_METRICS = re.compile(
    rf"\b(?:all|every|each|both|any)\s+(?:of\s+)?(?:the\s+)?{_KINDS}(?:metrics?|measures?|scores?|criteri(?:on|a))\b|\bacross (?:all |the )?metrics\b|\bacross the board\b|\bin every respect\b",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\bboth\b", re.IGNORECASE)
_CONCEDES = re.compile(
    r"\b(?:but|though|although|albeit|yet|however|only|by less than|not beyond|if at all)\b", re.IGNORECASE
)
_OVER = re.compile(r"[^,;:]{0,60}?\b(?:than|over|against|to|from|of|by|with|runs?)\b", re.IGNORECASE)
_THAN = re.compile(
    r"\bthan\s+(?:(?:that|those|the one)\s+(?:of|in|for|from)\s+|(?:in|for|with)\s+)?(?:runs?[ _-]?)?\Z", re.IGNORECASE
)
_SHARED_OUT = re.compile(r"\brespectively\b", re.IGNORECASE)


def check(sentence: Sentence, names: Names) -> Iterator[tuple[str, str]]:
    """(the word, why it cannot stand) of the first comparison that is not what was measured."""
    if not any(reference.judges for reference in sentence.references) or _SHARED_OUT.search(sentence.text):
        return
    for claim in claims_in(sentence, names):
        if not all_hold(sentence.given(claim.start, claim.end), names.evidence):
            continue
        nameless = claim.way in ("up", "down") and not claim.metrics  # "spends less than run 1" is of no metric
        if nameless or DENIES.search(claim.clause) or _is_predicated(claim):
            continue
        if (other := _is_of_the_other_alone(claim, names.evidence.results)) is not None:
            yield (
                claim.word,
                f"something is compared with {other}, and the verdict is of {other} alone; write [[compare RUN {other} METRIC]]",
            )
            return
        for run, against, metric in _spoken_of(claim):
            verdict = _verdict(names.evidence.results, run, against, metric)
            if verdict.tone != claim.tone(names.evidence.results.metrics[metric]) and not _is_conceded(claim, verdict):
                yield claim.word, f"on {metric} {run.name} is {_said(verdict, against)}; say no more than that"
                return


def _said(verdict: Verdict, against: RunResult) -> str:
    whom = "the baseline" if against.is_baseline else against.name
    joint = {"better": "than", "worse": "than", "within noise": "of", "equal": "to", "not comparable": "with"}
    return f"{verdict.word} {joint[verdict.word]} {whom}" if verdict.word in joint else verdict.word


def _verdict(results: Results, run: RunResult, against: RunResult, metric: str) -> Verdict:
    return results.verdict(run, metric) if against.is_baseline else results.comparison(run, against, metric)


def _is_predicated(claim: Claim) -> bool:
    """`The gain of run 2 is [[run_2.mse.verdict]]`: the noun names what is asked, and the verdict behind it answers.

    So does a list: `better than the baseline on mse: [[list better mse]]`.
    """
    behind = [reference for place, reference in claim.sentence.placed if reference.judges and place > claim.start]
    if _ALL_RUNS.search(claim.sentence.text) or _ALL_METRICS.search(claim.sentence.text):
        return bool(behind) and behind[0].head in ("list", "count", "conclusion")
    return bool(behind) and (claim.is_noun or behind[0].head in ("list", "count"))


def _is_conceded(claim: Claim, verdict: Verdict) -> bool:
    """`mse falls to …, but is [[run_2.mse.verdict]]`: what moved is told, and taken back behind it."""
    behind = [place for place, reference in claim.sentence.placed if reference.judges and place > claim.end]
    between = claim.sentence.text[claim.end : behind[0]] if behind else ""
    return verdict.tone == "flat" and claim.way in ("up", "down") and _CONCEDES.search(between) is not None


def _spoken_of(claim: Claim) -> Iterator[tuple[RunResult, RunResult, str]]:
    """(run, against whom, metric) of each comparison that a claim makes."""
    results, text = claim.names.evidence.results, claim.sentence.text
    runs, metrics = _subjects(claim, results), _metrics(claim, results)
    if _ALL_RUNS.search(text):
        runs = runs if len(runs) > 1 else results.group("comparable" if _COMPARABLE.search(text) else "runs")
    for run in runs:
        for against in _against(claim, run, results):
            for metric in metrics:
                known = results.metrics[metric].direction is not None and metric in run.values
                if known and run is not against:
                    yield run, against, metric


def _subjects(claim: Claim, results: Results) -> list[RunResult]:
    """The runs of which it is said: named before the word in its clause, else nearest before that, else by a verdict."""
    text = claim.sentence.text
    begins, _ = claim.sentence.clause_span(claim.start, claim.end)
    found = [(one.start, str(one.run)) for one in claim.names.runs(text)]
    found += [(place, ref.head) for place, ref in claim.sentence.placed if results.get(ref.head) is not None]
    before = sorted((place, run) for place, run in found if place < claim.start)
    names = [run for place, run in before if place >= begins]
    if not names and before:
        names = [before[-1][1]]
    if not names:
        others = _named_behind_than(claim)
        judging = [ref for ref in claim.sentence.references if ref.judges]
        of_each = [ref.rest[:2] if ref.head == "compare" else (ref.head,) for ref in judging]
        names = [own[0] for of in of_each if (own := [name for name in of if name not in others])]
    runs = (results.get(name) for name in dict.fromkeys(names) if name != BASELINE)
    return [run for run in runs if run is not None]


def _named_behind_than(claim: Claim) -> set[str]:
    """The runs with which something is compared: `worse than run 2`."""
    text = claim.sentence.text
    behind = [named for named in claim.names.runs(text) if named.start >= claim.start]
    return {str(named.run) for named in behind if _THAN.search(text[claim.start : named.start])}


def _is_of_the_other_alone(claim: Claim, results: Results) -> str | None:
    """The run with which nobody in particular is compared, where the sentence's verdicts are all of that one."""
    verdicts = {ref.head for ref in claim.sentence.references if ref.judges}
    others = _named_behind_than(claim) & verdicts
    named = {str(named.run) for named in claim.names.runs(claim.sentence.text)}
    named |= {ref.head for ref in claim.sentence.references if results.get(ref.head) is not None}
    return min(others) if others and named | verdicts == others else None


def _metrics(claim: Claim, results: Results) -> Sequence[str]:
    """All that are spoken of as all; those of its clause; those of the verdicts; those of the sentence."""
    if _ALL_METRICS.search(claim.sentence.text):
        return [name for name, metric in results.metrics.items() if metric.direction is not None]
    judged = (ref.judged_metric(results.primary) for ref in claim.sentence.references if ref.judges)
    return claim.metrics or list(dict.fromkeys(filter(None, judged))) or claim.names.metrics(claim.sentence.text)


def _against(claim: Claim, run: RunResult, results: Results) -> list[RunResult]:
    """Whom it is compared with: the runs that stand behind the word, that of a comparison beside it, else the baseline.

    Empty where it cannot be told: a comparison of this run that stands the other way round, or with the run it began from.
    """
    text = claim.sentence.text
    _, right = claim.sentence.clause_span(claim.start, claim.end)
    behind = [results.get(one.run) for one in claim.names.runs(text[claim.end : right])]
    others = [one for one in behind if one is not None and one is not run]
    if others and (claim.word.endswith("than") or _OVER.match(text, claim.end)):
        return others
    if others:
        return []
    pairs = [ref.rest for ref in claim.sentence.references if ref.head == "compare" and run.name in ref.rest[:2]]
    if pairs:
        other = results.get(pairs[0][1]) if pairs[0][0] == run.name else None
        return [] if other is None else [other]
    parental = any(ref.head == run.name and ref.rest[1:] == ("parent_verdict",) for ref in claim.sentence.references)
    return [] if parental else [results.baseline]
