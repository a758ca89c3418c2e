"""A person's words, taken up before the next brief, and the end of runs that gain nothing."""

from __future__ import annotations

from collections.abc import Iterator

from agent.models.recording import Recording
from agent.results.choosing.patience import runs_without_gain
from agent.results.story import Story, results_of, story_of
from agent.session.events import Edited, ParentChosen, PersonSaid, RunDropped, RunsEnded
from agent.session.journal import BaseEvent
from agent.session.spoken import Word, waiting
from agent.session.steps import RunName, Step
from agent.working.parts import Parts


def take_up(parts: Parts, kind: type[BaseEvent], step: Step) -> None:
    """Journal what a person left for the session, so that the message of this step is the first to show it.

    Nothing is taken up for a step that the journal holds already: its message is past.
    """
    if parts.session.journal.find(kind, step) is not None:
        return
    for said, word in _recorded(parts, step):
        _journal(parts, said, word, step)
    for left in waiting(parts.session.paths.say):
        _journal(parts, left.step, left.word, step)
        left.path.unlink(missing_ok=True)  # what a kill leaves here is journalled, and found by its step


def _recorded(parts: Parts, before: Step) -> Iterator[tuple[Step, Word]]:
    """What a person said before this step where it was recorded."""
    coder = parts.gateway.models.get("coder")
    for place, word in enumerate(coder.header.said if isinstance(coder, Recording) else ()):
        if word.before == before:
            yield Step.said(f"recorded/{place}"), word


def _journal(parts: Parts, said: Step, word: Word, before: Step) -> None:
    journal = parts.session.journal
    if word.drop is None:
        journal.step(PersonSaid, said, lambda: PersonSaid(text=word.say, before=before))
        return
    run = word.drop
    why_not = "" if journal.find(RunDropped, said) else story_of(parts.session).why_not_dropped(run)
    if why_not:
        parts.progress.say(f"{run} is not dropped: {why_not}")
        return
    journal.step(RunDropped, said, lambda: RunDropped(run=run, why=word.why, before=before))


def out_of_patience(parts: Parts, run: RunName) -> bool:
    """Whether the runs end with this one, since too many in a row gained nothing; asked of the last run alone."""
    patience, story = parts.session.settings.limits.patience, story_of(parts.session)
    if patience is None or _goes_on(story, run):
        return False
    count = runs_without_gain(results_of(parts.session))
    if count < patience:
        return False
    primary = parts.session.primary
    reason = f"no gain beyond noise by {primary} in {count} runs; --patience {patience} ends the runs"
    journal = parts.session.journal
    journal.step(RunsEnded, Step.patience(run), lambda: RunsEnded(run=run, reason=reason))
    return True


def _goes_on(story: Story, run: RunName) -> bool:
    """Whether a later run has begun."""
    began = [event.step.run for event in story.all(Edited)] + [event.run for event in story.all(ParentChosen)]
    return any(name is not None and name.number > run.number for name in began)
