"""The recording of a session: what its own exchanges answered, so that it can be driven again."""

from __future__ import annotations

from agent.models.exchanges import Exchanges, messages_sha256
from agent.models.recording import Answer, Header, Recording
from agent.results.story import story_of
from agent.session.events import Edited, Exchanged, PersonSaid, RunDropped
from agent.session.session import Session
from agent.session.spoken import SaidBefore
from agent.session.steps import RunName


def recording_of(session: Session, origin: str = "") -> Recording:
    """Every answer by its step. `origin` says for people how the answers came to be."""
    exchanges = Exchanges(session.paths.exchanges)
    header = Header(
        files=dict(session.files),
        idea=session.idea.Name,
        template=session.template.name,
        scale=session.template.scale,
        made=session.journal.events[0].time,
        origin=origin or f"exchanges of session {session.name}",
        parents=_parents(session),
        said=_said(session),
    )
    answers = [_recorded(exchanges, event) for event in session.journal.all(Exchanged)]
    return Recording(header, answers, name=f"recorded:{session.name}")


def _parents(session: Session) -> dict[RunName, RunName]:
    """By run, accepted or only begun: the one that it began from, so that its edits find their places again."""
    story = story_of(session)
    begun = {event.step.run for event in story.all(Edited) if event.step.run} | {event.run for event in story.runs}
    parents = ((run, story.parent_of(run)) for run in sorted(begun, key=lambda run: run.number))
    return {run: parent.run for run, parent in parents if parent is not None}


def _said(session: Session) -> list[SaidBefore]:
    """A person's words, in order."""
    found: list[SaidBefore] = []
    for event in session.journal.events:
        if isinstance(event, PersonSaid):
            found.append(SaidBefore(say=event.text, before=event.before))
        elif isinstance(event, RunDropped):
            found.append(SaidBefore(drop=event.run, why=event.why, before=event.before))
    return found


def _recorded(exchanges: Exchanges, event: Exchanged) -> Answer:
    kept = exchanges.read(event.number)
    asked = messages_sha256(kept.messages)
    return Answer(role=event.role, step=event.step, reply=kept.reply, model=event.model, prompt_sha256=asked)
