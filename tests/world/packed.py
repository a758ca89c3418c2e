"""A whole toy session worked through in this process, and its package."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct
from agent.packing.pack import pack
from agent.session.session import Session, open_session
from tests.world.toy import ANSWERS, BlockCoder, toy_session


def worked_session(
    folder: Path,
    instead: Mapping[tuple[str, str], str] | None = None,
    states: Collection[str] = ("done",),
    **settings: object,
) -> Session:
    """A toy session with its paper, two runs, a figure; its coder needs no process. `instead` are other answers."""
    with pytest.MonkeyPatch.context() as patch:
        for asked, answer in (instead or {}).items():
            patch.setitem(ANSWERS, asked, answer)
        patch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
        session = toy_session(folder, **settings)
        ended = conduct(session)
    assert ended.state in states, ended
    return open_session(session.paths.root)


def packed_in(session: Session, file: Path) -> Path:
    """The session's package, written to `file`."""
    file.write_bytes(pack(session).data)
    return file
