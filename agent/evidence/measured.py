"""What `[[RUN.METRIC]]` and `[[RUN.METRIC.FIELD]]` say: a measured value, or what is computed from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.errors import BadAnswer
from agent.evidence.reference import FIELDS, Reference, nearest
from agent.results.results import Results, RunResult
from agent.results.values import Value
from agent.results.words import phrases
from agent.results.words.short import short_text
from agent.session.template.contract import Metric


def measured(reference: Reference, results: Results, run: RunResult, metric: str, field: str) -> str:
    """The text of a metric of a run, or of one of its fields; `field` is empty for the value itself.

    Raises BadAnswer for a field that does not exist, and for the spread of what was measured once.
    """
    if field in _COMPUTED:
        return _COMPUTED[field](results, run, metric)
    if field and field not in _OF_VALUE:
        raise BadAnswer(f"[[{reference.text}]]: no field {field!r}; {nearest(field, FIELDS)}")
    value, kind = run.values.get(metric), results.metrics[metric]
    if value is None:
        return phrases.MISSING
    if field == "spread" and (value.spread is None or value.n < 2):
        raise BadAnswer(f"[[{reference.text}]]: {run.name} was measured once (n = 1), so it has no spread")
    return _OF_VALUE[field](value, kind) if field else phrases.value_text(run, value, kind)


def _noise(results: Results, run: RunResult, metric: str) -> str:
    return phrases.noise_text(results, metric, None if run.is_baseline else run)


def _band(results: Results, run: RunResult, metric: str) -> str:
    return phrases.band_text(results, metric, None if run.is_baseline else run)


def _delta(results: Results, run: RunResult, metric: str) -> str:
    return phrases.delta_text(results.verdict(run, metric), results.metrics[metric])


def _spread(value: Value, kind: Metric) -> str:
    return phrases.MISSING if value.spread is None else phrases.number(value.spread, kind)


_COMPUTED: Mapping[str, Callable[[Results, RunResult, str], str]] = {
    "verdict": phrases.verdict_text,
    "short": short_text,
    "percent": phrases.percent_text,
    "noise": _noise,
    "band": _band,
    "delta": _delta,
}
"""Fields that say how a run stands to the baseline; each knows what to say where a value is missing."""
_OF_VALUE: Mapping[str, Callable[[Value, Metric], str]] = {
    "mean": lambda value, kind: phrases.bare_number(value.mean, kind),
    "spread": _spread,
    "n": lambda value, kind: str(value.n),
}
