"""Around the loop: from settings to the way to the models, from a journal to what a machine is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.conduct import gateway_of, outcome
from agent.errors import UsageError
from agent.models.limits import Limits
from agent.models.recording import Recording
from agent.prompts import Prompts
from agent.session.events import SessionEnded
from agent.session.settings import overlay
from tests.world.toy import toy_session


def test_limits_and_models_come_from_the_settings(tmp_path: Path) -> None:
    """Budgets from [limits], the rest from [models]; one recording answers in every role."""
    session = toy_session(tmp_path, budget_tokens=10, budget_usd=2.5, max_answers=1, max_output_tokens=300)
    gateway = gateway_of(session, Prompts())
    assert gateway.limits == Limits(budget_tokens=10, budget_usd=2.5, max_answers=1, max_output_tokens=300)
    assert all(isinstance(model, Recording) for model in gateway.models.values())
    assert gateway.journal is session.journal


def test_a_recording_is_held_against_what_it_is_played_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Fewer runs than it speaks of are said where there will be a paper, and only there."""
    session = toy_session(tmp_path, max_runs=1)
    gateway_of(session, Prompts())
    assert "about 2 runs, --max-runs is 1" in caplog.text
    caplog.clear()
    gateway_of(replace(session, settings=overlay(session.settings, "a test", {"paper": False})), Prompts())
    assert caplog.text == ""


def test_a_model_that_is_not_named_is_a_usage_error(tmp_path: Path) -> None:
    """`recorded` without a recording cannot be had."""
    session = toy_session(tmp_path)
    settings = overlay(session.settings, "a test", {"recording": ""})
    with pytest.raises(UsageError, match="no recording"):
        gateway_of(replace(session, settings=settings), Prompts())


def test_a_machine_is_told_how_it_ended(tmp_path: Path) -> None:
    """A session in which nothing happened yet counts nothing and has no paper."""
    session = toy_session(tmp_path)
    told = outcome(session, SessionEnded(state="paused", exit_code=4))
    assert told == {
        "session": str(session.paths.root),
        "state": "paused",
        "runs_completed": 0,
        "attempts": 0,
        "tokens_sent": 0,
        "tokens_received": 0,
        "usd": 0.0,
        "paper": None,
        "findings": 0,
        "conclusion": None,
        "confirmation": None,
    }
