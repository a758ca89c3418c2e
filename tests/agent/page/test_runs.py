"""Each run's part of the page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent.page.files import Files
from agent.page.runs import run_views
from agent.results.story import Story
from agent.session.events import RunAccepted
from agent.session.lock import Holder
from agent.session.reading import read_session
from agent.session.session import Session
from tests.agent.page.planted import page_of
from tests.world.sessions import cut_journal, make_session


def test_a_launch_that_was_cut_off_is_shown_as_that(tmp_path: Path) -> None:
    """A launch that has no end in the journal stands beside its turn, with its log."""
    session = make_session(tmp_path)
    begun = next(event for event in session.journal.events if event.kind == "attempt_begun" and event.run == "run_2")
    cut_journal(session, begun.seq + 1)
    text = page_of(session).text
    assert "attempt 5: cut off" in text
    assert "not finished" in text


def test_a_baseline_that_was_measured_before_is_called_that(tmp_path: Path) -> None:
    """Where the journal has no launch for the baseline, the page says that its result was reused."""
    session = make_session(tmp_path)
    lines = session.paths.journal.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if '"run":"run_0/seed' not in line]
    assert len(kept) == len(lines) - 6
    session.paths.journal.write_text("".join(kept), encoding="utf-8")
    assert "the result was measured before" in page_of(session).text


def test_each_run_says_how_it_stands(whole: Session) -> None:
    """Accepted runs with their row, code, note and advice; the last one where the coder was done."""
    reading = read_session(whole.paths.root)
    runs = {run.name: run for run in run_views(Story(reading.events), Files(reading, whole.paths.page), ())}
    assert {name: run.state for name, run in runs.items()} == {
        "run_0": "accepted",
        "run_1": "accepted",
        "run_2": "accepted",
        "run_3": "accepted",
        "run_4": "the coder was done",
    }
    assert [link.text for link in runs["run_1"].code] == ["run_1.py", "final_info.json"]
    assert runs["run_1"].note and runs["run_1"].advice
    assert [image.name for image in runs["run_3"].images] == ["loss"]
    assert "had been run" in runs["run_4"].remark, "a run without anything says why it is there"
    assert (runs["run_0"].note, runs["run_0"].diff, runs["run_0"].remark) == ("", (), "")
    assert "+def weight(p):" in [line.text for line in runs["run_1"].diff]


@pytest.mark.parametrize(
    ("last", "held", "state"),
    [("run_abandoned", False, "given up"), ("edit", True, "in progress"), ("edit", False, "")],
)
def test_a_run_that_is_not_accepted_says_why(tmp_path: Path, last: str, held: bool, state: str) -> None:
    """Given up, or in progress while somebody works in the session, or not finished."""
    session = make_session(tmp_path)
    seq = next(event.seq for event in session.journal.events if event.kind == last and "run_3" in event.step)
    cut_journal(session, seq + 1)
    reading = replace(read_session(session.paths.root), holder=Holder(pid=1) if held else None)
    *_, run = run_views(Story(reading.events), Files(reading, session.paths.page), ())
    assert (run.name, run.state) == ("run_3", state or "not finished")


def test_a_run_whose_code_did_not_change_says_so(tmp_path: Path) -> None:
    """An accepted run with the code of the one before has no diff, and a remark in its place."""
    session = make_session(tmp_path)
    reading = read_session(session.paths.root)
    code = next(event.code for event in reading.all(RunAccepted))
    events = [
        event.model_copy(update={"code": code}) if isinstance(event, RunAccepted) else event for event in reading.events
    ]
    runs = run_views(Story(events), Files(reading, session.paths.page), ())
    assert [run.remark for run in runs[1:4]] == ["The code is the same as its parent's."] * 3


def test_what_the_coder_says_of_the_advice_is_on_the_page(tmp_path: Path) -> None:
    """Beside its edit, as text; a turn in which nothing is said of it has no such line."""
    session = make_session(tmp_path)
    lines = session.paths.journal.read_text(encoding="utf-8").splitlines()
    place, edit = next((n, json.loads(line)) for n, line in enumerate(lines) if '"kind":"edit"' in line)
    lines[place] = json.dumps(edit | {"advice": "Taken: a <b>smaller</b> k."})
    session.paths.journal.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = page_of(session).text
    assert text.count("What it says of the advice: ") == 1
    assert "What it says of the advice: Taken: a <b>smaller</b> k." in text
