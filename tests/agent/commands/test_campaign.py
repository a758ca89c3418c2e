"""The door of campaigns: what it lists beforehand, what it refuses, what goes through to sessions."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.campaigns.campaign import open_campaign
from agent.campaigns.spec import Entry
from agent.checks.models import budget_check
from agent.checks.result import CheckResult
from agent.commands import campaign as door
from agent.commands import run_idea
from agent.commands.campaign import main
from agent.errors import SessionError
from agent.models.shared import Budget
from agent.session.reading import read_session
from agent.session.settings import Settings
from tests.world.campaigns import idea_folder, toy_campaign
from tests.world.sessions import make_session
from tests.world.toy import TEMPLATE


def test_a_dry_run_lists_the_sessions_and_touches_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each session that there would be is a line, one that cannot be with its reason, told once for its repeats; no folder is made."""
    folder = idea_folder(tmp_path / "ideas", 2)
    (folder / "idea_002.json").write_text("{")
    out = tmp_path / "c"
    given = [str(folder), "--template", str(TEMPLATE), "--repeat", "2", "--out", str(out), "--dry-run"]
    assert main(given) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "6 sessions:"
    assert (
        said.out.count("not valid JSON") == 2
        and said.err.count("idea_002_2: not begun") == said.err.count("not begun") == 1
    )
    assert not out.exists()


def test_every_flag_of_a_session_goes_through() -> None:
    """What run_idea takes a campaign takes too, but for the choice of one idea, which it makes itself."""
    ours, theirs = (set(parser._option_string_actions) for parser in (door.parser(), run_idea.parser()))
    assert theirs - ours == {"--idea"}


OF_TOY = ("--template", str(TEMPLATE))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([], "name ideas"),
        (["ideas", "--resume", "c"], "not both"),
        (["ideas", "--sessions", "0"], "--sessions 0: at least 1"),
        (["ideas", "--model", "a", "--models", "b,c"], "--model and --models"),
        (["ideas", "--budget-usd", "inf"], "the command line: budget_usd: Input should be a finite number"),
        (["--resume", "c", "--budget-tokens", "-1"], "budget_tokens: Input should be greater than or equal to 0"),
        (["ideas", "--budget-usd", "-5"], "budget_usd: Input should be greater"),
        (["ideas", "--budget-usd", "nan"], "budget_usd: Input should be a finite number"),
        (["ideas", "--budget-tokens", "-1"], "budget_tokens: Input should be greater"),
        (["nowhere"], "there is no such file or folder"),
        (["--resume", "nowhere"], "holds no campaign.json"),
        (["ideas", "--models", " , "], "names no model"),
        (["ideas", "--recording", "x.jsonl", "--models", "gpt-4o,manual", *OF_TOY], "no model plays it"),
        (["--resume", "c", "--repeat", "2"], "--repeat: a campaign has that already"),
    ],
)
def test_what_cannot_be_is_refused_with_its_flag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: list[str], why: str
) -> None:
    """Each wrong combination is one line on stderr that names it, before anything was spent."""
    monkeypatch.chdir(tmp_path)
    idea_folder(tmp_path / "ideas", 1)
    assert main(given) in (1, 2)
    assert why in capsys.readouterr().err


def test_what_is_said_as_it_is_taken_up_counts_from_then_on(tmp_path: Path) -> None:
    """A larger budget and more sessions at once replace what was recorded; flags for sessions go through to them, the budget's do not."""
    toy_campaign(tmp_path / "c", [idea_folder(tmp_path / "ideas", 1)], budget=Budget(usd=1.0, tokens=5))
    args = door.parser().parse_args(
        ["--resume", str(tmp_path / "c"), "--budget-usd", "3", "--sessions", "7", "--timeout", "9"]
    )
    resumed = door._resumed(args)
    assert resumed.spec.budget == Budget(usd=3.0, tokens=5) and resumed.spec.at_once == 7
    assert dict(resumed.flags) == {"timeout_s": 9.0}
    assert open_campaign(tmp_path / "c").spec.budget.usd == 1.0


def test_a_budget_in_dollars_needs_every_price(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A model whose price nobody knows is not begun, the others are, and none is asked where the budget allows no call; taken up
    again with a budget in dollars, the campaign is refused while one of its models has no price."""
    folder, asked = idea_folder(tmp_path / "ideas", 1), list[Settings]()

    def looked_at(template: object, settings: Settings, out: Path, paid: object) -> list[CheckResult]:
        asked.append(settings)
        return [budget_check(settings)]

    monkeypatch.setattr(door, "check", looked_at)
    settings = Settings.model_validate({"model": "manual", "budget_usd": 80.0})
    entries = [
        Entry(key=model, source=str(folder), template=str(TEMPLATE), model=model)
        for model in ("openai/nobodys", "manual")
    ]
    found, _ = door._checked(entries, settings, Budget(usd=50.0, tokens=9), tmp_path / "c")
    assert ["price of openai/nobodys" in entry.refused for entry in found] == [True, False]
    assert [(each.limits.budget_usd, each.limits.budget_tokens) for each in asked] == [(50.0, 9)] * 2
    toy_campaign(tmp_path / "c", [folder], model="openai/nobodys")
    assert main(["--resume", str(tmp_path / "c"), "--budget-usd", "3"]) == 2
    assert "the price of openai/nobodys is not known" in capsys.readouterr().err


def test_campaigns_of_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    """Begun by a script side by side, without --out: the second is called otherwise, and neither is refused."""
    first = door._new_folder(tmp_path)
    for stamp in {first.name[:15], door._new_folder(tmp_path).name[:15]}:
        (tmp_path / f"{stamp}_campaign").mkdir()
        (tmp_path / f"{stamp}_campaign_2").mkdir()
    second = door._new_folder(tmp_path)
    assert second not in tmp_path.iterdir() and "_campaign" in second.name


def test_a_session_and_a_campaign_are_told_apart(tmp_path: Path) -> None:
    """Who names the one where the other is meant hears what it is, and how to go on."""
    campaign = toy_campaign(tmp_path / "c", [idea_folder(tmp_path / "ideas", 1)])
    with pytest.raises(SessionError, match=r"is a campaign, not a session; .*campaign\.py --resume"):
        read_session(campaign.paths.root)
    session = make_session(tmp_path)
    with pytest.raises(SessionError, match=r"is a session, not a campaign; .*run_idea\.py --resume"):
        open_campaign(session.paths.root)
