"""Events of the audit beside its verdict: what of a draft it gave back to its writer before that."""

from __future__ import annotations

from typing import Literal

from agent.session.journal import BaseEvent


class SentBack(BaseEvent):
    """An audit had findings in sections that may still be mended: one round of mending begins."""

    kind: Literal["sent_back"] = "sent_back"
    findings: dict[str, list[str]]
    """By section, in the order of the paper's writing: all that was found in it, a sentence each."""
