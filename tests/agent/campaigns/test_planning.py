"""From ideas, models and repeats to the sessions that are wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.campaigns.campaign import open_campaign
from agent.campaigns.named import idea_files
from agent.campaigns.planning import Asked
from agent.campaigns.report import report_of
from agent.campaigns.rows import Rows
from agent.campaigns.shown import markdown, side_by_side, view_of
from agent.errors import SessionLocked, UsageError
from agent.page.campaign_view import render_campaign
from agent.session.idea import load_idea
from agent.session.lock import SessionLock
from agent.session.session import start_session
from agent.session.template import load_template
from tests.world.campaigns import conducted, idea_folder, toy_campaign
from tests.world.toy import IDEA, TEMPLATE


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


def names(tmp_path: Path, *named: Path, **given: Any) -> list[str]:
    """The names of the ideas that would be worked, in order; of one that cannot be, its file's with an exclamation mark."""
    campaign = toy_campaign(tmp_path / "c", named, model="manual", **given)
    return [entry.name + ("!" if entry.refused else "") for entry in campaign.spec.entries]


def written(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def test_a_list_may_name_files(tmp_path: Path) -> None:
    """Relative to itself, with patterns and folders, one that is not there refused by itself; alone or under any one key, in a folder or named."""
    raw = json.loads(IDEA.read_text())
    for name in ("a", "b", "night/c", "night/d", "more/e"):
        written(tmp_path / "ideas" / f"{name}.json", {**raw, "Name": Path(name).name})
    listed = ["a.json", "night/*.json", "nowhere.json", "more", "./a.json", "no*.json"]
    path = written(tmp_path / "ideas" / "lists" / "list.json", [f"../{each}" for each in listed])
    assert names(tmp_path, path) == ["a", "c", "d", "nowhere!", "e", "no*!"]
    path = written(tmp_path / "other" / "list.json", {"ideas": [str(tmp_path / "ideas" / "b.json")]})
    assert names(tmp_path / "2", path.parent) == ["b"]
    written(tmp_path / "other" / "all.json", ["*.json", "../ideas/?.json", "list.json"])
    assert names(tmp_path / "3", tmp_path / "other") == ["b", "a"], "a list that matches itself and another is no idea"


def test_of_a_list_each_item_stands_for_itself(tmp_path: Path) -> None:
    """What is no idea among good ones is refused alone, told by its place; an idea that is called by a number is not another's."""
    raw = json.loads(IDEA.read_text())
    items = [
        {**raw, "Name": "1"},
        None,
        {"Name": "bare", "Title": "t"},
        "words",
        {**raw, "Name": "0"},
        {**raw, "Name": "1"},
    ]
    campaign = toy_campaign(tmp_path / "c", [written(tmp_path / "list.json", items)], model="manual")
    assert [entry.name for entry in campaign.spec.wanted] == ["1", "0"]
    refused = [entry.refused for entry in campaign.spec.entries if entry.refused]
    assert [f"number {place} of its list" in told for place, told in zip((2, 3, 4), refused, strict=True)] == [True] * 3


def test_one_idea_in_two_files_is_worked_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A copy, and the same idea in a list, are told and left out; with another field it is another idea."""
    raw = json.loads(IDEA.read_text())
    folder = tmp_path / "ideas"
    written(folder / "a.json", raw)
    written(folder / "b.json", [{**raw, "Name": "other"}, raw])
    written(folder / "copy.json", raw)
    written(folder / "d.json", {**raw, "Title": "Another"})
    found = names(tmp_path, folder, asked=Asked(("manual",), 2))
    assert found == [raw["Name"]] * 2 + ["other"] * 2 + [raw["Name"]] * 2
    assert caplog.text.count("the same idea as in") == 2 and "a.json" in caplog.text


def test_what_a_folder_or_a_shell_names_besides_is_no_idea(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Hidden files, recordings that `ideas/*` names too; a link that leads nowhere is told, and capitals in a file's ending are read."""
    folder = idea_folder(tmp_path / "ideas", 1)
    written(folder / "UPPER.JSON", {**json.loads(IDEA.read_text()), "Name": "upper"})
    (folder / "._idea_000.json").write_bytes(b"\0\5\26")
    (folder / "gone.json").symlink_to(tmp_path / "nowhere.json")
    assert names(tmp_path, folder) == ["upper", "gone!", "averaged_0"]
    assert [path.name for path in idea_files(sorted(folder.glob("[!._]*")))] == [
        "UPPER.JSON",
        "gone.json",
        "idea_000.json",
    ]
    assert "recording" in caplog.text
    with pytest.raises(UsageError, match="is a recording"):
        idea_files([folder / "idea_000.recording.jsonl"])


def test_an_idea_that_may_not_be_read_stops_no_other(tmp_path: Path) -> None:
    """A folder under an idea's name, found by a list, and a file that the disk does not give: each is refused by itself."""
    folder = idea_folder(tmp_path / "ideas", 1)
    (folder / "sub.json").mkdir()
    listed = written(tmp_path / "list.json", ["ideas/sub.json", "ideas/idea_000.json", "/proc/self/mem"])
    assert names(tmp_path, listed) == ["sub!", "averaged_0", "mem!"]


def test_of_two_that_begin_in_one_folder_one_does(tmp_path: Path) -> None:
    """While another begins there it is told so; a lock that was left behind by one that was killed before it wrote anything is nothing."""
    (tmp_path / "c").mkdir()
    ideas = idea_folder(tmp_path / "ideas", 1)
    with SessionLock(tmp_path / "c" / ".lock"), pytest.raises(SessionLocked, match=r"process \d+"):
        toy_campaign(tmp_path / "c", [ideas])
    assert len(toy_campaign(tmp_path / "c", [ideas]).journal.events) == 1


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


def test_before_any_run_nothing_was_looked_at(tmp_path: Path) -> None:
    """No look is told of a campaign that nobody works yet, and its sessions wait for who takes it up."""
    campaign = toy_campaign(tmp_path / "c", [idea_folder(tmp_path / "ideas", 1)])
    entry = campaign.spec.wanted[0]
    start_session(campaign.paths.root, load_idea(IDEA), load_template(TEMPLATE), campaign.spec.settings, name=entry.key)
    campaign = toy_campaign(tmp_path / "d", [idea_folder(tmp_path / "ideas", 1)])
    found = report_of(campaign, Rows())
    assert [row.waits_for for row in found.rows] == ["the campaign's --resume"]
    with SessionLock(campaign.paths.lock):
        assert [row.waits_for for row in report_of(campaign, Rows()).rows] == ["a free place (--sessions 2)"]
    begun = report_of(open_campaign(tmp_path / "c"), Rows())
    assert [row.state for row in begun.rows] == ["unfinished"]
    for each in (found, begun):
        assert 'id="looks"' not in render_campaign(view_of(each))
        assert each.families == () and "look" not in markdown(each).partition("No session has a run")[2]
