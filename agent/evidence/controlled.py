"""References to controls: `[[untrained.METRIC]]`, and how the control stands to the baseline."""

from __future__ import annotations

from agent.errors import BadAnswer
from agent.evidence.filled import Filled
from agent.evidence.reference import Reference, nearest
from agent.results.controls import ControlResult
from agent.results.results import Results
from agent.results.words import phrases

CONTROL_FIELDS = ("mean", "delta", "verdict")


def controlled(reference: Reference, results: Results, control: ControlResult) -> Filled:
    """A control's title, value, or how it stands to the baseline. Raises BadAnswer naming what it does have."""
    rest = reference.rest
    if rest in ((), ("name",), ("title",)):
        return Filled(reference, control.title)
    if rest[0] not in results.metrics or len(rest) > 2:
        raise BadAnswer(
            f"[[{reference.text}]]: of a control there are [[{control.name}.METRIC]] and its "
            f"{', '.join(CONTROL_FIELDS)}; {nearest(rest[0], results.metrics)}"
        )
    metric, field = rest[0], rest[1] if len(rest) == 2 else ""
    if field and field not in CONTROL_FIELDS:
        raise BadAnswer(f"[[{reference.text}]]: a control has no field {field!r}; {nearest(field, CONTROL_FIELDS)}")
    return Filled(reference, _text(results, control, metric, field), ((control.name, metric),))


def _text(results: Results, control: ControlResult, metric: str, field: str) -> str:
    value, kind = control.values.get(metric), results.metrics[metric]
    if value is None:
        return phrases.MISSING
    if field == "mean":
        return phrases.bare_number(value.mean, kind)
    if field == "delta":
        return phrases.delta_text(results.control_verdict(control, metric), kind)
    if field == "verdict":
        return phrases.control_verdict_text(results, control, metric)
    return phrases.number(value.mean, kind)


def refuse_controls(reference: Reference, results: Results) -> None:
    """A comparison is of two runs: what a run is against a control, its own words and the control's verdict say."""
    named = [word for word in reference.rest if results.control(word) is not None]
    if named and reference.head == "compare":
        raise BadAnswer(
            f"[[{reference.text}]]: {named[0]} is a control, measured beside the baseline; write [[{named[0]}.METRIC]] and "
            f"[[{named[0]}.METRIC.verdict]], which says how it stands to the baseline"
        )
