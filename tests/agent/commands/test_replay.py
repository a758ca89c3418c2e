"""The replay's own door: what it says when it is stopped, and which recordings fit which template."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.commands import replay
from agent.conduct import gateway_of
from agent.errors import UsageError
from agent.models.recording import load_recording
from agent.prompts import Prompts
from agent.replaying.recorded import recording_of
from agent.session.events import SessionEnded
from agent.session.session import Session
from agent.session.settings import overlay
from tests.world.toy import toy_session


def test_a_second_ctrl_c_does_not_cut_off_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replay that was interrupted ignores further signals while it says how it ended, as a session does."""
    ignored: list[bool] = []
    monkeypatch.setattr("agent.signals.ignore_further", lambda: ignored.append(True))
    for state, code in (("interrupted", 130), ("paused", 4)):

        def conducted(played: Session, _resume: bool, state: str = state, code: int = code) -> SessionEnded:
            if state == "interrupted":
                played.stop.request("interrupted by Ctrl-C")
            return SessionEnded(state=state, reason="stopped", exit_code=code)

        monkeypatch.setattr("agent.conduct.conduct", conducted)
        session = toy_session(tmp_path / state)
        assert replay.main([str(session.paths.root), "--out", str(tmp_path / "again")]) == code
    assert ignored == [True]


def test_a_recording_names_its_template(tmp_path: Path) -> None:
    """Its header says on which template it was made, and a session on another one refuses it before anything runs."""
    session = toy_session(tmp_path)
    path = tmp_path / "own.recording.jsonl"
    recording = recording_of(session)
    assert (recording.header.template, recording.header.scale) == ("toy", "")
    recording.save(path)
    path.write_text(path.read_text().replace('"template":"toy"', '"template":"sae"'))
    assert load_recording(path).header.template == "sae"
    settings = overlay(session.settings, "a test", {"recording": str(path)})
    with pytest.raises(UsageError, match="recorded on the template sae"):
        gateway_of(replace(session, settings=settings), Prompts())


def test_a_replay_has_no_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks no model, so the limits of the session that it plays would only stop it."""
    worked: list[Session] = []

    def conduct(session: Session, *_: object) -> SessionEnded:
        worked.append(session)
        return SessionEnded(state="paused", exit_code=4)

    monkeypatch.setattr("agent.conduct.conduct", conduct)
    session = toy_session(tmp_path, budget_tokens=1, budget_usd=0)
    assert replay.main([str(session.paths.root), "--out", str(tmp_path / "again")]) == 4
    limits = worked[0].settings.limits
    assert (limits.budget_tokens, limits.budget_usd) == (None, None)


def test_a_replay_launches_where_it_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session of a cluster is replayed on a machine without Slurm, and one of this machine as jobs, where that is said; a flag that
    nothing heeds is refused."""
    worked: list[Session] = []

    def conduct(session: Session, *_: object) -> SessionEnded:
        worked.append(session)
        return SessionEnded(state="paused", exit_code=4)

    monkeypatch.setattr("agent.conduct.conduct", conduct)
    monkeypatch.setenv("PATH", str(tmp_path))
    there, here = toy_session(tmp_path / "a", launcher="slurm", partition="gpu"), toy_session(tmp_path / "b")
    given = ["--out", str(tmp_path / "again")]
    for session, flags, launcher in (
        (there, [], "local"),
        (there, ["--launcher", "slurm"], "slurm"),
        (here, ["--launcher", "slurm", "--partition", "gpu"], "slurm"),
    ):
        assert replay.main([str(session.paths.root), *given, *flags]) == 4
        assert worked[-1].settings.launching.launcher == launcher and worked[-1].settings.limits.max_runs
    assert worked[-1].settings.slurm.partition == "gpu"
    assert replay.main([str(here.paths.root), *given, "--partition", "gpu"]) == 2
