"""Which runs the plan holds against one: what is confirmed beside it, so that its claims against them can be tried too."""

from __future__ import annotations

from collections.abc import Iterator

from agent.results.results import Results
from agent.results.story import Story
from agent.results.story.plan import named_in_plan
from agent.session.events import Registered
from agent.session.steps import RunName

MOST = 2
"""So many are launched beside a candidate, hypotheses' first: each costs as many launches as there are fresh seeds."""


def held_against(story: Story, results: Results, run: RunName) -> tuple[RunName, ...]:
    """The comparable runs that a hypothesis compares with this one (its control), then the parent that its line of the plan names.

    None where a run was given up before it: then the plan's numbers say no longer which run is meant.
    """
    if any(event.run.number <= run.number for event in story.abandoned):
        return ()
    able = {each.name for each in results.runs[1:] if not each.differences}
    named = [each for each in _named(story, run) if each in able and each != run]
    return tuple(dict.fromkeys(named))[:MOST]


def _named(story: Story, run: RunName) -> Iterator[RunName]:
    registered = story.last(Registered)
    for each in registered.hypotheses if registered is not None else ():
        if run in (each.run, each.against):
            yield each.against if each.run == run else each.run
    parent = named_in_plan(story.plan, run)
    if parent is not None:
        yield parent
