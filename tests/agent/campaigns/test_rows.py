"""What a row says of a session: how it stands, and what it waits for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.campaigns.rows import Rows, judged
from agent.session.events import AttemptBegun, LaunchEnded
from agent.session.lock import SessionLock
from agent.session.session import Session
from agent.session.steps import Step
from tests.world.sessions import cut_journal, make_session


@pytest.fixture
def unfinished(tmp_path: Path) -> Session:
    """A session that has its baseline and nothing else."""
    session = make_session(tmp_path)
    number = next(event.seq for event in session.journal.events if event.kind == "run")
    cut_journal(session, number + 1)
    return session


def waits(session: Session) -> str:
    with SessionLock(session.paths.lock):
        row = Rows().read(session.paths.root)
    assert row is not None and row.state == "running"
    return row.waits_for


def add(session: Session, event: AttemptBegun | LaunchEnded) -> None:
    number = session.paths.journal.read_bytes().count(b"\n")
    with session.paths.journal.open("a") as file:
        file.write(event.model_copy(update={"seq": number}).model_dump_json() + "\n")


def test_it_says_what_a_session_at_work_waits_for(unfinished: Session) -> None:
    """Its models; a launch; the launch's place in a cluster's queue, until it began there; its scores; a person's answer."""
    paths = unfinished.paths
    assert waits(unfinished) == "its models"
    add(unfinished, AttemptBegun(number=9, run=Step("run_1"), step=Step("run_1/turn_1")))
    assert waits(unfinished) == "the experiment of run_1 (attempt 9)"
    job = paths.attempt(9).job
    job.mkdir(parents=True)
    (job / "job.json").write_text(json.dumps({"name": "labloop-x", "job_id": "77", "intended": 0.0}))
    assert waits(unfinished) == "the queue of the cluster, job 77 for run_1 (attempt 9)"
    (job / "begun.json").write_text(json.dumps({"name": "labloop-x", "host": "node1", "job_id": "77", "time": 1.0}))
    add(unfinished, LaunchEnded(number=9, run=Step("run_1"), step=Step("run_1/turn_1")))
    assert waits(unfinished) == "the scores of run_1 (attempt 9)"
    paths.requests.mkdir()
    (paths.requests / "run_1-note-1.md").write_text("?")
    assert waits(unfinished) == "your answer to run_1-note-1"


def test_before_its_first_launch_a_session_waits_for_no_model(unfinished: Session) -> None:
    """No model is asked before the baseline is measured: what takes minutes then is the template's own preparation, or another
    session's baseline, for which it waits without an event."""
    cut_journal(unfinished, 1)
    assert waits(unfinished) == "the template to be prepared, or for a baseline that another session measures"


def test_a_session_that_nobody_works_in_waits_for_nothing(unfinished: Session) -> None:
    """Killed, it is unfinished, and whatever it waited for then is gone."""
    row = Rows().read(unfinished.paths.root)
    assert row is not None and (row.state, row.waits_for) == ("unfinished", "")


def test_looks_elsewhere_take_a_verdict_back(tmp_path: Path) -> None:
    """A run that is better by the looks of its own session is so by one look only where a thousand others were looked at."""
    row = Rows().read(make_session(tmp_path).paths.root)
    assert row is not None and row.best == "run_1" and row.verdict.startswith("better")
    assert judged(row, 1000).verdict == "better (one look)"


def test_a_damaged_session_is_a_row_all_the_same(tmp_path: Path) -> None:
    """A journal that is no journal, and a folder that is none, cost nobody else their row."""
    session = make_session(tmp_path)
    session.paths.journal.write_text("{\n{\n")
    row = Rows().read(session.paths.root)
    assert row is not None and row.state == "unfinished"
    assert Rows().read(tmp_path / "nowhere") is None
