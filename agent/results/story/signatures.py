"""Who signed a draft off, and whether it still is the draft that was signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agent.session.draft_files import audit_sha256, draft_sha256
from agent.session.events.sign import SignedOff
from agent.session.paths import SessionPaths

STATEMENT = "a statement in the journal, no cryptography"
NOBODY = "Nobody has signed this draft off"


@dataclass(frozen=True)
class Signature:
    """One person's last word on the draft."""

    signed: SignedOff
    changed: str = ""
    """What was changed since, so that it holds no more; empty where it is the draft that was signed."""

    @property
    def told(self) -> str:
        """`Signed off by Ada Lovelace on 2026-11-28, despite 2 findings: read twice`; what voids it stands behind."""
        event = self.signed
        despite = f", despite {event.findings} finding{'s' if event.findings > 1 else ''}" if event.findings else ""
        void = f"; {self.changed}, so this no longer holds" if self.changed else ""
        note = f": {event.note}" if event.note else ""
        return f"Signed off by {event.name} on {event.time[:10]}{despite}{void}{note}"


def signatures_of(events: Iterable[Any], paths: SessionPaths) -> tuple[Signature, ...]:
    """Everybody's last signature, in the order in which they signed, held against the files as they are."""
    last = dict[str, SignedOff]()
    for event in events:
        if isinstance(event, SignedOff):
            last.pop(event.name, None)
            last[event.name] = event
    if not last:
        return ()
    draft, audit = draft_sha256(paths), audit_sha256(paths)
    return tuple(Signature(event, _changed(event, draft, audit)) for event in last.values())


def _changed(event: SignedOff, draft: str, audit: str) -> str:
    if event.draft_sha256 != draft:
        return "the draft was changed since"
    return "its audit was changed since" if event.audit_sha256 != audit else ""
