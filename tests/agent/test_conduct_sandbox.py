"""Which sandbox ran is said wherever somebody looks, and without one nothing passes from session to session."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct
from agent.errors import Interrupted
from agent.experiment.warm import WarmEvaluator
from agent.printing.press import assembled
from agent.results.story import story_of
from agent.sandbox.choose import bwrap_problem
from agent.session.events import AttemptBegun, Exchanged, SessionEnded
from agent.session.session import Session, open_session
from agent.session.settings import overlay
from agent.working.parts import Parts
from tests.world.toy import BlockCoder, toy_session

pytestmark = pytest.mark.process


@pytest.fixture(autouse=True)
def quick_coder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The coder that needs no process."""
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())


@pytest.fixture
def no_bwrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that lets bubblewrap do nothing."""
    fake = tmp_path / "bin" / "bwrap"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho 'bwrap: no namespaces for you' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    bwrap_problem.cache_clear()


@pytest.fixture(autouse=True)
def tried_anew() -> object:
    """What was found out about bubblewrap in one test is no news in the next."""
    yield
    bwrap_problem.cache_clear()


@pytest.mark.parametrize(("kind", "name"), [("auto", "bubblewrap"), ("plain", "plain")])
def test_the_sandbox_is_said_in_all_places(
    kind: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Terminal, journal, page and the paper's appendix."""
    session = toy_session(tmp_path, sandbox=kind, paper=False)
    if kind == "auto" and bwrap_problem():
        pytest.skip("no bubblewrap here")
    assert conduct(session).state == "done"
    assert f"Experiments run in the sandbox {name}" in capsys.readouterr().err
    assert {event.sandbox for event in session.journal.all(AttemptBegun)} == {"bwrap" if kind == "auto" else "plain"}
    page = session.paths.page.read_text()
    assert "Sandbox" in page and ("no writing outside" if kind == "auto" else "not kept apart from the machine") in page
    assert f"Experiments run in the sandbox {name}" in assembled(session).tex


def test_a_journal_that_does_not_say_is_not_guessed(tmp_path: Path) -> None:
    """Launches of older versions hold no sandbox: the page has no such line, and the paper is what it was."""
    session = toy_session(tmp_path)
    session.journal.append(AttemptBegun(number=1, run="run_1"))
    assert story_of(session).sandboxes == []
    assert AttemptBegun.model_validate({"number": 1, "run": "run_1"}).sandbox == ""


def test_without_a_sandbox_the_shared_store_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A baseline that lies there is not believed, and none is put there: an experiment could have written it."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    if bwrap_problem():
        pytest.skip("no bubblewrap here")
    first = toy_session(tmp_path / "a", paper=False)
    assert conduct(first).state == "done"
    kept = sorted((tmp_path / "cache" / "baselines").glob("*/seeds/*/final_info.json"))
    assert kept, "the sandbox that keeps apart shares its baselines"
    for path in kept:
        poisoned = json.loads(path.read_text())
        poisoned["metrics"]["excess_loss"]["mean"] = 99.0
        path.write_text(json.dumps(poisoned))
    before = {path: path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()}
    second = toy_session(tmp_path / "b", paper=False, sandbox="plain")
    assert conduct(second).state == "done"
    measured = [story_of(one).accepted["run_0"].results["metrics"]["excess_loss"] for one in (first, second)]  # type: ignore[index]
    assert measured[0] == measured[1]
    assert before == {path: path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()}


def live(session: Session) -> Session:
    """The session with a coder whose code nobody has seen."""
    return replace(session, settings=overlay(session.settings, "a test", {"coder_model": "manual"}))


def test_live_code_is_not_run_without_a_sandbox_unasked(tmp_path: Path, no_bwrap: None) -> None:
    """Nothing was asked and nothing launched; the message says what to give, and with it the session goes on."""
    session = live(toy_session(tmp_path, paper=False))
    ended = conduct(session)
    assert (ended.state, ended.exit_code) == ("failed", 3)
    assert "no namespaces for you" in ended.reason and "--sandbox plain once" in ended.reason
    assert not list(session.journal.all(AttemptBegun)) and not list(session.journal.all(Exchanged))
    agreed = overlay(session.settings, "a test", {"sandbox": "plain", "coder_model": "recorded"})
    assert conduct(open_session(session.paths.root, agreed), resume=True).state == "done"


def test_a_recording_goes_on_without_a_sandbox(
    tmp_path: Path, no_bwrap: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its code lies before everybody: the README's first command works on any machine, and says how it ran."""
    session = toy_session(tmp_path, paper=False)
    assert conduct(session).state == "done"
    assert "Experiments run in the sandbox plain (not kept apart" in capsys.readouterr().err


@pytest.mark.parametrize("error", [None, Interrupted("Ctrl-C"), RuntimeError("nobody expected this")])
def test_what_stays_for_a_session_ends_with_it(
    error: Exception | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A warm evaluator is closed however the session ends: well, stopped, or by a fault."""
    session, closed = toy_session(tmp_path, paper=False), []
    monkeypatch.setattr(WarmEvaluator, "close", lambda self: closed.append(self))

    def work(parts: Parts) -> SessionEnded:
        if error is not None:
            raise error
        return SessionEnded(state="done")

    monkeypatch.setattr(conduct_module, "work_session", work)
    conduct(session)
    assert len(closed) == 1
