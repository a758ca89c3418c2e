"""The journal's event of a person who signed a draft off."""

from __future__ import annotations

from typing import Literal

from agent.session.journal import BaseEvent


class SignedOff(BaseEvent):
    """A person stands for a draft as it was. It is a statement, no cryptography: whoever writes a journal can write a name."""

    kind: Literal["signed_off"] = "signed_off"
    name: str
    """As the person gave it."""
    note: str = ""
    """What the person says beside it."""
    draft_sha256: str
    """Of the paper's sources and figures (`draft_sha256` in session/draft_files.py)."""
    audit_sha256: str
    """Of audit.json."""
    findings: int = 0
    """Findings of the audit that were open, and were signed all the same."""
