"""Whose result is launched again on fresh seeds: the best of those that were seen better, or nobody's.

First come a session's own runs that are at what comparisons are made at, then its own that are not, others' methods last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.results.english import listed
from agent.results.results import Results, RunResult
from agent.results.verdicts.verdict import gain
from agent.results.words import phrases
from agent.session.settings.confirm import AUTO, NONE


@dataclass(frozen=True)
class Choice:
    """The candidate and the metric by which it is the best; `run` is None where there is none, and `reason` says why."""

    run: RunResult | None
    reason: str
    metric: str = ""


def claimable(primary: str, leading: Iterable[str]) -> tuple[str, ...]:
    """The idea's metrics, the primary one first: what a session may claim anything about."""
    return tuple(dict.fromkeys((primary, *leading)))


def choose(results: Results, metrics: Sequence[str], asked: str = AUTO) -> Choice:
    """The candidate on these metrics, the one that decides first: `asked` names a run, or says `auto` or `none`.

    `auto`: the best comparable run of those better than the baseline beyond noise on one of them, of the first class that
    has one (`_first`). A metric on which the baseline is no better than a control neither makes a candidate nor chooses among them.
    """
    if asked == NONE:
        return Choice(None, "none was asked for")
    telling = [name for name in metrics if name in results.metrics and results.unbeaten(name) is None]
    if asked != AUTO:
        return _named(results, asked, telling or list(metrics))
    names = listed([phrases.metric_label(name) for name in telling or metrics])
    if not telling:
        return Choice(None, f"none of {names} tells the baseline from a control")
    better = [run for run in results.runs[1:] if any(results.verdict(run, name).word == "better" for name in telling)]
    if not better:
        return Choice(None, f"no comparable run is better than the baseline beyond noise on {names}")
    first = _first(results, better)
    for metric in telling:
        if measured := [run for run in first if metric in run.values]:
            best = _best(results, measured, metric)
            reason = f"the best by {phrases.metric_label(metric)} of {len(better)} seen better"
            return Choice(best, reason + _beside(results, best, better, first), metric)
    raise AssertionError("a run is better on a metric that it has")


def _first(results: Results, better: Sequence[RunResult]) -> list[RunResult]:
    """Of the runs that were seen better: the session's own that are matched, else its own, else others' methods."""

    def rank(run: RunResult) -> tuple[bool, bool]:
        return run.name in results.prior_art, bool(results.left(run))

    least = min(map(rank, better))
    return [run for run in better if rank(run) == least]


def _beside(results: Results, best: RunResult, better: Sequence[RunResult], first: Sequence[RunResult]) -> str:
    """What the reason says of a candidate that is others' method or not matched, and of those that were passed over for that."""
    passed = [run for run in better if run not in first]
    own = _why_last(results, best)
    over = f"; passed over: {', '.join(f'{run.name} ({_why_last(results, run)})' for run in passed)}" if passed else ""
    return (f", {own}" if own else "") + over


def _why_last(results: Results, run: RunResult) -> str:
    prior = "prior art by the plan" if run.name in results.prior_art else ""
    return ", ".join(filter(None, (prior, phrases.left_text(results, run))))


def _named(results: Results, asked: str, metrics: Sequence[str]) -> Choice:
    run = results.get(asked)
    if any(each.startswith(f"{asked} (") for each in results.dropped):
        return Choice(None, f"{asked} was asked for, and it was dropped")
    if run is None or run.is_baseline:
        return Choice(None, f"{asked} was asked for, and it is no accepted run")
    if run.differences:
        return Choice(None, f"{asked} was asked for, and it is not comparable with the baseline")
    metric = next((name for name in metrics if name in run.values), "")
    return Choice(run, "asked for", metric) if metric else Choice(None, f"{asked} has none of the idea's metrics")


def _best(results: Results, runs: Sequence[RunResult], metric: str) -> RunResult:
    kind = results.metrics[metric]
    return max(runs, key=lambda run: (gain(run.values[metric].mean, kind), -run.index))
