"""--resume at the door: what is given now counts, what changed is said, what cannot change is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.commands.run_idea import main
from agent.session.paths import REPOSITORY
from agent.session.session import Session, open_session
from tests.world.model_server import ModelServer
from tests.world.toy import toy_session

pytestmark = pytest.mark.process


def resume(session: Session, *flags: object, **environ: str) -> subprocess.CompletedProcess[str]:
    """run_idea.py --resume as a user types it."""
    command = [sys.executable, str(REPOSITORY / "agent" / "run_idea.py"), "--resume", str(session.paths.root)]
    return subprocess.run(
        [*command, *map(str, flags)],
        capture_output=True,
        text=True,
        env={**os.environ, **environ},
        timeout=120,
        check=False,
    )


def test_a_setting_without_a_flag_mends_what_paused(tmp_path: Path) -> None:
    """A server that refuses long replies is asked for shorter ones after a variable or a file says so."""
    refusal = {"status": 400, "message": "maximum context length is 8192 tokens", "code": "context_length_exceeded"}
    with ModelServer(tmp_path, [refusal]) as server:
        session = toy_session(tmp_path, model="m", base_url=server.url)
        first = resume(session, LABLOOP_MAX_OUTPUT_TOKENS="2048")
        (tmp_path / "small.toml").write_text("max_output_tokens = 1024\n")
        second = resume(session, "--config", tmp_path / "small.toml")
        asked = [request["max_tokens"] for request in server.requests]
    assert (first.returncode, second.returncode) == (4, 4), first.stderr + second.stderr
    assert "Changed for this session: max_output_tokens 8192 → 2048" in first.stderr
    assert "max_output_tokens 2048 → 1024" in second.stderr
    assert 2048 in asked and 1024 in asked and 8192 not in asked


def test_a_budget_is_kept_and_printed(tmp_path: Path) -> None:
    """Pasting the printed line goes on under the limit that was given last, also where it is not pasted whole."""
    session = toy_session(tmp_path, budget_tokens=9000)
    first = resume(session)
    assert first.returncode == 4 and "of --budget-tokens 9000" in first.stdout
    assert f"--resume {os.path.relpath(session.paths.root)} --budget-tokens 9000\n" in first.stdout
    second = resume(session, "--budget-tokens", 100, "--budget-usd", 0.25)
    assert second.returncode == 4 and "--budget-usd 0.25 --budget-tokens 100\n" in second.stdout
    third = resume(session)
    assert "--budget-tokens 100;" in third.stdout or "of --budget-tokens 100," in third.stdout
    assert open_session(session.paths.root).settings.limits.budget_usd == 0.25


def test_what_cannot_change_is_refused(tmp_path: Path) -> None:
    """Template, scale and coder by name, a limit on money without a price with its remedy; nothing is written."""
    session = toy_session(tmp_path)
    before = session.paths.journal.read_bytes()
    for flags, words in (
        (["--template", tmp_path], "cannot change within a session"),
        (["--coder", "scripted"], "coder aider → scripted"),
        (["--scale", "full"], "--scale full"),
        (["--adviser", "m", "--budget-usd", 1], "the price of m is not known"),
    ):
        refused = resume(session, *flags)
        assert refused.returncode == 2 and words in refused.stderr and "Traceback" not in refused.stderr
        assert "Changed for this session" not in refused.stderr
    assert session.paths.journal.read_bytes() == before


def test_what_cannot_be_had_is_refused_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No recording, a recording or a style's files that are not there, another folder: the session stays as it was."""
    monkeypatch.setenv("LABLOOP_STYLES", str(tmp_path))
    monkeypatch.delenv("MISTRAL_API_KEY", raising=False)
    session = toy_session(tmp_path, model="m", recording="")
    before = session.paths.journal.read_bytes()
    for flags, words in (
        (["--model", "recorded"], "no recording and no model"),
        (["--model", "recorded", "--recording", tmp_path / "none.jsonl"], "none.jsonl"),
        (["--adviser", "a-name-of-nobody"], "add --adviser-base-url URL"),
        (["--reviewer", "mistral/small"], "set MISTRAL_API_KEY in the environment"),
        (["--style", "neurips"], "style"),
        (["--out", tmp_path / "elsewhere"], "goes on where it lies"),
    ):
        status = main(["--resume", str(session.paths.root), *map(str, flags)])
        said = capsys.readouterr().err
        assert status in (2, 3) and words in said and "Changed for this session" not in said, said
    assert session.paths.journal.read_bytes() == before
    assert open_session(session.paths.root).settings == session.settings
