"""Around the loop: lock, signals, parts, the closing event and the page, whatever happens."""

from __future__ import annotations

import os
from typing import Any

from agent.brief import Brief
from agent.coding.registry import coder_for
from agent.errors import Interrupted, LabloopError, Paused
from agent.experiment.laboratory import Laboratory
from agent.loop import Parts, work_session
from agent.models.exchanges import Exchanges
from agent.models.gateway import Gateway
from agent.models.limits import Limits
from agent.models.patience import Say
from agent.models.registry import check_recordings, models_for
from agent.page.write import write_page
from agent.progress import Progress
from agent.prompts import Prompts
from agent.results.story import story_of
from agent.sandbox import choose
from agent.session.events import SessionEnded
from agent.session.lock import SessionLock
from agent.session.session import Session, note_resumption
from agent.signals import Signals


def conduct(session: Session, resume: bool = False) -> SessionEnded:
    """Work the session until it is done or must stop; its last event. Raises SessionLocked."""
    with SessionLock(session.paths.lock), Signals(session.stop):
        if resume:
            note_resumption(session, os.getpid())
        progress = Progress(session)
        with session.journal.heard_by(progress):
            progress.start()
            try:
                ended = session.journal.append(_worked(session, progress))
                write_page(session)
            finally:
                progress.stop()
    return ended


def _worked(session: Session, progress: Progress) -> SessionEnded:
    """The loop, with every way it can stop as an event."""
    try:
        sandbox = choose(session.settings.sandbox.kind)
        prompts = Prompts()
        gateway = gateway_of(session, prompts, progress.aside)
        coder = coder_for(session.settings.coder.name, session, sandbox, prompts)
        try:
            laboratory = Laboratory(session, sandbox, progress)
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


def gateway_of(session: Session, prompts: Prompts, say: Say = lambda text: None) -> Gateway:
    """The way to the models that the session's settings name; `say` hears of waits. Raises UsageError for one that cannot be had."""
    settings, paths = session.settings, session.paths
    models = models_for(settings.models, paths.requests, session.stop, say)
    runs = settings.limits.max_runs if settings.paper.write else None
    check_recordings(models, session.template.name, session.files, runs)
    limits = Limits(
        budget_tokens=settings.limits.budget_tokens,
        budget_usd=settings.limits.budget_usd,
        max_answers=settings.models.max_answers,
        max_output_tokens=settings.models.max_output_tokens,
    )
    return Gateway(session.journal, Exchanges(paths.exchanges), models, limits, prompts)


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
