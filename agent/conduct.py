"""Around the loop: lock, signals, parts, the closing event and the page, whatever happens."""

from __future__ import annotations

import os
from typing import Any

from agent.brief import Brief
from agent.coding.registry import coder_for
from agent.errors import Interrupted, LabloopError, Paused
from agent.experiment.laboratory import Laboratory
from agent.loop import Parts, work_session
from agent.models.gateway import Gateway
from agent.models.registry import models_for
from agent.page.write import write_page
from agent.progress import Progress
from agent.prompts import Prompts
from agent.results.story import story_of
from agent.sandbox import choose
from agent.session.events import SessionEnded
from agent.session.lock import SessionLock
from agent.session.session import Session, note_resumption
from agent.signals import StopRequest


def conduct(session: Session, resume: bool = False) -> SessionEnded:
    """Work the session until it is done or must stop; its last event. Raises SessionLocked."""
    stop = StopRequest()
    with SessionLock(session.paths.lock), stop:
        if resume:
            note_resumption(session, os.getpid())
        session.journal.stop = stop.why
        progress = Progress(session)
        session.journal.listeners.append(progress)
        progress.start()
        try:
            ended = session.journal.append(_worked(session, stop, progress))
            write_page(session)
        finally:
            progress.stop()
    return ended


def _worked(session: Session, stop: StopRequest, progress: Progress) -> SessionEnded:
    """The loop, with every way it can stop as an event."""
    try:
        sandbox = choose(session.settings.sandbox)
        prompts = Prompts()
        gateway = Gateway(session, models_for(session, stop.why), prompts)
        coder = coder_for(session.settings.coder, session, sandbox, prompts)
        try:
            laboratory = Laboratory(session, sandbox, stop.why, progress)
            parts = Parts(
                session=session,
                gateway=gateway,
                coder=coder,
                laboratory=laboratory,
                sandbox=sandbox,
                brief=Brief(session, prompts),
                progress=progress,
            )
            return work_session(parts)
        finally:
            coder.close()
    except Paused as error:
        return SessionEnded(state="paused", reason=str(error), exit_code=error.exit_code)
    except Interrupted as error:
        return SessionEnded(state="interrupted", reason=str(error), exit_code=error.exit_code)
    except LabloopError as error:
        return SessionEnded(state="failed", reason=str(error), exit_code=error.exit_code)


def outcome(session: Session, ended: SessionEnded) -> dict[str, Any]:
    """What `--json` prints."""
    story = story_of(session)
    counts = story.counts
    return {
        "session": str(session.paths.root),
        "state": ended.state,
        "runs_completed": counts.runs_completed,
        "attempts": len(story.attempts),
        "tokens_sent": counts.tokens_sent,
        "tokens_received": counts.tokens_received,
        "usd": counts.usd,
        "paper": str(session.paths.paper) if session.paths.paper.is_file() else None,
        "findings": len(story.audit.findings) if story.audit else 0,
    }
