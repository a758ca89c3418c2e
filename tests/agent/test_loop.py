"""The whole session on the toy template: what happens, what is left, and that no kill loses or repeats anything."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct, outcome
from agent.models.protocol import Reply, Request
from agent.models.recording import Recording
from agent.results.story import story_of
from agent.session.events import (
    AttemptBegun,
    AttemptEnded,
    Edited,
    Event,
    Exchanged,
    Noted,
    RunAccepted,
    SessionJournal,
)
from agent.session.journal import Journal
from agent.session.session import Session, open_session
from tests.world.toy import ANSWERS, BlockCoder, toy_session

pytestmark = pytest.mark.whole


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each step was asked of the model; the coder is the quick one that needs no process."""
    counts: Counter[str] = Counter()
    answer = Recording.answer

    def counted(self: Recording, request: Request) -> Reply:
        counts[request.step] += 1
        return answer(self, request)

    monkeypatch.setattr(Recording, "answer", counted)
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
    return counts


def finished(session: Session) -> dict[str, object]:
    """What a reader of the session finds, without times and what launches cost."""
    journal = session.journal
    return {
        "notes": re.sub(r"[^\n]*CPU-seconds[^\n]*", "", session.paths.notes.read_text()),
        "runs": {name: (e.title, e.code, e.results["metrics"]) for name, e in story_of(session).accepted.items()},
        "code": {path.name: path.read_text() for path in session.paths.root.glob("run_*.py")},
        "outcomes": [(e.step, e.outcome) for e in journal.all(AttemptEnded) if not e.run.startswith("run_0")],
        "figures": sorted(path.name for path in session.paths.figures.iterdir()),
    }


def test_every_kind_of_turn_ends_as_it_should(tmp_path: Path, asked: Counter[str]) -> None:
    """No edit, unmatched then put right, a crash then repaired, accepted, ALL_COMPLETED: each is told from the files."""
    session = toy_session(tmp_path, paper=False)
    assert conduct(session).state == "done"
    edits = {str(e.step): (e.outcome, e.completed) for e in session.journal.all(Edited)}
    assert edits["run_1/turn_1"] == ("no_edit", False)
    assert edits["run_2/turn_1"] == ("applied", False)
    assert edits["run_3/turn_1"] == ("no_edit", True)
    attempts = {str(e.step): e for e in session.journal.all(AttemptEnded)}
    assert attempts["run_1/turn_1"].outcome == "no_edit" and attempts["run_1/turn_1"].number is None
    assert attempts["run_2/turn_1"].outcome == "crashed" and "NameError" in attempts["run_2/turn_1"].cause
    assert attempts["run_2/turn_2"].outcome == "ok"
    assert "run_3/turn_1" not in attempts
    titles = [e.title for e in session.journal.all(RunAccepted)]
    assert titles == ["Baseline", "Average all iterates", "Average the last half"]
    assert [e.subject for e in session.journal.all(Noted)] == ["run_1", "run_2", "confirm", "figures"]
    assert asked["run_2/note/2"] == 1, "a typed number goes back to the writer"


@pytest.mark.parametrize("refusal", ["?", "As an AI, I can't advise on this.", None])
def test_a_session_goes_on_without_advice(
    tmp_path: Path, asked: Counter[str], monkeypatch: pytest.MonkeyPatch, refusal: str | None
) -> None:
    """An adviser that only refuses, in words or by its provider, ends nothing: record, notes and page say that there was none."""
    answer = Recording.answer

    def refusing(self: Recording, request: Request) -> Reply:
        if request.role != "adviser":
            return answer(self, request)
        return Reply(refusal, model="a test") if refusal else Reply("", model="a test", refusal="It will not.")

    monkeypatch.setattr(Recording, "answer", refusing)
    session = toy_session(tmp_path, paper=False, max_runs=1)
    conduct(session)
    advised = story_of(session).advice
    assert advised is not None and not advised.text and advised.refused and "--resume" not in advised.refused
    assert story_of(session).runs, "the run counts"
    assert "No advice was had" in session.paths.notes.read_text()
    assert "No advice was had" in (session.paths.root / "index.html").read_text()


@pytest.mark.process
def test_the_folder_holds_what_was_promised(tmp_path: Path, asked: Counter[str]) -> None:
    """Runs, code, notes, titles, figures, page; failed attempts keep code and logs."""
    session = toy_session(tmp_path, paper=False)
    ended = conduct(session)
    root = session.paths.root
    for name in ("run_0", "run_1", "run_2"):
        assert json.loads((root / name / "final_info.json").read_text())["metrics"]["excess_loss"]["n"] >= 1
        assert (root / f"{name}.py").is_file()
    assert "0.0123" not in session.paths.notes.read_text() and "[[" not in session.paths.notes.read_text()
    assert session.paths.page.is_file() and list(session.paths.figures.glob("*.pdf"))
    crashed = next(e for e in session.journal.all(AttemptEnded) if e.outcome == "crashed")
    folder = session.paths.attempt(crashed.number or 0)
    assert "NameError" in folder.stderr.read_text() and (folder.code / "experiment.py").is_file()
    result = outcome(session, ended)
    assert "fresh seeds" in result["confirmation"]
    assert result["runs_completed"] == 2 and result["attempts"] == 4 and result["tokens_sent"] > 0


def test_the_repair_prompt_shows_the_cause(tmp_path: Path, asked: Counter[str]) -> None:
    """The coder sees the exception with its own frame, not the end of a log."""
    session = toy_session(tmp_path, paper=False)
    conduct(session)
    exchange = next(e for e in session.journal.all(Exchanged) if e.step == "run_2/turn_2/1")
    sent = json.loads(session.paths.exchange(exchange.number).read_text())["messages"][-1]["content"]
    assert "NameError: name 'half' is not defined" in sent and "AVERAGE_FROM = half" in sent


class Killed(BaseException):
    """What a SIGKILL looks like from inside: nothing after it runs but `finally`."""


def kill_at(session: Session, count: int, before: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the session die at its `count`-th event: just before the line is written, or just after."""
    left = [count]
    append = Journal.append

    def dying(self: SessionJournal, event: Event) -> Event:
        left[0] -= 1
        if left[0] == 0 and before:
            raise Killed
        written = append(self, event)
        if left[0] == 0:
            raise Killed
        return written

    monkeypatch.setattr(Journal, "append", dying)


@pytest.mark.process
@pytest.mark.timeout(900)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_kill_at_any_event_loses_and_repeats_nothing(
    tmp_path: Path, asked: Counter[str], monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    """Killed at each event in turn and resumed, the session ends the same; what was recorded is never asked again."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    conduct(toy_session(tmp_path / "first", paper=False))  # measures the baseline; all others find it kept
    whole = toy_session(tmp_path / "whole", paper=False)
    conduct(whole)
    expected, events = finished(whole), len(whole.journal.events)
    for count in range(1 if before else 2, events - 1, 2):  # every other event before, the rest after its line
        session = toy_session(tmp_path / f"{before}_{count}", paper=False)
        asked.clear()
        with monkeypatch.context() as patch:
            kill_at(session, count, before, patch)
            with pytest.raises(Killed):
                conduct(session)
        recorded = {e.step for e in open_session(session.paths.root).journal.all(Exchanged)}
        paid = Counter(asked)
        resumed = open_session(session.paths.root)
        assert conduct(resumed, resume=True).state == "done", count
        assert finished(resumed) == expected, count
        again = {step for step in recorded if asked[step] > paid[step]}
        assert not again, f"asked again after event {count}: {again}"
        ended = [e.step for e in resumed.journal.all(AttemptEnded)]
        assert len(ended) == len(set(ended)), count
        numbers = [e.number for e in resumed.journal.all(AttemptBegun)]
        assert len(numbers) == len(set(numbers)), count


@pytest.mark.process
def test_a_finished_session_resumes_to_itself(tmp_path: Path, asked: Counter[str]) -> None:
    """Resuming what is done asks and runs nothing."""
    session = toy_session(tmp_path, paper=False)
    conduct(session)
    before = Counter(asked)
    again = open_session(session.paths.root)
    assert conduct(again, resume=True).state == "done"
    assert asked == before
    # the recording is older than these questions
    later = {"plan/2", "run_1/note_final/1", "run_2/note_final/1", "notes/revised/1"}
    assert set(asked) - later == {step for _, step in ANSWERS if not step.startswith("draft")}
