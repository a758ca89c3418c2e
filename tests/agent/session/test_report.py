"""A report that can be sent: where an error came from, and nothing that nobody else may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.session.events import SessionStarted
from agent.session.report import NAME, report, unexpected, without_secrets, write_report


def failed() -> ValueError:
    """An error with its traceback."""
    try:
        raise ValueError("sk-0123456789abcdef is no number")
    except ValueError as error:
        return error


def test_it_holds_what_is_needed_and_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions, the last events, the traceback; values of the environment's keys, and what looks like one, are left out."""
    monkeypatch.setenv("SOME_API_KEY", "the secret word")
    text = report(failed(), [SessionStarted(seq=7, idea="the secret word", template="toy", labloop="0")])
    assert "in failed" in text and "ValueError" in text and "labloop" in text and "pydantic" in text
    assert "event     7" in text and "session_started" in text
    assert "secret word" not in text and "0123456789abcdef" not in text


@pytest.mark.parametrize(
    "secret",
    ["hf_abcdefghijklmnop", "Authorization: Bearer abc.def.ghi", "http://me:pass@host/v1", "GET /v1?key=abcdef&x=1"],
)
def test_what_looks_like_a_key_is_no_longer_there(secret: str) -> None:
    """Keys in texts, headers, addresses and queries."""
    clean = without_secrets(f"before {secret} after")
    assert "…" in clean and clean.startswith("before ") and clean.endswith(" after")
    assert not any(word in clean for word in ("abcdefghijklmnop", "abc.def.ghi", "me:pass", "abcdef"))


def test_the_home_folder_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose machine it is is nobody's business."""
    monkeypatch.setenv("HOME", "/home/somebody")
    assert without_secrets("in /home/somebody/labloop/x.py") == "in ~/labloop/x.py"


def test_it_is_written_where_it_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the session's folder; where that cannot be written, among the temporary files; its path is said."""
    assert write_report(failed(), tmp_path) == tmp_path / NAME
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    elsewhere = write_report(failed(), tmp_path / "gone")
    assert elsewhere is not None and elsewhere.parent == tmp_path and elsewhere.name.endswith(NAME)
    said = unexpected(failed(), tmp_path)
    assert str(tmp_path / NAME) in said and "ValueError: … is no number" in said and "\n" not in said
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    assert write_report(failed(), tmp_path / "gone") is None
