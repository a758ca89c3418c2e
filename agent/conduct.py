"""Around the loop: lock, signals, parts, the closing event and the page, whatever happens."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from agent.brief import Brief
from agent.coding.coder import CoderFailed
from agent.coding.registry import coder_for
from agent.errors import Interrupted, LabloopError, Paused
from agent.experiment.laboratory import Laboratory
from agent.loop import work_session
from agent.models.exchanges import Exchanges
from agent.models.faults.patience import Say
from agent.models.gateway import Asks, Gateway, unheard
from agent.models.limits import Limits
from agent.models.prices import prices_by_role
from agent.models.protocol import Request
from agent.models.registry import check_recordings, edits_live, models_for
from agent.models.shared import Purse, Shared
from agent.notify import asked_of, notify, tell_of_a_death, told_of
from agent.page.write import write_page
from agent.progress import Progress
from agent.prompts import Prompts
from agent.results.story import results_of, story_of
from agent.results.story.state import OVER
from agent.results.words.conclusion import conclusion_text
from agent.results.words.confirmed import confirmed_text
from agent.results.words.isolation import isolation_text
from agent.sandbox import choose
from agent.session.campaign_paths import campaign_of
from agent.session.events import SessionEnded, SessionResumed
from agent.session.lock import SessionLock
from agent.session.report import unexpected
from agent.session.session import Session, note_resumption
from agent.session.trouble import check_room, pausing
from agent.signals import Signals
from agent.working.parts import Parts

log = logging.getLogger(__name__)


def conduct(session: Session, resume: bool = False) -> SessionEnded:
    """Work the session until it is done or must stop; its last event.

    Raises SessionLocked, or Paused where the machine does not even let it begin.
    """
    with pausing(session.paths.root), SessionLock(session.paths.lock), Signals(session.stop):
        if resume:
            tell_of_a_death(session)
            note_resumption(session, os.getpid())
        progress = Progress(session)
        with session.journal.heard_by(progress):
            progress.start()
            try:
                ended = _closed(session, progress, _worked(session, progress))
                if _is_news(session, ended):
                    notify(session.settings.notify, told_of(session, ended.state, ended.reason, ended.exit_code))
                return ended
            finally:
                progress.stop()


def _closed(session: Session, progress: Progress, ended: SessionEnded) -> SessionEnded:
    """The last event, in the journal where it takes it, told in any case; then the page, whose failure is a warning."""
    try:
        with pausing(session.paths.root):
            ended = session.journal.append(ended)
    except Paused as error:  # what is not in the journal did not happen: a resumption comes here again
        if not ended.reason:
            ended = SessionEnded(state="paused", reason=str(error), exit_code=error.exit_code)
        progress(ended)
    try:
        write_page(session)
    except Exception as error:  # all that it shows is in the session's folder, and it can be made again
        log.warning(
            "%s was not written: %s; `python agent/review.py %s` makes it",
            session.paths.page,
            error,
            session.paths.root,
        )
    return ended


def _is_news(session: Session, ended: SessionEnded) -> bool:
    """Whether it is not over as it was before: one that is resumed then only ends once more, and nobody is told twice."""
    before = [event for event in session.journal.events if not isinstance(event, SessionResumed) and event != ended]
    last = before[-1] if before else None
    over = ended.state in OVER
    return not (over and isinstance(last, SessionEnded) and last.state == ended.state)


def _worked(session: Session, progress: Progress) -> SessionEnded:
    """The loop, with every way it can stop as an event."""
    try:
        with pausing(session.paths.root):
            try:
                return _work(session, progress)
            except CoderFailed:  # what failed on a full disk often cannot say so
                check_room(session.paths.root)
                raise
    except Paused as error:
        return SessionEnded(state="paused", reason=str(error), exit_code=error.exit_code)
    except Interrupted as error:
        return SessionEnded(state="interrupted", reason=str(error), exit_code=error.exit_code)
    except LabloopError as error:
        return SessionEnded(state="failed", reason=str(error), exit_code=error.exit_code)
    except Exception as error:  # nobody expected it: what is in the journal stays, and a report says where it came from
        return SessionEnded(
            state="paused",
            reason=unexpected(error, session.paths.root, session.journal.events),
            exit_code=LabloopError.exit_code,
        )


def _work(session: Session, progress: Progress) -> SessionEnded:
    """The parts, and the loop that they take part in."""
    sandbox = choose(session.settings.sandbox.kind, live=edits_live(session.settings.models))
    progress.say(isolation_text([sandbox.name]))
    prompts = Prompts()
    gateway = gateway_of(session, prompts, progress.aside, progress.asks)
    coder = coder_for(session.settings.coder.name, session, sandbox, prompts)
    laboratory = None
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
        if laboratory is not None:
            laboratory.close()


def gateway_of(session: Session, prompts: Prompts, say: Say = lambda text: None, asks: Asks = unheard) -> Gateway:
    """The way to the models that the session's settings name; `say` hears of waits, `asks` of questions. Raises UsageError for one
    that cannot be had.
    """
    settings, paths = session.settings, session.paths
    shared = shared_of(paths.root)

    def asked(request: Request) -> None:
        notify(settings.notify, asked_of(session, request.step))

    models = models_for(settings.models, paths.requests, session.stop, say, shared, asked)
    runs = settings.limits.max_runs if settings.paper.write else None
    check_recordings(models, session.template.name, session.files, runs)
    limits = Limits(
        budget_tokens=settings.limits.budget_tokens,
        budget_usd=settings.limits.budget_usd,
        max_answers=settings.models.max_answers,
        max_output_tokens=settings.models.max_output_tokens,
    )
    prices = prices_by_role(settings.models)
    purse = Purse(shared, session.name, session.stop) if shared else None
    return Gateway(session.journal, Exchanges(paths.exchanges), models, limits, prompts, prices, purse, asks)


def shared_of(root: Path) -> Shared | None:
    """What the session in this folder shares with the others of its campaign; None where it is of none."""
    campaign = campaign_of(root)
    return Shared(campaign.shared) if campaign else None


def outcome(session: Session, ended: SessionEnded) -> dict[str, Any]:
    """What `--json` prints."""
    story = story_of(session)
    counts = story.counts
    results = story.readable_results(session.metrics, session.primary, session.idea.leading).results
    return {
        "session": str(session.paths.root),
        "state": ended.state,
        "runs_completed": counts.runs_completed,
        "attempts": len(story.attempts),
        "tokens_sent": counts.tokens_sent,
        "tokens_received": counts.tokens_received,
        "usd": counts.usd,
        "paper": next((str(path) for path in (session.paths.paper, session.paths.html_draft) if path.is_file()), None),
        "findings": len(story.audit.findings) if story.audit else 0,
        "conclusion": conclusion_text(results) if story.runs else None,
        "confirmation": confirmed_text(results_of(session)) if story.confirmation else None,
    }
