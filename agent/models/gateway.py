"""The one way to a model: asks, meters, records and pays for every exchange, and never pays twice."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from agent.errors import BadAnswer, BudgetReached, NoRecordedAnswer, SessionError
from agent.models.protocol import Message, Model, Reply, Request, Role
from agent.models.tokens import count_tokens
from agent.prompts import Prompts
from agent.results.counts import Spent, spent_of
from agent.session.events import Exchanged
from agent.session.files import write_json
from agent.session.session import Session

log = logging.getLogger(__name__)
T = TypeVar("T")


class Gateway:
    """Every model call of a session goes through `ask`; what was answered once is never asked again."""

    def __init__(self, session: Session, models: Mapping[Role, Model], prompts: Prompts | None = None) -> None:
        self.session = session
        self.models = models
        self.prompts = prompts or Prompts()

    def ask(self, role: Role, step: str, messages: Sequence[Message]) -> str:
        """The reply's text: the journal's where this step was answered before, else the model's.

        Raises BudgetReached before a call that the budgets do not allow, ModelUnavailable or NoRecordedAnswer.
        """
        event = self.session.journal.step(Exchanged, step, lambda: self._exchange(role, step, tuple(messages)))
        return self._text(event)

    def ask_for(self, role: Role, step: str, prompt: str, parse: Callable[[str], T], **values: Any) -> T:
        """Ask with a prompt file and parse the answer; a BadAnswer goes back to the model with its reason.

        The calls are the steps `step/1`, `step/2`, … Raises the last BadAnswer after `settings.max_answers` tries,
        or where a recording has no further try: its one answer was good where it was recorded.
        """
        messages = [
            Message("system", self.prompts.render(f"{role}_system")),
            Message("user", self.prompts.render(prompt, **values)),
        ]
        for attempt in range(1, self.session.settings.max_answers + 1):
            try:
                answer = self.ask(role, f"{step}/{attempt}", messages)
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
        """What all answered calls cost so far."""
        return spent_of(self.session.journal.events)

    def _exchange(self, role: Role, step: str, messages: tuple[Message, ...]) -> Exchanged:
        self._check_budgets()
        model = self.models[role]
        request = Request(role, step, messages, self.session.settings.max_output_tokens)
        started = time.monotonic()
        reply = model.answer(request)
        seconds = time.monotonic() - started
        number = self.spent().calls + 1
        event = Exchanged(
            number=number,
            role=role,
            model=reply.model,
            seconds=round(seconds, 3),
            finish=reply.finish,
            retries=reply.retries,
            usd=reply.usd or 0.0,
            tokens_sent=count_tokens(messages) if reply.tokens_sent is None else reply.tokens_sent,
            tokens_received=count_tokens([Message("assistant", reply.text)])
            if reply.tokens_received is None
            else reply.tokens_received,
        )
        self._keep(event, request, reply)
        return event

    def _check_budgets(self) -> None:
        spent, settings = self.spent(), self.session.settings
        tokens, usd = spent.tokens, spent.usd
        if settings.budget_tokens is not None and tokens >= settings.budget_tokens:
            raise BudgetReached(
                f"{tokens} tokens used of --budget-tokens {settings.budget_tokens}; resume with a larger one"
            )
        if settings.budget_usd is not None and usd >= settings.budget_usd > 0:
            raise BudgetReached(f"${usd:.2f} used of --budget-usd {settings.budget_usd:.2f}; resume with a larger one")

    def _keep(self, event: Exchanged, request: Request, reply: Reply) -> None:
        """exchanges/NNNN.json; written before the journal's line, so a line always has its file."""
        write_json(
            self.session.paths.exchange(event.number),
            {
                "step": request.step,
                "role": request.role,
                "model": reply.model,
                "messages": [asdict(message) for message in request.messages],
                "reply": reply.text,
                "finish": reply.finish,
                "detail": reply.detail,
                "tokens_sent": event.tokens_sent,
                "tokens_received": event.tokens_received,
                "usd": event.usd,
                "seconds": event.seconds,
                "retries": event.retries,
            },
        )

    def _text(self, event: Exchanged) -> str:
        path = self.session.paths.exchange(event.number)
        try:
            text = json.loads(path.read_text(encoding="utf-8"))["reply"]
        except (OSError, ValueError, KeyError) as error:
            raise SessionError(f"{path}: the recorded reply cannot be read ({error}); restore the file") from error
        return str(text)
