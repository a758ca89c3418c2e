"""Short verdicts, and several of them in one sentence: `runs 1 and 2 are both better beyond noise, run 3 is within noise`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from agent.results.english import listed
from agent.results.results import Results, RunResult
from agent.results.verdicts.verdict import Word
from agent.results.words import phrases

T = TypeVar("T")
_SHORT: Mapping[Word, str] = {
    "better": "better beyond noise",
    "worse": "worse beyond noise",
    "within noise": "within noise",
    "equal": "equal to the baseline",
    "not comparable": "not comparable",
    "noise unknown": "not judged, its noise unknown",
    "direction unknown": "not judged, its direction unknown",
    "not measured": "not measured",
}


def short_text(results: Results, run: RunResult, metric: str) -> str:
    """The verdict against the baseline in the fewest words that fit after `is`: `better beyond noise`, `better by one look`."""
    return _alone(results, run, metric) + phrases.at_text(results, run) + phrases.here_text(results, metric)


def joined_text(results: Results, runs: Sequence[RunResult], metrics: Sequence[str]) -> str:
    """The verdicts of several runs, or on several metrics, joined where they are the same; a clause with its verbs.

    One run on several metrics: `run 3 is better beyond noise on mse and l0, within noise on absorption fraction`. Several runs on
    several metrics: a clause each, `on mse runs 1 and 2 are both worse beyond noise; on l0 …`.
    """
    if not runs:
        return "no run was made"
    if len(runs) == 1 and len(metrics) > 1:
        return f"{phrases.run_label(runs[0])} is {_of_metrics(results, runs[0], metrics)}"
    if len(metrics) == 1:
        return _of_runs(results, runs, metrics[0])
    return "; ".join(f"on {phrases.metric_label(name)} {_of_runs(results, runs, name)}" for name in metrics)


def share_text(part: Sequence[RunResult], whole: Sequence[RunResult]) -> str:
    """`1/3`: how many of how many."""
    if not whole:
        return "no run"
    return f"{len(part)}/{len(whole)}"


def at_label(results: Results, run: RunResult) -> str:
    """`, run 3 at 1.9 times the baseline's compute`, behind a verdict that several runs share; empty where there is nothing to say."""
    at = phrases.at_text(results, run)
    return f", {phrases.run_label(run)}{at.removeprefix(',')}" if at else ""


def _alone(results: Results, run: RunResult, metric: str) -> str:
    """Without what a control scores and what it is made at; the baseline's is that it is the baseline."""
    if run.is_baseline:
        return "the baseline itself"
    verdict = results.verdict(run, metric)
    words = _SHORT[verdict.word]
    if verdict.exact and verdict.word in ("better", "worse"):
        words = f"{verdict.word} (exact)"
    elif verdict.one_look:
        words = f"{verdict.word} by one look"
    return words


def _of_runs(results: Results, runs: Sequence[RunResult], metric: str) -> str:
    groups = _grouped((_alone(results, run, metric), run) for run in runs)
    parts = []
    for words, mine in groups.items():
        every = {1: "", 2: "both "}.get(len(mine), "all " if len(groups) == 1 else "")
        at = "".join(phrases.at_text(results, run) if len(mine) == 1 else at_label(results, run) for run in mine)
        parts.append(f"{phrases.runs_text(mine)} {'is' if len(mine) == 1 else 'are'} {every}{words}{at}")
    return _listed(parts) + phrases.here_text(results, metric)


def _of_metrics(results: Results, run: RunResult, metrics: Sequence[str]) -> str:
    groups = _grouped((_alone(results, run, name), name) for name in metrics)
    parts = []
    for words, mine in groups.items():
        named = [phrases.metric_label(name) + phrases.here_text(results, name) for name in mine]
        parts.append(f"{words} on {listed(named)}")
    return _listed(parts) + phrases.at_text(results, run)


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """By words, in the order in which each comes first."""
    groups: dict[str, list[T]] = {}
    for words, one in pairs:
        groups.setdefault(words, []).append(one)
    return groups


def _listed(parts: Sequence[str]) -> str:
    """Clauses one after the other, by semicolons where one of them has commas of its own."""
    return ("; " if any("," in part for part in parts) else ", ").join(parts)
