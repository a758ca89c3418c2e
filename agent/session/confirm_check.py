"""What of a confirmation may still change when its session is taken up again: nothing, once its split was opened."""

from __future__ import annotations

from agent.errors import UsageError
from agent.session.events import ConfirmationOpened, Edited, SessionJournal
from agent.session.settings import Settings
from agent.session.settings.confirm import NONE
from agent.session.steps import OPENED


def check_confirmation(name: str, journal: SessionJournal, recorded: Settings, wanted: Settings) -> None:
    """Raises UsageError where `wanted` asks for another confirmation than the one that the session has begun.

    Seeds that are added after the first were seen, or another run on a split that was read, would be a second search.
    """
    was, now = recorded.confirmation, wanted.confirmation
    same = (was.run, was.seeds) == (now.run, now.seeds)
    opened = journal.find(ConfirmationOpened, OPENED)
    if same or (opened is None and not _drew(journal)):
        return
    asked = f"--confirm {now.run}" if was.run != now.run else f"--confirm-seeds {now.seeds}"
    if opened is not None:
        raise UsageError(
            f"{asked}: {name} has opened its split for {opened.run} and {len(opened.seeds)} seeds, and a split is opened "
            "once; leave the flag out, or begin a new session"
        )
    if now.run != NONE:
        raise UsageError(
            f"{asked}: the figures and the draft of {name} are made without another confirmation; leave the flag out, "
            "or begin a new session"
        )


def _drew(journal: SessionJournal) -> bool:
    return any(event.step.is_of_figures for event in journal.all(Edited))
