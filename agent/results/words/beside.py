"""The candidate against the runs that the plan holds against it, on the same fresh seeds, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from agent.results.confirmation import Confirmation
from agent.results.results import Results
from agent.results.verdicts.outcome import Outcome, outcome
from agent.results.words import phrases
from agent.results.words.confirmed import difference_text, size_text
from agent.session.steps import RunName


def beside_outcome(of: Confirmation, run: RunName, results: Results, metric: str) -> Outcome:
    """The candidate against `run` as `outcome` has it against the baseline; 95% for all runs beside it and metrics together."""
    against = replace(of, baseline=of.beside.get(run, {}))
    return outcome(against, metric, results.metrics[metric], of.looks * len(of.beside))


def beside_lines(results: Results, metric: str) -> Iterator[str]:
    """`run 2 0.8912: run 3 is better than it, by 0.0059 ± 0.0009`, for each run beside the candidate that has the metric."""
    known = results.confirmation
    candidate = results.get(known.run or "") if known is not None else None
    if known is None or candidate is None:
        return
    for run in known.beside:
        other, found = results.get(run), beside_outcome(known, run, results, metric)
        if other is None or found.difference is None or found.theirs is None:
            continue
        kind = results.metrics[metric]
        head = (
            f"{phrases.run_label(other)} {phrases.number(found.theirs.mean, kind)}: {phrases.run_label(candidate)} is"
        )
        if found.word == "not confirmed":
            said = f"not apart from it ({difference_text(found, kind)}{f'; {found.why}' if found.why else ''})"
        else:
            said = f"{found.word.removeprefix('confirmed ')} than it, by {size_text(found, kind)}"
        yield f"{head} {said}{phrases.at_text(results, candidate, other)}"


def beside_text(results: Results, metric: str) -> str:
    """All of them in a line; that nothing was launched beside the two where there is none."""
    return "; ".join(beside_lines(results, metric)) or "no run of the plan was launched beside the two"


def beside_failed_text(results: Results) -> str:
    """Why a run that the plan holds against the candidate has no values on fresh seeds; empty where each has."""
    known = results.confirmation
    return "; ".join(known.beside_failed) if known is not None else ""
