"""From which run the next one begins: what the plan or the adviser names, else the best comparable run.

A run that is not comparable with the baseline is no parent: its children would inherit what makes it so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.results.results import Results, RunResult
from agent.results.story import Story
from agent.results.story.plan import A_RUN, named_in_plan, run_named, title_planned
from agent.session.events import RunAccepted
from agent.session.steps import RunName

_ADVISED = re.compile(rf"^[^\w\n]{{0,6}}from[*_` \t]*:[*_` \t]*{A_RUN}\b", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Parent:
    """A run, and why it is the one to begin from; in words that fit behind a colon."""

    run: RunName
    why: str


@dataclass(frozen=True)
class Change:
    """What a run changed: against its parent, and all in all."""

    parent: RunName
    """run_0 is the baseline."""
    called: str = "the baseline"
    """The parent as a message names it: `run_2 (its title)`."""
    why: str = ""
    """Why it was the parent; empty where nothing was decided."""
    diff: str = ""
    """Unified diff against the parent."""
    from_baseline: str = ""
    """The same against the baseline; empty where that is the parent, or nothing differs."""


def called(run: RunAccepted | None) -> str:
    """A run as a message names it; the baseline for None."""
    return "the baseline" if run is None or run.run.is_baseline else f"{run.run} ({run.title})"


def named_by_adviser(advice: str) -> RunName | None:
    """What the last line `From: run_2` of an advice names; None where it has none."""
    found = _ADVISED.findall(advice)
    return run_named(found[-1]) if found else None


def choose_parent(story: Story, results: Results, run: RunName) -> Parent:
    """The parent of a run that begins now. What is named and cannot be a parent is said, and the next rule holds."""
    refused: list[str] = []
    for named, who, said in _named(story, run):
        why_not = _why_not(results, story, named, run)
        if not why_not:
            return Parent(named, "; ".join([f"{who} names it", *refused]))
        refused.append(f"{who} names {said}, which {why_not}")
    best = _best(results)
    if best.is_baseline:
        why = f"no comparable run is better by {results.primary} so far"
    else:
        why = f"it is the best comparable run by {results.primary} so far"
    return Parent(best.name, "; ".join([why, *refused]))


def _best(results: Results) -> RunResult:
    """The best run to build on: a session's own, at what comparisons are made at. Whoever wants another one names it."""
    apart = {run.name for run in results.runs[1:] if run.name in results.prior_art or results.left(run)}
    return results.baseline if results.best.is_baseline else results.best_by(results.primary, apart)


def _named(story: Story, run: RunName) -> Iterator[tuple[RunName, str, str]]:
    """(run, who names it, how it is called), the plan before the adviser."""
    planned = None if _moved(story, run) else named_in_plan(story.plan, run)
    if planned is not None:
        yield planned, f"the plan's line for {run}", _called(planned)
    advised = named_by_adviser(story.advice.text) if story.advice else None
    if advised is not None and story.advice is not None:
        yield advised, f"the advice on {story.advice.run}", _called(advised)


def planned_title(story: Story, run: RunName) -> str:
    """What the plan calls this run, for a coder that gives it no title; its name where the plan does not say."""
    return (not _moved(story, run) and title_planned(story.plan, run.number)) or str(run)


def _moved(story: Story, run: RunName) -> bool:
    """Whether a run that was given up has moved those behind it: then the plan's numbers say no longer which run is meant."""
    return any(event.run.number <= run.number for event in story.abandoned)


def _why_not(results: Results, story: Story, named: RunName, run: RunName) -> str:
    """Why the run that is named cannot be a parent; empty where it can."""
    found = results.get(named)
    if found is not None:
        return f"is not comparable with the baseline ({'; '.join(found.differences)})" if found.differences else ""
    return "was dropped" if named in story.accepted else "is no accepted run"


def _called(run: RunName) -> str:
    return "the baseline" if run.is_baseline else str(run)
