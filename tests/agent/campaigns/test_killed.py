"""A campaign that is killed or interrupted at any moment and taken up again: nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from agent.campaigns.campaign import Campaign, open_campaign
from agent.campaigns.events import EntryBegun, EntryEnded, EntryFound
from agent.campaigns.report import report_of
from agent.campaigns.rows import Rows
from agent.launching.cores import shares
from agent.launching.slots import Slots
from agent.session.lock import holder
from agent.session.paths import REPOSITORY
from tests.world.campaigns import ended_launches, idea_folder, sessions_of

pytestmark = [pytest.mark.process, pytest.mark.whole, pytest.mark.slow, pytest.mark.timeout(900)]
_IDEAS = 3


def begun(folder: Path) -> subprocess.Popen[bytes]:
    """A process that works the campaign in `folder`/c: a new one, or as it was left."""
    environment = {**os.environ, "LABLOOP_CACHE": str(folder / "cache")}
    with (folder / "said.log").open("ab") as log:
        command = [sys.executable, "-m", "tests.world.campaigns", str(folder / "c"), str(folder / "ideas")]
        return subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=log, stderr=log)


def await_runs(folder: Path, wanted: int) -> None:
    """Until so many runs (the baseline among them) were accepted in the campaign's sessions."""
    deadline = time.monotonic() + 300
    while sum(path.read_bytes().count(b'"kind":"run"') for path in (folder / "c").glob("*/journal.jsonl")) < wanted:
        assert time.monotonic() < deadline, (folder / "said.log").read_text()
        time.sleep(0.02)


def check_whole(folder: Path) -> Campaign:
    """Every session is done, each launch and each begin came to one end, no slot is held."""
    campaign = open_campaign(folder / "c")
    assert [row.state for row in report_of(campaign, Rows()).rows] == ["done"] * _IDEAS
    twice = [step for step, times in Counter(ended_launches(sessions_of(campaign))).items() if times > 1]
    assert twice == []
    for entry in campaign.spec.wanted:
        kinds = [
            type(e) for e in campaign.journal.events if isinstance(e, EntryBegun | EntryEnded) and e.key == entry.key
        ]
        assert kinds == [EntryBegun, EntryEnded] * (len(kinds) // 2)
    slots = Slots(1)
    slot = slots.claim("after")
    assert slot is not None
    slot.release()
    return campaign


def test_sessions_outlive_a_killed_campaign_and_are_found_again(tmp_path: Path) -> None:
    """SIGKILL reaches the campaign alone: its sessions go on, the resumed campaign waits for them, and launches nothing again."""
    idea_folder(tmp_path / "ideas", _IDEAS)
    first = begun(tmp_path)
    await_runs(tmp_path, 2)
    first.kill()
    first.wait()
    slots = Slots(shares().slots)
    held = [slots.wait("nobody goes on", lambda: False) for _ in range(slots.number)]
    working = [paths for paths in sessions_of(open_campaign(tmp_path / "c")) if holder(paths.lock)]
    assert working
    again, journal = begun(tmp_path), open_campaign(tmp_path / "c").paths.journal
    while '"kind":"entry_found"' not in journal.read_text():
        assert again.poll() is None, (tmp_path / "said.log").read_text()
        time.sleep(0.02)
    for slot in held:
        assert slot is not None
        slot.release()
    assert again.wait(timeout=600) == 0
    campaign = check_whole(tmp_path)
    found = [event.key for event in campaign.journal.events if isinstance(event, EntryFound)]
    assert found and set(found) <= {paths.root.name for paths in working}
    assert Counter(e.key for e in campaign.journal.events if isinstance(e, EntryBegun)) == Counter(
        entry.key for entry in campaign.spec.wanted
    )


def test_a_campaign_killed_with_all_its_sessions_goes_on(tmp_path: Path) -> None:
    """As when the machine goes down: what had finished is not done again, and all sessions come to their ends."""
    idea_folder(tmp_path / "ideas", _IDEAS)
    first = begun(tmp_path)
    await_runs(tmp_path, 3)
    first.kill()
    first.wait()
    for paths in sessions_of(open_campaign(tmp_path / "c")):
        if held := holder(paths.lock):
            os.kill(held.pid, signal.SIGKILL)
    assert begun(tmp_path).wait(timeout=600) == 0
    campaign = check_whole(tmp_path)
    assert any(isinstance(event, EntryBegun) and event.resumed for event in campaign.journal.events)


def test_a_session_that_dies_is_taken_up_again(tmp_path: Path) -> None:
    """One session is killed while the campaign works: it is resumed by the same campaign, and the others notice nothing."""
    idea_folder(tmp_path / "ideas", _IDEAS)
    first = begun(tmp_path)
    await_runs(tmp_path, 3)
    killed = next((paths, held) for paths in sessions_of(open_campaign(tmp_path / "c")) if (held := holder(paths.lock)))
    os.kill(killed[1].pid, signal.SIGKILL)
    assert first.wait(timeout=600) == 0
    campaign = check_whole(tmp_path)
    again = [event.key for event in campaign.journal.events if isinstance(event, EntryBegun) and event.resumed]
    assert again == [killed[0].root.name]


def test_the_process_that_forks_is_replaced(tmp_path: Path) -> None:
    """Killed in the midst of it all: its sessions go on and their ends are heard, further ones are begun by another; nothing is begun twice."""
    idea_folder(tmp_path / "ideas", _IDEAS)
    first = begun(tmp_path)
    await_runs(tmp_path, 2)
    (server,) = Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split()
    os.kill(int(server), signal.SIGKILL)
    assert first.wait(timeout=600) == 0
    campaign = check_whole(tmp_path)
    assert not any(isinstance(event, EntryBegun) and event.resumed for event in campaign.journal.events)


def test_ctrl_c_ends_all_sessions_as_they_end_alone(tmp_path: Path) -> None:
    """SIGINT: sessions finish their step and close as interrupted, nothing new is begun, the exit code is 130; resumed, all are done."""
    idea_folder(tmp_path / "ideas", _IDEAS)
    first = begun(tmp_path)
    await_runs(tmp_path, 1)
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=120) == 130
    rows = report_of(open_campaign(tmp_path / "c"), Rows()).rows
    assert {row.state for row in rows[:2]} <= {"interrupted", "done"} and rows[2].state == "queued"
    assert "interrupted by Ctrl-C" in {row.reason for row in rows}
    assert begun(tmp_path).wait(timeout=600) == 0
    check_whole(tmp_path)
