"""A session killed with SIGKILL again and again comes to the same end, and nothing that was finished is done twice.

Every kill hits a real process: a fork of the test conducts the session, dies, and the next one takes it up. What was asked
and what ran is counted outside of the session, by lines that each process appends to a file as it has done it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct
from agent.experiment import score
from agent.experiment.launch import launch
from agent.models.protocol import Reply, Request
from agent.models.recording import Recording
from agent.sandbox.supervise import left_word
from agent.session.damage import refuse_damage
from agent.session.events import (
    AttemptBegun,
    AttemptEnded,
    Event,
    LaunchEnded,
    ScoringEnded,
    SessionEnded,
    SessionResumed,
    SessionStarted,
)
from agent.session.journal import Journal
from agent.session.session import Session, open_session
from agent.session.steps import Step
from tests.agent.test_loop import finished
from tests.world.toy import BlockCoder, toy_session

pytestmark = [pytest.mark.whole, pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(1800)]

_MOST = 150
"""Processes that one session may take; a sweep that needs more makes no progress."""


def _count_into(log: Path) -> None:
    """In a process that is going to die: each question and each scoring leaves a line."""
    answer = Recording.answer

    def told(line: str) -> None:
        with log.open("a") as file:
            file.write(line + "\n")

    def answered(self: Recording, request: Request) -> Reply:
        reply = answer(self, request)  # raises where the recording has no answer: nothing was paid
        told(f"asked {request.step}")
        return reply

    def scored(*given: Any, **named: Any) -> Any:
        finished = launch(*given, **named)
        told(f"scored {given[2].cwd.parent.name}")
        return finished

    Recording.answer = answered  # type: ignore[method-assign]
    vars(score)["launch"] = scored
    vars(conduct_module)["coder_for"] = lambda *_: BlockCoder()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _dying(appends: int, before: bool) -> None:
    """Let this process die at its `appends`-th line of the journal that is no repetition: before it is written, or after."""
    left, append = [appends], Journal.append

    def counted(self: Any, event: Any) -> Any:
        again = isinstance(event, AttemptBegun) and self.find(AttemptBegun, event.step) is not None
        left[0] -= not (again or isinstance(event, SessionResumed | SessionEnded))
        if left[0] == 0 and before:
            _die()
        written = append(self, event)
        if left[0] == 0:
            _die()
        return written

    Journal.append = counted  # type: ignore[method-assign]


def _is_a_point(event: Event) -> bool:
    return not isinstance(event, SessionStarted | SessionResumed | SessionEnded)


def _life(
    session: Session, log: Path, die_at: int | None, before: bool, resume: bool, moment: tuple[int, float] | None = None
) -> bool:
    """One process that works the session; whether it came to the end. It dies at an event, or seconds after a number of new lines."""
    child = os.fork()
    if child == 0:
        try:
            _count_into(log)
            if die_at is not None:
                _dying(die_at, before)
            os._exit(0 if conduct(session, resume=resume).state == "done" else 3)
        finally:
            os._exit(4)
    if moment is not None:
        lines, seconds = moment
        if _await_lines(session.paths.journal, _lines(session.paths.journal) + lines):
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), status
    return status == 0


def _repeated(session: Session, log: Path) -> dict[str, list[str]]:
    """What was done again although it had been finished: launches, scorings, questions."""
    begun, resumed, launches = dict[str, AttemptBegun](), 0.0, list[str]()
    for event in session.journal.events:
        if isinstance(event, SessionResumed):
            resumed = datetime.fromisoformat(event.time).timestamp()
        elif isinstance(event, AttemptBegun):
            before = begun.get(event.step)
            if before is not None and _had_ended(session.paths.attempt(before.number).report, resumed):
                launches.append(str(event.step))
            begun[event.step] = event
    lines = Counter(log.read_text().splitlines())
    asked = [line for line, times in lines.items() if line.startswith("asked") and times > 1]
    scored = [line for line, times in lines.items() if line.startswith("scored") and times > 1]
    return {"launches": launches, "asked": asked, "scored": scored}


def _had_ended(report: Path, moment: float) -> bool:
    """Whether a supervisor's word lay there, at that moment, of a launch that had come to its end by itself. One that was on its
    way out as its session was taken up again may say so afterwards, with its results.
    """
    return left_word(report) and report.stat().st_ctime < moment


def _lines(journal: Path) -> int:
    return journal.read_bytes().count(b"\n") if journal.is_file() else 0


def _await_lines(journal: Path, lines: int) -> bool:
    """Wait until the journal has so many lines; False where its session's end came first."""
    while _lines(journal) < lines:
        if journal.is_file() and b'"kind":"session_ended"' in journal.read_bytes()[-2000:].replace(b" ", b""):
            return False
        time.sleep(0.002)
    return True


def test_a_launch_that_is_made_again_is_seen(tmp_path: Path) -> None:
    """Its end had been told as the session was taken up again; where it was told afterwards, nobody could know."""
    session, log = toy_session(tmp_path, paper=False), tmp_path / "log"
    log.touch()
    report = session.paths.attempt(1).report
    report.parent.mkdir(parents=True)
    report.write_text(json.dumps({"exit_code": 0, "reason": "", "seconds": 0.1, "left_behind": 0}))
    time.sleep(0.01)
    begun = AttemptBegun(step=Step("run_1/turn_1"), number=1, run="run_1")
    for event in (begun, SessionResumed(pid=1), begun.model_copy(update={"number": 2})):
        session.journal.append(event)
    assert _repeated(session, log)["launches"] == ["run_1/turn_1"]
    os.utime(report)
    assert _repeated(session, log)["launches"] == []


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """The session that nobody kills; its baseline lies in the cache that the others use."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    session = toy_session(tmp_path / "whole", paper=False)
    assert _life(session, tmp_path / "whole.log", None, False, False)
    return open_session(session.paths.root)


def _check(session: Session, whole: Session, log: Path) -> None:
    assert finished(session) == finished(whole)
    refuse_damage(session.paths, session.journal, session.files)
    for kind in (LaunchEnded, ScoringEnded, AttemptEnded):
        steps = [event.step for event in session.journal.all(kind)]
        assert len(steps) == len(set(steps)), kind


@pytest.mark.parametrize("before", [False, True], ids=["after", "before"])
def test_a_kill_at_each_event_repeats_nothing_finished(tmp_path: Path, whole: Session, before: bool) -> None:
    """One event a life, killed right after its line or right before it: no launch, no scoring, no question is made twice."""
    log = tmp_path / "killed.log"
    session = toy_session(tmp_path / "killed", paper=False)
    lives, over = 0, _life(session, log, 1, before, False)
    while not over:
        lives += 1
        assert lives < _MOST
        session = open_session(session.paths.root)
        over = _life(session, log, 2 if before else 1, before, True)
    session = open_session(session.paths.root)
    _check(session, whole, log)
    points = {(event.kind, event.step or event.seq) for event in session.journal.events if _is_a_point(event)}
    assert lives >= len(points), "each event was a point at which it was killed"
    assert _repeated(session, log) == {"launches": [], "asked": [], "scored": []}
    print(f"{lives} kill points, {'before' if before else 'after'} a line of the journal: nothing repeated")


@pytest.mark.parametrize("seed", [1, 2])
def test_kills_at_random_moments_repeat_nothing_recorded(tmp_path: Path, whole: Session, seed: int) -> None:
    """Killed at random, again and again: the same end, and no question and no launch that had ended is made again."""
    chance, log = random.Random(seed), tmp_path / "killed.log"
    log.touch()
    session = toy_session(tmp_path / "killed", paper=False)
    lives, lines = 0, len(whole.journal.events)
    while not _life(session, log, None, False, lives > 0, (chance.randint(3, lines // 2), chance.uniform(0.0, 0.2))):
        lives += 1
        assert lives < _MOST
        session = open_session(session.paths.root)
    session = open_session(session.paths.root)
    _check(session, whole, log)
    assert lives > 0 and _repeated(session, log)["launches"] == []
    print(f"{lives} kills at random moments: no launch repeated")
