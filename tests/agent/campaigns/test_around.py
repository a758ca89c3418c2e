"""What a campaign does around its sessions: kills at each of its events, sessions that do not open, folders that cannot be read."""

from __future__ import annotations

import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from agent.campaigns import conduct as conduct_module
from agent.campaigns import rows as rows_module
from agent.campaigns.campaign import Campaign, open_campaign
from agent.campaigns.conduct import conduct_campaign
from agent.campaigns.events import CampaignEnded, CampaignEvent, EntryBegun, EntryEnded, EntryFound
from agent.campaigns.report import Report, report_of
from agent.campaigns.rows import Row, Rows
from agent.campaigns.shown import markdown
from agent.commands import campaign as door
from agent.commands import status as status_module
from agent.commands.status import main as status
from agent.session.lock import SessionLock
from agent.session.reading import Reading
from agent.session.session import start_session
from agent.session.template import load_template
from tests.world.brief_sessions import REFUSES, WORKS
from tests.world.campaigns import idea_folder, sessions_of, toy_campaign
from tests.world.toy import TEMPLATE, toy_session


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """A new campaign of two ideas, whose processes import little."""
    monkeypatch.setattr(conduct_module, "PRELOAD", ("tests.world.brief_sessions",))
    return toy_campaign(tmp_path / "c", [idea_folder(tmp_path / "ideas", 2)], model="manual")


def worked(campaign: Campaign, work_by: str = WORKS, resume: bool = False) -> tuple[CampaignEnded, Report]:
    return conduct_campaign(campaign, lambda text: None, resume, work_by=work_by)


def _killed_at(campaign: Campaign, number: int) -> None:
    """A process that works the campaign is killed with SIGKILL as event `number` of its journal is recorded."""

    def heard(event: CampaignEvent) -> None:
        if event.seq == number:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            with campaign.journal.heard_by(heard):
                worked(campaign)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.process
@pytest.mark.slow
def test_killed_at_each_of_its_events_it_comes_to_the_same_end(campaign: Campaign, tmp_path: Path) -> None:
    """Begun, ended, over: taken up after each, every session was worked once, each begin has its end, and the campaign is done."""
    shutil.copytree(campaign.paths.root, tmp_path / "blank")
    ended, _ = worked(campaign)
    events = len(campaign.journal.events)
    assert ended.state == "done" and events == 6
    for number in range(1, events):
        root = tmp_path / f"killed_{number}"
        shutil.copytree(tmp_path / "blank", root)
        _killed_at(open_campaign(root), number)
        again = open_campaign(root)
        assert worked(again, resume=True)[0].state == "done"
        assert [len((paths.root / "worked").read_text().split()) for paths in sessions_of(again)] == [1, 1], number
        for entry in again.spec.wanted:
            mine = [e for e in again.journal.events if isinstance(e, EntryBegun | EntryEnded) and e.key == entry.key]
            assert [type(event) for event in mine] == [EntryBegun, EntryEnded] * (len(mine) // 2), number


@pytest.mark.process
def test_a_session_that_does_not_open_says_why(campaign: Campaign) -> None:
    """Its process gave up before its journal took a word: the report has what it said, and it is not begun again and again."""
    ended, report = worked(campaign, REFUSES)
    assert (ended.state, ended.exit_code) == ("paused", 4)
    assert [(row.state, row.reason) for row in report.rows] == [
        ("unfinished", "the template's fixed files changed; restore them")
    ] * 2
    assert [(paths.root / "tried").read_text() for paths in sessions_of(campaign)] == ["once\n"] * 2
    assert "restore them" in markdown(report)


@pytest.mark.process
def test_a_session_that_somebody_took_up_alone_is_waited_for(campaign: Campaign) -> None:
    """Its own process finds the session locked and ends: the other's end is waited for, and then what is left of it is worked."""
    entry = campaign.spec.wanted[0]
    assert entry.idea is not None
    start_session(campaign.paths.root, entry.idea, load_template(TEMPLATE), campaign.spec.settings, name=entry.key)
    lock, heard = SessionLock(campaign.paths.session(entry.key).lock), list[str]()

    def hears(event: CampaignEvent) -> None:
        if isinstance(event, EntryBegun | EntryFound | EntryEnded) and event.key == entry.key:
            heard.append(event.kind)
            if heard == ["entry_begun"]:
                lock.__enter__()
            if event.kind == "entry_found":
                lock.__exit__()

    with campaign.journal.heard_by(hears):
        ended, _ = worked(campaign)
    assert heard == ["entry_begun", "entry_found", "entry_ended", "entry_begun", "entry_ended"]
    assert ended.state == "done"
    assert len((campaign.paths.session(entry.key).root / "worked").read_text().split()) == 1


@pytest.mark.process
def test_a_session_without_its_journal_is_not_taken_away(campaign: Campaign) -> None:
    """Somebody moved it: what lies there was paid for, so the session is told as failed, and the others go on."""
    lost = campaign.paths.session(campaign.spec.wanted[0].key)
    (lost.attempts / "001").mkdir(parents=True)
    ended, report = worked(campaign)
    assert lost.attempts.is_dir() and ended.state == "findings"
    assert [row.state for row in report.rows] == ["failed", "done"] and "put it back" in report.rows[0].reason


@pytest.mark.process
def test_a_stop_that_was_asked_for_before_begins_nothing(campaign: Campaign) -> None:
    """Ctrl-C between the check and the first session: the campaign ends as interrupted, and can be resumed."""
    campaign.stop.request("interrupted by Ctrl-C")
    ended, report = worked(campaign)
    assert (ended.state, ended.exit_code) == ("interrupted", 130) and report.begun == 0


def test_one_more_ctrl_c_changes_nothing(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes as the campaign has just ended: the command still says how all stand, with the exit code of that end."""
    before = signal.getsignal(signal.SIGINT)

    def conducted(*_: object) -> tuple[CampaignEnded, Report]:
        campaign.stop.request("interrupted by Ctrl-C")
        os.kill(os.getpid(), signal.SIGINT)
        ended = CampaignEnded(state="interrupted", reason="interrupted by Ctrl-C", exit_code=130)
        return ended, report_of(campaign, Rows())

    monkeypatch.setattr(door, "conduct_campaign", conducted)
    try:
        answer = door._worked(campaign, False, {})
        os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert answer.exit_code == 130 and "--resume" in answer.text


def test_a_session_that_cannot_be_made_is_told_as_failed(campaign: Campaign) -> None:
    """Its template is gone: the campaign alone knows, and its report says so instead of that the session is queued."""
    for entry in campaign.spec.wanted:
        campaign.journal.append(EntryBegun(key=entry.key))
        campaign.journal.append(EntryEnded(key=entry.key, state="failed", reason="no template.toml there"))
    assert [(row.state, row.reason) for row in report_of(campaign, Rows()).rows] == [
        ("failed", "no template.toml there")
    ] * 2
    campaign.journal.append(EntryBegun(key=campaign.spec.wanted[0].key))
    assert report_of(campaign, Rows()).rows[0].state == "queued"


def test_a_folder_that_cannot_be_read_costs_nobody_else_his_row(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A defect in the reading of one session is its row; one in the report itself is a warning, and the sessions go on."""
    for entry in campaign.spec.wanted:
        assert entry.idea is not None
        start_session(campaign.paths.root, entry.idea, load_template(TEMPLATE), campaign.spec.settings, name=entry.key)
    whole = rows_module.row_of

    def defect(reading: Reading, blank: Row) -> Row:
        return whole(reading, blank) if blank.key.startswith("002") else replace(blank, runs=1 // 0)

    monkeypatch.setattr(rows_module, "row_of", defect)
    first, second = report_of(campaign, Rows()).rows
    assert (first.state, second.state) == ("failed", "unfinished") and "ZeroDivisionError" in first.reason
    shown = conduct_module._Shown(campaign, Rows())
    monkeypatch.setattr(conduct_module, "report_of", lambda *_: 1 / 0)
    shown.now()
    assert "the report could not be made: division by zero" in caplog.text


def test_status_before_any_session_and_of_folders_within_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is there yet, which is no error; a session that is named twice is told once."""
    monkeypatch.setattr(status_module, "_RUNS", tmp_path / "runs")
    assert status([]) == 0 and "no session and no campaign there" in capsys.readouterr().out
    session = toy_session(tmp_path)
    assert status([str(tmp_path), str(session.paths.root)]) == 0
    assert capsys.readouterr().out.count(session.name) == 1


def test_status_tells_what_it_may_not_look_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another's folder, or one that is gone meanwhile, hides no session; one that stopped without a word says how it goes on."""
    toy_session(tmp_path)
    (tmp_path / "others").mkdir()
    inside = Path.iterdir

    def closed(folder: Path) -> object:
        if folder.name == "others":
            raise PermissionError(13, "Permission denied", str(folder))
        return inside(folder)

    monkeypatch.setattr(Path, "iterdir", closed)
    assert status([str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "others: cannot be looked into: Permission denied" in said
    assert "unfinished (stopped without a word; --resume goes on)" in said
