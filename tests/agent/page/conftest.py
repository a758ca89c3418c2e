"""Sessions for these tests are made by the dozen; nobody pulls the plug on them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from agent.page.write import write_page
from agent.session.session import Session
from tests.world.sessions import make_session


@pytest.fixture(autouse=True, scope="package")
def without_fsync() -> Iterator[None]:
    """No waiting for the disk: durability is tested with the journal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture(scope="package")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """One session that no test changes."""
    session = make_session(tmp_path_factory.mktemp("whole"))
    write_page(session)
    return session
