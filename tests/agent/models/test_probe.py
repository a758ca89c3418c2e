"""What the check pays a model for one token is metered, and never spent where a budget allows no call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.models.exchanges import Exchanges
from agent.models.prices import Price
from agent.models.probe import Probe, keep_probes, probe, why_not_asked
from agent.models.protocol import Message, Reply, Request
from agent.results.story.counts import counts_of
from agent.session.events import Probed
from agent.session.session import open_session
from agent.session.settings import Settings
from agent.session.steps import CHECK
from tests.world.provider import Provider
from tests.world.toy import toy_session

QUESTION = Request("adviser", CHECK, (Message("user", "yes?"),), 1)


def test_a_probe_is_metered_kept_and_counted(tmp_path: Path) -> None:
    """Each with its role, in a file and a line of its own, at the price of its model; the next call has the next number."""
    session = toy_session(tmp_path)
    probes = [Probe(QUESTION, Reply("yes", "m", 1000, 1, finish="length"), 0.5)] * 2
    keep_probes(probes, session.journal, Exchanges(session.paths.exchanges), {"adviser": Price(2, 4)})
    events = list(open_session(session.paths.root).journal.all(Probed))
    assert [(event.number, event.role, event.tokens_sent, event.finish) for event in events] == [
        (1, "adviser", 1000, "length"),
        (2, "adviser", 1000, "length"),
    ]
    counts = counts_of(session.journal.events)
    assert (counts.messages, counts.tokens_sent) == (2, 2000) and counts.usd == pytest.approx(2 * (0.002 + 4e-6))
    assert Exchanges(session.paths.exchanges).read(2).messages == QUESTION.messages


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, ""),
        ({"budget_tokens": 0}, "--budget-tokens 0"),
        ({"budget_tokens": 5}, "--budget-tokens 5"),
        ({"budget_tokens": 500}, ""),
        ({"budget_usd": 0}, "a price is not known"),
        ({"budget_usd": 5}, "a price is not known"),
        ({"budget_usd": 0, "prices": {"m": [1, 2]}}, "--budget-usd 0"),
        ({"budget_usd": 1e-9, "prices": {"m": [1, 2]}}, "--budget-usd 1e-09"),
        ({"budget_usd": 5, "prices": {"m": [1, 2]}}, ""),
        ({"budget_usd": 5, "prices": {"m": [1, 2]}, "adviser": "n"}, "a price is not known"),
        ({"model": "manual", "budget_tokens": 0}, "--budget-tokens 0"),
    ],
    ids=str,
)
def test_a_budget_that_allows_no_call_allows_no_probe(given: dict[str, Any], why: str) -> None:
    """Prices first, then what one token of every live model takes."""
    assert why_not_asked(Settings.model_validate({"model": "m", **given})) == why


@pytest.mark.process
@pytest.mark.parametrize(
    ("status", "message", "remedy", "passing"),
    [
        (402, "Insufficient credits", "add credit", False),
        (429, "Visit your billing settings. Please try again in 20s", "may pass", True),
        (503, "billing backend is down, credit unknown", "may pass", True),
        (407, "proxy authentication", "HTTPS_PROXY", False),
        (511, "sign in", "HTTPS_PROXY", False),
        (451, "not in your country", "OPENAI_API_KEY", False),
        (400, "API key not valid", "OPENAI_API_KEY", False),
    ],
)
def test_a_silence_is_told_as_a_session_would_tell_it(status: int, message: str, remedy: str, passing: bool) -> None:
    """By status and code first, like every other fault; nothing is paid for it."""
    paid: list[Probe] = []
    with Provider(refuse=(status, message, "x")) as server:
        silence = probe("writer", "m", server.url, 5, paid.append)
    assert silence and remedy in silence.remedy and silence.passing == passing and paid == []


@pytest.mark.process
@pytest.mark.parametrize(
    "message",
    [
        "Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens.",
        "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.",
        "max_tokens must be at least 16",
        "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
        "System role not supported",
    ],
)
def test_a_model_that_minds_the_form_is_there(message: str) -> None:
    """It knows its name and took the key; a session asks it in its form."""
    with Provider(refuse=(400, message, "invalid_value")) as server:
        assert probe("writer", "m", server.url, 5, lambda paid: None) is None
