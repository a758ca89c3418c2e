"""Who is told of a campaign's end: each end once, however it comes about, and of one that was over before nobody again."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.campaigns import conduct as conduct_module
from agent.campaigns import schedule as schedule_module
from agent.campaigns.campaign import Campaign, open_campaign
from agent.campaigns.conduct import conduct_campaign
from agent.campaigns.ending import record, speak_for_the_dead, tell_of_a_death
from agent.campaigns.events import CampaignEnded, EntryBegun
from agent.campaigns.report import report_of
from agent.campaigns.rows import Rows
from agent.conduct import conduct
from agent.errors import Interrupted
from agent.session.events import SessionEnded
from agent.session.lock import SessionLock
from agent.session.paths import REPOSITORY
from agent.session.session import open_session
from agent.session.stop import Stop
from agent.signals import Signals
from tests.world.campaigns import idea_folder, toy_campaign
from tests.world.toy import toy_session


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    """A campaign that is begun by nobody, of one idea; whoever ends it is told in a file."""
    command = f"cat >> {tmp_path / 'told'}"
    return toy_campaign(tmp_path / "c", [idea_folder(tmp_path / "ideas", 1)], 1, notify_command=command, model="manual")


@pytest.fixture
def nothing_works(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No session is begun, so nothing need be imported for one."""
    monkeypatch.setattr(conduct_module, "PRELOAD", ())
    monkeypatch.setattr(schedule_module.Schedule, "work", lambda *_: None)
    return monkeypatch


def told(tmp_path: Path) -> list[dict[str, Any]]:
    path = tmp_path / "told"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.parametrize(
    ("error", "event", "state", "exit_code", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "pause", "paused", 4, "is full"),
        (MemoryError(), "pause", "paused", 4, "no memory left"),
        (RuntimeError("a slip of ours"), "failure", "failed", 1, "a slip of ours"),
    ],
    ids=["disk", "memory", "slip"],
)
def test_an_error_is_an_end_that_is_told(
    campaign: Campaign,
    tmp_path: Path,
    nothing_works: pytest.MonkeyPatch,
    error: Exception,
    event: str,
    state: str,
    exit_code: int,
    said: str,
) -> None:
    """What breaks the campaign's own work stands in its journal and report, and the command hears of it, with what was spent."""

    def broken(*_: object) -> None:
        raise error

    nothing_works.setattr(schedule_module.Schedule, "work", broken)
    ended, report = conduct_campaign(campaign, lambda text: None)
    assert (ended.state, ended.exit_code, report.state) == (state, exit_code, state) and said in ended.reason
    (value,) = told(tmp_path)
    assert (value["event"], value["state"], value["exit_code"]) == (event, state, exit_code)
    assert said in value["reason"] and value["of"] == "campaign" and value["counts"] == {"queued": 1}
    assert isinstance(open_campaign(campaign.paths.root).journal.events[-1], CampaignEnded)
    assert state in campaign.paths.markdown.read_text()


def test_where_even_the_report_cannot_be_made_it_is_told(
    campaign: Campaign, tmp_path: Path, nothing_works: pytest.MonkeyPatch
) -> None:
    """What could not be counted is left out, not zero; and the error is raised once it was told."""
    nothing_works.setattr("agent.campaigns.ending.report_of", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        conduct_campaign(campaign, lambda text: None)
    (value,) = told(tmp_path)
    assert value["state"] == "failed" and not {"usd", "tokens", "counts"} & set(value)


def test_a_death_is_told_once(campaign: Campaign, tmp_path: Path) -> None:
    """By who hears of it first, here the process that outlived it; the next start writes the end down and tells nobody again."""
    campaign.journal.append(EntryBegun(key="001"))
    tell_of_a_death(str(campaign.paths.root))
    (value,) = told(tmp_path)
    assert (value["event"], value["state"]) == ("failure", "failed") and "--resume" in value["reason"]
    with SessionLock(campaign.paths.lock):
        speak_for_the_dead(open_campaign(campaign.paths.root))
    tell_of_a_death(str(campaign.paths.root))
    assert len(told(tmp_path)) == 1
    last = open_campaign(campaign.paths.root).journal.events[-1]
    assert isinstance(last, CampaignEnded) and last.state == "failed" and "without a word" in last.reason


def test_a_death_of_which_nobody_was_left_to_speak_is_told_by_the_next_start(
    campaign: Campaign, tmp_path: Path
) -> None:
    """The machine went down: whoever takes the campaign up says so first. A second death is another."""
    for deaths in (1, 2):
        campaign.journal.append(EntryBegun(key="001"))
        campaign = open_campaign(campaign.paths.root)
        with SessionLock(campaign.paths.lock):
            speak_for_the_dead(campaign)
            speak_for_the_dead(campaign)
        assert [value["state"] for value in told(tmp_path)] == ["failed"] * deaths


def test_a_campaign_that_was_taken_up_is_not_dead(campaign: Campaign, tmp_path: Path) -> None:
    """The process that outlived it finds another at work: that one speaks for itself."""
    campaign.journal.append(EntryBegun(key="001"))
    with SessionLock(campaign.paths.lock):
        tell_of_a_death(str(campaign.paths.root))
    assert told(tmp_path) == []


def test_an_end_that_it_had_come_to_before_is_no_news(campaign: Campaign) -> None:
    """Over is told once: taken up again with nothing to do it only ends once more; where a session was begun meanwhile, it is news."""
    done = CampaignEnded(state="done")
    assert record(campaign, done)
    assert not record(campaign, done)
    campaign.journal.append(EntryBegun(key="001"))
    assert record(campaign, done) and not record(campaign, done)
    assert record(campaign, CampaignEnded(state="paused")), "a pause is a person's to mend, each time"


def test_a_session_that_was_over_tells_nobody_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Resumed after its end it ends as it did, and the command is not run a second time; a pause is told each time."""
    session = toy_session(tmp_path, notify_command=f"cat >> {tmp_path}/told")
    for state, exit_code in (("paused", 4), ("paused", 4), ("findings", 5), ("findings", 5), ("done", 0)):
        ended = SessionEnded.model_validate({"state": state, "exit_code": exit_code})
        monkeypatch.setattr("agent.conduct._worked", lambda *_, ended=ended: ended)
        session = open_session(session.paths.root)
        conduct(session, resume=True)
    assert [value["state"] for value in told(tmp_path)] == ["paused", "paused", "findings", "done"]


def _worked_by_a_process(campaign: Campaign, tmp_path: Path) -> tuple[subprocess.Popen[bytes], Callable[[], str]]:
    """A process that works the campaign, once its session asks a person, which it waits for; and what it said."""
    log = tmp_path / "said.log"
    with log.open("wb") as said:
        command = [sys.executable, "-m", "tests.world.campaigns", str(campaign.paths.root), "-"]
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=said, stderr=said)
    until = time.monotonic() + 120
    while not list(campaign.paths.root.glob("*/requests/*")):
        assert time.monotonic() < until and process.poll() is None, log.read_text()
        time.sleep(0.05)
    return process, log.read_text


def _await(tmp_path: Path, of: str) -> dict[str, Any]:
    until = time.monotonic() + 120
    while True:
        found = [value for value in told(tmp_path) if value["of"] == of and value["event"] != "question"]
        if found:
            return found[0]
        assert time.monotonic() < until, told(tmp_path)
        time.sleep(0.05)


@pytest.fixture
def _not_under_nohup() -> Iterator[None]:
    """Signals that end a process do so, however the tests were started: what `nohup` ignores is ignored by every process below it."""
    numbers = (signal.SIGHUP, signal.SIGXCPU, signal.SIGTERM)
    before = [signal.signal(number, signal.SIG_DFL) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.process
@pytest.mark.whole
@pytest.mark.usefixtures("_not_under_nohup")
def test_a_killed_campaign_is_told_of_by_what_outlives_it(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL: the command hears within moments that it died, its session works on, and its page no longer says that it runs."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    process, _ = _worked_by_a_process(campaign, tmp_path)
    process.kill()
    process.wait()
    value = _await(tmp_path, "campaign")
    assert (value["event"], value["state"]) == ("failure", "failed") and "without a word" in value["reason"]
    report = report_of(open_campaign(campaign.paths.root), Rows())
    assert report.state == "unfinished" and [row.state for row in report.rows] == ["running"]
    assert "unfinished" in campaign.paths.markdown.read_text()
    process, said = _worked_by_a_process(campaign, tmp_path)
    until = time.monotonic() + 120
    while '"kind":"entry_found"' not in campaign.paths.journal.read_text():
        assert time.monotonic() < until, said()
        time.sleep(0.05)
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=120) == 130
    ends = [value["reason"] for value in told(tmp_path) if value["of"] == "campaign"]
    assert len(ends) == 2 and ends[1] == "stopped by SIGHUP", (
        "one death, one stop; the resumption did not tell of the death again"
    )


@pytest.mark.usefixtures("_not_under_nohup")
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGXCPU, signal.SIGTERM])
def test_a_terminal_that_is_gone_is_a_request_to_stop_but_not_under_nohup(number: signal.Signals) -> None:
    """SIGHUP and SIGXCPU stop as SIGTERM does; what was ignored beforehand (nohup) stays ignored; afterwards all is as it was."""
    before = signal.getsignal(number)
    try:
        stop = Stop()
        with pytest.raises(Interrupted, match=number.name), Signals(stop):
            os.kill(os.getpid(), number)
        assert signal.getsignal(number) == before
        stop = Stop()
        signal.signal(number, signal.SIG_IGN)
        with Signals(stop):
            os.kill(os.getpid(), number)
            assert stop.why() is None
        assert signal.getsignal(number) == signal.SIG_IGN
    finally:
        signal.signal(number, before)
