"""Budgets are checked in one place; what is not limited never stops anything."""

from __future__ import annotations

import pytest

from agent.errors import BudgetReached
from agent.models.limits import Limits
from agent.results.counts import Spent

SPENT = Spent(calls=1, sent=7, received=3, usd=0.5)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(budget_tokens=10), "10 tokens used of --budget-tokens 10; resume with a larger one"),
        (Limits(budget_tokens=0), "10 tokens used of --budget-tokens 0"),
        (Limits(budget_usd=0.5), r"\$0\.50 used of --budget-usd 0\.50; resume with a larger one"),
    ],
)
def test_a_used_budget_allows_no_call(limits: Limits, said: str) -> None:
    """Ten tokens and half a dollar use these up; the message names the flag that goes on."""
    with pytest.raises(BudgetReached, match=said):
        limits.check(SPENT)


@pytest.mark.parametrize("limits", [Limits(), Limits(budget_tokens=11), Limits(budget_usd=0.51), Limits(budget_usd=0)])
def test_what_is_left_of_a_budget_may_be_spent(limits: Limits) -> None:
    """No budget, one that is not used up, and one of no money, which stands for a model without a price."""
    limits.check(SPENT)
