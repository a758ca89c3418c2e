"""Hashes in the journal, over what a package carries: a stranger can hold them against what is there.

A hash is made anew only where it is that of what lies in the session; where it is not, the package differs, and should.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from agent.experiment.launch_end import left_sha256, scores_sha256
from agent.models.exchanges import Exchange, messages_sha256
from agent.models.protocol import Message
from agent.packing.gather import SESSION
from agent.session.events import LaunchEnded, ScoringEnded
from agent.session.paths import SessionPaths
from agent.session.session import Session

_OF_ATTEMPT = re.compile(rf"{SESSION}/(attempts/\d+/.+)")


def call_hashes(before: bytes, after: bytes) -> dict[bytes, bytes]:
    """The hash of a call by its file, and the one that it has without secrets and paths; none where it is no call."""
    try:
        old, new = (_said(Exchange.model_validate_json(content)) for content in (before, after))
    except ValidationError:
        return {}
    return {old: new}


def _said(exchange: Exchange) -> bytes:
    return messages_sha256([*exchange.messages, Message("assistant", exchange.reply)]).encode()


def carried_hashes(session: Session, members: Mapping[str, bytes]) -> dict[bytes, bytes]:
    """The hash of all that a launch left, or its evaluator, and that of the part of it which `members` hold."""
    found: dict[bytes, bytes] = {}
    with tempfile.TemporaryDirectory(prefix="labloop-pack-") as place:
        carried = SessionPaths(Path(place))
        for name, content in members.items():
            if match := _OF_ATTEMPT.fullmatch(name):
                path = carried.root / match[1]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        for event in session.journal.events:
            if isinstance(event, LaunchEnded):
                mine, theirs = session.paths.attempt(event.number), carried.attempt(event.number)
                if event.left_sha256 == left_sha256(mine):
                    found[event.left_sha256.encode()] = left_sha256(theirs).encode()
            elif isinstance(event, ScoringEnded) and event.scores_sha256:
                mine, theirs = session.paths.attempt(event.number), carried.attempt(event.number)
                if event.scores_sha256 == scores_sha256(mine):
                    found[event.scores_sha256.encode()] = scores_sha256(theirs).encode()
    return {old: new for old, new in found.items() if old != new}
