"""What sessions of a campaign share: a budget that no number of processes oversteps, and a provider's waits."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from agent.errors import BudgetReached, Interrupted, ModelUnavailable
from agent.models.litellm_model import LitellmModel
from agent.models.protocol import Message, Request
from agent.models.shared import Account, Budget, Purse, Shared, provider_name
from agent.results.story.counts import Spent
from agent.session.paths import REPOSITORY
from agent.session.steps import Step
from agent.session.stop import Stop
from tests.world.provider import Provider

REQUEST = Request("writer", Step("plan/1"), (Message("user", "plan"),), 50)
_SPENDS = """
import sys, time
from pathlib import Path
from agent.errors import BudgetReached
from agent.models.shared import Purse, Shared
from agent.results.story.counts import Spent
purse, spent = Purse(Shared(Path(sys.argv[1])), sys.argv[2]), Spent()
try:
    while True:
        purse.reserve(spent, Spent(sent=6, received=4, usd=1.0))
        time.sleep(0.001)
        spent = spent.with_call(6, 1, 0.7)
        purse.settle(spent)
except BudgetReached:
    print(spent.usd)
"""


def shared(folder: Path, **budget: Any) -> Shared:
    found = Shared(folder / "shared")
    found.allow(Budget(**budget))
    return found


@pytest.mark.process
def test_processes_that_spend_at_once_stay_within_the_budget(tmp_path: Path) -> None:
    """Four processes spend $0.70 a call of $12, each call $1 at its longest: together they come as near as a call allows, never over."""
    found = shared(tmp_path, usd=12.0)
    command = [sys.executable, "-c", _SPENDS, str(found.folder)]
    spenders = [
        subprocess.Popen([*command, f"s{each}"], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) for each in range(4)
    ]
    spent = sum(float(each.communicate(timeout=60)[0]) for each in spenders)
    assert 11.0 < spent <= 12.0
    assert sum(each.usd for each in found.accounts().values()) == pytest.approx(spent)
    assert any(each.refused for each in found.accounts().values())


def test_a_call_that_could_go_beyond_is_refused_and_a_larger_budget_lets_it_through(tmp_path: Path) -> None:
    """What others spent counts; the refusal names the flag and what to do; after `allow` the same call is made."""
    found = shared(tmp_path, tokens=100)
    found.tell({"other": Account(tokens=95)})
    purse = Purse(found, "mine")
    with pytest.raises(
        BudgetReached, match=r"95 tokens used of the campaign's --budget-tokens 100.*resume the campaign"
    ):
        purse.reserve(Spent(), Spent(sent=6))
    assert found.accounts()["mine"].refused
    found.allow(Budget(tokens=101))
    purse.reserve(Spent(), Spent(sent=6))
    assert not found.accounts()["mine"].refused


def test_what_others_have_put_aside_is_waited_for(tmp_path: Path) -> None:
    """A call against which only another's call on its way stands waits for that one's end, and is made then."""
    found = shared(tmp_path, usd=1.0)
    other, purse = Purse(found, "other"), Purse(found, "mine")
    other.reserve(Spent(), Spent(usd=0.8))
    timer = threading.Timer(0.2, lambda: other.settle(Spent(usd=0.1)))
    timer.start()
    purse.reserve(Spent(), Spent(usd=0.8))
    timer.join()
    assert found.accounts()["mine"].ahead_usd == 0.8


def test_the_wait_for_others_ends_with_a_stop(tmp_path: Path) -> None:
    """Where a stop is asked for while another's call is on its way, the wait ends at once."""
    found, stop = shared(tmp_path, usd=1.0), Stop()
    found.tell({"other": Account(ahead_usd=0.8)})
    stop.request("interrupted by Ctrl-C")
    with pytest.raises(Interrupted):
        Purse(found, "mine", stop).reserve(Spent(), Spent(usd=0.8))


def test_what_a_killed_session_had_put_aside_can_be_freed(tmp_path: Path) -> None:
    """After `release` its call on the way counts no longer, and what it has spent still does."""
    found = shared(tmp_path, usd=1.0)
    found.tell({"killed": Account(usd=0.3, ahead_usd=0.7)})
    found.release("killed")
    assert found.accounts()["killed"] == Account(usd=0.3)


def test_without_a_budget_nothing_is_written(tmp_path: Path) -> None:
    """Where nothing is limited a session keeps no account: nobody would ask it."""
    purse = Purse(Shared(tmp_path / "shared"), "mine")
    purse.reserve(Spent(), Spent(usd=5))
    purse.settle(Spent(usd=5))
    assert not (tmp_path / "shared").exists()


class Limited(Provider):
    """Asks the first question to wait, and answers every later one."""

    wait_s = "1"

    def __init__(self) -> None:
        super().__init__()
        self.asked_at: list[float] = []

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked_at.append(time.monotonic())
        if len(self.calls) == 1:
            return 429, {
                "error": {"message": f"Rate limit reached. Please try again in {self.wait_s}s.", "code": "rate"}
            }
        return super().answer(path, body)


@pytest.mark.process
def test_a_provider_that_asks_to_wait_is_left_alone_by_all(tmp_path: Path) -> None:
    """One session is told to wait a second; another, which has not asked yet, waits too, and neither asks before it is over."""
    found = shared(tmp_path)
    server = Limited()
    with server:
        models = [LitellmModel("a-model", server.url, 20, first_wait_s=0.01, shared=found) for _ in range(2)]
        asked = threading.Thread(target=models[0].answer, args=(REQUEST,))
        asked.start()
        while not found.waits():
            time.sleep(0.005)
        assert models[1].answer(REQUEST).text == "yes"
        asked.join()
        first, *later = server.asked_at
        assert len(later) == 2 and min(later) - first >= 1


@pytest.mark.process
def test_a_window_longer_than_its_patience_pauses_a_session_without_a_question(tmp_path: Path) -> None:
    """Told to wait two hours, the first pauses; the second pauses too and has not asked; the window stays known."""
    found = shared(tmp_path)
    server = Limited()
    server.wait_s = "7200"
    with server:
        models = [LitellmModel("a-model", server.url, 20, 0.01, 0.01, shared=found) for _ in range(2)]
        for model in models:
            with pytest.raises(ModelUnavailable, match=r"asks? .*to wait"):
                model.answer(REQUEST)
        assert len(server.calls) == 1
        assert 7000 < found.left_s(provider_name("a-model", server.url)) <= 7200


def test_a_damaged_file_of_waits_holds_nobody_up(tmp_path: Path) -> None:
    """Files that another program has damaged are as if they were not there."""
    found = shared(tmp_path, usd=1)
    (found.folder / "waits.json").write_text("{")
    (found.folder / "accounts.json").write_text(json.dumps({"x": "y"}))
    assert found.waits() == {} and found.accounts() == {}
