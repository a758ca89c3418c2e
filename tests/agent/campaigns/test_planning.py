"""From ideas, models and repeats to the sessions that are wanted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.campaigns.planning import Asked, idea_files
from agent.campaigns.report import report_of
from agent.campaigns.rows import Rows
from agent.campaigns.shown import side_by_side
from agent.errors import SessionLocked, UsageError
from agent.session.lock import SessionLock
from tests.world.campaigns import conducted, idea_folder, toy_campaign
from tests.world.toy import IDEA


def test_a_folder_is_its_ideas_and_not_their_recordings(tmp_path: Path) -> None:
    """Files and folders are taken in the order given, each file once; recordings and other files are no ideas."""
    folder = idea_folder(tmp_path / "ideas", 2)
    (folder / "notes.txt").write_text("x")
    found = [path.name for path in idea_files([folder / "idea_001.json", folder])]
    assert found == ["idea_001.json", "idea_000.json"]


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_what_holds_no_idea_is_refused(tmp_path: Path, name: str) -> None:
    """A path that is not there and a folder without ideas are usage errors that name the path."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=name):
        idea_files([tmp_path / name])


def test_each_idea_model_and_repeat_is_a_session_of_its_own_name(tmp_path: Path) -> None:
    """Two ideas × two models × two repeats are eight sessions, ordered, told apart by eye and without a / in a name."""
    folder = idea_folder(tmp_path / "ideas", 2)
    campaign = toy_campaign(tmp_path / "c", [folder], asked=Asked(("recorded", "openai/gpt-4o"), 2))
    keys = [entry.key for entry in campaign.spec.entries]
    assert keys[:4] == [
        "001_averaged_0_recorded_1",
        "002_averaged_0_recorded_2",
        "003_averaged_0_gpt-4o_1",
        "004_averaged_0_gpt-4o_2",
    ]
    assert len(set(keys)) == 8
    assert campaign.spec.entries[0].recording.endswith("idea_000.recording.jsonl")
    assert not campaign.spec.entries[2].recording


def test_a_list_is_every_idea_in_it(tmp_path: Path) -> None:
    """Of a list of three ideas, one twice, two sessions come, each with its own idea."""
    raw = json.loads(IDEA.read_text())
    ideas = [{**raw, "Name": "one"}, {**raw, "Name": "two"}, {**raw, "Name": "one"}]
    (tmp_path / "list.json").write_text(json.dumps(ideas))
    campaign = toy_campaign(tmp_path / "c", [tmp_path / "list.json"], model="manual")
    assert [entry.name for entry in campaign.spec.entries] == ["one", "two"]


def test_an_idea_that_cannot_be_worked_is_kept_with_its_reason(tmp_path: Path) -> None:
    """A file that is no JSON, an idea of a metric that is not measured and one that nobody answers for stop no other."""
    folder = idea_folder(tmp_path / "ideas", 1)
    raw = json.loads(IDEA.read_text())
    (folder / "broken.json").write_text("{")
    (folder / "metric.json").write_text(json.dumps({**raw, "Name": "metric", "Primary_Metric": "speed"}))
    (folder / "nobody.json").write_text(json.dumps({**raw, "Name": "nobody"}))
    campaign = toy_campaign(tmp_path / "c", [folder])
    refused = {entry.name: entry.refused for entry in campaign.spec.entries if entry.refused}
    assert "not valid JSON" in refused["broken"]
    assert "'speed' is not measured" in refused["metric"]
    assert "no model is named" in refused["nobody"]
    assert [entry.name for entry in campaign.spec.wanted] == ["averaged_0"]


def test_a_folder_that_is_there_is_not_begun_anew(tmp_path: Path) -> None:
    """The second begin in a campaign's folder is refused, and names --resume."""
    folder = idea_folder(tmp_path / "ideas", 1)
    toy_campaign(tmp_path / "c", [folder])
    with pytest.raises(UsageError, match="--resume"):
        toy_campaign(tmp_path / "c", [folder])


def test_two_processes_cannot_work_one_campaign(tmp_path: Path) -> None:
    """While one holds its lock, a second is refused before it begins anything, and told who holds it."""
    campaign = toy_campaign(tmp_path / "c", [idea_folder(tmp_path / "ideas", 1)])
    with SessionLock(campaign.paths.lock), pytest.raises(SessionLocked, match=r"process \d+"):
        conducted(campaign)
    assert [event.kind for event in campaign.journal.events] == ["campaign_started"]


def test_no_campaign_begins_within_another_or_a_session(tmp_path: Path) -> None:
    """Its sessions would lie where `status` does not look, and where experiments of the other can: the folder is named."""
    folder = idea_folder(tmp_path / "ideas", 1)
    toy_campaign(tmp_path / "c", [folder])
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "journal.jsonl").touch()
    for within in (tmp_path / "c" / "inner", tmp_path / "c" / "a" / "b", tmp_path / "s" / "inner"):
        with pytest.raises(UsageError, match="a session or a campaign; name a folder outside"):
            toy_campaign(within, [folder])
        assert not within.exists()


def test_two_ideas_of_one_name_are_two_rows(tmp_path: Path) -> None:
    """Each has a folder of its own, and the row knows the whole idea: the same text is the same idea."""
    folder = idea_folder(tmp_path / "ideas", 2)
    raw = json.loads((folder / "idea_000.json").read_text())
    (folder / "idea_001.json").write_text(json.dumps({**raw, "Title": "Another idea of that name"}))
    campaign = toy_campaign(tmp_path / "c", [folder], asked=Asked(("recorded",), 2))
    rows = report_of(campaign, Rows()).rows
    assert [row.key for row in rows] == [f"{number:03d}_averaged_0_{2 - number % 2}" for number in (1, 2, 3, 4)]
    assert [idea.summary.partition(":")[0] for idea in side_by_side(rows)] == ["Worked 2 times"] * 2
