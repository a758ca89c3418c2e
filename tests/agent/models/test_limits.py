"""Budgets are checked in one place; what is not limited never stops anything."""

from __future__ import annotations

import pytest

from agent.errors import BudgetReached
from agent.models.limits import Limits
from agent.results.story.counts import Spent

SPENT = Spent(calls=1, sent=7, received=3, usd=0.5)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(budget_tokens=10), "10 tokens used of --budget-tokens 10; resume with a larger one"),
        (Limits(budget_tokens=0), "10 tokens used of --budget-tokens 0"),
        (Limits(budget_usd=0), r"\$0\.50 used of --budget-usd 0\.00"),
        (Limits(budget_usd=0.5), r"\$0\.50 used of --budget-usd 0\.50; resume with a larger one"),
        (Limits(budget_usd=0.002), r"\$0\.50 used of --budget-usd 0\.002; resume"),
    ],
)
def test_a_used_budget_allows_no_call(limits: Limits, said: str) -> None:
    """Ten tokens and half a dollar use these up; the message names the flag that goes on."""
    with pytest.raises(BudgetReached, match=said):
        limits.check(SPENT)


@pytest.mark.parametrize("limits", [Limits(), Limits(budget_tokens=11), Limits(budget_usd=0.51)])
def test_what_is_left_of_a_budget_may_be_spent(limits: Limits) -> None:
    """No budget, and one that is not used up."""
    limits.check(SPENT)


AHEAD = Spent(sent=5, received=20, usd=0.25)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (
            Limits(budget_tokens=34),
            r"10 tokens used .*\(5 tokens sent, up to 20 received\); .* smaller max_output_tokens",
        ),
        (Limits(budget_usd=0.7), r"\$0\.50 used of --budget-usd 0\.70, and .*\$0\.25\); resume with a larger one"),
    ],
)
def test_a_call_that_may_go_beyond_is_told_before(limits: Limits, said: str) -> None:
    """What is left is less than the call at its longest: both remedies are named."""
    limits.check(SPENT)
    with pytest.raises(BudgetReached, match=said):
        limits.check(SPENT, AHEAD)


@pytest.mark.parametrize("limits", [Limits(), Limits(budget_tokens=35), Limits(budget_usd=0.75)])
def test_a_call_that_fits_is_made(limits: Limits) -> None:
    """A budget may be used to its last token."""
    limits.check(SPENT, AHEAD)
