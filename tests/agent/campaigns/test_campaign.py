"""A whole campaign: an idea that fails stops nobody, the baseline is measured once, and the report says how each stands."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.campaigns.campaign import Campaign, open_campaign
from agent.campaigns.events import CampaignEnded, EntryBegun, EntryEnded
from agent.campaigns.report import Report
from agent.commands.status import main as status
from agent.session.lock import holder
from agent.session.template import load_template
from tests.world.campaigns import conducted, ended_launches, idea_folder, sessions_of, toy_campaign
from tests.world.reading import read_page
from tests.world.toy import TEMPLATE

pytestmark = [pytest.mark.process, pytest.mark.whole, pytest.mark.slow, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Night:
    """A campaign of four ideas, two at once: one has no recording that can be read, one is no idea."""

    campaign: Campaign
    report: Report
    told: Path


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("night")
    ideas = idea_folder(folder / "ideas", 3)
    (ideas / "idea_001.recording.jsonl").write_text("{}\n")
    (ideas / "idea_009.json").write_text("{")
    told = folder / "told.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABLOOP_CACHE", str(folder / "cache"))
        campaign = toy_campaign(folder / "runs" / "night", [ideas], notify_command=f"cat >> {told}")
        yield Night(campaign, conducted(campaign), told)


def test_an_idea_that_fails_stops_nobody(night: Night) -> None:
    """The two sound ideas are done, the one without a readable recording failed, the one that is no idea was refused, each with why."""
    rows = {row.idea: row for row in night.report.rows}
    assert [rows[name].state for name in ("averaged_0", "averaged_1", "averaged_2", "idea_009")] == [
        "done",
        "failed",
        "done",
        "refused",
    ]
    assert "recording" in rows["averaged_1"].reason and "not valid JSON" in rows["idea_009"].reason
    last = night.campaign.journal.events[-1]
    assert isinstance(last, CampaignEnded) and (last.state, last.exit_code) == ("findings", 5)


def test_started_and_finished_counts_are_right(night: Night) -> None:
    """Each wanted session was begun once and ended once; nobody holds one any more; a second opening reads the same events."""
    events = open_campaign(night.campaign.paths.root).journal.events
    begun = [event.key for event in events if isinstance(event, EntryBegun)]
    ended = [event.key for event in events if isinstance(event, EntryEnded)]
    assert sorted(begun) == sorted(ended) == [entry.key for entry in night.campaign.spec.wanted]
    assert (night.report.begun, night.report.ended) == (3, 3)
    assert all(holder(paths.lock) is None for paths in sessions_of(night.campaign))


def test_the_baseline_is_measured_once(night: Night) -> None:
    """Of all sessions one launched the baseline's five seeds and the control, though two began at the same moment."""
    counted = Counter(line.partition(" ")[2] for line in ended_launches(sessions_of(night.campaign)))
    seeds = load_template(TEMPLATE).baseline.seeds
    assert [counted[f"run_0/seed_{seed}"] for seed in seeds] == [1] * len(seeds)
    assert counted["run_0/control_start"] == 1


def test_looks_are_counted_over_the_campaign(night: Night) -> None:
    """Two sessions of two runs each are four runs looked at: the band of each verdict is wider than the session's own."""
    (family,) = night.report.families
    assert (family.sessions, family.looks.runs) == (2, 4)
    row = night.report.rows[0]
    assert row.results is not None and row.band is not None
    own = row.results.band(row.metric, row.results.get(row.best))
    assert own is not None and row.band > own


def test_markdown_json_and_page_say_the_same(night: Night) -> None:
    """Each holds every session with its state and verdict; the page links each that has one; a planted tag would stay text."""
    paths = night.campaign.paths
    value = json.loads(paths.report.read_text())
    assert [each["state"] for each in value["sessions"]] == ["done", "failed", "done", "refused"]
    assert value["conclusion"] == night.report.conclusion
    assert value["sessions"][3]["verdict"] is None
    page = read_page(paths.page.read_text())
    links = [link["href"] for link in page.all("a") if link["href"].endswith("/index.html")]
    assert links == [f"{row.key}/index.html" for row in night.report.rows if row.state != "refused"]
    for row in night.report.rows:
        assert row.key in paths.markdown.read_text()
    assert "http" not in "".join(link["href"] for link in page.all("a"))


def test_status_lists_the_campaign_and_its_sessions(night: Night, capsys: pytest.CaptureFixture[str]) -> None:
    """`status` on the folder above finds the campaign, on a session's folder that session alone."""
    assert status([str(night.campaign.paths.root.parent)]) == 0
    text = capsys.readouterr().out
    assert "night  campaign, ended, not all clean: 2 done, 1 failed, 1 refused" in text
    assert status([str(sessions_of(night.campaign)[0].root), "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert [each["key"] for each in value["sessions"]] == ["001_averaged_0"] and value["campaigns"] == []


def test_each_end_is_told(night: Night) -> None:
    """The command heard of each session's end and of the campaign's, one JSON object each."""
    told = [json.loads(line) for line in night.told.read_text().splitlines()]
    heard = sorted((each["of"], each["event"], each["state"]) for each in told)
    assert heard == [
        ("campaign", "end", "findings"),
        ("session", "end", "done"),
        ("session", "end", "done"),
        ("session", "failure", "failed"),
    ]
