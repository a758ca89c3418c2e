"""Sessions that a released labloop left behind still open, show their page, are audited, exported and resumed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.commands import audit, replay, review
from agent.conduct import conduct
from agent.models.recording import load_recording
from agent.results.story import results_of
from agent.session.events import FORMAT, Exchanged, Noted, SessionEnded
from agent.session.session import Session, open_session
from agent.session.settings import overlay
from tests.world.toy import TEMPLATE, BlockCoder

STORED = Path(__file__).parent / "journals"
RUNS = ["run_0", "run_1", "run_2"]


@pytest.fixture(params=sorted(path.name for path in STORED.glob("format-*")))
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a stored session; its template lies where this repository has it."""
    folder = tmp_path / "runs" / "20261128-130841_averaged_iterates"
    shutil.copytree(STORED / request.param, folder)
    spec = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    spec["template"] = str(TEMPLATE)
    (folder / "session.json").write_text(json.dumps(spec), encoding="utf-8")
    return folder


def test_every_format_that_is_read_has_a_session() -> None:
    """A new format cannot be released without a session of it, nor an old one be dropped unseen."""
    assert {path.name for path in STORED.glob("format-*")} == {f"format-{number}" for number in range(1, FORMAT + 1)}


def test_it_opens_and_tells_its_story(stored: Path) -> None:
    """Runs, values, verdicts, tokens and the way it ended are what they were."""
    session = open_session(stored)
    results, ended = results_of(session), session.journal.events[-1]
    assert [run.name for run in results.runs] == RUNS
    assert [results.verdict(run, "excess_loss").word for run in results.runs[1:]] == ["within noise", "within noise"]
    assert isinstance(ended, SessionEnded) and ended.state == "done"


def test_it_shows_its_page(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page is written and holds title, runs, notes and paper."""
    assert review.main([str(stored)]) == 0
    page = Path(capsys.readouterr().out.strip()).read_text(encoding="utf-8")
    for words in (
        "Averaging the Iterates of Noisy Gradient Descent",
        "Average all iterates",
        "It asks how much of the error is noise",
    ):
        assert words in page


def test_its_numbers_are_still_audited(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each number of notes and paper is matched, none is lost or found wrong."""
    assert audit.main([str(stored), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["findings"] == [] and told["numbers"] == json.loads((stored / "audit.json").read_text())["numbers"]


def test_its_answers_are_exported(stored: Path, tmp_path: Path) -> None:
    """The recording holds every answer, so that the session can be driven again."""
    assert replay.main([str(stored), "--export", str(tmp_path / "x.jsonl"), "--origin", "a release"]) == 0
    asked = list(open_session(stored).journal.all(Exchanged))
    assert len(load_recording(tmp_path / "x.jsonl").answers) == len(asked) > 20


@pytest.mark.process
def test_it_goes_on_where_it_was_killed(stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off after the first note, it resumes from its own answers to its end; nothing before the cut is done again."""
    replay.main([str(stored), "--export", str(tmp_path / "x.jsonl")])
    session = cut_after_the_first_note(stored)
    if session.fixed_sha256 != session.template.fixed_hash():
        pytest.skip("the toy template's fixed half changed since, and no session is resumed on another")
    before = list(session.journal.events)
    settings = overlay(session.settings, "a test", {"recording": str(tmp_path / "x.jsonl"), "paper": False})
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
    ended = conduct(open_session(stored, settings))
    again = open_session(stored)
    assert ended.state == "done" and again.journal.events[: len(before)] == before
    assert [run.name for run in results_of(again).runs] == RUNS


def cut_after_the_first_note(folder: Path) -> Session:
    """The session as it was when run_1 had its note."""
    lines = (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(number for number, event in enumerate(open_session(folder).journal.events) if isinstance(event, Noted))
    (folder / "journal.jsonl").write_text("".join(lines[: place + 1]), encoding="utf-8")
    for left in ("run_2", "figures", "latex"):
        shutil.rmtree(folder / left)
    return open_session(folder)
