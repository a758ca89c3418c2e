"""What launches took, in a line each: the baseline's, and those of a run."""

from __future__ import annotations

from agent.results.compute import Compute
from agent.results.story import Story
from agent.results.story.counts import is_of_baseline
from agent.results.words.compute import cost_text
from agent.session.events import AttemptEnded
from agent.session.steps import RunName


def launch_costs(story: Story, run: RunName) -> list[str]:
    """What each good launch of the baseline took, then every launch of this run, failed ones too."""
    ended = [event for event in story.all(AttemptEnded) if event.number is not None]
    baseline = [event for event in ended if is_of_baseline(event) and event.outcome == "ok"]
    mine = [event for event in ended if event.run.run == run]
    return [_line(event) for event in (*baseline, *mine)]


def _line(event: AttemptEnded) -> str:
    said = "" if event.outcome == "ok" else f" ({event.outcome.replace('_', ' ')})"
    took = cost_text(Compute((event.cost,)), None) if event.cost else f"{event.seconds:.1f} s of wall time"
    return f"{event.run}, attempt {event.number}{said}: {took}"
