"""The recording of a session: what its own exchanges answered, so that it can be driven again."""

from __future__ import annotations

from agent.models.exchanges import Exchanges, messages_sha256
from agent.models.recording import Answer, Header, Recording
from agent.session.events import Exchanged
from agent.session.session import Session


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
    )
    answers = [_recorded(exchanges, event) for event in session.journal.all(Exchanged)]
    return Recording(header, answers, name=f"recorded:{session.name}")


def _recorded(exchanges: Exchanges, event: Exchanged) -> Answer:
    kept = exchanges.read(event.number)
    asked = messages_sha256(kept.messages)
    return Answer(role=event.role, step=event.step, reply=kept.reply, model=event.model, prompt_sha256=asked)
