"""The one way to a model: asks, meters, records and pays for every exchange, and never pays twice."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from agent.errors import BadAnswer, NoRecordedAnswer
from agent.models.exchanges import Exchanges
from agent.models.limits import Limits
from agent.models.metering import as_it_came, kept, metered, reply_of, taken_up
from agent.models.prices import Price
from agent.models.protocol import Message, Model, Reply, Request, Role
from agent.models.replies import Heard, hear
from agent.models.replies.unused import asked_again, may_ask_again, no_answer
from agent.models.shared import Purse
from agent.models.tokens import count_tokens
from agent.prompts import Prompts
from agent.results.story.counts import Spent, spent_of
from agent.session.events import Exchanged, Unused
from agent.session.journal import Journal
from agent.session.steps import Step

T = TypeVar("T")
Asks = Callable[[Role, Step], None]
log = logging.getLogger(__name__)


def unheard(role: Role, step: Step) -> None:
    """A question that nobody is told of."""


class Gateway:
    """Every model call goes through `ask`; what was answered once, as the journal says, is never asked again."""

    def __init__(
        self,
        journal: Journal[Any],
        exchanges: Exchanges,
        models: Mapping[Role, Model],
        limits: Limits,
        prompts: Prompts | None = None,
        prices: Mapping[str, Price | None] | None = None,
        purse: Purse | None = None,
        asks: Asks = unheard,
    ) -> None:
        """`purse`: what this work may spend of a budget that it shares with others, beside its own `limits`. `asks` hears of
        each question as it goes out.
        """
        self.purse = purse
        self.asks = asks
        self.journal = journal
        self.exchanges = exchanges
        self.models = models
        self.limits = limits
        self.prompts = prompts or Prompts()
        self.prices = prices or {}

    def ask(self, role: Role, step: str, messages: Sequence[Message]) -> str:
        """The reply's text: the recorded one where this step was answered before, else the model's.

        Raises BudgetReached before a call that the budgets do not allow, ModelUnavailable or NoRecordedAnswer.
        """
        event = self.journal.step(Exchanged, step, lambda: self._exchange(role, Step(step), tuple(messages)))
        return self.exchanges.read(event.number).reply

    def ask_for(self, role: Role, step: str, prompt: str, parse: Callable[[str], T], **values: Any) -> T:
        """Ask with a prompt file and parse the answer; a BadAnswer goes back to the model with its reason.

        The calls are the exchanges 1, 2, … of the step. Raises the last BadAnswer after `limits.max_answers` tries,
        or where a recording has no further try: its one answer was good where it was recorded.
        """
        messages = [
            Message("system", self.prompts.render(f"{role}_system")),
            Message("user", self.prompts.render(prompt, **values)),
        ]
        for attempt in range(1, self.limits.max_answers + 1):
            try:
                answer = self.ask(role, Step(step).exchange(attempt), messages)
            except NoRecordedAnswer:
                if attempt == 1:
                    raise
                break
            try:
                return parse(answer)
            except BadAnswer as bad:
                problem = bad
            messages += [
                Message("assistant", answer),
                Message("user", self.prompts.render("bad_answer", problem=str(problem))),
            ]
        raise problem

    def spent(self) -> Spent:
        """What all calls that brought a reply cost so far, used or not."""
        return spent_of(self.journal.events)

    def _exchange(self, role: Role, step: Step, messages: tuple[Message, ...]) -> Exchanged:
        """The first reply that is an answer. Each one that is none is metered, kept and journalled before the next try."""
        self.asks(role, step)
        before = sum(event.asked == step for event in self.journal.all(Unused))
        faults: list[str] = []
        asked = messages
        while True:
            self.journal.stop.check()
            again = before + len(faults)
            request = Request(role, step, asked, self.limits.max_output_tokens, again)
            event, reply, heard = self._call(request)
            if not heard.fault:
                return event
            self.journal.append(
                Unused(asked=step, fault=heard.fault, **event.model_dump(exclude={"kind", "seq", "step"}))
            )
            faults.append(heard.fault)
            times, limit = faults.count(heard.fault), reply.limit or request.max_tokens
            if not may_ask_again(heard.fault, times):
                raise no_answer(self.models[role].name, reply, heard, limit, times)
            log.warning("%s: %s: the reply is no answer (%s); asking again", self.models[role].name, step, heard.fault)
            asked = asked_again(self.prompts, messages, heard, limit)

    def _call(self, request: Request) -> tuple[Exchanged, Reply, Heard]:
        """One reply, kept under its number, as it was read; one that a kill left without its line in the journal is taken up.

        It is on disk, whole, before it is read or metered.
        """
        spent = self.spent()
        number, left = spent.calls + 1, self.exchanges.left(spent.calls + 1)
        mine = left is not None and (left.step, left.role, left.messages) == (
            request.step,
            request.role,
            request.messages,
        )
        if left is not None and mine:
            if left.metered:
                return taken_up(number, left)
            reply, seconds = reply_of(left), left.seconds
        else:
            self._check(spent, request)
            started = time.monotonic()
            reply = self.models[request.role].answer(request)
            seconds = time.monotonic() - started
            self.exchanges.keep(number, as_it_came(request, reply, seconds))
        heard = hear(reply)
        event = metered(number, request, reply, seconds, self.prices.get(request.role))
        self.exchanges.keep(number, kept(event, request, reply, heard))
        if self.purse is not None:
            self.purse.settle(spent.with_call(event.tokens_sent, event.tokens_received, event.usd))
        return event, reply, heard

    def _check(self, spent: Spent, request: Request) -> None:
        """Raises BudgetReached where this work's own budgets do not allow the call, or the one that it shares with others."""
        ahead = self._ahead(request)
        self.limits.check(spent, ahead)
        if self.purse is not None and ahead is not None:
            self.purse.reserve(spent, ahead)

    def _ahead(self, request: Request) -> Spent | None:
        """What a call takes at its longest, at the price of the model that is asked; None where nothing is limited."""
        limited = self.limits.budget_tokens is not None or self.limits.budget_usd is not None
        if not limited and (self.purse is None or not self.purse.is_limited):
            return None
        sent, price = count_tokens(request.messages), self.prices.get(request.role)
        usd = price.usd(sent, request.max_tokens) if price else 0.0
        return Spent(sent=sent, received=request.max_tokens, usd=usd)
