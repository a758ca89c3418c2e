"""Every name that a text may refer to, as data; prompts/references.jinja tells it to a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.evidence.evidence import Evidence
from agent.results.confirmation import Confirmation
from agent.results.controls import ControlResult
from agent.results.registered.outcomes import Registration
from agent.results.results import Results
from agent.results.words import phrases
from agent.session.template.reported import Reported

_SHOWN_CHARACTERS = 60
"""A setting's value is cut there: a prompt lists all of them."""


@dataclass(frozen=True)
class Referable:
    """What can be referred to. Settings are (name, value as text)."""

    results: Results
    """Its runs."""
    metrics: Mapping[str, str]
    """Which way each is better, in words."""
    settings: Mapping[str, str]
    """Of the baseline, so of every run that sets nothing else."""
    own_settings: Mapping[str, Mapping[str, str]]
    """By run: what it set otherwise than the baseline; runs that did not are absent."""
    training: tuple[str, ...]
    """Names of what training recorded."""
    own_training: Mapping[str, tuple[str, ...]]
    """By run: what its training recorded and the baseline's did not; runs that recorded no more are absent."""
    reported: Reported | None

    @property
    def controls(self) -> tuple[ControlResult, ...]:
        """What was measured beside the baseline."""
        return self.results.controls

    registration: Registration
    """What was registered before the first run."""

    @property
    def confirmation(self) -> Confirmation | None:
        """What fresh seeds said; None in a session that has not come to that."""
        return self.results.confirmation

    @property
    def marked(self) -> dict[str, str]:
        """By metric that does not tell the baseline from a control: what that scores, in words."""
        found = {name: phrases.control_text(self.results, name) for name in self.results.metrics}
        return {name: here for name, here in found.items() if here}


def referable(evidence: Evidence) -> Referable:
    """All that a text on this evidence may refer to."""
    results = evidence.results
    base = evidence.settings(results.baseline)
    differing = {
        run.name: {k: v for k, v in evidence.settings(run).items() if k not in base or base[k] != v}
        for run in results.runs[1:]
    }
    recorded = evidence.training(results.baseline)
    more = {run.name: tuple(k for k in evidence.training(run) if k not in recorded) for run in results.runs[1:]}
    return Referable(
        results=results,
        metrics={name: phrases.direction_text(metric) for name, metric in results.metrics.items()},
        settings=_shown(base),
        own_settings={run: _shown(own) for run, own in differing.items() if own},
        training=tuple(recorded),
        own_training={run: names for run, names in more.items() if names},
        reported=evidence.reported,
        registration=evidence.registration,
    )


def _shown(settings: Mapping[str, Any]) -> dict[str, str]:
    return {name: phrases.setting_text(value)[:_SHOWN_CHARACTERS] for name, value in settings.items()}
