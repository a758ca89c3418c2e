"""How a run's frontier stands to the baseline's, in words."""

from __future__ import annotations

from collections.abc import Sequence

from agent.results.results import Results, RunResult
from agent.results.values import decimal
from agent.results.verdicts.at_points import verdicts
from agent.results.verdicts.frontier import KEY, Frontier, frontier_of
from agent.results.verdicts.student import bonferroni
from agent.results.verdicts.verdict import Verdict
from agent.results.words import phrases
from agent.session.steps import BASELINE


def frontier_text(results: Results, run: RunResult, metric: str) -> str:
    """A clause with its verb: `run 3 dominates the baseline's frontier of mse at 3 of 3 points`; that it crosses it, and where.

    Of the candidate of a confirmation it says too what its frontier on fresh seeds does.
    """
    whole = _alone(results, run, metric) + phrases.at_text(results, run) + phrases.here_text(results, metric)
    return f"{phrases.run_label(run)} {whole}{_fresh(results, run, metric)}"


def _fresh(results: Results, run: RunResult, metric: str) -> str:
    """`; over 3 fresh seeds it is within noise of the baseline's at 3 of 3 points`; empty where the metric was not tried on them."""
    known = results.confirmation
    if known is None or known.failed or not known.is_of(run.name, metric):
        return ""
    mine, base = (frontier_of({KEY: known.frontiers.get(name)}) for name in (run.name, BASELINE))
    if mine is None or base is None:
        return ""
    exact, seeds = results.baseline.deterministic, len(known.seeds)
    found = verdicts(mine, base, metric, results.metrics[metric], bonferroni(known.looks), exact, seeds)
    return f"; over {seeds} fresh seeds it {_stands(mine, found, _FRESH)}"


def _alone(results: Results, run: RunResult, metric: str) -> str:
    mine, base, whose = (
        run.frontier,
        results.baseline.frontier,
        f"the baseline's frontier of {phrases.metric_label(metric)}",
    )
    if run.is_baseline:
        return f"has {whose} itself"
    if mine is None or base is None:
        return f"was not measured as a frontier of {phrases.metric_label(metric)}"
    if run.differences:
        return f"is not comparable with {whose} ({'; '.join(run.differences)})"
    found = verdicts(
        mine,
        base,
        metric,
        results.metrics[metric],
        results.looks.confidence(metric),
        results.baseline.deterministic,
        max(1, len(run.seeds)),
    )
    return _stands(mine, found, whose)


def _stands(mine: Frontier, found: Sequence[Verdict | None], whose: str) -> str:
    """How one frontier stands to the other by what was found at each of its points."""
    judged = [verdict for verdict in found if verdict is not None and verdict.word not in _UNJUDGED]
    outside = len(found) - len(judged)
    if not judged:
        return f"cannot be held against {whose}: of {len(found)} {mine.several} none lies where its noise is known"
    tail = f"; {outside} of {len(found)} {mine.several} could not be judged" if outside else ""
    return _said(mine, found, judged, whose) + tail


_FRESH = "the baseline's on the split that the search never touched"
_UNJUDGED = ("noise unknown", "not measured", "direction unknown", "not comparable")


def _said(mine: Frontier, found: Sequence[Verdict | None], judged: Sequence[Verdict], whose: str) -> str:
    better, worse = (_places(mine, found, word) for word in ("better", "worse"))
    within = len(judged) - len(better) - len(worse)
    of = f"of {len(judged)} {mine.several}"
    rest = f", within noise at {within}" if within else ""
    if len(better) == len(judged):
        return f"dominates {whose} at {len(better)} {of}"
    if len(worse) == len(judged):
        return f"is dominated by {whose} at {len(worse)} {of}"
    if better and worse:
        where = [f"{len(places)} ({mine.over} {', '.join(places)})" for places in (better, worse)]
        return f"crosses {whose}: of {len(judged)} {mine.several} it is better at {where[0]}, worse at {where[1]}{rest}"
    for word, places in (("better", better), ("worse", worse)):
        if places:
            return f"is {word} than {whose} at {len(places)} {of} ({mine.over} {', '.join(places)}){rest}"
    return f"is within noise of {whose} at {within} {of}"


def _places(mine: Frontier, found: Sequence[Verdict | None], word: str) -> list[str]:
    pairs = zip(mine.points, found, strict=True)
    return [decimal(point.at, 1) for point, verdict in pairs if verdict is not None and verdict.word == word]
