"""How any two runs stand to each other, in words."""

from __future__ import annotations

from agent.results.results import Results, RunResult
from agent.results.verdicts.verdict import ONE_LOOK, improves
from agent.results.words.phrases import MISSING, SAME, at_text, digits_shown, here_text, run_label, size_text


def compare_text(results: Results, first: RunResult, second: RunResult, metric: str) -> str:
    """How `first` stands to `second`, by the metric's own direction: `better than run 5 by 0.012, beyond noise`."""
    return (
        _comparison_alone(results, first, second, metric) + at_text(results, first, second) + here_text(results, metric)
    )


def _comparison_alone(results: Results, first: RunResult, second: RunResult, metric: str) -> str:
    other, mine, theirs = run_label(second), first.values.get(metric), second.values.get(metric)
    if mine is None or theirs is None:
        return MISSING
    if unlike := [*first.differences, *second.differences]:
        return f"not comparable with {other} ({'; '.join(dict.fromkeys(unlike))})"
    kind, exact = results.metrics[metric], results.is_exact(metric)
    verdict = results.comparison(first, second, metric)
    delta = mine.mean - theirs.mean
    if not delta:
        return f"equal to {other}"
    size = size_text(abs(delta), kind)
    if kind.direction is None:
        word = "above" if delta > 0 else "below"
        return f"{word} {other} by {size}; which direction is better is unknown"
    if verdict.word == "equal":
        return f"equal to {other}{digits_shown(verdict)}"
    word = "better" if improves(delta, kind) else "worse"
    if verdict.word == "noise unknown":
        why = f" ({SAME})" if results.all_same(metric) else ""
        return f"{word} than {other} by {size}, with the noise unknown{why}"
    if verdict.word == "within noise":
        return f"within noise of {other} ({word} by {size})"
    beyond = " (exact)" if exact else f", beyond noise{ONE_LOOK if verdict.one_look else ''}"
    return f"{word} than {other} by {size}{beyond}"
