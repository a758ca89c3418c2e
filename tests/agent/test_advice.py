"""Advice before a note is final: the note answers it, and what the adviser is asked and shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct
from agent.results.story import story_of
from agent.session.events import Exchanged, Noted
from agent.session.session import Session, open_session
from tests.world.family import answers, family_session, final_note, marked, plain_note
from tests.world.toy import BlockCoder, toy_session

pytestmark = pytest.mark.whole
TOLD = answers({"run_1": marked("run_1", "alpha"), "run_2": marked("run_2", "beta")}, "1. First: a.\n2. Second: b.")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The coder that needs no process, and one cache for all sessions here."""
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path_factory.getbasetemp() / "family_cache"))


def asked_of(session: Session, step: str) -> str:
    """What a model was asked at this step."""
    exchange = next(event for event in session.journal.all(Exchanged) if event.step == step)
    return str(json.loads(session.paths.exchange(exchange.number).read_text())["messages"][-1]["content"])


def run_notes(session: Session) -> list[str]:
    """The steps of all notes on runs, in order."""
    return [str(event.step) for event in session.journal.all(Noted) if event.subject.run]


def test_the_note_answers_the_advice(tmp_path: Path) -> None:
    """Note, advice, final note, in this order; notes.txt holds the final form alone, the next brief too, the page both."""
    session = family_session(tmp_path, TOLD, max_runs=2)
    assert conduct(session).state == "done"
    steps = [
        str(event.step)
        for event in session.journal.events
        if event.step.startswith("run_1/") and event.kind in ("note", "advice")
    ]
    assert steps == ["run_1/note", "run_1/advice", "run_1/note_final"]
    notes = session.paths.notes.read_text()
    assert notes.count("## run_1:") == 1 and "this may be chance" in notes and "Answer to the advice:" in notes
    assert "this may be chance" in asked_of(session, "run_2/turn_1/1")
    question = asked_of(session, "run_1/note_final/1")
    assert "try another setting" in question and plain_note("run_1").splitlines()[1] in question


def test_a_recording_without_final_notes_keeps_the_first(tmp_path: Path) -> None:
    """An older recording plays through: its notes stay as they were before the advice, and nothing is asked twice on resume."""
    session = toy_session(tmp_path, paper=False)
    assert conduct(session).state == "done"
    assert run_notes(session) == ["run_1/note", "run_2/note"]


def test_a_final_note_that_does_not_answer_goes_back(tmp_path: Path) -> None:
    """Without its label the answer is asked again, and so is advice that speaks of nothing; where none comes, the first form stays and notes.txt says so."""
    told = {
        **TOLD,
        ("writer", "run_1/note_final/1"): plain_note("run_1"),
        ("writer", "run_1/note_final/2"): final_note("run_1"),
    }
    told["writer", "run_2/note_final/1"] = plain_note("run_2")
    told["adviser", "run_2/advice/2"] = told["adviser", "run_2/advice/1"]
    told["adviser", "run_2/advice/1"] = "En voi auttaa tässä."
    session = family_session(tmp_path, told, max_runs=2)
    conduct(session)
    assert "lacks Answer to the advice" in asked_of(session, "run_1/note_final/2")
    assert "names no run, no metric" in asked_of(session, "run_2/advice/2")
    last = {str(note.step): note for note in session.journal.all(Noted)}["run_2/note_final"]
    assert (
        "lacks Answer to the advice" in last.unanswered
        and last.text == story_of(session).until(last.seq).notes[last.subject].text
    )
    notes = session.paths.notes.read_text()
    assert notes.count("None that could be used was given") == 1 and "this may be chance" in notes.split("## run_2:")[0]


def test_the_adviser_is_asked_outright(tmp_path: Path) -> None:
    """Data, budget, seeds, weights; the training record of the run and the baseline, thinned; what each launch took; the parent."""
    session = family_session(tmp_path, TOLD, max_runs=2)
    conduct(session)
    asked = asked_of(session, "run_2/advice/1")
    assert "are the data, the budget, the seeds and the starting weights of run_2 the baseline's?" in asked
    assert "- curve.loss, baseline (20 points): " in asked and "- curve.loss, run_2 (20 points): " in asked
    assert "- gradients: baseline 2000, run_2 2000" in asked
    assert "- run_2, attempt 2: " in asked and "CPU-seconds" in asked
    assert "It began from the code of" in asked and "No run is left" in asked and "From:" not in asked
    assert "1 run is left at most" in (earlier := asked_of(session, "run_1/advice/1")) and "`From: run_1`" in earlier


@pytest.mark.parametrize("kind", ["advice", "note"])
def test_a_kill_between_advice_and_final_note_repeats_nothing(tmp_path: Path, kind: str) -> None:
    """Cut off after the advice, the final note is asked for now; cut off after it, it is not asked again."""
    session = family_session(tmp_path, TOLD, max_runs=2)
    conduct(session)
    lines = session.paths.journal.read_text().splitlines(keepends=True)
    step = {"advice": '"step":"run_1/advice"', "note": '"step":"run_1/note_final"'}[kind]
    cut = next(place for place, line in enumerate(lines) if step in line and f'"kind":"{kind}"' in line)
    session.paths.journal.write_text("".join(lines[: cut + 1]))
    resumed = open_session(session.paths.root)
    assert conduct(resumed, resume=True).state == "done"
    assert [str(note.step) for note in resumed.journal.all(Noted)].count("run_1/note_final") == 1
    asked = [str(event.step) for event in resumed.journal.all(Exchanged)]
    assert asked.count("run_1/note_final/1") == 1 and asked.count("run_1/advice/1") == 1


def test_a_session_of_an_older_version_is_not_asked_for_what_is_past(tmp_path: Path) -> None:
    """Resumed after its next run began, a journal without final notes gets none for the run before; only for the last."""
    session = family_session(tmp_path, TOLD, max_runs=2)
    conduct(session)
    lines = session.paths.journal.read_text().splitlines(keepends=True)
    cut = next(place for place, line in enumerate(lines) if '"step":"run_2/note"' in line)
    kept = [line for line in lines[:cut] if "note_final" not in line and '"kind":"parent"' not in line]
    numbered = [json.dumps({**json.loads(line), "seq": place}) + "\n" for place, line in enumerate(kept)]
    session.paths.journal.write_text("".join(numbered))
    resumed = open_session(session.paths.root)
    assert conduct(resumed, resume=True).state == "done"
    assert run_notes(resumed) == ["run_1/note", "run_2/note", "run_2/note_final"]
