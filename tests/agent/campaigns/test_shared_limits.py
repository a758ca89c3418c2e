"""What all sessions of a campaign hold to: one budget, and the time at which a provider may be asked again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from agent.campaigns.campaign import open_campaign, resumed_with
from agent.campaigns.events import CampaignEnded, EntryBegun, EntryEnded
from agent.models.shared import Budget
from tests.world.campaigns import conducted, idea_folder, sessions_of, toy_campaign
from tests.world.provider import Provider

pytestmark = [pytest.mark.process, pytest.mark.whole, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))


def test_a_budget_is_shared_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    """Three sessions, two at once, on too few tokens: none goes beyond, the third is not begun, all pause; with more, all are done."""
    ideas = idea_folder(tmp_path / "ideas", 3)
    few, enough = Budget(tokens=25_000), Budget(tokens=500_000)
    campaign = toy_campaign(tmp_path / "c", [ideas], budget=few)
    report = conducted(campaign)
    assert 0 < report.tokens <= 25_000
    assert [row.state for row in report.rows] == ["paused", "paused", "queued"]
    assert "--budget-tokens 25000" in report.rows[0].reason or "--budget-tokens 25000" in report.rows[1].reason
    last = campaign.journal.events[-1]
    assert isinstance(last, CampaignEnded) and (last.state, last.exit_code) == ("paused", 4)
    again = resumed_with(open_campaign(tmp_path / "c"), None, enough, {}, None)
    report = conducted(again, resume=True)
    assert [row.state for row in report.rows] == ["done"] * 3
    assert sum(account.tokens for account in again.shared.accounts().values()) == report.tokens


class Windowed(Provider):
    """Asks to wait until its window is over, which no two sessions that begin together outsleep, then answers; `refused` counts whom it had to tell."""

    refused = 0
    until = 0.0

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.until = self.until or time.monotonic() + 12
        left = self.until - time.monotonic()
        if left <= 0:
            return super().answer(path, body)
        self.refused += 1
        return 429, {"error": {"message": f"Limit reached. Please try again in {left:.2f}s.", "code": "rate_limit"}}


def test_a_window_is_waited_out_for_all_sessions(tmp_path: Path) -> None:
    """Told to wait longer than its patience, a session pauses, tells the others, and is taken up when the window is over."""
    ideas = idea_folder(tmp_path / "ideas", 2)
    server = Windowed()
    with server:
        campaign = toy_campaign(
            tmp_path / "c",
            [ideas],
            model="openai/x",
            base_url=server.url,
            max_wait_minutes=0.01,
            max_abandoned=1,
            max_repairs=0,
            max_output_tokens=256,
            review=False,
        )
        report = conducted(campaign)
    ended = [event for event in campaign.journal.events if isinstance(event, EntryEnded)]
    assert server.refused <= 2  # both may be on their way before the first is told
    assert [event.state for event in ended][:1] == ["paused"] and "wait" in ended[0].reason
    begun = [event for event in campaign.journal.events if isinstance(event, EntryBegun)]
    assert sorted((event.key, event.resumed) for event in begun) == [
        (paths.root.name, resumed) for paths in sessions_of(campaign) for resumed in (False, True)
    ]
    assert len(ended) == len(begun)
    assert all("without a plan ('yes')" in row.reason for row in report.rows)  # it was asked again, and answered
