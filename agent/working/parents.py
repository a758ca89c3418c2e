"""Before a run's brief: from which run it begins, journalled, so that the workspace is put to that one's code."""

from __future__ import annotations

from agent.models.recording import Recording
from agent.results.choosing.parents import Parent, choose_parent
from agent.results.story import Story, results_of, story_of
from agent.session.events import Edited, ParentChosen
from agent.session.steps import RunName, Step
from agent.working.parts import Parts


def settle_parent(parts: Parts, run: RunName) -> None:
    """Decide once from which run this one begins; one that an older version began goes on as it did."""
    step, story = Step.parent(run), story_of(parts.session)
    if parts.session.journal.find(ParentChosen, step) is None and _begun(story, run):
        return
    chosen = parts.session.journal.step(ParentChosen, step, lambda: _chosen(parts, story, run))
    if chosen.seq == len(parts.session.journal.events) - 1:
        name = "the baseline" if chosen.parent.is_baseline else chosen.parent
        parts.progress.say(f"{run} begins from {name}: {chosen.why}")


def _begun(story: Story, run: RunName) -> bool:
    return any(event.step.run == run for event in story.all(Edited))


def _chosen(parts: Parts, story: Story, run: RunName) -> ParentChosen:
    parent = _recorded(parts, story, run) or choose_parent(story, results_of(parts.session), run)
    return ParentChosen(run=run, parent=parent.run, why=parent.why)


def _recorded(parts: Parts, story: Story, run: RunName) -> Parent | None:
    """What the coder's recording says, whose edits find their places in no other code; None without a recording or its word."""
    coder = parts.gateway.models.get("coder")
    if not isinstance(coder, Recording):
        return None
    parents, accepted = coder.header.parents, story.accepted
    if parents is None:
        last = list(accepted)[-1]
        return Parent(last, "the recording is of a version that began each run from the last accepted one")
    named = parents.get(run)
    return Parent(named, "the recording names it") if named in accepted and named is not None else None
