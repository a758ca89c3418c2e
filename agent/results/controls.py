"""Controls beside the baseline, and which metrics do not tell it from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.errors import SessionError
from agent.results.values import Value, values_of
from agent.session.events import ControlMeasured
from agent.session.steps import ControlName
from agent.session.template.controls import Control

MARK = "~"
"""Stands at every value of a metric on which the baseline is not better than a control beyond noise."""


@dataclass(frozen=True)
class ControlResult:
    """What a control measured: the metrics that it has."""

    name: ControlName
    title: str
    """As a sentence begins with it: `an untrained model`."""
    values: Mapping[str, Value]

    @property
    def label(self) -> str:
        """As a row of a table is headed: `Untrained model`."""
        return Control.model_construct(name=self.name, title=self.title).label


def control_results(events: Iterable[ControlMeasured]) -> tuple[ControlResult, ...]:
    """The controls in the order in which they were measured; one that measured nothing this time is none.

    Raises SessionError where one cannot be read.
    """
    found = {}
    for event in events:
        try:
            found[event.control] = ControlResult(event.control, event.title, values_of(event.results))
        except ValueError as error:
            raise SessionError(f"the control {event.control}: its recorded results cannot be read: {error}") from error
    return tuple(control for control in found.values() if control.values)


def readable_controls(events: Iterable[ControlMeasured]) -> tuple[tuple[ControlResult, ...], tuple[str, ...]]:
    """Those that can be read, and a line for each that cannot."""
    found: list[ControlResult] = []
    problems: list[str] = []
    for event in events:
        try:
            found += control_results([event])
        except SessionError:
            problems.append(f"the control {event.control}: its recorded results cannot be read; it is left out")
    return tuple(found), tuple(problems)


def described(controls: Iterable[ControlResult]) -> dict[str, dict[str, Any]]:
    """controls.json: by name, what each control is and the metrics that it has, as {title, metrics: {name: {mean}}}."""
    return {
        control.name: {
            "title": control.title,
            "metrics": {name: {"mean": value.mean} for name, value in control.values.items()},
        }
        for control in controls
    }
