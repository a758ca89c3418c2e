"""What a gateway may spend and ask for, in one value that is checked in one place."""

from __future__ import annotations

from dataclasses import dataclass

from agent.errors import BudgetReached
from agent.results.story.counts import Spent
from agent.results.values import amount, dollars


@dataclass(frozen=True)
class Limits:
    """Budgets of a piece of work, and limits of one question. A budget that is None is no limit."""

    budget_tokens: int | None = None
    """Tokens, sent and received, after which no model is asked."""
    budget_usd: float | None = None
    """Money after which no model is asked."""
    max_answers: int = 3
    """Tries that a model has for an answer of the right form."""
    max_output_tokens: int = 8192
    """Longest reply that is asked for."""

    def check(self, spent: Spent, ahead: Spent | None = None) -> None:
        """Raises BudgetReached where what was spent so far allows no further call, or not the one `ahead`, at its longest."""
        tokens, usd = spent.tokens, spent.usd
        if self.budget_tokens is not None and tokens >= self.budget_tokens:
            raise BudgetReached(
                f"{tokens} tokens used of --budget-tokens {self.budget_tokens}; resume with a larger one"
            )
        if self.budget_usd is not None and usd >= self.budget_usd:
            raise BudgetReached(
                f"{dollars(usd)} used of --budget-usd {amount(self.budget_usd)}; resume with a larger one"
            )
        if ahead:
            self._check_ahead(spent, ahead)

    def _check_ahead(self, spent: Spent, ahead: Spent) -> None:
        call = f"{ahead.sent} tokens sent, up to {ahead.received} received"
        remedy = "resume with a larger one, or with a smaller max_output_tokens (LABLOOP_MAX_OUTPUT_TOKENS)"
        if self.budget_tokens is not None and spent.tokens + ahead.tokens > self.budget_tokens:
            raise BudgetReached(
                f"{spent.tokens} tokens used of --budget-tokens {self.budget_tokens}, and the next call may go beyond it "
                f"({call}); {remedy}"
            )
        if self.budget_usd is not None and spent.usd + ahead.usd > self.budget_usd:
            raise BudgetReached(
                f"{dollars(spent.usd)} used of --budget-usd {amount(self.budget_usd)}, and the next call may go beyond it "
                f"({call}: {dollars(ahead.usd)}); {remedy}"
            )
