"""What follows from a package's record: its results with their verdicts, and how much of it was looked at."""

from __future__ import annotations

from typing import Any

from agent.errors import SessionError
from agent.results.story import results_of, story_of
from agent.session.events import SectionWritten
from agent.session.session import Session

Derived = dict[str, dict[str, dict[str, Any]]]
"""Run → metric → mean, spread, n and the verdict against the baseline."""


def derived_results(session: Session) -> Derived:
    """Every accepted run's metrics as the record gives them; empty where they cannot be read or there is no baseline."""
    if story_of(session).baseline is None:
        return {}
    try:
        results = results_of(session)
    except SessionError:
        return {}
    return {
        str(run.name): {
            name: {
                "mean": value.mean,
                "spread": value.spread,
                "n": value.n,
                "verdict": None if run.is_baseline else results.verdict(run, name).word,
            }
            for name, value in run.values.items()
            if name in results.metrics
        }
        for run in results.runs
    }


def looked_at(session: Session, numbers: int, derived: Derived) -> dict[str, int]:
    """How many events, runs, numbers, verdicts, tables and figures were derived again."""
    story = story_of(session)
    sections = [event.source for event in story.sections.values() if isinstance(event, SectionWritten)]
    return {
        "events": len(session.journal.events),
        "runs": len(story.accepted),
        "numbers": numbers,
        "verdicts": sum(value["verdict"] is not None for run in derived.values() for value in run.values()),
        "tables": len(story.run_notes) + sum(text.count("[[table") for text in sections),
        "figures": len(story.figures.files) if story.figures else 0,
    }
