"""What `[[RUN.parent]]` and `[[RUN.METRIC.parent_verdict]]` say: from which run one began, and how it stands to that."""

from __future__ import annotations

from agent.errors import BadAnswer
from agent.evidence.filled import Filled
from agent.evidence.reference import PARENT, Reference
from agent.results.results import Results, RunResult
from agent.results.words import phrases
from agent.results.words.compared import compare_text


def parental(reference: Reference, results: Results, run: RunResult) -> Filled | None:
    """The text of a reference that speaks of the run's parent; None for any other.

    Raises BadAnswer for the baseline, which has none, and for a comparison with a parent that was dropped.
    """
    rest = reference.rest
    if rest == (PARENT,):
        return Filled(reference, _label(reference, results, run))
    if len(rest) != 2 or rest[1] not in _SAID or rest[0] not in results.metrics:
        return None
    label, metric = _label(reference, results, run), rest[0]
    parent = results.get(run.parent or "")
    if parent is None:
        raise BadAnswer(f"[[{reference.text}]]: {label} was dropped, and nothing is compared with it")
    text = _SAID[rest[1]](results, run, parent, metric)
    return Filled(reference, text, ((run.name, metric), (parent.name, metric)))


def _label(reference: Reference, results: Results, run: RunResult) -> str:
    if run.parent is None:
        raise BadAnswer(f"[[{reference.text}]]: the baseline began from no run")
    parent = results.get(run.parent)
    return phrases.run_label(parent) if parent else f"run {run.parent.number}"


def _delta(results: Results, run: RunResult, parent: RunResult, metric: str) -> str:
    if run.values.get(metric) is None or parent.values.get(metric) is None:
        return phrases.MISSING
    return phrases.delta_text(results.comparison(run, parent, metric), results.metrics[metric])


_SAID = {"parent_verdict": compare_text, "parent_delta": _delta}
