"""A session is opened from its folder; what stands in the way is in test_reading.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.errors import SessionError
from agent.session.session import open_session
from tests.world.toy import toy_session


def test_a_template_that_was_moved_is_asked_for_where_it_can_be_named(tmp_path: Path) -> None:
    """The error names file, field and the folder that is gone; written there anew, the session opens."""
    session = toy_session(tmp_path)
    spec = json.loads(session.paths.spec.read_text())
    session.paths.spec.write_text(json.dumps(spec | {"template": str(tmp_path / "gone")}))
    with pytest.raises(SessionError, match=r"session\.json: template: .*gone is not there any more: move it back, or"):
        open_session(session.paths.root)
    session.paths.spec.write_text(json.dumps(spec))
    assert open_session(session.paths.root).template.name == session.template.name
